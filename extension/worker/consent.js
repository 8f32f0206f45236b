/** Whether this browser's user has agreed to what is collected. Before, nothing is. */

/** Rises when what is collected becomes more: then it is asked again. */
const ASKED = 1;

/** @returns {Promise<boolean>} */
export async function isGiven() {
  const { consent } = await chrome.storage.local.get("consent");
  return consent?.version === ASKED;
}

/** @param {Date} now */
export async function give(now) {
  await chrome.storage.local.set({ consent: { version: ASKED, at: now.toISOString() } });
}

export async function takeBack() {
  await chrome.storage.local.remove("consent");
}
