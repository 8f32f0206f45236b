/**
 * Who somebody is: told, and edited in place. When somebody else changed them meanwhile, both are shown and the viewer chooses.
 * @import { Assignee, Person, PersonDetails, PhoneNumber, WrittenPerson } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { clockTime } from "./format.js";
import { FIELDS, differing, localHours, shownField, writtenOf } from "./person-fields.js";
import { html, nothing } from "./vendor/lit.js";

/** Event "changed" (detail: Person). */
export class LfDetails extends LfElement {
  static properties = { ...LfElement.properties, person: { attribute: false }, writing: { state: true }, mates: { state: true }, wrong: { state: true }, theirs: { state: true }, saving: { state: true } };

  constructor() {
    super();
    /** @type {PersonDetails | null} */
    this.person = null;
    /** @type {PersonDetails | null} what the form began with */
    this.writing = null;
    /** @type {Assignee[]} */
    this.mates = [];
    /** @type {Record<string, string>} what is wrong with which field; "" for the whole */
    this.wrong = {};
    /** @type {Person | null} what somebody else made of them meanwhile */
    this.theirs = null;
    this.saving = false;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
  }

  render() {
    const { person, writing } = this;
    if (!person) return nothing;
    const edit = html`<button type="button" class="ib" aria-label=${this.t("person.edit")} title=${this.t("person.edit")} @click=${this.begin}>${icon("pencil")}</button>`;
    return html`<section class="sec"><header><h2>${this.t("person.details")}</h2><div class="end">${writing ? nothing : edit}</div></header>
      ${writing ? this.form(writing) : this.told(person)}</section>`;
  }

  /** @param {PersonDetails} person */
  told(person) {
    const lines = [
      ...person.addresses.map(({ address, bounced }) => this.line("person.email", html`<a href=${this.of.places.email(address)} target="_blank" rel="noopener">${address}</a>${bounced ? html` <span class="badge bad">${icon("mail-x", "s")}${this.t("badge.bounced")}</span>` : nothing}`)),
      ...person.phones.map(({ kind, number, shown }) => this.line(`person.${kind}`, kind === "fax" ? shown : html`<a href=${`tel:${number}`}>${shown}</a>`)),
      person.linkedin ? this.line("person.linkedin", html`<a href=${person.linkedin} target="_blank" rel="noopener">${person.linkedin.replace("https://www.linkedin.com/in/", "")}</a>`) : nothing,
      this.line("person.owner", person.owner ? (person.owner.id === this.of.viewer ? this.t("person.you") : person.owner.name) : html`<span class="muted">${this.t("person.nobody")}</span>`),
      person.kind ? this.line("person.kind", this.t(`best-bets.kind-${person.kind}`)) : nothing,
      person.country ? this.line("person.country", this.of.i18n.country(person.country)) : nothing,
      this.localTime(person.country),
      person.website && /^https?:\/\//.test(person.website) ? this.line("person.website", html`<a href=${person.website} target="_blank" rel="noopener noreferrer">${person.website.replace(/^https?:\/\//, "")}</a>`) : nothing,
      person.postal ? this.line("person.postal", person.postal) : nothing,
    ];
    return html`<dl class="dl">${lines}</dl>`;
  }

  /** @param {string} key @param {unknown} value */
  line(key, value) {
    return html`<dt>${this.t(key)}</dt><dd>${value}</dd>`;
  }

  /** Only where the whole country has one. @param {string | null} country */
  localTime(country) {
    const now = this.of.now();
    const { i18n } = this.of;
    const found = country ? localHours(country, now, i18n.timeZone) : null;
    if (!found) return nothing;
    const time = clockTime(i18n, found.there);
    return this.line("person.local-time", found.hours ? this.t(found.hours > 0 ? "person.ahead" : "person.behind", { time, hours: this.t("person.hours", { count: Math.abs(found.hours) }) }) : this.t("person.same-time", { time }));
  }

  /** @param {PersonDetails} person */
  form(person) {
    return html`<form class="form" novalidate @submit=${this.save} @keydown=${this.key}>
      ${this.wrong[""] ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.wrong[""]}</span></p>` : nothing}
      ${this.theirs ? this.conflict(this.theirs, person) : nothing}
      ${this.text("name", person.name)} ${this.text("title", person.title)} ${this.text("account", person.account)}
      ${this.area("addresses", person.addresses.map(({ address }) => address), "person.addresses-hint")}
      ${this.area("phones", person.phones.map((phone) => `${this.t(`person.${phone.kind}`)}${this.t("person.colon")}${phone.shown}`), "person.phones-hint")}
      ${this.text("linkedin", person.linkedin)}
      <div class="pair">${this.text("country", person.country)} ${this.owner(person)}</div>
      ${person.owned_elsewhere ? html`<p class="muted">${this.t("person.owned-elsewhere")}</p>` : nothing}
      <label class="choice"><input type="checkbox" name="do_not_call" .checked=${person.do_not_call} /><span>${this.t("person.do-not-call")}</span></label>
      <label class="choice"><input type="checkbox" name="unsubscribed" .checked=${person.unsubscribed} /><span>${this.t("person.unsubscribed")}</span></label>
      <p class="deeds"><button class="btn primary" ?disabled=${this.saving}>${this.t("action.save")}</button><button type="button" class="btn" @click=${this.end}>${this.t("action.cancel")}</button></p>
    </form>`;
  }

  /** @param {keyof WrittenPerson} name @param {string | null} value */
  text(name, value) {
    const wrong = this.wrong[name];
    return html`<label>${this.t(`person.${name}`)}<span class=${wrong ? "field invalid" : "field"}><input name=${name} maxlength="300" autocomplete="off" .value=${value ?? ""} aria-invalid=${String(Boolean(wrong))} aria-describedby=${`lf-wrong-${name}`} /></span>${this.err(name)}</label>`;
  }

  /** @param {keyof WrittenPerson} name @param {string[]} lines @param {string} hint */
  area(name, lines, hint) {
    return html`<label>${this.t(`person.${name}`)}<textarea name=${name} rows=${Math.max(2, lines.length)} aria-invalid=${String(name in this.wrong)} aria-describedby=${`lf-wrong-${name}`} .value=${lines.join("\n")}></textarea><span class="muted">${this.t(hint)}</span>${this.err(name)}</label>`;
  }

  /** @param {string} name */
  err(name) {
    const wrong = this.wrong[name];
    return html`<span class="err" id=${`lf-wrong-${name}`} ?hidden=${!wrong}>${wrong ? html`${icon("alert", "s")}${wrong}` : nothing}</span>`;
  }

  /** @param {PersonDetails} person */
  owner(person) {
    const mates = person.owner && !this.mates.some(({ id }) => id === person.owner?.id) ? [person.owner, ...this.mates] : this.mates;
    return html`<label>${this.t("person.owner")}<span class="field"
      ><select name="owner" ?disabled=${person.owned_elsewhere || !person.may_decide}>
        <option value="" ?selected=${!person.owner}>${this.t("person.nobody")}</option>
        ${mates.map(({ id, name }) => html`<option value=${id} ?selected=${id === person.owner?.id}>${id === this.of.viewer ? this.t("person.you") : name}</option>`)}</select
      >${icon("down", "s")}</span></label>`;
  }

  /** What differs, side by side in words; nothing is overwritten unseen. @param {Person} theirs @param {PersonDetails} began */
  conflict(theirs, began) {
    const changed = differing(began, theirs);
    return html`<div class="note warn" role="alert">${icon("alert")}<span>${this.t("person.conflict")}
        ${changed.map((name) => html`<br /><b>${this.t(`person.${name}`)}</b>${this.t("person.colon")}${shownField(this.of.i18n, theirs, name) || "–"}`)}</span>
      <span class="end"><button type="button" class="link" @click=${() => this.take(theirs)}>${this.t("task.take-theirs")}</button><button type="button" class="link" @click=${() => this.keep(theirs)}>${this.t("task.keep-mine")}</button></span></div>`;
  }

  async begin() {
    Object.assign(this, { writing: this.person, wrong: {}, theirs: null });
    this.of.api.assignees().then(({ items }) => (this.mates = items), () => {});
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector("[name=name]"))?.focus();
  }

  async end() {
    this.writing = null;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector("header button"))?.focus();
  }

  /** Esc leaves a form that nobody wrote in. @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape" && this.writing && !Object.keys(this.written(this.writing)).length) this.end();
  }

  /** What the form says otherwise than the person it began with. @param {PersonDetails} began @returns {WrittenPerson} */
  written(began) {
    const form = new FormData(/** @type {HTMLFormElement} */ (this.querySelector("form")));
    const kinds = /** @type {PhoneNumber["kind"][]} */ (["mobile", "phone", "fax"]).map((kind) => ({ kind, word: this.t(`person.${kind}`) }));
    return writtenOf(form, began, kinds, this.querySelector("[name=owner]:disabled") === null);
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const { writing } = this;
    if (!writing) return;
    const written = this.written(writing);
    if (!Object.keys(written).length) return this.end();
    Object.assign(this, { wrong: {}, theirs: null, saving: true });
    try {
      const saved = await this.of.api.request("PATCH", `/api/v1/people/${encodeURIComponent(writing.id)}`, { ...written, version: writing.version });
      this.dispatchEvent(new CustomEvent("changed", { detail: saved }));
      this.of.toast({ text: this.t("person.saved") });
      await this.end();
    } catch (error) {
      this.refused(error, writing);
    } finally {
      this.saving = false;
    }
  }

  /** @param {unknown} error @param {PersonDetails} writing */
  refused(error, writing) {
    if (!(error instanceof ApiError)) this.wrong = { "": this.t("failure.person-save") };
    else if (error.status === 409) this.met(/** @type {Person | null} */ (error.current), writing);
    else this.wrong = wrongFields(error, (name) => this.t(`person.wrong-${name}`), this.t(error.status === 403 ? "person.not-yours" : "failure.person-save"));
  }

  /** @param {Person | null} current whom the change met: the same person changed, or somebody who has the address @param {PersonDetails} writing */
  met(current, writing) {
    if (current?.id === writing.id) this.theirs = current;
    else this.wrong = { addresses: this.t("person.address-taken", { name: current?.name || (current?.addresses[0]?.address ?? "") }) };
  }

  /** @param {Person} theirs */
  take(theirs) {
    this.dispatchEvent(new CustomEvent("changed", { detail: theirs }));
    Object.assign(this, { writing: null, theirs: null });
  }

  /** What is written here goes on top of what they wrote; fields nobody here touched become theirs. @param {Person} theirs */
  async keep(theirs) {
    if (!this.writing) return;
    const mine = this.written(this.writing);
    const base = { ...this.writing, ...theirs };
    Object.assign(this, { theirs: null, saving: true });
    try {
      const saved = await this.of.api.request("PATCH", `/api/v1/people/${encodeURIComponent(base.id)}`, { ...mine, version: theirs.version });
      this.dispatchEvent(new CustomEvent("changed", { detail: saved }));
      this.of.toast({ text: this.t("person.saved") });
      await this.end();
    } catch (error) {
      this.refused(error, base);
    } finally {
      this.saving = false;
    }
  }
}

/** @param {ApiError} error @param {(name: string) => string} word @param {string} otherwise */
function wrongFields(error, word, otherwise) {
  const named = error.fields.map(({ field }) => field.split(".")[0] ?? "").filter((name) => FIELDS.includes(/** @type {(typeof FIELDS)[number]} */ (name)));
  return named.length ? Object.fromEntries(named.map((name) => [name, word(name)])) : { "": otherwise };
}
customElements.define("lf-details", LfDetails);
