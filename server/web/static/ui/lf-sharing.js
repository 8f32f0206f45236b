/** Whether the viewer's own feed is shared with the team. */
import { LfElement } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

/** Event "shared" (detail: whether it now is). */
export class LfSharing extends LfElement {
  static properties = { ...LfElement.properties, on: { attribute: false }, failed: { state: true } };

  constructor() {
    super();
    /** @type {boolean | null} null until it is known */
    this.on = null;
    this.failed = false;
  }

  /** @param {AbortSignal} _signal */
  listen(_signal) {
    if (this.on === null) this.load();
  }

  async load() {
    const page = await this.of.api.get("/api/v1/team", { limit: 1 }).catch(() => null);
    if (page) this.on ??= page.sharing;
  }

  render() {
    return html`<label class="switch"><input type="checkbox" role="switch" .checked=${this.on === true} ?disabled=${this.on === null} aria-describedby="lf-sharing-text" @change=${this.switched} /><span>${this.t("team.share")}</span></label>
      <p class="muted" id="lf-sharing-text">${this.t("team.share-text")}</p>
      ${this.failed ? html`<p class="err" role="alert">${this.t("failure.sharing")}</p>` : nothing}`;
  }

  /** @param {Event} event */
  async switched(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const on = input.checked;
    this.on = on;
    this.failed = false;
    try {
      await this.of.api.request("PUT", "/api/v1/team/sharing", { on });
      this.dispatchEvent(new CustomEvent("shared", { detail: on }));
    } catch {
      this.on = !on;
      input.checked = !on;
      this.failed = true;
    }
  }
}
customElements.define("lf-sharing", LfSharing);
