/**
 * The panel: who is signed in, what it stands beside, and below that the feed, tasks and targets of the web app.
 * @import { App } from "../ui/app.js"
 * @import { I18n } from "../ui/i18n.js"
 * @import { LfFeed } from "../ui/lf-feed.js"
 * @import { Account, State } from "./accounts.js"
 * @import { Beside } from "./lf-beside.js"
 */
import { icon } from "../ui/element.js";
import { loadI18n } from "../ui/i18n.js";
import "../ui/lf-connection.js";
import "../ui/lf-feed.js";
import "../ui/lf-mailbox.js";
import "../ui/lf-menu.js";
import "../ui/lf-sheets.js";
import "../ui/lf-tabs.js";
import "../ui/lf-toast.js";
import "../ui/lf-why.js";
import { logo } from "../ui/logo.js";
import { LitElement, html, nothing, repeat } from "../ui/vendor/lit.js";
import { SIGN_IN, appOf, browserLocale } from "./accounts.js";
import "./lf-beside.js";
import { Line, Refused, ask } from "./worker.js";

const TABS = ["engagement", "tasks", "targets"];
/** Where there is room for a fourth. */
const MORE = [...TABS, "leads"];
/** What stands behind the other tabs. @param {I18n} i18n */
const readBehind = (i18n) => Promise.all([import("../ui/later.js"), i18n.whole()]);
const ASK_WHO_EVERY = 3_600_000;
const TRY_AGAIN = 10_000;

/** @type {Beside} */
const NOWHERE = { account: "", thread: "", addresses: [], linkedin: "", words: "", source: "", tab: null };

export class LfPanel extends LitElement {
  static properties = {
    state: { state: true },
    beside: { state: true },
    app: { state: true },
    i18n: { state: true },
    chosen: { state: true },
    news: { state: true },
    open: { state: true },
    busy: { state: true },
    trouble: { state: true },
  };

  constructor() {
    super();
    /** @type {State | null} */
    this.state = null;
    this.beside = NOWHERE;
    /** @type {App | null} */
    this.app = null;
    /** @type {I18n | null} of who is signed in, else the browser's */
    this.i18n = null;
    this.chosen = "engagement";
    this.news = 0;
    this.busy = false;
    this.trouble = "";
    /** Whether the sidebar around this frame is open. */
    this.open = true;
    /** Whether there is room for it. */
    this.fits = true;
    this.framed = window !== window.top;
    this.line = new Line();
    this.serving = "";
    this.askedWho = 0;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.line.addEventListener("context", (event) => this.stand(/** @type {CustomEvent} */ (event).detail));
    this.line.addEventListener("look", (event) => this.dress(/** @type {CustomEvent} */ (event).detail));
    this.line.addEventListener("changed", () => this.learn());
    document.addEventListener("visibilitychange", () => this.report());
    this.addEventListener("click", (event) => this.hear(event));
    setInterval(() => this.mend(), TRY_AGAIN);
    void this.line.open();
    void this.learn();
  }

  /** Asks the worker how everything stands. */
  async learn() {
    this.state = (await ask("state").catch(() => null)) ?? this.state;
    await this.settle();
  }

  /** @param {Beside} beside */
  stand(beside) {
    this.beside = beside;
    void this.settle();
  }

  /** @param {{ shown: boolean, fits: boolean, theme: string }} look of the sidebar around this frame */
  dress({ shown, fits, theme }) {
    document.documentElement.dataset["theme"] = theme;
    Object.assign(this, { open: shown, fits });
    this.report();
  }

  /** Acts as the account that is wanted now. */
  async settle() {
    // First: what is wanted may be another once the texts are there, and who asked earlier may come back later.
    this.i18n ??= await loadI18n(browserLocale());
    const account = this.account;
    const serving = this.state && account && !this.state.mismatch ? `${this.state.server} ${account.address} ${account.me?.locale} ${account.me?.time_zone}` : "";
    if (serving === this.serving) return this.requestUpdate();
    this.serving = serving;
    this.app?.stop();
    this.app = null;
    const app = serving && this.state && account ? await appOf(this.state.server, account) : null;
    if (serving !== this.serving) return;
    this.app = app;
    this.news = 0;
    if (app) this.serve(app);
    document.documentElement.lang = { "zh-TW": "zh-Hant-TW" }[this.words.locale] ?? this.words.locale;
    this.report();
  }

  /** @param {App} app */
  serve(app) {
    this.i18n = app.i18n;
    this.askedWho = 0;
    app.tasks.open();
    app.tasks.addEventListener("change", () => this.requestUpdate());
    app.stream.addEventListener("notices", () => this.line.shout({ type: "news", account: this.account?.address ?? "" }));
    app.stream.addEventListener("state", () => app.stream.state.kind === "signed-out" && this.learn());
    void this.askWho();
    if (location.hash === "#task") void this.write(app);
  }

  /** Opened from a notification: a task about who it named. @param {App} app */
  async write(app) {
    history.replaceState(null, "", location.pathname);
    const { draft } = await chrome.storage.session.get("draft");
    await chrome.storage.session.remove("draft");
    await this.updateComplete;
    // It hears nothing before it has its app.
    await /** @type {LitElement | null} */ (this.querySelector("lf-sheets"))?.updateComplete;
    if (!draft) return;
    app.tasks.open();
    const name = draft.subject ? app.i18n.t("task.follow-up", { subject: draft.subject }) : "";
    app.writeTask(document, { person: draft.person, written: { name, message_id: draft.message_id, type: "call" } });
  }

  /** Who the user is may change, and what the server speaks: asked now and then, and each time somebody comes. */
  async askWho() {
    const account = this.account;
    if (!this.app || !account || performance.now() - this.askedWho < (this.askedWho ? ASK_WHO_EVERY : 0)) return;
    this.askedWho = performance.now();
    const me = await this.app.api.me().catch(() => null);
    if (me) await ask("me-is", { account: account.address, me }).catch(() => null);
    else this.askedWho = 0;
  }

  /** A feed that did not load is tried again by itself. */
  mend() {
    void this.askWho();
    const store = this.feed?.store;
    if (store?.phase === "failed" && document.visibilityState === "visible") void store.load();
    if (!this.state) void this.learn();
  }

  /** In Gmail the account that the tab shows, and no other; elsewhere the one used last. @returns {Account | null} */
  get account() {
    const { accounts = [], last = "" } = this.state ?? {};
    if (this.wanted) return accounts.find(({ address }) => address === this.wanted) ?? null;
    return accounts.find(({ address }) => address === last) ?? accounts[0] ?? null;
  }

  /** The account that must be it; "" when any will do. */
  get wanted() {
    return this.beside.source === "asked" ? "" : this.beside.account;
  }

  get words() {
    if (!this.i18n) throw new Error("no texts yet");
    return this.i18n;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  t(key, values) {
    return this.words.t(key, values);
  }

  shouldUpdate() {
    return this.i18n !== null && this.state !== null;
  }

  render() {
    return html`${this.open ? nothing : this.icon()}
    <div class="window" ?hidden=${!this.open}>
      ${this.head()} ${this.blank() ?? (this.app ? repeat([this.app], (app) => app, (app) => this.inside(app)) : nothing)}
    </div>`;
  }

  /** Folded, this is all there is. Where Gmail has no room, the browser's side panel has. */
  icon() {
    return html`<button type="button" class="folded" aria-label=${this.t("window.open")} title=${this.t("product")} @click=${() => (this.fits ? ask("turn", { open: true }) : ask("open-panel"))}>${logo()}${this.news ? html`<span class="vh">${this.t("feed.new", { count: this.news })}</span><i></i>` : nothing}</button>`;
  }

  head() {
    return html`<header>
      ${logo()}
      <h1>${this.t("product")}</h1>
      <div class="tools">
        ${this.app ? this.accounts() : nothing}
        ${this.app ? this.tool("pip", this.t("window.open"), () => ask("pop-out")) : nothing}
        ${this.tool("settings", this.t("nav.settings"), () => ask("options"))}
        ${this.framed ? this.tool("x", this.t("action.close"), () => ask("turn", { open: false })) : nothing}
      </div>
    </header>`;
  }

  /** @param {string} sign @param {string} label @param {() => unknown} run */
  tool(sign, label, run) {
    return html`<button type="button" class="ib" aria-label=${label} title=${label} @click=${run}>${icon(sign)}</button>`;
  }

  /** Where no tab says whose feed it is, and there are several. */
  accounts() {
    const { accounts = [] } = this.state ?? {};
    if (this.wanted || accounts.length < 2) return nothing;
    return html`<span class="field slim"
      ><select aria-label=${this.t("panel.account")} @change=${this.change}>
        ${accounts.map(({ address }) => html`<option value=${address} ?selected=${address === this.account?.address}>${address}</option>`)}</select
      >${icon("down", "s")}</span
    >`;
  }

  /** What stands in everything's place while something is missing; null when nothing is. */
  blank() {
    const { server = "", consent = false, mismatch = "" } = this.state ?? {};
    if (!consent) return this.missing("shield", this.t("panel.consent"), this.t("panel.consent-text"), this.t("panel.consent-begin"), () => ask("welcome"));
    if (!server) return this.missing("settings", this.t("panel.server"), this.t("panel.server-text"), this.t("panel.options"), () => ask("options"));
    if (mismatch) return this.missing("alert", this.t(`panel.${mismatch}`), this.t(`panel.${mismatch}-text`), this.t("action.retry"), () => this.retry());
    if (this.account) return null;
    const text = this.wanted ? this.t("panel.connect-text", { account: this.wanted }) : this.t("panel.sign-in-text");
    const title = this.wanted && this.state?.accounts.length ? this.t("panel.connect") : this.t("panel.sign-in");
    return this.missing("user", title, text, this.t("panel.sign-in-button"), () => this.connect());
  }

  /** @param {string} sign @param {string} title @param {string} text @param {string} label @param {() => unknown} run */
  missing(sign, title, text, label, run) {
    return html`<main><div class="blank">
      ${icon(sign)}<b>${title}</b>
      <p>${text}</p>
      ${this.trouble ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.trouble}</span></p>` : nothing}
      <button type="button" class="btn primary" ?disabled=${this.busy} @click=${run}>${label}</button>
    </div></main>`;
  }

  /** @param {App} app */
  inside(app) {
    return html`<lf-beside .app=${app} .beside=${this.beside}></lf-beside>
      <lf-mailbox .app=${app} away></lf-mailbox>
      <nav class="subtabs"><lf-tabs .app=${app} .tabs=${this.tabs(app)} .chosen=${this.chosen} label=${this.t("product")} @choose=${this.choose}></lf-tabs></nav>
      <main>
        ${this.pane("engagement", html`<lf-feed .app=${app} @news=${this.heard}></lf-feed>`)}
        ${this.pane("tasks", html`<lf-tasks .app=${app}></lf-tasks>`)}
        ${this.pane("targets", html`<lf-targets .app=${app}></lf-targets>`)}
        ${this.framed ? nothing : this.pane("leads", html`<lf-lead-feed .app=${app}></lf-lead-feed>`)}
      </main>
      <lf-toast .app=${app}></lf-toast>
      <footer class="foot">
        <lf-connection .app=${app}></lf-connection>
        ${this.chosen === "engagement" ? html`<lf-why .app=${app} lead=${this.t("place.guesses")} text=${this.t("place.caveat")}></lf-why>` : nothing}
      </footer>
      <lf-sheets .app=${app}></lf-sheets>`;
  }

  /** @param {App} app */
  tabs(app) {
    const counts = /** @type {Record<string, number>} */ ({ engagement: this.news, tasks: app.tasks.due });
    return (this.framed ? TABS : MORE).map((id) => ({ id, label: this.t(`tab.${id}`), count: counts[id] ?? 0 }));
  }

  /** @param {string} id @param {unknown} inside */
  pane(id, inside) {
    return html`<div class="panel" id=${`lf-panel-${id}`} role="tabpanel" aria-labelledby=${`lf-tab-${id}`} ?hidden=${this.chosen !== id}>${inside}</div>`;
  }

  /** @param {CustomEvent<string>} event */
  async choose(event) {
    this.chosen = event.detail;
    await Promise.all([this.updateComplete, readBehind(this.words)]);
    this.feed?.looked();
  }

  /** @param {CustomEvent<number>} event */
  heard(event) {
    this.news = event.detail;
  }

  /** @param {Event} event */
  async change(event) {
    await ask("last", { account: /** @type {HTMLSelectElement} */ (event.target).value });
    await this.learn();
  }

  /** The shared elements know signing in as an address. @param {MouseEvent} event */
  hear(event) {
    const link = /** @type {Element} */ (event.target).closest?.(`a[href="${SIGN_IN}"]`);
    if (!link) return;
    event.preventDefault();
    void this.connect();
  }

  async connect() {
    this.busy = true;
    this.trouble = "";
    try {
      const { address } = await ask("connect", { account: this.wanted });
      if (this.wanted && address !== this.wanted) this.trouble = this.t("panel.other-account", { account: address });
    } catch (error) {
      const code = error instanceof Refused ? error.code : "failed";
      if (code !== "cancelled") this.trouble = this.t(code === "unreachable" ? "panel.unreachable" : "panel.refused");
    }
    this.busy = false;
    await this.learn();
  }

  async retry() {
    const account = this.account;
    if (account) await ask("me-again", { account: account.address }).catch(() => null);
    await this.learn();
  }

  get feed() {
    return /** @type {LfFeed | null} */ (this.querySelector("lf-feed"));
  }

  /** The worker calls nobody to what is looked at. */
  report() {
    const visible = this.app !== null && this.open && document.visibilityState === "visible";
    this.line.say({ type: "visible", visible, account: this.account?.address ?? "" });
    // A feed asks what is drawn whether anybody can see it: folded a moment ago, it would go on counting what comes as seen.
    void this.updateComplete.then(() => this.feed?.looked());
  }
}
customElements.define("lf-panel", LfPanel);
