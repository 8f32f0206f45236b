/** Puts a button beside the text the page has there already, which copies it. */
import { LfElement, icon } from "./element.js";
import { html } from "./vendor/lit.js";

export class LfCopy extends LfElement {
  render() {
    return html`<button class="ib" type="button" title=${this.label} aria-label=${this.label} @click=${this.copy}>${icon("copy")}</button>`;
  }

  get label() {
    return this.t("copy.label", { name: this.dataset.name ?? "" });
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.dataset.text ?? "");
      this.of.toast({ text: this.t("copy.done") });
    } catch {
      this.of.toast({ text: this.t("copy.failed") });
    }
  }
}

customElements.define("lf-copy", LfCopy);
