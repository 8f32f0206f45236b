/**
 * What a rep might do next: one key makes a task of it, another dismisses it.
 * @import { Suggestion } from "./api-types.js"
 * @import { LfMenu } from "./lf-menu.js"
 */
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import "./lf-menu.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const LOOK_EVERY = 60_000;
const SIGNS = { call: "phone", email: "mail", inmail: "linkedin", custom: "task" };
const SHOWN = 3;

export class LfSuggestions extends LfElement {
  static properties = { ...LfElement.properties, items: { state: true }, on: { state: true }, whole: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** @type {Suggestion[]} */
    this.items = [];
    this.on = true;
    this.whole = false;
    this.problem = "";
    this.lookedAt = -LOOK_EVERY;
    this.deciding = 0;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("tick", () => this.look(LOOK_EVERY), { signal });
    document.addEventListener("visibilitychange", () => this.look(0), { signal });
    this.look(0);
  }

  render() {
    if (!this.items.length && !this.problem) return nothing;
    const shown = this.whole ? this.items : this.items.slice(0, SHOWN);
    const more = this.items.length - shown.length;
    return html`${this.problem ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.problem}</span></p>` : nothing}
      <ol class="feed suggested">
        <li class="day"><span>${this.t("suggestions.title")}</span><button type="button" class="ib" aria-label=${this.t("suggestions.more")} title=${this.t("suggestions.more")} aria-haspopup="menu" aria-expanded="false" @click=${this.open}>${icon("more", "m")}</button></li>
        ${repeat(shown, ({ id }) => id, (one) => this.row(one))}
        ${more > 0 ? html`<li class="older"><button type="button" class="link" @click=${() => (this.whole = true)}>${this.t("suggestions.all", { count: more })}</button></li>` : nothing}
      </ol>
      <lf-menu .app=${this.app}></lf-menu>`;
  }

  /** @param {Suggestion} one */
  row(one) {
    const { name, why, type, person } = one;
    return html`<li class="line">
      <div class="task suggestion" tabindex="0" data-id=${one.id} aria-label=${this.t("suggestions.row", { name, why })} role="group" @keydown=${(/** @type {KeyboardEvent} */ event) => this.key(event, one)}>
        ${icon(SIGNS[type])}
        <div>
          <p class="name"><span class="cut" title=${name}>${name}</span></p>
          <p class="meta"><span class="cut" title=${why}>${why}${person.account ? ` · ${nameOf({ name: person.name, address: person.address ?? "" })} · ${person.account}` : nothing}</span></p>
        </div>
        <div class="acts">
          <button type="button" class="ib" aria-label=${this.t("suggestions.accept-of", { name })} title=${this.t("suggestions.accept")} @click=${() => this.accept(one)}>${icon("plus")}</button>
          <button type="button" class="ib" aria-label=${this.t("suggestions.dismiss-of", { name })} title=${this.t("suggestions.dismiss")} @click=${() => this.dismiss(one)}>${icon("x")}</button>
        </div>
      </div>
    </li>`;
  }

  /** @param {KeyboardEvent} event @param {Suggestion} one */
  key(event, one) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const deed = { Enter: () => this.accept(one), a: () => this.accept(one), x: () => this.dismiss(one), Delete: () => this.dismiss(one) }[event.key];
    if (!deed) return;
    event.preventDefault();
    this.stepOn(/** @type {HTMLElement} */ (event.currentTarget));
    deed();
  }

  /** The focus goes to the next row before this one goes. @param {HTMLElement} row */
  stepOn(row) {
    const rows = [...this.querySelectorAll(".suggestion"), ...(this.parentElement?.querySelectorAll("lf-task") ?? [])];
    const next = rows[rows.indexOf(row) + 1] ?? rows.find((other) => other !== row);
    /** @type {HTMLElement | undefined} */ (next)?.focus();
  }

  /** @param {Suggestion} one */
  accept(one) {
    return this.decide(one, "failure.suggestion-accept", async () => {
      this.of.tasks.accept(await this.of.api.acceptSuggestion(one.id));
      this.of.toast({ text: this.t("suggestions.accepted", { name: one.name }), undo: () => this.reopen(one) });
    });
  }

  /** @param {Suggestion} one */
  dismiss(one) {
    return this.decide(one, "failure.suggestion-dismiss", async () => {
      await this.of.api.decideSuggestion(one.id, "dismiss");
      this.of.toast({ text: this.t("suggestions.dismissed"), undo: () => this.reopen(one) });
    });
  }

  /** Gone at once; back when it did not hold. @param {Suggestion} one @param {string} failure @param {() => Promise<void>} ask */
  async decide(one, failure, ask) {
    const at = this.items.indexOf(one);
    this.problem = "";
    this.items = this.items.filter(({ id }) => id !== one.id);
    this.deciding += 1;
    try {
      await ask();
    } catch {
      this.items = [...this.items.slice(0, at), one, ...this.items.slice(at)];
      this.problem = this.t(failure);
    } finally {
      this.deciding -= 1;
    }
  }

  /** @param {Suggestion} one */
  async reopen(one) {
    this.items = [one, ...this.items];
    this.problem = "";
    try {
      await this.of.api.decideSuggestion(one.id, "reopen");
    } catch {
      this.items = this.items.filter(({ id }) => id !== one.id);
      this.problem = this.t("failure.suggestion-reopen");
      return;
    }
    await this.load();
    await this.of.tasks.refresh();
  }

  /** @param {Event} event */
  open(event) {
    const menu = /** @type {LfMenu} */ (this.querySelector("lf-menu"));
    menu.open(/** @type {Element} */ (event.currentTarget), {
      title: "",
      groups: [[{ icon: "bell-off", label: this.t("suggestions.off"), run: () => this.turn(false) }]],
    });
  }

  /** @param {boolean} on */
  async turn(on) {
    const before = this.items;
    this.items = [];
    try {
      const saved = this.of.api.changeMe({ preferences: { suggestions: on } });
      if (!on) this.of.toast({ text: this.t("suggestions.are-off"), undo: () => this.turn(true) });
      await saved;
      if (on) await this.load();
    } catch {
      this.items = before;
      this.problem = this.t("failure.suggestions-turn");
    }
  }

  /** @param {number} atMostEvery in milliseconds */
  look(atMostEvery) {
    if (document.visibilityState === "visible" && performance.now() - this.lookedAt >= atMostEvery) void this.load();
  }

  /** Quietly: what is on screen stays when it fails. */
  async load() {
    this.lookedAt = performance.now();
    const found = await this.of.api.suggestions().catch(() => null);
    if (found && !this.deciding) this.items = found.items;
  }
}
customElements.define("lf-suggestions", LfSuggestions);
