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
import "./lf-task.js";
import { entryOf, waysTo } from "./reach.js";
import { WHENS, daysAfter, groupsOf, nextMonday } from "./task-days.js";
import { html, nothing, repeat } from "./vendor/lit.js";
import { isPlain, walk } from "./walk.js";

const SKELETON_AFTER = 300;

export class LfTasks extends LfElement {
  static properties = { ...LfElement.properties, layout: {}, slow: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** "window": scrolls inside itself; "page": with the page. */
    this.layout = "window";
    this.slow = false;
    this.problem = "";
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
    this.ownerDocument.addEventListener("keydown", (event) => this.key(event), { signal });
    if (this.layout === "window" && store.when === "all") store.choose("today-and-tomorrow");
    store.open();
    setTimeout(() => (this.slow = true), SKELETON_AFTER);
  }

  render() {
    const { when, phase } = this.store;
    return html`<div class="bar">
        <lf-segments .app=${this.app} .choices=${this.whens()} .chosen=${when} label=${this.t("tasks.due")} @choose=${this.choose}></lf-segments>
        <div class="tools"><button type="button" class="ib" aria-label=${this.t("task.new")} title=${this.t("task.new")} @click=${this.write}>${icon("plus")}</button></div>
      </div>
      ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      <div class=${this.layout === "window" ? "scroll" : "flow"} tabindex=${this.layout === "window" ? "0" : nothing} role="region" aria-label=${this.t("tab.tasks")}>
        ${phase === "ready" ? this.list() : phase === "failed" ? this.unread() : this.slow ? skeleton(this.of, 3) : nothing}
      </div>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  /** Whatever is due later is found on the page; the window keeps to what is near. */
  whens() {
    const offered = this.layout === "page" ? WHENS : WHENS.filter((when) => when !== "all");
    return offered.map((value) => ({ value, label: this.t(`tasks.${value}`) }));
  }

  list() {
    const { tasks, today, next } = this.store;
    if (!tasks.size) return this.empty();
    return html`<ol class="feed">
        ${groupsOf(tasks.values(), today).map(
          ({ day, tasks: found }) => html`<li class="day">${dayOfTasks(this.of.i18n, day, today)}</li>
            ${repeat(found, ({ id }) => id, (task) => this.row(task, today))}`,
        )}
      </ol>
      ${next === null ? nothing : html`<p class="older"><button type="button" class="link" @click=${() => this.store.more()}>${this.t("tasks.more")}</button></p>`}`;
  }

  /** @param {Task} task @param {string} today */
  row(task, today) {
    return html`<li class="line">
      <lf-task
        tabindex="0"
        data-id=${task.id}
        .app=${this.app}
        .task=${task}
        .today=${today}
        @done=${(/** @type {CustomEvent<boolean>} */ event) => this.complete(task, event.detail)}
        @edit=${() => this.edit(task)}
        @menu=${(/** @type {CustomEvent<Element>} */ event) => this.menu.open(event.detail, this.menuOf(task))}
      ></lf-task>
    </li>`;
  }

  empty() {
    const { when } = this.store;
    return html`<div class="blank">
      ${icon("tasks")}<b>${this.t(`tasks.none-${when}`)}</b>
      <p>${this.t("tasks.none-text")}</p>
      <button type="button" class="btn" @click=${this.write}>${this.t("task.new")}</button>
    </div>`;
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
    return [...this.querySelectorAll("lf-task")].map((row) => /** @type {HTMLElement} */ (row));
  }

  /** @param {CustomEvent<When>} event */
  choose(event) {
    this.store.choose(event.detail);
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
    const back = () => (saved ? this.store.save(saved, { ...written(task) }).catch((error) => this.failed({ task, error, deed: "snooze" })) : null);
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

/** @param {Task} task */
export function written({ name, type, priority, due_on, details, person, message_id, assignee }) {
  return { name, type, priority, due_on, details, person_id: person?.id ?? null, message_id, assignee: assignee.id };
}
customElements.define("lf-tasks", LfTasks);
