/**
 * Stars and flames: always three glyphs, filled from the left, said as a number.
 * @import { I18n } from "./i18n.js"
 * @import { Ranks } from "./api-types.js"
 */
import { icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

const MOST = 3;

/** Nothing for somebody without a score. @param {I18n} i18n @param {Ranks} ranks */
export function ranks(i18n, { stars, flames }) {
  if (stars === null && flames === null) return nothing;
  return html`<span class="ranks">${rank(i18n, "star", stars ?? 0)}${rank(i18n, "flame", flames ?? 0)}</span>`;
}

/** @param {I18n} i18n @param {"star" | "flame"} kind @param {number} count */
export function rank(i18n, kind, count) {
  return html`<span class=${`rank ${kind}s`} data-count=${count} role="img" aria-label=${i18n.t(`ranks.${kind}s`, { count, most: MOST })}
    >${Array.from({ length: MOST }, () => icon(kind))}</span
  >`;
}
