/**
 * What a list is narrowed to: kept in the page's address, told in words, and held against what the stream brings.
 * @import { FeedItem } from "./api-types.js"
 * @import { I18n } from "./i18n.js"
 */
import { fullDay } from "./format.js";

/** @typedef {Record<string, string>} Query parameters of the list's address and of its API alike; what is not set is left out */

export const OUTCOMES = ["viewed", "clicked", "replied", "archived"];
const NAMES = ["q", "person", "account", "from", "to", ...OUTCOMES];

/** @returns {Query} of the page's address */
export function fromAddress() {
  const given = new URLSearchParams(location.search);
  return cleaned(Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ""])));
}

/** The page can be loaded again, kept and sent around. @param {Query} query */
export function toAddress(query) {
  const search = new URLSearchParams(query).toString();
  history.replaceState(history.state, "", search ? `?${search}` : location.pathname);
}

/** @param {Query} query @returns {Query} without what is empty */
export function cleaned(query) {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value.trim() !== ""));
}

/** @param {I18n} i18n @param {string} name @param {string} value @param {string} [person] their name */
export function words(i18n, name, value, person) {
  if (OUTCOMES.includes(name)) return i18n.t(`narrow.${name}-${value === "yes" ? "yes" : "no"}`);
  if (name === "from" || name === "to") return i18n.t(`narrow.${name}-day`, { day: fullDay(i18n, value) });
  if (name === "person") return person ? i18n.t("narrow.person-named", { name: person }) : i18n.t("narrow.person");
  return i18n.t("narrow.account-named", { name: value });
}

/**
 * Whether a line the stream brings is in a narrowed feed, as the server decides it for those it lists.
 * @param {Query} query @param {(at: string) => string} dayOf the viewer's day of a time @returns {(item: FeedItem) => boolean}
 */
export function fits(query, dayOf) {
  const holds = holder(query["q"] ?? "");
  const account = terms(query["account"] ?? "");
  const { person, from, to } = query;
  return (item) => {
    const { who } = item;
    const day = dayOf(item.at);
    if ((from && day < from) || (to && day > to)) return false;
    if (person && who.person && who.person.id !== person) return false;
    const company = folded(who.account ?? "");
    if (!account.every((term) => company.includes(term))) return false;
    const all = [who.person, ...who.possible].flatMap((one) => (one ? [one.name, one.address] : []));
    return holds([...all, who.account, item.message?.subject, item.moment?.description, item.link?.text, item.detail?.text]);
  };
}

/** Whether texts hold all these words. @param {string} words @returns {(texts: unknown[]) => boolean} */
export function holder(words) {
  const wanted = terms(words);
  return (texts) => {
    const told = folded(texts.filter(Boolean).join("\n"));
    return wanted.every((term) => told.includes(term));
  };
}

/** Without case, accents and widths of letters. @param {string} text */
export function folded(text) {
  return text.normalize("NFKD").toLowerCase().replaceAll(/\p{M}/gu, "");
}

/** @param {string} text */
function terms(text) {
  return folded(text).split(/\s+/).filter(Boolean).slice(0, 8);
}
