import assert from "node:assert/strict";
import { test } from "node:test";
import { countNew, emptyFeed, inOrder, newestFirst, released, rowsOf, withArchived, withFirstPage, withItem, withMuted, withOlderPage } from "../../static/ui/feed-state.js";

const dayOf = (/** @type {string} */ at) => at.slice(0, 10);
const TODAY = "2026-11-19";

const LIVE = { feed: /** @type {const} */ ("live"), kind: "", machine: false, type: "", whose: "" };

let made = 0;
function anItem(/** @type {string} */ time, /** @type {object} */ more = {}) {
  made += 1;
  const at = time.includes("T") ? time : `${TODAY}T${time}:00.000000Z`;
  return /** @type {any} */ ({
    id: `i${String(made).padStart(4, "0")}`, cursor: `c${made}`, kind: "view", class: "human", hidden: false, removed: false, count: 1, at, first_at: at,
    message: { id: "m1", subject: "Offer", archived: false, muted: false, thread_url: null },
    moment: null, feeds: ["live"], who: { person: null, account: null, of: 1, possible: [], watched: false, best_bet: false, stars: null, flames: null }, ...more,
  });
}

function aFeed(/** @type {any[]} */ items, /** @type {object} */ more = {}) {
  const page = { items, cursor: "head", next: null, hidden_today: 0, seen: null, ...more };
  return withFirstPage(emptyFeed(LIVE), /** @type {any} */ (page));
}

const times = (/** @type {any} */ state) => inOrder(state).map((item) => item.at.slice(11, 16));
const told = (/** @type {any} */ state) =>
  rowsOf(state, TODAY, dayOf).map((row) => (row.row === "item" ? row.item.at.slice(11, 16) : row.row === "day" ? `${row.earlier ? "earlier " : ""}${row.day}` : row.row));

test("the newest line comes first, and of two at one moment the one with the higher id", () => {
  const [older, younger, twin] = [anItem("09:00"), anItem("10:00"), anItem("10:00")];
  assert.deepEqual(inOrder(aFeed([older, younger, twin])), [twin, younger, older]);
  assert.ok(newestFirst(twin, younger) < 0);
});

test("microseconds decide where milliseconds are equal", () => {
  const first = anItem("x", { at: "2026-11-19T10:00:00.000001Z", id: "zz" });
  const second = anItem("x", { at: "2026-11-19T10:00:00.000002Z", id: "aa" });
  assert.deepEqual(inOrder(aFeed([first, second])), [second, first]);
});

test("the same item twice is one line", () => {
  const item = anItem("09:00");
  const state = withItem(withItem(aFeed([]), item, false), item, false);
  assert.equal(state.items.size, 1);
});

test("a repeat raises its line to the top", () => {
  const repeated = anItem("09:00");
  const state = withItem(aFeed([anItem("10:00"), repeated]), { ...repeated, count: 2, at: `${TODAY}T11:00:00.000000Z` }, false);
  assert.deepEqual(times(state), ["11:00", "10:00"]);
});

test("a line taken back leaves the screen, also when it waited", () => {
  const item = anItem("09:00");
  assert.equal(withItem(aFeed([item]), { ...item, removed: true }, false).items.size, 0);
  const waiting = withItem(aFeed([]), item, true);
  assert.equal(withItem(waiting, { ...item, removed: true }, true).waiting.size, 0);
});

test("while the reader has scrolled, what is new waits and what is shown stays where it is", () => {
  const shown = anItem("09:00");
  const risen = { ...shown, count: 2, at: `${TODAY}T12:00:00.000000Z` };
  const state = withItem(withItem(aFeed([shown]), anItem("11:00"), true), risen, true);
  assert.deepEqual(times(state), ["09:00"]);
  assert.equal(state.waiting.size, 2);
  assert.deepEqual(times(released(state)), ["12:00", "11:00"]);
  assert.equal(released(state).waiting.size, 0);
});

test("what changes without moving changes at once, scrolled or not", () => {
  const shown = anItem("09:00");
  const state = withItem(aFeed([shown]), { ...shown, place: { precision: "country", country: "FR" } }, true);
  assert.equal(state.waiting.size, 0);
  assert.equal(state.items.get(shown.id)?.place?.country, "FR");
});

test("machine traffic is shown only when asked for", () => {
  const machine = anItem("10:00", { hidden: true, class: "machine" });
  assert.equal(withItem(aFeed([]), machine, false).items.size, 0);
  const open = withFirstPage(emptyFeed({ ...LIVE, machine: true }), /** @type {any} */ ({ items: [], cursor: "", next: null, hidden_today: 1, seen: null }));
  assert.equal(withItem(open, machine, false).items.size, 1);
});

test("a line that becomes machine traffic leaves a screen without it", () => {
  const item = anItem("10:00");
  assert.equal(withItem(aFeed([item]), { ...item, hidden: true, class: "machine" }, false).items.size, 0);
});

test("with a filter only its kind comes in", () => {
  const clicks = withFirstPage(emptyFeed({ ...LIVE, kind: "click" }), /** @type {any} */ ({ items: [], cursor: "", next: null, hidden_today: 0, seen: null }));
  assert.equal(withItem(clicks, anItem("10:00"), false).items.size, 0);
  assert.equal(withItem(clicks, anItem("10:00", { kind: "click" }), false).items.size, 1);
});

test("a change of a line not loaded yet waits for its page", () => {
  const state = aFeed([anItem("10:00")], { next: "more" });
  assert.equal(withItem(state, anItem("08:00"), false).items.size, 1);
  assert.equal(withItem(aFeed([anItem("10:00")]), anItem("08:00"), false).items.size, 2);
});

test("an older page adds below and never overwrites what is newer", () => {
  const item = anItem("10:00", { count: 5 });
  const state = withOlderPage(aFeed([item], { next: "p2" }), /** @type {any} */ ({ items: [{ ...item, count: 4 }, anItem("08:00")], next: null }));
  assert.equal(state.items.get(item.id)?.count, 5);
  assert.deepEqual(times(state), ["10:00", "08:00"]);
  assert.equal(state.next, null);
});

test("the divider stands above what is new; older lines of the day say earlier", () => {
  const state = aFeed([anItem("14:00"), anItem("12:00"), anItem("2026-11-18T09:00:00.000000Z")], { seen: { cursor: "c", at: `${TODAY}T13:50:00.000000Z` } });
  assert.deepEqual(told(state), ["new-since", "14:00", "earlier 2026-11-19", "12:00", "hidden", "2026-11-18", "09:00"]);
  assert.equal(countNew(state), 1);
});

test("without anything new there is no divider", () => {
  const state = aFeed([anItem("12:00")], { seen: { cursor: "c", at: `${TODAY}T13:50:00.000000Z` } });
  assert.deepEqual(told(state), [TODAY, "12:00", "hidden"]);
  assert.equal(countNew(state), 0);
});

test("after days away what is new has its days too", () => {
  const seen = { cursor: "c", at: "2026-11-17T17:00:00.000000Z" };
  const state = aFeed([anItem("09:00"), anItem("2026-11-17T18:00:00.000000Z"), anItem("2026-11-17T08:00:00.000000Z")], { seen });
  assert.deepEqual(told(state), ["new-since", "09:00", "hidden", "2026-11-17", "18:00", "earlier 2026-11-17", "08:00"]);
});

test("the note on what is hidden ends today, and stands alone when there is nothing else", () => {
  assert.deepEqual(told(aFeed([])), ["hidden"]);
  assert.deepEqual(told(aFeed([anItem("09:00")], { next: "more" })), [TODAY, "09:00"]);
});

test("archiving a message marks each of its lines", () => {
  const state = withArchived(aFeed([anItem("09:00"), anItem("10:00", { message: { id: "m2", archived: false } })]), "m1", true);
  assert.deepEqual(inOrder(state).map((item) => item.message.archived), [false, true]);
});

test("what is muted stays on screen but is not new", () => {
  const about = { person: { id: "p1", muted: false }, account: null, of: 1, possible: [] };
  const state = { ...aFeed([anItem("11:00", { who: about }), anItem("12:00", { message: { id: "m2", muted: false } })]), newSince: `${TODAY}T10:00:00Z` };
  assert.equal(countNew(state), 2);
  assert.equal(countNew(withMuted(state, "message", "m2", true)), 1);
  assert.equal(countNew(withMuted(withMuted(state, "message", "m2", true), "person", "p1", true)), 0);
  assert.equal(countNew(withMuted(withMuted(state, "person", "p1", true), "person", "p1", false)), 2);
});

const moment = (/** @type {string} */ type) => ({ id: "x", type, description: "Visited pricing", source: null });

test("a moment of a watched person stands in the Lead Feed alone", () => {
  const watched = anItem("09:00", { kind: "moment", message: null, moment: moment("web"), feeds: ["lead"] });
  const own = anItem("10:00", { kind: "moment", message: null, moment: moment("web"), feeds: ["live", "lead"] });
  const lead = emptyFeed({ ...LIVE, feed: "lead" });
  assert.deepEqual(times(withItem(withItem(emptyFeed(LIVE), watched, false), own, false)), ["10:00"]);
  assert.deepEqual(times(withItem(withItem(lead, watched, false), own, false)), ["10:00", "09:00"]);
  assert.deepEqual(times(withItem(withItem({ ...lead, filter: { ...lead.filter, whose: "watched" } }, watched, false), own, false)), ["09:00"]);
});

test("a moment that leaves one feed leaves that screen", () => {
  const own = anItem("10:00", { kind: "moment", message: null, moment: moment("web"), feeds: ["live", "lead"] });
  const state = withItem(emptyFeed(LIVE), own, false);
  assert.deepEqual(times(withItem(state, { ...own, cursor: "later", feeds: ["lead"] }, false)), []);
});

test("moments are chosen by their type", () => {
  const state = emptyFeed({ ...LIVE, feed: "lead", type: "milestone" });
  const web = anItem("10:00", { kind: "moment", message: null, moment: moment("web"), feeds: ["lead"] });
  const milestone = anItem("11:00", { kind: "moment", message: null, moment: moment("milestone"), feeds: ["lead"] });
  assert.deepEqual(times(withItem(withItem(state, web, false), milestone, false)), ["11:00"]);
});
