/** What colleagues share of their feeds, as one, by day. Live. @import { TeamLine } from "./team-store.js" */
import { failure, noMatch, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { rowsOf } from "./feed-state.js";
import { dayHeading } from "./format.js";
import "./lf-segments.js";
import "./lf-sharing.js";
import "./lf-team-row.js";
import { TeamStore } from "./team-store.js";
import { html, nothing, repeat } from "./vendor/lit.js";
import { isPlain, walk } from "./walk.js";

const KINDS = ["", "view", "click", "reply"];
const NEAR_THE_END = 600;

export class LfTeam extends LfElement {
  constructor() {
    super();
    /** @type {TeamStore | null} */
    this.store = null;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const store = (this.store ??= new TeamStore(this.of));
    store.addEventListener("change", () => this.requestUpdate(), { signal });
    signal.addEventListener("abort", () => store.close());
    window.addEventListener("scroll", () => this.fill(), { signal, passive: true });
    this.ownerDocument.addEventListener("keydown", (event) => this.key(event), { signal });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
    store.load();
  }

  get team() {
    if (!this.store) throw new Error("<lf-team> without a store");
    return this.store;
  }

  render() {
    const { phase, error, sharing } = this.team;
    return html`<div class="cols">
      <div>${phase === "failed" ? failure(this.of, this.t("failure.team"), error, () => this.team.load()) : phase === "loading" ? skeleton(this.of, 3) : this.feed()}</div>
      <section class="sec"><header><h2>${this.t("team.yours")}</h2></header><div><lf-sharing .app=${this.app} .on=${sharing} @shared=${() => this.team.load()}></lf-sharing></div></section>
    </div>`;
  }

  feed() {
    const { state, colleagues, colleague } = this.team;
    if (!colleagues.length) return html`<div class="blank">${icon("users")}<b>${this.t("team.none")}</b><p>${this.t("team.none-text")}</p></div>`;
    const kinds = KINDS.map((value) => ({ value, label: this.t(`filter.${value || "all"}`) }));
    return html`<div class="bar">
        <lf-segments .app=${this.app} .choices=${kinds} .chosen=${state.filter.kind} label=${this.t("filter.show")} @choose=${(/** @type {CustomEvent<string>} */ { detail }) => this.team.filter(detail)}></lf-segments>
        <div class="tools"><label class="field slim"><span class="vh">${this.t("team.whose")}</span><select @change=${this.chosen}>
          <option value="" ?selected=${!colleague}>${this.t("team.everybody", { count: colleagues.length })}</option>
          ${colleagues.map(({ id, name }) => html`<option value=${id} ?selected=${id === colleague}>${id === this.of.viewer ? this.t("team.you") : name}</option>`)}
        </select>${icon("down", "s")}</label></div>
      </div>
      ${state.items.size ? this.lines() : state.filter.kind ? noMatch(this.of, state.filter.kind, () => this.team.filter("")) : html`<div class="blank">${icon("eye")}<b>${this.t("empty.title")}</b></div>`}`;
  }

  lines() {
    const { i18n, now } = this.of;
    const rows = rowsOf(this.team.state, i18n.day(now()), (at) => i18n.day(new Date(at)));
    return html`<ol class="feed" aria-label=${this.t("team.label")}>${repeat(rows, (row) => (row.row === "item" ? row.item.id : row.row === "day" ? row.day : row.row), (row) => {
      if (row.row === "day") return html`<li class="day">${dayHeading(i18n, row.day, row.earlier, now())}</li>`;
      return row.row === "item" ? html`<li class="line"><lf-team-row tabindex="0" .app=${this.app} .item=${/** @type {TeamLine} */ (row.item)}></lf-team-row></li>` : nothing;
    })}</ol>`;
  }

  /** @param {Event} event */
  chosen(event) {
    this.team.choose(/** @type {HTMLSelectElement} */ (event.target).value);
  }

  updated() {
    setTimeout(() => this.fill());
  }

  fill() {
    const box = this.ownerDocument.scrollingElement;
    if (box && box.clientHeight > 0 && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END) this.team.more();
  }

  /** j and k walk through the lines. @param {KeyboardEvent} event */
  key(event) {
    if (isPlain(event)) walk(event, [...this.querySelectorAll("lf-team-row")].map((row) => /** @type {HTMLElement} */ (row)));
  }
}
customElements.define("lf-team", LfTeam);
