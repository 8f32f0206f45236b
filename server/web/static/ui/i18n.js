/** Texts, numbers and days in the viewer's language and time zone. */

/** @typedef {Record<string, string | Record<string, string>>} Catalogue a text, or its plural forms chosen by `count` */

const LOCALES = ["en", "fr", "zh-TW"];

/** The names Intl knows our locales by: English with 24 hours and the day before the month, Chinese in its script. */
const TAGS = /** @type {Record<string, string>} */ ({ en: "en-GB", fr: "fr-FR", "zh-TW": "zh-Hant-TW" });

/** In milliseconds: days begin at quarters of an hour everywhere, so all times within one fall on the same day. */
const QUARTER = 900_000;

/** @param {string} locale @returns {Promise<Catalogue>} */
async function catalogue(locale) {
  const response = await fetch(new URL(`./locales/${locale}.json`, import.meta.url));
  if (!response.ok) throw new Error(`No texts for ${locale}: HTTP ${response.status}`);
  return response.json();
}

/** @param {string} wanted @param {string} [timeZone] @returns {Promise<I18n>} */
export async function loadI18n(wanted, timeZone) {
  const locale = LOCALES.includes(wanted) ? wanted : "en";
  return new I18n(locale, await catalogue(locale), timeZone);
}

export class I18n {
  /** @type {Map<string, Intl.DateTimeFormat>} */
  #dates = new Map();
  /** @type {Map<number, string>} */
  #days = new Map();

  /** @param {string} locale @param {Catalogue} texts @param {string} [timeZone] IANA name; the machine's own by default */
  constructor(locale, texts, timeZone) {
    this.locale = locale;
    this.tag = TAGS[locale] ?? locale;
    this.texts = texts;
    this.timeZone = timeZone || Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.plurals = new Intl.PluralRules(this.tag);
    this.numbers = new Intl.NumberFormat(this.tag, { maximumFractionDigits: 1 });
    this.regions = new Intl.DisplayNames(this.tag, { type: "region", fallback: "code" });
    this.shortRegions = new Intl.DisplayNames(this.tag, { type: "region", fallback: "code", style: "short" });
  }

  /** Reads the texts that were kept for later, where a build did: their catalogue is named under "". */
  async whole() {
    const later = this.texts[""];
    if (typeof later === "string") this.texts = { ...this.texts, ...(await catalogue(later)), "": {} };
  }

  /** Whether there is a text of that key. @param {string} key */
  has(key) {
    return key in this.texts;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] @returns {string} */
  t(key, values = {}) {
    const entry = this.texts[key];
    if (entry === undefined) return key;
    const form = typeof entry === "string" ? entry : (entry[this.plurals.select(Number(values["count"]))] ?? entry["other"] ?? key);
    return form.replaceAll(/\{(\w+)\}/g, (place, name) => this.#value(values[name], place));
  }

  /** @param {number} count */
  number(count) {
    return this.numbers.format(count);
  }

  /** @param {string | number | undefined} value @param {string} place */
  #value(value, place) {
    if (value === undefined) return place;
    return typeof value === "number" ? this.numbers.format(value) : value;
  }

  /** "Hong Kong" rather than its official title; elsewhere the short names are abbreviations. @param {string} code ISO 3166 @returns {string} */
  country(code) {
    try {
      return (code === "HK" || code === "MO" ? this.shortRegions : this.regions).of(code) ?? code;
    } catch {
      return code;
    }
  }

  /** @param {string} text */
  capital(text) {
    return text.charAt(0).toLocaleUpperCase(this.tag) + text.slice(1);
  }

  /** @param {Date} at @param {Intl.DateTimeFormatOptions} options @returns {string} */
  date(at, options) {
    return this.#format(options).format(at);
  }

  /** Hour and minute, two digits each. @param {Date} at @returns {[string, string]} */
  clock(at) {
    const parts = this.#format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at);
    const of = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value ?? "";
    return [of("hour"), of("minute")];
  }

  /** The day `at` falls on where the viewer is, as 2026-11-21. @param {Date} at */
  day(at) {
    const quarter = Math.floor(at.getTime() / QUARTER);
    let day = this.#days.get(quarter);
    if (day === undefined) this.#days.set(quarter, (day = this.#dayOf(at)));
    return day;
  }

  /** @param {Date} at */
  #dayOf(at) {
    const parts = this.#format({ year: "numeric", month: "2-digit", day: "2-digit", calendar: "gregory", numberingSystem: "latn" }).formatToParts(at);
    const of = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value ?? "";
    return `${of("year")}-${of("month")}-${of("day")}`;
  }

  /** @param {Intl.DateTimeFormatOptions} options */
  #format(options) {
    const key = JSON.stringify(options);
    let format = this.#dates.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.tag, { timeZone: this.timeZone, ...options });
      this.#dates.set(key, format);
    }
    return format;
  }
}
