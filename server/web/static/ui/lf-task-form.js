/**
 * The form of a task to be written or changed. Each field is checked when it is left. Only what was changed here is sent, and
 * where somebody else changed the task meanwhile, both versions are shown.
 * @import { TaskDraft } from "./app.js"
 * @import { Assignee, Person, PersonShort, Task, TaskType, WrittenTask } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { dayOfTasks, fullDay, nameOf, timeAgo } from "./format.js";
import { html, nothing, repeat } from "./vendor/lit.js";

/** @type {TaskType[]} */
const TYPES = ["email", "call", "inmail", "custom"];
const LONGEST = { name: 255, details: 32_000 };
const ASK_AFTER = 200;
const MOST_OFFERED = 8;
const LONGEST_TOLD = 80;

/** @typedef {"name" | "due_on" | "person"} Field */

/** Events: "sending" (what is written is shown already), "kept" (it holds), "refused" (it does not: the form says why), "taken" (another's version is the draft now). */
export class LfTaskForm extends LfElement {
  static properties = {
    ...LfElement.properties,
    draft: { attribute: false },
    deeds: { attribute: false },
    wrong: { state: true },
    offered: { state: true },
    assignees: { state: true },
    problem: { state: true },
    theirs: { state: true },
    saving: { state: true },
  };

  constructor() {
    super();
    /** @type {TaskDraft | null} what to begin with */
    this.draft = null;
    /** @type {TaskDraft | null} what was begun with */
    this.begun = null;
    /** The task that what is written is held against. @type {Task | null} */
    this.base = null;
    /** What stands beside Save. @type {unknown} */
    this.deeds = nothing;
    /** @type {Partial<Record<Field, string>>} */
    this.wrong = {};
    /** @type {{ id: string, label: string, person?: PersonShort }[]} people of whom one may be meant */
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

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.tasks.addEventListener("change", () => this.compare(), { signal });
    this.of.api.assignees().then(({ items }) => (this.assignees = items), () => {});
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has("draft")) this.begin();
  }

  render() {
    return this.begun ? repeat([this.begun], (draft) => draft, (draft) => this.form(draft)) : nothing;
  }

  /** @param {TaskDraft} draft */
  form({ task, written = {}, several }) {
    const of = task ?? written;
    const { type = "custom", priority = "normal" } = of;
    return html`<form class="form" novalidate @submit=${this.save} @focusout=${this.left}>
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
      ${task ? this.standing(task) : nothing}
      <p class="deeds">
        <button class="btn primary" ?disabled=${this.saving}>${this.t("action.save")}</button>
        ${this.deeds}
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

  /** How it stands to Salesforce. @param {Task} task */
  standing({ salesforce }) {
    if (!salesforce || salesforce.state === "synced" && !salesforce.notes.length) return nothing;
    const { state, detail, notes } = salesforce;
    return html`<div class="sync">
      ${state === "synced" ? nothing : html`<p class=${state === "refused" ? "note bad" : "soft"}>${this.t(`sync.${state}`, { detail: detail ?? "" })}</p>`}
      ${notes.length ? html`<p class="soft">${this.t("sync.notes")}</p><ul>${notes.map(({ field, kept, at }) => html`<li>${this.t(`sync.kept-${kept}`, { field: this.t(`task.field-${field}`), time: timeAgo(this.of.i18n, at, this.of.now()) })}</li>`)}</ul>` : nothing}
    </div>`;
  }

  /** @param {Task} theirs */
  conflict(theirs) {
    const before = this.base;
    const mine = this.changes(this.read());
    const differing = before ? FIELDS.filter((field) => valueOf(before, field) !== valueOf(theirs, field)) : [];
    return html`<div class="note warn" role="alert">${icon("alert")}<span>${theirs.changed.by ? this.t("task.changed-by", { who: theirs.changed.by }) : this.t("task.changed")}
        <ul>${differing.map((field) => html`<li>${this.t("task.now", { field: this.t(`task.field-${NAMES[field]}`), value: this.told(theirs, field) })}${field in mine ? html` <b>${this.t("task.both")}</b>` : nothing}</li>`)}</ul></span>
      <span class="end">
        <button type="button" class="link" @click=${() => this.take(theirs)}>${this.t("task.take-theirs")}</button>
        <button type="button" class="link" @click=${() => this.keep(theirs)}>${this.t("task.keep-mine")}</button>
      </span></div>`;
  }

  /** A field as people read it. @param {Task} task @param {Field_} field */
  told(task, field) {
    const value = String(valueOf(task, field) ?? "");
    if (field === "due_on") return fullDay(this.of.i18n, value);
    if (field === "type" || field === "priority") return this.t(`task.${field}-${value}`);
    if (field === "person_id") return task.person ? nameOf(task.person) : this.t("task.nobody");
    if (field === "assignee") return task.assignee.name;
    return value.length > LONGEST_TOLD ? `${value.slice(0, LONGEST_TOLD)}…` : value;
  }

  /** A newer version that the list has heard of is shown before somebody writes on. */
  compare() {
    const task = this.base;
    const known = task && this.of.tasks.tasks.get(task.id);
    if (!known || this.saving || known.version <= task.version) return;
    const other = FIELDS.some((field) => valueOf(known, field) !== valueOf(task, field));
    if (other) this.theirs = known;
    else this.base = known;
  }

  begin() {
    const { draft } = this;
    const person = draft?.task ? draft.task.person : (draft?.person ?? null);
    this.begun = draft ? { ...draft, person } : null;
    this.base = draft?.task ?? null;
    this.offered = person?.id ? [{ id: person.id, label: this.personLabel() }] : [];
    Object.assign(this, { wrong: {}, problem: "", theirs: null, saving: false });
  }

  personLabel() {
    const person = this.begun?.person;
    if (!person) return "";
    return labelOf(nameOf({ name: person.name, address: person.address ?? "" }), "account" in person ? person.account : null);
  }

  /** @param {Task | undefined} task */
  assigneeOf(task) {
    return task?.assignee.id ?? this.of.viewer;
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
    if (to?.closest("header, .deeds, dialog > .ib")) return;
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
    const { base: task } = this;
    const { written } = this.begun ?? {};
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

  /** What of it differs from the task as it was. @param {WrittenTask} written @returns {Partial<WrittenTask>} */
  changes(written) {
    const task = this.base;
    if (!task) return written;
    const given = Object.entries(written).filter(([field, value]) => valueOf(task, /** @type {Field_} */ (field)) !== value);
    return Object.fromEntries(given);
  }

  /** What was written and not saved; null when there is nothing. @returns {Partial<WrittenTask> | null} */
  get unsaved() {
    if (!this.begun || !this.querySelector("form")) return null;
    const written = this.read();
    const begun = /** @type {Record<string, unknown>} */ (this.begun.written ?? {});
    const news = this.base ? this.changes(written) : { ...(written.name !== (begun["name"] ?? "") && { name: written.name }), ...(written.details !== (begun["details"] ?? "") && { details: written.details }) };
    return Object.keys(news).length ? news : null;
  }

  /** Into the form, as somebody had written it. @param {Partial<WrittenTask>} written */
  fill(written) {
    const form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    for (const [field, value] of Object.entries(written)) {
      const input = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(field));
      if (input) input.value = String(value ?? "");
    }
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const { base: task } = this;
    const { several } = this.begun ?? {};
    const fields = /** @type {Field[]} */ (several ? ["name", "due_on"] : ["name", "person", "due_on"]);
    const wrong = fields.filter((name) => !this.check(name));
    if (wrong[0]) {
      /** @type {HTMLElement} */ (this.querySelector(`[name=${wrong[0]}]`)).focus();
      return;
    }
    const written = this.read();
    const changes = this.changes(written);
    this.theirs = null;
    this.saving = true;
    this.dispatchEvent(new Event("sending"));
    try {
      if (several) await several.save(written);
      else if (!task || Object.keys(changes).length) this.said(task, await this.of.tasks.save(task, changes, this.shown(written)));
      this.saving = false;
      this.dispatchEvent(new Event("kept"));
    } catch (error) {
      this.saving = false;
      this.refused(error);
      this.dispatchEvent(new Event("refused"));
    }
  }

  /** How the list is to show it meanwhile. @param {WrittenTask} written @returns {Partial<Task>} */
  shown({ person_id, assignee = this.of.viewer, ...written }) {
    const person = this.begun?.person;
    const known = person && person.id === person_id ? person : (this.offered.find(({ id }) => id === person_id)?.person ?? null);
    const name = this.assignees.find(({ id }) => id === assignee)?.name ?? "";
    return { ...written, person: /** @type {Task["person"]} */ (known), assignee: { id: assignee, name } };
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
    this.draft = { task: theirs };
    this.dispatchEvent(new Event("taken"));
    await this.updateComplete;
    /** @type {HTMLElement} */ (this.querySelector("[name=name]")).focus();
  }

  /** What was changed here stands above theirs; what they alone changed stays as they have it. @param {Task} theirs */
  async keep(theirs) {
    const mine = this.read();
    const changed = this.changes(mine);
    const form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    for (const field of FIELDS) {
      const input = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(field === "person_id" ? "person" : field));
      if (!input || field in changed) continue;
      input.value = field === "person_id" ? labelOfPerson(theirs.person) : String(valueOf(theirs, field) ?? "");
    }
    if (theirs.person && !("person_id" in changed)) this.offered = [{ id: theirs.person.id, label: labelOfPerson(theirs.person), person: theirs.person }];
    this.base = theirs;
    this.theirs = null;
    form.requestSubmit();
  }

  /** What the list at hand does not show is told where to find. @param {Task | null} before @param {Task} saved */
  said(before, saved) {
    const { i18n, tasks, viewer } = this.of;
    const day = dayOfTasks(i18n, saved.due_on, tasks.today);
    if (saved.assignee.id !== viewer && viewer) this.of.toast({ text: this.t("toast.task-given", { name: saved.assignee.name }) });
    else if (before && tasks.shows(saved.due_on)) this.of.toast({ text: this.t("toast.task-saved") });
    else this.of.toast({ text: this.t("toast.task-made", { day }), ...(before ? {} : { undo: () => tasks.delete(saved) }) });
  }
}

/** @typedef {"name" | "type" | "priority" | "due_on" | "person_id" | "assignee" | "details"} Field_ */

/** @type {Field_[]} */
const FIELDS = ["name", "type", "priority", "due_on", "person_id", "assignee", "details"];

/** As the texts call them. */
const NAMES = { name: "name", type: "type", priority: "priority", due_on: "due", person_id: "person", assignee: "user", details: "details" };

/** @param {Task} task @param {Field_} field */
function valueOf(task, field) {
  if (field === "person_id") return task.person?.id ?? null;
  return field === "assignee" ? task.assignee.id : task[field];
}

/** @param {Task["person"]} person */
function labelOfPerson(person) {
  return person ? labelOf(nameOf({ name: person.name, address: person.address ?? "" }), person.account) : "";
}

/** @param {Person[]} people */
function offers(people) {
  return people.map(({ id, name, account, addresses }) => {
    const address = addresses[0]?.address ?? "";
    const person = { id, name, account, address, title: null, phone: null, linkedin: null, do_not_call: false, unsubscribed: false };
    return { id, label: labelOf(name || address, account), person };
  });
}

/** @param {string} name @param {string | null} account */
function labelOf(name, account) {
  return account ? `${name} · ${account}` : name;
}
customElements.define("lf-task-form", LfTaskForm);
