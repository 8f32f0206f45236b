/** The floating window: tabs, the feed, and a foot that says how things stand. @import { LfMenu } from "./lf-menu.js" */
import { LfElement, icon } from "./element.js";
import "./lf-connection.js";
import "./lf-feed.js";
import { logo } from "./logo.js";
import "./lf-menu.js";
import "./lf-tabs.js";
import "./lf-toast.js";
import "./lf-why.js";
import { onTop, openOnTop } from "./pip.js";
import { html, nothing } from "./vendor/lit.js";

export class LfWindow extends LfElement {
  static properties = { ...LfElement.properties, first: { attribute: false }, raised: { type: Boolean }, news: { state: true } };

  constructor() {
    super();
    /** @type {import("./api-types.js").FeedPage | null} */
    this.first = null;
    /** Stays on top of other windows now. */
    this.raised = false;
    this.news = 0;
    this.title0 = document.title;
  }

  render() {
    return html`<div class="window">
      <header>
        ${logo()}
        <h1 class="vh">${this.t("product")}</h1>
        <lf-tabs .app=${this.app} .tabs=${this.tabs()} chosen="engagement" label=${this.t("product")}></lf-tabs>
        <div class="tools">
          ${onTop() && !this.raised
            ? html`<button type="button" class="ib" aria-label=${this.t("window.raise")} title=${this.t("window.raise")} @click=${this.raise}>${icon("pip")}</button>`
            : nothing}
          <button type="button" class="ib" aria-label=${this.t("menu.more")} title=${this.t("menu.more")} aria-haspopup="menu" aria-expanded="false" @click=${this.more}>${icon("more")}</button>
        </div>
      </header>
      <main>
        <div class="panel" id="lf-panel-engagement" role="tabpanel" aria-labelledby="lf-tab-engagement">
          <lf-feed .app=${this.app} .first=${this.first} @news=${this.heard}></lf-feed>
        </div>
      </main>
      <lf-toast .app=${this.app}></lf-toast>
      <footer class="foot">
        <lf-connection .app=${this.app}></lf-connection>
        <lf-why .app=${this.app} lead=${this.t("place.guesses")} text=${this.t("place.caveat")}></lf-why>
      </footer>
      <lf-menu id="lf-more" .app=${this.app}></lf-menu>
    </div>`;
  }

  tabs() {
    return [{ id: "engagement", label: this.t("tab.engagement"), count: this.news }];
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
        [{ icon: "external", label: this.t("window.web"), href: places.home, away: true }],
        [
          { icon: "settings", label: this.t("nav.settings"), href: places.settings, away: true },
          { icon: "help", label: this.t("nav.help"), href: places.help, away: true },
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
