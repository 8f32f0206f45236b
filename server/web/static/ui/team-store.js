/**
 * The team feed on screen: its state, kept current from the API and a stream of its own.
 * @import { Api } from "./api.js"
 * @import { App } from "./app.js"
 * @import { Colleague, FeedItem, TeamItem, TeamPage } from "./api-types.js"
 */
import { emptyFeed, withFirstPage, withItem, withOlderPage } from "./feed-state.js";
import { Stream } from "./stream.js";

const PAGE = 50;

/** @typedef {FeedItem & { colleague: Colleague }} TeamLine */

/** Event: "change". */
export class TeamStore extends EventTarget {
  /** @type {"loading" | "ready" | "failed"} */
  phase = "loading";
  /** @type {unknown} */
  error = null;
  /** @type {Colleague[]} who share */
  colleagues = [];
  /** @type {boolean | null} whether the viewer does */
  sharing = null;
  colleague = "";
  state = emptyFeed({ feed: "live", kind: "", machine: false, type: "", whose: "" });
  older = false;
  #load = 0;

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    this.stream = new Stream({ api: /** @type {Api} */ (/** @type {unknown} */ (teamApi(app.api))) });
    this.stream.addEventListener("item", (event) => this.#hear(/** @type {CustomEvent<TeamItem>} */ (event).detail));
    this.stream.addEventListener("reset", () => this.load());
  }

  close() {
    this.stream.stop();
  }

  async load() {
    const load = ++this.#load;
    try {
      const page = await this.#page();
      if (load !== this.#load) return;
      this.colleagues = page.colleagues ?? [];
      this.sharing = page.sharing ?? false;
      this.state = withFirstPage(this.state, { items: page.items.map(lineOf), next: page.next, cursor: page.cursor, hidden_today: 0, seen: null });
      this.phase = "ready";
      this.stream.start(page.cursor);
    } catch (error) {
      if (load !== this.#load) return;
      if (this.colleague && /** @type {{ status?: number }} */ (error).status === 404) return this.choose("");
      this.error = error;
      this.phase = "failed";
    }
    this.#changed();
  }

  async more() {
    const { next } = this.state;
    if (this.phase !== "ready" || this.older || next === null) return;
    const load = this.#load;
    this.older = true;
    const page = await this.#page({ before: next }).catch(() => null);
    this.older = false;
    if (!page || load !== this.#load) return;
    this.state = withOlderPage(this.state, { items: page.items.map(lineOf), next: page.next, cursor: page.cursor, hidden_today: 0, seen: null });
    this.#changed();
  }

  /** @param {string} colleague "" for all @returns {Promise<void>} */
  async choose(colleague) {
    this.colleague = colleague;
    await this.load();
  }

  /** @param {string} kind */
  async filter(kind) {
    this.state = { ...this.state, filter: { ...this.state.filter, kind } };
    await this.load();
  }

  /** @param {{ before?: string }} [from] @returns {Promise<TeamPage>} */
  #page(from = {}) {
    const asked = { colleague: this.colleague || undefined, kind: this.state.filter.kind || undefined, limit: PAGE, ...from };
    return this.app.api.get("/api/v1/team", asked);
  }

  /** @param {TeamItem} item */
  #hear(item) {
    if (this.colleague && item.colleague.id !== this.colleague) return;
    this.state = withItem(this.state, lineOf(item), false);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** As rows draw lines. @param {TeamItem} item @returns {TeamLine} */
function lineOf(item) {
  const { who } = item;
  const reach = { phone: null, linkedin: null, do_not_call: false, unsubscribed: false, muted: false };
  return /** @type {TeamLine} */ ({
    ...item,
    mark: "mail",
    hidden: false,
    moment: null,
    feeds: ["live"],
    message: { id: "", subject: item.subject ?? "", thread_url: null, archived: false, muted: false },
    who: { ...who, possible: who?.possible ?? [], person: who?.person ? { ...who.person, ...reach } : null, watched: false, stars: null, flames: null, best_bet: false },
  });
}

/** What a stream asks of the API, for the team's socket. A cursor is refused once others share: then the stream says so, and all is loaded anew. @param {Api} api */
function teamApi(api) {
  return {
    /** @param {string} after */
    async ticket(after) {
      await api.get("/api/v1/team", { after, limit: 1 });
      return { ...(await api.request("POST", "/api/v1/tickets", {})), behind: 0 };
    },
    /** @param {string} ticket @param {string} after */
    socketUrl: (ticket, after) => api.socketUrl(ticket, after).replace("/ws/feed?", "/ws/team?"),
  };
}
