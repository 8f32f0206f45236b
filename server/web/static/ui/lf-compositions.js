/**
 * Mail that is not out yet: what waits, what did not go out, drafts; and the templates. Looked at anew while something leaves.
 * @import { Composition, MailTemplate, Me, Reader } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { failure } from "./blanks.js";
import { Compositions } from "./compositions.js";
import { LfElement, icon } from "./element.js";
import * as say from "./format.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const PAGE = 100;
const GROUPS = { failed: ["failed"], waiting: ["scheduled", "sending"], drafts: ["draft"] };
const ERRORS = new Set(["gmail-reconnect-needed", "gmail-admin-blocked", "not-allowed", "gmail-rate-limited", "gmail-away", "unsubscribed", "stopped"]);

export class LfCompositions extends LfElement {
  static properties = {
    ...LfElement.properties,
    me: { attribute: false },
    items: { state: true },
    templates: { state: true },
    phase: { state: true },
    error: { state: true },
  };

  constructor() {
    super();
    /** @type {Me | null} */
    this.me = null;
    /** @type {Composition[]} */
    this.items = [];
    /** @type {string | null} */
    this.next = null;
    /** @type {MailTemplate[]} */
    this.templates = [];
    /** @type {"loading" | "ready" | "failed"} */
    this.phase = "loading";
    /** @type {unknown} */
    this.error = null;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.api = new Compositions(this.of.api);
    this.of.addEventListener("composed", () => this.load(), { signal });
    this.of.addEventListener("tick", () => (this.items.some(({ state }) => GROUPS.waiting.includes(state)) ? this.load() : this.requestUpdate()), { signal });
    this.load();
  }

  render() {
    if (this.phase === "failed") return failure(this.of, this.t("failure.compositions"), this.error, () => this.load());
    if (this.phase === "loading") return html`<p class="vh" role="status">${this.t("loading")}</p>`;
    return html`<div class="cols"><div>
        ${this.items.length ? Object.entries(GROUPS).map(([name, states]) => this.group(name, states)) : this.blank()}
        ${this.next ? html`<p><button type="button" class="btn" @click=${this.more}>${this.t("compositions.more")}</button></p>` : nothing}
      </div><div>${this.pace()}${this.kept()}</div></div>
      <lf-template-sheet .app=${this.app} @kept=${this.load}></lf-template-sheet>`;
  }

  blank() {
    return html`<div class="blank">${icon("pencil")}<b>${this.t("compositions.none")}</b><p>${this.t("compositions.none-text")}</p>
      <button type="button" class="btn" @click=${() => this.of.compose(this.ownerDocument, {})}>${this.t("compose.title")}</button></div>`;
  }

  /** @param {string} name @param {string[]} states */
  group(name, states) {
    const found = this.items.filter(({ state }) => states.includes(state));
    if (!found.length) return nothing;
    return html`<section class="sec" aria-labelledby=${`lf-group-${name}`}>
      <header><h2 id=${`lf-group-${name}`}>${this.t(`compositions.${name}`)}</h2><span class="count">${found.length}</span></header>
      <ul class="slim-list">${repeat(found, ({ id }) => id, (one) => this.row(one))}</ul>
    </section>`;
  }

  /** @param {Composition} one */
  row(one) {
    const { subject, state } = one;
    const shown = subject || this.t("message.no-subject");
    const name = this.t("compositions.named", { subject: shown });
    return html`<li class="slimrow">
      <div class="cut">
        ${state === "draft" ? html`<a class="name" href=${`/compose?draft=${encodeURIComponent(one.id)}`}>${shown}</a>` : html`<span class="name">${shown}</span>`}
        <div class="meta">${this.meta(one)}</div>
        ${this.outcome(one)}
      </div>
      <div class="end">${this.deeds(one, name)}</div>
    </li>`;
  }

  /** @param {Composition} one */
  meta({ to, cc, bcc, state, send_at, updated_at }) {
    const { i18n, now } = this.of;
    const people = [...to, ...cc, ...bcc];
    const names = people.length > 3 ? this.t("compose.people", { count: people.length }) : people.map(say.nameOf).join(this.t("list.comma")) || this.t("compositions.nobody");
    const at = state === "scheduled" && send_at ? send_at : updated_at;
    return html`<span class="cut">${names}</span><time datetime=${at} title=${say.fullTime(i18n, at)}>${state === "scheduled" ? this.t("compositions.leaves", { time: say.longTime(i18n, at, now()) }) : say.timeInList(i18n, at, now())}</time>`;
  }

  /** @param {Composition} one */
  outcome({ state, error, mails }) {
    if (state === "draft") return nothing;
    const sent = mails.of > 1 && (mails.sent || state !== "scheduled") ? html`<p class="soft">${this.t("compositions.progress", { sent: mails.sent, count: mails.of })}</p>` : nothing;
    const why = error ? html`<p class=${state === "failed" ? "bad" : "soft"}>${this.worded(error)}</p>` : nothing;
    const failed = state === "failed" && !error ? html`<ul>${mails.failed.map((mail) => html`<li class="bad">${this.t("compositions.failed-of", { who: mail.to.map(say.nameOf).join(this.t("list.comma")), why: this.worded(mail.error) })}</li>`)}</ul>` : nothing;
    return html`${sent}${why}${failed}`;
  }

  /** @param {string} error */
  worded(error) {
    return this.t(ERRORS.has(error) ? `unsent.${error}` : "unsent.refused");
  }

  /** @param {Composition} one @param {string} name */
  deeds(one, name) {
    const deed = (/** @type {string} */ key, /** @type {() => void} */ run) => html`<button type="button" class="btn" aria-label=${`${this.t(key)}${this.t("list.space")}${name}`} @click=${run}>${this.t(key)}</button>`;
    const remove = html`<button type="button" class="ib" aria-label=${this.t("compositions.remove", { subject: name })} title=${this.t("compose.throw-away")} @click=${() => this.discard(one)}>${icon("trash")}</button>`;
    if (one.state === "scheduled") return deed("compositions.take-back", () => this.takeBack(one));
    if (one.state === "sending") return one.mails.of > 1 ? deed("mail.stop", () => this.cancel(one)) : nothing;
    if (one.state === "failed") return html`${deed("compositions.again", () => this.takeBack(one))}${remove}`;
    return remove;
  }

  /** How fast separate mails leave, and what Gmail itself allows. */
  pace() {
    const value = this.me?.preferences.sends_a_minute ?? 10;
    return html`<section class="sec" aria-labelledby="lf-pace"><header><h2 id="lf-pace">${this.t("pace.title")}</h2></header>
      <div class="form"><label>${this.t("pace.a-minute")}<span class="field"><input type="number" name="pace" min="1" max="60" .value=${String(value)} aria-describedby="lf-pace-note" @change=${this.choosePace} /></span></label></div>
      <p id="lf-pace-note">${this.t("pace.note")}</p></section>`;
  }

  kept() {
    return html`<section class="sec" aria-labelledby="lf-templates"><header><h2 id="lf-templates">${this.t("template.title")}</h2>
        <span class="end"><button type="button" class="ib" aria-label=${this.t("template.new")} title=${this.t("template.new")} @click=${() => this.write(null)}>${icon("plus")}</button></span></header>
      ${this.templates.length ? nothing : html`<p>${this.t("template.none")}</p>`}
      <ul class="slim-list">${repeat(this.templates, ({ id }) => id, (one) => this.template(one))}</ul></section>`;
  }

  /** @param {MailTemplate} one */
  template(one) {
    const edit = this.t("template.edit-of", { name: one.name });
    const remove = this.t("template.remove-of", { name: one.name });
    return html`<li class="slimrow"><div class="cut"><span class="name">${one.name}</span>
        <div class="meta"><span class="cut">${one.own ? this.t(one.shared ? "template.shared-by-me" : "template.only-mine") : this.t("template.shared-by", { name: one.by })}</span></div></div>
      ${one.own
        ? html`<div class="end"><button type="button" class="ib" aria-label=${edit} title=${edit} @click=${() => this.write(one)}>${icon("pencil")}</button>
            <button type="button" class="ib" aria-label=${remove} title=${remove} @click=${() => this.removeTemplate(one)}>${icon("trash")}</button></div>`
        : nothing}</li>`;
  }

  get compositions() {
    return /** @type {Compositions} */ (this.api);
  }

  async load() {
    try {
      const [page, kept] = await Promise.all([this.compositions.list({ limit: PAGE }), this.compositions.templates()]);
      Object.assign(this, { items: page.items, next: page.next, templates: kept.items, phase: "ready" });
    } catch (error) {
      if (this.phase !== "ready") Object.assign(this, { phase: "failed", error });
    }
  }

  async more() {
    const page = await this.compositions.list({ limit: PAGE, ...(this.next ? { before: this.next } : {}) }).catch(() => null);
    if (page) Object.assign(this, { items: [...this.items, ...page.items], next: page.next });
  }

  /** @param {Composition} one */
  async takeBack(one) {
    if (await this.cancel(one)) this.of.compose(this.ownerDocument, { id: one.id });
  }

  /** @param {Composition} one @returns {Promise<boolean>} */
  async cancel(one) {
    const done = await this.compositions.cancel(one.id).then(() => true, () => false);
    if (!done) this.of.toast({ text: this.t("compose.too-late") });
    await this.load();
    return done;
  }

  /** @param {Composition} one */
  async discard(one) {
    this.items = this.items.filter((other) => other !== one);
    const gone = await this.compositions.remove(one).then(() => true, (error) => error instanceof ApiError && error.status === 404);
    if (gone) this.of.toast({ text: this.t("compose.thrown") });
    else {
      this.of.toast({ text: this.t("compose.not-thrown") });
      await this.load();
    }
  }

  /** @param {MailTemplate} one */
  async removeTemplate(one) {
    this.templates = this.templates.filter((other) => other !== one);
    const { name, subject, html: written, shared } = one;
    const gone = await this.compositions.removeTemplate(one.id).then(() => true, () => false);
    const again = () => this.compositions.keepTemplate(null, { name, subject, html: written, shared }).then(() => this.load());
    this.of.toast({ text: this.t(gone ? "template.removed" : "template.not-kept", { name }), ...(gone ? { undo: () => void again() } : {}) });
    if (!gone) await this.load();
  }

  /** @param {MailTemplate | null} one */
  async write(one) {
    await import("./lf-template-sheet.js");
    /** @type {import("./lf-template-sheet.js").LfTemplateSheet} */ (this.querySelector("lf-template-sheet")).open(one);
  }

  /** @param {Event} event */
  async choosePace(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (!input.validity.valid || !input.value) return;
    const done = await this.of.api.changeMe({ preferences: { sends_a_minute: Number(input.value) } }).catch(() => null);
    if (done) this.me = done;
    this.of.toast({ text: this.t(done ? "pace.kept" : "pace.not-kept") });
  }
}
customElements.define("lf-compositions", LfCompositions);
