/**
 * Times at which a mail may leave, as the clock on the viewer's wall shows them: "2026-11-23T08:00".
 * @import { I18n } from "./i18n.js"
 */

const MORNING = "08:00";

/** In an hour or so, tomorrow morning, and the morning after the week's end. @param {I18n} i18n @param {Date} now @returns {string[]} */
export function suggested(i18n, now) {
  const today = wall(i18n, now);
  const soon = wall(i18n, new Date(Math.ceil((now.getTime() + 3_600_000) / 1_800_000) * 1_800_000));
  const tomorrow = `${later(today, 1)}T${MORNING}`;
  const weekday = new Date(`${today.slice(0, 10)}T00:00Z`).getUTCDay();
  const monday = `${later(today, ((8 - weekday) % 7) || 7)}T${MORNING}`;
  return [...new Set([soon, tomorrow, monday])];
}

/** "Monday 23 November at 08:00". @param {I18n} i18n @param {string} local @returns {string} */
export function worded(i18n, local) {
  // Read as UTC and told as UTC: the clock on the wall needs no zone.
  const shown = new Intl.DateTimeFormat(i18n.tag, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC" });
  return shown.format(new Date(`${local}Z`));
}

/** @param {I18n} i18n @param {Date} at @returns {string} */
function wall(i18n, at) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: i18n.timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at);
  const of = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/** @param {string} local @param {number} days @returns {string} the day so much later */
function later(local, days) {
  const day = new Date(`${local.slice(0, 10)}T00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}
