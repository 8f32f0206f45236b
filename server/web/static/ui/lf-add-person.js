/** A small form for somebody new; who has the address already is opened instead. @import { Person } from "./api-types.js" */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import { contactOf } from "./person-menu.js";
import { html, nothing } from "./vendor/lit.js";

export class LfAddPerson extends LfElement {
  static properties = { ...LfElement.properties, wrong: { state: true }, taken: { state: true }, saving: { state: true } };

  constructor() {
    super();
    this.wrong = "";
    /** @type {Person | null} who has the address */
    this.taken = null;
    this.saving = false;
  }

  render() {
    return html`<dialog class="sheet" aria-labelledby="lf-add-person-title">
      <form class="form" novalidate @submit=${this.save}>
        <header>
          <h2 id="lf-add-person-title">${this.t("people.add")}</h2>
          <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button>
        </header>
        ${this.wrong ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.wrong}</span></p>` : nothing}
        ${this.taken ? this.known(this.taken) : nothing}
        <label>${this.t("person.email")}<span class="field"><input name="address" type="email" maxlength="320" autocomplete="off" required autofocus /></span></label>
        <label>${this.t("person.name")}<span class="field"><input name="name" maxlength="300" autocomplete="off" /></span></label>
        <label>${this.t("person.title")}<span class="field"><input name="title" maxlength="300" autocomplete="off" /></span></label>
        <label class="choice"><input type="checkbox" name="mine" checked /><span>${this.t("people.add-mine")}</span></label>
        <p class="deeds">
          <button class="btn primary" ?disabled=${this.saving}>${this.t("people.add-button")}</button>
          <button type="button" class="btn" @click=${this.shut}>${this.t("action.cancel")}</button>
        </p>
      </form>
    </dialog>`;
  }

  /** @param {Person} person */
  known(person) {
    return html`<p class="note warn" role="alert">${icon("alert")}<span>${this.t("people.taken", { name: nameOf(contactOf(person)) })}</span><a class="link end" href=${this.of.places.person(person.id)}>${this.t("people.open")}</a></p>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  open() {
    Object.assign(this, { wrong: "", taken: null });
    /** @type {HTMLFormElement} */ (this.querySelector("form")).reset();
    this.dialog.showModal();
  }

  shut() {
    this.dialog.close();
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const text = (/** @type {string} */ name) => String(form.get(name) ?? "").trim();
    Object.assign(this, { wrong: "", taken: null, saving: true });
    const owner = form.has("mine") ? { owner: this.of.viewer } : {};
    const written = { addresses: [text("address")], name: text("name"), title: text("title") || null, ...owner };
    try {
      const { id } = await this.of.api.request("POST", "/api/v1/people", written);
      location.assign(this.of.places.person(id));
    } catch (error) {
      if (error instanceof ApiError && error.status === 409 && error.current) this.taken = /** @type {Person} */ (error.current);
      else this.wrong = this.t(error instanceof ApiError && error.status < 500 ? "people.bad-address" : "failure.add-person");
    } finally {
      this.saving = false;
    }
  }
}
customElements.define("lf-add-person", LfAddPerson);
