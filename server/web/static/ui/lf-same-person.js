/**
 * Two entries that are one person become one; somebody is deleted. Both ask first: neither can be taken back.
 * @import { Person, PersonDetails } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import { contactOf } from "./person-menu.js";
import { html, nothing } from "./vendor/lit.js";

const ASK_AFTER = 200;
const MOST_OFFERED = 8;

/** Event "changed" (detail: Person). */
export class LfSamePerson extends LfElement {
  static properties = { ...LfElement.properties, person: { attribute: false }, deed: { state: true }, offered: { state: true }, chosen: { state: true }, wrong: { state: true }, doing: { state: true } };

  constructor() {
    super();
    /** @type {PersonDetails | null} */
    this.person = null;
    /** @type {"join" | "delete"} */
    this.deed = "join";
    /** @type {Person[]} */
    this.offered = [];
    this.chosen = "";
    this.wrong = "";
    this.doing = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.asking = undefined;
  }

  render() {
    const name = this.person ? nameOf(contactOf(this.person)) : "";
    const joins = this.deed === "join";
    return html`<dialog class="sheet" aria-labelledby="lf-same-title">
      <form class="form" novalidate @submit=${this.does}>
        <header><h2 id="lf-same-title">${this.t(joins ? "person.join-title" : "person.delete-title", { name })}</h2><button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button></header>
        ${this.wrong ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.wrong}</span></p>` : nothing}
        <p class="soft">${this.t(joins ? "person.join-text" : "person.delete-text")}</p>
        ${joins ? this.search() : nothing}
        <p class="deeds"><button class=${joins ? "btn primary" : "btn danger"} ?disabled=${this.doing || (joins && !this.chosen)}>${this.t(joins ? "person.join-button" : "person.delete-button")}</button><button type="button" class="btn" @click=${this.shut}>${this.t("action.cancel")}</button></p>
      </form>
    </dialog>`;
  }

  search() {
    return html`<label class="field">${icon("search", "m")}<input type="search" aria-label=${this.t("people.search")} placeholder=${this.t("people.search")} autocomplete="off" autofocus @input=${this.typed} /></label>
      <fieldset><legend class="vh">${this.t("person.join-who")}</legend>${this.offered.map((one) => this.offer(one))}</fieldset>`;
  }

  /** @param {Person} one */
  offer(one) {
    const who = contactOf(one);
    return html`<label class="choice"><input type="radio" name="other" value=${one.id} .checked=${one.id === this.chosen} @change=${() => (this.chosen = one.id)} /><span>${nameOf(who)}${who.name && who.address ? html` <span class="muted">${who.address}</span>` : nothing}</span></label>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  open() {
    this.begin("join");
  }

  askToDelete() {
    this.begin("delete");
  }

  /** @param {"join" | "delete"} deed */
  async begin(deed) {
    Object.assign(this, { deed, offered: [], chosen: "", wrong: "" });
    await this.updateComplete;
    this.dialog.showModal();
  }

  shut() {
    this.dialog.close();
  }

  /** @param {Event} event */
  typed(event) {
    const query = /** @type {HTMLInputElement} */ (event.target).value.trim();
    clearTimeout(this.asking);
    this.asking = setTimeout(async () => {
      const page = query ? await this.of.api.people(query, MOST_OFFERED + 1).catch(() => null) : { items: [] };
      if (page) this.offered = page.items.filter(({ id }) => id !== this.person?.id).slice(0, MOST_OFFERED);
    }, ASK_AFTER);
  }

  /** @param {SubmitEvent} event */
  async does(event) {
    event.preventDefault();
    const { person } = this;
    if (!person) return;
    this.doing = true;
    try {
      await (this.deed === "join" ? this.join(person) : this.forget(person));
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      this.wrong = this.t(status === 403 ? "person.not-yours" : status === 409 ? "person.changed-meanwhile" : "failure.person-save");
    } finally {
      this.doing = false;
    }
  }

  /** @param {PersonDetails} person */
  async join(person) {
    const joined = await this.of.api.request("POST", `/api/v1/people/${encodeURIComponent(person.id)}/join`, { person: this.chosen, version: person.version });
    this.dispatchEvent(new CustomEvent("changed", { detail: joined }));
    this.of.toast({ text: this.t("person.joined") });
    this.shut();
  }

  /** @param {PersonDetails} person */
  async forget(person) {
    await this.of.api.deletePerson(person.id);
    location.assign(this.of.places.people);
  }
}
customElements.define("lf-same-person", LfSamePerson);
