/**
 * A task to be written or changed. Each field is checked when it is left; whoever changed the task meanwhile is not overwritten.
 * @import { TaskDraft } from "./app.js"
 * @import { Assignee, Person, Task, TaskType, WrittenTask } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { dayOfTasks, nameOf } from "./format.js";
import { isShown } from "./task-days.js";
import { html, nothing, repeat } from "./vendor/lit.js";

/** @type {TaskType[]} */
const TYPES = ["email", "call", "inmail", "custom"];
const LONGEST = { name: 255, details: 32_000 };
const ASK_AFTER = 200;
const MOST_OFFERED = 8;

/** @typedef {"name" | "due_on" | "person"} Field */

export class LfTaskSheet extends LfElement {
  static properties = {
    ...LfElement.properties,
    draft: { state: true },
    wrong: { state: true },
    offered: { state: true },
    assignees: { state: true },
    problem: { state: true },
    theirs: { state: true },
    saving: { state: true },
  };

  constructor() {
    super();
    /** @type {TaskDraft | null} */
    this.draft = null;
    /** @type {Partial<Record<Field, string>>} */
    this.wrong = {};
    /** @type {{ id: string, label: string }[]} people of whom one may be meant */
    this.offered = [];
    /** @type {Assignee[]} */
    this.assignees = [];
    this.problem = "";
    /** @type {Task | null} what somebody else made of it meanwhile */
    this.theirs = null;
    this.saving = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.asking = undefined;
  }

  render() {
    return html`<dialog class="sheet" aria-labelledby="lf-task-title" @close=${this.closed}>${this.draft ? this.form(this.draft) : nothing}</dialog>`;
  }

  /** @param {TaskDraft} draft */
  form({ task, written = {}, several }) {
    const of = task ?? written;
    const { type = "custom", priority = "normal" } = of;
    return html`<form class="form" novalidate @submit=${this.save} @focusout=${this.left}>
      <header>
        <h2 id="lf-task-title">${this.t(task ? "task.edit" : "task.new")}</h2>
        <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button>
      </header>
      ${this.theirs ? this.conflict(this.theirs) : nothing}
      ${this.problem ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.problem}</span></p>` : nothing}
      ${this.field("name", this.t("task.name"), html`<input name="name" maxlength=${LONGEST.name} autocomplete="off" autofocus .value=${of.name ?? ""} aria-invalid=${String("name" in this.wrong)} aria-describedby="lf-wrong-name" />`)}
      <div class="pair">
        ${this.select("type", this.t("task.type"), TYPES.map((value) => ({ value, label: this.t(`task.type-${value}`) })), type)}
        ${this.select("priority", this.t("task.priority"), ["normal", "high"].map((value) => ({ value, label: this.t(`task.priority-${value}`) })), priority)}
      </div>
      ${several ? html`<p class="soft">${this.t("task.several", { count: several.count })}</p>` : this.personField()}
      <div class=${this.assignees.length > 1 ? "pair" : ""}>
        ${this.field("due_on", this.t("task.due"), html`<input type="date" name="due_on" required max="9999-12-31" .value=${of.due_on ?? this.of.tasks.today} aria-invalid=${String("due_on" in this.wrong)} aria-describedby="lf-wrong-due_on" />`)}
        ${this.assignees.length > 1 ? this.select("assignee", this.t("task.assignee"), this.assignees.map(({ id, name }) => ({ value: id, label: name })), this.assigneeOf(task)) : nothing}
      </div>
      <label>${this.t("task.details")}<textarea name="details" rows="4" maxlength=${LONGEST.details} .value=${of.details ?? ""}></textarea></label>
      <p class="deeds">
        <button class="btn primary" ?disabled=${this.saving}>${this.t("action.save")}</button>
        <button type="button" class="btn" @click=${this.shut}>${this.t("action.cancel")}</button>
      </p>
    </form>`;
  }

  personField() {
    return html`${this.field(
        "person",
        this.t("task.person"),
        html`<input name="person" list="lf-task-people" autocomplete="off" placeholder=${this.t("task.nobody")} .value=${this.personLabel()} aria-invalid=${String("person" in this.wrong)} aria-describedby="lf-wrong-person" @input=${this.ask} />`,
      )}
      <datalist id="lf-task-people">${repeat(this.offered, ({ id }) => id, ({ label }) => html`<option value=${label}></option>`)}</datalist>`;
  }

  /** @param {Field} name @param {string} label @param {unknown} input */
  field(name, label, input) {
    const wrong = this.wrong[name];
    return html`<label>${label}<span class=${wrong ? "field invalid" : "field"}>${input}</span>
      <span class="err" id=${`lf-wrong-${name}`} ?hidden=${!wrong}>${wrong ? html`${icon("alert", "s")}${wrong}` : nothing}</span></label>`;
  }

  /** @param {string} name @param {string} label @param {{ value: string, label: string }[]} choices @param {string} chosen */
  select(name, label, choices, chosen) {
    return html`<label>${label}<span class="field"
        ><select name=${name}>${choices.map((choice) => html`<option value=${choice.value} ?selected=${choice.value === chosen}>${choice.label}</option>`)}</select>${icon("down", "s")}</span
      ></label>`;
  }

  /** @param {Task} theirs */
  conflict(theirs) {
    return html`<div class="note warn" role="alert">${icon("alert")}<span>${this.t("task.conflict", { name: theirs.name })}</span>
      <span class="end">
        <button type="button" class="link" @click=${() => this.take(theirs)}>${this.t("task.take-theirs")}</button>
        <button type="button" class="link" @click=${() => this.keep(theirs)}>${this.t("task.keep-mine")}</button>
      </span></div>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  /** @param {TaskDraft} draft */
  async open(draft) {
    this.of.tasks.open();
    this.begin(draft);
    this.assignees = [];
    await this.updateComplete;
    this.dialog.showModal();
    this.of.api.assignees().then(({ items }) => (this.assignees = items), () => {});
  }

  /** @param {TaskDraft} draft */
  begin(draft) {
    const person = draft.task ? draft.task.person : (draft.person ?? null);
    this.draft = { ...draft, person };
    this.offered = person?.id ? [{ id: person.id, label: this.personLabel() }] : [];
    Object.assign(this, { wrong: {}, problem: "", theirs: null, saving: false });
  }

  personLabel() {
    const person = this.draft?.person;
    if (!person) return "";
    return labelOf(nameOf({ name: person.name, address: person.address ?? "" }), "account" in person ? person.account : null);
  }

  /** @param {Task | undefined} task */
  assigneeOf(task) {
    return task?.assignee.id ?? this.of.viewer;
  }

  shut() {
    this.dialog.close();
  }

  closed() {
    this.draft = null;
  }

  /** People who fit what is typed. @param {Event} event */
  ask(event) {
    const text = /** @type {HTMLInputElement} */ (event.target).value.trim();
    clearTimeout(this.asking);
    if (!text || this.chosen(text)) return;
    this.asking = setTimeout(async () => {
      const found = await this.of.api.people(text, MOST_OFFERED).catch(() => null);
      if (found) this.offered = offers(found.items);
    }, ASK_AFTER);
  }

  /** @param {string} label */
  chosen(label) {
    return this.offered.find((one) => one.label === label) ?? null;
  }

  /** @param {FocusEvent} event */
  left(event) {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    const to = /** @type {Element | null} */ (event.relatedTarget);
    if (to?.closest("header, .deeds")) return;
    if (name === "name" || name === "due_on" || name === "person") this.check(name);
  }

  /** @param {Field} name @returns {boolean} whether it is right */
  check(name) {
    const input = /** @type {HTMLInputElement} */ (this.querySelector(`[name=${name}]`));
    const value = input.value.trim();
    const right = name === "person" ? !value || this.chosen(value) !== null : value !== "" && input.validity.valid;
    const { [name]: _, ...others } = this.wrong;
    this.wrong = right ? others : { ...others, [name]: this.t(`task.wrong-${name}`) };
    return right;
  }

  /** @returns {WrittenTask} */
  read() {
    const fields = new FormData(/** @type {HTMLFormElement} */ (this.querySelector("form")));
    const of = (/** @type {string} */ name) => String(fields.get(name) ?? "");
    const { task, written } = this.draft ?? {};
    return {
      name: of("name").trim(),
      type: /** @type {TaskType} */ (of("type")),
      priority: of("priority") === "high" ? "high" : "normal",
      due_on: of("due_on"),
      details: of("details"),
      person_id: this.chosen(of("person").trim())?.id ?? null,
      message_id: task ? task.message_id : (written?.message_id ?? null),
      ...(fields.has("assignee") ? { assignee: of("assignee") } : {}),
    };
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const { several } = this.draft ?? {};
    const fields = /** @type {Field[]} */ (several ? ["name", "due_on"] : ["name", "person", "due_on"]);
    const wrong = fields.filter((name) => !this.check(name));
    if (wrong[0]) {
      /** @type {HTMLElement} */ (this.querySelector(`[name=${wrong[0]}]`)).focus();
      return;
    }
    const task = this.draft?.task ?? null;
    this.saving = true;
    try {
      if (several) await several.save(this.read());
      else this.said(task, await this.of.tasks.save(task, this.read()));
      this.shut();
    } catch (error) {
      this.refused(error);
    }
    this.saving = false;
  }

  /** @param {unknown} error */
  refused(error) {
    this.problem = "";
    if (error instanceof ApiError && error.status === 409 && error.current) {
      this.theirs = /** @type {Task} */ (error.current);
      return;
    }
    const fields = error instanceof ApiError ? error.fields.map(({ field }) => (field === "person_id" ? "person" : field)) : [];
    for (const field of fields) if (field === "name" || field === "due_on" || field === "person") this.wrong = { ...this.wrong, [field]: this.t(`task.wrong-${field}`) };
    if (!Object.keys(this.wrong).length) this.problem = this.t(error instanceof ApiError && error.status === 404 ? "failure.task-gone-form" : "failure.task-save");
  }

  /** Their version into the form. @param {Task} theirs */
  async take(theirs) {
    this.of.tasks.accept(theirs);
    // A new form: fields somebody wrote in would keep what is written.
    this.draft = null;
    await this.updateComplete;
    this.begin({ task: theirs });
    await this.updateComplete;
    /** @type {HTMLElement} */ (this.querySelector("[name=name]")).focus();
  }

  /** What is written here is to stand above theirs. @param {Task} theirs */
  keep(theirs) {
    if (!this.draft?.task) return;
    // The fields keep what is written in them; only the version is theirs.
    this.draft = { ...this.draft, task: { ...this.draft.task, version: theirs.version } };
    this.theirs = null;
    this.querySelector("form")?.requestSubmit();
  }

  /** What the list at hand does not show is told where to find. @param {Task | null} before @param {Task} saved */
  said(before, saved) {
    const { i18n, tasks, viewer } = this.of;
    const day = dayOfTasks(i18n, saved.due_on, tasks.today);
    if (saved.assignee.id !== viewer && viewer) this.of.toast({ text: this.t("toast.task-given", { name: saved.assignee.name }) });
    else if (before && isShown(tasks.when, saved.due_on, tasks.today)) this.of.toast({ text: this.t("toast.task-saved") });
    else this.of.toast({ text: this.t("toast.task-made", { day }), ...(before ? {} : { undo: () => tasks.delete(saved) }) });
  }
}

/** @param {Person[]} people */
function offers(people) {
  return people.map(({ id, name, account, addresses }) => ({ id, label: labelOf(name || (addresses[0]?.address ?? ""), account) }));
}

/** @param {string} name @param {string | null} account */
function labelOf(name, account) {
  return account ? `${name} · ${account}` : name;
}
customElements.define("lf-task-sheet", LfTaskSheet);
