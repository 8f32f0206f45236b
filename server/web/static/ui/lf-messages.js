/**
 * Messages sent, newest first, with what came of each. Live.
 * @import { FeedItem, MessagePage, MessageSummary } from "./api-types.js"
 */
import { failure } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import * as say from "./format.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const PAGE = 50;
const NEAR_THE_END = 600;
const RELOAD_AFTER = 500;

export class LfMessages extends LfElement {
  static properties = {
    ...LfElement.properties,
    first: { attribute: false },
    messages: { state: true },
    phase: { state: true },
    error: { state: true },
  };

  constructor() {
    super();
    /** @type {MessagePage | null} the first page, when it came with the document */
    this.first = null;
    /** @type {MessageSummary[]} */
    this.messages = [];
    /** @type {string | null} */
    this.next = null;
    /** @type {"loading" | "ready" | "older" | "failed"} */
    this.phase = "loading";
    /** @type {unknown} */
    this.error = null;
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
    if (this.phase === "failed") return failure(this.of, this.t("failure.messages"), this.error, () => this.load());
    if (this.phase === "loading") return html`<p class="vh" role="status">${this.t("loading")}</p>`;
    if (!this.messages.length) return html`<div class="blank">${icon("mails")}<b>${this.t("messages.none")}</b><p>${this.t("empty.text")}</p></div>`;
    const columns = ["subject", "to", "sent", "views", "clicks", "replies"];
    const numbers = new Set(["views", "clicks", "replies"]);
    return html`<table class="tbl fixed messages">
      <thead><tr>${columns.map((column) => html`<th scope="col" class=${`c-${column} ${numbers.has(column) ? "r" : ""}`}>${this.t(`column.${column}`)}</th>`)}</tr></thead>
      <tbody>${repeat(this.messages, ({ id }) => id, (message) => this.row(message))}</tbody>
    </table>`;
  }

  /** @param {MessageSummary} message */
  row(message) {
    const { i18n, now, places } = this.of;
    const to = message.recipients.map((each) => say.nameOf(each)).join(this.t("list.comma"));
    const count = (/** @type {number} */ number) => (message.tracked ? html`<span class=${number ? "" : "muted"}>${number}</span>` : html`<span class="muted">–</span>`);
    return html`<tr>
      <td class="c-subject"><div class="subject"><a class="cut" href=${places.message(message.id)}><b>${message.subject || this.t("message.no-subject")}</b></a>${this.badges(message)}</div></td>
      <td class="cut soft c-to" title=${to}>${to}</td>
      <td class="soft c-sent">${message.sent_at
        ? html`<time datetime=${message.sent_at} title=${say.fullTime(i18n, message.sent_at)}>${say.timeInList(i18n, message.sent_at, now())}</time>`
        : this.t(`message.${message.state}-short`)}</td>
      <td class="r c-views">${count(message.counts.views)}</td>
      <td class="r c-clicks">${count(message.counts.clicks)}</td>
      <td class="r c-replies"><span class=${message.counts.replies ? "" : "muted"}>${message.counts.replies}</span></td>
    </tr>`;
  }

  /** @param {MessageSummary} message */
  badges(message) {
    return html`${message.counts.bounces ? html`<span class="badge bad">${icon("mail-x", "s")}${this.t("badge.bounced")}</span>` : nothing}
    ${message.tracked ? nothing : html`<span class="badge">${this.t("badge.untracked")}</span>`}
    ${message.archived ? html`<span class="badge">${icon("archive", "s")}${this.t("badge.archived")}</span>` : nothing}`;
  }

  async load() {
    this.phase = "loading";
    try {
      const page = this.first ?? (await this.of.api.messages({ limit: PAGE }));
      this.first = null;
      this.messages = page.items;
      this.next = page.next;
      this.phase = "ready";
    } catch (error) {
      this.error = error;
      this.phase = "failed";
    }
  }

  async more() {
    const page = document.documentElement;
    if (this.phase !== "ready" || this.next === null || page.scrollHeight - scrollY - innerHeight > NEAR_THE_END) return;
    this.phase = "older";
    const older = await this.of.api.messages({ before: this.next, limit: PAGE }).catch(() => null);
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

  /** @param {FeedItem} item */
  heard(item) {
    clearTimeout(this.reloading);
    this.reloading = setTimeout(() => this.refresh(), item.removed ? 0 : RELOAD_AFTER);
  }

  /** The newest page again; older ones keep what they showed. */
  async refresh() {
    const page = await this.of.api.messages({ limit: PAGE }).catch(() => null);
    if (!page || this.phase !== "ready") return;
    const fresh = new Map(page.items.map((message) => [message.id, message]));
    this.messages = [...page.items, ...this.messages.filter(({ id }) => !fresh.has(id))];
  }
}
customElements.define("lf-messages", LfMessages);
