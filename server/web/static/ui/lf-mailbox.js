/** What is wrong with the rep's own mailbox, as long as something is: what it means, how old the news is, what to do. @import { GmailState } from "./api-types.js" */
import { LfElement, icon } from "./element.js";
import { longTime } from "./format.js";
import { html, nothing } from "./vendor/lit.js";

const LOOK_EVERY = 60_000;
/** Milliseconds for which trouble that mends itself is worth no word. */
const PATIENCE = 120_000;
/** What the rep can mend, and how that is called. @type {Record<string, string>} */
const MENDED_BY = { "reconnect-needed": "mailbox.reconnect", "not-granted": "mailbox.connect", none: "mailbox.connect" };

export class LfMailbox extends LfElement {
  static properties = { ...LfElement.properties, first: { attribute: false }, gmail: { state: true }, away: { type: Boolean } };

  constructor() {
    super();
    /** @type {GmailState | null} what the page came with */
    this.first = null;
    /** @type {GmailState | null} null until it was asked for */
    this.gmail = null;
    /** What is mended is mended in a page beside this one. */
    this.away = false;
    this.askedAt = performance.now();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("tick", () => this.look(LOOK_EVERY), { signal });
    document.addEventListener("visibilitychange", () => this.look(this.isCalm() ? LOOK_EVERY : 0), { signal });
    if (!this.told) void this.load();
  }

  render() {
    if (!this.told || this.isCalm()) return nothing;
    const { state, looked_at: at, connect_url: url } = this.told;
    const deed = MENDED_BY[state];
    return html`<p class="note warn" role="status">
      ${icon("alert")}
      <span>${this.t(`mailbox.${state}`)}${at ? html` <span class="muted">${this.lookedAt(at)}</span>` : nothing}</span>
      ${deed ? html`<a class="link end" href=${url} target=${this.away ? "_blank" : nothing} rel=${this.away ? "noopener" : nothing}>${this.t(deed)}</a>` : nothing}
    </p>`;
  }

  /** @param {string} at */
  lookedAt(at) {
    const { i18n, now } = this.of;
    const when = new Date(at);
    const [hour, minute] = i18n.clock(when);
    if (i18n.day(when) === i18n.day(now())) return this.t("mailbox.looked-at-today", { hour, minute });
    return this.t("mailbox.looked-at", { time: longTime(i18n, at, now()) });
  }

  get told() {
    return this.gmail ?? this.first;
  }

  isCalm() {
    const { state, since } = this.told ?? { state: "ok", since: null };
    return state === "ok" || (state === "degraded" && since !== null && this.of.now().getTime() - Date.parse(since) < PATIENCE);
  }

  /** @param {number} atMostEvery in milliseconds */
  look(atMostEvery) {
    if (document.visibilityState === "visible" && performance.now() - this.askedAt >= atMostEvery) void this.load();
  }

  /** Quietly: what was known stays when nobody answers, which the page says in its own place. */
  async load() {
    this.askedAt = performance.now();
    const me = await this.of.api.me().catch(() => null);
    if (me) this.gmail = me.gmail;
  }
}
customElements.define("lf-mailbox", LfMailbox);
