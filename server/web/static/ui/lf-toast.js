/** What was done, with a way back: its button or `z`. Six seconds, longer while somebody is at it. @import { Notice } from "./app.js" */
import { LfElement, icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";
import { isPlain } from "./walk.js";

const STAYS = 6_000;

export class LfToast extends LfElement {
  static properties = { ...LfElement.properties, notice: { state: true } };

  constructor() {
    super();
    /** @type {Notice | null} */
    this.notice = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("toast", (event) => this.say(/** @type {CustomEvent<Notice>} */ (event).detail), { signal });
    this.ownerDocument.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  render() {
    return html`<div class="toasts" role="status" @mouseenter=${this.stay} @mouseleave=${this.leaveLater} @focusin=${this.stay} @focusout=${this.leaveLater}>
      ${this.notice ? this.toast(this.notice) : nothing}
    </div>`;
  }

  /** @param {Notice} notice */
  toast({ text, undo }) {
    return html`<div class="toast">
      <span>${text}</span>
      <span class="end">
        ${undo ? html`<button type="button" class="btn" aria-keyshortcuts="z" @click=${() => this.undo(undo)}>${this.t("action.undo")}</button>` : nothing}
        <button type="button" class="ib" aria-label=${this.t("action.dismiss")} title=${this.t("action.dismiss")} @click=${this.leave}>${icon("x", "m")}</button>
      </span>
    </div>`;
  }

  /** @param {Notice} notice */
  say(notice) {
    this.notice = notice;
    this.leaveLater();
  }

  stay() {
    clearTimeout(this.timer);
  }

  leaveLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.leave(), STAYS);
  }

  leave() {
    clearTimeout(this.timer);
    this.notice = null;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const undo = this.notice?.undo;
    if (event.key === "z" && undo && isPlain(event)) this.undo(undo);
  }

  /** @param {() => void} run */
  undo(run) {
    this.leave();
    run();
  }
}
customElements.define("lf-toast", LfToast);
