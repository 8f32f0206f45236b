/**
 * Everybody the workspace knows: searched, filtered, and what can be done about each. Only the rows in sight are drawn.
 * @import { Person } from "./api-types.js"
 * @import { LfMenu, Menu } from "./lf-menu.js"
 * @import { Asked, Name } from "./people-store.js"
 */
import { failure, notice, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import "./lf-add-person.js";
import "./lf-menu.js";
import "./lf-searches.js";
import "./lf-segments.js";
import { contactOf, personMenu } from "./person-menu.js";
import { NAMES, PeopleStore, askedOf, queryOf } from "./people-store.js";
import { ranks } from "./ranks.js";
import { waysTo, wayButton } from "./reach.js";
import { html, nothing, repeat } from "./vendor/lit.js";
import { visibleRows } from "./visible-rows.js";
import { isPlain, walk } from "./walk.js";

const ASK_AFTER = 200;
const COLUMNS = ["person", "account", "owner", "ranks", "score", "consent"];
const CONSENTS = ["unknown", "granted", "denied", "withdrawn"];
const ENGAGED = ["1", "7", "30", "90"];
const MOST_COUNTED = 20_000;
const NEAR_THE_END = 900;
const ROW = 36;
const SKELETON_AFTER = 300;
const WHOSE = ["", "mine", "watched"];

export class LfPeople extends LfElement {
  static properties = { ...LfElement.properties, slow: { state: true }, problem: { state: true }, rows: { state: true }, accounts: { state: true } };

  constructor() {
    super();
    this.slow = false;
    this.problem = "";
    this.rows = { from: 0, to: 0 };
    this.height = ROW;
    /** @type {string[]} */
    this.accounts = [];
    /** @type {PeopleStore | null} */
    this.store = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.asking = undefined;
  }

  get list() {
    if (!this.store) throw new Error("<lf-people> without a store");
    return this.store;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const store = (this.store ??= new PeopleStore(this.of, askedOf(new URLSearchParams(location.search))));
    store.addEventListener("change", () => this.changed(), { signal });
    window.addEventListener("scroll", () => this.scrolled(), { signal, passive: true });
    window.addEventListener("resize", () => this.scrolled(), { signal });
    window.addEventListener("popstate", () => this.list.ask(askedOf(new URLSearchParams(location.search))), { signal });
    this.ownerDocument.addEventListener("keydown", (event) => this.key(event), { signal });
    setTimeout(() => (this.slow = true), SKELETON_AFTER);
    store.load();
  }

  render() {
    const { phase, error } = this.list;
    return html`${this.bar()} ${this.filters()} ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      <p class="count soft" role="status">${phase === "ready" ? this.counted() : nothing}</p>
      ${phase === "failed" ? failure(this.of, this.t("failure.people"), error, () => this.list.load()) : phase === "ready" ? this.found() : this.slow ? skeleton(this.of, 5) : nothing}
      <lf-add-person .app=${this.app}></lf-add-person>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  counted() {
    const { count } = this.list;
    return this.t(count >= MOST_COUNTED ? "people.count-many" : "people.count", { count });
  }

  bar() {
    const { asked } = this.list;
    const whose = WHOSE.map((value) => ({ value, label: this.t(`people.whose-${value || "all"}`) }));
    const table = `/api/v1/people/export?${new URLSearchParams(queryOf(asked, this.of.now()))}`;
    return html`<div class="tools-row">
      <lf-segments .app=${this.app} .choices=${whose} .chosen=${asked.whose ?? ""} label=${this.t("people.whose")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.ask("whose", detail)}></lf-segments>
      <label class="field search">${icon("search", "m")}<input type="search" aria-label=${this.t("people.search")} placeholder=${this.t("people.search")} .value=${asked.q ?? ""} @input=${(/** @type {Event} */ event) => this.askSoon("q", event)} /></label>
      <div class="end">
        <lf-searches .app=${this.app} view="people" .query=${asked} @choose-search=${(/** @type {CustomEvent<Record<string, string>>} */ { detail }) => this.askFor(askedOf(detail))}></lf-searches>
        <button type="button" class="btn" @click=${() => this.add.open()}>${icon("user-plus", "m")}${this.t("people.add")}</button>
        <a class="btn" href="/people/import">${this.t("people.import")}</a>
        <a class="btn" href=${table} download="people.csv">${icon("download", "m")}${this.t("people.export")}</a>
      </div>
    </div>`;
  }

  filters() {
    const { asked } = this.list;
    return html`<div class="tools-row filters" role="group" aria-label=${this.t("people.filters")}>
      <label class="field slim"><span class="soft">${this.t("people.account")}</span><input name="account" list="lf-accounts" maxlength="300" autocomplete="off" .value=${asked.account ?? ""} @input=${this.typedAccount} /></label>
      <datalist id="lf-accounts">${this.accounts.map((name) => html`<option value=${name}></option>`)}</datalist>
      <label class="field slim score"><span class="soft">${this.t("people.score")}</span><input name="score" type="number" step="1" inputmode="numeric" .value=${asked.score ?? ""} @input=${(/** @type {Event} */ event) => this.askSoon("score", event)} /></label>
      ${this.choice("consent", CONSENTS, (value) => this.t(`people.consent-${value}`))}
      ${this.choice("engaged", ENGAGED, (value) => this.t("people.engaged-days", { count: Number(value) }))}
      ${NAMES.some((name) => asked[name]) ? html`<button type="button" class="link" @click=${() => this.askFor({})}>${this.t("people.clear")}</button>` : nothing}
    </div>`;
  }

  /** @param {"consent" | "engaged"} name @param {string[]} values @param {(value: string) => string} word */
  choice(name, values, word) {
    const chosen = this.list.asked[name] ?? "";
    return html`<span class="field slim"
      ><select aria-label=${this.t(`people.${name}`)} @change=${(/** @type {Event} */ event) => this.ask(name, /** @type {HTMLSelectElement} */ (event.target).value)}>
        <option value="" ?selected=${!chosen}>${this.t(`people.${name}-any`)}</option>
        ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${word(value)}</option>`)}</select
      >${icon("down", "s")}</span
    >`;
  }

  found() {
    const { items, older, next } = this.list;
    if (!items.length) return this.nobody();
    return html`${this.table()}
      ${older === "failed" ? html`<p class="older">${this.t("feed.older-failed")} <button type="button" class="link" @click=${() => this.list.again()}>${this.t("action.retry")}</button></p>` : older === "loading" && next !== null ? skeleton(this.of, 1) : nothing}`;
  }

  nobody() {
    const filtered = NAMES.some((name) => this.list.asked[name]);
    if (filtered) return html`<div class="blank">${icon("filter")}<b>${this.t("people.no-match")}</b><button type="button" class="btn plain" @click=${() => this.askFor({})}>${this.t("people.clear")}</button></div>`;
    return html`<div class="blank">${icon("users")}<b>${this.t("people.none")}</b><p>${this.t("people.none-text")}</p><a class="btn" href="/people/import">${this.t("people.import")}</a></div>`;
  }

  table() {
    const { items, count } = this.list;
    const { from, to } = this.rows;
    return html`<table class="tbl fixed people" aria-rowcount=${Math.max(count, items.length) + 1} aria-label=${this.t("people.title")}>
      <colgroup>${COLUMNS.map((name) => html`<col class=${`c-${name}`} />`)}<col class="c-acts" /></colgroup>
      <thead><tr aria-rowindex="1">
        ${COLUMNS.map((name) => html`<th scope="col" class=${`c-${name}`}>${this.t(`people.column-${name}`)}</th>`)}
        <th scope="col" class="c-acts"><span class="vh">${this.t("people.column-acts")}</span></th>
      </tr></thead>
      <tbody><tr class="gap" aria-hidden="true" ?hidden=${from === 0}><td></td></tr>
        ${repeat(items.slice(from, to), ({ id }) => id, (person, index) => this.row(person, from + index))}
        <tr class="gap" aria-hidden="true" ?hidden=${to >= items.length}><td></td></tr></tbody>
    </table>`;
  }

  /** @param {Person} person @param {number} index in the whole list */
  row(person, index) {
    const { i18n, places, viewer } = this.of;
    const who = contactOf(person);
    const name = nameOf(who) || this.t("people.nameless");
    const call = waysTo(this.of, who, person.account).find(({ kind }) => kind === "call");
    const open = (/** @type {Event} */ event) => this.openMenu(person, /** @type {Element} */ (event.currentTarget));
    return html`<tr tabindex="0" aria-rowindex=${index + 2} data-id=${person.id} @keydown=${this.rowKey}>
      <td class="cut c-person" title=${who.address ?? ""}><a href=${places.person(person.id)} tabindex="-1"><b lang=${this.hanOf(name)}>${name}</b></a>${person.title ? html` <span class="muted" lang=${this.hanOf(person.title)}>${person.title}</span>` : nothing}${person.watched ? html` <span class="sign" role="img" aria-label=${this.t("badge.watched")} title=${this.t("badge.watched")}>${icon("watch", "s")}</span>` : nothing}</td>
      <td class="cut c-account">${person.account ?? ""}</td>
      <td class="cut soft c-owner">${person.owner ? (person.owner.id === viewer ? this.t("person.you") : person.owner.name) : ""}</td>
      <td class="c-ranks">${ranks(i18n, person)}</td>
      <td class="c-score">${person.score ?? ""}</td>
      <td class="cut soft c-consent">${person.consent === "unknown" ? "" : this.t(`consent.${person.consent}`)}</td>
      <td class="c-acts"><span class="acts">${call ? wayButton(this.of, this.ownerDocument, call, name, "way") : nothing}<button type="button" class="ib arrow" aria-haspopup="menu" aria-expanded="false" aria-label=${this.t("menu.of", { who: name })} @click=${open}>${icon("down")}</button></span></td>
    </tr>`;
  }

  /** @param {string} text */
  hanOf(text) {
    return /\p{Script=Han}/u.test(text) && this.of.i18n.locale !== "zh-TW" ? "zh-Hant" : nothing;
  }

  /** @param {Name} name @param {string} value */
  ask(name, value) {
    const { [name]: _former, ...rest } = this.list.asked;
    this.askFor(value ? { ...rest, [name]: value } : rest);
  }

  /** @param {Asked} asked */
  askFor(asked) {
    clearTimeout(this.asking);
    const address = new URLSearchParams(askedOf(asked)).toString();
    history.replaceState(null, "", address ? `?${address}` : location.pathname);
    this.rows = { from: 0, to: 0 };
    this.ownerDocument.scrollingElement?.scrollTo({ top: 0 });
    this.list.ask(askedOf(asked));
    this.requestUpdate();
  }

  /** While somebody types, once they pause. @param {Name} name @param {Event} event */
  askSoon(name, event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    clearTimeout(this.asking);
    this.asking = setTimeout(() => input.validity.valid && this.ask(name, input.value.trim()), ASK_AFTER);
  }

  /** @param {Event} event */
  async typedAccount(event) {
    this.askSoon("account", event);
    const query = /** @type {HTMLInputElement} */ (event.target).value.trim();
    const found = await this.of.api.get("/api/v1/people/accounts", { query }).catch(() => null);
    if (found) this.accounts = found.items;
  }

  /** @param {Person} person @param {Element} anchor */
  openMenu(person, anchor) {
    this.menu.open(anchor, personMenu(this.of, this.ownerDocument, person, { watch: (on) => this.watch(person, on) }));
  }

  /** @param {Person} person @param {boolean} on */
  async watch(person, on) {
    this.list.tell(person.id, { watched: on });
    try {
      await this.of.following.watch(person.id, on);
      this.of.toast({ text: this.t(on ? "toast.watched" : "toast.unwatched", { name: nameOf(contactOf(person)) }), undo: () => this.watch(person, !on) });
    } catch {
      this.list.tell(person.id, { watched: !on });
      this.problem = this.t(on ? "failure.watch" : "failure.unwatch");
    }
  }

  get add() {
    return /** @type {import("./lf-add-person.js").LfAddPerson} */ (this.querySelector("lf-add-person"));
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector("lf-menu"));
  }

  changed() {
    this.measure();
    this.requestUpdate();
  }

  updated() {
    const gaps = [...this.querySelectorAll(".gap")].map((gap) => /** @type {HTMLElement} */ (gap));
    const row = /** @type {HTMLElement | null} */ (this.querySelector("tbody tr:not(.gap)"));
    if (row) this.height = row.offsetHeight || ROW;
    const { from, to } = this.rows;
    const out = [from, this.list.items.length - to];
    // The document's policy forbids style attributes, not this.
    for (const [index, gap] of gaps.entries()) gap.style.height = `${(out[index] ?? 0) * this.height}px`;
    this.scrolled();
  }

  scrolled() {
    if (this.list.phase !== "ready") return;
    this.measure();
    const box = this.ownerDocument.scrollingElement;
    if (box && box.clientHeight > 0 && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END) this.list.more();
  }

  measure() {
    const top = this.querySelector("tbody")?.getBoundingClientRect().top ?? 0;
    const sight = this.ownerDocument.documentElement.clientHeight;
    const rows = visibleRows({ count: this.list.items.length, height: this.height, above: -top, sight });
    if (rows.from !== this.rows.from || rows.to !== this.rows.to) this.rows = rows;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!isPlain(event) || this.menu?.isOpen || !this.isConnected) return;
    if (event.key === "/") {
      event.preventDefault();
      /** @type {HTMLElement} */ (this.querySelector("input[type=search]")).focus();
    } else walk(event, [...this.querySelectorAll("tbody tr:not(.gap)")].map((row) => /** @type {HTMLElement} */ (row)));
  }

  /** Enter opens the person, "." the menu. @param {KeyboardEvent} event */
  rowKey(event) {
    const row = /** @type {HTMLElement} */ (event.currentTarget);
    if (event.target !== row || (event.key !== "." && event.key !== "Enter")) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (row.querySelector(event.key === "." ? ".arrow" : ".c-person a")).click();
  }
}
customElements.define("lf-people", LfPeople);
