/**
 * Whom the viewer follows without owning them, with their last moment.
 * @import { Watched } from "./api-types.js"
 * @import { LfMenu, Menu } from "./lf-menu.js"
 */
import { failure, notice, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { nameOf, timeAgo } from "./format.js";
import "./lf-menu.js";
import { personLink } from "./person-link.js";
import { ranks } from "./ranks.js";
import { entryOf, waysTo } from "./reach.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const FEW = 5;

export class LfWatched extends LfElement {
  static properties = { ...LfElement.properties, layout: {}, problem: { state: true } };

  constructor() {
    super();
    /** "aside": the latest few; "page": all. */
    this.layout = "page";
    this.problem = "";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.following.addEventListener("change", () => this.requestUpdate(), { signal });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
    this.of.following.open();
  }

  render() {
    const { following } = this.of;
    const aside = this.layout === "aside";
    const list = following.phase === "failed" ? failure(this.of, this.t("failure.following"), following.error, () => following.load()) : following.phase === "ready" ? this.list() : skeleton(this.of, 2);
    return html`${aside ? html`<section class="sec"><header><h2>${this.t("watched.title")}</h2></header>${this.said()}${list}</section>` : html`${this.said()}${list}`}
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  said() {
    return this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing;
  }

  list() {
    const { watched } = this.of.following;
    const aside = this.layout === "aside";
    if (!watched.length && aside) return html`<p class="soft">${this.t("watched.none-text")}</p>`;
    if (!watched.length) return html`<div class="blank">${icon("watch")}<b>${this.t("watched.none")}</b><p>${this.t("watched.none-text")}</p></div>`;
    const shown = aside ? watched.slice(0, FEW) : watched;
    return html`<ul class="slim-list">${repeat(shown, ({ person }) => person.id, (one) => this.row(one))}</ul>
      ${shown.length < watched.length ? html`<p><a href=${this.of.places.watchList}>${this.t("watched.all", { count: watched.length })}</a></p>` : nothing}`;
  }

  /** @param {Watched} one */
  row(one) {
    const { person, moment } = one;
    const { i18n, now } = this.of;
    const name = nameOf({ name: person.name, address: person.address ?? "" });
    const open = (/** @type {Event} */ event) => this.menu.open(/** @type {Element} */ (event.currentTarget), this.menuOf(one));
    return html`<li class="slimrow">
      <div>
        <p class="name">${personLink(this, person.id, name)}${person.account ? html`<span class="acct">${person.account}</span>` : nothing}</p>
        <p class="meta"><span class="cut">${moment ? this.t("watched.moment", { what: moment.description, when: timeAgo(i18n, moment.at, now()) }) : this.t("watched.no-moment")}</span>${this.layout === "page" && one.consent !== "unknown" ? html`<span class="badge">${this.t(`consent.${one.consent}`)}</span>` : nothing}${one.own ? html`<span class="badge">${this.t("watched.own")}</span>` : nothing}</p>
      </div>
      <div class="end">${ranks(i18n, one)}
        <button type="button" class="ib" aria-haspopup="menu" aria-expanded="false" aria-label=${this.t("menu.of", { who: name })} @click=${open}>${icon("down")}</button></div>
    </li>`;
  }

  /** @param {Watched} one @returns {Menu} */
  menuOf({ person }) {
    const page = this.ownerDocument;
    return {
      title: nameOf({ name: person.name, address: person.address ?? "" }),
      line: person.name ? (person.address ?? "") : "",
      groups: [
        [...waysTo(this.of, person, person.account).map((way) => entryOf(this.of, page, way)), { icon: "task", label: this.t("menu.new-task"), run: () => this.of.writeTask(page, { person, written: { type: "call" } }) }],
        [
          { icon: "bell-plus", label: this.t("menu.subscribe"), run: () => this.of.subscribe(page, { person }) },
          { icon: "watch", label: this.t("menu.unwatch"), run: () => this.watch(person.id, nameOf({ name: person.name, address: person.address ?? "" }), false) },
        ],
        [{ icon: "user", label: this.t("menu.person"), href: this.of.places.person(person.id) }],
      ],
    };
  }

  /** @param {string} id @param {string} name @param {boolean} watched */
  async watch(id, name, watched) {
    try {
      await this.of.following.watch(id, watched);
      this.of.toast({ text: this.t(watched ? "toast.watched" : "toast.unwatched", { name }), undo: () => this.watch(id, name, !watched) });
    } catch {
      this.problem = this.t(watched ? "failure.watch" : "failure.unwatch");
    }
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector("lf-menu"));
  }
}
customElements.define("lf-watched", LfWatched);
