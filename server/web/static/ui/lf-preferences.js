/** How the product works for the viewer. Each choice counts at once. @import { Me, Preferences } from "./api-types.js" */
import { LfElement, icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

const PACES = [2, 5, 10, 20, 30, 60];

/** `shows`: which of them stand here. */
export class LfPreferences extends LfElement {
  static properties = { ...LfElement.properties, shows: {}, me: { attribute: false }, failed: { state: true }, said: { state: true } };

  constructor() {
    super();
    /** @type {"look" | "tasks" | "mail"} */
    this.shows = "look";
    /** @type {Me | null} */
    this.me = null;
    this.failed = false;
    this.said = "";
    /** @type {Promise<unknown>} one choice is saved after the other */
    this.saving = Promise.resolve();
  }

  shouldUpdate() {
    return super.shouldUpdate() && this.me !== null;
  }

  get chosen() {
    return /** @type {Preferences} */ (this.me?.preferences);
  }

  render() {
    const parts = { look: () => this.look(), tasks: () => this.tasks(), mail: () => this.mail() };
    return html`<div class="wishes">
      ${parts[this.shows]()}
      ${this.failed ? html`<p class="err" role="alert">${icon("alert", "m")}${this.t("notify.failed")}</p>` : nothing}
      <p class="vh" role="status">${this.said}</p>
    </div>`;
  }

  look() {
    return html`<fieldset class="picks"><legend>${this.t("prefer.density")}</legend>
      ${/** @type {const} */ (["cosy", "roomy"]).map(
        (density) => html`<label class="pick"><input type="radio" name="density" .checked=${this.chosen.density === density} @change=${() => this.choose({ density })} /><span>${this.t(`prefer.${density}`)}</span><span class="muted">${this.t(`prefer.${density}-text`)}</span></label>`,
      )}
    </fieldset>`;
  }

  tasks() {
    const { suggestions, reminders, digest, digest_at } = this.chosen;
    return html`${this.switch("prefer.suggestions", suggestions, (on) => this.choose({ suggestions: on }))}
      ${this.switch("prefer.reminders", reminders, (on) => this.choose({ reminders: on }))}
      ${this.switch("prefer.digest", digest, (on) => this.choose({ digest: on }))}
      ${digest
        ? html`<p class="hours"><label>${this.t("prefer.digest-at")} <span class="field"><input type="time" required .value=${digest_at} @change=${(/** @type {Event} */ event) => this.turn(/** @type {HTMLInputElement} */ (event.target).value)} /></span></label>
            <span class="muted">${this.t("notify.zone", { zone: this.of.i18n.timeZone.replaceAll("_", " ") })}</span></p>`
        : nothing}`;
  }

  mail() {
    const now = this.chosen.sends_a_minute;
    const paces = [...new Set([...PACES, now])].sort((one, other) => one - other);
    return html`<label class="pace">${this.t("prefer.pace")}
      <span class="field"><select @change=${(/** @type {Event} */ event) => this.choose({ sends_a_minute: Number(/** @type {HTMLSelectElement} */ (event.target).value) })}>
        ${paces.map((count) => html`<option value=${count} ?selected=${count === now}>${this.t("prefer.a-minute", { count })}</option>`)}
      </select>${icon("down", "s")}</span></label>
      <p class="muted">${this.t("prefer.pace-text")}</p>`;
  }

  /** @param {string} key @param {boolean} on @param {(on: boolean) => void} choose */
  switch(key, on, choose) {
    return html`<label class="switch"><input type="checkbox" role="switch" .checked=${on} @change=${(/** @type {Event} */ event) => choose(/** @type {HTMLInputElement} */ (event.target).checked)} />${this.t(key)}</label>`;
  }

  /** @param {string} at */
  turn(at) {
    if (at) this.choose({ digest_at: at });
  }

  /** Shown at once, for the next choice may begin from it. @param {Partial<Preferences>} changes */
  choose(changes) {
    const { me } = this;
    if (!me) return;
    this.show({ ...me, preferences: { ...me.preferences, ...changes } });
    this.saving = this.saving.then(() => this.send(changes, me));
  }

  /** @param {Partial<Preferences>} changes @param {Me} before */
  async send(changes, before) {
    this.failed = false;
    this.said = "";
    try {
      await this.of.api.changeMe({ preferences: changes });
      this.said = this.t("notify.saved");
    } catch {
      this.show(before);
      this.failed = true;
    }
  }

  /** @param {Me} me */
  show(me) {
    this.me = me;
    if (this.shows === "look") this.ownerDocument.body.dataset["density"] = me.preferences.density;
  }
}
customElements.define("lf-preferences", LfPreferences);
