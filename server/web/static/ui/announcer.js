/** News for screen readers: at most once in ten seconds, summed up: "3 new: 1 reply, 2 views". @import { I18n } from "./i18n.js" */

const SPEAKS_EVERY = 10_000;
const GATHERS = 500;

export class Announcer {
  /** @type {string[]} kinds of what was not read out yet */
  #unspoken = [];
  #spokeAt = -SPEAKS_EVERY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {I18n} i18n @param {(words: string) => void} say */
  constructor(i18n, say) {
    this.i18n = i18n;
    this.say = say;
  }

  /** @param {string} kind */
  hear(kind) {
    this.#unspoken.push(kind);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#speak(), Math.max(GATHERS, this.#spokeAt + SPEAKS_EVERY - performance.now()));
  }

  #speak() {
    this.#spokeAt = performance.now();
    /** @type {Map<string, number>} */
    const kinds = new Map();
    for (const kind of this.#unspoken) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const sums = [...kinds].map(([kind, count]) => this.i18n.t(`count.${kind}`, { count })).join(this.i18n.t("list.comma"));
    this.say(this.i18n.t("feed.spoken", { count: this.#unspoken.length, sums }));
    this.#unspoken = [];
  }
}
