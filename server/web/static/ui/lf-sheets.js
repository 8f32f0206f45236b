/** The sheets of a page, each read when it is first asked for, or before that when the page has nothing else to do. */
import { LfElement } from "./element.js";
import { isPlain } from "./walk.js";

/** @typedef {LfElement & { open: (asked: never) => Promise<void> }} Sheet */

/** By what they are asked for with. */
const SHEETS = { "write-task": "lf-task-sheet", "subscribe": "lf-subscribe-sheet", "warn": "lf-warning" };
const read = () => import("./later.js");

/** Hears what the app is asked for on this page, and the key `n`. */
export class LfSheets extends LfElement {
  /** @param {AbortSignal} signal */
  listen(signal) {
    for (const [asked, name] of Object.entries(SHEETS)) {
      this.of.addEventListener(asked, (event) => this.open(name, /** @type {CustomEvent} */ (event).detail), { signal });
    }
    this.ownerDocument.addEventListener("keydown", (event) => this.key(event), { signal });
    requestIdleCallback(() => read().catch(() => {}));
  }

  /** @param {string} name @param {{ page: Document }} asked */
  async open(name, asked) {
    if (asked.page !== this.ownerDocument || !this.checkVisibility()) return;
    try {
      await read();
    } catch {
      this.of.toast({ text: this.t("failure.sheet") });
      return;
    }
    await this.sheet(name).open(/** @type {never} */ (asked));
  }

  /** @param {string} name @returns {Sheet} */
  sheet(name) {
    const there = this.querySelector(name);
    if (there) return /** @type {Sheet} */ (there);
    // Made by the document whose elements these are, also where the page is another window's.
    const made = /** @type {Sheet} */ (document.createElement(name));
    made.app = this.app;
    this.append(made);
    return made;
  }

  /** Whether one is open. */
  get isOpen() {
    return this.querySelector("dialog[open]") !== null;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "n" || !isPlain(event) || this.isOpen || !this.checkVisibility()) return;
    event.preventDefault();
    this.of.writeTask(this.ownerDocument, {});
  }
}
customElements.define("lf-sheets", LfSheets);
