/**
 * What a list is narrowed by: words, and fields that float below a button; beside them the searches that were saved.
 * @import { SearchView } from "./api-types.js"
 * @import { Query } from "./wanted.js"
 */
import { LfElement, icon } from "./element.js";
import "./lf-searches.js";
import { place } from "./popover.js";
import { html, nothing } from "./vendor/lit.js";
import { OUTCOMES, cleaned, fromAddress, toAddress, words } from "./wanted.js";

const TYPING_PAUSE = 250;

/** Event "search" (detail: Query). The page's address follows. */
export class LfListSearch extends LfElement {
  static properties = {
    ...LfElement.properties,
    view: {},
    outcomes: { type: Boolean },
    query: { attribute: false },
    more: { attribute: false },
    person: { state: true },
  };

  constructor() {
    super();
    /** @type {SearchView} */
    this.view = "messages";
    /** Whether the list can be narrowed by what came of it. */
    this.outcomes = false;
    /** @type {Query} */
    this.query = fromAddress();
    /** @type {unknown} what stands beside the buttons */
    this.more = nothing;
    /** @type {{ id: string, name: string } | null} who is asked for */
    this.person = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.typing = undefined;
  }

  render() {
    const set = Object.entries(this.query).filter(([name]) => name !== "q");
    return html`<search class="list-search">
        <span class="field words">${icon("search", "m")}<input type="search" name="q" maxlength="200" autocomplete="off" aria-label=${this.t(`narrow.${this.view}`)} placeholder=${this.t(`narrow.${this.view}`)} .value=${this.query["q"] ?? ""} @input=${this.typed} @change=${this.changed} /></span>
        <div class="ways">
          <button type="button" class="btn filters" aria-haspopup="dialog" aria-expanded="false" @click=${this.open}>${icon("filter", "m")}${this.t("narrow.filters")}${set.length ? html`<span class="n">${set.length}</span>` : nothing}</button>
          <lf-searches .app=${this.app} .view=${this.view} .query=${this.query} @choose-search=${(/** @type {CustomEvent<Query>} */ { detail }) => this.ask(detail)}></lf-searches>
          ${this.more}
        </div>
        ${this.sheet()}
      </search>
      ${set.length ? html`<ul class="chips" aria-label=${this.t("narrow.set")}>${set.map(([name, value]) => this.chip(name, value))}</ul>` : nothing}`;
  }

  sheet() {
    return html`<div class="menu sheet filters" popover="auto" role="dialog" aria-label=${this.t("narrow.filters")} @toggle=${this.toggled} @change=${this.changed}>
      <div class="form">
        <label>${this.t("narrow.account")}<span class="field"><input name="account" maxlength="200" autocomplete="off" .value=${this.query["account"] ?? ""} /></span></label>
        <div class="pair">${["from", "to"].map((name) => html`<label>${this.t(`narrow.${name}`)}<span class="field"><input type="date" name=${name} min="1970-01-01" max="2999-12-31" .value=${this.query[name] ?? ""} /></span></label>`)}</div>
        ${this.outcomes ? html`<div class="pair">${OUTCOMES.map((name) => this.outcome(name))}</div>` : nothing}
        <p class="deeds"><button type="button" class="btn" @click=${() => this.ask({})}>${this.t("narrow.clear")}</button></p>
      </div>
    </div>`;
  }

  /** @param {string} name */
  outcome(name) {
    const value = this.query[name] ?? "";
    const choice = (/** @type {string} */ each, /** @type {string} */ label) => html`<option value=${each} ?selected=${each === value}>${label}</option>`;
    return html`<label>${this.t(`narrow.${name}`)}<span class="field"><select name=${name} .value=${value}>${choice("", this.t("narrow.any"))}${choice("yes", this.t(`narrow.${name}-yes`))}${choice("no", this.t(`narrow.${name}-no`))}</select>${icon("down", "s")}</span></label>`;
  }

  /** @param {string} name @param {string} value */
  chip(name, value) {
    const text = words(this.of.i18n, name, value, this.person?.id === value ? this.person.name : "");
    return html`<li class="chip"><span class="cut">${text}</span><button type="button" class="ib" aria-label=${this.t("narrow.without", { what: text })} title=${this.t("narrow.without", { what: text })} @click=${() => this.drop(name)}>${icon("x", "s")}</button></li>`;
  }

  /** @param {AbortSignal} _signal */
  listen(_signal) {
    this.name();
  }

  get box() {
    return /** @type {HTMLElement} */ (this.querySelector(".menu.filters"));
  }

  get button() {
    return /** @type {HTMLElement} */ (this.querySelector(".btn.filters"));
  }

  open() {
    this.box.togglePopover();
    if (this.box.matches(":popover-open")) place(this.box, this.button, "end");
  }

  /** @param {ToggleEvent} event */
  toggled(event) {
    this.button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open") this.box.querySelector("input")?.focus();
  }

  typed() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.changed(), TYPING_PAUSE);
  }

  /** @param {string} name */
  drop(name) {
    this.ask({ ...this.query, [name]: "" });
    this.button.focus();
  }

  changed() {
    clearTimeout(this.typing);
    const inputs = /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */ (this.querySelectorAll(".words input, .filters :is(input, select)"));
    const valid = [...inputs].filter((input) => input.checkValidity());
    this.ask({ ...this.query, ...Object.fromEntries(valid.map(({ name, value }) => [name, value])) });
  }

  /** @param {Query} wanted */
  ask(wanted) {
    const query = cleaned(wanted);
    if (JSON.stringify(query) === JSON.stringify(this.query)) return;
    this.query = query;
    toAddress(query);
    this.name();
    this.dispatchEvent(new CustomEvent("search", { detail: query }));
  }

  /** Whoever is asked for by id is shown by name. */
  async name() {
    const { person } = this.query;
    if (!person || this.person?.id === person) return;
    const found = await this.of.api.get(`/api/v1/people/${encodeURIComponent(person)}`).catch(() => null);
    if (found) this.person = { id: person, name: found.name || found.addresses[0]?.address || "" };
  }
}
customElements.define("lf-list-search", LfListSearch);
