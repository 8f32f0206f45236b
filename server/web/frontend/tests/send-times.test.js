import assert from "node:assert/strict";
import { test } from "node:test";
import { suggested, worded } from "../../static/ui/send-times.js";

const at = (/** @type {string} */ timeZone) => /** @type {any} */ ({ timeZone, tag: "en-GB" });

test("a mail may leave in an hour, tomorrow morning, or on Monday, by the clock on the wall", () => {
  const friday = new Date("2026-11-20T22:40:00Z");
  assert.deepEqual(suggested(at("Europe/Paris"), friday), ["2026-11-21T01:00", "2026-11-21T08:00", "2026-11-23T08:00"]);
  assert.deepEqual(suggested(at("Asia/Taipei"), friday), ["2026-11-21T08:00", "2026-11-22T08:00", "2026-11-23T08:00"]);
});

test("on a Monday the next one is meant, and no time is offered twice", () => {
  assert.deepEqual(suggested(at("UTC"), new Date("2026-11-23T10:00:00Z")).at(-1), "2026-11-30T08:00");
  assert.equal(suggested(at("UTC"), new Date("2026-11-22T10:00:00Z")).length, 2);
});

test("a time is told as it was chosen, whatever the zone", () => {
  assert.equal(worded(at("America/New_York"), "2026-11-23T08:00"), "Mon 23 Nov, 08:00");
});
