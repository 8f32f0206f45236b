/**
 * Whom something done about many could not be done for, and why.
 * @import { App } from "./app.js"
 * @import { BestBet } from "./api-types.js"
 * @import { Report } from "./best-bets.js"
 */
import { icon } from "./element.js";
import { html } from "./vendor/lit.js";

/** @param {App} app @param {{ key: string, report: Report }} told @param {(bet: BestBet) => string} nameOf @param {() => void} dismiss */
export function outcomes({ i18n }, { key, report }, nameOf, dismiss) {
  const { done, failed } = report;
  return html`<div class="note warn outcomes" role="alert">
    ${icon("alert")}
    <div>
      <p><b>${i18n.t(`best-bets.partly-${key}`, { count: done.length, of: done.length + failed.length })}</b></p>
      <ul>${failed.map(({ bet, outcome }) => html`<li>${i18n.t("best-bets.why", { name: nameOf(bet), why: i18n.t(`outcome.${outcome}`) })}</li>`)}</ul>
    </div>
    <button type="button" class="link end" @click=${dismiss}>${i18n.t("action.dismiss")}</button>
  </div>`;
}
