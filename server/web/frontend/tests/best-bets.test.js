import assert from "node:assert/strict";
import { test } from "node:test";
import { BestBetStore } from "../../static/ui/best-bets.js";
import { asHtml } from "../../static/ui/mail-text.js";
import { visibleRows } from "../../static/ui/visible-rows.js";

/** @param {string} id @param {object} [more] */
const bet = (id, more = {}) => ({ person: { id, name: id }, watched: false, moment: null, hidden_until: null, ...more });
const PAGE = { counts: { leads: 2, contacts: 1, hidden: 0 }, hide_days: 14, next: null };

/** @param {object} api */
async function opened(api) {
  const items = ["ada", "ben", "cy"].map((id) => bet(id));
  const store = new BestBetStore(/** @type {any} */ ({ api: { bestBets: async () => ({ ...PAGE, items }), ...api } }));
  await store.load();
  return store;
}

const ids = (/** @type {readonly any[]} */ items) => items.map(({ person }) => person.id);

test("a list that is not long is drawn whole", () => {
  assert.deepEqual(visibleRows({ count: 200, height: 36, above: 5_000, sight: 800 }), { from: 0, to: 200 });
});

test("of a long one only what is in sight, and a little around it", () => {
  const { from, to } = visibleRows({ count: 10_000, height: 36, above: 36_000, sight: 720 });
  assert.deepEqual([from, to], [988, 1_032]);
});

test("scrolled past its end, the last rows are left", () => {
  const { from, to } = visibleRows({ count: 300, height: 36, above: 1e6, sight: 720 });
  assert.equal(to, 300);
  assert.ok(from < to);
});

test("who is hidden leaves the list, the selection too, and comes back to the same place", async () => {
  /** @type {[string, boolean][]} */
  const asked = [];
  const store = await opened({ hideBestBet: async (/** @type {string} */ id, /** @type {boolean} */ on) => asked.push([id, on]) });
  store.choose(["ben", "cy"]);
  const { done, undo } = await store.hide([store.items[1]], true);
  assert.deepEqual(ids(done), ["ben"]);
  assert.deepEqual(ids(store.items), ["ada", "cy"]);
  assert.deepEqual([...store.chosen], ["cy"]);
  await undo();
  assert.deepEqual(ids(store.items), ["ada", "ben", "cy"]);
  assert.deepEqual(asked, [["ben", true], ["ben", false]]);
});

test("whom the server does not hide stays", async () => {
  const store = await opened({
    hideBestBet: async (/** @type {string} */ id) => {
      if (id === "ben") throw new Error("no");
    },
  });
  const { done, failed } = await store.hide(store.items, true);
  assert.deepEqual(ids(done), ["ada", "cy"]);
  assert.deepEqual(failed.map(({ bet: one, outcome }) => [one.person.id, outcome]), [["ben", "failed"]]);
  assert.deepEqual(ids(store.items), ["ben"]);
});

test("many are done in parts as large as the server takes, each told its own outcome", async () => {
  const items = Array.from({ length: 250 }, (_, at) => bet(`p${at}`));
  /** @type {number[]} */
  const sizes = [];
  const store = await opened({
    watchMany: async (/** @type {string[]} */ people) => {
      sizes.push(people.length);
      if (sizes.length === 2) throw new Error("away");
      return { items: people.map((person) => ({ person, outcome: person === "p3" ? "full" : "done" })) };
    },
  });
  const { done, failed } = await store.watch(/** @type {any} */ (items));
  assert.deepEqual(sizes, [100, 100, 50]);
  assert.equal(done.length, 149);
  assert.deepEqual([...new Set(failed.map(({ outcome }) => outcome))].sort(), ["failed", "full"]);
});

test("a moment that happens is told on its row, an older one is not", async () => {
  const store = await opened({});
  const moment = (/** @type {string} */ at) => /** @type {const} */ ({ type: "web", description: at, at });
  store.tell("ben", moment("2026-11-19T10:00:00Z"));
  store.tell("ben", moment("2026-11-18T10:00:00Z"));
  assert.equal(store.items[1]?.moment?.at, "2026-11-19T10:00:00Z");
});

test("plain words become a mail, and addresses in them links", () => {
  assert.equal(
    asHtml('See https://a.example/?x=1&y="2". <b>\nBye'),
    '<div>See <a href="https://a.example/?x=1&amp;y=">https://a.example/?x=1&amp;y=</a>&quot;2&quot;. &lt;b&gt;<br>\nBye</div>',
  );
});
