/** Language and time zone of the viewer. */
import { LfElement, icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

const LANGUAGES = [
  { value: "en", name: "English", lang: "en" },
  { value: "fr", name: "Français", lang: "fr" },
  { value: "zh-TW", name: "繁體中文", lang: "zh-Hant" },
];

export class LfProfile extends LfElement {
  static properties = { ...LfElement.properties, me: { attribute: false }, saving: { state: true }, failed: { state: true }, touched: { state: true } };

  constructor() {
    super();
    /** @type {import("./api-types.js").Me | null} */
    this.me = null;
    this.saving = false;
    this.failed = false;
    this.touched = false;
  }

  shouldUpdate() {
    return super.shouldUpdate() && this.me !== null;
  }

  render() {
    return html`<form class="form" @submit=${this.save} @input=${() => (this.touched = true)}>
      <label>${this.t("profile.language")}
        <span class="field"><select name="locale">
          ${LANGUAGES.map(({ value, name, lang }) => html`<option value=${value} lang=${lang} ?selected=${value === this.me?.locale}>${name}</option>`)}
        </select>${icon("down", "s")}</span>
      </label>
      <label>${this.t("profile.zone")}
        <span class="field"><select name="time_zone">
          ${this.zones().map((zone) => html`<option value=${zone} ?selected=${zone === this.zone}>${zone.replaceAll("_", " ")}</option>`)}
        </select>${icon("down", "s")}</span>
      </label>
      ${this.failed ? html`<p class="err" role="alert">${icon("alert", "m")}${this.t("profile.failed")}</p>` : nothing}
      <p><button class="btn primary" ?disabled=${this.saving || !this.touched}>${this.t("action.save")}</button></p>
    </form>`;
  }

  /** Whatever is set stays choosable, even where the browser has no such name. */
  zones() {
    const known = Intl.supportedValuesOf("timeZone");
    return [...new Set([this.zone, "UTC", ...known])].sort();
  }

  /** Until one is chosen, the machine's own. */
  get zone() {
    return this.of.i18n.timeZone;
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.saving = true;
    this.failed = false;
    try {
      await this.of.api.changeMe({ locale: String(fields.get("locale")), time_zone: String(fields.get("time_zone")) });
      location.reload();
    } catch {
      this.failed = true;
      this.saving = false;
    }
  }
}
customElements.define("lf-profile", LfProfile);
