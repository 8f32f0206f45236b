/** The search above the Live Feed of its own page. @import { LfFeed } from "./lf-feed.js" @import { Query } from "./wanted.js" */
import { LfElement } from "./element.js";
import "./lf-list-search.js";
import { html } from "./vendor/lit.js";
import { fits, fromAddress, toAddress } from "./wanted.js";

/** Stands before the <lf-feed> it narrows. */
export class LfFeedSearch extends LfElement {
  static properties = { ...LfElement.properties, query: { state: true } };

  constructor() {
    super();
    /** @type {Query} */
    this.query = fromAddress();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.feed.wanted = this.wanted();
    this.feed.addEventListener("cleared", () => this.clear(), { signal });
  }

  render() {
    return html`<lf-list-search .app=${this.app} view="feed" .query=${this.query} @search=${this.search}></lf-list-search>`;
  }

  get feed() {
    return /** @type {LfFeed} */ (this.ownerDocument.querySelector("lf-feed"));
  }

  wanted() {
    const { i18n } = this.of;
    return Object.keys(this.query).length ? { query: this.query, fits: fits(this.query, (at) => i18n.day(new Date(at))) } : undefined;
  }

  /** @param {CustomEvent<Query>} event */
  search(event) {
    this.query = event.detail;
    this.feed.feed.filter({ wanted: this.wanted() });
  }

  clear() {
    this.query = {};
    toAddress({});
  }
}
customElements.define("lf-feed-search", LfFeedSearch);
