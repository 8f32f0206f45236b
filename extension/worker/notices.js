/**
 * What calls the user while nothing of ours is in sight: notifications, and the number on the extension's icon.
 *
 * The feed is read from a cursor, by an alarm and whenever a panel heard something. The cursor is stored after what it brought
 * was shown, and a notification is named after what happened: whenever the worker ends, nothing is lost and nothing said twice.
 * @import { FeedItem, Me } from "../ui/api-types.js"
 * @import { Occasion } from "../ui/notify.js"
 */
import { loadI18n } from "../ui/i18n.js";
import { headline, isQuiet, occasionOf, subline, summary, whenToTell } from "../ui/notify.js";
import * as consent from "./consent.js";
import * as panels from "./panels.js";
import { mismatch, server } from "./server.js";
import * as session from "./session.js";
import { Trouble } from "./trouble.js";

/**
 * @typedef {object} Watch
 * @property {string} cursor up to where the feed was read
 * @property {Record<string, string>} known when each line last happened
 * @property {Record<string, string>} unread the kind of each line that is new since somebody looked
 * @property {{ item: FeedItem, occasion: Occasion }[]} held for after the quiet hours
 *
 * @typedef {{ account: string, url: string, page: string, phone: string, draft: Record<string, unknown> | null }} Target what a notification leads to
 */

const ALARM = "look";
const EVERY = 0.5;
const WATCH = "watch:";
const TARGET = "notice:";
const MOST_KNOWN = 500;
const MOST_HELD = 50;
const PAGE = 200;
const BADGE = "#16191f";
const WINDOW = { type: /** @type {const} */ ("popup"), width: 380, height: 640 };

/** @type {Map<string, Promise<void>>} what is done about an account is done one after the other */
const turns = new Map();

/** The alarm lives on without the worker; it is made anew where the browser lost it. */
export async function begin() {
  if (!(await chrome.alarms.get(ALARM))) await chrome.alarms.create(ALARM, { periodInMinutes: EVERY });
}

/** @param {chrome.alarms.Alarm} alarm */
export async function onAlarm(alarm) {
  if (alarm.name === ALARM) await lookAll();
}

export async function lookAll() {
  for (const account of await session.accounts()) await look(account);
}

/** Reads on, after a reading that is on its way. @param {string} account @returns {Promise<void>} */
export function look(account) {
  return inTurn(account, () => read(account));
}

/** @param {string} account @param {() => Promise<void>} work @returns {Promise<void>} */
function inTurn(account, work) {
  const next = (turns.get(account) ?? Promise.resolve()).then(work).catch(() => {});
  turns.set(account, next);
  return next;
}

/** Somebody looks at the feed: it has nothing new any more. @param {string} account */
export function seen(account) {
  return inTurn(account, () => clear(account));
}

/** @param {string} account */
async function clear(account) {
  const watch = await watchOf(account);
  if (watch && (Object.keys(watch.unread).length || watch.held.length)) await keep(account, { ...watch, unread: {}, held: [] });
  for (const id of Object.keys(await chrome.notifications.getAll())) if (id.startsWith(`${account}|`)) await chrome.notifications.clear(id);
  await count();
}

/** @param {string} account that was signed out */
export function forget(account) {
  return inTurn(account, async () => {
    await clear(account);
    await chrome.storage.local.remove(WATCH + account);
    await count();
  });
}

/** @param {string} account */
async function read(account) {
  const me = /** @type {Me | null} */ (await session.me(account));
  if (!me || mismatch(me.api_version) || !(await consent.isGiven())) return;
  let watch = (await watchOf(account)) ?? (await first(account));
  for (let more = true; more; ) {
    const page = await after(account, watch.cursor);
    if (!page) return keep(account, await first(account));
    watch = await told(account, me, watch, page.items);
    watch.cursor = page.cursor;
    await keep(account, watch);
    more = page.more;
  }
  await count();
}

/** @param {string} account @param {string} cursor @returns {Promise<{ items: FeedItem[], cursor: string, more: boolean } | null>} null when the cursor is none of this feed's */
async function after(account, cursor) {
  try {
    return await session.api(account, "GET", `/api/v1/feed?${new URLSearchParams({ after: cursor, limit: String(PAGE) })}`);
  } catch (error) {
    if (error instanceof Trouble && [400, 404, 422].includes(error.status)) return null;
    throw error;
  }
}

/** What is there already is no news. @param {string} account @returns {Promise<Watch>} */
async function first(account) {
  const page = await session.api(account, "GET", `/api/v1/feed?limit=${PAGE}`);
  const known = Object.fromEntries(page.items.map((/** @type {FeedItem} */ item) => [item.id, item.at]));
  return { cursor: page.cursor, known, unread: {}, held: [] };
}

/** @param {string} account @param {Me} me @param {Watch} watch @param {FeedItem[]} items @returns {Promise<Watch>} */
async function told(account, me, watch, items) {
  const known = { ...watch.known };
  const unread = { ...watch.unread };
  const now = new Date();
  const zone = me.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const inSight = panels.isSeen(account);
  let held = isQuiet(me.notifications, now, zone) ? watch.held : [];
  const tellNow = held === watch.held ? [] : [...watch.held];
  for (const item of items) {
    const occasion = occasionOf(item, known[item.id]);
    // A line that is hidden or taken away again is known too: it may come back.
    known[item.id] = item.at;
    if (!occasion || inSight) continue;
    const when = whenToTell(occasion, me.notifications, now, zone);
    if (when === "never") continue;
    unread[item.id] = item.kind;
    if (when === "now") tellNow.push({ item, occasion });
    else held = [...held, { item, occasion }].slice(-MOST_HELD);
  }
  if (!inSight) await show(account, me, tellNow);
  return { cursor: watch.cursor, known: latest(known), unread: inSight ? {} : unread, held: inSight ? [] : held };
}

/** Several that come together are one. @param {string} account @param {Me} me @param {Watch["held"]} news */
async function show(account, me, news) {
  const [only] = news;
  if (!only) return;
  const i18n = await loadI18n(me.locale, me.time_zone);
  const several = (await session.accounts()).length > 1 ? { contextMessage: account } : {};
  const base = { type: /** @type {const} */ ("basic"), iconUrl: chrome.runtime.getURL("icons/128.png"), ...several };
  const target = await targetOf(account, only.item);
  if (news.length === 1) {
    const { item, occasion } = only;
    const buttons = target.draft ? [{ title: i18n.t("notify.new-task") }, ...(target.phone ? [{ title: i18n.t("notify.call") }] : [])] : [];
    await notify(`${account}|${item.id}|${item.at}`, { ...base, title: headline(i18n, item, occasion), message: subline(i18n, item), buttons }, target);
  } else {
    const { title, text } = summary(i18n, news.map(({ item }) => item.kind));
    await notify(`${account}|several|${news.at(-1)?.item.cursor}`, { ...base, title, message: text }, { ...target, url: `${await server()}/live`, draft: null });
  }
}

/** @param {string} account @param {FeedItem} item @returns {Promise<Target>} */
async function targetOf(account, { message, who }) {
  const { person } = who;
  const page = message ? `${await server()}/messages/${encodeURIComponent(message.id)}` : `${await server()}/`;
  const draft = { person: person?.id ? person : null, subject: message?.subject ?? "", message_id: message?.id ?? null };
  return { account, url: message?.thread_url ?? page, page, phone: person?.phone && !person.do_not_call ? person.phone : "", draft };
}

/** @param {string} id @param {chrome.notifications.Options} options @param {Target} target */
async function notify(id, options, target) {
  await chrome.storage.session.set({ [TARGET + id]: target });
  await chrome.notifications.create(id, options);
}

/** The thread in Gmail. @param {string} id */
export async function onClick(id) {
  const target = await taken(id);
  if (target) await chrome.tabs.create({ url: target.url });
}

/** @param {string} id @param {number} button */
export async function onButton(id, button) {
  const target = await taken(id);
  if (!target) return;
  if (button === 1) return void (await chrome.tabs.create({ url: `tel:${target.phone}` }));
  await chrome.storage.session.set({ draft: target.draft });
  await chrome.storage.local.set({ last: target.account });
  await chrome.windows.create({ ...WINDOW, url: "panel.html#task" });
}

/** @param {string} id */
export async function onClosed(id) {
  await chrome.storage.session.remove(TARGET + id);
}

/** @param {string} id @returns {Promise<Target | null>} */
async function taken(id) {
  const target = (await chrome.storage.session.get(TARGET + id))[TARGET + id] ?? null;
  await chrome.notifications.clear(id);
  await chrome.storage.session.remove(TARGET + id);
  return target;
}

/** How much is new, over all accounts. */
async function count() {
  const all = await chrome.storage.local.get(null);
  const watches = Object.entries(all).filter(([key]) => key.startsWith(WATCH));
  const sum = watches.reduce((so, [, watch]) => so + Object.keys(watch.unread).length, 0);
  await chrome.action.setBadgeBackgroundColor({ color: BADGE });
  await chrome.action.setBadgeText({ text: sum > 99 ? "99+" : sum ? String(sum) : "" });
}

/** @param {string} account @returns {Promise<Watch | undefined>} */
async function watchOf(account) {
  return (await chrome.storage.local.get(WATCH + account))[WATCH + account];
}

/** @param {string} account @param {Watch} watch */
async function keep(account, watch) {
  await chrome.storage.local.set({ [WATCH + account]: watch });
}

/** @param {Record<string, string>} known @returns {Record<string, string>} */
function latest(known) {
  const lines = Object.entries(known);
  if (lines.length <= MOST_KNOWN) return known;
  return Object.fromEntries(lines.sort(([, a], [, b]) => Date.parse(b) - Date.parse(a)).slice(0, MOST_KNOWN));
}
