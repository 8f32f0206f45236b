import assert from "node:assert/strict";
import { test } from "node:test";
import { WHENS, daysAfter, groupsOf, isDue, isShown, nextMonday } from "../../static/ui/task-days.js";

const TODAY = "2026-11-20"; // a Friday

let made = 0;
function aTask(/** @type {string} */ due_on, /** @type {object} */ more = {}) {
  made += 1;
  return /** @type {any} */ ({ id: `t${String(made).padStart(4, "0")}`, name: due_on, due_on, priority: "normal", completed_at: null, ...more });
}

test("days follow each other over months, leap years and clock changes", () => {
  assert.equal(daysAfter("2026-11-30", 1), "2026-12-01");
  assert.equal(daysAfter("2028-02-28", 1), "2028-02-29");
  assert.equal(daysAfter("2026-03-28", 2), "2026-03-30");
  assert.equal(daysAfter("2026-10-26", -2), "2026-10-24");
});

test("the next Monday is never today", () => {
  assert.equal(nextMonday(TODAY), "2026-11-23");
  assert.equal(nextMonday("2026-11-23"), "2026-11-30");
  assert.equal(nextMonday("2026-11-22"), "2026-11-23");
});

test("a filter shows its days, and what is overdue goes with today", () => {
  const offsets = [-400, -1, 0, 1, 7, 8, 400];
  const shown = WHENS.map((when) => offsets.filter((offset) => isShown(when, daysAfter(TODAY, offset), TODAY)));
  assert.deepEqual(shown, [[-400, -1, 0], [1], [-400, -1, 0, 1], [-400, -1, 0, 1, 7], offsets]);
});

test("tasks stand by day, overdue ones first, urgent ones before others; what was overdue and is done stands with today", () => {
  const late = aTask("2026-11-18");
  const done = aTask("2026-11-17", { completed_at: "2026-11-20T09:00:00Z" });
  const [today, urgent, tomorrow] = [aTask(TODAY), aTask(TODAY, { priority: "high" }), aTask("2026-11-21")];
  const told = groupsOf([tomorrow, today, urgent, done, late], TODAY).map(({ day, tasks }) => [day, tasks]);
  assert.deepEqual(told, [["overdue", [late]], [TODAY, [done, urgent, today]], ["2026-11-21", [tomorrow]]]);
});

test("what is done, or due later, is not due", () => {
  assert.ok(isDue(aTask("2026-11-18"), TODAY));
  assert.ok(!isDue(aTask("2026-11-21"), TODAY));
  assert.ok(!isDue(aTask(TODAY, { completed_at: "2026-11-20T09:00:00Z" }), TODAY));
});
