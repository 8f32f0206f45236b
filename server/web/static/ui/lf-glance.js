/** The newest of the feed, without its filters: what comes after stands on the feed's own page. */
import { nothingYet } from "./blanks.js";
import { rowsOf } from "./feed-state.js";
import { icon } from "./element.js";
import { FeedStore } from "./feed-store.js";
import { LfFeed } from "./lf-feed.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const MOST = 8;

export class LfGlance extends LfFeed {
  constructor() {
    super();
    this.layout = "page";
  }

  open() {
    const store = new FeedStore(this.of, { feed: "live", kind: "", machine: false, type: "", whose: "" });
    store.load(this.first);
    this.beSlowSoon();
    return store;
  }

  bar() {
    return nothing;
  }

  list() {
    const { state } = this.feed;
    const { i18n, now } = this.of;
    if (!state.items.size) return html`${nothingYet(this.of)}${this.hiddenNote()}`;
    let left = MOST;
    const rows = rowsOf(state, i18n.day(now()), (at) => i18n.day(new Date(at))).filter((row) => row.row !== "hidden");
    const shown = rows.filter((row) => (row.row === "item" ? left-- > 0 : left > 0));
    return html`<ol class="feed">${repeat(shown, (row) => (row.row === "item" ? row.item.id : JSON.stringify(row)), (row) => this.row(row))}</ol>
      ${this.hiddenNote()}`;
  }

  /** Machine traffic is looked at where there is room for it. */
  hiddenNote() {
    const { hiddenToday } = this.feed.state;
    if (!hiddenToday) return nothing;
    return html`<p class="hidden-note">${icon("bot", "m")}<span>${this.t("hidden.today", { count: hiddenToday })}</span></p>`;
  }

  older() {
    return nothing;
  }

  /** It never asks for more. */
  fill() {}
}
customElements.define("lf-glance", LfGlance);
