/** What the viewer wants to be called for, and when not. Each choice counts at once. @import { Me, Notifications } from "./api-types.js" */
import { LfElement, icon } from "./element.js";
import { OCCASIONS } from "./notify.js";
import { html, nothing } from "./vendor/lit.js";

const PAUSES = [1, 2, 3, 5, 7, 14, 30];

/** Event "me" (detail: Me) when something was saved. */
export class LfNotifications extends LfElement {
  static properties = { ...LfElement.properties, me: { attribute: false }, failed: { state: true }, said: { state: true } };

  constructor() {
    super();
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

  get wishes() {
    return /** @type {Notifications} */ (this.me?.notifications);
  }

  render() {
    const { kinds, quiet } = this.wishes;
    return html`<div class="wishes">
      ${OCCASIONS.map((kind) => html`${this.switch(this.t(`notify.${kind}`), kinds[kind] !== false, (on) => this.save({ kinds: { [kind]: on } }))}${kind === "view-again" ? this.pause(kinds[kind] !== false) : nothing}`)}
      ${this.switch(this.t("notify.quiet"), quiet.on, (on) => this.save({ quiet: { ...quiet, on } }))}
      ${quiet.on
        ? html`<p class="hours">
            ${this.time("start", this.t("notify.from"), quiet.start)} ${this.time("end", this.t("notify.to"), quiet.end)}
            <span class="muted">${this.t("notify.zone", { zone: this.of.i18n.timeZone.replaceAll("_", " ") })}</span>
          </p>`
        : nothing}
      ${this.failed ? html`<p class="err" role="alert">${icon("alert", "m")}${this.t("notify.failed")}</p>` : nothing}
      <p class="vh" role="status">${this.said}</p>
    </div>`;
  }

  /** @param {boolean} on */
  pause(on) {
    if (!on) return nothing;
    const chosen = this.wishes.again_after;
    const days = [...new Set([...PAUSES, chosen])].sort((one, other) => one - other);
    return html`<p class="hours"><label>${this.t("notify.pause")} <span class="field"><select @change=${(/** @type {Event} */ event) => this.save({ again_after: Number(/** @type {HTMLSelectElement} */ (event.target).value) })}>
      ${days.map((count) => html`<option value=${count} ?selected=${count === chosen}>${this.t("notify.days", { count })}</option>`)}
    </select>${icon("down", "s")}</span></label></p>`;
  }

  /** @param {string} label @param {boolean} on @param {(on: boolean) => void} choose */
  switch(label, on, choose) {
    return html`<label class="switch"><input type="checkbox" role="switch" .checked=${on} @change=${(/** @type {Event} */ event) => choose(/** @type {HTMLInputElement} */ (event.target).checked)} />${label}</label>`;
  }

  /** @param {"start" | "end"} name @param {string} label @param {string} value */
  time(name, label, value) {
    return html`<label>${label} <span class="field"><input type="time" required .value=${value} @change=${(/** @type {Event} */ event) => this.turn(name, /** @type {HTMLInputElement} */ (event.target).value)} /></span></label>`;
  }

  /** @param {"start" | "end"} name @param {string} value */
  turn(name, value) {
    if (value) void this.save({ quiet: { ...this.wishes.quiet, [name]: value } });
  }

  /** Shown at once, for the next choice may begin from it. @param {Partial<Notifications>} changes */
  save(changes) {
    const { me } = this;
    if (!me) return;
    const { kinds, quiet, again_after } = this.wishes;
    this.me = { ...me, notifications: { kinds: { ...kinds, ...changes.kinds }, quiet: changes.quiet ?? quiet, again_after: changes.again_after ?? again_after } };
    this.saving = this.saving.then(() => this.send(changes, me));
  }

  /** @param {Partial<Notifications>} changes @param {Me} before */
  async send(changes, before) {
    this.failed = false;
    this.said = "";
    try {
      const me = await this.of.api.changeMe({ notifications: changes });
      this.said = this.t("notify.saved");
      this.dispatchEvent(new CustomEvent("me", { detail: me }));
    } catch {
      this.me = before;
      this.failed = true;
    }
  }
}
customElements.define("lf-notifications", LfNotifications);
