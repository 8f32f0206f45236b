/**
 * The list of people on screen: what was asked for, as its address says it, and what has come of it.
 * @import { App } from "./app.js"
 * @import { Person, PersonPage } from "./api-types.js"
 */

/** @typedef {"q" | "whose" | "account" | "score" | "consent" | "engaged"} Name */
/** @typedef {Partial<Record<Name, string>>} Asked as the page's address carries it; `engaged`: in so many days */

/** @type {readonly Name[]} */
export const NAMES = ["q", "whose", "account", "score", "consent", "engaged"];
const PAGE = 100;
const DAY = 24 * 60 * 60_000;

/** @param {URLSearchParams | Record<string, string>} given @returns {Asked} */
export function askedOf(given) {
  const of = given instanceof URLSearchParams ? Object.fromEntries(given) : given;
  return Object.fromEntries(NAMES.flatMap((name) => (of[name] ? [[name, of[name]]] : [])));
}

/** As the API is asked. @param {Asked} asked @param {Date} now @returns {Record<string, string>} */
export function queryOf(asked, now) {
  const days = Number(asked.engaged);
  const since = days > 0 ? new Date(now.getTime() - days * DAY).toISOString() : "";
  const { q = "", whose = "", account = "", score = "", consent = "" } = asked;
  const query = { query: q, whose, account, score, consent, engaged_since: since };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value));
}

/** Event "change". */
export class PeopleStore extends EventTarget {
  /** @type {"loading" | "ready" | "failed"} */
  phase = "loading";
  /** @type {unknown} */
  error = null;
  /** @type {"" | "loading" | "failed"} */
  older = "";
  /** @type {readonly Person[]} */
  items = [];
  /** @type {string | null} */
  next = null;
  count = 0;
  #load = 0;

  /** @param {App} app @param {Asked} asked */
  constructor(app, asked) {
    super();
    this.app = app;
    this.asked = asked;
  }

  /** What is on screen stays until the answer is there. */
  async load() {
    const load = ++this.#load;
    if (this.phase !== "ready") this.#become("loading");
    try {
      const page = await this.#page();
      if (load !== this.#load) return;
      Object.assign(this, { items: page.items, next: page.next, count: page.count ?? page.items.length, older: "" });
      this.#become("ready");
    } catch (error) {
      if (load === this.#load) this.#become("failed", error);
    }
  }

  async more() {
    const { next } = this;
    if (this.phase !== "ready" || this.older || next === null) return;
    await this.#bring(next);
  }

  /** After a page that did not come. */
  async again() {
    if (this.next !== null) await this.#bring(this.next);
  }

  /** @param {Asked} asked */
  ask(asked) {
    this.asked = asked;
    return this.load();
  }

  /** @param {string} id @param {Partial<Person>} changes */
  tell(id, changes) {
    this.items = this.items.map((person) => (person.id === id ? { ...person, ...changes } : person));
    this.#changed();
  }

  /** @param {string} next */
  async #bring(next) {
    const load = this.#load;
    this.older = "loading";
    this.#changed();
    const page = await this.#page(next).catch(() => null);
    if (load !== this.#load) return;
    if (page) {
      const known = new Set(this.items.map(({ id }) => id));
      this.items = [...this.items, ...page.items.filter(({ id }) => !known.has(id))];
      this.next = page.next;
    }
    this.older = page ? "" : "failed";
    this.#changed();
  }

  /** @param {string} [before] @returns {Promise<PersonPage>} */
  #page(before) {
    return this.app.api.get("/api/v1/people", { ...queryOf(this.asked, this.app.now()), limit: PAGE, before });
  }

  /** @param {PeopleStore["phase"]} phase @param {unknown} [error] */
  #become(phase, error = null) {
    this.phase = phase;
    this.error = error;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
