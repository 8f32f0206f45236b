/** A template to be written or changed. @import { MailTemplate } from "./api-types.js" @import { LfEditor } from "./lf-editor.js" */
import { ApiError } from "./api.js";
import { Compositions } from "./compositions.js";
import { LfElement, icon } from "./element.js";
import "./lf-editor.js";
import { html, nothing } from "./vendor/lit.js";

/** Event "kept". */
export class LfTemplateSheet extends LfElement {
  static properties = { ...LfElement.properties, template: { state: true }, isOpen: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** @type {MailTemplate | null} null: a new one */
    this.template = null;
    this.isOpen = false;
    this.problem = "";
  }

  render() {
    const { name = "", subject = "", shared = false } = this.template ?? {};
    return html`<dialog class="sheet letter-sheet" aria-labelledby="lf-template-title" @close=${() => (this.isOpen = false)}>${this.isOpen
      ? html`<form class="form" novalidate @submit=${this.save}>
          <header><h2 id="lf-template-title">${this.t(this.template ? "template.edit" : "template.new")}</h2>
            <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button></header>
          ${this.problem ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.problem}</span></p>` : nothing}
          <label>${this.t("template.name")}<span class="field"><input name="name" maxlength="100" autocomplete="off" autofocus .value=${name} /></span></label>
          <label>${this.t("mail.subject")}<span class="field"><input name="subject" maxlength="2000" autocomplete="off" .value=${subject} /></span></label>
          <div class="text"><lf-editor .app=${this.app} label=${this.t("mail.text")}></lf-editor></div>
          <p class="muted">${this.t("template.note", { first: "{person.first}", account: "{account}", other: "{account|…}" })}</p>
          <label class="switch"><input type="checkbox" role="switch" name="shared" .checked=${shared} /><span>${this.t("template.shared")}</span></label>
          <p class="deeds"><button class="btn primary">${this.t("action.save")}</button><button type="button" class="btn" @click=${this.shut}>${this.t("action.cancel")}</button></p>
        </form>`
      : nothing}</dialog>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  get editor() {
    return /** @type {LfEditor} */ (this.querySelector("lf-editor"));
  }

  /** @param {MailTemplate | null} template */
  async open(template) {
    Object.assign(this, { template, isOpen: true, problem: "" });
    await this.updateComplete;
    this.editor.value = template?.html ?? "";
    this.dialog.showModal();
  }

  shut() {
    this.dialog.close();
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const of = (/** @type {string} */ name) => String(fields.get(name) ?? "").trim();
    const name = of("name");
    if (!name) {
      this.problem = this.t("template.wrong-name");
      return;
    }
    try {
      await new Compositions(this.of.api).keepTemplate(this.template, { name, subject: of("subject"), html: this.editor.value, shared: fields.has("shared") });
      this.dispatchEvent(new Event("kept"));
      this.shut();
      this.of.toast({ text: this.t("template.kept", { name }) });
    } catch (error) {
      const why = error instanceof ApiError ? { 409: "template.conflict", 422: "template.same-name" }[error.status] : undefined;
      this.problem = this.t(why ?? "template.not-kept");
    }
  }
}
customElements.define("lf-template-sheet", LfTemplateSheet);
