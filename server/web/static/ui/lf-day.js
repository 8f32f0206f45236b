/** The day as a heading: as the server wrote it, until another begins. @import { TodayStore } from "./today-store.js" */
import { LfElement } from "./element.js";
import { dayName } from "./format.js";

export class LfDay extends LfElement {
  static properties = { ...LfElement.properties, store: { attribute: false } };

  constructor() {
    super();
    /** @type {TodayStore | null} */
    this.store = null;
    this.shown = this.dataset["day"];
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.store?.addEventListener("change", () => this.turn(), { signal });
  }

  turn() {
    const day = this.store?.today.day ?? this.shown;
    if (!day || day === this.shown) return;
    this.shown = day;
    this.textContent = this.of.i18n.capital(dayName(this.of.i18n, day));
  }

  /** What stands there is the server's. */
  shouldUpdate() {
    return false;
  }
}
customElements.define("lf-day", LfDay);
