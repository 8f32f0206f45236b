/**
 * The searches saved for a view: choose one, save what is on screen, rename, delete.
 * @import { SavedSearch, SearchView } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { place } from "./popover.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const LONGEST_NAME = 80;

/** @typedef {Record<string, string>} Query a view's filter, as the parameters of its address; what is not set is left out */

/** Event "choose-search" (detail: the query of the one chosen). */
export class LfSearches extends LfElement {
  static properties = {
    ...LfElement.properties,
    view: {},
    query: { attribute: false },
    saved: { state: true },
    renamed: { state: true },
    name: { state: true },
    wrong: { state: true },
  };

  constructor() {
    super();
    /** @type {SearchView} */
    this.view = "messages";
    /** @type {Query} what is on screen */
    this.query = {};
    /** @type {SavedSearch[] | null} null until they are known */
    this.saved = null;
    /** @type {string} the id of the one that gets another name */
    this.renamed = "";
    this.name = "";
    this.wrong = "";
  }

  render() {
    const current = this.current;
    return html`<button type="button" class="btn" aria-haspopup="dialog" aria-expanded="false" @click=${this.open}>
        ${icon("search", "m")}<span class="cut">${current?.name ?? this.t("searches.open")}</span>${icon("down", "s")}
      </button>
      <div class="menu sheet searches" popover="auto" role="dialog" aria-label=${this.t("searches.open")} @toggle=${this.toggled}>
        ${this.wrong ? html`<p class="wrong" role="alert">${icon("alert", "m")}<span>${this.wrong}</span></p>` : nothing}
        ${this.saved?.length ? html`<ul>${repeat(this.saved, ({ id }) => id, (one) => (one.id === this.renamed ? this.rename(one) : this.line(one, one === current)))}</ul>` : nothing}
        ${this.saved?.length === 0 && !this.asked ? html`<p class="muted">${this.t("searches.none")}</p>` : nothing}
        ${this.asked && !current ? this.form() : nothing}
      </div>`;
  }

  /** @param {SavedSearch} one @param {boolean} current */
  line(one, current) {
    return html`<li>
      <button type="button" class="pick" aria-pressed=${current} @click=${() => this.choose(one)}>${icon(current ? "check" : "search")}<span class="cut">${one.name}</span></button>
      <button type="button" class="ib" aria-label=${this.t("searches.rename", { name: one.name })} title=${this.t("searches.rename", { name: one.name })} @click=${() => this.startRenaming(one)}>${icon("pencil", "m")}</button>
      <button type="button" class="ib" aria-label=${this.t("searches.delete", { name: one.name })} title=${this.t("searches.delete", { name: one.name })} @click=${() => this.forget(one)}>${icon("trash", "m")}</button>
    </li>`;
  }

  /** @param {SavedSearch} one */
  rename(one) {
    return html`<li><form class="naming" @submit=${(/** @type {SubmitEvent} */ event) => this.saveName(event, one)} @keydown=${this.keyInName}>
      <span class="field"><input name="name" maxlength=${LONGEST_NAME} autocomplete="off" required aria-label=${this.t("searches.new-name", { name: one.name })} .value=${one.name} /></span>
      <button class="btn">${this.t("action.save")}</button>
    </form></li>`;
  }

  form() {
    const replaced = this.saved?.some(({ name }) => name === this.name.trim());
    return html`<form class="naming" @submit=${this.save}>
      <span class="field"><input name="name" maxlength=${LONGEST_NAME} autocomplete="off" required aria-label=${this.t("searches.name")} placeholder=${this.t("searches.name")} .value=${this.name} @input=${this.named} /></span>
      <button class="btn primary">${this.t(replaced ? "searches.replace" : "action.save")}</button>
    </form>`;
  }

  /** Whether there is something to save. */
  get asked() {
    return Object.keys(this.query).length > 0;
  }

  get current() {
    const asked = fingerprint(this.query);
    return this.asked ? this.saved?.find((one) => fingerprint(one.query) === asked) : undefined;
  }

  get sheet() {
    return /** @type {HTMLElement} */ (this.querySelector("[popover]"));
  }

  get button() {
    return /** @type {HTMLElement} */ (this.querySelector("button"));
  }

  /** @param {AbortSignal} _signal */
  listen(_signal) {
    this.load();
  }

  async load() {
    try {
      const { items } = await this.of.api.get("/api/v1/searches", { view: this.view });
      this.saved = items;
      this.wrong = "";
    } catch {
      this.wrong = this.t("failure.searches");
    }
  }

  async open() {
    this.sheet.togglePopover();
    if (!this.sheet.matches(":popover-open")) return;
    if (this.saved === null) await this.load();
    place(this.sheet, this.button, "end");
    (this.sheet.querySelector("input") ?? this.sheet.querySelector("button"))?.focus();
  }

  /** @param {ToggleEvent} event */
  toggled(event) {
    this.button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "closed") this.renamed = this.name = this.wrong = "";
  }

  /** @param {Event} event */
  named(event) {
    this.name = /** @type {HTMLInputElement} */ (event.target).value;
  }

  /** @param {SavedSearch} one */
  choose(one) {
    this.sheet.hidePopover();
    this.button.focus();
    this.dispatchEvent(new CustomEvent("choose-search", { detail: { ...one.query } }));
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const name = this.name.trim();
    const former = this.saved?.find((one) => one.name === name);
    const kept = await this.change(() =>
      former
        ? this.of.api.request("PATCH", pathOf(former), { query: this.query })
        : this.of.api.request("POST", "/api/v1/searches", { view: this.view, name, query: this.query }),
    );
    if (!kept) return;
    this.sheet.hidePopover();
    this.button.focus();
    this.of.toast({ text: this.t("searches.saved") });
  }

  /** @param {SavedSearch} one */
  async startRenaming(one) {
    this.renamed = one.id;
    await this.updateComplete;
    /** @type {HTMLInputElement | null} */ (this.querySelector("li input"))?.select();
  }

  /** @param {SubmitEvent} event @param {SavedSearch} one */
  async saveName(event, one) {
    event.preventDefault();
    const name = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name")).trim();
    if (await this.change(() => this.of.api.request("PATCH", pathOf(one), { name }))) this.renamed = "";
  }

  /** Esc leaves the name, not the list. @param {KeyboardEvent} event */
  keyInName(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.renamed = "";
  }

  /** Gone from the screen at once. @param {SavedSearch} one */
  async forget(one) {
    const before = this.saved;
    this.saved = (before ?? []).filter(({ id }) => id !== one.id);
    try {
      await this.of.api.request("DELETE", pathOf(one));
      this.of.toast({ text: this.t("searches.deleted", { name: one.name }), undo: () => this.change(() => this.of.api.request("POST", "/api/v1/searches", { view: one.view, name: one.name, query: one.query })) });
    } catch {
      this.saved = before;
      this.wrong = this.t("failure.search-delete");
    }
  }

  /** @param {() => Promise<unknown>} send @returns {Promise<boolean>} whether it is kept now */
  async change(send) {
    try {
      await send();
    } catch (error) {
      this.wrong = this.t(error instanceof ApiError && error.status === 409 ? "searches.taken" : "failure.search");
      return false;
    }
    await this.load();
    return true;
  }
}

/** @param {SavedSearch} one */
function pathOf({ id }) {
  return `/api/v1/searches/${encodeURIComponent(id)}`;
}

/** @param {Query} query */
function fingerprint(query) {
  return JSON.stringify(Object.entries(query).sort());
}
customElements.define("lf-searches", LfSearches);
