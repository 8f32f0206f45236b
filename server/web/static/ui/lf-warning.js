/** Asked before something that somebody asked us not to do. @import { Warning } from "./app.js" */
import { LfElement, icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

export class LfWarning extends LfElement {
  static properties = { ...LfElement.properties, warning: { state: true } };

  constructor() {
    super();
    /** @type {Warning | null} */
    this.warning = null;
  }

  render() {
    const { text = "", label = "", href = "", away = false } = this.warning ?? {};
    return html`<dialog class="sheet warning" role="alertdialog" aria-labelledby="lf-warning-text" @close=${() => (this.warning = null)}>
      <p id="lf-warning-text">${icon("alert")}<span>${text}</span></p>
      <p class="deeds">
        <button type="button" class="btn primary" autofocus @click=${this.shut}>${this.t("action.cancel")}</button>
        ${href ? html`<a class="btn" href=${href} target=${away ? "_blank" : "_self"} rel="noopener" @click=${this.shut}>${label}</a>` : nothing}
      </p>
    </dialog>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  /** @param {Warning} warning */
  async open(warning) {
    this.warning = warning;
    await this.updateComplete;
    this.dialog.showModal();
  }

  shut() {
    this.dialog.close();
  }
}
customElements.define("lf-warning", LfWarning);
