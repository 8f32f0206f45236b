/** A choice of one, as segments; as a select where they don't fit. */
import { LfElement, icon } from "./element.js";
import { html } from "./vendor/lit.js";

/** @typedef {{ value: string, label: string }} Choice */

/** Those who show it make the list anew each time they are drawn, and to measure is to lay out the whole page. @param {unknown} now @param {unknown} before */
function differ(now, before) {
  return JSON.stringify(now) !== JSON.stringify(before);
}

/** Event "choose" (detail: the value). */
export class LfSegments extends LfElement {
  static properties = {
    ...LfElement.properties,
    choices: { attribute: false, hasChanged: differ },
    chosen: {},
    label: {},
    narrow: { state: true },
  };

  constructor() {
    super();
    /** @type {Choice[]} */
    this.choices = [];
    this.chosen = "";
    this.label = "";
    this.narrow = false;
    this.observer = new ResizeObserver(() => this.measure());
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.observer.observe(this);
    signal.addEventListener("abort", () => this.observer.disconnect());
  }

  render() {
    return html`<div class="seg" role="group" aria-label=${this.label} ?inert=${this.narrow} ?data-narrow=${this.narrow}>
        ${this.choices.map(
          ({ value, label }) =>
            html`<button type="button" aria-pressed=${String(value === this.chosen)} @click=${() => this.choose(value)}>${label}</button>`,
        )}
      </div>
      ${this.narrow ? this.select() : ""}`;
  }

  select() {
    return html`<span class="field slim"
      ><select aria-label=${this.label} @change=${(/** @type {Event} */ event) => this.choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${this.choices.map(({ value, label }) => html`<option value=${value} ?selected=${value === this.chosen}>${label}</option>`)}</select
      >${icon("down", "s")}</span
    >`;
  }

  updated() {
    this.measure();
  }

  /** The group keeps its natural width even while it is hidden, so it can say when it fits again. */
  measure() {
    const group = this.querySelector(".seg");
    if (group) this.narrow = group.scrollWidth > this.clientWidth + 1;
  }

  /** @param {string} value */
  choose(value) {
    this.chosen = value;
    this.dispatchEvent(new CustomEvent("choose", { detail: value }));
  }
}
customElements.define("lf-segments", LfSegments);
