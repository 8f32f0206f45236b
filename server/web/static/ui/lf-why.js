/** The small ⓘ beside a guess: what it says is there for mouse, finger, keyboard and screen reader alike. */
import { LfElement, icon } from "./element.js";
import { place } from "./popover.js";
import { html, nothing } from "./vendor/lit.js";

let count = 0;

export class LfWhy extends LfElement {
  static properties = { ...LfElement.properties, label: {}, text: {}, lead: {} };

  constructor() {
    super();
    /** What the button asks, for screen readers; not needed beside visible words. */
    this.label = "";
    this.text = "";
    /** Visible words before the sign. */
    this.lead = "";
    this.tip = `lf-why-${++count}`;
  }

  render() {
    return html`<button
        type="button"
        class=${this.lead ? "why-lead" : "why"}
        aria-label=${this.lead ? nothing : this.label}
        aria-describedby=${this.tip}
        @mouseenter=${this.show}
        @mouseleave=${this.hide}
        @focus=${this.show}
        @blur=${this.hide}
        @click=${this.pressed}
        @keydown=${this.key}
      >${this.lead ? html`<span class="cut">${this.lead}</span>` : nothing}${icon("info", "s")}</button
      ><span id=${this.tip} class="tip" role="tooltip" popover="manual">${this.text}</span>`;
  }

  get bubble() {
    return /** @type {HTMLElement} */ (this.querySelector(".tip"));
  }

  show() {
    if (this.bubble.matches(":popover-open")) return;
    this.bubble.showPopover();
    place(this.bubble, /** @type {Element} */ (this.querySelector("button")), "middle");
  }

  hide() {
    this.bubble.hidePopover();
  }

  /** @param {Event} event */
  pressed(event) {
    event.stopPropagation();
    this.show();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter" || event.key === " ") event.stopPropagation();
    if (event.key !== "Escape" || !this.bubble.matches(":popover-open")) return;
    event.stopPropagation();
    this.hide();
  }
}
customElements.define("lf-why", LfWhy);
