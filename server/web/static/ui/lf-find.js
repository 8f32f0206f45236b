/** The search of a list in the window, which has no field at rest: it comes with `/` and goes with Escape. */
import { LfElement, icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";
import { fits } from "./wanted.js";

const ASK_AFTER = 150;

/** Stands inside the list it is of. Event "find" (detail: what a feed may be narrowed by; undefined: by nothing any more). */
export class LfFind extends LfElement {
  static properties = { ...LfElement.properties, about: {}, open: { state: true } };

  constructor() {
    super();
    /** "engagement" or "targets" */
    this.about = "engagement";
    this.open = false;
    this.words = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.typing = undefined;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("search", (event) => this.come(/** @type {CustomEvent<{ page: Document }>} */ (event)), { signal });
    this.list.addEventListener("cleared", () => this.close(), { signal });
  }

  render() {
    if (!this.open) return nothing;
    const label = this.t(`find.${this.about}`);
    return html`<div class="bar"><label class="field slim find-field">${icon("search", "m")}<input type="search" maxlength="200" placeholder=${label} aria-label=${label} @input=${this.typed} @keydown=${this.key} /></label></div>`;
  }

  get list() {
    return /** @type {HTMLElement} */ (this.parentElement);
  }

  /** @param {CustomEvent<{ page: Document }>} event */
  async come({ detail }) {
    if (detail.page !== this.ownerDocument || !this.list.checkVisibility()) return;
    this.open = true;
    await this.updateComplete;
    this.querySelector("input")?.focus();
  }

  close() {
    clearTimeout(this.typing);
    this.open = false;
    this.words = "";
  }

  /** @param {Event} event */
  typed(event) {
    const words = /** @type {HTMLInputElement} */ (event.target).value.trim();
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.find(words), ASK_AFTER);
  }

  /** @param {string} words */
  find(words) {
    if (words === this.words) return;
    this.words = words;
    const { i18n } = this.of;
    const query = { q: words };
    const detail = words ? { query, fits: fits(query, (at) => i18n.day(new Date(at))) } : undefined;
    this.dispatchEvent(new CustomEvent("find", { detail }));
  }

  /** Escape ends it; Enter and ↓ go to what was found. @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") {
      this.find("");
      this.close();
      /** @type {HTMLElement | null} */ (this.list.querySelector(".scroll"))?.focus();
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      /** @type {HTMLElement | null} */ (this.list.querySelector(".line > [tabindex='0']"))?.focus();
    } else return;
    event.preventDefault();
  }
}
customElements.define("lf-find", LfFind);
