/**
 * The page of a rep's tasks: days of one's own, search, what was given to team-mates, an editor beside the list.
 * @import { Task } from "./api-types.js"
 */
import { icon } from "./element.js";
import { timeAgo } from "./format.js";
import "./lf-task-form.js";
import { LfTasks } from "./lf-tasks.js";
import { daysAfter } from "./task-days.js";
import { html, nothing } from "./vendor/lit.js";

const WIDE = "(min-width: 1100px)";

export class LfTasksPage extends LfTasks {
  static properties = { ...LfTasks.properties, editing: { state: true } };

  constructor() {
    super();
    this.layout = "page";
    /** @type {import("./app.js").TaskDraft} */
    this.draft = {};
    /** @type {Task | null} */
    this.editing = null;
  }

  render() {
    const beside = this.editing && this.editor(this.editing);
    return html`<div class="top"><h1>${this.t("tab.tasks")}</h1>
        <div class="end">${this.synced()}<button type="button" class="btn primary" @click=${this.write}>${icon("plus", "m")}${this.t("task.new")}</button></div>
      </div>
      ${this.bar()}
      <div class=${beside ? "cols tasks" : "tasks"}><div>${this.body()}</div>${beside ?? nothing}</div>`;
  }

  synced() {
    const { sync } = this.store;
    if (!sync) return nothing;
    const { i18n, now } = this.of;
    if (!sync.works) return html`<span class="note bad">${icon("alert", "m")}${this.t("sync.broken")}</span>`;
    return html`<span class="muted">${sync.at ? this.t("sync.at", { time: timeAgo(i18n, sync.at, now()) }) : this.t("sync.soon")}</span>`;
  }

  bar() {
    const { when, range, words, given } = this.store;
    const choices = [...this.whens(), { value: "range", label: this.t("tasks.range") }];
    const whose = ["mine", "given"].map((value) => ({ value, label: this.t(`tasks.${value}`) }));
    return html`<div class="bar tasks-bar">
      <lf-segments .app=${this.app} .choices=${choices} .chosen=${words ? "" : range ? "range" : when} label=${this.t("tasks.due")} @choose=${this.pick}></lf-segments>
      ${range && !words ? this.days(range) : nothing}
      <div class="tools">
        <lf-segments .app=${this.app} .choices=${whose} .chosen=${given ? "given" : "mine"} label=${this.t("tasks.whose")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.store.look({ given: detail === "given" })}></lf-segments>
        ${this.searchField()}
      </div>
    </div>`;
  }

  /** @param {{ from: string, to: string }} range */
  days({ from, to }) {
    const wrong = Boolean(from && to && from > to);
    return html`<div class="range" role="group" aria-label=${this.t("tasks.range")}>
      <label class="field slim"><span class="muted">${this.t("tasks.from")}</span><input type="date" name="from" max="9999-12-31" .value=${from} @change=${this.bound} /></label>
      <label class=${wrong ? "field slim invalid" : "field slim"}><span class="muted">${this.t("tasks.to")}</span><input type="date" name="to" max="9999-12-31" .value=${to} aria-invalid=${String(wrong)} @change=${this.bound} /></label>
      ${wrong ? html`<span class="err" role="alert">${icon("alert", "s")}${this.t("tasks.wrong-range")}</span>` : nothing}
    </div>`;
  }

  /** @param {CustomEvent<string>} event */
  pick(event) {
    const { today } = this.store;
    if (event.detail === "range") this.store.look({ words: "", range: { from: today, to: daysAfter(today, 7) } });
    else this.choose(/** @type {CustomEvent} */ (event));
  }

  /** @param {Event} event */
  bound(event) {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    const { from, to } = this.store.range ?? { from: "", to: "" };
    this.store.look({ range: { from, to, [name]: value } });
  }

  /** @param {Task} task */
  editor(task) {
    const known = this.store.tasks.get(task.id) ?? task;
    const done = known.completed_at !== null;
    const deeds = html`<button type="button" class="btn" @click=${() => this.complete(known, !done)}>${icon(done ? "undo" : "check", "m")}${this.t(done ? "task.reopen" : "task.complete")}</button>
      ${done ? nothing : html`<button type="button" class="btn" aria-haspopup="menu" aria-expanded="false" @click=${(/** @type {Event} */ event) => this.putOff(event, known)}>${icon("snooze", "m")}${this.t("task.snooze")}</button>`}`;
    return html`<section class="sec beside" aria-labelledby="lf-beside-title" @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.leave()}>
      <header>
        <h2 id="lf-beside-title">${this.t("task.edit")}</h2>
        <div class="end">
          <button type="button" class="ib" aria-label=${this.t("task.delete")} title=${this.t("task.delete")} @click=${() => this.discard(known)}>${icon("trash")}</button>
          <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.leave}>${icon("x")}</button>
        </div>
      </header>
      <lf-task-form .app=${this.app} .draft=${this.draft} .deeds=${deeds} @kept=${this.saved} @taken=${this.taken}></lf-task-form>
    </section>`;
  }

  /** Beside the list where there is room. @param {Task} task */
  async edit(task) {
    const view = this.ownerDocument.defaultView ?? window;
    if (!view.matchMedia(WIDE).matches) return super.edit(task);
    this.keepUnsaved();
    this.chosen = task.id;
    this.draft = { task };
    this.editing = task;
    await this.updateComplete;
    await this.form?.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector("lf-task-form [name=name]"))?.focus();
  }

  saved() {
    const known = this.editing && this.store.tasks.get(this.editing.id);
    if (known) this.draft = { task: known };
    this.editing = known ?? null;
  }

  taken() {
    this.draft = this.form?.draft ?? {};
    this.editing = this.draft.task ?? null;
  }

  /** What was written and is given up can be had back. */
  keepUnsaved() {
    const { editing: task, form } = this;
    const unsaved = task && form?.unsaved;
    if (unsaved) this.of.toast({ text: this.t("toast.task-unsaved"), undo: () => this.edit(task).then(() => this.form?.fill(unsaved)) });
  }

  get form() {
    return /** @type {import("./lf-task-form.js").LfTaskForm | null} */ (this.querySelector("lf-task-form"));
  }

  leave() {
    this.keepUnsaved();
    const row = /** @type {HTMLElement | null} */ (this.querySelector(`lf-task[data-id="${CSS.escape(this.chosen)}"]`));
    this.chosen = "";
    this.editing = null;
    row?.focus();
  }

  /** @param {Task} task */
  async discard(task) {
    this.leave();
    await this.delete(task);
  }

  /** @param {Event} event @param {Task} task */
  putOff(event, task) {
    const [snoozes] = this.menuOf(task).groups.filter((group) => group.some(({ icon }) => icon === "snooze"));
    this.menu.open(/** @type {Element} */ (event.currentTarget), { title: task.name, groups: [snoozes ?? []] });
  }
}
customElements.define("lf-tasks-page", LfTasksPage);
