/**
 * What the panel stands beside: the card of the open thread, of the mail's recipients, or of somebody the user pointed at.
 * @import { Person } from "../ui/api-types.js"
 * @import { LfCard } from "../ui/lf-card.js"
 */
import { LfElement, icon } from "../ui/element.js";
import { nameOf } from "../ui/format.js";
import "../ui/lf-card.js";
import { html, nothing, repeat } from "../ui/vendor/lit.js";
import { ask } from "./worker.js";

/** @typedef {{ account: string, thread: string, addresses: string[], linkedin: string, words: string, source: "" | "thread" | "compose" | "asked", tab: number | null }} Beside */

const SETTLES = 150;
const RENEW_AFTER = 1_500;
const MOST_FOUND = 8;

export class LfBeside extends LfElement {
  static properties = { ...LfElement.properties, beside: { attribute: false }, card: { state: true }, found: { state: true }, failed: { state: true }, folded: { state: true } };

  constructor() {
    super();
    /** @type {Beside | null} */
    this.beside = null;
    /** @type {Record<string, any> | null} */
    this.card = null;
    /** @type {Person[] | null} people of whom one was meant */
    this.found = null;
    this.failed = false;
    this.folded = false;
    this.about = "";
    /** What the card on screen is about. */
    this.shownFor = "";
    this.turn = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.folded = this.of.storage.getItem("lf-card-folded") === "yes";
    this.of.stream.addEventListener("item", () => this.soon(RENEW_AFTER), { signal });
    this.of.stream.addEventListener("state", () => this.failed && this.of.stream.state.kind === "live" && this.soon(0), { signal });
    this.addEventListener("reload", () => this.soon(0), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const { thread = "", addresses = [], linkedin = "", words = "" } = this.beside ?? {};
    const about = JSON.stringify([thread, addresses, linkedin, words]);
    if (about === this.about) return;
    this.about = about;
    this.turn += 1;
    this.failed = false;
    this.found = null;
    if (this.isAbout) this.soon(SETTLES);
    else this.card = null;
  }

  get isAbout() {
    const { thread = "", addresses = [], linkedin = "", words = "" } = this.beside ?? {};
    return Boolean(thread || addresses.length || linkedin || words);
  }

  /** @param {number} ms */
  soon(ms) {
    if (!this.isAbout) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), ms);
  }

  async load() {
    const turn = ++this.turn;
    try {
      const card = await this.read();
      if (turn === this.turn) this.put(card);
    } catch {
      if (turn === this.turn) this.failed = true;
    }
  }

  /** @returns {Promise<Record<string, any> | null>} null when it is not yet clear who is meant */
  async read() {
    const { thread = "", addresses = [], linkedin = "", words = "" } = this.beside ?? {};
    if (!linkedin && !words) return (await this.of.api.contextCard({ thread, addresses })).card;
    const query = linkedin ? { linkedin, limit: MOST_FOUND } : { query: words, limit: MOST_FOUND };
    this.found = (await this.of.api.get("/api/v1/people", query)).items;
    const [only] = this.found ?? [];
    return this.found?.length === 1 && only ? this.cardOf(only) : null;
  }

  /** @param {Person} person */
  async cardOf({ addresses: [first] }) {
    return first ? (await this.of.api.contextCard({ addresses: [first.address] })).card : null;
  }

  /** What somebody is writing into the card, or looking at deeper in it, stays. @param {Record<string, any> | null} card */
  put(card) {
    this.failed = false;
    const shown = /** @type {LfCard | null} */ (this.querySelector("lf-card"));
    const same = shown && card && this.shownFor === this.about;
    this.shownFor = this.about;
    if (!same) this.card = card;
    else if (shown.stack.length === 1) shown.renew(card);
  }

  /** @param {Person} person */
  async choose(person) {
    this.found = [person];
    try {
      this.card = await this.cardOf(person);
    } catch {
      this.failed = true;
    }
  }

  render() {
    if (!this.isAbout) return nothing;
    return html`<section class="beside" aria-label=${this.t("panel.beside")}>
      ${this.beside?.source === "asked" ? this.asked() : nothing}
      ${this.failed && !this.card ? this.unread() : this.several() ?? this.shown()}
    </section>`;
  }

  shown() {
    if (!this.card) return nothing;
    const label = this.t(this.folded ? "panel.unfold" : "panel.fold");
    return html`<div class="beside-card" tabindex="0" role="group" aria-label=${this.t("panel.beside")} ?data-folded=${this.folded}><lf-card .app=${this.app} .card=${this.card}></lf-card></div>
      <button type="button" class="beside-fold" aria-expanded=${String(!this.folded)} aria-label=${label} title=${label} @click=${this.fold}>${icon(this.folded ? "down" : "up", "s")}</button>`;
  }

  /** Who was pointed at, and the way back to where the tab is. */
  asked() {
    const { addresses = [], linkedin = "", words = "", tab = null } = this.beside ?? {};
    const what = addresses[0] ?? (linkedin || words);
    return html`<p class="beside-asked">
      <span class="cut">${this.t("panel.asked", { what })}</span>
      <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${() => ask("dismiss", { tab })}>${icon("x", "m")}</button>
    </p>`;
  }

  several() {
    const { found } = this;
    if (!found || found.length === 1) return null;
    if (!found.length) return html`<p class="beside-none muted">${this.t("panel.nobody")}</p>`;
    return html`<ul class="beside-found">
      ${repeat(found, ({ id }) => id, (person) => html`<li><button type="button" @click=${() => this.choose(person)}><b>${nameOf({ name: person.name, address: person.addresses[0]?.address ?? "" })}</b> <span class="muted">${person.account ?? ""}</span></button></li>`)}
    </ul>`;
  }

  unread() {
    return html`<p class="note bad" role="alert">${icon("alert")}<span>${this.t("panel.card-failed")}</span><button type="button" class="link end" @click=${() => this.load()}>${this.t("action.retry")}</button></p>`;
  }

  fold() {
    this.folded = !this.folded;
    this.of.storage.setItem("lf-card-folded", this.folded ? "yes" : "no");
  }
}
customElements.define("lf-beside", LfBeside);
