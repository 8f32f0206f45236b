import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as say from "../../static/ui/format.js";
import { I18n } from "../../static/ui/i18n.js";
import { backoff } from "../../static/ui/stream.js";

const LOCALES = ["en", "fr", "zh-TW"];
const texts = Object.fromEntries(
  LOCALES.map((locale) => [locale, JSON.parse(readFileSync(new URL(`../../static/ui/locales/${locale}.json`, import.meta.url), "utf8"))]),
);
const speaking = (/** @type {string} */ locale, zone = "UTC") => new I18n(locale, texts[locale], zone);
const [en, fr, zh] = LOCALES.map((locale) => speaking(locale));
const NOW = new Date("2026-11-19T14:32:00Z");

test("times grow older: now, minutes, the clock, the day, the date", () => {
  const at = (/** @type {string} */ time) => say.shortTime(/** @type {I18n} */ (en), time, NOW);
  assert.equal(at("2026-11-19T14:31:30Z"), "now");
  assert.equal(at("2026-11-19T14:30:00Z"), "2 min");
  assert.equal(at("2026-11-19T12:41:00Z"), "12:41");
  assert.equal(at("2026-11-18T17:22:30Z"), "Wed 18");
  assert.equal(at("2026-08-05T12:00:00Z"), "5 Aug");
  assert.equal(at("2025-08-05T12:00:00Z"), "5 Aug 2025");
});

test("a day is the viewer's day", () => {
  assert.equal(say.shortTime(speaking("en", "Asia/Taipei"), "2026-11-18T17:00:00Z", new Date("2026-11-19T02:00:00Z")), "01:00");
});

test("French and Chinese say it their way", () => {
  assert.equal(say.newSince(/** @type {I18n} */ (fr), "2026-11-19T13:50:00Z", NOW), "Nouveau depuis 13\u202fh\u202f50");
  assert.equal(say.shortTime(/** @type {I18n} */ (zh), "2026-11-19T14:30:00Z", NOW), "2 分鐘前");
  assert.equal(say.shortTime(/** @type {I18n} */ (fr), "2026-11-18T14:30:00Z", NOW), "mer. 18");
});

test("places are near a city or in a country, with French grammar and Chinese spacing", () => {
  const city = /** @type {const} */ ({ precision: "city", city: "Lyon", country: "FR" });
  const country = (/** @type {string} */ code) => /** @type {any} */ ({ precision: "country", country: code });
  assert.equal(say.placeText(/** @type {I18n} */ (en), city), "near Lyon, France");
  assert.equal(say.placeText(/** @type {I18n} */ (zh), city), "法國 Lyon 附近");
  assert.equal(say.placeText(/** @type {I18n} */ (zh), country("PL")), "在波蘭");
  assert.equal(say.placeText(/** @type {I18n} */ (fr), country("PL")), "en Pologne");
  assert.equal(say.placeText(/** @type {I18n} */ (fr), country("CA")), "au Canada");
  assert.equal(say.placeText(/** @type {I18n} */ (fr), country("US")), "aux États-Unis");
  assert.equal(say.placeText(/** @type {I18n} */ (fr), country("SG")), "à Singapour");
});

test("who it may have been is named by initials, and never more than four", () => {
  const people = ["Rajesh Iyer", "Meera Nair", "陳怡君", "Suresh Pillai", "Asha Menon"].map((name) => ({ name, address: "" }));
  assert.equal(say.possibleNames(/** @type {I18n} */ (en), people.slice(0, 3)), "R. Iyer, M. Nair, 陳怡君");
  assert.equal(say.possibleNames(/** @type {I18n} */ (en), people), "R. Iyer, M. Nair, 陳怡君 and 2 more");
});

test("a bounce is worded by its status code, or else as the other server wrote it", () => {
  const worded = (/** @type {string | null} */ code) => say.detailText(/** @type {I18n} */ (fr), { text: "over quota", code });
  assert.equal(worded("5.2.2"), "Boîte pleine");
  assert.equal(worded("4.2.2"), "Boîte pleine");
  assert.equal(worded("5.7.26"), "Refusé par le serveur du destinataire");
  assert.equal(worded("5.0.0"), "over quota");
  assert.equal(worded(null), "over quota");
});

test("reasons carry their figures, and an unknown one shows its code", () => {
  assert.equal(say.reasonText(/** @type {I18n} */ (en), { code: "all-links", seconds: 0.4, count: 3 }), "all links in 0.4 s");
  assert.equal(say.reasonText(/** @type {I18n} */ (fr), { code: "all-links", seconds: 0.4, count: 3 }), "tous les liens en 0,4\u202fs");
  assert.equal(say.reasonText(/** @type {I18n} */ (en), { code: "something-new" }), "something-new");
});

test("every language has every text, with the same places and all its plural forms", () => {
  const keys = Object.keys(texts["en"]);
  const places = (/** @type {unknown} */ entry) => [...new Set(JSON.stringify(entry).match(/\{\w+\}/g) ?? [])].sort();
  for (const locale of LOCALES) {
    assert.deepEqual(Object.keys(texts[locale]), keys, locale);
    for (const key of keys) {
      if (key === "time.long" || key.startsWith("feed.new-since")) continue;
      assert.deepEqual(places(texts[locale][key]), places(texts["en"][key]), `${locale} ${key}`);
    }
  }
});

test("French keeps its narrow spaces", () => {
  for (const [key, entry] of Object.entries(texts["fr"])) assert.doesNotMatch(JSON.stringify(entry), /[^\u202f][?!;»]/, key);
});

test("waiting doubles, is jittered, and has a ceiling", () => {
  assert.equal(backoff(0, 0), 250);
  assert.ok(backoff(3, 0.5) > backoff(2, 0.5));
  assert.ok(backoff(40, 0.999) <= 30_000);
});
