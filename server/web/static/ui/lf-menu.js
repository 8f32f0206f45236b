/** A menu opened from a button: arrows, Home, End, first letter, Esc. It says what it is about, then what can be done. */
import { LfElement, icon } from "./element.js";
import { place } from "./popover.js";
import { html, nothing } from "./vendor/lit.js";

/**
 * @typedef {object} Entry
 * @property {string} icon
 * @property {string} label
 * @property {string} [hint] at the right: a key, a number
 * @property {string} [href]
 * @property {boolean} [away] opens another page beside this one
 * @property {() => void} [run]
 */

/** @typedef {{ title: string, line?: string, groups: Entry[][] }} Menu */

const JUST_CLOSED = 250;

export class LfMenu extends LfElement {
  static properties = { ...LfElement.properties, menu: { state: true } };

  constructor() {
    super();
    /** @type {Menu} */
    this.menu = { title: "", groups: [] };
    /** @type {Element | null} */
    this.anchor = null;
    this.closedAt = -JUST_CLOSED;
  }

  render() {
    const { title, line, groups } = this.menu;
    const filled = groups.filter((group) => group.length);
    return html`<div class="menu" popover="auto" @beforetoggle=${this.toggling} @toggle=${this.toggled} @keydown=${this.key}>
      ${title || line ? html`<p class="head">${title ? html`<b>${title}</b>` : nothing}${line}</p>` : nothing}
      <ul role="menu" aria-label=${title || this.t("menu.more")}>
        ${filled.map((group, index) => [index ? html`<li class="sep" role="separator"></li>` : nothing, group.map((entry) => this.entry(entry))])}
      </ul>
    </div>`;
  }

  /** @param {Entry} entry */
  entry(entry) {
    const inside = html`${icon(entry.icon)}<span class="label">${entry.label}</span>${entry.hint ? html`<span class="hint">${entry.hint}</span>` : nothing}`;
    return html`<li role="none">
      ${entry.href
        ? html`<a role="menuitem" tabindex="-1" href=${entry.href} target=${entry.away ? "_blank" : nothing} rel=${entry.away ? "noopener" : nothing} @click=${this.close}>${inside}</a>`
        : html`<button type="button" role="menuitem" tabindex="-1" @click=${() => this.choose(entry)}>${inside}</button>`}
    </li>`;
  }

  get box() {
    return /** @type {HTMLElement} */ (this.querySelector("[popover]"));
  }

  get isOpen() {
    return Boolean(this.querySelector("[popover]:popover-open"));
  }

  /** @param {Element} anchor @param {Menu} menu */
  async open(anchor, menu) {
    const toggledShut = anchor === this.anchor && performance.now() - this.closedAt < JUST_CLOSED;
    if (toggledShut) return;
    this.anchor = anchor;
    this.menu = menu;
    await this.updateComplete;
    this.box.showPopover();
    place(this.box, anchor, "end");
    this.entries[0]?.focus();
  }

  /** @returns {HTMLElement[]} */
  get entries() {
    return [...this.querySelectorAll("[role=menuitem]")].map((each) => /** @type {HTMLElement} */ (each));
  }

  close() {
    if (this.isOpen) this.box.hidePopover();
  }

  /** @param {Entry} entry */
  choose(entry) {
    this.close();
    entry.run?.();
  }

  /** A press on the open menu's own button shuts it before the click arrives. @param {ToggleEvent} event */
  toggling(event) {
    if (event.newState === "closed") this.closedAt = performance.now();
  }

  /** @param {ToggleEvent} event */
  toggled(event) {
    const open = event.newState === "open";
    this.anchor?.setAttribute("aria-expanded", String(open));
    this.dispatchEvent(new Event(open ? "opened" : "closed"));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    const entries = this.entries;
    const at = entries.indexOf(/** @type {HTMLElement} */ (event.target));
    const to = target(event, entries, at);
    if (event.key === "Tab") this.close();
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      /** @type {HTMLElement | null} */ (this.anchor)?.focus();
    }
    if (!to) return;
    event.preventDefault();
    to.focus();
  }
}

/** @param {KeyboardEvent} event @param {HTMLElement[]} entries @param {number} at @returns {HTMLElement | undefined} */
function target(event, entries, at) {
  switch (event.key) {
    case "ArrowDown":
      return entries[(at + 1) % entries.length];
    case "ArrowUp":
      return entries[(at - 1 + entries.length) % entries.length];
    case "Home":
      return entries[0];
    case "End":
      return entries.at(-1);
    default:
      return event.key.length === 1 && !event.ctrlKey && !event.metaKey ? startingWith(event.key, entries, at) : undefined;
  }
}

/** @param {string} letter @param {HTMLElement[]} entries @param {number} at the search goes on from there, around */
function startingWith(letter, entries, at) {
  const wanted = letter.toLocaleLowerCase();
  return [...entries.slice(at + 1), ...entries.slice(0, at + 1)].find((entry) =>
    entry.querySelector(".label")?.textContent?.trim().toLocaleLowerCase().startsWith(wanted),
  );
}
customElements.define("lf-menu", LfMenu);
