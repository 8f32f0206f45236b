/**
 * Everything known about one message: counts, every hit with its reasons, own views, mail that came back. Live.
 * @import { FeedItem, Hit, InboundMail, Message, Recipient } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { notice } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import * as say from "./format.js";
import "./lf-segments.js";
import { html, nothing, repeat } from "./vendor/lit.js";

/** @type {Record<string, string>} */
const CLASS_ICON = { human: "user", "proxy-human": "shield", machine: "bot", own: "eye-off", unknown: "help" };
const RELOAD_AFTER = 300;

export class LfMessage extends LfElement {
  static properties = { ...LfElement.properties, message: { attribute: false }, shown: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** @type {Message | null} */
    this.message = null;
    this.shown = "all";
    this.problem = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.reloading = undefined;
  }

  get it() {
    if (!this.message) throw new Error("<lf-message> without a message");
    return this.message;
  }

  shouldUpdate() {
    return super.shouldUpdate() && this.message !== null;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.stream.addEventListener("item", (event) => this.heard(/** @type {CustomEvent<FeedItem>} */ (event).detail), { signal });
    this.of.stream.addEventListener("reset", () => this.reloadSoon(), { signal });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
  }

  render() {
    const message = this.it;
    return html`${this.top(message)} ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing} ${this.figures(message)} ${this.notices(message)}
    ${message.tracked ? this.hits(message) : nothing} ${this.mails(message)} ${this.own(message)}`;
  }

  /** @param {Message} message */
  top(message) {
    return html`<div class="top tall">
      <div>
        <h1>${message.subject || this.t("message.no-subject")}</h1>
        <p class="soft">${this.sentence(message)}</p>
      </div>
      <div class="end">
        ${message.thread_url
          ? html`<a class="btn" href=${message.thread_url} target="_blank" rel="noopener">${icon("external", "m")}${this.t("menu.thread")}</a>`
          : nothing}
        ${message.tracked && message.sent_at
          ? html`<button type="button" class="btn" aria-label=${this.t(message.muted ? "menu.unmute-message" : "menu.mute-message")} @click=${() => this.mute(!message.muted)}>
              ${icon(message.muted ? "bell" : "bell-off", "m")}${this.t(message.muted ? "message.unmute" : "message.mute")}
            </button>`
          : nothing}
        ${message.tracked
          ? html`<button type="button" class="btn" @click=${() => this.archive(!message.archived)}>
              ${icon(message.archived ? "archive-restore" : "archive", "m")}${this.t(message.archived ? "menu.unarchive" : "menu.archive")}
            </button>`
          : nothing}
      </div>
    </div>`;
  }

  /** @param {Message} message */
  sentence(message) {
    const { i18n, now } = this.of;
    const to = message.recipients.map((each) => this.recipient(each));
    const sent = message.sent_at ? this.t("message.sent", { time: say.longTime(i18n, message.sent_at, now()) }) : this.t(`message.${message.state}`);
    return html`${this.t("message.to")} ${to.map((each, index) => [index ? this.t("list.comma") : "", each])}${this.t("list.stop")}${sent}`;
  }

  /** @param {Recipient} recipient */
  recipient(recipient) {
    const kind = recipient.kind === "to" ? "" : ` (${this.t(`recipient.${recipient.kind}`)})`;
    const state = recipient.bounced ? ` (${this.t(recipient.bounced.state === "delayed" ? "recipient.delayed" : "recipient.bounced")})` : recipient.replied_at ? ` (${this.t("recipient.replied")})` : "";
    const name = recipient.person_id
      ? html`<a class="link name" href=${this.of.places.person(recipient.person_id)} title=${recipient.address}>${say.nameOf(recipient)}</a>`
      : html`<b class="name" title=${recipient.address}>${say.nameOf(recipient)}</b>`;
    return html`${name}${recipient.account ? html`${this.t("list.comma")}${recipient.account}` : nothing}${kind}${state}`;
  }

  /** @param {Message} message */
  figures({ counts, links, tracked, hits }) {
    const clicked = new Set(hits.filter((hit) => hit.kind === "click" && hit.class !== "machine" && hit.link).map((hit) => hit.link?.ordinal));
    const one = clicked.size === 1 ? links.find((link) => clicked.has(link.ordinal)) : undefined;
    const clicks = one ? say.linkText(one) : this.t(links.length ? "figure.links" : "figure.no-links", { count: links.length });
    const inbound = [
      [counts.replies, "figure.replies", this.t(counts.replies ? "figure.by-people" : "figure.none-yet")],
      ...(counts.bounces ? [[counts.bounces, "figure.bounces", this.t("figure.not-delivered")]] : []),
    ];
    const told = tracked
      ? [
          [counts.views, "figure.views", this.t("figure.by-people")],
          [counts.clicks, "figure.clicks", clicks],
          ...inbound,
          [counts.machine, "figure.machine", this.t("figure.not-counted")],
          [counts.unknown, "figure.unknown", this.t("figure.not-counted")],
          [counts.own, "figure.own", this.t("figure.not-counted")],
        ]
      : inbound;
    return html`<dl class="figures">
      ${told.map(([count, label, below]) => html`<div><dt>${this.t(String(label))}<span class="cut" title=${String(below)}>${below}</span></dt><dd>${count}</dd></div>`)}
    </dl>`;
  }

  /** @param {Message} message */
  notices(message) {
    const space = this.t("list.space");
    return html`<div class="notes">
      ${message.archived ? html`<p class="note">${icon("archive")}<span><b>${this.t("notice.archived-head")}</b>${space}${this.t("notice.archived")}</span></p>` : nothing}
      ${message.tracked ? nothing : html`<p class="note">${icon("info")}<span><b>${this.t("notice.untracked-head")}</b>${space}${this.t("notice.untracked")}</span></p>`}
      ${message.forwarded
        ? html`<p class="note">${icon("forward")}<span><b>${this.t("notice.forwarded-head")}</b>${space}${say.forwardedText(this.of.i18n, message.forwarded)}${space}${this.t("notice.forwarded")}</span></p>`
        : nothing}
      ${message.apple ? html`<p class="note">${icon("info")}<span><b>${this.t("notice.apple-head")}</b>${space}${this.t("notice.apple")}</span></p>` : nothing}
    </div>`;
  }

  /** @param {Message} message */
  hits(message) {
    const others = message.hits.filter((hit) => hit.class !== "own");
    const of = {
      all: others,
      people: others.filter((hit) => hit.class === "human" || hit.class === "proxy-human"),
      machine: others.filter((hit) => hit.class === "machine"),
      unknown: others.filter((hit) => hit.class === "unknown"),
    };
    const shown = of[/** @type {keyof typeof of} */ (this.shown)] ?? others;
    const choices = Object.entries(of).map(([value, hits]) => ({ value, label: `${this.t(`hits.${value}`)} ${hits.length}` }));
    return html`<section class="sec">
      <header>
        <h2>${this.t("hits.title")}</h2>
        ${others.length
          ? html`<div class="end"><lf-segments .app=${this.app} .choices=${choices} .chosen=${this.shown} label=${this.t("hits.class")} @choose=${this.choose}></lf-segments></div>`
          : nothing}
      </header>
      ${others.length ? this.table(shown, false) : html`<div class="blank">${icon("eye")}<b>${this.t("hits.none")}</b><p>${this.t("hits.none-text")}</p></div>`}
    </section>`;
  }

  /** @param {Message} message */
  own(message) {
    const own = message.hits.filter((hit) => hit.class === "own");
    if (!own.length) return nothing;
    return html`<section class="sec">
      <header><h2>${this.t("own.title")}</h2><div class="end">${this.t("own.note")}</div></header>
      ${this.table(own, true)}
    </section>`;
  }

  /** @param {Hit[]} hits @param {boolean} headless the columns are those of the table above */
  table(hits, headless) {
    const columns = ["when", "what", "class", "reasons", "place", "device"];
    return html`<table class="tbl wrap hits-table">
      <colgroup>${columns.map((column) => html`<col class=${`c-${column}`} />`)}</colgroup>
      <thead class=${headless ? "vh" : ""}><tr>${columns.map((column) => html`<th scope="col">${this.t(`column.${column}`)}</th>`)}</tr></thead>
      <tbody>${repeat(hits, (hit) => hit.id, (hit) => this.hit(hit))}</tbody>
    </table>`;
  }

  /** @param {Hit} hit */
  hit(hit) {
    const { i18n, now } = this.of;
    const several = this.it.recipients.length > 1;
    return html`<tr class=${hit.class === "machine" ? "faint" : ""}>
      <td class="soft c-when"><time datetime=${hit.at} title=${say.fullTime(i18n, hit.at)}>${say.preciseTime(i18n, hit.at, now())}</time></td>
      <td class="soft c-what" title=${hit.link?.url ?? nothing}>${say.hitWhat(i18n, hit)}${several && hit.recipient ? html`<span class="muted">, ${say.nameOf(hit.recipient)}</span>` : nothing}</td>
      <td class="c-class"><span class="cls">${icon(CLASS_ICON[hit.class] ?? "help", "m")}<b>${this.t(`class.${hit.class}`)}</b></span></td>
      <td class="reasons c-reasons">${this.reasons(hit)}</td>
      <td class="soft c-place">${say.hitPlace(i18n, hit)}</td>
      <td class="soft c-device">${say.deviceText(i18n, hit.device)}</td>
    </tr>`;
  }

  /** @param {Hit} hit */
  reasons(hit) {
    const { i18n } = this.of;
    return hit.reasons.map((reason, index) => {
      const text = say.reasonText(i18n, reason);
      return html`${index ? this.t("list.comma") : ""}${index ? text : i18n.capital(text)} <code>${reason.code}</code>`;
    });
  }

  /** @param {Message} message */
  mails(message) {
    if (!message.mails.length) return nothing;
    return html`<section class="sec">
      <header><h2>${this.t("mails.title")}</h2></header>
      <ol class="mails">
        ${message.mails.map((mail) => this.mail(mail))}
      </ol>
    </section>`;
  }

  /** @param {InboundMail} mail */
  mail(mail) {
    const { i18n, now } = this.of;
    const delivery = say.deliveryOf(mail);
    const late = delivery === "delayed" ? ["clock", ""] : ["mail", ""];
    const look = delivery !== "failed" ? late : { reply: ["reply", "solid"], bounce: ["mail-x", "bad"], "auto-reply": ["moon", ""] }[mail.kind] ?? ["mail", ""];
    const text = mail.detail ? say.detailText(i18n, mail.detail) : "";
    return html`<li class="mailrow" data-mark="mail">
      <span class=${`kind ${look[1]}`}>${icon(look[0] ?? "mail", "m")}</span>
      <span class="cut"><b>${say.mailVerb(i18n, mail)}</b> <span class="name">${say.nameOf(mail.from)}</span>${text ? html` <span class="soft">${text}</span>` : nothing}</span>
      <time datetime=${mail.at} title=${say.fullTime(i18n, mail.at)}>${say.preciseTime(i18n, mail.at, now())}</time>
    </li>`;
  }

  /** @param {CustomEvent<string>} event */
  choose(event) {
    this.shown = event.detail;
  }

  /** @param {FeedItem} item */
  heard(item) {
    if (item.message?.id === this.it.id) this.reloadSoon();
  }

  /** Hits come in flurries; one reading answers for all of them. */
  reloadSoon() {
    clearTimeout(this.reloading);
    this.reloading = setTimeout(() => this.reload(), RELOAD_AFTER);
  }

  async reload() {
    try {
      this.message = await this.of.api.message(this.it.id);
    } catch (error) {
      if (!(error instanceof ApiError)) return;
      this.problem = this.t("failure.message");
    }
  }

  /** Shown at once. @param {boolean} muted */
  async mute(muted) {
    this.message = { ...this.it, muted };
    try {
      await this.of.api.mute("message", this.it.id, muted);
      this.of.toast({ text: this.t(muted ? "toast.muted-message" : "toast.unmuted-message"), undo: () => this.mute(!muted) });
    } catch {
      this.message = { ...this.it, muted: !muted };
      this.problem = this.t("failure.mute");
    }
  }

  /** @param {boolean} archived */
  async archive(archived) {
    try {
      this.message = await this.of.api.archive(this.it.id, archived);
      this.of.toast({ text: this.t(archived ? "toast.archived" : "toast.unarchived"), undo: () => this.archive(!archived) });
    } catch {
      this.problem = this.t(archived ? "failure.archive" : "failure.unarchive");
    }
  }
}
customElements.define("lf-message", LfMessage);
