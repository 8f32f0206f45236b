/**
 * The people worth calling now: a rep's own, by score, with what it rose by. Looked at again when looked at, and each minute.
 * @import { Target, TargetPage } from "./api-types.js"
 * @import { LfMenu, Menu } from "./lf-menu.js"
 */
import { failure, noMatch, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { fullTime, nameOf, timeAgo } from "./format.js";
import "./lf-find.js";
import "./lf-menu.js";
import { personLink } from "./person-link.js";
import { ranks } from "./ranks.js";
import { entryOf, waysTo, wayButton } from "./reach.js";
import { html, nothing, repeat } from "./vendor/lit.js";
import { isPlain, walk } from "./walk.js";
import { holder } from "./wanted.js";

const SKELETON_AFTER = 300;
const LOOK_EVERY = 60_000;

export class LfTargets extends LfElement {
  static properties = { ...LfElement.properties, layout: {}, page: { state: true }, error: { state: true }, slow: { state: true }, words: { state: true } };

  constructor() {
    super();
    /** "window": scrolls inside itself; "page": with the page. */
    this.layout = "window";
    /** @type {TargetPage | null} */
    this.page = null;
    /** @type {unknown} */
    this.error = null;
    this.slow = false;
    this.lookedAt = 0;
    /** What is searched for. */
    this.words = "";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const page = this.ownerDocument;
    page.addEventListener("visibilitychange", () => this.look(0), { signal });
    page.addEventListener("keydown", (event) => this.key(event), { signal });
    this.of.addEventListener("tick", () => this.look(LOOK_EVERY), { signal });
    setTimeout(() => (this.slow = true), SKELETON_AFTER);
    this.load();
  }

  render() {
    const { page, error } = this;
    const known = page && !error ? page : null;
    return html`<div class="bar">
        <span class="soft lead cut">${known?.items.length ? this.t("targets.count", { count: known.items.length }) : this.t("targets.lede")}</span>
        <div class="tools"><a class="ib" href=${this.of.places.scores} target=${this.layout === "window" ? "_blank" : "_self"} rel="noopener" aria-label=${this.t("targets.help")} title=${this.t("targets.help")}>${icon("help")}</a></div>
      </div>
      ${this.layout === "window" ? html`<lf-find .app=${this.app} about="targets" @find=${this.find}></lf-find>` : nothing}
      <div class=${this.layout === "window" ? "scroll" : "flow"} tabindex=${this.layout === "window" ? "0" : nothing} role="region" aria-label=${this.t("tab.targets")}>
        ${error ? failure(this.of, this.t("failure.targets"), error, () => this.load(), "failure.targets-safe") : known ? this.list(known) : this.slow ? skeleton(this.of, 3) : nothing}
      </div>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  /** @param {TargetPage} page */
  list({ items, connected }) {
    if (!items.length) return this.empty(connected);
    const holds = holder(this.words);
    const found = items.filter(({ person, moment }) => holds([person.name, person.address, person.title, person.account, moment?.description]));
    if (!found.length) return noMatch(this.of, "search", () => this.clear());
    return html`<ol class="feed">${repeat(found, ({ person }) => person.id, (target) => this.row(target))}</ol>
      ${connected ? nothing : html`<p class="hidden-note">${icon("info", "m")}<span>${this.t("targets.by-hand")}</span></p>`}`;
  }

  /** @param {Target} target */
  row(target) {
    const { person, score, rise, rose_at, moment } = target;
    const { i18n, now } = this.of;
    const name = nameOf({ name: person.name, address: person.address ?? "" });
    const open = (/** @type {Event} */ event) => this.menu.open(/** @type {Element} */ (event.currentTarget), this.menuOf(target));
    return html`<li class="line">
      <div class="target" tabindex="0" data-id=${person.id} @keydown=${this.rowKey}>
        <div>
          <p class="score">${score}</p>
          ${rise ? html`<p class="rise"><span class="vh">${this.t("targets.up")} </span>${icon("rise", "s")}${rise}</p>` : nothing}
        </div>
        <div>
          <p class="who">${personLink(this, person.id, name, person.address ?? "")}${person.account ? html`<span class="acct">${person.account}</span>` : nothing}</p>
          <p class="what"><span class="cut">${moment?.description ?? (rose_at ? html`<time datetime=${rose_at} title=${fullTime(i18n, rose_at)}>${this.t("targets.rose", { time: timeAgo(i18n, rose_at, now()) })}</time>` : (person.title ?? ""))}</span></p>
        </div>
        <div class="acts">
          ${ranks(i18n, target)}
          ${waysTo(this.of, person, person.account).filter(({ kind }) => kind !== "linkedin").map((way) => wayButton(this.of, this.ownerDocument, way, name, "way"))}
          <button type="button" class="ib" aria-haspopup="menu" aria-expanded="false" aria-label=${this.t("menu.of", { who: name })} @click=${open}>${icon("down")}</button>
        </div>
      </div>
    </li>`;
  }

  /** @param {boolean} connected */
  empty(connected) {
    return html`<div class="blank">
      ${icon("target")}<b>${this.t(connected ? "targets.none" : "targets.unconnected")}</b>
      <p>${this.t(connected ? "targets.none-text" : "targets.unconnected-text")}</p>
      ${connected ? nothing : html`<a class="btn" href=${this.of.places.scores} target=${this.layout === "window" ? "_blank" : "_self"} rel="noopener">${this.t("targets.how")}</a>`}
    </div>`;
  }

  /** @param {Target} target @returns {Menu} */
  menuOf({ person }) {
    const page = this.ownerDocument;
    return {
      title: nameOf({ name: person.name, address: person.address ?? "" }),
      line: person.name ? (person.address ?? "") : "",
      groups: [
        waysTo(this.of, person, person.account).map((way) => entryOf(this.of, page, way)),
        [{ icon: "task", label: this.t("menu.new-task"), run: () => this.of.writeTask(page, { person, written: { type: "call" } }) }],
        [{ icon: "user", label: this.t("menu.person"), href: this.of.places.person(person.id), away: this.layout === "window" }],
      ],
    };
  }

  /** @param {CustomEvent<import("./feed-state.js").Filter["wanted"]>} event */
  find({ detail }) {
    this.words = detail?.query["q"] ?? "";
  }

  clear() {
    this.words = "";
    this.dispatchEvent(new Event("cleared"));
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector("lf-menu"));
  }

  async load() {
    this.lookedAt = performance.now();
    this.error = null;
    try {
      this.page = await this.of.api.targets();
    } catch (error) {
      this.error = error;
    }
  }

  /** Quietly: what is on screen stays when it fails. @param {number} atMostEvery in milliseconds */
  async look(atMostEvery) {
    this.requestUpdate();
    const since = performance.now() - this.lookedAt;
    if (this.error || this.ownerDocument.visibilityState !== "visible" || since < atMostEvery) return;
    this.lookedAt = performance.now();
    this.page = await this.of.api.targets().catch(() => this.page);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!isPlain(event) || this.menu?.isOpen || !this.isConnected || !this.checkVisibility()) return;
    walk(event, [...this.querySelectorAll(".target")].map((row) => /** @type {HTMLElement} */ (row)));
  }

  /** @param {KeyboardEvent} event */
  rowKey(event) {
    const row = /** @type {HTMLElement} */ (event.currentTarget);
    if (event.target !== row || (event.key !== "." && event.key !== "Enter")) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (row.querySelector(".acts button")).click();
  }
}
customElements.define("lf-targets", LfTargets);
