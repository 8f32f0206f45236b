/**
 * A mail written once and sent to several people, each a tracked mail of their own. Sent mail can't be taken back: it asks first.
 * @import { MailDraft } from "./app.js"
 * @import { PersonShort } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import { addressedTo, asHtml } from "./mail-text.js";
import { html, nothing } from "./vendor/lit.js";

const LONGEST = { subject: 250, text: 100_000 };

/** @typedef {"write" | "sure" | "sending" | "done"} Step */

/** Hears "write-mails" of the app. */
export class LfMailSheet extends LfElement {
  static properties = {
    ...LfElement.properties,
    draft: { state: true },
    step: { state: true },
    anyway: { state: true },
    sent: { state: true },
    failed: { state: true },
    wrong: { state: true },
  };

  constructor() {
    super();
    /** @type {MailDraft | null} */
    this.draft = null;
    /** @type {Step} */
    this.step = "write";
    /** To those who unsubscribed too. */
    this.anyway = false;
    this.sent = 0;
    /** @type {{ person: PersonShort, why: string }[]} */
    this.failed = [];
    this.wrong = "";
    this.letter = { subject: "", text: "" };
    this.stopped = false;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("write-mails", (event) => this.open(/** @type {CustomEvent<MailDraft & { page: Document }>} */ (event).detail), { signal });
  }

  render() {
    return html`<dialog class="sheet wide" aria-labelledby="lf-mail-title" @close=${this.closed} @cancel=${this.cancelled}>${this.draft ? this.form() : nothing}</dialog>`;
  }

  form() {
    const inside = { write: () => this.writing(), sure: () => this.asking(), sending: () => this.progress(), done: () => this.result() }[this.step];
    return html`<form class="form" novalidate @submit=${this.submit}>
      <header>
        <h2 id="lf-mail-title">${this.t("mail.title", { count: this.people.length })}</h2>
        ${this.step === "sending" ? nothing : html`<button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button>`}
      </header>
      ${inside()}
    </form>`;
  }

  writing() {
    const out = this.unsubscribed;
    const without = this.people.filter(({ address }) => !address);
    return html`${this.wrong ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.wrong}</span></p>` : nothing}
      <label>${this.t("mail.subject")}<span class="field"><input name="subject" maxlength=${LONGEST.subject} autocomplete="off" autofocus .value=${this.letter.subject} /></span></label>
      <label>${this.t("mail.text")}<textarea name="text" rows="9" maxlength=${LONGEST.text} aria-describedby="lf-mail-note" .value=${this.letter.text}></textarea></label>
      <p class="muted" id="lf-mail-note">${this.t("mail.note", { name: "{name}" })}</p>
      ${without.length ? html`<p class="note">${icon("info")}<span>${this.t("mail.no-address", { names: this.names(without) })}</span></p>` : nothing}
      ${out.length
        ? html`<p class="note warn">${icon("alert")}<span>${this.t("mail.unsubscribed", { names: this.names(out) })}</span></p>
            <label class="switch"><input type="checkbox" role="switch" .checked=${this.anyway} @change=${(/** @type {Event} */ event) => (this.anyway = /** @type {HTMLInputElement} */ (event.target).checked)} /><span>${this.t("mail.anyway")}</span></label>`
        : nothing}
      <p class="deeds">
        <button class="btn primary" ?disabled=${!this.to.length}>${this.t("mail.send", { count: this.to.length })}</button>
        <button type="button" class="btn" @click=${this.shut}>${this.t("action.cancel")}</button>
      </p>`;
  }

  asking() {
    return html`<p class="note warn" role="alert">${icon("alert")}<span>${this.t("mail.sure", { count: this.to.length })}</span></p>
      <p class="soft">${this.names(this.to)}</p>
      <p class="deeds">
        <button type="button" class="btn primary" autofocus @click=${() => (this.step = "write")}>${this.t("mail.back")}</button>
        <button class="btn">${this.t("mail.send-now")}</button>
      </p>`;
  }

  progress() {
    const done = this.sent + this.failed.length;
    return html`<p role="status">${this.t("mail.sending", { done, of: this.to.length })}</p>
      <progress max=${this.to.length} value=${done} aria-labelledby="lf-mail-title"></progress>
      <p class="deeds"><button type="button" class="btn" @click=${() => (this.stopped = true)}>${this.t("mail.stop")}</button></p>`;
  }

  result() {
    return html`<div class="note warn outcomes" role="alert">${icon("alert")}
        <div><p><b>${this.t("mail.partly", { count: this.sent, of: this.sent + this.failed.length })}</b></p>
          <ul>${this.failed.map(({ person, why }) => html`<li>${this.t("best-bets.why", { name: nameOfPerson(person), why: this.t(`outcome.${why}`) })}</li>`)}</ul></div>
      </div>
      <p class="deeds"><button type="button" class="btn primary" autofocus @click=${this.shut}>${this.t("action.close")}</button></p>`;
  }

  get people() {
    return this.draft?.people ?? [];
  }

  get unsubscribed() {
    return this.people.filter(({ address, unsubscribed }) => address && unsubscribed);
  }

  /** Who gets one. */
  get to() {
    return this.people.filter(({ address, unsubscribed }) => address && (this.anyway || !unsubscribed));
  }

  /** @param {readonly PersonShort[]} people */
  names(people) {
    return people.map(nameOfPerson).join(this.t("list.comma"));
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  /** @param {MailDraft & { page: Document }} asked */
  async open({ page, ...draft }) {
    if (page !== this.ownerDocument || this.draft) return;
    Object.assign(this, { draft, step: "write", anyway: false, sent: 0, failed: [], wrong: "", stopped: false, letter: { subject: "", text: "" } });
    await this.updateComplete;
    this.dialog.showModal();
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    if (this.step === "sure") return void this.send();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.letter = { subject: String(form.get("subject") ?? "").trim(), text: String(form.get("text") ?? "").trim() };
    this.wrong = this.letter.subject && this.letter.text ? "" : this.t("mail.wrong");
    if (!this.wrong) this.step = "sure";
  }

  /** One after the other, so that whoever stops knows how far it got. */
  async send() {
    const to = this.to;
    this.step = "sending";
    for (const person of to) {
      const why = this.stopped ? "stopped" : await this.sendTo(person);
      if (why) this.failed = [...this.failed, { person, why }];
      else this.sent += 1;
    }
    if (this.failed.length) {
      this.step = "done";
      return;
    }
    this.of.toast({ text: this.t("mail.sent", { count: this.sent }) });
    this.shut();
  }

  /** @param {PersonShort} person @returns {Promise<string>} why it did not go out, "" when it did */
  async sendTo(person) {
    const [subject, text] = [this.letter.subject, this.letter.text].map((one) => addressedTo(one, nameOfPerson(person)));
    const { api } = this.of;
    try {
      const { id } = await api.prepareMessage({ subject: subject ?? "", to: [{ name: person.name, address: person.address ?? "" }] });
      try {
        const { failed } = await api.sendMessage(id, { text: text ?? "", html: asHtml(text ?? "") });
        return failed.length ? "not-sent" : "";
      } catch (error) {
        // Without an answer nobody knows: the list of messages will tell.
        return error instanceof ApiError ? "not-sent" : "unsure";
      }
    } catch {
      return "not-sent";
    }
  }

  shut() {
    this.dialog.close();
  }

  /** Esc does not leave mails half sent. @param {Event} event */
  cancelled(event) {
    if (this.step === "sending") event.preventDefault();
  }

  closed() {
    this.draft = null;
  }
}

/** @param {PersonShort} person */
function nameOfPerson({ name, address }) {
  return nameOf({ name, address: address ?? "" });
}
customElements.define("lf-mail-sheet", LfMailSheet);
