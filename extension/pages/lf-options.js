/**
 * The options: server, accounts, how new mail stands, what to be called for, what was found in Gmail's page.
 * @import { App } from "../ui/app.js"
 * @import { Me } from "../ui/api-types.js"
 */
import { icon } from "../ui/element.js";
import { fullTime } from "../ui/format.js";
import { loadI18n } from "../ui/i18n.js";
import "../ui/lf-notifications.js";
import { logo } from "../ui/logo.js";
import { html, nothing, repeat } from "../ui/vendor/lit.js";
import { appOf } from "../panel/accounts.js";
import { ask } from "../panel/worker.js";
import { DeskElement } from "./desk.js";
import "./lf-accounts.js";
import "./lf-server.js";

const FOUND = /** @type {const} */ ({ found: { look: "ok", sign: "check" }, fallback: { look: "warn", sign: "info" }, missing: { look: "bad", sign: "alert" } });

export class LfOptions extends DeskElement {
  constructor() {
    super();
    /** @type {Map<string, App>} one for each account whose wishes are shown */
    this.apps = new Map();
  }

  render() {
    document.title = `${this.t("product")}: ${this.t("options.title")}`;
    const { accounts, version } = this.state;
    return html`<main class="page">
      <header>${logo()}<h1>${this.t("product")}: ${this.t("options.title")}</h1></header>
      ${this.chapter(this.t("options.server"), html`<lf-server></lf-server>`)}
      ${this.chapter(this.t("options.accounts"), html`<lf-accounts></lf-accounts>`)}
      ${this.chapter(this.t("options.tracking"), this.tracking())}
      ${repeat(accounts, ({ address }) => address, ({ address, me }) => (me?.notifications ? this.chapter(this.t("options.notifications", { account: address }), this.wishes(address, me)) : nothing))}
      ${this.chapter(this.t("options.gmail"), this.gmail())}
      ${this.chapter(this.t("options.consent"), this.consent())}
      <footer>${this.t("options.version", { version })}</footer>
    </main>`;
  }

  /** @param {string} title @param {unknown} inside */
  chapter(title, inside) {
    return html`<section><h2>${title}</h2>${inside}</section>`;
  }

  tracking() {
    const { tracking } = this.state;
    const choose = (/** @type {Event} */ event) => ask("tracking", { tracking: /** @type {HTMLInputElement} */ (event.target).checked ? "on" : "off" });
    return html`<label class="switch"><input type="checkbox" role="switch" .checked=${tracking === "on"} @change=${choose} />${this.t("options.tracking-label")}</label>
      <p class="muted">${this.t("options.tracking-text")}</p>`;
  }

  /** @param {string} address @param {Me} me */
  wishes(address, me) {
    const app = this.apps.get(address);
    if (!app) {
      void this.open(address, me);
      return nothing;
    }
    return html`<lf-notifications .app=${app} .me=${me} @me=${(/** @type {CustomEvent<Me>} */ event) => ask("me-is", { account: address, me: event.detail })}></lf-notifications>`;
  }

  /** @param {string} address @param {Me} me */
  async open(address, me) {
    const app = await appOf(this.state.server, { address, me });
    // The page is in the browser's language, whatever the account's.
    app.i18n = await loadI18n(this.i18n.locale, me.time_zone);
    this.apps.set(address, app);
    this.requestUpdate();
  }

  gmail() {
    const { selfTest } = this.state;
    if (!selfTest) return html`<p>${this.t("options.gmail-none")}</p>`;
    return html`<p>${this.t("options.gmail-text")}</p>
      <ul class="rows">
        ${Object.entries(selfTest.result).map(([name, how]) => this.finding(name, /** @type {keyof typeof FOUND} */ (how)))}
      </ul>
      <p class="muted">${this.t("options.gmail-at", { time: fullTime(this.i18n, selfTest.at), account: selfTest.account })}</p>`;
  }

  /** The names are the adapter's own, for whoever reports that one is missing. @param {string} name @param {keyof typeof FOUND} how */
  finding(name, how) {
    const { look, sign } = FOUND[how] ?? FOUND.missing;
    return html`<li><span class="mono">${name}</span><span class="state end ${look}">${icon(sign, "m")}${this.t(`options.gmail-${how in FOUND ? how : "missing"}`)}</span></li>`;
  }

  consent() {
    const { consent } = this.state;
    return html`<p>${this.t(consent ? "options.consent-given" : "options.consent-missing")}</p>
      <p class="deeds">
        <a class="btn" href="welcome.html">${this.t("options.consent-read")}</a>
        ${consent ? html`<button type="button" class="btn" @click=${() => ask("consent", { given: false })}>${this.t("options.consent-withdraw")}</button>` : nothing}
      </p>`;
  }
}
customElements.define("lf-options", LfOptions);
