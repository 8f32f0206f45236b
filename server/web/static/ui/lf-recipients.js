/**
 * Whom a mail goes to: people who are known are offered while one types, any address is taken.
 * @import { Reader } from "./api-types.js"
 */
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const ASK_AFTER = 200;
const MOST_OFFERED = 6;
const ADDRESS = /^[^@\s,;<>]+@[^@\s,;<>]+$/;
const WRITTEN = /^\s*(?:"?([^"<]*?)"?\s*<\s*([^<>\s]+)\s*>|(\S+))\s*$/;

/** Event "write": `people` changed. */
export class LfRecipients extends LfElement {
  static properties = {
    ...LfElement.properties,
    people: { attribute: false },
    label: {},
    name: {},
    wrong: {},
    offered: { state: true },
    at: { state: true },
    refused: { state: true },
  };

  constructor() {
    super();
    /** @type {readonly Reader[]} */
    this.people = [];
    this.label = "";
    this.name = "to";
    /** What is wrong with it as a whole. */
    this.wrong = "";
    /** @type {Reader[]} */
    this.offered = [];
    this.at = -1;
    /** Something typed that is no address. */
    this.refused = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.asking = undefined;
  }

  render() {
    const id = `lf-${this.name}`;
    const wrong = this.refused ? this.t("compose.wrong-address") : this.wrong;
    return html`<label for=${id}>${this.label}</label>
      <div class=${wrong ? "field chips invalid" : "field chips"} @click=${this.pressed}>
        ${repeat(this.people, ({ address }) => address, (one) => this.chip(one))}
        <input id=${id} name=${this.name} role="combobox" autocomplete="off" spellcheck="false" aria-expanded=${String(this.offered.length > 0)} aria-controls=${`${id}-list`} aria-autocomplete="list"
          aria-activedescendant=${this.at >= 0 ? `${id}-${this.at}` : nothing} aria-invalid=${String(Boolean(wrong))} aria-describedby=${`${id}-wrong`} @input=${this.ask} @keydown=${this.key} @blur=${this.left} @paste=${this.pasted} />
        <ul id=${`${id}-list`} class="offers" role="listbox" aria-label=${this.label} ?hidden=${!this.offered.length}>
          ${this.offered.map((one, at) => html`<li id=${`${id}-${at}`} role="option" aria-selected=${String(at === this.at)} @mousedown=${(/** @type {Event} */ event) => this.take(one, event)}><b>${nameOf(one)}</b> <span class="soft">${one.name ? one.address : ""}</span></li>`)}
        </ul>
      </div>
      <span class="err" id=${`${id}-wrong`} ?hidden=${!wrong}>${wrong ? html`${icon("alert", "s")}${wrong}` : nothing}</span>`;
  }

  /** @param {Reader} one */
  chip(one) {
    const label = this.t("compose.remove", { name: nameOf(one) });
    return html`<span class=${one.unsubscribed ? "chip warn" : "chip"} title=${one.address}>
      ${one.unsubscribed ? html`${icon("alert", "s")}<span class="vh">${this.t("reach.unsubscribed")}</span>` : nothing}
      <span class="cut">${nameOf(one)}</span><button type="button" class="ib" aria-label=${label} title=${label} @click=${() => this.without(one)}>${icon("x", "s")}</button></span>`;
  }

  get input() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  focus() {
    this.input.focus();
  }

  /** @param {Event} event */
  pressed(event) {
    if (event.target === event.currentTarget) this.input.focus();
  }

  ask() {
    const text = this.input.value.trim();
    this.refused = false;
    clearTimeout(this.asking);
    if (/[,;]$/.test(text)) return void this.add(text.slice(0, -1));
    if (!text) return void this.offer([]);
    this.asking = setTimeout(async () => {
      const found = await this.of.api.people(text, MOST_OFFERED).catch(() => null);
      if (!found || this.input.value.trim() !== text) return;
      const known = new Set(this.people.map(({ address }) => address.toLowerCase()));
      this.offer(found.items.flatMap(({ id, name, addresses, unsubscribed }) => {
        const address = addresses[0]?.address;
        return address && !known.has(address.toLowerCase()) ? [{ name, address, person_id: id, unsubscribed: unsubscribed ?? false }] : [];
      }));
    }, ASK_AFTER);
  }

  /** @param {Reader[]} found */
  offer(found) {
    this.offered = found;
    this.at = -1;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { input } = this;
    const chosen = this.offered[this.at];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.offered.length) {
      event.preventDefault();
      this.at = (this.at + step + this.offered.length + (this.at < 0 && step < 0 ? 1 : 0)) % this.offered.length;
    } else if (event.key === "Escape" && this.offered.length) {
      event.preventDefault();
      event.stopPropagation();
      this.offer([]);
    } else if (event.key === "Enter" && (input.value.trim() || chosen)) {
      event.preventDefault();
      if (chosen) this.take(chosen);
      else this.add(input.value);
    } else if (event.key === "Backspace" && !input.value && this.people.length) this.change(this.people.slice(0, -1));
  }

  left() {
    clearTimeout(this.asking);
    this.offer([]);
    if (this.input.value.trim()) this.add(this.input.value);
  }

  /** @param {ClipboardEvent} event */
  pasted(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[,;\n]/.test(text.trim())) return;
    event.preventDefault();
    this.add(text);
  }

  /** @param {Reader} one @param {Event} [event] */
  take(one, event) {
    event?.preventDefault();
    this.input.value = "";
    this.offer([]);
    this.change([...this.people, one]);
  }

  /** What somebody typed or pasted: one or several. @param {string} text */
  add(text) {
    /** @type {Reader[]} */
    const found = [];
    const left = text.split(/[,;\n]+/).filter((part) => {
      const [, name = "", inside, bare] = WRITTEN.exec(part) ?? [];
      const address = inside ?? bare ?? "";
      if (ADDRESS.test(address)) found.push({ name, address, person_id: null, unsubscribed: false });
      return part.trim() && !ADDRESS.test(address);
    });
    this.input.value = left.join(", ");
    this.refused = left.length > 0;
    this.offer([]);
    const known = new Set(this.people.map(({ address }) => address.toLowerCase()));
    this.change([...this.people, ...found.filter(({ address }) => !known.has(address.toLowerCase()))]);
  }

  /** @param {Reader} one */
  without(one) {
    this.change(this.people.filter((other) => other !== one));
    this.input.focus();
  }

  /** @param {readonly Reader[]} people */
  change(people) {
    if (people.length === this.people.length && people.every((one, at) => one === this.people[at])) return;
    this.people = people;
    this.dispatchEvent(new Event("write"));
  }
}
customElements.define("lf-recipients", LfRecipients);
