/**
 * The accounts that are signed in here. Their tokens stand in chrome.storage and nowhere else, so that the worker may end at
 * any time; only the worker renews them, one renewal at a time, for a refresh token works once.
 */
import { server } from "./server.js";
import { Trouble } from "./trouble.js";

/** @typedef {{ access: string, refresh: string, until: number, me: Record<string, any> }} Kept `until`: when the access token ends, in ms */

/** Events "signed-in", "signed-out", "changed" (detail: the account's address). */
export const events = new EventTarget();

const KEY = "account:";
const EARLY = 60_000;
const PATIENCE = 20_000;

/** @type {Map<string, Promise<Kept>>} renewals on their way, by account */
const renewals = new Map();

/** @returns {Promise<string[]>} addresses, in the order of their names */
export async function accounts() {
  const all = await chrome.storage.local.get(null);
  return Object.keys(all).filter((key) => key.startsWith(KEY)).map((key) => key.slice(KEY.length)).sort();
}

/** What the server said of the account's user when it was last asked. @param {string} account @returns {Promise<Record<string, any> | null>} */
export async function me(account) {
  return (await kept(account))?.me ?? null;
}

/** Asks again who the account is. @param {string} account @returns {Promise<Record<string, any>>} */
export async function refreshMe(account) {
  return keepMe(account, await api(account, "GET", "/api/v1/me"));
}

/** @param {string} account @param {Record<string, any>} told by the server @returns {Promise<Record<string, any>>} */
export async function keepMe(account, told) {
  const now = await kept(account);
  if (!now) return told;
  await keep(account, { ...now, me: told });
  if (JSON.stringify(now.me) !== JSON.stringify(told)) tell("changed", account);
  return told;
}

/**
 * @param {string} account @param {string} method @param {string} path @param {unknown} [body]
 * @returns {Promise<any>} JSON; null for an empty answer. Trouble {code, status} otherwise
 */
export async function api(account, method, path, body) {
  let access = await token(account);
  let response = await ask(method, path, body, access);
  if (response.status === 401) {
    access = await token(account, access);
    response = await ask(method, path, body, access);
  }
  if (response.status === 204) return null;
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new Trouble(said.code ?? "refused", response.status);
  return said;
}

/** An access token that is good; not `refused`, which the server did not take. @param {string} account @param {string} [refused] @returns {Promise<string>} */
export async function token(account, refused = "") {
  const now = await kept(account);
  if (!now) throw new Trouble("signed-out", 401);
  if (now.access !== refused && now.until - EARLY > Date.now()) return now.access;
  return (await renewed(account)).access;
}

/** @param {string} account @returns {Promise<Kept>} */
function renewed(account) {
  const underway = renewals.get(account);
  if (underway) return underway;
  const renewal = renew(account).finally(() => renewals.delete(account));
  renewals.set(account, renewal);
  return renewal;
}

/** @param {string} account @returns {Promise<Kept>} */
async function renew(account) {
  const now = await kept(account);
  if (!now) throw new Trouble("signed-out", 401);
  const response = await post({ grant_type: "refresh_token", refresh_token: now.refresh });
  if (response.status === 400 || response.status === 401) {
    await forget(account);
    throw new Trouble("signed-out", 401);
  }
  if (!response.ok) throw new Trouble("unreachable", response.status);
  const next = { ...granted(await response.json()), me: now.me };
  await keep(account, next);
  return next;
}

/** Signs in, in a window of the browser's. @param {string} wanted the account a tab shows; "" for any @returns {Promise<string>} the address that was signed in, which may be another */
export async function connect(wanted) {
  const origin = await server();
  if (!origin) throw new Trouble("no-server");
  const verifier = random();
  const state = random();
  const back = chrome.identity.getRedirectURL();
  const asked = { redirect_uri: back, code_challenge: await challenge(verifier), code_challenge_method: "S256", state, ...(wanted ? { login_hint: wanted } : {}) };
  const url = `${origin}/auth/extension?${new URLSearchParams(asked)}`;
  const answer = await chrome.identity.launchWebAuthFlow({ url, interactive: true }).catch(() => "");
  const said = new URLSearchParams(answer ? new URL(answer).search : "");
  const code = said.get("code");
  if (!code || said.get("state") !== state) throw new Trouble("cancelled");
  const response = await post({ grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: back });
  if (!response.ok) throw new Trouble("refused", response.status);
  return arrive(granted(await response.json()));
}

/** @param {Omit<Kept, "me">} tokens @returns {Promise<string>} */
async function arrive(tokens) {
  const response = await ask("GET", "/api/v1/me", undefined, tokens.access);
  if (!response.ok) throw new Trouble("refused", response.status);
  const told = await response.json();
  const account = String(told.address).toLowerCase();
  const former = await kept(account);
  await keep(account, { ...tokens, me: told });
  if (former) await ask("POST", "/auth/sign-out", undefined, former.access).catch(() => null);
  tell("signed-in", account);
  return account;
}

/** Signs out, here at once and at the server if it can be reached. @param {string} account */
export async function disconnect(account) {
  const now = await kept(account);
  await forget(account);
  if (now) await ask("POST", "/auth/sign-out", undefined, now.access).catch(() => null);
}

/** @param {string} account */
async function forget(account) {
  await chrome.storage.local.remove(KEY + account);
  tell("signed-out", account);
}

/** @param {string} account @returns {Promise<Kept | undefined>} */
async function kept(account) {
  const key = KEY + account.toLowerCase();
  return (await chrome.storage.local.get(key))[key];
}

/** @param {string} account @param {Kept} what */
async function keep(account, what) {
  await chrome.storage.local.set({ [KEY + account.toLowerCase()]: what });
}

/** @param {string} event @param {string} account */
function tell(event, account) {
  events.dispatchEvent(new CustomEvent(event, { detail: account }));
}

/** @param {Record<string, any>} said @returns {Omit<Kept, "me">} */
function granted({ access_token, refresh_token, expires_in }) {
  return { access: access_token, refresh: refresh_token, until: Date.now() + expires_in * 1000 };
}

/** @param {Record<string, string>} fields @returns {Promise<Response>} */
function post(fields) {
  return send("/auth/token", { method: "POST", body: new URLSearchParams(fields) });
}

/** @param {string} method @param {string} path @param {unknown} body @param {string} access @returns {Promise<Response>} */
function ask(method, path, body, access) {
  const headers = { Accept: "application/json", Authorization: `Bearer ${access}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  return send(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** @param {string} path @param {RequestInit} init @returns {Promise<Response>} */
async function send(path, init) {
  const origin = await server();
  if (!origin) throw new Trouble("no-server");
  try {
    return await fetch(origin + path, { ...init, credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Trouble("unreachable");
  }
}

/** @returns {string} 43 characters of chance, fit for PKCE */
function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {string} verifier */
async function challenge(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
