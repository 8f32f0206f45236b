/** How far the mail of threads came, for the marks in Gmail's lists. */
import * as contexts from "./contexts.js";
import * as panels from "./panels.js";
import * as session from "./session.js";

const HEX = /^[0-9a-f]{1,16}$/;
const MOST = 200;

export const handlers = {
  /** @param {any} message */
  async marks({ account, threads }) {
    const ids = [...new Set(threads)].filter((one) => typeof one === "string" && HEX.test(one)).slice(0, MOST);
    if (!ids.length) return { marks: {} };
    return session.api(String(account).toLowerCase(), "GET", `/api/v1/marks?threads=${ids.join()}`);
  },
};

// What a panel hears of is news for the lists too.
panels.events.addEventListener("news", async () => {
  for (const tab of await contexts.gmailTabs()) await chrome.tabs.sendMessage(tab, { type: "marks" }).catch(() => null);
});
