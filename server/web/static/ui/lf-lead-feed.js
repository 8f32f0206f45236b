/** The Lead Feed: interesting moments of the viewer's own people and of those they watch. Live. */
import { FeedStore } from "./feed-store.js";
import { noMatch } from "./blanks.js";
import { icon } from "./element.js";
import { LfFeed } from "./lf-feed.js";
import { html, nothing } from "./vendor/lit.js";

const TYPES = ["", "web", "email", "milestone"];
const WHOSE = ["", "mine", "watched"];

export class LfLeadFeed extends LfFeed {
  open() {
    const store = new FeedStore(this.of, { feed: "lead", kind: "", machine: false, type: "", whose: "" });
    store.load(this.first);
    this.beSlowSoon();
    return store;
  }

  bar() {
    const { type, whose } = this.feed.state.filter;
    const types = TYPES.map((value) => ({ value, label: this.t(value ? `moment-type.${value}` : "filter.all") }));
    const people = WHOSE.map((value) => ({ value, label: this.t(`whose.${value || "all"}`) }));
    return html`<div class="bar">
      <lf-segments .app=${this.app} .choices=${types} .chosen=${type} label=${this.t("filter.show")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.feed.filter({ type: detail })}></lf-segments>
      <div class="tools"><lf-segments .app=${this.app} .choices=${people} .chosen=${whose} label=${this.t("whose.label")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.feed.filter({ whose: detail })}></lf-segments></div>
    </div>`;
  }

  empty() {
    const { type, whose } = this.feed.state.filter;
    if (type || whose) return noMatch(this.of, "moment", () => this.feed.filter({ type: "", whose: "" }));
    return html`<div class="blank">${icon("flag")}<b>${this.t("lead-feed.none")}</b><p>${this.t("lead-feed.none-text")}</p></div>`;
  }

  hiddenNote() {
    return nothing;
  }
}
customElements.define("lf-lead-feed", LfLeadFeed);
