/**
 * Today at a glance on this page: what came with it, read again when something happens, when it is looked at, and once a minute.
 * @import { App } from "./app.js"
 * @import { Today } from "./api-types.js"
 */

const SETTLES = 1_500;
const LOOK_EVERY = 60_000;

/** Event "change". */
export class TodayStore extends EventTarget {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;
  #looked = performance.now();

  /** @param {App} app @param {Today} today */
  constructor(app, today) {
    super();
    this.app = app;
    this.today = today;
    app.stream.addEventListener("item", () => this.#lookSoon());
    app.tasks.addEventListener("change", () => this.#lookSoon());
    app.addEventListener("tick", () => this.#look(LOOK_EVERY));
    document.addEventListener("visibilitychange", () => this.#look(0));
  }

  /** Quietly: what is on screen stays when it fails. */
  async read() {
    this.#looked = performance.now();
    try {
      this.today = await this.app.api.today();
    } catch {
      return;
    }
    this.dispatchEvent(new Event("change"));
  }

  /** Much may happen at once: asked for when it has settled. */
  #lookSoon() {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.read();
    }, SETTLES);
  }

  /** @param {number} atMostEvery in milliseconds */
  #look(atMostEvery) {
    if (document.visibilityState === "visible" && performance.now() - this.#looked >= atMostEvery) this.read();
  }
}
