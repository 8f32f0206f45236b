/**
 * The sheet in which a mail is written: to whom, what, from which address, tracked or not, now or later.
 * @import { ComposeDraft as Asked } from "./app.js"
 * @import { Letter } from "./compose-draft.js"
 * @import { Choice } from "./compositions.js"
 * @import { LfEditor } from "./lf-editor.js"
 * @import { LfRecipients } from "./lf-recipients.js"
 * @import { Composition, MailTemplate, PreviewedMail, Reader, Sender } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { BLANK, ComposeDraft, letterOf } from "./compose-draft.js";
import { Compositions } from "./compositions.js";
import { LfElement, icon } from "./element.js";
import { clockTime, nameOf } from "./format.js";
import "./lf-editor.js";
import { asked, options, previewed } from "./letter-parts.js";
import "./lf-recipients.js";
import { asHtml } from "./mail-text.js";
import { suggested, worded } from "./send-times.js";
import { html, nothing } from "./vendor/lit.js";

/** @typedef {"write" | "look" | "ask" | "when"} Step */

export class LfLetter extends LfElement {
  static properties = {
    ...LfElement.properties,
    step: { state: true },
    wrong: { state: true },
    problem: { state: true },
    copies: { state: true },
    senders: { state: true },
    templates: { state: true },
    mails: { state: true },
    busy: { state: true },
    naming: { state: true },
    shown: { state: true },
  };

  constructor() {
    super();
    /** @type {ComposeDraft | null} */
    this.draft = null;
    /** @type {Step} */
    this.step = "write";
    /** @type {Record<string, string>} what is wrong by field */
    this.wrong = {};
    this.problem = "";
    /** Whether Cc and Bcc are shown. */
    this.copies = false;
    /** @type {Sender[]} */
    this.senders = [];
    /** @type {MailTemplate[]} */
    this.templates = [];
    /** @type {PreviewedMail[]} */
    this.mails = [];
    this.busy = false;
    /** Whether a name for a new template is asked for. */
    this.naming = false;
    /** Which mail of several is looked at. */
    this.shown = 0;
    /** @type {string | undefined} when it shall leave, as the clock on the wall shows it */
    this.at = undefined;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.compositions = new Compositions(this.of.api);
    window.addEventListener("beforeunload", (event) => this.draft?.isAhead && event.preventDefault(), { signal });
    this.ownerDocument.addEventListener("visibilitychange", () => this.draft?.keep(), { signal });
  }

  render() {
    return html`<dialog class="sheet letter-sheet" aria-labelledby="lf-letter-title" @close=${this.closed} @cancel=${this.cancelled}>${this.draft ? this.form(this.draft) : nothing}</dialog>`;
  }

  /** @param {ComposeDraft} draft */
  form(draft) {
    const inside = { write: () => nothing, look: () => previewed(this), ask: () => asked(this), when: () => this.when() }[this.step];
    return html`<form class="form" novalidate @submit=${this.submitted}>
      <header>
        <h2 id="lf-letter-title">${this.t(draft.letter.thread_id ? "compose.answer" : "compose.title")}</h2>
        <span class="soft state" role="status">${this.keeping(draft)}</span>
        <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button>
      </header>
      ${draft.theirs ? this.conflict(draft.theirs) : nothing}
      ${this.problem ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.problem}</span></p>` : nothing}
      <div class="writing" ?hidden=${this.step !== "write"}>${this.writing(draft)}</div>
      ${inside()}
    </form>`;
  }

  /** @param {ComposeDraft} draft */
  writing({ letter }) {
    const wrong = this.wrong["subject"];
    return html`${this.senders.length > 1 ? this.from(letter) : nothing}
      <div class="to">${this.recipients("to", letter.to)}
        ${this.copies ? nothing : html`<button type="button" class="link" @click=${() => (this.copies = true)}>${this.t("compose.copies")}</button>`}</div>
      ${this.copies ? html`${this.recipients("cc", letter.cc)}${this.recipients("bcc", letter.bcc)}` : nothing}
      <label>${this.t("mail.subject")}<span class=${wrong ? "field invalid" : "field"}><input name="subject" maxlength="2000" autocomplete="off" .value=${letter.subject} aria-invalid=${String(Boolean(wrong))} aria-describedby="lf-wrong-subject" @input=${this.wrote} /></span>
        <span class="err" id="lf-wrong-subject" ?hidden=${!wrong}>${wrong ? html`${icon("alert", "s")}${wrong}` : nothing}</span></label>
      <div class=${this.wrong["html"] ? "text invalid" : "text"}>
        <lf-editor .app=${this.app} label=${this.t("mail.text")} @write=${this.wroteText}></lf-editor>
        <span class="err" ?hidden=${!this.wrong["html"]} role="alert">${this.wrong["html"] ? html`${icon("alert", "s")}${this.wrong["html"]}` : nothing}</span>
      </div>
      ${options(this, letter)}
      <p class="deeds">
        <button class="btn primary" ?disabled=${this.busy}>${icon("send", "m")}${this.t("compose.send")}</button>
        <button type="button" class="btn" ?disabled=${this.busy} @click=${() => this.go("when")}>${icon("clock", "m")}${this.t("compose.later")}</button>
        <button type="button" class="btn plain" ?disabled=${this.busy} @click=${() => this.go("look")}>${this.t("compose.preview")}</button>
        <button type="button" class="ib end" aria-label=${this.t("compose.throw-away")} title=${this.t("compose.throw-away")} @click=${this.throwAway}>${icon("trash")}</button>
      </p>`;
  }

  /** @param {Letter} letter */
  from({ from }) {
    return html`<label>${this.t("compose.from")}<span class="field"><select name="from" @change=${this.wrote}>${this.senders.map(
      ({ address, name }) => html`<option value=${address} ?selected=${address === from}>${name ? `${name} <${address}>` : address}</option>`,
    )}</select>${icon("down", "s")}</span></label>`;
  }

  /** @param {"to" | "cc" | "bcc"} name @param {readonly Reader[]} people */
  recipients(name, people) {
    return html`<lf-recipients .app=${this.app} .people=${people} name=${name} label=${this.t(`compose.${name}`)} wrong=${this.wrong[name] ?? ""} @write=${this.readdressed}></lf-recipients>`;
  }

  when() {
    const { i18n, now } = this.of;
    return html`<h3>${this.t("compose.when")}</h3>
      <div class="times">${suggested(i18n, now()).map((local) => html`<button type="button" class="btn" @click=${() => this.leave(local)}>${worded(i18n, local)}</button>`)}</div>
      <label>${this.t("compose.at", { zone: i18n.timeZone })}<span class="field"><input type="datetime-local" name="at" aria-invalid=${String("at" in this.wrong)} aria-describedby="lf-wrong-at" /></span>
        <span class="err" id="lf-wrong-at" ?hidden=${!this.wrong["at"]}>${this.wrong["at"] ? html`${icon("alert", "s")}${this.wrong["at"]}` : nothing}</span></label>
      <p class="deeds">
        <button class="btn primary" ?disabled=${this.busy}>${this.t("compose.schedule")}</button>
        <button type="button" class="btn" @click=${() => this.go("write")}>${this.t("mail.back")}</button>
      </p>`;
  }

  /** @param {Composition} theirs */
  conflict({ state }) {
    if (state !== "draft") return html`<p class="note warn" role="alert">${icon("alert")}<span>${this.t("compose.gone", { state: this.t(`compose.state-${state}`) })}</span></p>`;
    return html`<div class="note warn" role="alert">${icon("alert")}<span>${this.t("compose.conflict")}</span>
      <span class="end"><button type="button" class="link" @click=${this.takeTheirs}>${this.t("task.take-theirs")}</button>
      <button type="button" class="link" @click=${() => this.draft?.keepMine()}>${this.t("task.keep-mine")}</button></span></div>`;
  }

  /** @param {ComposeDraft} draft */
  keeping({ state, kept }) {
    if (state === "kept" && kept) return this.t("compose.kept", { time: clockTime(this.of.i18n, new Date(kept.updated_at)) });
    if (state === "failed") return this.t("compose.not-kept");
    return "";
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  get editor() {
    return /** @type {LfEditor} */ (this.querySelector("lf-editor"));
  }

  get api() {
    return /** @type {Compositions} */ (this.compositions);
  }

  /** What is being written stays: whoever asks anew meanwhile gets it to see. @param {Asked} wanted */
  async open(wanted) {
    if (this.draft) return;
    const kept = wanted.id ? await this.api.read(wanted.id).catch(() => null) : null;
    if (wanted.id && kept?.state !== "draft") {
      this.of.toast({ text: this.t("compose.no-draft") });
      return;
    }
    await this.begin(new ComposeDraft(this.api, begun(wanted), kept));
    const { subject, to } = this.letterNow();
    const empty = to.length ? (subject ? "lf-editor .page" : "input[name=subject]") : "input[name=to]";
    /** @type {HTMLElement} */ (this.querySelector(empty)).focus();
    const without = (wanted.people ?? []).filter(({ address }) => !address);
    if (without.length) this.problem = this.t("compose.no-address", { names: without.map(nameOf).join(this.t("list.comma")) });
    await this.ask();
  }

  /** @param {ComposeDraft} draft */
  async begin(draft) {
    Object.assign(this, { draft, step: "write", wrong: {}, problem: "", busy: false, naming: false, mails: [], at: undefined });
    this.copies = Boolean(draft.letter.cc.length || draft.letter.bcc.length);
    draft.addEventListener("change", () => this.requestUpdate());
    this.requestUpdate();
    await this.updateComplete;
    this.editor.value = draft.letter.html;
    if (!this.dialog.open) this.dialog.showModal();
    // Whom a link or a row named is looked up, and whether they may be tracked is told.
    if (draft.state === "new" && draft.letter.to.length) draft.write({});
  }

  async ask() {
    const [senders, templates] = await Promise.allSettled([this.api.senders(), this.api.templates()]);
    if (senders.status === "fulfilled") this.senders = senders.value.items;
    if (templates.status === "fulfilled") this.templates = templates.value.items;
  }

  /** The server knows more of whom it is for: unsubscribed, tracked or not. @param {readonly Reader[]} people @param {"to" | "cc" | "bcc"} name @returns {readonly Reader[]} */
  known(people, name) {
    const told = new Map(this.draft?.kept?.[name].map((one) => [one.address.toLowerCase(), one]));
    return people.map((one) => told.get(one.address.toLowerCase()) ?? one);
  }

  wrote() {
    const fields = new FormData(/** @type {HTMLFormElement} */ (this.querySelector("form")));
    const from = fields.get("from");
    this.draft?.write({ subject: String(fields.get("subject") ?? ""), ...(from ? { from: String(from) } : {}) });
    this.right("subject");
  }

  wroteText() {
    this.draft?.write({ html: this.editor.value });
    this.right("html");
  }

  /** @param {Event} event */
  readdressed(event) {
    const { name, people } = /** @type {LfRecipients} */ (event.target);
    const letter = { ...this.draft?.letter, [name]: people };
    this.draft?.write({ [name]: people, ...(this.count(letter) < 2 ? { separate: false } : {}) });
    this.right(name);
  }

  /** @param {Partial<Letter>} letter */
  count({ to = [], cc = [], bcc = [] }) {
    return to.length + cc.length + bcc.length;
  }

  letterNow() {
    return this.draft?.letter ?? BLANK;
  }

  /** @param {string} field */
  right(field) {
    const { [field]: _, ...others } = this.wrong;
    this.wrong = others;
    this.problem = "";
  }

  /** @param {MailTemplate} template */
  async useTemplate(template) {
    if (template.subject) this.draft?.write({ subject: template.subject });
    this.requestUpdate();
    await this.updateComplete;
    this.editor.replace(template.html);
  }

  /** @param {string} name @param {boolean} shared */
  async keepTemplate(name, shared) {
    const { subject = "" } = this.draft?.letter ?? {};
    try {
      const made = await this.api.keepTemplate(null, { name, subject, html: this.editor.value, shared });
      this.templates = [...this.templates, made].sort((one, other) => one.name.localeCompare(other.name));
      this.naming = false;
      this.of.toast({ text: this.t("template.kept", { name: made.name }) });
    } catch (error) {
      this.problem = this.t(error instanceof ApiError && error.status === 422 ? "template.same-name" : "template.not-kept");
    }
  }

  /** @param {Step} step */
  async go(step) {
    this.problem = "";
    if (step === "look" && !(await this.look())) return;
    this.step = step;
    this.shown = 0;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector(step === "write" ? "lf-editor .page" : "form > .deeds button, form > .times button"))?.focus();
  }

  /** @returns {Promise<boolean>} whether the mails are there to be looked at */
  async look() {
    if (!this.count(this.draft?.letter ?? {})) this.wrong = { ...this.wrong, to: this.t("compose.wrong-to") };
    else if ((await this.draft?.keep()) && this.draft?.kept) {
      this.mails = await this.api.preview(this.draft.kept.id).then(({ items }) => items, () => []);
      if (this.mails.length) return true;
    }
    if (!this.wrong["to"]) this.problem = this.t("compose.not-kept-long");
    return false;
  }

  /** @param {SubmitEvent} event */
  submitted(event) {
    event.preventDefault();
    if (this.step === "when") {
      const { value } = /** @type {HTMLInputElement} */ (this.querySelector("[name=at]"));
      if (value) this.leave(value);
      else this.wrong = { ...this.wrong, at: this.t("compose.wrong-at") };
    } else if (this.step !== "ask") this.leave();
  }

  /** @param {string} [at] as the clock on the wall will show */
  async leave(at) {
    this.at = at;
    this.busy = true;
    const ready = this.check() && (await this.look());
    this.busy = false;
    if (!ready) {
      if (this.step !== "write") this.step = "write";
      return;
    }
    const speaks = this.mails.some(({ missing, to }) => missing.length || to.some(({ unsubscribed }) => unsubscribed));
    if (speaks) await this.go("ask");
    else await this.send("ask", "ask");
  }

  check() {
    const { letter } = /** @type {ComposeDraft} */ (this.draft);
    const blank = !this.editor.page.textContent?.trim();
    this.wrong = {
      ...(this.count(letter) ? {} : { to: this.t("compose.wrong-to") }),
      ...(letter.subject.trim() || letter.thread_id ? {} : { subject: this.t("compose.wrong-subject") }),
      ...(blank ? { html: this.t("compose.wrong-text") } : {}),
    };
    const first = Object.keys(this.wrong)[0];
    if (first) /** @type {HTMLElement} */ (this.querySelector(first === "html" ? "lf-editor .page" : `[name=${first}]:not(lf-recipients)`)).focus();
    return !first;
  }

  /** @param {Choice} missing @param {Choice} unsubscribed */
  async send(missing, unsubscribed) {
    const kept = this.draft?.kept;
    if (!kept) return;
    this.busy = true;
    try {
      this.left(await this.api.send(kept.id, { version: kept.version, missing, unsubscribed, ...(this.at ? { at: this.at } : {}) }));
    } catch (error) {
      this.refused(error);
    }
    this.busy = false;
  }

  /** @param {Composition} sent */
  left(sent) {
    const { i18n } = this.of;
    const people = [...sent.to, ...sent.cc, ...sent.bcc];
    const names = people.length > 2 ? i18n.t("compose.people", { count: people.length }) : people.map(nameOf).join(i18n.t("list.comma"));
    const text = this.at ? this.t("compose.scheduled", { names, time: worded(i18n, this.at) }) : this.t("compose.leaves", { names });
    this.draft?.stop();
    this.dialog.close();
    this.of.toast({ text, undo: () => this.undo(sent.id) });
    this.of.dispatchEvent(new Event("composed"));
  }

  /** @param {unknown} error */
  refused(error) {
    this.step = this.at ? "when" : "write";
    const fields = error instanceof ApiError ? error.fields.map(({ field }) => field) : [];
    if (fields.includes("at")) this.wrong = { at: this.t("compose.wrong-at") };
    else if (error instanceof ApiError && error.status === 403) this.problem = this.t("compose.no-gmail");
    else if (error instanceof ApiError && error.status === 409) this.problem = this.t("compose.conflict");
    else if (fields.includes("from")) this.problem = this.t("compose.wrong-from");
    else this.problem = this.t("compose.not-sent");
  }

  /** @param {string} id */
  async undo(id) {
    try {
      await this.api.cancel(id);
      this.of.dispatchEvent(new Event("composed"));
      await this.open({ id });
    } catch {
      this.of.toast({ text: this.t("compose.too-late") });
    }
  }

  async takeTheirs() {
    const theirs = this.draft?.theirs;
    if (theirs) await this.begin(new ComposeDraft(this.api, letterOf(theirs), theirs));
  }

  async throwAway() {
    const { draft } = this;
    draft?.stop();
    await draft?.saving;
    const kept = draft?.kept;
    if (kept && !(await this.api.remove(kept).then(() => true, () => false))) {
      this.problem = this.t("compose.not-thrown");
      return;
    }
    this.dialog.close("gone");
    const again = draft && draft.state !== "new";
    if (again) this.of.toast({ text: this.t("compose.thrown"), undo: () => this.bringBack(draft.letter) });
    this.of.dispatchEvent(new Event("composed"));
  }

  /** @param {Letter} letter */
  async bringBack(letter) {
    await this.begin(new ComposeDraft(this.api, letter));
    this.draft?.write({});
  }

  async shut() {
    const { draft } = this;
    if (!draft) return;
    const isKept = draft.state === "new" || (await draft.keep());
    if (!isKept) {
      this.problem = this.t("compose.not-kept-long");
      return;
    }
    if (draft.kept) this.of.toast({ text: this.t("compose.in-drafts") });
    this.dialog.close();
    this.of.dispatchEvent(new Event("composed"));
  }

  /** Esc keeps the draft, as the cross does. @param {Event} event */
  cancelled(event) {
    event.preventDefault();
    if (this.step === "write") this.shut();
    else this.go("write");
  }

  closed() {
    this.draft?.stop();
    this.draft = null;
    this.requestUpdate();
  }
}

/** @param {Asked} wanted @returns {Letter} */
function begun({ people = [], address, subject = "", threadId, body = "" }) {
  const named = people.flatMap(({ id, name, address: at, unsubscribed }) => (at ? [{ name, address: at, person_id: id, unsubscribed }] : []));
  const to = address ? [...named, { name: "", address, person_id: null, unsubscribed: false }] : named;
  return { ...BLANK, to, subject, separate: to.length > 1, thread_id: threadId ?? null, html: body ? asHtml(body) : "" };
}
customElements.define("lf-letter", LfLetter);
