/** What all elements share: light DOM, the app they belong to, icons. @import { App } from "./app.js" */
import { LitElement, html } from "./vendor/lit.js";

const SPRITE = new URL("./icons.svg", import.meta.url).href;

/** @param {string} name @param {"" | "m" | "s"} [size] 16, 14 or 12 px */
export function icon(name, size = "") {
  return html`<svg class=${`i ${size}`} aria-hidden="true"><use href=${`${SPRITE}#${name}`}></use></svg>`;
}

export class LfElement extends LitElement {
  static properties = { app: { attribute: false } };

  constructor() {
    super();
    /** @type {App | null} */
    this.app = null;
    /** @type {AbortController | null} */
    this.connection = null;
  }

  /** Light DOM: labels and ids live in one tree, one style sheet serves all. */
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#hear();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.connection?.abort();
    this.connection = null;
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("app")) this.#hear();
  }

  #hear() {
    if (!this.app || this.connection || !this.isConnected) return;
    this.connection = new AbortController();
    this.listen(this.connection.signal);
  }

  /** Once connected and given an app: listeners outside the element, gone with `signal`. @param {AbortSignal} signal */
  listen(signal) {
    void signal;
  }

  /** The app, once it is there: nothing is drawn or heard before. */
  get of() {
    if (!this.app) throw new Error(`<${this.localName}> has no app yet`);
    return this.app;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  t(key, values) {
    return this.of.i18n.t(key, values);
  }

  shouldUpdate() {
    return this.app !== null;
  }
}
