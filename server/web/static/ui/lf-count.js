/** A number in the navigation: as the page came with it, then as this page's own lists have it. */
import { LfElement } from "./element.js";

/** `data-of`: tasks or targets; its text is the number. */
export class LfCount extends LfElement {
  /** @param {AbortSignal} signal */
  listen(signal) {
    if (this.dataset["of"] !== "tasks") return;
    const { tasks } = this.of;
    tasks.addEventListener("change", () => tasks.phase === "ready" && this.say(tasks.due), { signal });
  }

  /** @param {number} count */
  say(count) {
    this.textContent = count ? this.of.i18n.number(count) : "";
  }

  /** What stands there is the server's. */
  shouldUpdate() {
    return false;
  }
}
customElements.define("lf-count", LfCount);
