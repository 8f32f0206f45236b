/**
 * Messages sent, newest first, with what came of each: searched, archived several at once, taken away as a table. Live.
 * @import { FeedItem, MessagePage, MessageSummary } from "./api-types.js"
 * @import { Query } from "./wanted.js"
 */
import { failure, notice } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import * as say from "./format.js";
import "./lf-list-search.js";
import { html, nothing, repeat } from "./vendor/lit.js";
import { fromAddress, toAddress } from "./wanted.js";

const PAGE = 50;
const NEAR_THE_END = 600;
const RELOAD_AFTER = 500;
const MOST_AT_ONCE = 200;
const COLUMNS = ["subject", "to", "sent", "views", "clicks", "replies"];
const NUMBERS = new Set(["views", "clicks", "replies"]);

export class LfMessages extends LfElement {
  static properties = {
    ...LfElement.properties,
    first: { attribute: false },
    query: { state: true },
    messages: { state: true },
    chosen: { state: true },
    phase: { state: true },
    problem: { state: true },
    error: { state: true },
  };

  constructor() {
    super();
    /** @type {MessagePage | null} the first page of all, when it came with the document */
    this.first = null;
    /** @type {Query} */
    this.query = fromAddress();
    /** @type {MessageSummary[]} */
    this.messages = [];
    /** @type {ReadonlySet<string>} ids */
    this.chosen = new Set();
    /** @type {string | null} */
    this.next = null;
    /** @type {"loading" | "ready" | "older" | "failed"} */
    this.phase = "loading";
    this.problem = "";
    /** @type {unknown} */
    this.error = null;
    this.turn = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.reloading = undefined;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { stream } = this.of;
    stream.addEventListener("item", (event) => this.heard(/** @type {CustomEvent<FeedItem>} */ (event).detail), { signal });
    window.addEventListener("scroll", () => this.more(), { signal, passive: true });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
    this.load();
  }

  render() {
    return html`<lf-list-search .app=${this.app} view="messages" outcomes .query=${this.query} .more=${this.table()} @search=${this.search}></lf-list-search>
      ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing} ${this.list()} ${this.chosen.size ? this.bulk() : nothing}`;
  }

  table() {
    const asked = new URLSearchParams(this.query).toString();
    return html`<a class="btn" download href=${`${this.of.api.base}/api/v1/messages/export${asked ? `?${asked}` : ""}`}>${icon("download", "m")}<span class="label">${this.t("messages.export")}</span></a>`;
  }

  list() {
    if (this.phase === "failed") return failure(this.of, this.t("failure.messages"), this.error, () => this.load());
    if (this.phase === "loading" && !this.messages.length) return html`<p class="vh" role="status">${this.t("loading")}</p>`;
    if (!this.messages.length) return this.empty();
    const all = this.chosen.size === this.messages.length;
    return html`<table class="tbl fixed messages" aria-label=${this.t("messages.label")} aria-busy=${String(this.phase === "loading")}>
      <thead><tr>
        <th scope="col" class="c-check"><label class="hitbox"><input class="check" type="checkbox" .checked=${all} .indeterminate=${this.chosen.size > 0 && !all} aria-label=${this.t("messages.choose-all")} @change=${this.pickAll} /></label></th>
        ${COLUMNS.map((column) => html`<th scope="col" class=${`c-${column} ${NUMBERS.has(column) ? "r" : ""}`}>${this.t(`column.${column}`)}</th>`)}
      </tr></thead>
      <tbody>${repeat(this.messages, ({ id }) => id, (message) => this.row(message))}</tbody>
    </table>`;
  }

  empty() {
    if (!Object.keys(this.query).length) return html`<div class="blank">${icon("mails")}<b>${this.t("messages.none")}</b><p>${this.t("empty.text")}</p></div>`;
    return html`<div class="blank" role="status">${icon("filter")}<b>${this.t("messages.none-found")}</b><button type="button" class="btn plain" @click=${this.clear}>${this.t("empty.clear")}</button></div>`;
  }

  /** @param {MessageSummary} message */
  row(message) {
    const { i18n, now, places } = this.of;
    const to = message.recipients.map((each) => say.nameOf(each)).join(this.t("list.comma"));
    const subject = message.subject || this.t("message.no-subject");
    const chosen = this.chosen.has(message.id);
    const count = (/** @type {number} */ number) => (message.tracked ? html`<span class=${number ? "" : "muted"}>${number}</span>` : html`<span class="muted">–</span>`);
    return html`<tr class=${chosen ? "sel" : ""}>
      <td class="c-check"><label class="hitbox"><input class="check" type="checkbox" .checked=${chosen} aria-label=${this.t("messages.choose", { subject })} @change=${(/** @type {Event} */ event) => this.pick(message.id, /** @type {HTMLInputElement} */ (event.target).checked)} /></label></td>
      <td class="c-subject"><div class="subject"><a class="cut" href=${places.message(message.id)}><b>${subject}</b></a>${this.badges(message)}</div></td>
      <td class="cut soft c-to" title=${to}>${to}</td>
      <td class="soft c-sent">${message.sent_at
        ? html`<time datetime=${message.sent_at} title=${say.fullTime(i18n, message.sent_at)}>${say.timeInList(i18n, message.sent_at, now())}</time>`
        : this.t(`message.${message.state}-short`)}</td>
      <td class="r c-views" data-label=${this.t("column.views")}>${count(message.counts.views)}</td>
      <td class="r c-clicks" data-label=${this.t("column.clicks")}>${count(message.counts.clicks)}</td>
      <td class="r c-replies" data-label=${this.t("column.replies")}><span class=${message.counts.replies ? "" : "muted"}>${message.counts.replies}</span></td>
    </tr>`;
  }

  /** @param {MessageSummary} message */
  badges(message) {
    return html`${message.counts.bounces ? html`<span class="badge bad">${icon("mail-x", "s")}${this.t("badge.bounced")}</span>` : nothing}
    ${message.tracked ? nothing : html`<span class="badge">${this.t("badge.untracked")}</span>`}
    ${message.archived ? html`<span class="badge">${icon("archive", "s")}${this.t("badge.archived")}</span>` : nothing}`;
  }

  bulk() {
    const chosen = this.messages.filter(({ id }) => this.chosen.has(id));
    const deed = (/** @type {boolean} */ archived) => {
      const label = this.t(archived ? "menu.archive" : "menu.unarchive");
      const ids = chosen.filter((message) => message.archived !== archived).map(({ id }) => id);
      return ids.length ? html`<button type="button" class="btn plain" aria-label=${label} title=${label} @click=${() => this.archive(ids, archived)}>${icon(archived ? "archive" : "archive-restore", "m")}<span class="label">${label}</span></button>` : nothing;
    };
    return html`<div class="bulk" role="toolbar" aria-label=${this.t("messages.chosen-label")}>
      <b role="status">${this.t("messages.chosen", { count: this.chosen.size })}</b>
      ${deed(true)} ${deed(false)}
      <span class="vr"></span>
      <button type="button" class="ib" aria-label=${this.t("messages.choose-none")} title=${this.t("messages.choose-none")} @click=${this.chooseNone}>${icon("x")}</button>
    </div>`;
  }

  async load() {
    const turn = ++this.turn;
    this.phase = "loading";
    try {
      const page = this.first ?? (await this.page());
      if (turn !== this.turn) return;
      this.messages = page.items;
      this.next = page.next;
      this.phase = "ready";
    } catch (error) {
      if (turn !== this.turn) return;
      this.error = error;
      this.phase = "failed";
    }
    this.first = null;
  }

  /** @param {{ before?: string }} [from] @returns {Promise<MessagePage>} */
  page(from = {}) {
    return this.of.api.get("/api/v1/messages", { ...this.query, ...from, limit: PAGE });
  }

  async more() {
    const page = document.documentElement;
    if (this.phase !== "ready" || this.next === null || page.scrollHeight - scrollY - innerHeight > NEAR_THE_END) return;
    const turn = this.turn;
    this.phase = "older";
    const older = await this.page({ before: this.next }).catch(() => null);
    if (turn !== this.turn) return;
    this.phase = "ready";
    if (!older) return;
    const known = new Set(this.messages.map(({ id }) => id));
    this.messages = [...this.messages, ...older.items.filter(({ id }) => !known.has(id))];
    this.next = older.next;
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    super.updated(changed);
    if (changed.has("messages")) this.more();
  }

  /** @param {CustomEvent<Query>} event */
  search(event) {
    this.query = event.detail;
    this.first = null;
    this.chosen = new Set();
    this.load();
  }

  clear() {
    toAddress({});
    this.search(new CustomEvent("search", { detail: {} }));
  }

  /** @param {string} id @param {boolean} on */
  pick(id, on) {
    const chosen = new Set(this.chosen);
    if (on) chosen.add(id);
    else chosen.delete(id);
    this.chosen = chosen;
  }

  chooseNone() {
    this.stayAt([...this.chosen]);
    this.chosen = new Set();
  }

  /** @param {Event} event */
  pickAll(event) {
    const on = /** @type {HTMLInputElement} */ (event.target).checked;
    this.chosen = new Set(on ? this.messages.map(({ id }) => id) : []);
  }

  /** Shown at once; what the server refuses comes back. @param {string[]} ids @param {boolean} archived */
  async archive(ids, archived) {
    const before = this.messages;
    const meant = new Set(ids);
    this.messages = before.map((message) => (meant.has(message.id) ? { ...message, archived } : message));
    this.chosen = new Set();
    this.stayAt(ids);
    try {
      for (let start = 0; start < ids.length; start += MOST_AT_ONCE) {
        await this.of.api.request("POST", "/api/v1/messages/archive", { messages: ids.slice(start, start + MOST_AT_ONCE), archived });
      }
      this.of.toast({ text: this.t(archived ? "messages.archived" : "messages.unarchived", { count: ids.length }), undo: () => this.archive(ids, !archived) });
    } catch {
      this.messages = before;
      this.problem = this.t(archived ? "failure.archive" : "failure.unarchive");
    }
  }

  /** The bar with what was pressed goes; whoever works by keyboard is back at the first of the rows. @param {string[]} ids */
  async stayAt([first]) {
    if (!this.querySelector(".bulk")?.contains(this.ownerDocument.activeElement)) return;
    await this.updateComplete;
    /** @type {HTMLElement | undefined} */ (this.boxes[this.messages.findIndex(({ id }) => id === first)])?.focus();
  }

  get boxes() {
    return [...this.querySelectorAll("tbody .check")];
  }

  /** @param {FeedItem} item */
  heard(item) {
    clearTimeout(this.reloading);
    this.reloading = setTimeout(() => this.refresh(), item.removed ? 0 : RELOAD_AFTER);
  }

  /** The newest page again; older ones keep what they showed. */
  async refresh() {
    const turn = this.turn;
    const page = await this.page().catch(() => null);
    if (!page || this.phase !== "ready" || turn !== this.turn) return;
    const fresh = new Map(page.items.map((message) => [message.id, message]));
    this.messages = [...page.items, ...this.messages.filter(({ id }) => !fresh.has(id))];
  }
}
customElements.define("lf-messages", LfMessages);
