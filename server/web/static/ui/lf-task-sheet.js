/** A task to be written or changed, in a dialog. @import { TaskDraft } from "./app.js" */
import { LfElement, icon } from "./element.js";
import "./lf-task-form.js";
import { html, nothing } from "./vendor/lit.js";

export class LfTaskSheet extends LfElement {
  static properties = { ...LfElement.properties, draft: { state: true } };

  constructor() {
    super();
    /** @type {TaskDraft | null} */
    this.draft = null;
    /** What was sent and is not answered yet: it may have to be shown again. @type {Promise<void> | null} */
    this.sent = null;
    this.answered = () => {};
  }

  render() {
    const cancel = html`<button type="button" class="btn" @click=${this.shut}>${this.t("action.cancel")}</button>`;
    return html`<dialog class="sheet" aria-labelledby="lf-task-title" @close=${this.closed}>
      ${this.draft
        ? html`<header>
              <h2 id="lf-task-title">${this.t(this.draft.task ? "task.edit" : "task.new")}</h2>
              <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button>
            </header>
            <lf-task-form .app=${this.app} .draft=${this.draft} .deeds=${cancel} @sending=${this.sending} @kept=${this.kept} @refused=${this.refused}></lf-task-form>`
        : nothing}
    </dialog>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  /** @param {TaskDraft} draft */
  async open(draft) {
    await this.sent;
    if (this.draft) return;
    this.of.tasks.open();
    this.draft = draft;
    await this.updateComplete;
    await this.form?.updateComplete;
    this.dialog.showModal();
  }

  get form() {
    return /** @type {import("./lf-task-form.js").LfTaskForm | null} */ (this.querySelector("lf-task-form"));
  }

  /** What is written stands in the list already: nobody waits. */
  sending() {
    this.sent = new Promise((resolve) => (this.answered = () => resolve()));
    this.dialog.close();
  }

  kept() {
    this.sent = null;
    this.draft = null;
    this.answered();
  }

  /** Back with what was written. */
  refused() {
    this.sent = null;
    this.dialog.showModal();
    this.answered();
  }

  shut() {
    this.dialog.close();
  }

  /** What was written and is given up can be had back. */
  closed() {
    if (this.sent) return;
    const { draft } = this;
    const unsaved = this.form?.unsaved;
    this.draft = null;
    if (draft && unsaved) this.of.toast({ text: this.t("toast.task-unsaved"), undo: () => this.open(draft).then(() => this.form?.fill(unsaved)) });
  }
}
customElements.define("lf-task-sheet", LfTaskSheet);
