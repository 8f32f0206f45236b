/**
 * The feed: filter bar, lines by day, what is new, what is hidden; empty, loading and failing. Live.
 * @import { FeedItem, SystemLinks } from "./api-types.js"
 * @import { Row } from "./feed-state.js"
 */
import { Announcer } from "./announcer.js";
import { failure, noMatch, nothingYet, notice, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { menuOf } from "./entries.js";
import { countNew, isMuted, rowsOf } from "./feed-state.js";
import { FeedStore } from "./feed-store.js";
import { dayHeading, nameOf, newSince } from "./format.js";
import "./lf-filter.js";
import "./lf-menu.js";
import "./lf-row.js";
import "./lf-segments.js";
import { guard, html, nothing, repeat } from "./vendor/lit.js";
import { isPlain, walk } from "./walk.js";

/** @import { LfMenu } from "./lf-menu.js" */
/** @import { LfRow } from "./lf-row.js" */

const KINDS = ["", "view", "click", "reply", "moment"];
const NEAR_THE_END = 600;
const SCROLLED = 8;
const SETTLES = 1_500;
const SKELETON_AFTER = 300;

/** Events: "news" (detail: how many lines are new to the viewer); "cleared": nothing is filtered or searched for any more. */
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
    /** @type {import("./feed-state.js").Filter["wanted"]} what is searched for from the start */
    this.wanted = undefined;
    this.slow = false;
    this.spoken = "";
    this.problem = "";
    /** @type {FeedStore | null} */
    this.store = null;
    /** @type {Map<string, number>} */
    this.arrivedAt = new Map();
    /** @type {Announcer | null} */
    this.announcer = null;
    this.news = 0;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const store = (this.store ??= this.open());
    this.announcer ??= new Announcer(this.of.i18n, (words) => (this.spoken = words));
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
    const store = new FeedStore(this.of, { feed: "live", kind: "", machine, type: "", whose: "", wanted: this.wanted });
    store.load(machine || this.wanted ? null : this.first);
    this.beSlowSoon();
    return store;
  }

  beSlowSoon() {
    setTimeout(() => (this.slow = true), SKELETON_AFTER);
  }

  get feed() {
    if (!this.store) throw new Error("<lf-feed> without a store");
    return this.store;
  }

  render() {
    const { state, phase } = this.feed;
    return html`${this.bar()}${this.layout === "window" ? this.search() : nothing}
      <p class="vh" aria-live="polite">${this.spoken}</p>
      ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      <div class=${this.layout === "window" ? "scroll" : "flow"} tabindex=${this.layout === "window" ? "0" : nothing} role="region" aria-label=${this.t("feed.label")} @scroll=${this.scrolled}>
        ${state.waiting.size ? this.pill(state.waiting.size) : nothing}
        ${phase === "ready" ? this.list() : phase === "failed" ? this.failed() : this.slow ? skeleton(this.of, 3) : nothing}
      </div>
      <lf-menu .app=${this.app} @opened=${this.menuOpened} @closed=${this.menuClosed}></lf-menu>`;
  }

  /** @returns {unknown} */
  bar() {
    const { filter } = this.feed.state;
    return html`<div class="bar">
      <lf-segments .app=${this.app} .choices=${this.kinds()} .chosen=${filter.kind} label=${this.t("filter.show")} @choose=${this.chooseKind}></lf-segments>
      <div class="tools"><lf-filter .app=${this.app} .machine=${filter.machine} @machine=${this.switchMachine}></lf-filter></div>
    </div>`;
  }

  /** @returns {unknown} */
  search() {
    return html`<lf-find .app=${this.app} about="engagement" @find=${this.find}></lf-find>`;
  }

  /** @param {CustomEvent<import("./feed-state.js").Filter["wanted"]>} event */
  find({ detail }) {
    this.feed.filter({ wanted: detail });
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
      case "item":
        return this.line(row.item);
      case "new-since":
        return html`<li class="day fresh">${newSince(i18n, row.at, now())}</li>`;
      case "day":
        return html`<li class="day">${dayHeading(i18n, row.day, row.earlier, now())}</li>`;
      case "hidden":
        return html`<li>${this.hiddenNote()}</li>`;
    }
  }

  /** With hundreds of lines on screen, one that comes must not cost a look at each. @param {FeedItem} item */
  line(item) {
    const fresh = performance.now() - (this.arrivedAt.get(item.id) ?? -SETTLES) < SETTLES;
    const bell = this.bellOf(item);
    return guard(
      [item, fresh, bell],
      () => html`<li class="line">
        <lf-row
          tabindex="0"
          .app=${this.app}
          .item=${item}
          .fresh=${fresh}
          data-id=${item.id}
          bell=${bell}
          @bell=${() => this.ring(item)}
          @menu=${this.openMenu}
          @open=${() => this.openDetails(item)}
        ></lf-row>
      </li>`,
    );
  }

  /** @param {FeedItem} _item @returns {string} */
  bellOf(_item) {
    return "";
  }

  /** @param {FeedItem} _item */
  ring(_item) {}

  /** @param {FeedItem} _item @returns {SystemLinks | null} */
  linksOf(_item) {
    return null;
  }

  /** @returns {unknown} */
  hiddenNote() {
    const { hiddenToday, filter } = this.feed.state;
    if (!filter.machine && !hiddenToday) return nothing;
    const text = filter.machine ? this.t("hidden.shown") : this.t("hidden.today", { count: hiddenToday });
    return html`<p class="hidden-note">
      ${icon("bot", "m")}<span>${text}</span><button type="button" @click=${() => this.setMachine(!filter.machine)}>${this.t(filter.machine ? "hidden.hide" : "hidden.show")}</button>
    </p>`;
  }

  /** @returns {unknown} */
  older() {
    const { older, state } = this.feed;
    if (older === "failed") {
      return html`<p class="older">${this.t("feed.older-failed")} <button type="button" class="link" @click=${() => this.feed.more()}>${this.t("action.retry")}</button></p>`;
    }
    return older === "loading" && state.next !== null ? skeleton(this.of, 1) : nothing;
  }

  /** @param {number} count */
  pill(count) {
    return html`<div class="newpill"><button type="button" class="btn" @click=${this.release}>${icon("up", "m")}${this.t("feed.new", { count })}</button></div>`;
  }

  empty() {
    const { kind, wanted } = this.feed.state.filter;
    return kind || wanted ? noMatch(this.of, wanted ? "search" : kind, () => this.clear()) : nothingYet(this.of);
  }

  clear() {
    this.feed.filter({ kind: "", wanted: undefined });
    this.dispatchEvent(new Event("cleared"));
  }

  failed() {
    return failure(this.of, this.t("failure.title"), this.feed.error, () => this.feed.load());
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
    if (this.store?.phase === "ready" && this.store.older === "" && this.store.state.next !== null) setTimeout(() => this.fill());
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
    if (this.ownerDocument.visibilityState === "visible" && this.checkVisibility()) this.feed.look();
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
    if (!item.hidden && !isMuted(item)) this.announcer?.hear(item.kind);
  }

  /** @param {CustomEvent<Element>} event */
  openMenu(event) {
    const row = /** @type {LfRow} */ (event.currentTarget);
    const item = row.line;
    this.menu.open(
      event.detail,
      menuOf({
        app: this.of,
        item,
        page: this.ownerDocument,
        away: this.layout === "window",
        showAll: () => row.toggle(),
        add: () => this.add(item),
        mute: (kind, muted) => this.mute(item, kind, muted),
        archive: (archived) => this.archive(item, archived),
        watch: (watched) => this.watch(item, watched),
        links: this.linksOf(item),
      }),
    );
  }

  /** @param {FeedItem} item */
  async add(item) {
    const { person } = item.who;
    if (!person) return;
    try {
      const id = await this.feed.addPerson(person);
      this.of.toast({ text: this.t("toast.person-added", { name: nameOf(person) }), undo: () => this.takeOut(person.address, id) });
    } catch {
      this.problem = this.t("failure.add-person");
    }
  }

  /** @param {string} address @param {string} id */
  async takeOut(address, id) {
    try {
      await this.feed.removePerson(address, id);
    } catch {
      this.problem = this.t("failure.remove-person");
    }
  }

  /** @param {FeedItem} item @param {"message" | "person"} kind @param {boolean} muted */
  async mute(item, kind, muted) {
    const id = kind === "message" ? item.message?.id : item.who.person?.id;
    if (!id) return;
    try {
      await this.feed.mute(kind, id, muted);
      this.of.toast({ text: this.t(`toast.${muted ? "muted" : "unmuted"}-${kind}`), undo: () => this.mute(item, kind, !muted) });
    } catch {
      this.problem = this.t("failure.mute");
    }
  }

  /** @param {FeedItem} item @param {boolean} archived */
  async archive(item, archived) {
    if (!item.message) return;
    try {
      await this.feed.archive(item.message.id, archived);
      this.of.toast({ text: this.t(archived ? "toast.archived" : "toast.unarchived"), undo: () => this.archive(item, !archived) });
    } catch {
      this.problem = this.t(archived ? "failure.archive" : "failure.unarchive");
    }
  }

  /** @param {FeedItem} item @param {boolean} watched */
  async watch(item, watched) {
    const { person } = item.who;
    if (!person?.id) return;
    try {
      await this.feed.watch(person.id, watched);
      this.of.toast({ text: this.t(watched ? "toast.watched" : "toast.unwatched", { name: nameOf(person) }), undo: () => this.watch(item, !watched) });
    } catch {
      this.problem = this.t(watched ? "failure.watch" : "failure.unwatch");
    }
  }

  /** @param {FeedItem} item */
  openDetails(item) {
    if (!item.message) return;
    const view = this.ownerDocument.defaultView ?? window;
    const page = this.of.places.message(item.message.id);
    if (this.layout === "window") view.open(page, "_blank", "noopener");
    else view.location.assign(page);
  }

  /** j and k walk through the lines; lines, their arrow and their ⓘ are reached by Tab too. @param {KeyboardEvent} event */
  key(event) {
    if (isPlain(event) && !this.menu?.isOpen && this.isConnected && this.checkVisibility()) walk(event, this.rows);
  }
}

/** @param {Row} row */
function keyOf(row) {
  if (row.row === "item") return row.item.id;
  return row.row === "day" ? `day ${row.day} ${row.earlier}` : row.row;
}

customElements.define("lf-feed", LfFeed);
