/**
 * The panel pages that are open: sidebars in Gmail's tabs, side panels of windows. Each holds a port; when the worker ends they
 * come again by themselves.
 */

/** @typedef {{ port: chrome.runtime.Port, tab: number | null, window: number | null, account: string, visible: boolean }} Panel */

/** @type {Map<chrome.runtime.Port, Panel>} */
const panels = new Map();

/** Events "opened" (detail: Panel), "seen" (detail: the account that is looked at), "news" (detail: the account that has some). */
export const events = new EventTarget();

/** Only our own pages may listen: what is told here names people. @param {chrome.runtime.Port} port */
export function admit(port) {
  if (port.name !== "panel" || port.sender?.origin !== location.origin) return;
  const panel = { port, tab: port.sender.tab?.id ?? null, window: null, account: "", visible: false };
  panels.set(port, panel);
  port.onDisconnect.addListener(() => panels.delete(port));
  port.onMessage.addListener((message) => hear(panel, message));
}

/** @param {Panel} panel @param {any} message */
function hear(panel, message) {
  if (message.type === "hello") {
    // A page in a tab of its own is no sidebar.
    panel.tab = message.framed ? panel.tab : null;
    panel.window = message.window;
    tell("opened", panel);
  } else if (message.type === "visible") {
    Object.assign(panel, { account: message.account, visible: message.visible });
    if (panel.visible) tell("seen", panel.account);
  } else if (message.type === "news") {
    tell("news", message.account);
  }
}

/** @param {string} event @param {unknown} detail */
function tell(event, detail) {
  events.dispatchEvent(new CustomEvent(event, { detail }));
}

/** Whether somebody looks at that account's feed. @param {string} account */
export function isSeen(account) {
  return all().some((panel) => panel.visible && panel.account === account);
}

/** @returns {Panel[]} */
export function all() {
  return [...panels.values()];
}

/** @param {Panel} panel @param {Record<string, unknown>} message */
export function say({ port }, message) {
  port.postMessage(message);
}

/** @param {Record<string, unknown>} message */
export function sayAll(message) {
  for (const panel of all()) say(panel, message);
}
