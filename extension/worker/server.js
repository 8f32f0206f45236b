/** Which server this extension belongs to: what the company's policy says, else what was typed on the options page. */
import { Trouble } from "./trouble.js";

/** The API this extension speaks. */
export const SPEAKS = 1;

/** @returns {Promise<string>} such as "https://livefeed.example"; "" while nobody named one */
export async function server() {
  return (await byPolicy()) || (await typed());
}

/** @returns {Promise<string>} */
export async function byPolicy() {
  const { server: named = "" } = await chrome.storage.managed.get("server").catch(() => /** @type {Record<string, any>} */ ({}));
  return originOf(named);
}

async function typed() {
  const { server: named = "" } = await chrome.storage.local.get("server");
  return named;
}

/** @param {string} origin */
export async function keep(origin) {
  await chrome.storage.local.set({ server: origin });
}

/** The origin of what somebody typed; "" unless it is https, or this machine itself. @param {unknown} written */
export function originOf(written) {
  if (typeof written !== "string" || !written.trim()) return "";
  const text = written.trim();
  try {
    const url = new URL(/^https?:\/\//i.test(text) ? text : `https://${text}`);
    const here = url.hostname === "localhost" || url.hostname === "127.0.0.1";
    return url.protocol === "https:" || here ? url.origin : "";
  } catch {
    return "";
  }
}

/** Whether a Live Feed server that knows this extension answers there; Trouble when not. @param {string} origin */
export async function greet(origin) {
  const response = await fetch(`${origin}/api/v1/me`, { headers: { Accept: "application/json" }, credentials: "omit" }).catch(() => null);
  if (!response) throw new Trouble("unreachable");
  const said = await response.json().catch(() => ({}));
  if (response.status !== 401 || said.code !== "sign-in-needed") throw new Trouble("no-livefeed", response.status);
}

/** "" when extension and server speak the same. @param {number} version the server's @returns {"" | "old-extension" | "old-server"} */
export function mismatch(version) {
  if (version === SPEAKS) return "";
  return version > SPEAKS ? "old-extension" : "old-server";
}
