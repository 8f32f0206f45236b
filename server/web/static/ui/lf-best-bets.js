/**
 * The best bets: a rep's own people with a star or a flame, and what can be done about several of them at once.
 * @import { BestBet, FeedItem, WrittenTask } from "./api-types.js"
 * @import { Asked, Report } from "./best-bets.js"
 * @import { LfMenu } from "./lf-menu.js"
 */
import { BestBetStore } from "./best-bets.js";
import { betMenu } from "./bet-menu.js";
import { betRow, HEAD } from "./bet-row.js";
import { failure, notice, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import "./lf-campaign-sheet.js";
import "./lf-menu.js";
import "./lf-segments.js";
import { outcomes } from "./outcomes.js";
import { html, nothing, repeat } from "./vendor/lit.js";
import { visibleRows } from "./visible-rows.js";
import { isPlain, walk } from "./walk.js";

const GROUPS = ["", "leads", "contacts", "account-contacts", "opportunity-contacts"];
const NEAR_THE_END = 900;
const SKELETON_AFTER = 300;
const ROW = 36;

/** @param {BestBet} bet */
export const nameOfBet = ({ person }) => nameOf({ name: person.name, address: person.address ?? "" });

export class LfBestBets extends LfElement {
  static properties = { ...LfElement.properties, slow: { state: true }, problem: { state: true }, report: { state: true }, rows: { state: true } };

  constructor() {
    super();
    this.slow = false;
    this.problem = "";
    /** @type {{ key: string, report: Report } | null} what could not be done for all */
    this.report = null;
    /** @type {BestBetStore | null} */
    this.store = null;
    this.rows = { from: 0, to: 0 };
    this.height = ROW;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const store = (this.store ??= new BestBetStore(this.of));
    store.addEventListener("change", () => this.changed(), { signal });
    const view = this.ownerDocument.defaultView ?? window;
    view.addEventListener("scroll", () => this.scrolled(), { signal, passive: true });
    view.addEventListener("resize", () => this.scrolled(), { signal });
    this.ownerDocument.addEventListener("keydown", (event) => this.key(event), { signal });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
    this.of.stream.addEventListener("item", (event) => this.heard(/** @type {CustomEvent<FeedItem>} */ (event).detail), { signal });
    setTimeout(() => (this.slow = true), SKELETON_AFTER);
    store.load();
  }

  get bets() {
    if (!this.store) throw new Error("<lf-best-bets> without a store");
    return this.store;
  }

  render() {
    const { phase, error } = this.bets;
    return html`${this.bar()} ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      ${this.report ? outcomes(this.of, this.report, nameOfBet, () => (this.report = null)) : nothing}
      ${phase === "failed" ? failure(this.of, this.t("failure.best-bets"), error, () => this.bets.load()) : phase === "ready" ? this.list() : this.slow ? skeleton(this.of, 5) : nothing}
      ${this.bets.chosen.size ? this.bulk() : nothing}
      <lf-campaign-sheet .app=${this.app}></lf-campaign-sheet>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  bar() {
    const { asked, counts } = this.bets;
    const { hidden } = counts;
    const put = () => this.ask({ hidden: !asked.hidden, group: "" });
    return html`<div class="bar">
      ${asked.hidden ? html`<span class="soft lead cut">${this.t("best-bets.hidden-lede")}</span>` : html`<lf-segments .app=${this.app} .choices=${this.groups()} .chosen=${asked.group} label=${this.t("best-bets.groups")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.ask({ group: detail })}></lf-segments>`}
      <div class="tools">${hidden || asked.hidden ? html`<button type="button" class="btn plain" aria-pressed=${String(asked.hidden)} @click=${put}>${icon(asked.hidden ? "eye" : "eye-off", "m")}${asked.hidden ? this.t("best-bets.back") : this.t("best-bets.hidden", { count: hidden ?? 0 })}</button>` : nothing}</div>
    </div>`;
  }

  groups() {
    const { counts } = this.bets;
    const all = (counts["leads"] ?? 0) + (counts["contacts"] ?? 0);
    return GROUPS.map((value) => {
      const label = this.t(`best-bets.${value || "all"}`);
      return { value, label: "leads" in counts ? `${label} ${this.of.i18n.number(value ? (counts[value] ?? 0) : all)}` : label };
    });
  }

  list() {
    const { items, older, next } = this.bets;
    if (!items.length) return this.empty();
    return html`${this.table()}
      ${older === "failed" ? html`<p class="older">${this.t("feed.older-failed")} <button type="button" class="link" @click=${() => this.bets.more()}>${this.t("action.retry")}</button></p>` : older === "loading" && next !== null ? skeleton(this.of, 1) : nothing}`;
  }

  empty() {
    const { group, hidden } = this.bets.asked;
    if (hidden) return html`<div class="blank">${icon("eye-off")}<b>${this.t("best-bets.none-hidden")}</b></div>`;
    if (group) return html`<div class="blank">${icon("filter")}<b>${this.t("best-bets.none-in-group")}</b><button type="button" class="btn plain" @click=${() => this.ask({ group: "" })}>${this.t("empty.clear")}</button></div>`;
    return html`<div class="blank">${icon("star")}<b>${this.t("best-bets.none")}</b><p>${this.t("best-bets.none-text")}</p></div>`;
  }

  table() {
    const { items, asked, chosen, total } = this.bets;
    const all = chosen.size === items.length;
    const { from, to } = this.rows;
    const shown = items.slice(from, to);
    const acts = { menu: this.openMenu, pick: this.pick };
    return html`<table class="tbl fixed bets" aria-rowcount=${Math.max(total, items.length) + 1} aria-label=${this.t("nav.best-bets")}>
      <colgroup><col class="c-check" />${HEAD.map(({ name }) => html`<col class=${`c-${name}`} />`)}<col class="c-acts" /></colgroup>
      <thead><tr aria-rowindex="1">
        <th scope="col" class="c-check"><label class="hitbox"><input class="check" type="checkbox" .checked=${all} .indeterminate=${chosen.size > 0 && !all} aria-label=${this.t("best-bets.choose-all")} @change=${this.pickAll} /></label></th>
        ${HEAD.map((column) => this.head(column, asked))}
        <th scope="col" class="c-acts"><span class="vh">${this.t("best-bets.acts")}</span></th>
      </tr></thead>
      <tbody><tr class="gap" aria-hidden="true" ?hidden=${from === 0}><td></td></tr>
        ${repeat(shown, ({ person }) => person.id, (bet, index) => betRow(this.of, this.ownerDocument, bet, from + index, chosen.has(bet.person.id), acts))}
        <tr class="gap" aria-hidden="true" ?hidden=${to >= items.length}><td></td></tr></tbody>
    </table>`;
  }

  /** @param {(typeof HEAD)[number]} column @param {Asked} asked */
  head({ name, sort }, asked) {
    const label = this.t(`best-bets.column-${name}`);
    if (!sort) return html`<th scope="col" class=${`c-${name}`}>${label}</th>`;
    const on = asked.sort === sort;
    const way = sort === "name" ? "ascending" : "descending";
    return html`<th scope="col" class=${`c-${name}`} aria-sort=${on ? way : nothing}><button type="button" @click=${() => this.ask({ sort })}>${label}${on ? icon(sort === "name" ? "up" : "down", "s") : nothing}</button></th>`;
  }

  bulk() {
    const { chosen, asked, hideDays } = this.bets;
    const deed = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {() => void} */ run) =>
      html`<button type="button" class="btn plain" aria-label=${label} title=${label} @click=${run}>${icon(sign, "m")}<span class="label">${label}</span></button>`;
    return html`<div class="bulk" role="toolbar" aria-label=${this.t("best-bets.chosen-label")}>
      <b role="status">${this.t("best-bets.chosen", { count: chosen.size })}</b>
      ${deed("task", this.t("menu.new-task"), () => this.writeTasks())} ${deed("mail", this.t("best-bets.mail"), () => this.writeMails())}
      ${deed("watch", this.t("menu.watch"), () => this.watch(this.bets.selection))}
      ${deed("campaign", this.t("best-bets.campaign"), () => this.toCampaign())}
      ${asked.hidden ? deed("eye", this.t("best-bets.show"), () => this.hide(this.bets.selection, false)) : deed("eye-off", this.t("best-bets.hide", { count: hideDays }), () => this.hide(this.bets.selection, true))}
      <span class="vr"></span>
      <button type="button" class="ib" aria-label=${this.t("best-bets.choose-none")} title=${this.t("best-bets.choose-none")} @click=${() => this.bets.choose([])}>${icon("x")}</button>
    </div>`;
  }

  /** @param {Partial<Asked>} changes */
  ask(changes) {
    this.report = null;
    this.rows = { from: 0, to: 0 };
    this.bets.ask(changes);
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
    const out = [from, this.bets.items.length - to];
    // The document's policy forbids style attributes, not this.
    for (const [index, gap] of gaps.entries()) gap.style.height = `${(out[index] ?? 0) * this.height}px`;
    this.scrolled();
  }

  scrolled() {
    if (this.bets.phase !== "ready") return;
    this.measure();
    const box = this.ownerDocument.scrollingElement;
    if (box && box.clientHeight > 0 && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END) this.bets.more();
  }

  measure() {
    const top = this.querySelector("tbody")?.getBoundingClientRect().top ?? 0;
    const sight = this.ownerDocument.documentElement.clientHeight;
    const rows = visibleRows({ count: this.bets.items.length, height: this.height, above: -top, sight });
    if (rows.from !== this.rows.from || rows.to !== this.rows.to) this.rows = rows;
  }

  /** @param {FeedItem} item */
  heard({ moment, removed, who, at }) {
    const id = who.person?.id;
    if (moment && id && !removed) this.bets.tell(id, { type: moment.type, description: moment.description, at });
  }

  /** @param {BestBet} bet @param {Element} anchor */
  openMenu = (bet, anchor) => {
    const deeds = {
      watch: (/** @type {boolean} */ on) => this.watch([bet], on),
      hide: (/** @type {boolean} */ on) => this.hide([bet], on),
    };
    this.menu.open(anchor, betMenu(this.of, this.ownerDocument, bet, this.bets.hideDays, deeds));
  };

  /** @param {BestBet} bet @param {boolean} on */
  pick = (bet, on) => this.bets.pick(bet.person.id, on);

  /** @param {Event} event */
  pickAll(event) {
    const on = /** @type {HTMLInputElement} */ (event.target).checked;
    this.bets.choose(on ? this.bets.items.map(({ person }) => person.id) : []);
  }

  /** @param {BestBet[]} bets @param {boolean} [on] */
  async watch(bets, on = true) {
    const known = bets.filter(({ watched }) => watched === on);
    await this.does(on ? "watch" : "unwatch", bets, () => (on ? this.bets.watch(bets) : this.bets.unwatch(bets)), (report) => {
      const changed = report.done.filter((bet) => !known.includes(bet));
      return changed.length ? () => this.watch(changed, !on) : null;
    });
  }

  /** @param {BestBet[]} bets @param {boolean} hidden */
  async hide(bets, hidden) {
    await this.does(hidden ? "hide" : "show", bets, () => this.bets.hide(bets, hidden), (/** @type {Report & { undo?: () => Promise<void> }} */ { undo }) => (undo ? () => void undo() : null));
  }

  writeTasks() {
    const bets = this.bets.selection;
    const save = (/** @type {WrittenTask} */ task) => this.does("task", bets, () => this.bets.addTasks(bets, task));
    this.of.writeTask(this.ownerDocument, { several: { count: bets.length, save }, written: { type: "call" } });
  }

  writeMails() {
    this.of.compose(this.ownerDocument, { people: this.bets.selection.map(({ person }) => person) });
  }

  toCampaign() {
    const bets = this.bets.selection;
    this.of.chooseCampaign(this.ownerDocument, { count: bets.length, add: (id) => this.does("campaign", bets, () => this.bets.addToCampaign(bets, id)) });
  }

  /**
   * Says what came of it: a toast for those it was done for, a notice that stays for the others.
   * @param {string} key @param {readonly BestBet[]} bets @param {() => Promise<Report>} deed @param {(report: Report) => (() => void) | null} [undoing]
   */
  async does(key, bets, deed, undoing = () => null) {
    this.problem = "";
    this.report = null;
    try {
      const report = await deed();
      if (report.failed.length) this.report = { key, report };
      const [only] = report.done;
      const words = { count: report.done.length, name: only && bets.length === 1 ? nameOfBet(only) : "", days: this.bets.hideDays };
      if (only) this.of.toast({ text: this.t(bets.length === 1 ? `best-bets.done-${key}-one` : `best-bets.done-${key}`, words), undo: undoing(report) });
    } catch (error) {
      this.problem = this.t(`failure.best-bets-${key}`);
    }
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector("lf-menu"));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!isPlain(event) || this.menu?.isOpen || !this.isConnected) return;
    walk(event, [...this.querySelectorAll("tbody tr:not(.gap)")].map((row) => /** @type {HTMLElement} */ (row)));
  }
}
customElements.define("lf-best-bets", LfBestBets);
