/** The viewer's latest messages to one person, with what came of each. @import { MessageSummary, PersonDetails } from "./api-types.js" */
import { failure } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { fullTime, timeInList } from "./format.js";
import { html, nothing } from "./vendor/lit.js";

const FEW = 5;

export class LfMailWith extends LfElement {
  static properties = { ...LfElement.properties, person: { attribute: false }, items: { state: true }, more: { state: true }, error: { state: true } };

  constructor() {
    super();
    /** @type {PersonDetails | null} */
    this.person = null;
    /** @type {MessageSummary[] | null} */
    this.items = null;
    this.more = false;
    /** @type {unknown} */
    this.error = null;
  }

  /** @param {AbortSignal} _signal */
  listen(_signal) {
    this.load();
  }

  render() {
    return html`<section class="sec"><header><h2>${this.t("person.messages")}</h2></header>
      ${this.error ? failure(this.of, this.t("failure.messages"), this.error, () => this.load()) : this.list()}
    </section>`;
  }

  list() {
    if (!this.items) return nothing;
    if (!this.items.length) return html`<p class="soft">${this.t("person.no-messages")}</p>`;
    const all = new URLSearchParams({ person: this.person?.id ?? "" });
    return html`<ul class="slim-list">${this.items.map((message) => this.row(message))}</ul>
      ${this.more ? html`<p><a href=${`/messages?${all}`}>${this.t("person.all-messages")}</a></p>` : nothing}`;
  }

  /** @param {MessageSummary} message */
  row(message) {
    const { i18n, now, places } = this.of;
    const { views, clicks, replies } = message.counts;
    const count = (/** @type {string} */ sign, /** @type {string} */ key, /** @type {number} */ number) => (number ? html`<span class="fact" title=${this.t(key, { count: number })}>${icon(sign, "s")}<span class="vh">${this.t(key, { count: number })}</span><span aria-hidden="true">${number}</span></span>` : nothing);
    return html`<li class="slimrow"><div>
        <p class="name"><a href=${places.message(message.id)}>${message.subject || this.t("message.no-subject")}</a></p>
        <p class="meta">${message.sent_at ? html`<time datetime=${message.sent_at} title=${fullTime(i18n, message.sent_at)}>${timeInList(i18n, message.sent_at, now())}</time>` : nothing}${message.tracked ? nothing : html`<span class="badge">${this.t("badge.untracked")}</span>`}</p>
      </div>
      <div class="end meta">${count("eye", "count.view", views)}${count("click", "count.click", clicks)}${count("reply", "count.reply", replies)}</div></li>`;
  }

  async load() {
    this.error = null;
    try {
      const page = await this.of.api.get("/api/v1/messages", { person: this.person?.id, limit: FEW });
      this.items = page.items;
      this.more = page.next !== null;
    } catch (error) {
      this.error = error;
    }
  }
}
customElements.define("lf-mail-with", LfMailWith);
