/**
 * What happened with one person: engagement with the viewer's mail, marketing, tasks; by day, newest first. Live.
 * @import { FeedItem, PersonDetails, Task, TimelineEntry, TimelinePage } from "./api-types.js"
 * @import { LfMenu } from "./lf-menu.js"
 */
import { failure, notice, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { eventMenu } from "./event-menu.js";
import { clockTime, dayHeading, fullDay, fullTime } from "./format.js";
import "./lf-event.js";
import "./lf-menu.js";
import "./lf-segments.js";
import { html, nothing, repeat } from "./vendor/lit.js";
import { isPlain, walk } from "./walk.js";

/** @import { LfEvent } from "./lf-event.js" */

const ASK_AFTER = 250;
const NEAR_THE_END = 700;
const SKELETON_AFTER = 300;

/** Event "task" (detail: Task), somebody opens one. */
export class LfTimeline extends LfElement {
  static properties = {
    ...LfElement.properties,
    person: { attribute: false },
    first: { attribute: false },
    kind: { state: true },
    query: { state: true },
    machine: { state: true },
    entries: { state: true },
    phase: { state: true },
    slow: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    /** @type {PersonDetails | null} */
    this.person = null;
    /** @type {TimelinePage | null} the first page, when it came with the document */
    this.first = null;
    this.kind = "";
    this.query = "";
    this.machine = false;
    /** @type {readonly TimelineEntry[]} */
    this.entries = [];
    /** @type {string | null} */
    this.next = null;
    this.leftOut = 0;
    /** @type {"loading" | "ready" | "older" | "older-failed" | "failed"} */
    this.phase = "loading";
    /** @type {unknown} */
    this.error = null;
    this.slow = false;
    this.problem = "";
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.asking = undefined;
  }

  get whose() {
    return this.person?.id ?? "";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const page = this.ownerDocument;
    this.of.stream.addEventListener("item", (event) => this.heard(/** @type {CustomEvent<FeedItem>} */ (event).detail), { signal });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
    this.of.tasks.addEventListener("change", () => this.askSoon(), { signal });
    window.addEventListener("scroll", () => this.fill(), { signal, passive: true });
    page.addEventListener("keydown", (event) => this.key(event), { signal });
    this.load();
  }

  render() {
    return html`${this.bar()} ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      <div class="flow" role="region" aria-label=${this.t("timeline.label")}>
        ${this.phase === "failed" ? failure(this.of, this.t("failure.timeline"), this.error, () => this.load()) : this.phase === "loading" ? (this.slow ? skeleton(this.of, 3) : nothing) : this.list()}
      </div>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  bar() {
    const kinds = ["", "mail", ...(this.person?.knows_marketing ? ["marketing"] : []), "task"];
    const choices = kinds.map((value) => ({ value, label: this.t(`timeline.${value || "all"}`) }));
    return html`<div class="tools-row line-under">
      <lf-segments .app=${this.app} .choices=${choices} .chosen=${this.kind} label=${this.t("filter.show")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.ask({ kind: detail })}></lf-segments>
      <div class="end"><label class="field slim search">${icon("search", "m")}<input type="search" aria-label=${this.t("timeline.search")} placeholder=${this.t("timeline.search")} .value=${this.query} @input=${this.typed} /></label></div>
    </div>`;
  }

  list() {
    if (!this.entries.length && this.next === null) return html`${this.empty()}${this.hiddenNote()}`;
    const { i18n, now } = this.of;
    let day = "";
    const rows = this.entries.flatMap((entry) => {
      const its = i18n.day(new Date(entry.at));
      const heading = its === day ? [] : [{ key: its, heading: dayHeading(i18n, its, false, now()) }];
      day = its;
      return [...heading, { key: keyOf(entry), entry }];
    });
    return html`<ol class="feed">${repeat(rows, ({ key }) => key, (row) => ("entry" in row ? this.entry(row.entry) : html`<li class="day">${row.heading}</li>`))}</ol>
      ${this.phase === "older" ? skeleton(this.of, 1) : nothing}
      ${this.phase === "older-failed" ? html`<p class="older">${this.t("feed.older-failed")} <button type="button" class="link" @click=${() => this.more()}>${this.t("action.retry")}</button></p>` : nothing}
      ${this.next === null ? this.hiddenNote() : nothing}`;
  }

  /** @param {TimelineEntry} entry */
  entry({ item, task, at }) {
    if (task) return this.task(task, at);
    return html`<li class="line"><lf-event tabindex="0" .app=${this.app} .item=${item} data-id=${item?.id ?? ""} @menu=${this.openMenu} @open=${() => item?.message && location.assign(this.of.places.message(item.message.id))}></lf-event></li>`;
  }

  /** @param {Task} task @param {string} at */
  task(task, at) {
    const { i18n } = this.of;
    const open = () => this.dispatchEvent(new CustomEvent("task", { detail: task }));
    const done = task.completed_at !== null;
    return html`<li class="line"><div class=${done ? "item quiet-task" : "item"} tabindex="0" @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && event.target === event.currentTarget && open()}>
      <span class="kind">${icon(done ? "check" : "task", "m")}</span>
      <div>
        <p class="who"><button type="button" class="text" tabindex="-1" @click=${open}>${task.name}</button></p>
        <p class="what"><b>${this.t(done ? "timeline.task-done" : "timeline.task-made")}</b><span class="cut">${done ? this.t(`task.type-${task.type}`) : this.t("timeline.task-due", { day: fullDay(i18n, task.due_on) })}</span></p>
      </div>
      <div class="side"><time datetime=${at} title=${fullTime(i18n, at)}>${clockTime(i18n, new Date(at))}</time></div>
    </div></li>`;
  }

  hiddenNote() {
    if (this.kind && this.kind !== "mail") return nothing;
    if (!this.machine && !this.leftOut) return nothing;
    const text = this.machine ? this.t("hidden.shown") : this.t("timeline.hidden", { count: this.leftOut });
    return html`<p class="hidden-note">${icon("bot", "m")}<span>${text}</span><button type="button" @click=${() => this.ask({ machine: !this.machine })}>${this.t(this.machine ? "hidden.hide" : "hidden.show")}</button></p>`;
  }

  empty() {
    if (!this.query && !this.kind) return html`<div class="blank">${icon("feed")}<b>${this.t("timeline.none")}</b><p>${this.t("timeline.none-text")}</p></div>`;
    return html`<div class="blank">${icon("filter")}<b>${this.t("timeline.no-match")}</b><button type="button" class="btn plain" @click=${() => this.ask({ kind: "", query: "" })}>${this.t("people.clear")}</button></div>`;
  }

  /** @param {{ kind?: string, query?: string, machine?: boolean }} changes */
  ask(changes) {
    Object.assign(this, changes);
    return this.load();
  }

  /** @param {Event} event */
  typed(event) {
    const query = /** @type {HTMLInputElement} */ (event.target).value.trim();
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.ask({ query }), ASK_AFTER);
  }

  askSoon() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.load(), ASK_AFTER);
  }

  /** What is on screen stays until the answer is there. */
  async load() {
    const asked = ++this.asked;
    // Only once: whoever draws this element says it again each time.
    const given = asked === 1 ? this.first : null;
    if (this.phase === "failed") this.phase = "loading";
    setTimeout(() => (this.slow = true), SKELETON_AFTER);
    try {
      const page = given ?? (await this.page());
      if (asked !== this.asked) return;
      Object.assign(this, { entries: page.items, next: page.next, leftOut: page.machine ?? this.leftOut, phase: "ready" });
    } catch (error) {
      if (asked === this.asked) Object.assign(this, { error, phase: "failed" });
    }
  }

  async more() {
    const { next, asked } = this;
    if (next === null || (this.phase !== "ready" && this.phase !== "older-failed")) return;
    this.phase = "older";
    const page = await this.page(next).catch(() => null);
    if (asked !== this.asked) return;
    if (page) {
      const known = new Set(this.entries.map(keyOf));
      this.entries = [...this.entries, ...page.items.filter((/** @type {TimelineEntry} */ entry) => !known.has(keyOf(entry)))];
      this.next = page.next;
    }
    this.phase = page ? "ready" : "older-failed";
  }

  /** @param {string} [before] @returns {Promise<TimelinePage>} */
  page(before) {
    const query = { kind: this.kind || undefined, query: this.query || undefined, machine: this.machine || undefined, before };
    return this.of.api.get(`/api/v1/people/${encodeURIComponent(this.whose)}/timeline`, query);
  }

  updated() {
    if (this.phase === "ready") setTimeout(() => this.fill());
  }

  fill() {
    const box = this.ownerDocument.scrollingElement;
    if (box && this.phase === "ready" && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END) this.more();
  }

  /** A line that names this person, or may be theirs, takes its place; what is searched or filtered is asked for again. @param {FeedItem} item */
  heard(item) {
    const shown = this.entries.some((entry) => entry.item?.id === item.id);
    if (!shown && !this.concerns(item)) return;
    if (this.query || this.kind || item.hidden || item.removed) this.askSoon();
    else this.put(item);
  }

  /** @param {FeedItem} item */
  concerns({ who }) {
    const addresses = new Set(this.person?.addresses.map(({ address }) => address));
    return who.person ? who.person.id === this.whose : who.possible.some(({ address }) => addresses.has(address));
  }

  /** @param {FeedItem} item */
  put(item) {
    /** @type {TimelineEntry} */
    const entry = { kind: item.moment ? "marketing" : "mail", at: item.at, item, task: null };
    const others = this.entries.filter((one) => keyOf(one) !== keyOf(entry));
    const at = others.findIndex((one) => Date.parse(one.at) <= Date.parse(entry.at));
    if (at < 0 && this.next !== null) return;
    this.entries = at < 0 ? [...others, entry] : [...others.slice(0, at), entry, ...others.slice(at)];
  }

  /** @param {CustomEvent<Element>} event */
  openMenu(event) {
    const row = /** @type {LfEvent} */ (event.currentTarget);
    const item = row.line;
    const { api } = this.of;
    const message = item.message?.id ?? "";
    const deeds = {
      showAll: () => row.toggle(),
      mute: (/** @type {boolean} */ muted) => this.does(() => api.mute("message", message, muted), muted ? "toast.muted-message" : "toast.unmuted-message", "failure.mute"),
      archive: (/** @type {boolean} */ archived) => this.does(() => api.archive(message, archived), archived ? "toast.archived" : "toast.unarchived", archived ? "failure.archive" : "failure.unarchive"),
    };
    this.menu.open(event.detail, eventMenu(this.of, item, row.about(item), this.person?.links ?? null, deeds));
  }

  /** @param {() => Promise<unknown>} deed @param {string} done @param {string} failed */
  async does(deed, done, failed) {
    try {
      await deed();
      this.of.toast({ text: this.t(done) });
      await this.load();
    } catch {
      this.problem = this.t(failed);
    }
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector("lf-menu"));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!isPlain(event) || this.menu?.isOpen || !this.isConnected) return;
    if (event.key === "/") {
      event.preventDefault();
      /** @type {HTMLElement} */ (this.querySelector("input[type=search]")).focus();
    } else walk(event, [...this.querySelectorAll(".line > [tabindex]")].map((row) => /** @type {HTMLElement} */ (row)));
  }
}

/** @param {TimelineEntry} entry */
function keyOf({ item, task }) {
  if (task) return `task ${task.id}`;
  return item?.moment ? `moment ${item.moment.id}` : `line ${item?.id ?? ""}`;
}
customElements.define("lf-timeline", LfTimeline);
