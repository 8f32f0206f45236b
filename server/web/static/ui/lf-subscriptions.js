/**
 * What the viewer gets mail about, and what team-mates have mailed to them.
 * @import { Subscription } from "./api-types.js"
 * @import { LfMenu, Menu } from "./lf-menu.js"
 */
import { failure, notice, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import "./lf-menu.js";
import { html, nothing, repeat } from "./vendor/lit.js";

export class LfSubscriptions extends LfElement {
  static properties = { ...LfElement.properties, problem: { state: true } };

  constructor() {
    super();
    this.problem = "";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.following.addEventListener("change", () => this.requestUpdate(), { signal });
    this.of.following.open();
  }

  render() {
    const { following } = this.of;
    const { sends } = following.subscriptions;
    const add = html`<button type="button" class="ib" aria-label=${this.t("subscription.new")} title=${this.t("subscription.new")} @click=${() => this.of.subscribe(this.ownerDocument, { person: null })}>${icon("plus")}</button>`;
    return html`<section class="sec" id="subscriptions">
      <header><h2>${this.t("subscription.title")}</h2><div class="end">${add}</div></header>
      ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      ${following.phase === "ready" && !sends ? html`<p class="note warn">${icon("alert")}<span>${this.t("subscription.no-mail")}</span></p>` : nothing}
      ${following.phase === "failed" ? failure(this.of, this.t("failure.following"), following.error, () => following.load()) : following.phase === "ready" ? this.lists() : skeleton(this.of, 2)}
      <lf-menu .app=${this.app}></lf-menu>
    </section>`;
  }

  lists() {
    const { items, shared } = this.of.following.subscriptions;
    return html`${items.length ? html`<ul class="slim-list">${repeat(items, ({ id }) => id, (one) => this.line(one, this.receiversText(one)))}</ul>` : html`<p class="soft">${this.t("subscription.none")}</p>`}
      ${shared.length ? html`<h3 class="h3">${this.t("subscription.shared")}</h3><ul class="slim-list">${repeat(shared, ({ id }) => id, (one) => this.line(one, this.t("subscription.by", { name: one.by.name }), true))}</ul>` : nothing}`;
  }

  /** @param {Subscription} one @param {string} about @param {boolean} [shared] */
  line(one, about, shared = false) {
    const what = subscriptionText(this, one);
    const open = (/** @type {Event} */ event) => this.menu.open(/** @type {Element} */ (event.currentTarget), this.menuOf(one, shared));
    return html`<li class="slimrow">
      <div><p class="name">${what}</p><p class="meta"><span class="cut">${this.t(`subscription.kind-${one.kind}`)}${this.t("list.comma")}${about}</span></p></div>
      <button type="button" class="ib" aria-haspopup="menu" aria-expanded="false" aria-label=${this.t("menu.of", { who: what })} @click=${open}>${icon("more")}</button>
    </li>`;
  }

  /** @param {Subscription} one */
  receiversText({ receivers }) {
    const names = receivers.filter(({ refused }) => !refused).map(({ id, name }) => (id === this.of.viewer ? this.t("subscription.you") : name));
    return names.length ? this.t("subscription.to", { names: names.join(this.t("list.comma")) }) : this.t("subscription.to-nobody");
  }

  /** @param {Subscription} one @param {boolean} shared @returns {Menu} */
  menuOf(one, shared) {
    const title = subscriptionText(this, one);
    if (shared) {
      const refused = one.receivers.some(({ id, refused: no }) => id === this.of.viewer && no);
      return { title, line: "", groups: [[{ icon: refused ? "bell" : "bell-off", label: this.t(refused ? "subscription.accept" : "subscription.refuse"), run: () => this.does(() => this.of.following.refuse(one.id, !refused)) }]] };
    }
    return {
      title,
      line: "",
      groups: [
        [
          { icon: "users", label: this.t("subscription.readdress"), run: () => this.of.subscribe(this.ownerDocument, { person: null, subscription: one }) },
          { icon: "bell-off", label: this.t("subscription.end"), run: () => this.end(one) },
        ],
      ],
    };
  }

  /** @param {Subscription} one */
  async end(one) {
    const again = { kind: one.kind, value: one.value, receivers: one.receivers.map(({ id }) => id) };
    const done = await this.does(() => this.of.following.unsubscribe(one.id));
    if (done) this.of.toast({ text: this.t("subscription.ended", { what: subscriptionText(this, one) }), undo: () => this.does(() => this.of.following.subscribe(again)) });
  }

  /** @param {() => Promise<void>} deed */
  async does(deed) {
    try {
      await deed();
      return true;
    } catch {
      this.problem = this.t("failure.subscription");
      return false;
    }
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector("lf-menu"));
  }
}

/** @param {LfElement} element @param {Subscription} one */
export function subscriptionText(element, { kind, value, person }) {
  if (kind === "person") return person ? nameOf({ name: person.name, address: person.address ?? "" }) : element.t("subscription.gone");
  if (kind === "type") return element.t(`moment-type.${value}`);
  return kind === "description" ? element.t("subscription.words", { words: value }) : value;
}

customElements.define("lf-subscriptions", LfSubscriptions);
