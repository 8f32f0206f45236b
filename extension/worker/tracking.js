/** What a mail being written needs of the server. */
import { mismatch } from "./server.js";
import * as session from "./session.js";
import { Trouble } from "./trouble.js";
import { refused, signs } from "./words.js";

/** @typedef {{ key?: string, id?: string, subject: string, to: Person[], cc: Person[], bcc: Person[], links: { url: string, text: string }[] }} Draft */

const KNOWN = "tracking:";
// Sent meanwhile, somebody else's, or gone: it becomes a message of its own.
const NOT_THIS_ONE = new Set([404, 409]);

export const handlers = {
  /** How a mail begins. Nothing is said of an account that was never signed in here: its mail is none of our business. @param {any} message */
  async compose({ account, language }) {
    const me = await session.me(account);
    const key = KNOWN + account;
    const [{ tracking }, { [key]: former }] = await Promise.all([chrome.storage.local.get("tracking"), chrome.storage.local.get(key)]);
    const home = me?.["tracking_url"] ?? former;
    if (!home) return {};
    if (home !== former) await chrome.storage.local.set({ [key]: home });
    return { home, words: signs(language), on: tracking !== "off", shut: !me ? "signed-out" : mismatch(me["api_version"]) };
  },

  /** @param {{ account: string, draft: Draft, language: string }} message @returns {Promise<{ message: any, refused: Refused | null }>} */
  async prepare({ account, draft: { key, id, ...draft }, language }) {
    const message = await prepared(account, id, draft);
    return { message, refused: message.tracking.allowed ? null : refused(message.tracking, language) };
  },
};

/** @param {string} account @param {string | undefined} id @param {object} draft */
async function prepared(account, id, draft) {
  if (id) {
    try {
      return await session.api(account, "PUT", `/api/v1/messages/${encodeURIComponent(id)}`, draft);
    } catch (error) {
      if (!(error instanceof Trouble && NOT_THIS_ONE.has(error.status))) throw error;
    }
  }
  return session.api(account, "POST", "/api/v1/messages", draft);
}
