/**
 * Own opens never happen: this browser does not fetch the pixels of who is signed in here, neither through Gmail's picture proxy,
 * which writes the true address behind a `#`, nor directly from a compose window. Pixels of anybody else are loaded as ever.
 */

/** @typedef {{ tags?: string[], tracking_url?: string }} Owner as /api/v1/me tells them */

const GMAIL = "mail.google.com";

// One after the other: two at once would both give the same numbers.
let last = Promise.resolve();

/** The rules are those of exactly these, afterwards. @param {(Owner | null)[]} owners @returns {Promise<void>} */
export function sync(owners) {
  last = last.catch(() => {}).then(() => replace(owners));
  return last;
}

/** @param {(Owner | null)[]} owners */
async function replace(owners) {
  const former = await chrome.declarativeNetRequest.getDynamicRules();
  await chrome.declarativeNetRequest.updateDynamicRules({ removeRuleIds: former.map(({ id }) => id), addRules: rulesFor(owners) });
}

/** @param {(Owner | null)[]} owners @returns {chrome.declarativeNetRequest.Rule[]} */
export function rulesFor(owners) {
  const places = new Set(owners.flatMap((one) => (one?.tracking_url ? (one.tags ?? []).map((tag) => `${one.tracking_url}/o/${tag}/`) : [])));
  const conditions = [...places].flatMap((place) => [{ urlFilter: `#${place}` }, { urlFilter: `|${place}`, initiatorDomains: [GMAIL] }]);
  return conditions.map((condition, index) => ({
    id: index + 1,
    action: { type: /** @type {const} */ ("block") },
    condition: { ...condition, isUrlFilterCaseSensitive: false },
  }));
}
