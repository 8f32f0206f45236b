/**
 * The Lead Feed: interesting moments of the viewer's own people and of those they watch. Live.
 * @import { FeedItem, LeadItem, SystemLinks } from "./api-types.js"
 */
import { FeedStore } from "./feed-store.js";
import { noMatch } from "./blanks.js";
import { icon } from "./element.js";
import { nameOf } from "./format.js";
import { LfFeed } from "./lf-feed.js";
import { html, nothing } from "./vendor/lit.js";

const TYPES = ["", "web", "email", "milestone"];
const WHOSE = ["", "mine", "watched"];

export class LfLeadFeed extends LfFeed {
  static properties = { ...LfFeed.properties, person: { attribute: false } };

  constructor() {
    super();
    /** @type {{ id: string, name: string } | null} whose moments alone are shown at first */
    this.person = null;
    /** @type {Map<string, SystemLinks>} where people are to be seen elsewhere, by their ids */
    this.links = new Map();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    super.listen(signal);
    const { following } = this.of;
    following.addEventListener("change", () => this.requestUpdate(), { signal });
    following.open();
  }

  open() {
    const store = new FeedStore(this.of, { feed: "lead", kind: "", machine: false, type: "", whose: "", person: this.person?.id ?? "" });
    store.load(this.first);
    this.beSlowSoon();
    return store;
  }

  bar() {
    const { type, whose, person } = this.feed.state.filter;
    const types = TYPES.map((value) => ({ value, label: this.t(value ? `moment-type.${value}` : "filter.all") }));
    const people = WHOSE.map((value) => ({ value, label: this.t(`whose.${value || "all"}`) }));
    const only = person ? html`<p class="note">${icon("user")}<span>${this.t("lead-feed.only", { name: this.person?.name ?? "" })}</span><button type="button" class="link end" @click=${() => this.feed.filter({ person: "" })}>${this.t("lead-feed.all")}</button></p>` : nothing;
    return html`${only}<div class="bar">
      <lf-segments .app=${this.app} .choices=${types} .chosen=${type} label=${this.t("filter.show")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.feed.filter({ type: detail })}></lf-segments>
      <div class="tools"><lf-segments .app=${this.app} .choices=${people} .chosen=${whose} label=${this.t("whose.label")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.feed.filter({ whose: detail })}></lf-segments></div>
    </div>`;
  }

  /** Moments are narrowed by what the bar offers. */
  search() {
    return nothing;
  }

  empty() {
    const { type, whose } = this.feed.state.filter;
    if (type || whose) return noMatch(this.of, "moment", () => this.feed.filter({ type: "", whose: "" }));
    return html`<div class="blank">${icon("flag")}<b>${this.t("lead-feed.none")}</b><p>${this.t("lead-feed.none-text")}</p></div>`;
  }

  /** @param {FeedItem} item */
  bellOf(item) {
    const { id } = item.who.person ?? {};
    if (!id) return "";
    return this.of.following.ofPerson(id) ? "on" : "off";
  }

  /** @param {FeedItem} item */
  async ring(item) {
    const { person } = item.who;
    if (!person?.id) return;
    const { following } = this.of;
    const stands = following.ofPerson(person.id);
    const subscribe = () => following.subscribe({ kind: "person", value: person.id ?? "" });
    try {
      await (stands ? following.unsubscribe(stands.id) : subscribe());
      this.of.toast({ text: this.t(stands ? "toast.bell-off" : "toast.bell-on", { name: nameOf(person) }), undo: () => this.ring(item) });
    } catch {
      this.problem = this.t("failure.subscription");
    }
  }

  /** The stream leaves them out: they are asked for when somebody new arrives. @param {FeedItem} item */
  arrived(item) {
    super.arrived(item);
    const id = item.who.person?.id;
    if (id && !this.links.has(id)) this.of.api.leadItem(item.id).then(({ links }) => links && this.links.set(id, links), () => {});
  }

  /** @param {LeadItem} item */
  linksOf(item) {
    return item.links ?? this.links.get(item.who.person?.id ?? "") ?? null;
  }

  hiddenNote() {
    return nothing;
  }
}
customElements.define("lf-lead-feed", LfLeadFeed);
