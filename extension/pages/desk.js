/**
 * What the extension's own pages share: how things stand, kept up to date, and the browser's language.
 * @import { I18n } from "../ui/i18n.js"
 * @import { State } from "../panel/accounts.js"
 */
import { loadI18n } from "../ui/i18n.js";
import { LitElement } from "../ui/vendor/lit.js";
import { browserLocale } from "../panel/accounts.js";
import { ask } from "../panel/worker.js";

/** Event "change". */
class Desk extends EventTarget {
  /** @type {State | null} */
  state = null;
  /** @type {I18n | null} */
  i18n = null;

  async open() {
    this.i18n = await loadI18n(browserLocale());
    document.documentElement.lang = { "zh-TW": "zh-Hant-TW" }[this.i18n.locale] ?? this.i18n.locale;
    chrome.runtime.onMessage.addListener((message) => {
      if (message?.type === "changed") void this.learn();
    });
    await this.learn();
  }

  async learn() {
    this.state = await ask("state");
    this.dispatchEvent(new Event("change"));
  }
}

export const desk = new Desk();
void desk.open();

export class DeskElement extends LitElement {
  connectedCallback() {
    super.connectedCallback();
    desk.addEventListener("change", this.changed);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    desk.removeEventListener("change", this.changed);
  }

  changed = () => this.requestUpdate();

  createRenderRoot() {
    return this;
  }

  shouldUpdate() {
    return desk.state !== null;
  }

  get state() {
    if (!desk.state) throw new Error("nothing is known yet");
    return desk.state;
  }

  get i18n() {
    if (!desk.i18n) throw new Error("no texts yet");
    return desk.i18n;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  t(key, values) {
    return this.i18n.t(key, values);
  }
}
