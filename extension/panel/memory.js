/** What the viewer chose on this machine. A frame in another site's page has no localStorage; the extension's own storage it has. */

const KEY = "chosen";

export class Memory {
  /** @param {Record<string, string>} chosen */
  constructor(chosen) {
    this.chosen = chosen;
  }

  /** @returns {Promise<Memory>} */
  static async open() {
    const { [KEY]: chosen = {} } = await chrome.storage.local.get(KEY);
    return new Memory(chosen);
  }

  /** @param {string} name @returns {string | null} */
  getItem(name) {
    return this.chosen[name] ?? null;
  }

  /** @param {string} name @param {string} value */
  setItem(name, value) {
    this.chosen = { ...this.chosen, [name]: value };
    void chrome.storage.local.set({ [KEY]: this.chosen });
  }
}
