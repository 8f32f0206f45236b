/**
 * One line of a person's timeline: what it was about, what happened, where. Whose it is goes without saying.
 * @import { FeedItem, Moment } from "./api-types.js"
 */
import { icon } from "./element.js";
import * as say from "./format.js";
import { LfRow, lookOf } from "./lf-row.js";
import { html, nothing } from "./vendor/lit.js";

export class LfEvent extends LfRow {
  render() {
    const item = this.line;
    const look = lookOf(item);
    return html`<span class=${`kind ${look.weight}`}><span class="vh">${this.t(`mark.${item.mark}`)}</span>${icon(look.icon, "m")}</span>
      <div>${item.moment ? this.moment(item.moment) : this.mail(item)}</div>
      <div class="side">
        <time datetime=${item.at} title=${say.fullTime(this.of.i18n, item.at)}>${say.clockTime(this.of.i18n, new Date(item.at))}</time>
        <button type="button" class="ib" aria-haspopup="menu" aria-expanded="false" aria-label=${this.t("menu.of", { who: this.about(item) })} @click=${this.menu}>${icon("down")}</button>
      </div>
      ${this.meta(item)} ${this.unfolded && item.count > 1 ? this.unfoldedHits() : nothing}`;
  }

  /** @param {FeedItem} item */
  about(item) {
    return item.moment?.description ?? (item.message?.subject || this.t("message.no-subject"));
  }

  /** @param {FeedItem} item */
  mail(item) {
    const { i18n, places } = this.of;
    const title = this.about(item);
    return html`<p class="who">${item.message ? html`<a href=${places.message(item.message.id)} tabindex="-1">${title}</a>` : html`<b>${title}</b>`}</p>
      <p class="what">
        ${item.count > 1 ? html`<span class="badge count">${say.countText(i18n, item)}</span>` : html`<b>${say.verbText(i18n, item)}</b>`}
        ${item.kind === "click" && item.link ? html`<span class="cut" title=${item.link.url}>${say.linkText(item.link)}</span>` : nothing}
        ${item.who.person ? nothing : html`<span class="cut">${say.someoneText(i18n, item.who.of)}</span>`}
      </p>`;
  }

  /** @param {Moment} moment */
  moment({ type, description, source }) {
    return html`<p class="who"><b>${description}</b></p>
      <p class="what"><b>${this.t(`moment-type.${type}`)}</b>${source ? html`<span class="cut">${source}</span>` : nothing}</p>`;
  }

  /** What is known of the person stands above. @param {FeedItem} _item @returns {any} */
  stranger(_item) {
    return nothing;
  }

  /** @param {FeedItem} _item @returns {any} */
  watched(_item) {
    return nothing;
  }
}
customElements.define("lf-event", LfEvent);
