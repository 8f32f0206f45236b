/** The accounts that are signed in here, and the way to one more. */
import { icon } from "../ui/element.js";
import { html, nothing, repeat } from "../ui/vendor/lit.js";
import { Refused, ask } from "../panel/worker.js";
import { DeskElement } from "./desk.js";

export class LfAccounts extends DeskElement {
  static properties = { wrong: { state: true }, busy: { state: true } };

  constructor() {
    super();
    this.wrong = "";
    this.busy = false;
  }

  render() {
    const { accounts, server, consent, mismatch } = this.state;
    return html`${accounts.length
        ? html`<ul class="rows">${repeat(accounts, ({ address }) => address, ({ address, me }) => this.account(address, me?.name ?? ""))}</ul>`
        : html`<p>${this.t("options.accounts-none")}</p>`}
      ${mismatch ? html`<p class="note warn" role="status">${icon("alert")}<span>${this.t(`panel.${mismatch}-text`)}</span></p>` : nothing}
      ${this.wrong ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.wrong}</span></p>` : nothing}
      <p><button type="button" class="btn ${accounts.length ? "" : "primary"}" ?disabled=${!server || !consent || this.busy} @click=${this.connect}>${this.t("options.accounts-add")}</button></p>`;
  }

  /** @param {string} address @param {string} name */
  account(address, name) {
    return html`<li>
      ${icon("user")}<span class="cut"><b>${name || address}</b> <span class="muted">${name ? address : ""}</span></span>
      <button type="button" class="btn end" aria-label=${this.t("options.sign-out-of", { account: address })} @click=${() => ask("disconnect", { account: address })}>${this.t("options.sign-out")}</button>
    </li>`;
  }

  async connect() {
    Object.assign(this, { busy: true, wrong: "" });
    try {
      await ask("connect", { account: "" });
    } catch (error) {
      const code = error instanceof Refused ? error.code : "";
      if (code !== "cancelled") this.wrong = this.t(code === "unreachable" ? "panel.unreachable" : "panel.refused");
    }
    this.busy = false;
  }
}
customElements.define("lf-accounts", LfAccounts);
