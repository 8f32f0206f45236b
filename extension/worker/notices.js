/**
 * What calls the user while nothing of ours is in sight: notifications, and the number on the extension's icon.
 *
 * The server decides what is told, when and in which words. It is asked by an alarm and whenever a panel heard of something, and
 * of all screens the one that claims a notification shows it: whenever the worker ends, nothing is said twice.
 * @import { Me, Notice } from "../ui/api-types.js"
 */
import * as consent from "./consent.js";
import * as panels from "./panels.js";
import { mismatch } from "./server.js";
import * as session from "./session.js";

/**
 * @typedef {{ unread: number }} Watch how much is new since somebody looked
 * @typedef {{ account: string, url: string, phone: string | null, draft: Notice["draft"], buttons: string[] }} Target what a notification leads to
 */

const ALARM = "look";
const EVERY = 0.5;
const WATCH = "watch:";
const TARGET = "notice:";
const BADGE = "#16191f";
const WINDOW = { type: /** @type {const} */ ("popup"), width: 380, height: 640 };
/** A screen in sight of the user is quicker, so that nobody is called to what they look at. */
const OTHERS_FIRST = 800;
const MOST_BUTTONS = 2;

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

/** Asks again, after an asking that is on its way. @param {string} account @returns {Promise<void>} */
export function look(account) {
  return inTurn(account, () => ask(account));
}

/** @param {string} account @param {() => Promise<void>} work @returns {Promise<void>} */
function inTurn(account, work) {
  const next = (turns.get(account) ?? Promise.resolve()).then(work).catch(() => {});
  turns.set(account, next);
  return next;
}

/** Somebody looks at the feed: it has nothing new any more. @param {string} account */
export function seen(account) {
  return inTurn(account, async () => {
    await clear(account);
    await ask(account);
  });
}

/** @param {string} account */
async function clear(account) {
  for (const id of Object.keys(await chrome.notifications.getAll())) if (id.startsWith(`${account}|`)) await chrome.notifications.clear(id);
  await keep(account, { unread: 0 });
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
async function ask(account) {
  const me = /** @type {Me | null} */ (await session.me(account));
  if (!me || mismatch(me.api_version) || !(await consent.isGiven())) return;
  const { items, unread } = await session.api(account, "GET", "/api/v1/notices");
  if (items.length && !panels.isSeen(account)) await new Promise((done) => setTimeout(done, OTHERS_FIRST));
  // What is in sight is claimed too: no other screen needs to call anybody to it.
  const inSight = panels.isSeen(account);
  const ids = items.map((/** @type {Notice} */ { id }) => id);
  const { show } = ids.length ? await session.api(account, "POST", "/api/v1/notices/claim", { ids }) : { show: null };
  if (show && !inSight) await tell(account, show);
  await keep(account, { unread: inSight ? 0 : unread });
}

/** @param {string} account @param {Notice} notice */
async function tell(account, { id, title, text, url, phone, draft, actions }) {
  const several = (await session.accounts()).length > 1 ? { contextMessage: account } : {};
  const base = { type: /** @type {const} */ ("basic"), iconUrl: chrome.runtime.getURL("icons/128.png"), ...several };
  const offered = actions.filter(({ action }) => action !== "thread").slice(0, MOST_BUTTONS);
  const target = { account, url, phone, draft, buttons: offered.map(({ action }) => action) };
  const key = `${account}|${id}`;
  await chrome.storage.session.set({ [TARGET + key]: target });
  await chrome.notifications.create(key, { ...base, title, message: text, buttons: offered.map(({ title }) => ({ title })) });
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
  if (target.buttons[button] === "call") return void (await chrome.tabs.create({ url: `tel:${target.phone}` }));
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

/** @param {string} account @param {Watch} watch */
async function keep(account, watch) {
  await chrome.storage.local.set({ [WATCH + account]: watch });
  await count();
}

/** How much is new, over all accounts. */
async function count() {
  const all = await chrome.storage.local.get(null);
  const sum = Object.entries(all).reduce((so, [key, watch]) => so + (key.startsWith(WATCH) ? watch.unread : 0), 0);
  await chrome.action.setBadgeBackgroundColor({ color: BADGE });
  await chrome.action.setBadgeText({ text: sum > 99 ? "99+" : sum ? String(sum) : "" });
}
