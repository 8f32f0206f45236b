/** One task: its box, its name, when it is due, about whom, and the ways to reach them. @import { Task } from "./api-types.js" */
import { LfElement, icon } from "./element.js";
import * as say from "./format.js";
import { personLink } from "./person-link.js";
import { waysTo, wayButton } from "./reach.js";
import { html, nothing } from "./vendor/lit.js";

const WAY = { call: "call", email: "email", inmail: "linkedin", custom: "" };

/** Events: "done" (detail: whether it now is), "edit", "menu" (detail: the button). */
export class LfTask extends LfElement {
  static properties = { ...LfElement.properties, task: { attribute: false }, today: {} };

  constructor() {
    super();
    /** @type {Task | null} */
    this.task = null;
    this.today = "";
  }

  get shown() {
    if (!this.task) throw new Error("<lf-task> without a task");
    return this.task;
  }

  shouldUpdate() {
    return super.shouldUpdate() && this.task !== null;
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    this.className = this.shown.completed_at === null ? "task" : "task done";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.addEventListener("keydown", (event) => this.key(event), { signal });
    this.addEventListener("click", (event) => this.clicked(event), { signal });
  }

  render() {
    const { name, priority, type, completed_at, person } = this.shown;
    const high = this.t("task.high");
    return html`<span class="hitbox"
        ><input class="check round" type="checkbox" aria-label=${this.t("task.complete-of", { name })} .checked=${completed_at !== null} @change=${this.ticked} /></span
      >
      <div>
        <p class="name">${priority === "high" ? html`<span class="pri" role="img" aria-label=${high} title=${high}>!</span>` : nothing}<span class="cut" title=${name}>${name}</span></p>
        <p class="meta">${this.due()}<span>${this.t(`task.type-${type}`)}</span>${this.given()}${person ? this.person() : nothing}${this.trouble()}</p>
      </div>
      <div class="acts">
        ${this.ways()}
        <button type="button" class="ib" aria-haspopup="menu" aria-expanded="false" aria-label=${this.t("menu.of", { who: name })} @click=${this.menu}>${icon("down")}</button>
      </div>`;
  }

  due() {
    const { due_on, overdue, completed_at } = this.shown;
    const { i18n, now } = this.of;
    if (completed_at !== null) return html`<span class="due">${this.t("task.done-at", { time: say.timeInList(i18n, completed_at, now()) })}</span>`;
    return html`<time class=${overdue ? "due late" : "due"} datetime=${due_on} title=${say.fullDay(i18n, due_on)}>${say.dueText(i18n, due_on, this.today)}</time>`;
  }

  /** To whom it was given. */
  given() {
    const { assignee } = this.shown;
    return assignee.id === this.of.viewer || !this.of.viewer ? nothing : html`<span>${this.t("task.of", { who: assignee.name })}</span>`;
  }

  /** What the rep should know of Salesforce. */
  trouble() {
    const { salesforce } = this.shown;
    if (!salesforce) return nothing;
    const what = salesforce.state === "refused" ? "refused" : salesforce.notes.length ? "noted" : "";
    return what ? html`<span class=${what === "refused" ? "badge bad" : "badge"}>${icon("alert", "s")}${this.t(`sync.badge-${what}`)}</span>` : nothing;
  }

  person() {
    const { person } = this.shown;
    if (!person) return nothing;
    return html`<span class="cut">${personLink(this, person.id, say.nameOf(person))}${person.account ? ` · ${person.account}` : nothing}</span>`;
  }

  /** At rest the way of its own kind; all of them under the pointer and the focus. */
  ways() {
    const { person, type, completed_at } = this.shown;
    if (!person || completed_at !== null) return nothing;
    return waysTo(this.of, person, person.account).map((way) =>
      wayButton(this.of, this.ownerDocument, way, say.nameOf(person), way.kind === WAY[type] ? "" : "more-act"),
    );
  }

  /** @param {Event} event */
  ticked(event) {
    const { checked } = /** @type {HTMLInputElement} */ (event.target);
    this.dispatchEvent(new CustomEvent("done", { detail: checked }));
  }

  /** @param {Event} event */
  menu(event) {
    this.dispatchEvent(new CustomEvent("menu", { detail: event.currentTarget }));
  }

  /** Selecting text is no click. @param {MouseEvent} event */
  clicked(event) {
    const onControl = /** @type {Element} */ (event.target).closest("a, button, input, .hitbox");
    if (!onControl && this.ownerDocument.getSelection()?.isCollapsed !== false) this.dispatchEvent(new Event("edit"));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target !== this) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.dispatchEvent(new Event("edit"));
    }
    if (event.key === ".") {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("menu", { detail: this.querySelector(".acts button:last-child") }));
    }
  }
}
customElements.define("lf-task", LfTask);
