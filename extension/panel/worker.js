/** The extension's worker, as its pages see it. */

/** What the worker could not do. `code` is a stable name. */
export class Refused extends Error {
  /** @param {string} code @param {number} status */
  constructor(code, status) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

/** @param {string} type @param {Record<string, unknown>} [more] @returns {Promise<any>} the answer; Refused */
export async function ask(type, more = {}) {
  const answer = await chrome.runtime.sendMessage({ type, ...more });
  if (!answer?.ok) throw new Refused(answer?.code ?? "no-answer", answer?.status ?? 0);
  return answer;
}

/** Events named as the worker's messages: "context", "look", "changed" (detail: the message). It ends when it likes; then the line is opened again. */
export class Line extends EventTarget {
  /** @type {chrome.runtime.Port | null} */
  #port = null;
  /** @type {Map<string, Record<string, unknown>>} what a new worker must be told */
  #told = new Map();

  async open() {
    const framed = window !== window.top;
    const at = framed ? null : await chrome.windows.getCurrent();
    this.say({ type: "hello", framed, window: at?.id ?? null });
  }

  /** @param {Record<string, unknown> & { type: string }} message of which a later one replaces an earlier */
  say(message) {
    this.#told.set(message.type, message);
    this.#post(message);
  }

  /** @param {Record<string, unknown> & { type: string }} message said once */
  shout(message) {
    this.#post(message);
  }

  /** @param {Record<string, unknown>} message */
  #post(message) {
    if (this.#port) this.#port.postMessage(message);
    else this.#connect();
  }

  #connect() {
    if (!chrome.runtime?.id) return;
    const port = chrome.runtime.connect({ name: "panel" });
    this.#port = port;
    port.onMessage.addListener((message) => void this.dispatchEvent(new CustomEvent(message.type, { detail: message })));
    port.onDisconnect.addListener(() => {
      this.#port = null;
      this.#connect();
    });
    for (const message of this.#told.values()) port.postMessage(message);
  }
}
