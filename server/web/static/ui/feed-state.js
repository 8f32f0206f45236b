/**
 * What a feed on screen knows, and how it changes. Pure: state and news in, state out.
 * @import { FeedItem, FeedName, FeedPage } from "./api-types.js"
 */

/**
 * @typedef {object} Filter
 * @property {FeedName} feed which of the viewer's two feeds
 * @property {string} kind "" for all
 * @property {boolean} machine whether machine traffic is shown
 * @property {string} type of moments; "" for all
 * @property {string} whose moments: "mine", "watched", or "" for both
 * @property {string} [person] whose id alone is looked at
 * @property {{ query: Record<string, string>, fits: (item: FeedItem) => boolean }} [wanted] what was searched for
 */

/**
 * @typedef {object} FeedState
 * @property {Filter} filter
 * @property {ReadonlyMap<string, FeedItem>} items on screen
 * @property {ReadonlyMap<string, FeedItem>} waiting held back until the reader asks for them
 * @property {ReadonlySet<string>} arrived came while the feed was open
 * @property {string | null} next where the next older page starts; null at the end
 * @property {string | null} cursor
 * @property {string | null} newSince what is younger than this is new to the viewer
 * @property {number} hiddenToday machine hits of today
 */

/** @param {Filter} filter @returns {FeedState} */
export function emptyFeed(filter) {
  return {
    filter,
    items: new Map(),
    waiting: new Map(),
    arrived: new Set(),
    next: null,
    cursor: null,
    newSince: null,
    hiddenToday: 0,
  };
}

/** The feed as its first page shows it. @param {FeedState} state @param {FeedPage} page @returns {FeedState} */
export function withFirstPage(state, page) {
  return {
    ...emptyFeed(state.filter),
    items: new Map(page.items.map((item) => [item.id, item])),
    next: page.next,
    cursor: page.cursor,
    newSince: state.newSince ?? page.seen?.at ?? null,
    hiddenToday: page.hidden_today ?? 0,
  };
}

/** An older page; what the screen already shows is newer and stays. @param {FeedState} state @param {FeedPage} page @returns {FeedState} */
export function withOlderPage(state, page) {
  const items = new Map(state.items);
  for (const item of page.items) {
    if (!items.has(item.id) && !state.waiting.has(item.id)) items.set(item.id, item);
  }
  return { ...state, items, next: page.next };
}

/**
 * One item from the stream. With `hold`, what would push the reader's rows down waits instead.
 * @param {FeedState} state @param {FeedItem} item @param {boolean} hold @returns {FeedState}
 */
export function withItem(state, item, hold) {
  const cursor = item.cursor;
  const shown = state.items.get(item.id);
  if (item.removed || !matches(state.filter, item)) return { ...without(state, item.id), cursor };
  if (!shown && state.next !== null && isOlderThanAll(state, item)) return { ...state, cursor };
  const moves = !shown || newestFirst(item, shown) < 0;
  if (hold && moves) return { ...state, cursor, waiting: new Map(state.waiting).set(item.id, item) };
  const waiting = new Map(state.waiting);
  waiting.delete(item.id);
  const arrived = moves ? new Set(state.arrived).add(item.id) : state.arrived;
  return { ...state, cursor, waiting, arrived, items: new Map(state.items).set(item.id, item) };
}

/** What waited takes its place. @param {FeedState} state @returns {FeedState} */
export function released(state) {
  if (!state.waiting.size) return state;
  return {
    ...state,
    items: new Map([...state.items, ...state.waiting]),
    arrived: new Set([...state.arrived, ...state.waiting.keys()]),
    waiting: new Map(),
  };
}

/** Every line of a message says whether it is archived. @param {FeedState} state @param {string} message @param {boolean} archived @returns {FeedState} */
export function withArchived(state, message, archived) {
  return told(state, (item) => (item.message?.id === message ? { ...item, message: { ...item.message, archived } } : item));
}

/** What is said of a message or person holds for all their lines. @param {FeedState} state @param {"message" | "person"} kind @param {string} id @param {boolean} muted @returns {FeedState} */
export function withMuted(state, kind, id, muted) {
  return told(state, (item) => {
    const { person } = item.who;
    if (kind === "message") return item.message?.id === id ? { ...item, message: { ...item.message, muted } } : item;
    return person?.id === id ? { ...item, who: { ...item.who, person: { ...person, muted } } } : item;
  });
}

/** Somebody was added to the people, or taken out again. @param {FeedState} state @param {string} address @param {string | null} id @param {boolean} known @returns {FeedState} */
export function withKnown(state, address, id, known) {
  return told(state, (item) => {
    const { person } = item.who;
    return person?.address === address ? { ...item, who: { ...item.who, person: { ...person, id, known } } } : item;
  });
}

/** @param {FeedState} state @param {string} id of a person @param {boolean} watched @returns {FeedState} */
export function withWatched(state, id, watched) {
  return told(state, (item) => (item.who.person?.id === id ? { ...item, who: { ...item.who, watched } } : item));
}

/** @param {FeedState} state @param {(item: FeedItem) => FeedItem} tell @returns {FeedState} */
function told(state, tell) {
  const each = (/** @type {ReadonlyMap<string, FeedItem>} */ items) => new Map([...items].map(([id, item]) => [id, tell(item)]));
  return { ...state, items: each(state.items), waiting: each(state.waiting) };
}

/** Nobody is called to it. @param {FeedItem} item */
export function isMuted(item) {
  return Boolean(item.message?.muted || item.who.person?.muted);
}

/** @param {FeedState} state @returns {FeedItem[]} newest first */
export function inOrder(state) {
  return [...state.items.values()].sort(newestFirst);
}

/** @param {FeedState} state how many lines are new to the viewer */
export function countNew(state) {
  if (state.newSince === null) return 0;
  const lines = new Map([...state.items, ...state.waiting]);
  return [...lines.values()].filter((item) => !item.hidden && !isMuted(item) && isNew(state, item)).length;
}

/**
 * @typedef {{ row: "item", item: FeedItem }
 *   | { row: "new-since", at: string }
 *   | { row: "day", day: string, earlier: boolean }
 *   | { row: "hidden" }} Row
 */

/**
 * The lines of the screen: the divider "new since", days, items, and at the end of today what was left out.
 * @param {FeedState} state @param {string} today as 2026-11-21 @param {(at: string) => string} dayOf the viewer's day of a time
 * @returns {Row[]}
 */
export function rowsOf(state, today, dayOf) {
  /** @type {Row[]} */
  const rows = [];
  let day = "";
  let wasNew = false;
  for (const item of inOrder(state)) {
    const itsDay = dayOf(item.at);
    const itsNew = isNew(state, item);
    if (day === today && itsDay !== today) rows.push({ row: "hidden" });
    if (itsNew && !wasNew && state.newSince) {
      rows.push({ row: "new-since", at: state.newSince });
      day = today;
    }
    const cameToOld = wasNew && !itsNew;
    if (itsDay !== day || cameToOld) rows.push({ row: "day", day: itsDay, earlier: cameToOld && itsDay === day });
    rows.push({ row: "item", item });
    day = itsDay;
    wasNew = itsNew;
  }
  if (!rows.some((row) => row.row === "hidden") && state.next === null) rows.push({ row: "hidden" });
  return rows;
}

/** @param {Filter} filter @param {FeedItem} item */
export function matches(filter, item) {
  if (!item.feeds.includes(filter.feed) || (item.hidden && !filter.machine)) return false;
  if (filter.type && item.moment?.type !== filter.type) return false;
  if (filter.whose && (filter.whose === "mine") !== item.feeds.includes("live")) return false;
  if (filter.person && item.who.person?.id !== filter.person) return false;
  if (filter.wanted && !filter.wanted.fits(item)) return false;
  return !filter.kind || item.kind === filter.kind;
}

/** @param {FeedItem} a @param {FeedItem} b */
export function newestFirst(a, b) {
  return timeOf(b) - timeOf(a) || compare(b.at, a.at) || compare(b.id, a.id);
}

/** A line is compared with all others each time one comes. @type {WeakMap<FeedItem, number>} */
const times = new WeakMap();

/** @param {FeedItem} item */
function timeOf(item) {
  let time = times.get(item);
  if (time === undefined) times.set(item, (time = Date.parse(item.at)));
  return time;
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}

/** @param {FeedState} state @param {FeedItem} item */
function isNew(state, item) {
  return state.newSince !== null && timeOf(item) > Date.parse(state.newSince);
}

/** @param {FeedState} state @param {FeedItem} item */
function isOlderThanAll(state, item) {
  return [...state.items.values()].every((shown) => newestFirst(shown, item) < 0);
}

/** @param {FeedState} state @param {string} id @returns {FeedState} */
function without(state, id) {
  if (!state.items.has(id) && !state.waiting.has(id)) return state;
  const items = new Map(state.items);
  const waiting = new Map(state.waiting);
  items.delete(id);
  waiting.delete(id);
  return { ...state, items, waiting };
}
