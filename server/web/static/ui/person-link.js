/** A name that opens the person's page: beside the window, in place elsewhere. Keys reach it by the row's menu. @import { LfElement } from "./element.js" */
import { html, nothing } from "./vendor/lit.js";

/** @param {LfElement} row @param {string | null | undefined} id @param {string} name @param {string} [hint] */
export function personLink(row, id, name, hint = "") {
  const { i18n, places } = row.of;
  const lang = /\p{Script=Han}/u.test(name) && i18n.locale !== "zh-TW" ? "zh-Hant" : nothing;
  if (!id) return html`<b lang=${lang} title=${hint}>${name}</b>`;
  return html`<a lang=${lang} title=${hint} tabindex="-1" href=${places.person(id)} target=${row.closest("lf-window") ? "_blank" : nothing}>${name}</a>`;
}
