import assert from "node:assert/strict";
import { test } from "node:test";
import { cleaned, fits, folded } from "../../static/ui/wanted.js";

const LINE = {
  at: "2026-11-19T14:00:00Z",
  who: { person: { id: "p1", name: "Aïssatou Diallo", address: "aissatou@baobab.example" }, account: "Baobab Énergie", possible: [] },
  message: { subject: "Pricing for 40 vehicles" },
  moment: null,
  link: { text: "terms" },
  detail: null,
};
const dayOf = (at) => at.slice(0, 10);
const isIn = (query, line = LINE) => fits(query, dayOf)(line);

test("a line fits when it has all words, wherever they stand and however they are accented", () => {
  assert.ok(isIn({ q: "aissatou ENERGIE terms 40" }));
  assert.ok(!isIn({ q: "aissatou fleet" }));
  assert.ok(isIn({}));
});

test("a company is held against the company alone", () => {
  assert.ok(isIn({ account: "baobab energie" }));
  assert.ok(!isIn({ account: "diallo" }));
});

test("a line of somebody else does not fit; one that may be theirs does", () => {
  assert.ok(isIn({ person: "p1" }));
  assert.ok(!isIn({ person: "p2" }));
  assert.ok(isIn({ person: "p2" }, { ...LINE, who: { person: null, account: null, possible: [{ name: "A", address: "a@b.example" }] } }));
});

test("both days are included", () => {
  assert.ok(isIn({ from: "2026-11-19", to: "2026-11-19" }));
  assert.ok(!isIn({ from: "2026-11-20" }));
  assert.ok(!isIn({ to: "2026-11-18" }));
});

test("what is empty is no filter, and width and case of letters are none either", () => {
  assert.deepEqual(cleaned({ q: " ", account: "x", from: "" }), { account: "x" });
  assert.equal(folded("Ｅ́nergie"), "energie");
});
