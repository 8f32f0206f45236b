/**
 * The live stream of a viewer's feed: ticket → WebSocket → items, for as long as the page lives.
 * It resumes from the cursor of the last item it handed on, so that nothing is missed and what comes twice is the same item again.
 * @import { Api } from "./api.js"
 * @import { FeedItem } from "./api-types.js"
 */
import { ApiError } from "./api.js";

/**
 * @typedef {{ kind: "connecting" } | { kind: "live" } | { kind: "catching-up", done: number, of: number }
 *   | { kind: "offline", since: Date } | { kind: "signed-out" }} StreamState
 */

const OFFLINE_AFTER = 5_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const QUIET_MEANS_CAUGHT_UP = 2_000;
const HOLDS_AFTER = 2_000;
const OPENING_MAY_TAKE = 10_000;
const PULSE = 5_000;
const SLEPT = 30_000;

/** How long to wait before attempt number `attempt` (from 0); `random` in [0, 1). @param {number} attempt @param {number} random */
export function backoff(attempt, random) {
  const ceiling = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * random;
}

/** Events: "item" (detail: FeedItem), "notices" (there are some to claim), "state" (detail: StreamState), "reset" (the cursor is no longer known: load the feed anew). */
export class Stream extends EventTarget {
  /** @type {StreamState} */
  state = { kind: "connecting" };
  /** @type {string | null} */
  cursor = null;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  /** Each connection attempt has a number; what an older one still says is ignored. */
  #turn = 0;
  /** @type {Date | null} */
  #lostAt = null;
  #pulseAt = 0;
  /** Whether the last socket broke off right after it had opened: then the next must first prove that it holds. */
  #brittle = false;
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #timers = new Map();
  /** @type {AbortController | null} */
  #listening = null;

  /** @param {{ api: Api, random?: () => number, now?: () => number }} options */
  constructor({ api, random = Math.random, now = Date.now }) {
    super();
    this.api = api;
    this.random = random;
    this.now = now;
  }

  /** @param {string} cursor */
  start(cursor) {
    this.stop();
    this.cursor = cursor;
    this.#listenToThePage();
    this.#pulseAt = this.now();
    this.#later("pulse", PULSE, () => this.#pulse());
    this.#connect();
  }

  stop() {
    this.#listening?.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#drop();
  }

  /** Connect now, whatever the waiting time. */
  retry() {
    this.#attempt = 0;
    this.#connect();
  }

  async #connect() {
    if (this.cursor === null) return;
    this.#drop();
    const turn = this.#turn;
    this.#later("opening", OPENING_MAY_TAKE, () => this.#lost(turn));
    try {
      const { ticket, behind } = await this.api.ticket(this.cursor);
      if (turn === this.#turn) this.#open(turn, this.api.socketUrl(ticket, this.cursor), behind);
    } catch (error) {
      if (turn === this.#turn) this.#refused(turn, error);
    }
  }

  /** @param {number} turn @param {string} url @param {number} behind how many items were missed */
  #open(turn, url, behind) {
    const socket = new WebSocket(url);
    this.#socket = socket;
    let done = 0;
    let held = false;
    const holds = () => {
      held = true;
      this.#attempt = 0;
      this.#brittle = false;
      this.#settle(done, behind);
    };
    socket.onopen = () => {
      this.#clear("opening");
      this.#later("holds", HOLDS_AFTER, holds);
      if (!this.#brittle) this.#settle(done, behind);
    };
    socket.onmessage = (event) => {
      if (turn !== this.#turn) return;
      const said = JSON.parse(event.data);
      if (said.type === "notices") return void this.dispatchEvent(new Event("notices"));
      this.#receive(said);
      done += 1;
      if (!held) holds();
      else if (done <= behind) this.#progress(done, behind);
    };
    socket.onclose = () => {
      if (turn === this.#turn && !held) this.#brittle = true;
      this.#lost(turn);
    };
  }

  /** The connection stands. @param {number} done @param {number} behind */
  #settle(done, behind) {
    this.#lostAt = null;
    this.#clear("offline");
    this.#progress(done, behind);
  }

  /** @param {FeedItem} item */
  #receive(item) {
    this.cursor = item.cursor;
    this.dispatchEvent(new CustomEvent("item", { detail: item }));
  }

  /** Several changes of one line can arrive as one item, so a quiet stream has caught up too. @param {number} done @param {number} of */
  #progress(done, of) {
    if (done >= of) {
      this.#clear("quiet");
      this.#become({ kind: "live" });
      return;
    }
    this.#become({ kind: "catching-up", done, of });
    this.#later("quiet", QUIET_MEANS_CAUGHT_UP, () => this.#become({ kind: "live" }));
  }

  /** @param {number} turn @param {unknown} error */
  #refused(turn, error) {
    if (error instanceof ApiError && error.status === 401) {
      this.#drop();
      this.#become({ kind: "signed-out" });
    } else if (error instanceof ApiError && [400, 404, 409, 410, 422].includes(error.status)) {
      this.#drop();
      this.dispatchEvent(new CustomEvent("reset"));
    } else {
      this.#lost(turn, error instanceof ApiError ? error.retryAfter : null);
    }
  }

  /** @param {number} turn @param {number | null} [wait] in seconds, when the server named it */
  #lost(turn, wait = null) {
    if (turn !== this.#turn) return;
    this.#drop();
    if (this.#lostAt === null) {
      const since = new Date(this.now());
      this.#lostAt = since;
      this.#later("offline", OFFLINE_AFTER, () => this.#become({ kind: "offline", since }));
    }
    const pause = wait === null ? backoff(this.#attempt, this.random()) : wait * 1000;
    this.#attempt += 1;
    this.#later("retry", pause, () => this.#connect());
  }

  #drop() {
    this.#turn += 1;
    for (const name of ["opening", "retry", "quiet", "holds"]) this.#clear(name);
    if (this.#socket) {
      this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
      this.#socket.close();
      this.#socket = null;
    }
  }

  #listenToThePage() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const wake = () => {
      if (this.#socket?.readyState !== WebSocket.OPEN && this.state.kind !== "signed-out") this.retry();
    };
    globalThis.addEventListener("online", wake, { signal });
    globalThis.addEventListener("offline", () => this.#lost(this.#turn), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake(), { signal });
  }

  /** A machine that slept holds a socket that only looks open: its pulse comes late. */
  #pulse() {
    const late = this.now() - this.#pulseAt;
    this.#pulseAt = this.now();
    this.#later("pulse", PULSE, () => this.#pulse());
    if (late > SLEPT && document.visibilityState === "visible") this.retry();
  }

  /** @param {StreamState} state */
  #become(state) {
    if (JSON.stringify(state) === JSON.stringify(this.state)) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  /** @param {string} name @param {number} ms @param {() => void} run */
  #later(name, ms, run) {
    this.#clear(name);
    this.#timers.set(name, setTimeout(run, ms));
  }

  /** @param {string} name */
  #clear(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
