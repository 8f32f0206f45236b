/** What our own pages and the sidebar's frame ask for: how things stand, signing in and out, windows to open. */
import * as consent from "./consent.js";
import * as contexts from "./contexts.js";
import * as panels from "./panels.js";
import { byPolicy, greet, keep, mismatch, originOf, server } from "./server.js";
import * as session from "./session.js";
import { Trouble } from "./trouble.js";

const WINDOW = { type: /** @type {const} */ ("popup"), width: 380, height: 640 };
const LOOK = { open: true, width: 320 };

/** How everything stands, for every page of ours. */
export async function state() {
  const [origin, policy, agreed, addresses, kept] = await Promise.all([server(), byPolicy(), consent.isGiven(), session.accounts(), chrome.storage.local.get(["tracking", "selfTest", "last"])]);
  const accounts = await Promise.all(addresses.map(async (address) => ({ address, me: await session.me(address) })));
  const versions = accounts.map(({ me }) => mismatch(me?.["api_version"]));
  return {
    server: origin,
    policy: Boolean(policy),
    consent: agreed,
    accounts,
    last: kept["last"] ?? "",
    tracking: kept["tracking"] ?? "on",
    selfTest: kept["selfTest"] ?? null,
    mismatch: versions.find(Boolean) ?? "",
    version: chrome.runtime.getManifest().version,
  };
}

/** For our own pages only: a script in Gmail's page has no say in these. */
const OURS = {
  state,

  /** @param {any} message */
  async consent({ given }) {
    await (given ? consent.give(new Date()) : consent.takeBack());
    await changed();
    return state();
  },

  /** @param {any} message */
  async server({ address }) {
    const origin = originOf(address);
    if (!origin) throw new Trouble("bad-address");
    if (await byPolicy()) throw new Trouble("by-policy");
    await greet(origin);
    if (origin !== (await server())) {
      for (const account of await session.accounts()) await session.disconnect(account);
      await keep(origin);
    }
    await changed();
    return state();
  },

  /** @param {any} message */
  async connect({ account }) {
    const address = await session.connect(account ?? "");
    await chrome.storage.local.set({ last: address });
    return { address };
  },

  /** @param {any} message */
  async disconnect({ account }) {
    await session.disconnect(account);
    return {};
  },

  /** @param {any} message */
  async token({ account, refused }) {
    return { token: await session.token(account, refused ?? "") };
  },

  /** @param {any} message */
  async "me-again"({ account }) {
    return { me: await session.refreshMe(account) };
  },

  /** @param {any} message */
  async "me-is"({ account, me }) {
    return { me: await session.keepMe(account, me) };
  },

  /** @param {any} message */
  async tracking({ tracking }) {
    await chrome.storage.local.set({ tracking: tracking === "off" ? "off" : "on" });
    await changed();
    return {};
  },

  /** @param {any} message */
  async last({ account }) {
    await chrome.storage.local.set({ last: account });
    return {};
  },

  /** @param {any} message */
  async dismiss({ tab }) {
    await contexts.dismiss(tab);
    return {};
  },

  /** The sidebar opens or folds. @param {any} message @param {chrome.runtime.MessageSender} sender */
  async turn({ open }, sender) {
    const look = { ...(await lookOf()), open: Boolean(open) };
    await chrome.storage.local.set({ look });
    const tab = sender.tab?.id;
    if (tab !== undefined) await chrome.tabs.sendMessage(tab, { type: "look", look });
    return { look };
  },
};

/** What scripts in Gmail may ask for too. */
const ANYBODYS = {
  /** Whether and how a mail of this account can be tracked. @param {any} message */
  async me({ account }) {
    const me = (await consent.isGiven()) ? await session.me(String(account ?? "")) : null;
    const { tracking } = await chrome.storage.local.get("tracking");
    const usable = Boolean(me) && !mismatch(me?.["api_version"]);
    return { signedIn: usable, tags: usable ? me?.["tags"] : [], trackingUrl: usable ? me?.["tracking_url"] : "", default: tracking ?? "on" };
  },

  /** How the sidebar was left, and how it stands in this tab. @param {any} message @param {chrome.runtime.MessageSender} sender */
  async look({ shown, fits, theme, width }, sender) {
    if (Number.isFinite(width)) await chrome.storage.local.set({ look: { ...(await lookOf()), width } });
    const tab = sender.tab?.id;
    if (tab !== undefined && typeof shown === "boolean") await contexts.showAs(tab, { shown, fits: Boolean(fits), theme: theme === "dark" ? "dark" : "light" });
    return { look: await lookOf() };
  },

  /** Nothing may be waited for before: the browser opens it only in the user's own click. @param {any} message @param {chrome.runtime.MessageSender} sender */
  async "open-panel"(message, sender) {
    const tab = sender.tab;
    if (tab?.id !== undefined) await chrome.sidePanel.open({ tabId: tab.id });
    return {};
  },

  async "pop-out"() {
    const origin = await server();
    if (!origin) throw new Trouble("no-server");
    await chrome.windows.create({ ...WINDOW, url: `${origin}/live` });
    return {};
  },

  async welcome() {
    await chrome.tabs.create({ url: chrome.runtime.getURL("welcome.html") });
    return {};
  },

  async options() {
    await chrome.runtime.openOptionsPage();
    return {};
  },

  /** What of Gmail's page was found. @param {any} message */
  async "self-test"({ account, result }) {
    await chrome.storage.local.set({ selfTest: { account, result, at: new Date().toISOString() } });
    await tellPages();
    return {};
  },
};

export const handlers = { ...ANYBODYS, ...Object.fromEntries(Object.entries(OURS).map(([type, run]) => [type, ours(run)])) };

/** @param {(message: any, sender: chrome.runtime.MessageSender) => unknown} run */
function ours(run) {
  return (/** @type {any} */ message, /** @type {chrome.runtime.MessageSender} */ sender) => {
    if (sender.origin !== location.origin) throw new Trouble("not-allowed");
    return run(message, sender);
  };
}

/** @returns {Promise<{ open: boolean, width: number }>} */
async function lookOf() {
  const { look } = await chrome.storage.local.get("look");
  return { ...LOOK, ...look };
}

/** Everything that is open hears that something stands differently. */
export async function changed() {
  await tellPages();
  for (const { id } of await chrome.tabs.query({})) if (id !== undefined) void chrome.tabs.sendMessage(id, { type: "accounts" }).catch(() => null);
}

async function tellPages() {
  panels.sayAll({ type: "changed" });
  await chrome.runtime.sendMessage({ type: "changed" }).catch(() => null);
}
