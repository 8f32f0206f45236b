/**
 * A rep's tasks by day: filter, list, what can be done with each; empty, loading and failing.
 * @import { Task, When } from "./api-types.js"
 * @import { LfMenu, Menu } from "./lf-menu.js"
 */
import { ApiError } from "./api.js";
import { failure, notice, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { dayOfTasks, fullDay, nameOf } from "./format.js";
import "./lf-menu.js";
import "./lf-segments.js";
import "./lf-suggestions.js";
import "./lf-task.js";
import { entryOf, waysTo } from "./reach.js";
import { WHENS, daysAfter, groupsOf, nextMonday } from "./task-days.js";
import { html, nothing, repeat } from "./vendor/lit.js";
import { isPlain, walk } from "./walk.js";

const SKELETON_AFTER = 300;
const ASK_AFTER = 150;

export class LfTasks extends LfElement {
  static properties = { ...LfElement.properties, layout: {}, slow: { state: true }, problem: { state: true }, searching: { state: true } };

  constructor() {
    super();
    /** "window": scrolls inside itself; "page": with the page. */
    this.layout = "window";
    this.slow = false;
    this.problem = "";
    this.searching = false;
    /** The id of the task that is open beside the list. */
    this.chosen = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.typing = undefined;
  }

  get store() {
    return this.of.tasks;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { store } = this;
    store.addEventListener("change", () => this.requestUpdate(), { signal });
    store.addEventListener("problem", (event) => this.failed(/** @type {CustomEvent} */ (event).detail), { signal });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
    this.of.addEventListener("search", (event) => this.search(/** @type {CustomEvent} */ (event)), { signal });
    this.ownerDocument.addEventListener("keydown", (event) => this.key(event), { signal });
    if (this.layout === "window" && store.when === "all") store.choose("today-and-tomorrow");
    store.open();
    setTimeout(() => (this.slow = true), SKELETON_AFTER);
  }

  render() {
    return html`${this.bar()} ${this.body()}`;
  }

  body() {
    return html`${this.searching ? html`<div class="bar">${this.searchField()}</div>` : nothing}
      ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      <div class=${this.layout === "window" ? "scroll" : "flow"} tabindex=${this.layout === "window" ? "0" : nothing} role="region" aria-label=${this.t("tab.tasks")}>
        ${this.inside()}
      </div>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  inside() {
    const { phase, words, range, given } = this.store;
    return html`${phase === "ready" && !words && !range && !given ? html`<lf-suggestions .app=${this.app}></lf-suggestions>` : nothing}
      ${phase === "ready" ? this.list() : phase === "failed" ? this.unread() : this.slow ? skeleton(this.of, 3) : nothing}`;
  }

  bar() {
    return html`<div class="bar">
      <lf-segments .app=${this.app} .choices=${this.whens()} .chosen=${this.store.words ? "" : this.store.when} label=${this.t("tasks.due")} @choose=${this.choose}></lf-segments>
      <div class="tools">
        <button type="button" class="ib" aria-label=${this.t("task.new")} title=${this.t("task.new")} @click=${this.write}>${icon("plus")}</button>
      </div>
    </div>`;
  }

  searchField() {
    return html`<label class="field slim find-field">${icon("search", "m")}<input type="search" maxlength="200" placeholder=${this.t("tasks.search")} aria-label=${this.t("tasks.search")} .value=${this.store.words} @input=${this.typed} @keydown=${this.searchKey} /></label>`;
  }

  /** Whatever is due later is found on the page; the window keeps to what is near. */
  whens() {
    const offered = this.layout === "page" ? WHENS : WHENS.filter((when) => when !== "all");
    return offered.map((value) => ({ value, label: this.t(`tasks.${value}`) }));
  }

  list() {
    const { tasks, today, next } = this.store;
    if (!tasks.size) return this.empty();
    return html`${this.store.words ? html`<p class="hidden-note" role="status">${icon("search", "m")}<span>${this.t("tasks.found", { count: tasks.size, words: this.store.words })}</span></p>` : nothing}<ol class="feed">
        ${groupsOf(tasks.values(), today).map(
          ({ day, tasks: found }) => html`<li class="day">${dayOfTasks(this.of.i18n, day, today)}</li>
            ${repeat(found, ({ id }) => id, (task) => this.row(task, today))}`,
        )}
      </ol>
      ${next === null ? nothing : html`<p class="older"><button type="button" class="link" @click=${() => this.store.more()}>${this.t("tasks.more")}</button></p>`}`;
  }

  /** @param {Task} task @param {string} today */
  row(task, today) {
    return html`<li class=${task.id === this.chosen ? "line chosen" : "line"}>
      <lf-task
        tabindex="0"
        data-id=${task.id}
        .app=${this.app}
        .task=${task}
        .today=${today}
        ?inert=${task.version === 0}
        @done=${(/** @type {CustomEvent<boolean>} */ event) => this.complete(task, event.detail)}
        @edit=${() => this.edit(task)}
        @menu=${(/** @type {CustomEvent<Element>} */ event) => this.menu.open(event.detail, this.menuOf(task))}
      ></lf-task>
    </li>`;
  }

  empty() {
    const { when, words, range, given } = this.store;
    if (words) return this.noMatch(this.t("tasks.none-words", { words }));
    if (range) return this.noMatch(this.t("tasks.none-range"));
    if (given) return html`<div class="blank">${icon("users")}<b>${this.t("tasks.none-given")}</b><p>${this.t("tasks.none-given-text")}</p></div>`;
    return html`<div class="blank">
      ${icon("tasks")}<b>${this.t(`tasks.none-${when}`)}</b>
      <p>${this.t("tasks.none-text")}</p>
      <button type="button" class="btn" @click=${this.write}>${this.t("task.new")}</button>
    </div>`;
  }

  /** @param {string} text */
  noMatch(text) {
    return html`<div class="blank">${icon("search")}<b>${text}</b><button type="button" class="btn" @click=${this.clear}>${this.t("tasks.clear")}</button></div>`;
  }

  unread() {
    return failure(this.of, this.t("failure.tasks"), this.store.error, () => this.store.load(), "failure.tasks-safe");
  }

  /** @param {Task} task @returns {Menu} */
  menuOf(task) {
    const { i18n } = this.of;
    const { person } = task;
    const page = this.ownerDocument;
    const done = task.completed_at !== null;
    return {
      title: task.name,
      line: person ? nameOf(person) : "",
      groups: [
        [
          { icon: "pencil", label: this.t("task.edit"), run: () => this.edit(task) },
          { icon: done ? "undo" : "check", label: this.t(done ? "task.reopen" : "task.complete"), run: () => this.complete(task, !done) },
        ],
        person ? waysTo(this.of, person, person.account).map((way) => entryOf(this.of, page, way)) : [],
        done ? [] : this.snoozes().map(({ key, until }) => ({ icon: "snooze", label: this.t(`snooze.${key}`), hint: dayOfTasks(i18n, until, ""), run: () => this.snooze(task, until) })),
        task.message_id ? [{ icon: "info", label: this.t("menu.details"), href: this.of.places.message(task.message_id), away: this.layout === "window" }] : [],
        [{ icon: "trash", label: this.t("task.delete"), run: () => this.delete(task) }],
      ],
    };
  }

  snoozes() {
    const { today } = this.store;
    const [tomorrow, monday, week] = [daysAfter(today, 1), nextMonday(today), daysAfter(today, 7)];
    const offered = [{ key: "tomorrow", until: tomorrow }, { key: "monday", until: monday }, { key: "week", until: week }];
    return offered.filter(({ until }, at) => offered.findIndex((other) => other.until === until) === at);
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector("lf-menu"));
  }

  get rows() {
    return [...this.querySelectorAll(".suggestion, lf-task")].map((row) => /** @type {HTMLElement} */ (row));
  }

  /** @param {CustomEvent<When>} event */
  choose(event) {
    this.store.choose(event.detail);
  }

  /** Where there is no field at rest, one comes. @param {CustomEvent<{ page: Document }>} event */
  async search({ detail }) {
    if (detail.page !== this.ownerDocument || !this.checkVisibility()) return;
    this.searching = this.layout === "window";
    await this.updateComplete;
    this.field?.focus();
  }

  get field() {
    return /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=search]"));
  }

  /** @param {Event} event */
  typed(event) {
    const words = /** @type {HTMLInputElement} */ (event.target).value.trim();
    clearTimeout(this.typing);
    this.typing = setTimeout(() => words !== this.store.words && this.store.look({ words }), ASK_AFTER);
  }

  /** Escape clears; Enter and ↓ go to what was found. @param {KeyboardEvent} event */
  searchKey(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.clear();
      /** @type {HTMLElement | null} */ (this.querySelector(".scroll"))?.focus();
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      this.rows[0]?.focus();
    }
  }

  clear() {
    clearTimeout(this.typing);
    this.searching = false;
    if (this.field) this.field.value = "";
    if (this.store.words || this.store.range) this.store.look({ words: "", range: null });
  }

  write() {
    this.of.writeTask(this.ownerDocument, {});
  }

  /** @param {Task} task */
  edit(task) {
    this.of.writeTask(this.ownerDocument, { task });
  }

  /** @param {Task} task @param {boolean} done */
  async complete(task, done) {
    const saved = await this.store.complete(task, done);
    if (saved) this.of.toast({ text: this.t(done ? "toast.completed" : "toast.reopened"), undo: () => this.store.complete(saved, !done) });
  }

  /** @param {Task} task @param {string} until */
  async snooze(task, until) {
    const saved = await this.store.snooze(task, until);
    // Back to where it was, though that day may be over: by an edit, which may.
    const back = () => (saved ? this.store.save(saved, { due_on: task.due_on }).catch((error) => this.failed({ task, error, deed: "snooze" })) : null);
    if (saved) this.of.toast({ text: this.t("toast.snoozed", { day: fullDay(this.of.i18n, until) }), undo: back });
  }

  /** @param {Task} task */
  async delete(task) {
    const saved = await this.store.delete(task);
    if (saved) this.of.toast({ text: this.t("toast.deleted"), undo: () => this.store.restore(task) });
  }

  /** @param {{ task: Task, error: unknown, deed: string }} what */
  failed({ task, error, deed }) {
    const status = error instanceof ApiError ? error.status : 0;
    const key = status === 409 ? "failure.task-changed" : status === 404 ? "failure.task-gone" : `failure.task-${deed}`;
    this.problem = this.t(key, { name: task.name });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (isPlain(event) && !this.menu?.isOpen && this.isConnected && this.checkVisibility()) walk(event, this.rows);
  }
}

customElements.define("lf-tasks", LfTasks);
