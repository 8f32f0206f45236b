/**
 * Whether a change of a feed's line is worth calling its viewer, and in which words. Pure: what was known before, what is
 * wished and the time are given.
 * @import { FeedItem, Notifications } from "./api-types.js"
 * @import { I18n } from "./i18n.js"
 */
import { detailText, whoText } from "./format.js";

/** @typedef {"first-view" | "view-again" | "click" | "reply" | "bounce" | "moment"} Occasion */

export const OCCASIONS = /** @type {const} */ (["first-view", "view-again", "click", "reply", "bounce", "moment"]);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BY_PEOPLE = new Set(["human", "proxy-human"]);

/**
 * What has newly happened, "" when nothing a person would be called for.
 * @param {FeedItem} item @param {string | undefined} known when this line last happened, as far as was known
 * @returns {Occasion | ""}
 */
export function occasionOf(item, known) {
  if (item.hidden || item.removed || item.message?.archived || isMuted(item)) return "";
  const at = Date.parse(item.at);
  if (known !== undefined && at <= Date.parse(known)) return "";
  const kind = /** @type {string} */ (item.kind);
  switch (kind) {
    case "view":
      return BY_PEOPLE.has(item.class) ? viewed(item, at - Date.parse(known ?? item.first_at), known) : "";
    case "click":
      return BY_PEOPLE.has(item.class) && (known === undefined || at - Date.parse(known) >= HOUR) ? "click" : "";
    case "reply":
    case "bounce":
    case "moment":
      return kind;
    default:
      return "";
  }
}

/** Somebody who looks at a mail several times on one day is told of once. @param {FeedItem} item @param {number} pause @param {string | undefined} known @returns {Occasion | ""} */
function viewed(item, pause, known) {
  if (pause >= DAY) return "view-again";
  return known === undefined && (item.count === 1 || pause < HOUR) ? "first-view" : "";
}

/**
 * @param {Occasion} occasion @param {Notifications} wishes @param {Date} now @param {string} timeZone the viewer's
 * @returns {"now" | "later" | "never"} later: once the quiet hours are over
 */
export function whenToTell(occasion, wishes, now, timeZone) {
  if (wishes.kinds[occasion] === false) return "never";
  return isQuiet(wishes, now, timeZone) ? "later" : "now";
}

/** @param {Notifications} wishes @param {Date} now @param {string} timeZone */
export function isQuiet({ quiet }, now, timeZone) {
  if (!quiet.on || quiet.start === quiet.end) return false;
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now);
  const isIn = quiet.start <= clock;
  return quiet.start < quiet.end ? isIn && clock < quiet.end : isIn || clock < quiet.end;
}

/** "Aïssatou Diallo viewed “Pricing”". @param {I18n} i18n @param {FeedItem} item @param {Occasion} occasion */
export function headline(i18n, item, occasion) {
  const who = i18n.capital(whoText(i18n, item));
  const subject = item.message?.subject ?? momentOf(item);
  switch (occasion) {
    case "first-view":
      return i18n.t("notify.says-view", { who, subject });
    case "view-again":
      return i18n.t("notify.says-view-again", { who, subject });
    case "click":
      return i18n.t("notify.says-click", { who, subject });
    case "reply":
      return i18n.t("notify.says-reply", { who, subject });
    case "bounce":
      return i18n.t("notify.says-bounce", { who: whoText(i18n, item), subject });
    case "moment":
      return i18n.t("notify.says-moment", { who, subject });
  }
}

/** What more is known: the account, and why a mail bounced. @param {I18n} i18n @param {FeedItem} item */
export function subline(i18n, item) {
  const why = item.kind === "bounce" && item.detail ? detailText(i18n, item.detail) : "";
  return [item.who.account, why].filter(Boolean).join(i18n.t("list.comma"));
}

/** "3 new things" and "1 reply, 2 views". @param {I18n} i18n @param {string[]} kinds of the lines @returns {{ title: string, text: string }} */
export function summary(i18n, kinds) {
  const order = ["reply", "click", "view", "moment", "bounce"];
  const sums = order.map((kind) => ({ kind, count: kinds.filter((one) => one === kind).length })).filter(({ count }) => count);
  return { title: i18n.t("notify.many", { count: kinds.length }), text: sums.map(({ kind, count }) => i18n.t(`count.${kind}`, { count })).join(i18n.t("list.comma")) };
}

/** @param {FeedItem} item */
function isMuted(item) {
  return Boolean(item.message?.muted || item.who.person?.muted);
}

/** @param {FeedItem} item */
function momentOf(item) {
  return /** @type {{ moment?: { description?: string } | null }} */ (item).moment?.description ?? "";
}
