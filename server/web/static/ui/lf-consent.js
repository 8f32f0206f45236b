/**
 * What somebody said about being tracked, how that can be shown, and how it came about.
 * @import { Consent, ConsentState, PersonDetails } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { failure } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { fullTime } from "./format.js";
import { html, nothing } from "./vendor/lit.js";

const STATES = /** @type {const} */ (["granted", "denied", "withdrawn", "unknown"]);
const SIGNS = { granted: ["ok", "check"], denied: ["bad", "x"], withdrawn: ["bad", "x"], unknown: ["off", "help"] };
const LONGEST = { purpose: 500, proof: 4000 };

/** Event "changed". */
export class LfConsent extends LfElement {
  static properties = { ...LfElement.properties, person: { attribute: false }, consent: { state: true }, writing: { state: true }, wrong: { state: true }, error: { state: true }, saving: { state: true } };

  constructor() {
    super();
    /** @type {PersonDetails | null} */
    this.person = null;
    /** @type {Consent | null} */
    this.consent = null;
    /** @type {ConsentState | ""} what the form says; "" while there is none */
    this.writing = "";
    this.wrong = "";
    /** @type {unknown} */
    this.error = null;
    this.saving = false;
  }

  get path() {
    return `/api/v1/people/${encodeURIComponent(this.person?.id ?? "")}/consent`;
  }

  /** @param {AbortSignal} _signal */
  listen(_signal) {
    if (this.person?.addresses.length) this.load();
  }

  render() {
    const { consent } = this;
    if (!this.person?.addresses.length) return nothing;
    const edit = html`<button type="button" class="ib" aria-label=${this.t("consent.change")} title=${this.t("consent.change")} @click=${this.begin}>${icon("pencil")}</button>`;
    return html`<section class="sec"><header><h2>${this.t("consent.title")}</h2><div class="end">${this.writing || !consent ? nothing : edit}</div></header>
      ${this.error ? failure(this.of, this.t("failure.consent"), this.error, () => this.load()) : this.writing ? this.form(this.writing) : consent ? this.told(consent) : nothing}
    </section>`;
  }

  /** @param {Consent} consent */
  told({ state, at, purpose, proof, source, history }) {
    const [look = "", sign = ""] = SIGNS[state];
    return html`<dl class="dl"><dt>${this.t("consent.state")}</dt><dd><span class=${`state ${look}`}>${icon(sign, "m")}${this.t(`consent.word-${state}`)}</span></dd>
        ${purpose ? html`<dt>${this.t("consent.purpose")}</dt><dd>${purpose === "engagement" ? this.t("consent.engagement") : purpose}</dd>` : nothing}
        ${at ? html`<dt>${this.t("consent.since")}</dt><dd>${this.day(at)}${source ? `${this.t("list.comma")}${this.t(`consent.source-${source}`)}` : nothing}</dd>` : nothing}
        ${proof ? html`<dt>${this.t("consent.proof")}</dt><dd class="proof">${proof}</dd>` : nothing}</dl>
      ${history.length ? html`<details><summary>${this.t("consent.history", { count: history.length })}</summary><ol class="slim-list">${history.map((one) => html`<li class="slimrow"><div><p class="name">${this.t(`consent.word-${one.state}`)}</p><p class="meta"><time datetime=${one.at} title=${fullTime(this.of.i18n, one.at)}>${this.day(one.at)}</time><span>${this.t(`consent.source-${one.source}`)}</span><span class="cut">${one.address}</span></p></div></li>`)}</ol></details>` : nothing}`;
  }

  /** @param {string} at */
  day(at) {
    return this.of.i18n.date(new Date(at), { day: "numeric", month: "long", year: "numeric" });
  }

  /** @param {ConsentState} state */
  form(state) {
    const yes = state === "granted";
    const choose = (/** @type {Event} */ event) => (this.writing = /** @type {ConsentState} */ (/** @type {HTMLInputElement} */ (event.target).value));
    return html`<form class="form" novalidate @submit=${this.save}>
      ${this.wrong ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.wrong}</span></p>` : nothing}
      <fieldset><legend>${this.t("consent.state")}</legend>${STATES.map((value) => html`<label class="choice"><input type="radio" name="state" value=${value} .checked=${value === state} @change=${choose} /><span>${this.t(`consent.word-${value}`)}</span></label>`)}</fieldset>
      <label>${this.t(yes ? "consent.purpose" : "consent.purpose-any")}<span class="field"><input name="purpose" maxlength=${LONGEST.purpose} autocomplete="off" ?required=${yes} .value=${yes ? this.t("consent.engagement") : ""} /></span></label>
      <label>${this.t(yes ? "consent.proof" : "consent.proof-any")}<textarea name="proof" rows="3" maxlength=${LONGEST.proof} ?required=${yes} placeholder=${this.t("consent.proof-hint")}></textarea></label>
      <label>${this.t("consent.when")}<span class="field"><input type="date" name="at" max=${this.of.i18n.day(this.of.now())} .value=${this.of.i18n.day(this.of.now())} /></span></label>
      <p class="deeds"><button class="btn primary" ?disabled=${this.saving}>${this.t("action.save")}</button><button type="button" class="btn" @click=${this.end}>${this.t("action.cancel")}</button></p>
    </form>`;
  }

  async begin() {
    this.wrong = "";
    this.writing = this.consent?.state ?? "unknown";
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector("input:checked"))?.focus();
  }

  async end() {
    this.writing = "";
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector("header button"))?.focus();
  }

  async load() {
    this.error = null;
    try {
      this.consent = await this.of.api.get(this.path);
    } catch (error) {
      this.error = error;
    }
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const text = (/** @type {string} */ name) => String(form.get(name) ?? "").trim();
    const today = this.of.i18n.day(this.of.now());
    // What was said today is said now; another day counts from its noon.
    const at = text("at") && text("at") !== today ? { at: `${text("at")}T12:00:00Z` } : {};
    const purpose = text("purpose") === this.t("consent.engagement") ? "engagement" : text("purpose");
    this.saving = true;
    try {
      this.consent = await this.of.api.request("PUT", this.path, { state: text("state"), purpose, proof: text("proof"), ...at });
      this.of.toast({ text: this.t("consent.saved") });
      this.dispatchEvent(new Event("changed"));
      await this.end();
    } catch (error) {
      this.wrong = this.t(wordOf(error));
    } finally {
      this.saving = false;
    }
  }
}

/** @param {unknown} error */
function wordOf(error) {
  if (!(error instanceof ApiError)) return "failure.consent-save";
  if (error.status === 409) return "consent.no-stays";
  const field = error.fields[0]?.field ?? "";
  return ["purpose", "proof", "at"].includes(field) ? `consent.needs-${field}` : "failure.consent-save";
}
customElements.define("lf-consent", LfConsent);
