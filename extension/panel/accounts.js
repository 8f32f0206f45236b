/**
 * One signed-in account, as the shared elements want it.
 * @import { Me } from "../ui/api-types.js"
 */
import { Api, ApiError, NetworkError } from "../ui/api.js";
import { App } from "../ui/app.js";
import { loadI18n } from "../ui/i18n.js";
import { Stream } from "../ui/stream.js";
import { Memory } from "./memory.js";
import { Refused, ask } from "./worker.js";

/** @typedef {{ address: string, me: Me | null }} Account */
/** @typedef {{ server: string, policy: boolean, consent: boolean, accounts: Account[], last: string, tracking: "on" | "off", selfTest: { account: string, at: string, result: Record<string, string> } | null, mismatch: string, version: string }} State */

const GMAIL = "https://mail.google.com";

/** Where signing in begins: the panel itself hears it. */
export const SIGN_IN = "#sign-in";

/** @param {string} server @param {Account} account @returns {Promise<App>} */
export async function appOf(server, { address, me }) {
  const api = apiOf(server, address);
  return new App({
    api,
    i18n: await loadI18n(me?.locale ?? browserLocale(), me?.time_zone),
    stream: new Stream({ api }),
    places: {
      person: (id) => `${server}/people/${encodeURIComponent(id)}`,
      people: `${server}/people`,
      message: (id) => `${server}/messages/${encodeURIComponent(id)}`,
      home: `${server}/`,
      live: `${server}/live`,
      help: `${server}/help`,
      settings: `${server}/settings`,
      signIn: SIGN_IN,
      compose: `${GMAIL}/mail/u/?authuser=${encodeURIComponent(address)}#inbox?compose=new`,
      email: (to) => `${GMAIL}/mail/?${new URLSearchParams({ authuser: address, view: "cm", fs: "1", to })}`,
      scores: `${server}/help#scores`,
      watchList: `${server}/watch-list`,
      leadFeed: `${server}/lead-feed`,
    },
    viewer: me?.id ?? "",
    storage: await Memory.open(),
  });
}

/** @param {string} server @param {string} account @returns {Api} */
export function apiOf(server, account) {
  let last = "";
  const bearer = async () => (last = await tokenOf(account, ""));
  /** @param {RequestInfo | URL} url @param {RequestInit} [init] */
  const send = async (url, init) => {
    const response = await fetch(url, init);
    if (response.status !== 401) return response;
    const fresh = await tokenOf(account, last);
    return fetch(url, { ...init, headers: { .../** @type {Record<string, string>} */ (init?.headers), Authorization: `Bearer ${fresh}` } });
  };
  return new Api({ base: server, bearer, fetch: send });
}

/** @param {string} account @param {string} refused @returns {Promise<string>} */
async function tokenOf(account, refused) {
  try {
    return (await ask("token", { account, refused })).token;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) throw new ApiError(401, { code: error.code }, null);
    throw new NetworkError(error);
  }
}

/** The one of our languages that the browser speaks. */
export function browserLocale() {
  const wanted = chrome.i18n.getUILanguage();
  if (wanted.startsWith("fr")) return "fr";
  return /^zh\b(?!-(CN|SG|Hans))/.test(wanted) ? "zh-TW" : "en";
}
