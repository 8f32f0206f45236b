/**
 * One line of the feed: who, what, when, where, in one order on every screen.
 * @import { FeedItem, Hit, Moment } from "./api-types.js"
 */
import { LfElement, icon } from "./element.js";
import { isMuted } from "./feed-state.js";
import * as say from "./format.js";
import "./lf-time.js";
import "./lf-why.js";
import { personLink } from "./person-link.js";
import { html, nothing } from "./vendor/lit.js";

/** The louder the intent, the more ink. @type {Record<string, { icon: string, weight: string }>} */
export const LOOK = {
  view: { icon: "eye", weight: "" },
  click: { icon: "click", weight: "wash" },
  reply: { icon: "reply", weight: "solid" },
  "auto-reply": { icon: "moon", weight: "" },
  bounce: { icon: "mail-x", weight: "bad" },
  web: { icon: "globe", weight: "" },
  email: { icon: "mail-open", weight: "wash" },
  milestone: { icon: "flag", weight: "solid" },
  machine: { icon: "bot", weight: "" },
  unknown: { icon: "help", weight: "" },
};

/** @param {FeedItem} item */
export function lookOf(item) {
  const delivery = say.deliveryOf(item);
  if (delivery !== "failed") return { icon: delivery === "delayed" ? "clock" : "mail", weight: "" };
  return LOOK[item.hidden ? item.class : (item.moment?.type ?? item.kind)] ?? { icon: "eye", weight: "" };
}

/** Events: "menu" (detail: the button), "open" (Enter on a line that doesn't unfold), "bell" (subscribe to the person, or no longer). */
export class LfRow extends LfElement {
  static properties = {
    ...LfElement.properties,
    item: { attribute: false },
    fresh: { type: Boolean },
    unfolded: { type: Boolean },
    bell: {},
    hits: { state: true },
    failed: { state: true },
  };

  constructor() {
    super();
    /** @type {FeedItem | null} */
    this.item = null;
    this.fresh = false;
    this.unfolded = false;
    /** "on" or "off": whether the viewer gets mail about the person; "" where the line does not tell, nor who is a best bet. */
    this.bell = "";
    /** @type {Hit[] | null} */
    this.hits = null;
    this.failed = false;
    /** @type {string} the state of the item its hits were loaded for */
    this.loadedFor = "";
  }

  get line() {
    if (!this.item) throw new Error("<lf-row> without an item");
    return this.item;
  }

  shouldUpdate() {
    return super.shouldUpdate() && this.item !== null;
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const { mark, hidden, count } = this.line;
    this.dataset["mark"] = mark;
    this.className = ["item", hidden ? "quiet" : "", this.fresh ? "new" : "", count > 1 ? "several" : ""].filter(Boolean).join(" ");
    if (this.unfolded && this.loadedFor !== this.line.cursor) this.load();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    this.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  render() {
    const item = this.line;
    const look = lookOf(item);
    const { i18n } = this.of;
    return html`<span class=${`kind ${look.weight}`}><span class="vh">${this.t(`mark.${item.mark}`)}</span>${icon(look.icon, "m")}</span>
      <div>
        <p class="who">${this.who(item)}${item.who.account ? html`<span class="acct">${item.who.account}</span>` : nothing}</p>
        ${item.moment ? this.moment(item.moment) : this.mail(item)}
      </div>
      <div class="side">
        <lf-time .app=${this.app} at=${item.at}></lf-time>
        ${this.bell ? this.signs(item) : nothing}
        <button type="button" class="ib" aria-haspopup="menu" aria-expanded="false" aria-label=${this.t("menu.of", { who: say.whoText(i18n, item) })} @click=${this.menu}>${icon("down")}</button>
      </div>
      ${this.meta(item)} ${this.unfolded && item.count > 1 ? this.unfoldedHits() : nothing}`;
  }

  /** @param {FeedItem} item */
  signs(item) {
    const name = say.whoText(this.of.i18n, item);
    const on = this.bell === "on";
    const bell = this.t(on ? "bell.on" : "bell.off", { name });
    const star = this.t(item.who.best_bet ? "star.on" : "star.off", { name });
    return html`<button type="button" class=${on ? "ib on" : "ib"} aria-pressed=${String(on)} aria-label=${bell} title=${bell} @click=${() => this.dispatchEvent(new Event("bell"))}>${icon(on ? "bell" : "bell-plus")}</button>
      <span class=${item.who.best_bet ? "ib star-on" : "ib still"} role="img" aria-label=${star} title=${star}>${icon("star")}</span>`;
  }

  /** @param {FeedItem} item */
  mail(item) {
    const { i18n } = this.of;
    return html`<p class="what" title=${item.message?.subject ?? ""}>
      ${item.count > 1 ? html`<span class="badge count">${say.countText(i18n, item)}</span>` : html`<b>${say.verbText(i18n, item)}</b>`}
      <span class="cut">${say.subjectText(item) || this.t("message.no-subject")}</span>
    </p>`;
  }

  /** @param {Moment} moment */
  moment({ type, description, source }) {
    const [verb, rest] = say.momentWords(description);
    return html`<p class="what" title=${source ? `${description} (${source})` : description}>
      <span class="vh">${this.t(`moment.${type}`)}</span>${verb ? html`<b>${verb}</b>` : nothing}<span class="cut">${rest}</span>
    </p>`;
  }

  /** @param {FeedItem} item */
  who(item) {
    const { person } = item.who;
    if (!person) return html`<b class="anon">${say.someoneText(this.of.i18n, item.who.of)}</b>`;
    return personLink(this, person.id, say.nameOf(person), person.address);
  }

  /** @param {FeedItem} item */
  meta(item) {
    const facts = [this.possible(item), this.place(item), this.detail(item), this.leftOut(item), this.forwarded(item), this.stranger(item), this.watched(item), this.muted(item), this.archived(item)];
    return facts.some((fact) => fact !== nothing) ? html`<div class="meta">${facts}</div>` : nothing;
  }

  /** @param {FeedItem} item */
  possible({ who }) {
    if (who.person || !who.possible.length) return nothing;
    const all = who.possible.map((each) => say.nameOf(each)).join(this.t("list.comma"));
    return html`<span class="fact" title=${all}>${icon("users", "s")}<span class="cut">${say.possibleNames(this.of.i18n, who.possible)}</span></span>`;
  }

  /** @param {FeedItem} item */
  place({ place, hidden }) {
    if (!place || hidden) return nothing;
    return html`<span class="fact">${icon("pin", "s")}<span class="cut">${say.placeText(this.of.i18n, place)}</span
      ><lf-why .app=${this.app} label=${this.t("place.how-sure")} text=${this.t("place.caveat")}></lf-why></span>`;
  }

  /** @param {FeedItem} item */
  detail({ detail, kind }) {
    const text = detail && kind === "bounce" && say.deliveryOf({ kind, detail }) !== "arrived" ? say.detailText(this.of.i18n, detail) : "";
    return text ? html`<span class="fact"><span class="cut">${text}</span></span>` : nothing;
  }

  /** @param {FeedItem} item */
  leftOut(item) {
    if (!item.hidden) return nothing;
    const unknown = item.class === "unknown";
    const reason = item.reasons?.[0];
    return html`<span class="badge machine">${icon(unknown ? "help" : "bot", "s")}${this.t(unknown ? "badge.unknown" : "badge.machine")}</span>
      ${reason ? html`<span class="fact">${this.of.i18n.capital(say.reasonText(this.of.i18n, reason))}</span>` : nothing}`;
  }

  /** @param {FeedItem} item */
  forwarded({ forwarded }) {
    return forwarded
      ? html`<span class="badge" title=${say.forwardedText(this.of.i18n, forwarded)}>${icon("forward", "s")}<span class="cut">${this.t("badge.forwarded")}</span></span>`
      : nothing;
  }

  /** @param {FeedItem} item */
  stranger({ who }) {
    return who.person && !who.person.known ? html`<span class="badge">${icon("user-plus", "s")}<span class="cut">${this.t("badge.stranger")}</span></span>` : nothing;
  }

  /** @param {FeedItem} item */
  watched({ who, feeds }) {
    return who.watched && !feeds.includes("live") ? html`<span class="badge">${icon("watch", "s")}${this.t("badge.watched")}</span>` : nothing;
  }

  /** @param {FeedItem} item */
  muted(item) {
    return isMuted(item) ? html`<span class="badge">${icon("bell-off", "s")}${this.t("badge.muted")}</span>` : nothing;
  }

  /** @param {FeedItem} item */
  archived({ message }) {
    return message?.archived ? html`<span class="badge">${icon("archive", "s")}${this.t("badge.archived")}</span>` : nothing;
  }

  unfoldedHits() {
    if (this.failed) {
      return html`<p class="meta" role="status">${this.t("hits.failed")} <button type="button" class="link" @click=${this.load}>${this.t("action.retry")}</button></p>`;
    }
    if (!this.hits) return html`<p class="meta vh" role="status">${this.t("loading")}</p>`;
    return html`<ol class="hits" aria-label=${this.t("hits.label")}>
      ${this.hits.map((hit) => this.hit(hit))}
    </ol>`;
  }

  /** @param {Hit} hit */
  hit(hit) {
    const { i18n, now } = this.of;
    const place = hit.place ? say.placeText(i18n, hit.place) : this.t("hits.no-place");
    return html`<li title=${say.fullTime(i18n, hit.at)}>
      <time datetime=${hit.at}>${say.timeInList(i18n, hit.at, now())}</time><span class="cut soft">${place}</span><span>${say.deviceWord(i18n, hit.device)}</span>
    </li>`;
  }

  async load() {
    const item = this.line;
    this.loadedFor = item.cursor;
    this.failed = false;
    try {
      this.hits = (await this.of.api.hits(item.id)).hits;
    } catch {
      this.failed = true;
      this.loadedFor = "";
    }
  }

  toggle() {
    if (this.line.count < 2) return;
    if (!this.unfolded) this.loadedFor = "";
    this.unfolded = !this.unfolded;
  }

  /** @param {Event} event */
  menu(event) {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent("menu", { detail: event.currentTarget }));
  }

  /** Selecting text is no click. @param {MouseEvent} event */
  clicked(event) {
    const onControl = /** @type {Element} */ (event.target).closest("a, button, .hits");
    if (!onControl && this.ownerDocument.getSelection()?.isCollapsed !== false) this.toggle();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target !== this) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.line.count > 1) this.toggle();
      else this.dispatchEvent(new Event("open"));
    }
    if (event.key === ".") {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("menu", { detail: this.querySelector(".side .ib") }));
    }
    if (event.key === "Escape" && this.unfolded) {
      event.stopPropagation();
      this.unfolded = false;
    }
  }
}
customElements.define("lf-row", LfRow);
