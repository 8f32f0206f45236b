/**
 * A card of Google's JSON in our look, and the stack of cards one can walk through. `ask` sends a press to the server; the
 * answer changes the stack. Events: "reload" (what it shows may be out of date), "host-action" (what only Gmail can do).
 * @import { Values } from "./card-form.js"
 */
import { ApiError } from "./api.js";
import { formInputs, kept, missing } from "./card-form.js";
import { nameOf } from "./card-icons.js";
import { allowed, bare, leaves } from "./card-text.js";
import { header, footer, section } from "./card-widgets.js";
import { LfElement, icon } from "./element.js";
import "./lf-menu.js";
import { html, nothing } from "./vendor/lit.js";

/** @typedef {Record<string, any>} Json */
/** @typedef {{ card: Json, values: Values, missing: Set<string>, unfolded: Set<number>, suggestions: Map<string, string[]> }} Shown */
/** @typedef {(action: Json, inputs: Record<string, Json>) => Promise<Json>} Ask */

const PATIENCE = 300;
const ACTION = /\/action\/([a-z][a-z0-9-]*)$/;

export class LfCard extends LfElement {
  static properties = {
    ...LfElement.properties,
    card: { attribute: false },
    ask: { attribute: false },
    stack: { state: true },
    busy: { state: true },
    slow: { state: true },
    failed: { state: true },
  };

  constructor() {
    super();
    /** @type {Json | null} */
    this.card = null;
    /** @type {Ask} */
    this.ask = (action, inputs) => this.askServer(action, inputs);
    /** @type {Shown[]} */
    this.stack = [];
    this.busy = false;
    this.slow = false;
    this.failed = "";
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has("card")) this.stack = this.card ? [shown(this.card)] : [];
  }

  render() {
    const top = this.stack.at(-1);
    if (!top) return nothing;
    const { card } = top;
    const plain = card["sectionDividerStyle"] === "NO_DIVIDER" ? "plain" : "";
    return html`<article class="card ${plain}" aria-label=${bare(card["header"]?.title) || nothing} aria-busy=${this.busy ? "true" : "false"}>
        ${header(this, top)} ${this.failed ? this.failure() : nothing}
        ${(card["sections"] ?? []).map((/** @type {Json} */ one, /** @type {number} */ index) => section(this, top, one, index))} ${footer(this, card["fixedFooter"])}
        <p class="c-status" role="status">${this.slow ? this.t("loading") : nothing}</p>
      </article>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  failure() {
    return html`<p class="note bad" role="alert">
      ${icon("alert")}<span>${this.failed}</span><button type="button" class="link end" @click=${() => (this.failed = "")}>${this.t("action.dismiss")}</button>
    </p>`;
  }

  // What the widgets ask for

  /** @param {Json | undefined} press an `onClick` @param {Event} event */
  press(press, event) {
    if (!press) return;
    if (press["action"]) void this.act(press["action"]);
    else if (press["openDynamicLinkAction"]) void this.act(press["openDynamicLinkAction"]);
    else if (press["card"]) this.push(press["card"]);
    else if (press["overflowMenu"]) this.openMenu(/** @type {Element} */ (event.currentTarget), press["overflowMenu"].items ?? []);
    else if (press["openLink"]) this.follow(press["openLink"]);
  }

  /** @param {Element} anchor @param {Json[]} items */
  openMenu(anchor, items) {
    const entries = items.filter((item) => !item["disabled"]).map((item) => this.entry(item));
    const menu = /** @type {import("./lf-menu.js").LfMenu} */ (this.querySelector("lf-menu"));
    void menu.open(anchor, { title: "", groups: [entries] });
  }

  /** @param {Json} item of an overflow menu, or of the card's own */
  entry(item) {
    const label = bare(item["text"] ?? item["actionLabel"]);
    const press = item["onClick"] ?? {};
    const url = allowed(press["openLink"]?.url);
    const drawn = item["startIcon"] ? nameOf(item["startIcon"]) : "dot";
    if (url && press["openLink"].onClose !== "RELOAD") return { icon: drawn, label, href: url, away: leaves(url) };
    return { icon: drawn, label, run: () => this.press(press, new Event("click")) };
  }

  /** @param {string} name @param {string[]} value @param {Json | undefined} change an `onChangeAction` */
  put(name, value, change) {
    const top = this.stack.at(-1);
    if (!top) return;
    top.values.set(name, value);
    top.missing.delete(name);
    this.requestUpdate();
    if (change) void this.act(change, name);
  }

  /** @param {number} index of a section */
  fold(index) {
    const unfolded = this.stack.at(-1)?.unfolded;
    if (!unfolded?.delete(index)) unfolded?.add(index);
    this.requestUpdate();
  }

  /** What could stand in a text input. @param {Json} action @param {string} name */
  async suggest(action, name) {
    const top = this.stack.at(-1);
    if (!top) return;
    try {
      const answer = await this.ask(action, formInputs(top.card, top.values));
      const items = /** @type {Json[]} */ (answer["autoComplete"]?.items ?? []);
      top.suggestions.set(name, items.map((item) => String(item["text"])));
      this.requestUpdate();
    } catch {
      // Suggestions are a courtesy: without them one types on.
    }
  }

  /** @param {Json} action @param {string} [changed] the input whose change this is */
  async act(action, changed) {
    const top = this.stack.at(-1);
    if (!top || this.busy) return;
    top.missing = missing(action, top.card, top.values);
    this.failed = "";
    if (top.missing.size) return this.pointOut();
    this.busy = true;
    const waiting = setTimeout(() => (this.slow = action["loadIndicator"] !== "NONE"), PATIENCE);
    try {
      this.answer(await this.ask(action, formInputs(top.card, top.values)), changed);
    } catch (error) {
      if (changed) top.values.delete(changed);
      this.failed = this.wording(error);
    } finally {
      clearTimeout(waiting);
      this.busy = this.slow = false;
    }
  }

  async pointOut() {
    this.requestUpdate();
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector("[aria-invalid='true']"))?.focus();
  }

  /** @param {unknown} error */
  wording(error) {
    if (error instanceof ApiError) return error.message;
    return this.t("card.unreachable");
  }

  /** To our own server only, whatever address the card names. @param {Json} action @param {Record<string, Json>} inputs @returns {Promise<Json>} */
  async askServer(action, inputs) {
    const name = ACTION.exec(new URL(action["function"], location.href).pathname)?.[1];
    if (!name) throw new Error("a card named no action of ours");
    const parameters = Object.fromEntries((action["parameters"] ?? []).map((/** @type {Json} */ one) => [one["key"], one["value"]]));
    return this.of.api.cardAction(name, { parameters, inputs });
  }

  // What the answer changes

  /** @param {Json} envelope of a press or of a trigger @param {string} [changed] */
  answer(envelope, changed) {
    const rendered = envelope["renderActions"] ?? envelope;
    const action = rendered["action"] ?? envelope["custom_authorization_prompt"]?.action ?? {};
    for (const step of action["navigations"] ?? []) this.navigate(step, changed);
    if (action["notification"]?.text) this.of.toast({ text: action["notification"].text });
    if (action["link"]) this.follow(action["link"]);
    if (rendered["hostAppAction"]) this.dispatchEvent(new CustomEvent("host-action", { detail: rendered["hostAppAction"], bubbles: true }));
  }

  /** @param {Json} step @param {string} [changed] */
  navigate(step, changed) {
    if (step["pushCard"]) this.push(step["pushCard"]);
    if (step["updateCard"]) this.renew(step["updateCard"], changed);
    if (step["pop"]) this.popTo(this.stack.length - 1);
    if (step["popToRoot"]) this.popTo(1);
    if (step["popToCard"]) {
      const at = this.stack.findLastIndex(({ card }) => card["name"] === step["popToCard"]);
      if (at >= 0) this.popTo(at + 1);
    }
  }

  /** @param {Json} card */
  push(card) {
    this.stack = [...this.stack, shown(card)];
    void this.focusTitle();
  }

  back() {
    this.failed = "";
    this.popTo(this.stack.length - 1);
  }

  /** @param {number} length that stays */
  popTo(length) {
    const stays = Math.max(1, length);
    if (stays >= this.stack.length) return;
    this.stack = this.stack.slice(0, stays);
    void this.focusTitle();
  }

  /** @param {Json} card @param {string} [changed] */
  renew(card, changed) {
    const top = this.stack.at(-1);
    const values = top ? kept(card, top.values, changed) : new Map();
    this.stack = [...this.stack.slice(0, -1), { ...shown(card), values, unfolded: top?.unfolded ?? new Set() }];
  }

  async focusTitle() {
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector(".c-title"))?.focus();
  }

  /** @param {Json} link */
  follow(link) {
    const url = allowed(link["url"]);
    if (!url) return;
    this.watchReturn(link);
    window.open(url, leaves(url) ? "_blank" : "_self", link["openAs"] === "OVERLAY" ? "popup,width=560,height=680" : "noopener");
  }

  /** Google draws a card anew once the page it opened is closed; we do when somebody is back. @param {Json} link */
  watchReturn(link) {
    if (link["onClose"] !== "RELOAD") return;
    window.addEventListener("focus", () => this.dispatchEvent(new Event("reload", { bubbles: true })), { once: true });
  }
}

/** @param {Json} card @returns {Shown} */
function shown(card) {
  return { card, values: new Map(), missing: new Set(), unfolded: new Set(), suggestions: new Map() };
}
customElements.define("lf-card", LfCard);
