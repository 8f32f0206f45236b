/** The filter button and what floats below it: the switch for machine traffic. */
import { LfElement, icon } from "./element.js";
import { place } from "./popover.js";
import { html } from "./vendor/lit.js";

/** Event "machine" (detail: whether machine traffic is to be shown). */
export class LfFilter extends LfElement {
  static properties = { ...LfElement.properties, machine: { type: Boolean } };

  constructor() {
    super();
    this.machine = false;
  }

  render() {
    return html`<button
        type="button"
        class=${this.machine ? "ib on" : "ib"}
        aria-label=${this.t("filter.open")}
        title=${this.t("filter.open")}
        aria-haspopup="dialog"
        aria-expanded="false"
        @click=${this.open}
      >${icon("filter")}</button>
      <div class="menu sheet" popover="auto" role="dialog" aria-label=${this.t("filter.open")} @toggle=${this.toggled}>
        <label class="switch"
          ><input type="checkbox" role="switch" .checked=${this.machine} @change=${this.switched} /><span>${this.t("filter.machine")}</span></label
        >
        <p class="muted">${this.t("filter.machine-why")}</p>
      </div>`;
  }

  get sheet() {
    return /** @type {HTMLElement} */ (this.querySelector("[popover]"));
  }

  get button() {
    return /** @type {HTMLElement} */ (this.querySelector("button"));
  }

  open() {
    this.sheet.togglePopover();
    if (this.sheet.matches(":popover-open")) place(this.sheet, this.button, "end");
  }

  /** @param {ToggleEvent} event */
  toggled(event) {
    this.button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open") this.sheet.querySelector("input")?.focus();
  }

  /** @param {Event} event */
  switched(event) {
    const { checked } = /** @type {HTMLInputElement} */ (event.target);
    this.dispatchEvent(new CustomEvent("machine", { detail: checked }));
  }
}
customElements.define("lf-filter", LfFilter);
