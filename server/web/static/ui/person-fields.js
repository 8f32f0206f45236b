/**
 * The fields of a person's form: what is written, what differs, how it is shown. Pure.
 * @import { I18n } from "./i18n.js"
 * @import { Person, PersonDetails, PhoneNumber, WrittenPerson } from "./api-types.js"
 */

export const FIELDS = /** @type {const} */ (["name", "title", "account", "addresses", "phones", "linkedin", "country", "owner", "do_not_call", "unsubscribed"]);
const TEXTS = /** @type {const} */ (["name", "title", "account", "linkedin"]);
const HOUR = 3_600_000;

/** @typedef {(typeof FIELDS)[number]} Field */

/** Only what differs from the person the form began with. @param {FormData} form @param {PersonDetails} began @param {{ kind: PhoneNumber["kind"], word: string }[]} kinds @param {boolean} owns whether the owner may be changed @returns {WrittenPerson} */
export function writtenOf(form, began, kinds, owns) {
  const text = (/** @type {string} */ name) => String(form.get(name) ?? "").trim();
  const lines = (/** @type {string} */ name) => text(name).split(/\n|;|,(?=\s*\S+@)/).map((line) => line.trim()).filter(Boolean);
  /** @type {Record<string, unknown>} */
  const written = {};
  for (const name of TEXTS) written[name] = text(name) || (name === "name" ? "" : null);
  written["country"] = text("country").toUpperCase() || null;
  written["addresses"] = lines("addresses").map((line) => line.toLowerCase());
  written["phones"] = lines("phones").map((line) => phoneOf(line, began, kinds));
  if (owns) written["owner"] = text("owner") || null;
  written["do_not_call"] = form.has("do_not_call");
  written["unsubscribed"] = form.has("unsubscribed");
  return Object.fromEntries(Object.entries(written).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(plain(began, /** @type {Field} */ (name)))));
}

/** "Mobile: +33 6…"; a number alone is a telephone. @param {string} line @param {PersonDetails} began @param {{ kind: PhoneNumber["kind"], word: string }[]} kinds */
function phoneOf(line, began, kinds) {
  const [, word = "", rest = line] = /^([^\d+:：]+?)\s*[:：]\s*(.*)$/u.exec(line) ?? [];
  const kind = kinds.find((one) => one.word.toLocaleLowerCase() === word.toLocaleLowerCase())?.kind ?? "phone";
  const known = began.phones.find((one) => one.kind === kind && one.shown === rest);
  return { kind, number: known?.number ?? rest };
}

/** As a change would say it. @param {Person} person @param {Field} name */
function plain(person, name) {
  if (name === "addresses") return person.addresses.map(({ address }) => address);
  if (name === "phones") return person.phones.map(({ kind, number }) => ({ kind, number }));
  if (name === "owner") return person.owner?.id ?? null;
  return person[name];
}

/** @param {Person} one @param {Person} other @returns {Field[]} */
export function differing(one, other) {
  return FIELDS.filter((name) => JSON.stringify(plain(one, name)) !== JSON.stringify(plain(other, name)));
}

/** @param {I18n} i18n @param {Person} person @param {Field} name @returns {string} */
export function shownField(i18n, person, name) {
  if (name === "addresses") return person.addresses.map(({ address }) => address).join(i18n.t("list.comma"));
  if (name === "phones") return person.phones.map(({ shown }) => shown).join(i18n.t("list.comma"));
  if (name === "owner") return person.owner?.name ?? i18n.t("person.nobody");
  if (name === "do_not_call" || name === "unsubscribed") return i18n.t(person[name] ? "person.yes" : "person.no");
  return String(person[name] ?? "");
}

/**
 * What time it is there, where all of a country keeps one; null where it keeps several, or nobody here knows.
 * @param {string} country @param {Date} now @param {string} zone the viewer's
 * @returns {{ there: Date, hours: number } | null} `there` read as the viewer's own clock
 */
export function localHours(country, now, zone) {
  const zones = zonesOf(country);
  const offsets = new Set(zones.map((one) => offset(one, now)));
  const [only] = offsets;
  if (offsets.size !== 1 || only === undefined) return null;
  const ahead = only - offset(zone, now);
  return { there: new Date(now.getTime() + ahead), hours: ahead / HOUR };
}

/** @param {string} country @returns {string[]} */
function zonesOf(country) {
  try {
    const locale = /** @type {Intl.Locale & { getTimeZones?: () => string[], timeZones?: string[] }} */ (new Intl.Locale(`und-${country}`));
    return locale.getTimeZones?.() ?? locale.timeZones ?? [];
  } catch {
    return [];
  }
}

/** In milliseconds ahead of UTC. @param {string} zone @param {Date} now */
function offset(zone, now) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(now);
  const of = (/** @type {string} */ type) => Number(parts.find((part) => part.type === type)?.value);
  const there = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return Math.round((there - now.getTime()) / 60_000) * 60_000;
}
