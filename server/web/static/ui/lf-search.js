/**
 * One box that finds people and messages. "/" leads into it; what is found is chosen with the arrows.
 * @import { MessageSummary, Person } from "./api-types.js"
 */
import { LfElement, icon } from "./element.js";
import { nameOf, timeInList } from "./format.js";
import { html, nothing } from "./vendor/lit.js";
import { isPlain } from "./walk.js";

const SETTLES = 150;
const MOST = 5;

/** @typedef {{ id: string, href: string, icon: string, name: string, about: string }} Found */

export class LfSearch extends LfElement {
  static properties = { ...LfElement.properties, groups: { state: true }, chosen: { state: true }, failed: { state: true } };

  constructor() {
    super();
    /** @type {{ label: string, found: Found[] }[] | null} null while nothing is looked for */
    this.groups = null;
    this.chosen = -1;
    this.failed = false;
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.soon = undefined;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const page = this.ownerDocument;
    page.addEventListener("keydown", (event) => this.key(event), { signal });
    page.addEventListener("pointerdown", (event) => this.contains(/** @type {Node} */ (event.target)) || this.close(), { signal });
  }

  get found() {
    return (this.groups ?? []).flatMap(({ found }) => found);
  }

  render() {
    const label = this.t("search.label");
    const open = this.groups !== null;
    return html`<search class="finder" @focusout=${this.left}>
      <label class="field slim">${icon("search", "m")}<input
          type="search"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded=${open}
          aria-controls="finds"
          aria-activedescendant=${this.found[this.chosen] ? `find-${this.chosen}` : nothing}
          aria-label=${label}
          aria-keyshortcuts="/"
          placeholder=${label}
          autocomplete="off"
          maxlength="200"
          @input=${this.write}
          @keydown=${this.choose}
          @focus=${this.write}
      /></label>
      <div class="finds" id="finds" role="listbox" aria-label=${label} ?hidden=${!open}>${this.list()}</div>
      <p class="vh" role="status">${open && !this.failed ? this.t("search.count", { count: this.found.length }) : nothing}</p>
    </search>`;
  }

  list() {
    if (this.failed) return html`<p class="soft" role="alert">${this.t("search.failed")}</p>`;
    if (this.groups && !this.found.length) return html`<p class="soft">${this.t("search.none")}</p>`;
    let place = -1;
    return (this.groups ?? []).map(({ label, found }) =>
      found.length
        ? html`<div role="group" aria-label=${label}><p class="h3" aria-hidden="true">${label}</p>${found.map((one) => this.line(one, (place += 1)))}</div>`
        : nothing,
    );
  }

  /** @param {Found} one @param {number} place */
  line(one, place) {
    const chosen = place === this.chosen;
    return html`<a class=${chosen ? "find sel" : "find"} id=${`find-${place}`} role="option" tabindex="-1" aria-selected=${chosen} href=${one.href}
      >${icon(one.icon, "m")}<span class="cut">${one.name}</span><span class="cut muted">${one.about}</span></a
    >`;
  }

  get box() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  write() {
    const words = this.box.value.trim();
    clearTimeout(this.soon);
    if (!words) return this.close();
    this.soon = setTimeout(() => this.look(words), SETTLES);
  }

  /** @param {string} words */
  async look(words) {
    const asked = ++this.asked;
    const { api } = this.of;
    try {
      const [people, messages] = await Promise.all([api.people(words, MOST), api.messages({ q: words, limit: MOST })]);
      if (asked !== this.asked) return;
      this.failed = false;
      this.groups = [
        { label: this.t("search.people"), found: people.items.map((person) => this.person(person)) },
        { label: this.t("search.messages"), found: messages.items.map((message) => this.message(message)) },
      ];
    } catch {
      if (asked !== this.asked) return;
      this.failed = true;
      this.groups = [];
    }
    this.chosen = -1;
  }

  /** @param {Person} person @returns {Found} */
  person(person) {
    const address = person.addresses[0]?.address ?? "";
    const about = [person.account, person.name ? address : ""].filter(Boolean).join(this.t("list.comma"));
    return { id: person.id, href: this.of.places.person(person.id), icon: "user", name: person.name || address, about };
  }

  /** @param {MessageSummary} message @returns {Found} */
  message(message) {
    const to = message.recipients.map(nameOf).join(this.t("list.comma"));
    const about = [to, message.sent_at ? timeInList(this.of.i18n, message.sent_at, this.of.now()) : ""].filter(Boolean).join(" · ");
    return { id: message.id, href: `/messages/${encodeURIComponent(message.id)}`, icon: "mail", name: message.subject || this.t("message.no-subject"), about };
  }

  close() {
    clearTimeout(this.soon);
    this.asked += 1;
    this.groups = null;
    this.chosen = -1;
  }

  /** @param {FocusEvent} event */
  left(event) {
    if (!this.contains(/** @type {Node | null} */ (event.relatedTarget))) this.close();
  }

  /** @param {KeyboardEvent} event in the box */
  choose(event) {
    const count = this.found.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) {
      event.preventDefault();
      this.chosen = this.chosen < 0 && step < 0 ? count - 1 : (this.chosen + step + count) % count;
    }
    if (event.key === "Escape" && this.groups) {
      event.preventDefault();
      this.close();
    }
    const one = this.found[Math.max(0, this.chosen)];
    if (event.key === "Enter" && !event.isComposing && one) this.ownerDocument.location.assign(one.href);
  }

  /** @param {KeyboardEvent} event anywhere */
  key(event) {
    if (event.key !== "/" || !isPlain(event) || !this.checkVisibility()) return;
    event.preventDefault();
    this.box.focus();
    this.box.select();
  }
}
customElements.define("lf-search", LfSearch);
