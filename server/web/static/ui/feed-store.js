/**
 * One feed on screen: its state, kept current from the API and the stream.
 * @import { App } from "./app.js"
 * @import { FeedItem, FeedPage } from "./api-types.js"
 * @import { Filter } from "./feed-state.js"
 */
import { emptyFeed, released, withArchived, withFirstPage, withItem, withKnown, withMuted, withOlderPage, withWatched } from "./feed-state.js";

const PAGE = 50;
const SEEN_AFTER = 1_500;
const RECOUNT_AFTER = 1_500;

/** Events: "change"; "arrival" (detail: FeedItem), an item that is new or has risen. */
export class FeedStore extends EventTarget {
  /** @type {"loading" | "ready" | "failed"} */
  phase = "loading";
  /** @type {Error | null} */
  error = null;
  /** @type {"" | "loading" | "failed"} */
  older = "";
  hold = false;
  /** @type {FeedItem[] | null} what the stream brings while the first page is on its way */
  #meanwhile = null;
  #load = 0;
  /** @type {string | null} */
  #leftAt = null;
  /** @type {string | null} */
  #seenCursor = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #seenTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #recountTimer;
  #listening = new AbortController();

  /** @param {App} app @param {Filter} filter */
  constructor(app, filter) {
    super();
    this.app = app;
    this.state = emptyFeed(filter);
    const { signal } = this.#listening;
    app.stream.addEventListener("item", (event) => this.#hear(/** @type {CustomEvent<FeedItem>} */ (event).detail), { signal });
    app.stream.addEventListener("reset", () => this.#startAnew(), { signal });
  }

  close() {
    this.#listening.abort();
    clearTimeout(this.#seenTimer);
    clearTimeout(this.#recountTimer);
  }

  /** @param {FeedPage | null} [given] the first page, when the server sent it with the document */
  async load(given = null) {
    const load = ++this.#load;
    this.#meanwhile = [];
    this.#become("loading");
    try {
      const page = given ?? (await this.#page());
      if (load !== this.#load) return;
      this.state = withFirstPage(this.state, page);
      for (const item of this.#meanwhile ?? []) this.state = withItem(this.state, item, false);
      this.#become("ready");
      this.app.follow(page.cursor);
    } catch (error) {
      if (load === this.#load) this.#become("failed", /** @type {Error} */ (error));
    } finally {
      if (load === this.#load) this.#meanwhile = null;
    }
  }

  async more() {
    const { next } = this.state;
    if (this.phase !== "ready" || this.older === "loading" || next === null) return;
    const load = this.#load;
    this.older = "loading";
    this.#changed();
    try {
      const page = await this.#page({ before: next });
      if (load !== this.#load) return;
      this.state = withOlderPage(this.state, page);
      this.older = "";
    } catch {
      if (load !== this.#load) return;
      this.older = "failed";
    }
    this.#changed();
  }

  /** @param {Partial<Filter>} changes */
  filter(changes) {
    this.state = { ...this.state, filter: { ...this.state.filter, ...changes } };
    this.older = "";
    this.load();
  }

  release() {
    this.state = released(this.state);
    this.#changed();
  }

  /** @param {string} message @param {boolean} archived */
  async archive(message, archived) {
    await this.app.api.archive(message, archived);
    this.state = withArchived(this.state, message, archived);
    this.#changed();
  }

  /** @param {"message" | "person"} kind @param {string} id @param {boolean} muted */
  async mute(kind, id, muted) {
    await this.app.api.mute(kind, id, muted);
    this.state = withMuted(this.state, kind, id, muted);
    this.#changed();
  }

  /** @param {{ name: string, address: string }} person @returns {Promise<string>} their id */
  async addPerson({ name, address }) {
    const { id } = await this.app.api.addPerson({ name, addresses: [address] });
    this.state = withKnown(this.state, address, id, true);
    this.#changed();
    return id;
  }

  /** @param {string} id of a person @param {boolean} watched */
  async watch(id, watched) {
    await this.app.following.watch(id, watched);
    this.state = withWatched(this.state, id, watched);
    this.#changed();
  }

  /** @param {string} address @param {string} id */
  async removePerson(address, id) {
    await this.app.api.deletePerson(id);
    this.state = withKnown(this.state, address, null, false);
    this.#changed();
  }

  /** The viewer looks: what is on screen counts as seen a moment later. */
  look() {
    if (this.#leftAt !== null && this.#hasNewerThan(this.#leftAt)) this.state = { ...this.state, newSince: this.#leftAt };
    this.#leftAt = null;
    this.#changed();
    this.#markSeenSoon();
  }

  lookAway() {
    this.#leftAt ??= this.app.now().toISOString();
    clearTimeout(this.#seenTimer);
  }

  /** @param {FeedItem} item */
  #hear(item) {
    if (item.hidden || item.removed) this.#recountSoon();
    if (this.#meanwhile) {
      this.#meanwhile.push(item);
      return;
    }
    const before = this.state;
    this.state = withItem(before, item, this.hold);
    if (this.state.arrived !== before.arrived || this.state.waiting.size > before.waiting.size) {
      this.dispatchEvent(new CustomEvent("arrival", { detail: item }));
    }
    this.#changed();
    if (this.#leftAt === null) this.#markSeenSoon();
  }

  async #startAnew() {
    await this.load();
    if (this.phase === "ready" && this.state.cursor) this.app.followAnew(this.state.cursor);
  }

  /** @param {{ before?: string }} [from] @returns {Promise<FeedPage>} */
  #page(from = {}) {
    const query = { ...this.#query(), ...from };
    return this.state.filter.feed === "lead" ? this.app.api.leadFeed(query) : this.app.api.feed(query);
  }

  #query() {
    const { feed, kind, machine, type, whose, person = "", wanted } = this.state.filter;
    const asked = feed === "lead" ? { type, whose, person } : { ...wanted?.query, kind, hidden: machine };
    return { limit: PAGE, ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== "")) };
  }

  /** @param {string} at */
  #hasNewerThan(at) {
    return [...this.state.items.values(), ...this.state.waiting.values()].some((item) => Date.parse(item.at) > Date.parse(at));
  }

  #markSeenSoon() {
    clearTimeout(this.#seenTimer);
    this.#seenTimer = setTimeout(() => this.#markSeen(), SEEN_AFTER);
  }

  /** A divider that stays too old does no harm, so a failure is left for the next time. */
  async #markSeen() {
    const { cursor, filter } = this.state;
    if (filter.feed === "lead" || this.phase !== "ready" || cursor === null || cursor === this.#seenCursor) return;
    try {
      await this.app.api.seen(cursor);
      this.#seenCursor = cursor;
    } catch {
      this.#seenCursor = null;
    }
  }

  /** Lines of machine traffic are not on this screen, so only the server can count them. */
  #recountSoon() {
    if (this.state.filter.feed === "lead") return;
    clearTimeout(this.#recountTimer);
    this.#recountTimer = setTimeout(async () => {
      const page = await this.app.api.feed({ limit: 1 }).catch(() => null);
      if (!page) return;
      this.state = { ...this.state, hiddenToday: page.hidden_today ?? 0 };
      this.#changed();
    }, RECOUNT_AFTER);
  }

  /** @param {FeedStore["phase"]} phase @param {Error | null} [error] */
  #become(phase, error = null) {
    this.phase = phase;
    this.error = error;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
