/** Which keys do what. */
import { LfElement, icon } from "./element.js";
import { html } from "./vendor/lit.js";

/** Keys that are pressed, and the text's name. */
const KEYS = [
  ["↑ ↓  j k", "walk"],
  ["← →", "tabs"],
  ["Enter", "open"],
  [".", "menu"],
  ["n", "new"],
  ["c", "write"],
  ["/", "search"],
  ["a", "accept"],
  ["x", "dismiss"],
  ["Space", "tick"],
  ["z", "undo"],
  ["Esc", "close"],
  ["?", "help"],
];

export class LfKeys extends LfElement {
  render() {
    return html`<dialog class="sheet" aria-labelledby="lf-keys-title">
      <header>
        <h2 id="lf-keys-title">${this.t("keys.title")}</h2>
        <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${() => this.dialog.close()}>${icon("x")}</button>
      </header>
      <dl class="keys">${KEYS.map(([keys = "", name]) => html`<div><dt>${keys.split(" ").map((key) => (key ? html`<kbd>${key === "Space" ? this.t("keys.space") : key}</kbd> ` : ""))}</dt><dd>${this.t(`keys.${name}`)}</dd></div>`)}</dl>
    </dialog>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  async open() {
    await this.updateComplete;
    this.dialog.showModal();
  }
}
customElements.define("lf-keys", LfKeys);
