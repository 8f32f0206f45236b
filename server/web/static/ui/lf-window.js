/** The floating window: tabs, the feed, and a foot that says how things stand. @import { LfMenu } from "./lf-menu.js" */
import { LfElement, icon } from "./element.js";
import "./lf-connection.js";
import "./lf-feed.js";
import "./lf-lead-feed.js";
import "./lf-mailbox.js";
import { logo } from "./logo.js";
import "./lf-menu.js";
import "./lf-sheets.js";
import "./lf-tabs.js";
import "./lf-targets.js";
import "./lf-tasks.js";
import "./lf-toast.js";
import "./lf-why.js";
import { onTop, openOnTop } from "./pip.js";
import { html, nothing } from "./vendor/lit.js";

/** What `/` looks for behind which tab. @type {Record<string, string>} */
const FINDS = { engagement: "find.engagement", tasks: "tasks.search", targets: "find.targets" };

export class LfWindow extends LfElement {
  static properties = { ...LfElement.properties, first: { attribute: false }, gmail: { attribute: false }, raised: { type: Boolean }, leads: { type: Boolean }, news: { state: true }, chosen: { state: true } };

  constructor() {
    super();
    /** @type {import("./api-types.js").FeedPage | null} */
    this.first = null;
    /** @type {import("./api-types.js").GmailState | null} how the mailbox was when the page came */
    this.gmail = null;
    /** Stays on top of other windows now. */
    this.raised = false;
    /** Has the Lead Feed as a fourth tab. */
    this.leads = false;
    this.news = 0;
    this.title0 = document.title;
    this.chosen = "";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const named = location.hash.slice(1);
    this.chosen ||= this.names.includes(named) ? named : "engagement";
    this.of.tasks.addEventListener("change", () => this.requestUpdate(), { signal });
  }

  render() {
    return html`<div class="window">
      <header>
        ${logo()}
        <h1 class="vh">${this.t("product")}</h1>
        <lf-tabs .app=${this.app} .tabs=${this.tabs()} .chosen=${this.chosen} label=${this.t("product")} @choose=${this.choose}></lf-tabs>
        <div class="tools">
          ${onTop() && !this.raised
            ? html`<button type="button" class="ib" aria-label=${this.t("window.raise")} title=${this.t("window.raise")} @click=${this.raise}>${icon("pip")}</button>`
            : nothing}
          <button type="button" class="ib" aria-label=${this.t("menu.more")} title=${this.t("menu.more")} aria-haspopup="menu" aria-expanded="false" @click=${this.more}>${icon("more")}</button>
        </div>
      </header>
      <lf-mailbox .app=${this.app} .first=${this.gmail} away></lf-mailbox>
      <main>
        ${this.panel("engagement", html`<lf-feed .app=${this.app} .first=${this.first} @news=${this.heard}></lf-feed>`)}
        ${this.panel("tasks", html`<lf-tasks .app=${this.app}></lf-tasks>`)}
        ${this.panel("targets", html`<lf-targets .app=${this.app}></lf-targets>`)}
        ${this.leads ? this.panel("leads", html`<lf-lead-feed .app=${this.app}></lf-lead-feed>`) : nothing}
      </main>
      <lf-toast .app=${this.app}></lf-toast>
      <footer class="foot">
        <lf-connection .app=${this.app}></lf-connection>
        ${this.chosen === "engagement" ? html`<lf-why .app=${this.app} lead=${this.t("place.guesses")} text=${this.t("place.caveat")}></lf-why>` : nothing}
      </footer>
      <lf-sheets .app=${this.app}></lf-sheets>
      <lf-menu id="lf-more" .app=${this.app}></lf-menu>
    </div>`;
  }

  get names() {
    return ["engagement", "tasks", "targets", ...(this.leads ? ["leads"] : [])];
  }

  tabs() {
    const counts = { engagement: this.news, tasks: this.of.tasks.due, targets: 0, leads: 0 };
    return this.names.map((id) => ({ id, label: this.t(`tab.${id}`), count: counts[/** @type {keyof typeof counts} */ (id)] }));
  }

  /** What stands behind another tab goes on living, so that nothing is lost and its place is kept. @param {string} id @param {unknown} inside */
  panel(id, inside) {
    return html`<div class="panel" id=${`lf-panel-${id}`} role="tabpanel" aria-labelledby=${`lf-tab-${id}`} ?hidden=${this.chosen !== id}>${inside}</div>`;
  }

  /** @param {CustomEvent<string>} event */
  async choose(event) {
    this.chosen = event.detail;
    await this.updateComplete;
    this.feed?.looked();
  }

  get feed() {
    return /** @type {import("./lf-feed.js").LfFeed | null} */ (this.querySelector("lf-feed"));
  }

  /** @param {CustomEvent<number>} event */
  heard(event) {
    this.news = event.detail;
    const page = this.ownerDocument;
    page.title = this.news ? `(${this.news}) ${this.title0}` : this.title0;
  }

  /** @param {Event} event */
  more(event) {
    const { places } = this.of;
    const menu = /** @type {LfMenu} */ (this.querySelector("#lf-more"));
    menu.open(/** @type {Element} */ (event.currentTarget), {
      title: "",
      groups: [
        [
          ...(FINDS[this.chosen] ? [{ icon: "search", label: this.t(FINDS[this.chosen] ?? ""), hint: "/", run: () => this.of.search(this.ownerDocument) }] : []),
          { icon: "external", label: this.t("window.web"), href: places.home, away: true },
        ],
        [
          { icon: "settings", label: this.t("nav.settings"), href: places.settings, away: true },
          { icon: "help", label: this.t("nav.help"), href: places.help, away: true },
          { icon: "info", label: this.t("keys.title"), hint: "?", run: () => this.of.showKeys(this.ownerDocument) },
        ],
      ],
    });
  }

  /** The window itself moves on top and comes back when that is closed; its stream and what it shows stay. */
  async raise() {
    const pictures = onTop();
    const home = this.parentElement;
    if (!pictures || !home) return;
    const opened = await openOnTop(pictures);
    const left = document.createElement("lf-raised");
    Object.assign(left, { app: this.app, back: () => opened.close() });
    this.replaceWith(left);
    opened.document.body.append(this);
    this.raised = true;
    opened.addEventListener("pagehide", () => {
      this.raised = false;
      left.replaceWith(this);
    });
  }
}
customElements.define("lf-window", LfWindow);

/** What stays in the window's place while it is on top. */
class LfRaised extends LfElement {
  constructor() {
    super();
    this.back = () => {};
  }

  render() {
    return html`<div class="window">
      <div class="blank">${icon("pip")}<b>${this.t("window.raised")}</b><button type="button" class="btn" @click=${() => this.back()}>${this.t("window.lower")}</button></div>
    </div>`;
  }
}
customElements.define("lf-raised", LfRaised);
