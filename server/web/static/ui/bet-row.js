/**
 * One person of the best bets, as a row of the table.
 * @import { App } from "./app.js"
 * @import { BestBet, LastMoment } from "./api-types.js"
 */
import { icon } from "./element.js";
import { fullTime, nameOf, shortTime } from "./format.js";
import { ranks } from "./ranks.js";
import { waysTo, wayButton } from "./reach.js";
import { html, nothing } from "./vendor/lit.js";

/** @type {{ name: string, sort?: "priority" | "score" | "urgency" | "name" }[]} */
export const HEAD = [
  { name: "person", sort: "name" },
  { name: "account" },
  { name: "kind" },
  { name: "ranks", sort: "priority" },
  { name: "score", sort: "score" },
  { name: "rise", sort: "urgency" },
  { name: "moment" },
  { name: "when" },
];
const SIGN = { web: "globe", email: "mail-open", milestone: "flag" };

/**
 * @param {App} app @param {Document} page @param {BestBet} bet @param {number} index in the whole list @param {boolean} chosen
 * @param {{ menu: (bet: BestBet, anchor: Element) => void, pick: (bet: BestBet, on: boolean) => void }} acts
 */
export function betRow(app, page, bet, index, chosen, acts) {
  const { i18n } = app;
  const { person, score, moment } = bet;
  const name = nameOf({ name: person.name, address: person.address ?? "" });
  const call = waysTo(app, person, person.account).find(({ kind }) => kind === "call");
  const pick = (/** @type {Event} */ event) => acts.pick(bet, /** @type {HTMLInputElement} */ (event.target).checked);
  return html`<tr class=${chosen ? "sel" : ""} tabindex="0" aria-rowindex=${index + 2} data-id=${person.id} @keydown=${rowKey}>
    <td class="c-check"><label class="hitbox"><input class="check" type="checkbox" .checked=${chosen} aria-label=${i18n.t("best-bets.choose", { name })} @change=${pick} /></label></td>
    <td class="cut c-person" title=${person.address ?? ""}><a href=${app.places.person(person.id)} tabindex="-1"><b lang=${hanOf(app, name)}>${name}</b></a>${person.title ? html` <span class="muted" lang=${hanOf(app, person.title)}>${person.title}</span>` : nothing}${bet.watched ? html` <span class="sign" role="img" aria-label=${i18n.t("badge.watched")} title=${i18n.t("badge.watched")}>${icon("watch", "s")}</span>` : nothing}</td>
    <td class="cut c-account">${person.account ?? ""}</td>
    <td class="cut soft c-kind">${i18n.t(`best-bets.kind-${kindOf(bet)}`)}</td>
    <td class="c-ranks">${ranks(i18n, bet)}</td>
    <td class="c-score">${score ?? ""}</td>
    <td class="c-rise">${change(app, bet.urgency)}</td>
    <td class="cut c-moment">${moment ? lastMoment(app, moment) : nothing}</td>
    <td class="muted c-when">${moment ? html`<time datetime=${moment.at} title=${fullTime(i18n, moment.at)}>${shortTime(i18n, moment.at, app.now())}</time>` : nothing}</td>
    <td class="c-acts"><span class="acts">${call ? wayButton(app, page, call, name, "way") : nothing}<button type="button" class="ib arrow" aria-haspopup="menu" aria-expanded="false" aria-label=${i18n.t("menu.of", { who: name })} @click=${(/** @type {Event} */ event) => acts.menu(bet, /** @type {Element} */ (event.currentTarget))}>${icon("down")}</button></span></td>
  </tr>`;
}

/** @param {App} app @param {string} text */
function hanOf({ i18n }, text) {
  return /\p{Script=Han}/u.test(text) && i18n.locale !== "zh-TW" ? "zh-Hant" : nothing;
}

/** @param {BestBet} bet */
function kindOf({ kind, opportunities }) {
  return kind === "contact" && opportunities ? "opportunity" : kind;
}

/** What the score rose or fell by in two weeks. @param {App} app @param {number | null} by */
function change({ i18n }, by) {
  if (!by) return nothing;
  const words = i18n.t(by > 0 ? "targets.up" : "best-bets.down");
  return html`<span class=${by > 0 ? "rise" : "rise fall"}><span class="vh">${words} </span>${icon("rise", "s")}${Math.abs(by)}</span>`;
}

/** @param {App} app @param {LastMoment} moment */
function lastMoment({ i18n }, { type, description }) {
  return html`<span class="told"><span class="kind" data-mark="mktg" role="img" aria-label=${i18n.t(`moment-type.${type}`)}>${icon(SIGN[type], "m")}</span><span class="soft cut" title=${description}>${description}</span></span>`;
}

/** @param {KeyboardEvent} event */
function rowKey(event) {
  const row = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.target !== row || (event.key !== "." && event.key !== "Enter")) return;
  event.preventDefault();
  /** @type {HTMLElement} */ (row.querySelector(".arrow")).click();
}
