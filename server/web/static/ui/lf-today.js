/**
 * Today in one sentence and five figures.
 * @import { Latest, Today } from "./api-types.js"
 * @import { TodayStore } from "./today-store.js"
 */
import { LfElement } from "./element.js";
import { someoneText, timeAgo } from "./format.js";
import { html, nothing } from "./vendor/lit.js";

const FIGURES = /** @type {const} */ (["reply", "click", "view", "moment"]);

export class LfToday extends LfElement {
  static properties = { ...LfElement.properties, store: { attribute: false } };

  constructor() {
    super();
    /** @type {TodayStore | null} */
    this.store = null;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.store?.addEventListener("change", () => this.requestUpdate(), { signal });
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
  }

  render() {
    if (!this.store) return nothing;
    const { today } = this.store;
    return html`<p class="lede">${this.latest(today.latest)} ${this.tasks(today.tasks)}</p>
      <dl class="figures">
        ${FIGURES.map((kind) => this.figure(today.figures[kind].count, this.t(`today.${kind}`), this.under(today, kind)))}
        ${this.figure(today.rises, this.t("today.rises"), this.t("today.rises-of"))}
      </dl>`;
  }

  /** @param {number} count @param {string} name @param {string} under */
  figure(count, name, under) {
    return html`<div><dt>${name}<span>${under}</span></dt><dd>${this.of.i18n.number(count)}</dd></div>`;
  }

  /** @param {Today} today @param {typeof FIGURES[number]} kind */
  under({ figures, machine }, kind) {
    if (kind === "moment") return this.t("today.from-marketing");
    if (kind === "view" && machine) return this.t("today.machine", { count: machine });
    if (!figures[kind].count) return this.t("today.none-yet");
    return this.t(`today.${kind}-people`, { count: figures[kind].people });
  }

  /** @param {Latest | null} latest */
  latest(latest) {
    if (!latest) return this.t("today.quiet");
    const { i18n, now } = this.of;
    const name = latest.name ?? someoneText(i18n, latest.of);
    return this.t(`today.latest-${latest.kind}`, { name, ago: timeAgo(i18n, latest.at, now()), subject: latest.subject });
  }

  /** @param {Today["tasks"]} tasks */
  tasks({ overdue, today }) {
    if (!overdue) return today ? this.t("today.due", { count: today }) : this.t("today.nothing-due");
    const late = this.t("today.overdue", { count: overdue });
    return today ? this.t("today.overdue-and-due", { overdue: late, due: this.t("today.due-more", { count: today }) }) : this.t("today.only-overdue", { overdue: late });
  }
}
customElements.define("lf-today", LfToday);
