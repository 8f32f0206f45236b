/** What the viewer has to do about one person. @import { PersonDetails, Task } from "./api-types.js" */
import { notice } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { dueText, fullDay } from "./format.js";
import { contactOf } from "./person-menu.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const LOOK_AFTER = 300;

/** Event "changed". */
export class LfAboutTasks extends LfElement {
  static properties = { ...LfElement.properties, person: { attribute: false }, first: { attribute: false }, items: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** @type {PersonDetails | null} */
    this.person = null;
    /** @type {Task[]} as they came with the document */
    this.first = [];
    /** @type {Task[]} */
    this.items = [];
    this.problem = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.looking = undefined;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.items = this.first;
    this.of.tasks.addEventListener("change", () => this.lookSoon(), { signal });
  }

  render() {
    return html`<section class="sec"><header><h2>${this.t("tab.tasks")}</h2><div class="end"><button type="button" class="ib" aria-label=${this.t("task.new")} title=${this.t("task.new")} @click=${this.write}>${icon("plus")}</button></div></header>
      ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      ${this.items.length ? html`<ul class="slim-list">${repeat(this.items, ({ id }) => id, (task) => this.row(task))}</ul>` : html`<p class="soft">${this.t("person.no-tasks")}</p>`}
    </section>`;
  }

  /** @param {Task} task */
  row(task) {
    const { i18n, now } = this.of;
    const high = this.t("task.high");
    const open = () => this.of.writeTask(this.ownerDocument, { task });
    return html`<li class="taskrow"><span class="hitbox"><input class="check round" type="checkbox" aria-label=${this.t("task.complete-of", { name: task.name })} .checked=${task.completed_at !== null} @change=${(/** @type {Event} */ event) => this.complete(task, /** @type {HTMLInputElement} */ (event.target).checked)} /></span>
      <div><p class="name">${task.priority === "high" ? html`<span class="pri" role="img" aria-label=${high} title=${high}>!</span>` : nothing}<button type="button" class="text cut" title=${task.name} @click=${open}>${task.name}</button></p>
        <p class="meta"><time class=${task.overdue ? "due late" : "due"} datetime=${task.due_on} title=${fullDay(i18n, task.due_on)}>${dueText(i18n, task.due_on, i18n.day(now()))}</time><span>${this.t(`task.type-${task.type}`)}</span></p></div>
    </li>`;
  }

  write() {
    if (this.person) this.of.writeTask(this.ownerDocument, { person: contactOf(this.person), written: { type: "call" } });
  }

  /** Shown at once. @param {Task} task @param {boolean} done */
  async complete(task, done) {
    this.put({ ...task, completed_at: done ? this.of.now().toISOString() : null });
    try {
      this.put(await this.of.api.moveTask(task.id, done ? "complete" : "reopen"));
      if (done) this.of.toast({ text: this.t("person.task-done"), undo: () => this.complete(task, false) });
      this.of.tasks.refresh();
      this.dispatchEvent(new Event("changed"));
    } catch {
      this.put(task);
      this.problem = this.t("failure.task-complete", { name: task.name });
    }
  }

  /** @param {Task} task */
  put(task) {
    const stands = this.items.some(({ id }) => id === task.id);
    this.items = stands ? this.items.map((one) => (one.id === task.id ? task : one)) : [task, ...this.items];
  }

  lookSoon() {
    clearTimeout(this.looking);
    this.looking = setTimeout(async () => {
      const found = await this.of.api.get(`/api/v1/people/${encodeURIComponent(this.person?.id ?? "")}/tasks`).catch(() => null);
      if (found) this.items = found.items;
    }, LOOK_AFTER);
  }
}
customElements.define("lf-about-tasks", LfAboutTasks);
