/**
 * Everything about one person: what happened with them, who they are, what they said about tracking, what is to do.
 * @import { PersonDetails, Person, Task, TimelinePage } from "./api-types.js"
 * @import { LfMenu } from "./lf-menu.js"
 * @import { LfSamePerson } from "./lf-same-person.js"
 * @import { LfTimeline } from "./lf-timeline.js"
 */
import { notice } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { nameOf, timeAgo } from "./format.js";
import "./lf-about-tasks.js";
import "./lf-consent.js";
import "./lf-details.js";
import "./lf-mail-with.js";
import "./lf-menu.js";
import "./lf-same-person.js";
import "./lf-timeline.js";
import { contactOf } from "./person-menu.js";
import { rank } from "./ranks.js";
import { entryOf, waysTo } from "./reach.js";
import { html, nothing } from "./vendor/lit.js";

export class LfPerson extends LfElement {
  static properties = { ...LfElement.properties, person: { attribute: false }, problem: { state: true } };

  constructor() {
    super();
    /** @type {PersonDetails | null} */
    this.person = null;
    /** @type {TimelinePage | null} */
    this.timeline = null;
    /** @type {Task[]} */
    this.tasks = [];
    this.problem = "";
  }

  get them() {
    if (!this.person) throw new Error("<lf-person> without a person");
    return this.person;
  }

  get path() {
    return `/api/v1/people/${encodeURIComponent(this.them.id)}`;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { following } = this.of;
    following.addEventListener("change", () => this.requestUpdate(), { signal });
    this.ownerDocument.addEventListener("visibilitychange", () => this.ownerDocument.visibilityState === "visible" && this.refresh(), { signal });
    following.open();
  }

  render() {
    const person = this.them;
    return html`${this.head(person)} ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      <div class="cols">
        <lf-timeline .app=${this.app} .person=${person} .first=${this.timeline} @task=${(/** @type {CustomEvent<Task>} */ { detail }) => this.of.writeTask(this.ownerDocument, { task: detail })}></lf-timeline>
        <div>
          ${person.knows_marketing ? this.score(person) : nothing}
          <lf-details .app=${this.app} .person=${person} @changed=${(/** @type {CustomEvent<Person>} */ { detail }) => this.put(detail)}></lf-details>
          <lf-consent .app=${this.app} .person=${person} @changed=${() => this.refresh()}></lf-consent>
          <lf-about-tasks .app=${this.app} .person=${person} .first=${this.tasks} @changed=${() => this.history?.load()}></lf-about-tasks>
          <lf-mail-with .app=${this.app} .person=${person}></lf-mail-with>
        </div>
      </div>
      <lf-same-person .app=${this.app} .person=${person} @changed=${(/** @type {CustomEvent<Person>} */ { detail }) => this.put(detail)}></lf-same-person>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  /** @param {PersonDetails} person */
  head(person) {
    const name = nameOf(contactOf(person)) || this.t("people.nameless");
    const chinese = /\p{Script=Han}/u.test(name) && this.of.i18n.locale !== "zh-TW";
    const about = new URLSearchParams({ account: person.account ?? "" });
    return html`<div class="top tall person-top">
      <div class="person-head"><h1 lang=${chinese ? "zh-Hant" : nothing}>${name}</h1>
        <p class="soft">${person.title}${person.title && person.account ? this.t("list.comma") : nothing}${person.account ? html`<a class="link" href=${`${this.of.places.people}?${about}`}>${person.account}</a>` : nothing}${this.badges(person)}</p></div>
      <div class="end">${this.ways(person)}${this.toggles(person, name)}
        <button type="button" class="ib" aria-haspopup="menu" aria-expanded="false" aria-label=${this.t("menu.of", { who: name })} title=${this.t("menu.more")} @click=${(/** @type {Event} */ event) => this.openMenu(person, /** @type {Element} */ (event.currentTarget))}>${icon("more")}</button></div>
    </div>`;
  }

  /** @param {PersonDetails} person */
  badges({ do_not_call, unsubscribed, known, muted }) {
    const signs = [
      ...(do_not_call ? [["phone-off", "reach.do-not-call"]] : []),
      ...(unsubscribed ? [["mail-x", "reach.unsubscribed"]] : []),
      ...(known ? [] : [["user-plus", "badge.stranger"]]),
      ...(muted ? [["bell-off", "badge.muted"]] : []),
    ];
    return signs.map(([sign = "", key = ""]) => html` <span class="badge">${icon(sign, "s")}${this.t(key)}</span>`);
  }

  /** The ways to reach them, worded. @param {PersonDetails} person */
  ways(person) {
    const page = this.ownerDocument;
    const who = contactOf(person);
    const ways = waysTo(this.of, who, person.account).map((way) => {
      const { href, run, away } = entryOf(this.of, page, way);
      const inside = html`${icon(way.icon, "m")}<span>${this.t(`person.${way.kind}`)}</span>`;
      return href
        ? html`<a class="btn" href=${href} target=${away ? "_blank" : nothing} rel=${away ? "noopener" : nothing} title=${way.hint || way.label}>${inside}</a>`
        : html`<button type="button" class="btn" title=${way.hint || way.label} @click=${() => run?.()}>${inside}</button>`;
    });
    const write = () => this.of.writeTask(page, { person: who, written: { type: "call" } });
    return html`${ways}<button type="button" class="btn" @click=${write}>${icon("task", "m")}<span>${this.t("task.new")}</span></button>`;
  }

  /** @param {PersonDetails} person @param {string} name */
  toggles(person, name) {
    const { following, viewer } = this.of;
    const own = person.owner?.id === viewer;
    const bell = following.ofPerson(person.id) !== null;
    const watch = this.t(person.watched ? "menu.unwatch" : "menu.watch");
    const ring = this.t(bell ? "bell.on" : "bell.off", { name });
    return html`${own && !person.watched ? nothing : html`<button type="button" class=${person.watched ? "ib on" : "ib"} aria-pressed=${String(person.watched)} aria-label=${watch} title=${watch} @click=${() => this.watch(!person.watched)}>${icon("watch")}</button>`}
      ${own || person.watched ? html`<button type="button" class=${bell ? "ib on" : "ib"} aria-pressed=${String(bell)} aria-label=${ring} title=${ring} @click=${() => this.ring()}>${icon(bell ? "bell" : "bell-plus")}</button>` : nothing}`;
  }

  /** @param {PersonDetails} person */
  score(person) {
    const { i18n, now } = this.of;
    const { score, rise, rose_at, stars, flames } = person;
    return html`<section class="sec score-of"><header><h2>${this.t("person.score")}</h2></header>
      ${score === null ? html`<p>${this.t("person.no-score")}</p>` : html`<p class="score-line"><span class="score">${score}</span>${rise ? html`<span class="rise"><span class="vh">${this.t("targets.up")} </span>${icon("rise", "s")}${rise}</span><span class="soft">${rose_at ? timeAgo(i18n, rose_at, now()) : nothing}</span>` : nothing}</p>
        <dl class="dl"><dt>${this.t("person.stars")}</dt><dd>${rank(i18n, "star", stars ?? 0)}${person.best_bet ? html` <span class="muted">${this.t("person.best-bet")}</span>` : nothing}</dd><dt>${this.t("person.flames")}</dt><dd>${rank(i18n, "flame", flames ?? 0)}</dd></dl>`}
    </section>`;
  }

  /** @param {PersonDetails} person @param {Element} anchor */
  openMenu(person, anchor) {
    const outside = (/** @type {string} */ label, /** @type {string | null} */ href) => (href ? [{ icon: "external", label: this.t(label), href, away: true }] : []);
    const decides = person.may_decide ? [{ icon: "users", label: this.t("person.join"), run: () => this.same.open() }, { icon: "trash", label: this.t("person.delete"), run: () => this.same.askToDelete() }] : [];
    this.menu.open(anchor, {
      title: "",
      groups: [
        [
          { icon: person.muted ? "bell" : "bell-off", label: this.t(person.muted ? "menu.unmute-person" : "menu.mute-person"), run: () => this.mute(!person.muted) },
          ...(person.owner?.id === this.of.viewer || person.watched ? [{ icon: "bell-plus", label: this.t("menu.subscribe"), run: () => this.of.subscribe(this.ownerDocument, { person: contactOf(person) }) }] : []),
        ],
        [...outside("menu.marketo", person.links.marketo), ...outside("menu.salesforce", person.links.salesforce)],
        decides,
      ],
    });
  }

  /** Somebody changed them, here or elsewhere. @param {Person} person */
  put(person) {
    this.person = { ...this.them, ...person };
    this.refresh();
  }

  /** Quietly: what is on screen stays when it fails. */
  async refresh() {
    const knew = this.them.knows_marketing;
    const person = await this.of.api.get(this.path).catch(() => null);
    if (!person) return;
    this.person = person;
    if (person.knows_marketing !== knew) this.history?.ask({ kind: "" });
  }

  /** @param {boolean} watched */
  async watch(watched) {
    const name = nameOf(contactOf(this.them));
    const toast = () => this.of.toast({ text: this.t(watched ? "toast.watched" : "toast.unwatched", { name }), undo: () => this.watch(!watched) });
    await this.does({ watched }, () => this.of.following.watch(this.them.id, watched), watched ? "failure.watch" : "failure.unwatch", toast);
  }

  /** @param {boolean} muted */
  async mute(muted) {
    const toast = () => this.of.toast({ text: this.t(muted ? "toast.muted-person" : "toast.unmuted-person"), undo: () => this.mute(!muted) });
    await this.does({ muted }, () => this.of.api.mute("person", this.them.id, muted), "failure.mute", toast);
  }

  async ring() {
    const { following } = this.of;
    const stands = following.ofPerson(this.them.id);
    const name = nameOf(contactOf(this.them));
    const toast = () => this.of.toast({ text: this.t(stands ? "toast.bell-off" : "toast.bell-on", { name }), undo: () => this.ring() });
    await this.does({}, () => (stands ? following.unsubscribe(stands.id) : following.subscribe({ kind: "person", value: this.them.id })), "failure.subscription", toast);
  }

  /** Shown at once, taken back when it does not hold. @param {Partial<PersonDetails>} changes @param {() => Promise<unknown>} deed @param {string} failed @param {() => void} done */
  async does(changes, deed, failed, done) {
    const before = this.them;
    this.person = { ...before, ...changes };
    try {
      await deed();
      done();
      await this.refresh();
    } catch {
      this.person = before;
      this.problem = this.t(failed);
    }
  }

  get history() {
    return /** @type {LfTimeline | null} */ (this.querySelector("lf-timeline"));
  }

  get same() {
    return /** @type {LfSamePerson} */ (/** @type {unknown} */ (this.querySelector("lf-same-person")));
  }

  get menu() {
    return /** @type {LfMenu} */ (this.querySelector(":scope > lf-menu"));
  }
}
customElements.define("lf-person", LfPerson);
