/**
 * Whom the viewer watches and what they get mail about, the same for every list on the page.
 * @import { App } from "./app.js"
 * @import { Subscription, SubscriptionList, Watched, WrittenSubscription } from "./api-types.js"
 */

const MOST = 200;

/** Event "change". What is done here shows at once, and is read again when the server refuses it. */
export class Following extends EventTarget {
  /** @type {"waiting" | "loading" | "ready" | "failed"} */
  phase = "waiting";
  /** @type {unknown} */
  error = null;
  /** @type {readonly Watched[]} */
  watched = [];
  /** @type {SubscriptionList} */
  subscriptions = { items: [], shared: [], sends: true };

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
  }

  /** The first who shows any of it starts it. */
  open() {
    if (this.phase === "waiting") this.load();
  }

  async load() {
    if (this.phase !== "ready") this.#become("loading");
    try {
      const [watched, subscriptions] = await Promise.all([this.app.api.watchList({ limit: MOST }), this.app.api.subscriptions()]);
      this.watched = watched.items;
      this.subscriptions = subscriptions;
      this.#become("ready");
    } catch (error) {
      this.error = error;
      this.#become("failed");
    }
  }

  /** What this person is subscribed to by. @param {string | null | undefined} person @returns {Subscription | null} */
  ofPerson(person) {
    return this.subscriptions.items.find((one) => one.kind === "person" && one.value === person) ?? null;
  }

  /** @param {string} person @param {boolean} watched */
  async watch(person, watched) {
    if (!watched) this.watched = this.watched.filter((one) => one.person.id !== person);
    this.#become(this.phase);
    await this.#doing(() => this.app.api.watch(person, watched));
  }

  /** @param {WrittenSubscription} written */
  async subscribe(written) {
    await this.#doing(() => this.app.api.subscribe(written));
  }

  /** @param {string} id @param {string[]} receivers */
  async readdress(id, receivers) {
    await this.#doing(() => this.app.api.readdress(id, receivers));
  }

  /** @param {string} id */
  async unsubscribe(id) {
    const { items } = this.subscriptions;
    this.subscriptions = { ...this.subscriptions, items: items.filter((one) => one.id !== id) };
    this.#become(this.phase);
    await this.#doing(() => this.app.api.unsubscribe(id));
  }

  /** @param {string} id @param {boolean} refused */
  async refuse(id, refused) {
    await this.#doing(() => this.app.api.refuse(id, refused));
  }

  /** @param {() => Promise<unknown>} deed */
  async #doing(deed) {
    try {
      await deed();
    } finally {
      if (this.phase !== "waiting") await this.load();
    }
  }

  /** @param {Following["phase"]} phase */
  #become(phase) {
    this.phase = phase;
    this.dispatchEvent(new Event("change"));
  }
}
