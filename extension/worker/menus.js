/** "Find in Live Feed": for an address, a name or a LinkedIn profile that the user points at, on any page. */
import * as contexts from "./contexts.js";

const ADDRESS = /[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+/;
const PROFILE = /(?:https?:\/\/)?(?:[a-z]{2,3}\.)?linkedin\.com\/in\/[^\s/?#"'<>]+/i;
const LONGEST = 120;

export async function make() {
  await chrome.contextMenus.removeAll();
  chrome.contextMenus.create({ id: "selection", contexts: ["selection"], title: chrome.i18n.getMessage("find") });
  chrome.contextMenus.create({ id: "link", contexts: ["link"], targetUrlPatterns: ["*://*.linkedin.com/in/*"], title: chrome.i18n.getMessage("find_link") });
}

/** Nothing may be waited for before the panel is opened: the browser allows it only in the click itself. @param {chrome.contextMenus.OnClickData} click @param {chrome.tabs.Tab} [tab] */
export function onClick(click, tab) {
  const asked = whoIn(click.menuItemId === "link" ? (click.linkUrl ?? "") : (click.selectionText ?? ""));
  if (tab?.id === undefined || !asked) return;
  void chrome.sidePanel.open({ tabId: tab.id });
  void contexts.ask(tab.id, asked);
}

/** @param {string} text @returns {contexts.Asked | null} null when it names nobody */
export function whoIn(text) {
  const address = ADDRESS.exec(text)?.[0];
  if (address) return { addresses: [address.toLowerCase()], linkedin: "", words: "" };
  const profile = PROFILE.exec(text)?.[0];
  if (profile) return { addresses: [], linkedin: profile, words: "" };
  const words = text.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST);
  return words ? { addresses: [], linkedin: "", words } : null;
}
