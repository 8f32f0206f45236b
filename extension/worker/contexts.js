/** What each tab is about: Gmail's open thread, the mail being written, or somebody the user asked for. */
import * as panels from "./panels.js";

/**
 * @typedef {object} Tab
 * @property {string} [account] that Gmail shows
 * @property {string} [thread] Gmail's id
 * @property {string[]} [people] addresses in that thread
 * @property {string[] | null} [compose] recipients of the mail in focus
 * @property {Asked} [asked]
 * @property {Look} [look] of the sidebar
 *
 * @typedef {{ shown: boolean, fits: boolean, theme: string }} Look
 * @typedef {{ addresses: string[], linkedin: string, words: string }} Asked somebody pointed at on any page
 */

const KEY = "tab:";
const MOST = 20;

export const handlers = {
  /** @param {any} message @param {chrome.runtime.MessageSender} sender */
  async context({ account, thread, people, compose }, sender) {
    const tab = sender.tab?.id;
    if (tab === undefined) return {};
    const told = { account: String(account ?? "").toLowerCase(), thread: String(thread ?? ""), people: listed(people), compose: compose ? listed(compose) : null };
    await put(tab, told);
    return {};
  },
};

/** @param {number} tab @param {Asked} asked */
export async function ask(tab, asked) {
  await put(tab, { asked });
}

/** @param {number} tab @param {Look} look */
export async function showAs(tab, look) {
  await put(tab, { look });
}

/** @param {number} tab */
export async function dismiss(tab) {
  await put(tab, { asked: undefined });
}

/** @param {number} tab */
export async function forget(tab) {
  await chrome.storage.session.remove(KEY + tab);
}

/** @returns {Promise<number[]>} the tabs that show Gmail */
export async function gmailTabs() {
  const all = await chrome.storage.session.get(null);
  return Object.entries(all).filter(([key, tab]) => key.startsWith(KEY) && tab.account !== undefined).map(([key]) => Number(key.slice(KEY.length)));
}

/** Tells a panel what it stands beside. @param {panels.Panel} panel */
export async function tellPanel(panel) {
  const tab = panel.tab ?? (await activeTab(panel.window));
  const known = tab === null ? {} : await of(tab);
  if (panel.tab !== null && known.look) panels.say(panel, { type: "look", ...known.look });
  panels.say(panel, { type: "context", tab, ...shown(known, panel.tab === null) });
}

/** Side panels follow the tab that their window shows. @param {number} window */
export async function follow(window) {
  await Promise.all(panels.all().filter((panel) => panel.tab === null && panel.window === window).map(tellPanel));
}

/** @param {Tab} tab @param {boolean} anywhere whether it is for a side panel, which shows who was asked for */
function shown({ account = "", thread = "", people = [], compose = null, asked }, anywhere) {
  if (asked && anywhere) return { account, thread: "", addresses: asked.addresses, linkedin: asked.linkedin, words: asked.words, source: "asked" };
  if (compose) return { account, thread: "", addresses: compose, linkedin: "", words: "", source: "compose" };
  return { account, thread, addresses: people, linkedin: "", words: "", source: thread ? "thread" : "" };
}

/** @param {number} tab @returns {Promise<Tab>} */
async function of(tab) {
  const key = KEY + tab;
  return (await chrome.storage.session.get(key))[key] ?? {};
}

/** @type {Promise<unknown>} what is told at once from several sides is kept one after the other */
let keeping = Promise.resolve();

/** @param {number} tab @param {Tab} what changed */
function put(tab, what) {
  const kept = keeping.then(() => keep(tab, what));
  keeping = kept.catch(() => {});
  return kept;
}

/** @param {number} tab @param {Tab} what */
async function keep(tab, what) {
  await chrome.storage.session.set({ [KEY + tab]: { ...(await of(tab)), ...what } });
  const active = new Map();
  for (const panel of panels.all()) {
    if (panel.tab === null && !active.has(panel.window)) active.set(panel.window, await activeTab(panel.window));
    if ((panel.tab ?? active.get(panel.window)) === tab) await tellPanel(panel);
  }
}

/** @param {number | null} window @returns {Promise<number | null>} */
async function activeTab(window) {
  if (window === null) return null;
  const [tab] = await chrome.tabs.query({ active: true, windowId: window });
  return tab?.id ?? null;
}

/** @param {unknown} addresses @returns {string[]} */
function listed(addresses) {
  const given = Array.isArray(addresses) ? addresses : [];
  return [...new Set(given.map((one) => String(one).toLowerCase()).filter((one) => one.includes("@")))].slice(0, MOST);
}
