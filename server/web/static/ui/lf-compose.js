/**
 * Where mail is written: hears "compose" of the app, the key `c`, and every link to /compose; the sheet itself is read then.
 * @import { ComposeDraft as Asked } from "./app.js"
 * @import { LfLetter } from "./lf-letter.js"
 */
import { LfElement } from "./element.js";
import { isPlain } from "./walk.js";

const PATH = "/compose";

export class LfCompose extends LfElement {
  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("compose", (event) => this.open(/** @type {CustomEvent<Asked & { page: Document }>} */ (event).detail), { signal });
    this.ownerDocument.addEventListener("click", (event) => this.clicked(event), { signal });
    this.ownerDocument.addEventListener("keydown", (event) => this.key(event), { signal });
    if (location.pathname === PATH && location.search) this.arrived();
  }

  /** @param {Asked & { page: Document }} asked */
  async open({ page, ...asked }) {
    if (page !== this.ownerDocument) return;
    try {
      await import("./lf-letter.js");
    } catch {
      this.of.toast({ text: this.t("failure.sheet") });
      return;
    }
    await this.letter.open(asked);
  }

  /** @returns {LfLetter} */
  get letter() {
    const there = this.querySelector("lf-letter");
    if (there) return /** @type {LfLetter} */ (there);
    const made = /** @type {LfLetter} */ (document.createElement("lf-letter"));
    made.app = this.app;
    this.append(made);
    return made;
  }

  /** A link that leads to the page where mail is written opens the sheet here. @param {MouseEvent} event */
  clicked(event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = /** @type {Element} */ (event.target).closest?.("a[href]");
    const url = link && new URL(/** @type {HTMLAnchorElement} */ (link).href);
    if (!url || url.origin !== location.origin || url.pathname !== PATH || !url.search) return;
    event.preventDefault();
    this.of.compose(this.ownerDocument, askedBy(url.searchParams));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "c" || !isPlain(event) || this.ownerDocument.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.of.compose(this.ownerDocument, {});
  }

  /** The page itself was opened for one mail. */
  arrived() {
    const asked = askedBy(new URLSearchParams(location.search));
    history.replaceState(null, "", PATH);
    this.of.compose(this.ownerDocument, asked);
  }
}

/** @param {URLSearchParams} query @returns {Asked} */
function askedBy(query) {
  const of = (/** @type {string} */ name) => query.get(name) ?? undefined;
  return { address: of("to"), subject: of("subject"), threadId: of("thread"), body: of("body"), id: of("draft") };
}
customElements.define("lf-compose", LfCompose);
