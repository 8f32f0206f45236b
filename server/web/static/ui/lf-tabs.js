/** Tabs of a window. @typedef {{ id: string, label: string, count?: number }} Tab */
import { LfElement } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

/** Event "choose" (detail: the tab's id). */
export class LfTabs extends LfElement {
  static properties = { ...LfElement.properties, tabs: { attribute: false }, chosen: {}, label: {} };

  constructor() {
    super();
    /** @type {Tab[]} */
    this.tabs = [];
    this.chosen = "";
    this.label = "";
  }

  render() {
    return html`<div class="tabs" role="tablist" aria-label=${this.label} @keydown=${this.key}>
      ${this.tabs.map(
        ({ id, label, count }) => html`<button
          type="button"
          role="tab"
          id=${`lf-tab-${id}`}
          aria-controls=${`lf-panel-${id}`}
          aria-selected=${String(id === this.chosen)}
          tabindex=${id === this.chosen ? "0" : "-1"}
          @click=${() => this.choose(id)}
        >${label}${count ? html`<span class="n">${count}</span>` : nothing}</button>`,
      )}
    </div>`;
  }

  /** @param {string} id */
  choose(id) {
    this.dispatchEvent(new CustomEvent("choose", { detail: id }));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.tabs.findIndex(({ id }) => id === this.chosen);
    const next = this.tabs[(at + (step ?? 0) + this.tabs.length) % this.tabs.length];
    if (!step || !next) return;
    event.preventDefault();
    this.choose(next.id);
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector("[aria-selected=true]"))?.focus());
  }
}
customElements.define("lf-tabs", LfTabs);
