/**
 * The last thirty days, a small chart for each kind; the same as a table for whoever reads rather than looks.
 * @import { DayCounts } from "./api-types.js"
 * @import { TodayStore } from "./today-store.js"
 */
import { LfElement } from "./element.js";
import { dayName } from "./format.js";
import { html, nothing, svg } from "./vendor/lit.js";

const KINDS = /** @type {const} */ (["view", "click", "reply", "moment"]);
const WIDE = 6;
const BAR = 4;
const TALL = 36;

export class LfTrend extends LfElement {
  static properties = { ...LfElement.properties, store: { attribute: false } };

  constructor() {
    super();
    /** @type {TodayStore | null} */
    this.store = null;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.store?.addEventListener("change", () => this.requestUpdate(), { signal });
  }

  render() {
    const days = this.store?.today.days;
    if (!days) return nothing;
    return html`<section class="sec">
      <header><h2>${this.t("trend.title")}</h2></header>
      <div class="trends">${KINDS.map((kind) => this.chart(kind, days))}</div>
      <details class="trend-table"><summary>${this.t("trend.table")}</summary>${this.table(days)}</details>
    </section>`;
  }

  /** @param {typeof KINDS[number]} kind @param {DayCounts[]} days */
  chart(kind, days) {
    const { i18n } = this.of;
    const most = Math.max(...days.map((day) => day[kind]));
    const sum = days.reduce((before, day) => before + day[kind], 0);
    const peak = days.find((day) => most > 0 && day[kind] === most);
    const told = peak ? this.t("trend.told", { name: this.t(`trend.${kind}`), sum, day: dayName(i18n, peak.day), count: most }) : this.t("trend.none", { name: this.t(`trend.${kind}`) });
    return html`<figure class=${kind === "moment" ? "trend mktg" : "trend"}>
      <figcaption><span>${this.t(`trend.${kind}`)}</span> <b>${i18n.number(sum)}</b></figcaption>
      <svg viewBox="0 0 ${days.length * WIDE} ${TALL + 1}" preserveAspectRatio="none" role="img" aria-label=${told}>
        ${days.map((day, place) => this.bar(day, day[kind], place, most))}
      </svg>
    </figure>`;
  }

  /** Something is never nothing: a day with one is seen beside one with hundreds. @param {DayCounts} day @param {number} count @param {number} place @param {number} most */
  bar(day, count, place, most) {
    const height = count ? Math.max(2, (count / most) * TALL) : 0.5;
    return svg`<rect class=${count ? "bar-of" : "bar-of none"} x=${place * WIDE + 1} y=${TALL + 0.5 - height} width=${BAR} height=${height} rx=${count ? 1 : 0}><title>${this.t("trend.day", { day: dayName(this.of.i18n, day.day), count })}</title></rect>`;
  }

  /** @param {DayCounts[]} days */
  table(days) {
    const { i18n } = this.of;
    return html`<table class="tbl">
      <thead><tr><th scope="col">${this.t("trend.column-day")}</th>${KINDS.map((kind) => html`<th scope="col" class="r">${this.t(`trend.${kind}`)}</th>`)}</tr></thead>
      <tbody>${[...days].reverse().map((day) => html`<tr><th scope="row">${i18n.capital(dayName(i18n, day.day))}</th>${KINDS.map((kind) => html`<td class="r">${i18n.number(day[kind])}</td>`)}</tr>`)}</tbody>
    </table>`;
  }
}
customElements.define("lf-trend", LfTrend);
