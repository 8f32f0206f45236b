/**
 * What the elements of one page share: server, language, stream, clock, and what they may ask of the page around them.
 * @import { Api } from "./api.js"
 * @import { I18n } from "./i18n.js"
 * @import { Stream } from "./stream.js"
 */

/**
 * @typedef {object} Places where things are for this host: the web app's own paths, or the server's in the extension
 * @property {(id: string) => string} message
 * @property {string} home
 * @property {string} live
 * @property {string} help
 * @property {string} settings
 * @property {string} signIn
 * @property {string | null} compose where a rep writes mail
 */

/**
 * @typedef {object} Notice said once, in the window's corner
 * @property {string} text
 * @property {(() => void) | null} [undo]
 */

/** Events: "toast" (detail: Notice), "tick" (every ten seconds: times on screen grow older). */
export class App extends EventTarget {
  #ticking = setInterval(() => this.dispatchEvent(new Event("tick")), 10_000);

  /**
   * @param {object} parts
   * @param {Api} parts.api
   * @param {I18n} parts.i18n
   * @param {Stream} parts.stream
   * @param {Places} parts.places
   * @param {() => Date} [parts.now]
   * @param {Pick<Storage, "getItem" | "setItem">} [parts.storage] keeps what the viewer chose on this machine
   */
  constructor({ api, i18n, stream, places, now = () => new Date(), storage = localStorage }) {
    super();
    this.api = api;
    this.i18n = i18n;
    this.stream = stream;
    this.places = places;
    this.now = now;
    this.storage = storage;
    this.streaming = false;
  }

  /** The page's one stream starts with the first feed that knows a cursor. @param {string} cursor */
  follow(cursor) {
    if (this.streaming) return;
    this.streaming = true;
    this.stream.start(cursor);
  }

  /** The stream's cursor is no longer known to the server. @param {string} cursor */
  followAnew(cursor) {
    this.streaming = true;
    this.stream.start(cursor);
  }

  /** @param {Notice} notice */
  toast(notice) {
    this.dispatchEvent(new CustomEvent("toast", { detail: notice }));
  }

  stop() {
    clearInterval(this.#ticking);
    this.stream.stop();
  }
}
