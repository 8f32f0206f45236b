/**
 * A mail while it is written: kept at the server a moment after each change, never above what another window kept.
 * @import { Compositions } from "./compositions.js"
 * @import { Composition, Reader, WrittenComposition } from "./api-types.js"
 */
import { ApiError } from "./api.js";

const KEEP_AFTER = 700;

/** @typedef {Omit<WrittenComposition, "to" | "cc" | "bcc"> & { to: readonly Reader[], cc: readonly Reader[], bcc: readonly Reader[] }} Letter */
/** @typedef {"new" | "writing" | "keeping" | "kept" | "failed" | "conflict"} Keeping */

/** @type {Letter} */
export const BLANK = { to: [], cc: [], bcc: [], subject: "", html: "", from: null, tracked: true, separate: false, signed: true, thread_id: null };

/** Event "change": what is kept, or how keeping goes. */
export class ComposeDraft extends EventTarget {
  /** @param {Compositions} compositions @param {Letter} letter @param {Composition | null} [kept] */
  constructor(compositions, letter, kept = null) {
    super();
    this.compositions = compositions;
    this.letter = kept ? letterOf(kept) : letter;
    this.kept = kept;
    /** @type {Composition | null} what another window made of it */
    this.theirs = null;
    /** @type {Keeping} */
    this.state = kept ? "kept" : "new";
    this.written = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Promise<void>} one save after the other */
    this.saving = Promise.resolve();
  }

  /** @param {Partial<Letter>} changes */
  write(changes) {
    this.letter = { ...this.letter, ...changes };
    this.written += 1;
    if (this.state !== "conflict") this.be("writing");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_AFTER);
  }

  /** Whether something is written that the server does not have. */
  get isAhead() {
    return this.state === "writing" || this.state === "keeping" || this.state === "failed";
  }

  /** All that is written, at once. @returns {Promise<boolean>} whether the server has it */
  async keep() {
    clearTimeout(this.timer);
    this.saving = this.saving.then(() => this.save());
    await this.saving;
    return this.state === "kept";
  }

  async save() {
    if (this.state === "kept" || this.state === "new" || this.state === "conflict") return;
    const { written } = this;
    this.be("keeping");
    try {
      const sent = told(this.letter);
      this.kept = await (this.kept ? this.compositions.change(this.kept.id, { ...sent, version: this.kept.version }) : this.compositions.add(sent));
      this.be(written === this.written ? "kept" : "writing");
    } catch (error) {
      this.theirs = error instanceof ApiError && error.status === 409 ? /** @type {Composition | null} */ (error.current) : null;
      this.be(this.theirs ? "conflict" : "failed");
    }
  }

  /** What is written here is to stand above theirs. */
  keepMine() {
    this.kept = this.theirs;
    this.theirs = null;
    this.be("writing");
    return this.keep();
  }

  stop() {
    clearTimeout(this.timer);
  }

  /** @param {Keeping} state */
  be(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {Composition} kept @returns {Letter} */
export function letterOf({ to, cc, bcc, subject, html, from, tracked, separate, signed, thread_id }) {
  return { to, cc, bcc, subject, html, from, tracked, separate, signed, thread_id };
}

/** @param {Letter} letter @returns {WrittenComposition} */
function told({ to, cc, bcc, ...rest }) {
  const named = (/** @type {readonly Reader[]} */ part) => part.map(({ name, address }) => ({ name, address }));
  return { ...rest, to: named(to), cc: named(cc), bcc: named(bcc) };
}
