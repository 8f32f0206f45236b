/**
 * What the elements of one page share: server, language, stream, clock, and what they may ask of the page around them.
 * @import { Api } from "./api.js"
 * @import { I18n } from "./i18n.js"
 * @import { Stream } from "./stream.js"
 * @import { FeedItem, PersonOfItem, PersonShort, Subscription, Task, WrittenTask } from "./api-types.js"
 */
import { Following } from "./following.js";
import { TaskStore } from "./task-store.js";

/**
 * @typedef {object} Places where things are for this host: the web app's own paths, or the server's in the extension
 * @property {(id: string) => string} person
 * @property {string} people
 * @property {(id: string) => string} message
 * @property {string} home
 * @property {string} live
 * @property {string} help
 * @property {string} settings
 * @property {string} signIn
 * @property {string | null} compose where a rep writes mail
 * @property {(address: string) => string} email where a mail to somebody is written
 * @property {string} scores how scores are set
 * @property {string} watchList
 * @property {string} leadFeed
 */

/**
 * @typedef {object} Notice said once, in the window's corner
 * @property {string} text
 * @property {(() => void) | null} [undo]
 */

/**
 * @typedef {object} Warning said before something somebody asked us not to do
 * @property {string} text
 * @property {string} label of the way that goes on all the same
 * @property {string} href
 * @property {boolean} away
 */

/**
 * @typedef {object} SubscriptionDraft what somebody may want mail about
 * @property {{ id: string, name: string, address: string | null } | null} person
 * @property {FeedItem | null} [item] the moment it began with
 * @property {Subscription} [subscription] one that stands, whose receivers are to change
 */

/**
 * @typedef {object} TaskDraft a task to be written: an existing one, or what is known of a new one
 * @property {Task} [task]
 * @property {Partial<WrittenTask>} [written]
 * @property {PersonShort | PersonOfItem | null} [person]
 * @property {{ count: number, save: (task: WrittenTask) => Promise<unknown> }} [several] one for each of many people
 */

/**
 * @typedef {object} ComposeDraft what is known of a mail to be written: a draft that is kept, or how a new one begins
 * @property {string} [id]
 * @property {readonly PersonShort[]} [people] several: each gets a mail of their own
 * @property {string} [address]
 * @property {string} [subject]
 * @property {string} [threadId] the thread it answers
 * @property {string} [body] plain words
 */

/**
 * @typedef {object} CampaignDraft
 * @property {number} count of people
 * @property {(campaign: number) => Promise<unknown>} add
 */

/**
 * Events: "toast" (detail: Notice), "tick" (every ten seconds: times on screen grow older); "write-task" (detail: TaskDraft
 * with its `page`), "subscribe" (detail: SubscriptionDraft with its `page`), "compose" (detail: ComposeDraft with its `page`;
 * "composed" once something became of it), "choose-campaign" (detail: CampaignDraft with its `page`), "show-keys" and "search"
 * (detail: their `page`) and "warn" (detail: Warning with its `page`): of the pages that share
 * this app, only that one answers.
 */
export class App extends EventTarget {
  #ticking = setInterval(() => this.dispatchEvent(new Event("tick")), 10_000);

  /**
   * @param {object} parts
   * @param {Api} parts.api
   * @param {I18n} parts.i18n
   * @param {Stream} parts.stream
   * @param {Places} parts.places
   * @param {string} [parts.viewer] the user's id
   * @param {() => Date} [parts.now]
   * @param {Pick<Storage, "getItem" | "setItem">} [parts.storage] keeps what the viewer chose on this machine
   */
  constructor({ api, i18n, stream, places, viewer = "", now = () => new Date(), storage = localStorage }) {
    super();
    this.api = api;
    this.i18n = i18n;
    this.stream = stream;
    this.places = places;
    this.viewer = viewer;
    this.now = now;
    this.storage = storage;
    this.streaming = false;
    this.tasks = new TaskStore(this);
    this.following = new Following(this);
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

  /** @param {Document} page where it was asked for @param {TaskDraft} draft */
  writeTask(page, draft) {
    this.dispatchEvent(new CustomEvent("write-task", { detail: { ...draft, page } }));
  }

  /** @param {Document} page where it was asked for @param {SubscriptionDraft} draft */
  subscribe(page, draft) {
    this.dispatchEvent(new CustomEvent("subscribe", { detail: { ...draft, page } }));
  }

  /** @param {Document} page where it was asked for @param {ComposeDraft} draft */
  compose(page, draft) {
    this.dispatchEvent(new CustomEvent("compose", { detail: { ...draft, page } }));
  }

  /** @param {Document} page where it was asked for @param {CampaignDraft} draft */
  chooseCampaign(page, draft) {
    this.dispatchEvent(new CustomEvent("choose-campaign", { detail: { ...draft, page } }));
  }

  /** @param {Document} page where it was asked for @param {Warning} warning */
  warn(page, warning) {
    this.dispatchEvent(new CustomEvent("warn", { detail: { ...warning, page } }));
  }

  /** @param {Document} page where it was asked for */
  showKeys(page) {
    this.dispatchEvent(new CustomEvent("show-keys", { detail: { page } }));
  }

  /** @param {Document} page where it was asked for */
  search(page) {
    this.dispatchEvent(new CustomEvent("search", { detail: { page } }));
  }

  stop() {
    clearInterval(this.#ticking);
    this.tasks.close();
    this.stream.stop();
  }
}
