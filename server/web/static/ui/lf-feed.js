/**
 * The feed: filter bar, lines by day, what is new, what is hidden; empty, loading and failing. Live.
 * @import { FeedItem } from "./api-types.js"
 * @import { Row } from "./feed-state.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { menuOf } from "./entries.js";
import { countNew, rowsOf } from "./feed-state.js";
import { FeedStore } from "./feed-store.js";
import { clockTime, dayHeading, newSince } from "./format.js";
import "./lf-filter.js";
import "./lf-menu.js";
import "./lf-row.js";
import "./lf-segments.js";
import { html, nothing, repeat } from "./vendor/lit.js";

/** @import { LfMenu } from "./lf-menu.js" */
/** @import { LfRow } from "./lf-row.js" */

const KINDS = ["", "view", "click", "reply"];
const NEAR_THE_END = 600;
const SCROLLED = 8;
const SETTLES = 1_500;
const SPEAKS_EVERY = 10_000;
const SKELETON_AFTER = 300;

/** Event "news" (detail: how many lines are new to the viewer). */
export class LfFeed extends LfElement {
  static properties = {
    ...LfElement.properties,
    layout: {},
    first: { attribute: false },
    slow: { state: true },
    spoken: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    /** "window": scrolls inside itself; "page": with the page. */
    this.layout = "window";
    /** @type {import("./api-types.js").FeedPage | null} the first page, when it came with the document */
    this.first = null;
    this.slow = false;
    this.spoken = "";
    this.problem = "";
    /** @type {FeedStore | null} */
    this.store = null;
    /** @type {Map<string, number>} */
    this.arrivedAt = new Map();
    /** @type {FeedItem[]} */
    this.unspoken = [];
    this.spokeAt = -SPEAKS_EVERY;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.speakTimer = undefined;
    this.news = 0;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const store = (this.store ??= this.open());
    store.addEventListener("change", () => this.changed(), { signal });
    store.addEventListener("arrival", (event) => this.arrived(/** @type {CustomEvent<FeedItem>} */ (event).detail), { signal });
    const page = this.ownerDocument;
    const view = page.defaultView ?? window;
    page.addEventListener("visibilitychange", () => this.looked(), { signal });
    page.addEventListener("keydown", (event) => this.key(event), { signal });
    if (this.layout === "page") view.addEventListener("scroll", () => this.scrolled(), { signal, passive: true });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
    this.looked();
  }

  open() {
    const machine = this.of.storage.getItem("lf-machine") === "yes";
    const store = new FeedStore(this.of, { kind: "", machine });
    store.load(machine ? null : this.first);
    setTimeout(() => (this.slow = true), SKELETON_AFTER);
    return store;
  }

  get feed() {
    if (!this.store) throw new Error("<lf-feed> without a store");
    return this.store;
  }

  render() {
    const { state, phase } = this.feed;
    return html`<div class="bar">
        <lf-segments .app=${this.app} .choices=${this.kinds()} .chosen=${state.filter.kind} label=${this.t("filter.show")} @choose=${this.chooseKind}></lf-segments>
        <div class="tools"><lf-filter .app=${this.app} .machine=${state.filter.machine} @machine=${this.switchMachine}></lf-filter></div>
      </div>
      <p class="vh" aria-live="polite">${this.spoken}</p>
      ${this.problem ? this.notice() : nothing}
      <div class=${this.layout === "window" ? "scroll" : "flow"} tabindex=${this.layout === "window" ? "0" : nothing} role="region" aria-label=${this.t("feed.label")} @scroll=${this.scrolled}>
        ${state.waiting.size ? this.pill(state.waiting.size) : nothing}
        ${phase === "ready" ? this.list() : phase === "failed" ? this.failure() : this.loading()}
      </div>
      <lf-menu .app=${this.app} @opened=${this.menuOpened} @closed=${this.menuClosed}></lf-menu>`;
  }

  kinds() {
    return KINDS.map((value) => ({ value, label: this.t(`filter.${value || "all"}`) }));
  }

  list() {
    const { state } = this.feed;
    const { i18n, now } = this.of;
    if (!state.items.size && state.next === null) return html`${this.empty()}${this.hiddenNote()}`;
    const rows = rowsOf(state, i18n.day(now()), (at) => i18n.day(new Date(at)));
    return html`<ol class="feed">
        ${repeat(rows, keyOf, (row) => this.row(row))}
      </ol>
      ${this.older()}`;
  }

  /** @param {Row} row */
  row(row) {
    const { i18n, now } = this.of;
    switch (row.row) {
      case "new-since":
        return html`<li class="day fresh">${newSince(i18n, row.at, now())}</li>`;
      case "day":
        return html`<li class="day">${dayHeading(i18n, row.day, row.earlier, now())}</li>`;
      case "hidden":
        return html`<li>${this.hiddenNote()}</li>`;
      case "item":
        return html`<li class="line">
          <lf-row
            tabindex="0"
            .app=${this.app}
            .item=${row.item}
            .fresh=${performance.now() - (this.arrivedAt.get(row.item.id) ?? -SETTLES) < SETTLES}
            data-id=${row.item.id}
            @menu=${this.openMenu}
            @open=${() => this.openDetails(row.item)}
          ></lf-row>
        </li>`;
    }
  }

  hiddenNote() {
    const { hiddenToday, filter } = this.feed.state;
    if (!filter.machine && !hiddenToday) return nothing;
    const text = filter.machine ? this.t("hidden.shown") : this.t("hidden.today", { count: hiddenToday });
    return html`<p class="hidden-note">
      ${icon("bot", "m")}<span>${text}</span><button type="button" @click=${() => this.setMachine(!filter.machine)}>${this.t(filter.machine ? "hidden.hide" : "hidden.show")}</button>
    </p>`;
  }

  older() {
    const { older, state } = this.feed;
    if (older === "failed") {
      return html`<p class="older">${this.t("feed.older-failed")} <button type="button" class="link" @click=${() => this.feed.more()}>${this.t("action.retry")}</button></p>`;
    }
    return older === "loading" && state.next !== null ? skeleton(1, this.t("loading")) : nothing;
  }

  /** @param {number} count */
  pill(count) {
    return html`<div class="newpill"><button type="button" class="btn" @click=${this.release}>${icon("up", "m")}${this.t("feed.new", { count })}</button></div>`;
  }

  loading() {
    return this.slow ? skeleton(3, this.t("loading")) : nothing;
  }

  empty() {
    const { kind } = this.feed.state.filter;
    if (kind) {
      return html`<div class="blank">
        ${icon("filter")}<b>${this.t(`empty.${kind}`)}</b><button type="button" class="btn plain" @click=${() => this.feed.filter({ kind: "" })}>${this.t("empty.clear")}</button>
      </div>`;
    }
    const { compose } = this.of.places;
    return html`<div class="blank">
      ${icon("eye")}<b>${this.t("empty.title")}</b>
      <p>${this.t("empty.text")}</p>
      ${compose ? html`<a class="btn" href=${compose} target="_blank" rel="noopener">${this.t("empty.compose")}</a>` : nothing}
    </div>`;
  }

  failure() {
    const { error } = this.feed;
    const time = clockTime(this.of.i18n, this.of.now());
    const why = error instanceof ApiError ? this.t("failure.status", { status: String(error.status), time }) : this.t("failure.network", { time });
    return html`<div class="blank" role="alert">
      ${icon("alert")}<b>${this.t("failure.title")}</b>
      <p>${why}</p>
      <button type="button" class="btn" @click=${() => this.feed.load()}>${this.t("action.retry")}</button>
    </div>`;
  }

  notice() {
    return html`<p class="note bad" role="alert">
      ${icon("alert")}<span>${this.problem}</span><button type="button" class="link end" @click=${() => (this.problem = "")}>${this.t("action.dismiss")}</button>
    </p>`;
  }

  changed() {
    this.requestUpdate();
    const news = countNew(this.feed.state);
    if (news === this.news) return;
    this.news = news;
    this.dispatchEvent(new CustomEvent("news", { detail: news }));
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    super.updated(changed);
    if (this.store?.phase === "ready" && this.store.older === "") setTimeout(() => this.fill());
  }

  /** A tall window asks for as many pages as it can show; the lines must have been drawn before. */
  fill() {
    const box = this.box;
    if (box && box.clientHeight > 0 && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END) this.feed.more();
  }

  /** What scrolls. @returns {Element | null} */
  get box() {
    return this.layout === "window" ? this.querySelector(".scroll") : this.ownerDocument.scrollingElement;
  }

  get top() {
    const box = this.box;
    return !box || box.scrollTop <= SCROLLED;
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector("lf-menu"));
  }

  get rows() {
    return [...this.querySelectorAll("lf-row")].map((row) => /** @type {LfRow} */ (row));
  }

  scrolled() {
    this.feed.hold = !this.top || this.menu.isOpen;
    if (this.top && !this.menu.isOpen) this.feed.release();
    this.fill();
  }

  menuOpened() {
    this.feed.hold = true;
  }

  menuClosed() {
    this.scrolled();
  }

  release() {
    this.box?.scrollTo({ top: 0 });
    this.feed.hold = false;
    this.feed.release();
  }

  looked() {
    if (this.ownerDocument.visibilityState === "visible") this.feed.look();
    else this.feed.lookAway();
  }

  /** @param {CustomEvent<string>} event */
  chooseKind(event) {
    this.feed.filter({ kind: event.detail });
  }

  /** @param {CustomEvent<boolean>} event */
  switchMachine(event) {
    this.setMachine(event.detail);
  }

  /** @param {boolean} machine */
  setMachine(machine) {
    this.of.storage.setItem("lf-machine", machine ? "yes" : "no");
    this.feed.filter({ machine });
  }

  /** @param {FeedItem} item */
  arrived(item) {
    this.arrivedAt.set(item.id, performance.now());
    if (item.hidden) return;
    this.unspoken.push(item);
    clearTimeout(this.speakTimer);
    this.speakTimer = setTimeout(() => this.speak(), Math.max(500, this.spokeAt + SPEAKS_EVERY - performance.now()));
  }

  /** News is read out at most every ten seconds, summed up: "3 new: 1 reply, 2 views". */
  speak() {
    this.spokeAt = performance.now();
    /** @type {Map<string, number>} */
    const kinds = new Map();
    for (const { kind } of this.unspoken) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const sums = [...kinds].map(([kind, count]) => this.t(`count.${kind}`, { count })).join(this.t("list.comma"));
    this.spoken = this.t("feed.spoken", { count: this.unspoken.length, sums });
    this.unspoken = [];
  }

  /** @param {CustomEvent<Element>} event */
  openMenu(event) {
    const row = /** @type {LfRow} */ (event.currentTarget);
    const item = row.line;
    const archive = (/** @type {boolean} */ archived) => this.archive(item, archived);
    const away = this.layout === "window";
    this.menu.open(event.detail, menuOf({ app: this.of, item, away, showAll: () => row.toggle(), archive }));
  }

  /** @param {FeedItem} item @param {boolean} archived */
  async archive(item, archived) {
    try {
      await this.feed.archive(item.message.id, archived);
      this.of.toast({ text: this.t(archived ? "toast.archived" : "toast.unarchived"), undo: () => this.archive(item, !archived) });
    } catch {
      this.problem = this.t(archived ? "failure.archive" : "failure.unarchive");
    }
  }

  /** @param {FeedItem} item */
  openDetails(item) {
    const view = this.ownerDocument.defaultView ?? window;
    const page = this.of.places.message(item.message.id);
    if (this.layout === "window") view.open(page, "_blank", "noopener");
    else view.location.assign(page);
  }

  /** j and k walk through the lines; lines, their arrow and their ⓘ are reached by Tab too. @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || this.menu?.isOpen) return;
    const step = { j: 1, k: -1 }[event.key];
    if (!step || !this.isConnected) return;
    const rows = this.rows;
    const at = rows.findIndex((row) => row.contains(this.ownerDocument.activeElement));
    const to = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
    to?.focus({ preventScroll: true });
    to?.scrollIntoView({ block: "nearest" });
  }
}

/** @param {Row} row */
function keyOf(row) {
  if (row.row === "item") return row.item.id;
  return row.row === "day" ? `day ${row.day} ${row.earlier}` : row.row;
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = /** @type {Partial<Element> | null} */ (event.target);
  return Boolean(target?.closest?.("input, select, textarea, [contenteditable]"));
}

/** @param {number} count @param {string} words */
function skeleton(count, words) {
  const rows = Array.from({ length: count }, () => html`<div class="skel" aria-hidden="true"><i></i><div><i></i><i></i></div><i></i></div>`);
  return html`<div role="status"><span class="vh">${words}</span>${rows}</div>`;
}
customElements.define("lf-feed", LfFeed);
