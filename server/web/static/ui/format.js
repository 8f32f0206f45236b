/**
 * How facts are worded: who, what, when, where. Pure, given the viewer's language and the time it is.
 * @import { Address, Detail, Device, FeedItem, Forwarded, Hit, Link, Place, Reason } from "./api-types.js"
 * @import { I18n } from "./i18n.js"
 */
import { inFrench } from "./french-countries.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MONTH = 27 * 24 * HOUR;

/** @param {I18n} i18n @param {string} at @param {Date} now @returns {string} */
export function shortTime(i18n, at, now) {
  const when = new Date(at);
  const age = now.getTime() - when.getTime();
  if (age < MINUTE) return i18n.t("time.now");
  if (age < HOUR) return i18n.t("time.minutes", { count: Math.floor(age / MINUTE) });
  if (i18n.day(when) === i18n.day(now)) return clockTime(i18n, when);
  return shortDay(i18n, when, now);
}

/** "Wed 19" while the month goes without saying, then "19 Aug": a weekday alone would mislead there. @param {I18n} i18n @param {Date} when @param {Date} now */
function shortDay(i18n, when, now) {
  if (now.getTime() - when.getTime() < MONTH) {
    const weekday = i18n.date(when, { weekday: "short" }).replace(/\.$/, "");
    return i18n.t("time.weekday", { weekday, day: i18n.date(when, { day: "numeric" }).replace(/\D/g, "") });
  }
  const sameYear = i18n.day(when).slice(0, 4) === i18n.day(now).slice(0, 4);
  return i18n.date(when, { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}

/** @param {I18n} i18n @param {Date} when */
export function clockTime(i18n, when) {
  return i18n.clock(when).join(":");
}

/** Date, time to the second, zone. @param {I18n} i18n @param {string} at */
export function fullTime(i18n, at) {
  return i18n.date(new Date(at), { dateStyle: "full", timeStyle: "long" });
}

/** "Today 14:30:08", "Wed 19, 17:22:30". @param {I18n} i18n @param {string} at @param {Date} now */
export function preciseTime(i18n, at, now) {
  const when = new Date(at);
  const time = `${clockTime(i18n, when)}:${i18n.date(when, { second: "2-digit" }).replace(/\D/g, "").padStart(2, "0")}`;
  if (i18n.day(when) === i18n.day(now)) return i18n.t("time.today", { time });
  return i18n.t("time.day", { day: shortDay(i18n, when, now), time });
}

/** "Tuesday 18 November at 15:40". @param {I18n} i18n @param {string} at @param {Date} now */
export function longTime(i18n, at, now) {
  const when = new Date(at);
  const sameYear = i18n.day(when).slice(0, 4) === i18n.day(now).slice(0, 4);
  const day = i18n.date(when, { weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
  const [hour, minute] = i18n.clock(when);
  return i18n.t("time.long", { day: day.replace(",", ""), hour, minute });
}

/** The heading of a day. @param {I18n} i18n @param {string} day as 2026-11-21 @param {boolean} earlier @param {Date} now */
export function dayHeading(i18n, day, earlier, now) {
  const yesterday = i18n.day(new Date(now.getTime() - 24 * HOUR));
  if (day === i18n.day(now)) return i18n.t(earlier ? "feed.earlier-today" : "feed.today");
  if (day === yesterday) return i18n.t(earlier ? "feed.earlier-yesterday" : "feed.yesterday");
  const noon = new Date(`${day}T12:00:00Z`);
  const sameYear = day.slice(0, 4) === i18n.day(now).slice(0, 4);
  const named = i18n.date(noon, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
  return earlier ? i18n.t("feed.earlier-on", { day: named.replace(",", "") }) : i18n.capital(named.replace(",", ""));
}

/** "2 min ago", "today at 12:41", "on Wed 19". @param {I18n} i18n @param {string} at @param {Date} now */
export function timeAgo(i18n, at, now) {
  const when = new Date(at);
  const age = now.getTime() - when.getTime();
  if (age < MINUTE) return i18n.t("ago.now");
  if (age < HOUR) return i18n.t("ago.minutes", { count: Math.floor(age / MINUTE) });
  if (i18n.day(when) === i18n.day(now)) return i18n.t("ago.today", { time: clockTime(i18n, when) });
  return i18n.t("ago.day", { day: shortDay(i18n, when, now) });
}

/** "Friday 20 November 2026": a day that has no zone. @param {I18n} i18n @param {string} day */
export function fullDay(i18n, day) {
  return i18n.date(noon(day), { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric" }).replace(",", "");
}

/** "Friday 20 November": the year goes without saying. @param {I18n} i18n @param {string} day */
export function dayName(i18n, day) {
  return i18n.date(noon(day), { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" }).replace(",", "");
}

/** "Yesterday", "Today", "Wed 25", "12 Feb". @param {I18n} i18n @param {string} day @param {string} today */
export function dueText(i18n, day, today) {
  const away = Math.round((noon(day).getTime() - noon(today).getTime()) / (24 * HOUR));
  const named = { "-1": "task.yesterday", 0: "task.today", 1: "task.tomorrow" }[String(away)];
  if (named) return i18n.t(named);
  if (Math.abs(away) < 7) {
    const weekday = i18n.date(noon(day), { timeZone: "UTC", weekday: "short" }).replace(/\.$/, "");
    return i18n.t("time.weekday", { weekday, day: String(noon(day).getUTCDate()) });
  }
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  return i18n.date(noon(day), { timeZone: "UTC", day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}

/** The heading of a day of tasks: "Overdue", "Today, Friday 20 November". @param {I18n} i18n @param {string} day @param {string} today "" when it does not matter */
export function dayOfTasks(i18n, day, today) {
  if (day === "overdue") return i18n.t("task.overdue");
  const sameYear = day.slice(0, 4) === (today || day).slice(0, 4);
  if (!today) return i18n.date(noon(day), { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" }).replace(",", "");
  const named = i18n.date(noon(day), { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) }).replace(",", "");
  if (day === today) return i18n.t("task.day-today", { day: named });
  const tomorrow = noon(day).getTime() - noon(today).getTime() === 24 * HOUR;
  return tomorrow ? i18n.t("task.day-tomorrow", { day: named }) : i18n.capital(named);
}

/** @param {string} day */
function noon(day) {
  return new Date(`${day}T12:00:00Z`);
}

/** "New since 13:50". @param {I18n} i18n @param {string} at @param {Date} now */
export function newSince(i18n, at, now) {
  const when = new Date(at);
  const [hour, minute] = i18n.clock(when);
  if (i18n.day(when) === i18n.day(now)) return i18n.t("feed.new-since", { hour, minute });
  return i18n.t("feed.new-since-day", { day: shortDay(i18n, when, now), hour, minute });
}

/** "near Lyon, France", "in Poland". @param {I18n} i18n @param {Place} place */
export function placeText(i18n, place) {
  const country = i18n.country(place.country);
  if (place.precision === "city" && place.city) return spaced(i18n.t("place.city", { city: place.city, country }));
  if (i18n.locale === "fr") return inFrench(place.country, country);
  return spaced(i18n.t("place.country", { country }));
}

/** Chinese sets a space between its own and Latin letters. @param {string} text */
function spaced(text) {
  return text
    .replaceAll(/(\p{Script=Han})(?=[\p{Script=Latin}\d])/gu, "$1 ")
    .replaceAll(/([\p{Script=Latin}\d])(?=\p{Script=Han})/gu, "$1 ");
}

/** @param {{ name: string, address: string | null }} who */
export function nameOf(who) {
  return who.name || (who.address ?? "");
}

/** "R. Iyer, M. Nair and 2 more". @param {I18n} i18n @param {Address[]} people */
export function possibleNames(i18n, people) {
  const shown = people.length > 4 ? people.slice(0, 3) : people;
  const names = shown.map((who) => initialed(nameOf(who))).join(i18n.t("list.comma"));
  const more = people.length - shown.length;
  return more ? i18n.t("list.more", { names, count: more }) : names;
}

/** @param {string} name */
function initialed(name) {
  const [first = "", ...rest] = name.trim().split(/\s+/);
  return rest.length && /^\p{Script=Latin}/u.test(first) ? `${first.charAt(0)}. ${rest.join(" ")}` : name;
}

/** Whom a line is about, as its actions name it. @param {I18n} i18n @param {FeedItem} item */
export function whoText(i18n, item) {
  return item.who.person ? nameOf(item.who.person) : someoneText(i18n, item.who.of);
}

/** @param {I18n} i18n @param {number} count */
export function someoneText(i18n, count) {
  return count > 1 ? i18n.t("who.someone-of", { count }) : i18n.t("who.someone");
}

/** "Viewed", "5 views". @param {I18n} i18n @param {FeedItem} item */
export function verbText(i18n, item) {
  if (item.hidden) return i18n.t("verb.fetched");
  return mailVerb(i18n, item);
}

/** What a mail, or its line, says. @param {I18n} i18n @param {{ kind: string, detail: Detail | null }} mail */
export function mailVerb(i18n, mail) {
  return i18n.t(`verb.${{ failed: mail.kind, delayed: "delayed", arrived: "arrived-late" }[deliveryOf(mail)]}`);
}

/** Of a mail that came back, is late, or was late; of anything else failed stands for itself. @param {{ kind: string, detail: Detail | null }} mail */
export function deliveryOf({ kind, detail }) {
  const state = kind === "bounce" ? (detail?.state ?? "failed") : "failed";
  return state === "failed" || state === "delayed" ? state : "arrived";
}

/** @param {I18n} i18n @param {FeedItem} item */
export function countText(i18n, item) {
  return i18n.t(item.hidden ? "count.fetch" : `count.${item.kind}`, { count: item.count });
}

/** @param {FeedItem} item */
export function subjectText(item) {
  if (item.kind === "click" && item.link) return linkText(item.link);
  return item.message?.subject ?? item.moment?.description ?? "";
}

/** What marketing says happened, its first word apart where that is a verb by its looks. @param {string} description @returns {[string, string]} */
export function momentWords(description) {
  const found = /^(\p{Lu}\p{Ll}+) (?=\S)/u.exec(description);
  return found?.[1] ? [found[1], description.slice(found[0].length)] : ["", description];
}

/** @param {Link} link */
export function linkText(link) {
  if (link.text) return link.text;
  try {
    const { host, pathname } = new URL(link.url);
    return host + (pathname === "/" ? "" : pathname);
  } catch {
    return link.url;
  }
}

/** The bounce's own status code says why in every language; else what the other server wrote. @param {I18n} i18n @param {Detail} detail */
export function detailText(i18n, detail) {
  const code = detail.code?.replace(/^4/, "5");
  for (const key of [`bounce.${code}`, `bounce.${code?.split(".").slice(0, 2).join(".")}`]) {
    if (code && i18n.has(key)) return i18n.t(key);
  }
  return detail.text || detail.code || "";
}

/** @param {I18n} i18n @param {Reason} reason */
export function reasonText(i18n, reason) {
  const { code, ...values } = reason;
  const worded = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? ""]));
  return i18n.has(`reason.${code}`) ? i18n.t(`reason.${code}`, { count: 0, ...worded }) : code;
}

/** @param {I18n} i18n @param {Forwarded} forwarded what speaks for it, as a sentence; "" when it can't be worded */
export function forwardedText(i18n, forwarded) {
  const signs = forwarded.reasons.filter((reason) => i18n.has(`forwarded.${reason.code}`));
  if (!signs.length) return "";
  const worded = signs.map((reason) => i18n.t(`forwarded.${reason.code}`, { count: Number(reason["count"] ?? 2) }));
  return i18n.t("forwarded.read", { signs: worded.join(i18n.t("list.and")) });
}

/** "Chrome, Windows". @param {I18n} i18n @param {Device | null} device */
export function deviceText(i18n, device) {
  const known = [device?.client, device?.system].filter(Boolean);
  return known.length ? known.join(i18n.t("list.comma")) : i18n.t("device.unknown");
}

/** One word for narrow lists: a phone says more than its mail program. @param {I18n} i18n @param {Device | null} device */
export function deviceWord(i18n, device) {
  if (device?.system && /^(iPhone|iPad|Android)/.test(device.system)) return device.system;
  return device?.client ?? device?.system ?? i18n.t("device.unknown");
}

/** @param {I18n} i18n @param {Hit} hit where a table says it: machines and own views have no place worth telling */
export function hitPlace(i18n, hit) {
  if (hit.class === "machine" || hit.class === "own") return i18n.t("place.not-shown");
  return hit.place ? placeText(i18n, hit.place) : i18n.t("place.unknown");
}

/** @param {I18n} i18n @param {Hit} hit */
export function hitWhat(i18n, hit) {
  if (hit.kind === "view" || !hit.link) return i18n.t("hit.pixel");
  return i18n.t("hit.link", { ordinal: hit.link.ordinal, text: linkText(hit.link) });
}

/** "14:30" today, "Wed 19" before. @param {I18n} i18n @param {string} at @param {Date} now */
export function timeInList(i18n, at, now) {
  const when = new Date(at);
  return i18n.day(when) === i18n.day(now) ? clockTime(i18n, when) : shortDay(i18n, when, now);
}
