/**
 * The ways to reach somebody: call, email, LinkedIn. What is not possible is not there; what they asked us not to do warns.
 * @import { App, Warning } from "./app.js"
 * @import { Contact } from "./api-types.js"
 * @import { Entry } from "./lf-menu.js"
 */
import { nameOf } from "./format.js";
import { html } from "./vendor/lit.js";
import { icon } from "./element.js";

/**
 * @typedef {object} Way
 * @property {"call" | "email" | "linkedin"} kind
 * @property {string} icon
 * @property {string} label
 * @property {string} hint
 * @property {string} href
 * @property {boolean} away
 * @property {string} warning "" when nothing speaks against it
 */

/** @param {App} app @param {Contact} who @param {string | null} [account] @returns {Way[]} in the order of every row and menu */
export function waysTo(app, who, account = null) {
  return [call(app, who), email(app, who), linkedin(app, who, account)].filter((way) => way !== null);
}

/** @param {App} app @param {Contact} who @returns {Way | null} */
function call({ i18n }, who) {
  if (!who.phone) return null;
  const warning = who.do_not_call ? i18n.t("warn.call", { name: nameOf(who) }) : "";
  return { kind: "call", icon: "phone", label: i18n.t("reach.call"), hint: who.do_not_call ? i18n.t("reach.do-not-call") : who.phone, href: `tel:${who.phone}`, away: false, warning };
}

/** @param {App} app @param {Contact} who @returns {Way | null} */
function email({ i18n, places }, who) {
  if (!who.address) return null;
  const warning = who.unsubscribed ? i18n.t("warn.email", { name: nameOf(who) }) : "";
  return { kind: "email", icon: "mail", label: i18n.t("reach.email"), hint: who.unsubscribed ? i18n.t("reach.unsubscribed") : "", href: places.email(who.address), away: true, warning };
}

/** A search where no profile is known. @param {App} app @param {Contact} who @param {string | null} account @returns {Way | null} */
function linkedin({ i18n }, who, account) {
  const known = who.linkedin;
  if (!known && !who.name) return null;
  const search = new URLSearchParams({ keywords: [who.name, account?.includes(".") ? "" : account].filter(Boolean).join(" ") });
  const href = known ?? `https://www.linkedin.com/search/results/people/?${search}`;
  return { kind: "linkedin", icon: "linkedin", label: i18n.t(known ? "reach.linkedin" : "reach.linkedin-search"), hint: "", href, away: true, warning: "" };
}

/** @param {Way} way @returns {Warning} */
function warningOf({ warning, href, away }, /** @type {string} */ label) {
  return { text: warning, label, href, away };
}

/** @param {App} app @param {Document} page @param {Way} way @returns {Entry} */
export function entryOf(app, page, way) {
  const { icon: sign, label, hint, href, away, warning } = way;
  const entry = { icon: sign, label, ...(hint ? { hint } : {}) };
  if (!warning) return { ...entry, href, away };
  return { ...entry, run: () => app.warn(page, warningOf(way, app.i18n.t(`warn.${way.kind}-anyway`))) };
}

/** An icon button beside a row. @param {App} app @param {Document} page @param {Way} way @param {string} name whom it reaches @param {string} [more] classes */
export function wayButton(app, page, way, name, more = "") {
  const { kind, href, away, warning } = way;
  const label = app.i18n.t(`reach.${kind === "linkedin" && way.label !== app.i18n.t("reach.linkedin") ? "linkedin-search" : kind}-of`, { name });
  if (warning) {
    const warn = () => app.warn(page, warningOf(way, app.i18n.t(`warn.${kind}-anyway`)));
    return html`<button type="button" class=${`ib ${more}`} aria-label=${label} title=${way.label} @click=${warn}>${icon(way.icon)}</button>`;
  }
  return html`<a class=${`ib ${more}`} href=${href} target=${away ? "_blank" : "_self"} rel="noopener" aria-label=${label} title=${way.label}>${icon(way.icon)}</a>`;
}
