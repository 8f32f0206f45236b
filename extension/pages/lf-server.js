/** Where the company's server is: typed here, unless the company's policy says it. */
import { icon } from "../ui/element.js";
import { html, nothing } from "../ui/vendor/lit.js";
import { Refused, ask } from "../panel/worker.js";
import { DeskElement } from "./desk.js";

const WORDED = ["bad-address", "unreachable", "no-livefeed"];

export class LfServer extends DeskElement {
  static properties = { wrong: { state: true }, saved: { state: true }, busy: { state: true } };

  constructor() {
    super();
    this.wrong = "";
    this.saved = false;
    this.busy = false;
  }

  render() {
    const { server, policy } = this.state;
    if (policy) return html`<p><b>${server}</b></p><p class="muted">${this.t("options.server-policy")}</p>`;
    return html`<form class="form server" novalidate @submit=${this.save}>
        <label>${this.t("options.server-label")}
          <span class="field ${this.wrong ? "invalid" : ""}"><input name="server" type="url" autocomplete="url" spellcheck="false" placeholder="https://" .value=${server} aria-invalid=${String(Boolean(this.wrong))} aria-describedby="server-said" /></span>
        </label>
        <button class="btn ${server ? "" : "primary"}" ?disabled=${this.busy}>${this.t("action.save")}</button>
        ${this.wrong ? html`<p class="err" id="server-said" role="alert">${icon("alert", "m")}<span>${this.t(`options.server-${this.wrong}`, { id: location.host })}</span></p>` : html`<p class="muted" id="server-said" role="status">${this.said()}</p>`}
      </form>
      ${server ? html`<p class="muted">${this.t("options.server-change")}</p>` : nothing}`;
  }

  said() {
    if (this.saved) return this.t("options.server-saved");
    return this.state.server ? "" : this.t("options.server-hint");
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const address = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("server"));
    Object.assign(this, { busy: true, wrong: "", saved: false });
    try {
      await ask("server", { address });
      this.saved = true;
    } catch (error) {
      const code = error instanceof Refused ? error.code : "unreachable";
      this.wrong = WORDED.includes(code) ? code : "unreachable";
    }
    this.busy = false;
  }
}
customElements.define("lf-server", LfServer);
