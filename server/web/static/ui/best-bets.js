/**
 * The best bets on screen: what was asked for, what has come of it, who is chosen.
 * @import { App } from "./app.js"
 * @import { BestBet, Outcome, PersonShort, WrittenTask } from "./api-types.js"
 */

/**
 * @typedef {object} Asked
 * @property {string} group "" for leads and contacts together
 * @property {"priority" | "score" | "urgency" | "name"} sort
 * @property {boolean} hidden those the viewer put away, in place of the others
 */

/**
 * @typedef {object} Report what became of something done about many
 * @property {BestBet[]} done
 * @property {{ bet: BestBet, outcome: string }[]} failed
 */

const PAGE = 100;
const AT_ONCE = 100;
const HANDS = 4;

/** Events: "change"; what `hide` and `watch` bring about shows at once. */
export class BestBetStore extends EventTarget {
  /** @type {"loading" | "ready" | "failed"} */
  phase = "loading";
  /** @type {unknown} */
  error = null;
  /** @type {"" | "loading" | "failed"} */
  older = "";
  /** @type {readonly BestBet[]} */
  items = [];
  /** @type {string | null} */
  next = null;
  /** @type {Record<string, number>} of each group, and of those hidden */
  counts = {};
  hideDays = 0;
  /** @type {Asked} */
  asked = { group: "", sort: "priority", hidden: false };
  /** @type {ReadonlySet<string>} ids of people */
  chosen = new Set();
  #load = 0;

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
  }

  /** How many there are of what was asked for. */
  get total() {
    const { group, hidden } = this.asked;
    if (hidden) return this.counts["hidden"] ?? 0;
    return group ? (this.counts[group] ?? 0) : (this.counts["leads"] ?? 0) + (this.counts["contacts"] ?? 0);
  }

  get selection() {
    return this.items.filter(({ person }) => this.chosen.has(person.id));
  }

  async load() {
    const load = ++this.#load;
    this.#become("loading");
    try {
      const page = await this.app.api.bestBets(this.#query());
      if (load !== this.#load) return;
      Object.assign(this, { items: page.items, next: page.next, counts: page.counts ?? {}, hideDays: page.hide_days, chosen: new Set(), older: "" });
      this.#become("ready");
    } catch (error) {
      if (load === this.#load) this.#become("failed", error);
    }
  }

  async more() {
    const { next } = this;
    if (this.phase !== "ready" || this.older === "loading" || next === null) return;
    const load = this.#load;
    this.older = "loading";
    this.#changed();
    try {
      const page = await this.app.api.bestBets({ ...this.#query(), before: next });
      if (load !== this.#load) return;
      const known = new Set(this.items.map(({ person }) => person.id));
      this.items = [...this.items, ...page.items.filter(({ person }) => !known.has(person.id))];
      this.next = page.next;
      this.older = "";
    } catch {
      if (load === this.#load) this.older = "failed";
    }
    this.#changed();
  }

  /** @param {Partial<Asked>} changes */
  ask(changes) {
    this.asked = { ...this.asked, ...changes };
    this.load();
  }

  /** @param {Iterable<string>} ids */
  choose(ids) {
    this.chosen = new Set(ids);
    this.#changed();
  }

  /** @param {string} id @param {boolean} on */
  pick(id, on) {
    this.choose(on ? [...this.chosen, id] : [...this.chosen].filter((one) => one !== id));
  }

  /** Puts people away, or back; `undo` of what it says takes that back. @param {readonly BestBet[]} bets @param {boolean} hidden @returns {Promise<Report & { undo: () => Promise<void> }>} */
  async hide(bets, hidden) {
    const { report, undo } = await this.#move(bets, hidden);
    await this.#recount();
    return { ...report, undo };
  }

  /** @param {readonly BestBet[]} bets @param {boolean} hidden */
  async #move(bets, hidden) {
    const report = await each(bets, (bet) => this.app.api.hideBestBet(bet.person.id, hidden));
    const gone = new Set(report.done.map(({ person }) => person.id));
    const places = [...this.items.entries()].filter(([, bet]) => gone.has(bet.person.id));
    this.items = this.items.filter(({ person }) => !gone.has(person.id));
    this.choose([...this.chosen].filter((id) => !gone.has(id)));
    const asked = this.asked;
    const undo = async () => {
      await each(report.done, (bet) => this.app.api.hideBestBet(bet.person.id, !hidden));
      if (this.asked === asked) this.#putBack(places);
      await this.#recount();
    };
    return { report, undo };
  }

  /** @param {[number, BestBet][]} places where they stood, first ones first */
  #putBack(places) {
    const items = [...this.items];
    for (const [at, bet] of places) items.splice(at, 0, bet);
    this.items = items;
    this.#changed();
  }

  async #recount() {
    const page = await this.app.api.bestBets({ ...this.#query(), limit: 1 }).catch(() => null);
    if (page?.counts) this.counts = page.counts;
    this.#changed();
  }

  /** @param {readonly BestBet[]} bets @returns {Promise<Report>} */
  async watch(bets) {
    const report = await this.#several(bets, (people) => this.app.api.watchMany(people));
    this.#mark(report.done, true);
    return report;
  }

  /** @param {readonly BestBet[]} bets @returns {Promise<Report>} */
  async unwatch(bets) {
    const report = await each(bets, (bet) => this.app.following.watch(bet.person.id, false));
    this.#mark(report.done, false);
    return report;
  }

  /** @param {readonly BestBet[]} bets @param {WrittenTask} task @returns {Promise<Report>} */
  addTasks(bets, task) {
    return this.#several(bets, (people) => this.app.api.addTasks(people, task));
  }

  /** @param {readonly BestBet[]} bets @param {number} campaign @returns {Promise<Report>} */
  addToCampaign(bets, campaign) {
    return this.#several(bets, (people) => this.app.api.addToCampaign(people, campaign));
  }

  /** A moment that just happened. @param {PersonShort["id"]} id @param {NonNullable<BestBet["moment"]>} moment */
  tell(id, moment) {
    if (!this.items.some(({ person }) => person.id === id)) return;
    this.items = this.items.map((bet) => (bet.person.id === id && (bet.moment?.at ?? "") <= moment.at ? { ...bet, moment } : bet));
    this.#changed();
  }

  /** @param {readonly BestBet[]} bets @param {boolean} watched */
  #mark(bets, watched) {
    const ids = new Set(bets.map(({ person }) => person.id));
    this.items = this.items.map((bet) => (ids.has(bet.person.id) ? { ...bet, watched } : bet));
    this.#changed();
  }

  /** As many at once as the server takes; a part that fails as a whole does not stop the others. @param {readonly BestBet[]} bets @param {(people: string[]) => Promise<{ items: Outcome[] }>} deed @returns {Promise<Report>} */
  async #several(bets, deed) {
    /** @type {Map<string, string>} */
    const outcomes = new Map();
    /** @type {unknown} */
    let failure = null;
    for (let at = 0; at < bets.length; at += AT_ONCE) {
      const people = bets.slice(at, at + AT_ONCE).map(({ person }) => person.id);
      try {
        for (const { person, outcome } of (await deed(people)).items) outcomes.set(person, outcome);
      } catch (error) {
        failure = error;
      }
    }
    if (failure && !outcomes.size) throw failure;
    return reported(bets, outcomes);
  }

  #query() {
    const { group, sort, hidden } = this.asked;
    return { sort, limit: PAGE, ...(group ? { filter: group } : {}), ...(hidden ? { hidden } : {}) };
  }

  /** @param {BestBetStore["phase"]} phase @param {unknown} [error] */
  #become(phase, error = null) {
    this.phase = phase;
    this.error = error;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {readonly BestBet[]} bets @param {ReadonlyMap<string, string>} outcomes @returns {Report} */
function reported(bets, outcomes) {
  const told = bets.map((bet) => ({ bet, outcome: outcomes.get(bet.person.id) ?? "failed" }));
  return { done: told.filter(({ outcome }) => outcome === "done").map(({ bet }) => bet), failed: told.filter(({ outcome }) => outcome !== "done") };
}

/** One after the other, by a few hands. @param {readonly BestBet[]} bets @param {(bet: BestBet) => Promise<unknown>} deed @returns {Promise<Report>} */
async function each(bets, deed) {
  /** @type {Map<string, string>} */
  const outcomes = new Map();
  const waiting = [...bets];
  const hand = async () => {
    for (let bet = waiting.shift(); bet; bet = waiting.shift()) {
      outcomes.set(bet.person.id, await deed(bet).then(() => "done", () => "failed"));
    }
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
  return reported(bets, outcomes);
}
