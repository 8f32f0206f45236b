/** Where everything that is asked for arrives. All listeners are set while this file runs: a worker may be woken by any of them. */
import * as consent from "./worker/consent.js";
import * as contexts from "./worker/contexts.js";
import * as marks from "./worker/marks.js";
import * as menus from "./worker/menus.js";
import * as notices from "./worker/notices.js";
import * as pages from "./worker/pages.js";
import * as panels from "./worker/panels.js";
import * as rules from "./worker/rules.js";
import * as session from "./worker/session.js";
import * as tracking from "./worker/tracking.js";
import { Trouble } from "./worker/trouble.js";

/** @typedef {(message: any, sender: chrome.runtime.MessageSender) => unknown} Handler the answer's members, or a promise of them */

/** @type {Record<string, Handler>} by the message's type */
const handlers = { ...contexts.handlers, ...pages.handlers, ...tracking.handlers, ...marks.handlers };

/** What is answered before anybody has agreed to anything: it tells nothing of a mail. */
const FREE = new Set(["look", "me", "open-panel", "options", "welcome", "state", "consent", "server", "disconnect", "turn"]);

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  const handler = Object.hasOwn(handlers, message?.type) ? handlers[message.type] : undefined;
  if (!handler || sender.id !== chrome.runtime.id) return false;
  answer(handler, message, sender).then(respond);
  return true;
});

/** @param {Handler} handler @param {any} message @param {chrome.runtime.MessageSender} sender */
async function answer(handler, message, sender) {
  try {
    if (!FREE.has(message.type) && !(await consent.isGiven())) throw new Trouble("consent-needed");
    return { ok: true, ...(await /** @type {any} */ (handler(message, sender))) };
  } catch (error) {
    if (error instanceof Trouble) return { ok: false, code: error.code, status: error.status };
    return { ok: false, code: "failed", status: 0 };
  }
}

// Tokens are no business of scripts in Gmail's page.
void chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });

chrome.runtime.onConnect.addListener(panels.admit);
chrome.tabs.onRemoved.addListener((tab) => void contexts.forget(tab));
chrome.tabs.onActivated.addListener(({ windowId }) => void contexts.follow(windowId));
panels.events.addEventListener("opened", (event) => void contexts.tellPanel(/** @type {CustomEvent} */ (event).detail));
panels.events.addEventListener("seen", (event) => void notices.seen(accountOf(event)));
panels.events.addEventListener("news", (event) => void notices.look(accountOf(event)));
session.events.addEventListener("signed-in", (event) => void notices.look(accountOf(event)));
session.events.addEventListener("signed-out", (event) => void notices.forget(accountOf(event)));
for (const what of ["signed-in", "signed-out", "changed"]) {
  session.events.addEventListener(what, () => {
    void pages.changed();
    void ownRules();
  });
}

void notices.begin();
chrome.alarms.onAlarm.addListener((alarm) => void notices.onAlarm(alarm));
chrome.runtime.onStartup.addListener(() => void notices.lookAll());
chrome.notifications.onClicked.addListener((id) => void notices.onClick(id));
chrome.notifications.onButtonClicked.addListener((id, button) => void notices.onButton(id, button));
chrome.notifications.onClosed.addListener((id) => void notices.onClosed(id));
chrome.contextMenus.onClicked.addListener(menus.onClick);

chrome.runtime.onInstalled.addListener(async ({ reason }) => {
  await menus.make();
  await chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: true });
  if (reason === "install" && !(await consent.isGiven())) await chrome.tabs.create({ url: chrome.runtime.getURL("welcome.html") });
});

// An update may make other rules than the version before it did.
chrome.runtime.onInstalled.addListener(() => void ownRules());

async function ownRules() {
  const accounts = await session.accounts();
  await rules.sync(await Promise.all(accounts.map(session.me)));
}

/** @param {Event} event */
function accountOf(event) {
  return /** @type {CustomEvent<string>} */ (event).detail;
}
