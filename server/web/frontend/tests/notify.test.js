import assert from "node:assert/strict";
import { test } from "node:test";
import { headline, isQuiet, occasionOf, summary, whenToTell } from "../../static/ui/notify.js";
import { readFileSync } from "node:fs";
import { I18n } from "../../static/ui/i18n.js";

const texts = JSON.parse(readFileSync(new URL("../../static/ui/locales/en.json", import.meta.url), "utf8"));
const i18n = new I18n("en", texts, "UTC");
const AT = "2026-11-19T13:00:00Z";
const ALL = { kinds: {}, quiet: { on: false, start: "19:00", end: "08:00" } };

const line = (more = {}) => ({
  id: "1",
  kind: "view",
  class: "human",
  hidden: false,
  removed: false,
  count: 1,
  first_at: AT,
  at: AT,
  message: { id: "m", subject: "Pricing", thread_url: null, archived: false, muted: false },
  who: { person: { id: "p", name: "Ana Lee", address: "ana@firm.example", muted: false }, account: "Firm", of: 1, possible: [] },
  detail: null,
  ...more,
});

test("the first view of a mail is told, the next ones of that day are not", () => {
  assert.equal(occasionOf(line(), undefined), "first-view");
  assert.equal(occasionOf(line({ count: 2, at: "2026-11-19T13:05:00Z" }), AT), "");
});

test("a mail that is viewed again after a day is told again", () => {
  assert.equal(occasionOf(line({ count: 2, at: "2026-11-20T13:00:00Z" }), AT), "view-again");
  assert.equal(occasionOf(line({ count: 9, at: "2026-11-22T13:00:00Z" }), undefined), "view-again");
});

test("several first views that came at once are one", () => {
  assert.equal(occasionOf(line({ count: 3, at: "2026-11-19T13:01:00Z" }), undefined), "first-view");
});

test("what a line says anew of an old happening is no news", () => {
  assert.equal(occasionOf(line({ place: { precision: "country", country: "FR" } }), AT), "");
});

test("links clicked within the hour are one", () => {
  assert.equal(occasionOf(line({ kind: "click" }), undefined), "click");
  assert.equal(occasionOf(line({ kind: "click", count: 2, at: "2026-11-19T13:59:00Z" }), AT), "");
  assert.equal(occasionOf(line({ kind: "click", count: 2, at: "2026-11-19T14:00:00Z" }), AT), "click");
});

test("every reply is told", () => {
  assert.equal(occasionOf(line({ kind: "reply", count: 2, at: "2026-11-19T13:01:00Z" }), AT), "reply");
});

test("machines, what is hidden, taken away, archived or muted calls nobody", () => {
  const { message, who } = line();
  for (const more of [
    { class: "machine" },
    { class: "unknown" },
    { hidden: true },
    { removed: true },
    { kind: "auto-reply" },
    { message: { ...message, archived: true } },
    { message: { ...message, muted: true } },
    { who: { ...who, person: { ...who.person, muted: true } } },
  ])
    assert.equal(occasionOf(line(more), undefined), "", JSON.stringify(more));
});

test("what is switched off is never told", () => {
  const now = new Date(AT);
  assert.equal(whenToTell("click", { ...ALL, kinds: { click: false } }, now, "UTC"), "never");
  assert.equal(whenToTell("reply", { ...ALL, kinds: { click: false } }, now, "UTC"), "now");
});

test("quiet hours are those of the user's zone, over midnight too", () => {
  const quiet = { ...ALL, quiet: { on: true, start: "19:00", end: "08:00" } };
  const at = (clock) => new Date(`2026-11-19T${clock}:00Z`);
  assert.deepEqual(["18:59", "19:00", "23:00", "07:59", "08:00"].map((clock) => isQuiet(quiet, at(clock), "UTC")), [false, true, true, true, false]);
  assert.equal(isQuiet(quiet, at("12:00"), "Asia/Taipei"), true);
  assert.equal(whenToTell("reply", quiet, at("20:00"), "UTC"), "later");
  const day = { ...ALL, quiet: { on: true, start: "12:00", end: "13:00" } };
  assert.deepEqual(["11:59", "12:30", "13:00"].map((clock) => isQuiet(day, at(clock), "UTC")), [false, true, false]);
});

test("nobody is named where nobody is known", () => {
  const who = { person: null, account: null, of: 3, possible: [] };
  assert.equal(headline(i18n, line({ who }), "first-view"), "Someone of 3 viewed “Pricing”");
  assert.equal(headline(i18n, line(), "click"), "Ana Lee clicked in “Pricing”");
});

test("several are summed up, the loudest first", () => {
  assert.deepEqual(summary(i18n, ["view", "reply", "view"]), { title: "3 new things", text: "1 reply, 2 views" });
});
