/** The first page: what is collected and where it goes; nothing is before somebody agrees. Then server and account. */
import { icon } from "../ui/element.js";
import { logo } from "../ui/logo.js";
import { html, nothing } from "../ui/vendor/lit.js";
import { ask } from "../panel/worker.js";
import { DeskElement } from "./desk.js";
import "./lf-accounts.js";
import "./lf-server.js";

const POINTS = { mail: "mail", thread: "mails", account: "user", pointed: "pin", recipients: "users" };
const GMAIL = "https://mail.google.com/";

export class LfWelcome extends DeskElement {
  static properties = { refused: { state: true } };

  constructor() {
    super();
    this.refused = false;
  }

  render() {
    document.title = this.t("welcome.title");
    const { consent, accounts } = this.state;
    return html`<main class="page">
      <header>${logo()}<h1>${this.t("welcome.title")}</h1></header>
      <p class="lead">${this.t("welcome.lead")}</p>
      <section>
        <h2>${this.t("welcome.collected")}</h2>
        <ul class="points">${Object.entries(POINTS).map(([point, sign]) => html`<li>${icon(sign)}<span>${this.t(`welcome.${point}`)}</span></li>`)}</ul>
      </section>
      <section>
        <h2>${this.t("welcome.where")}</h2>
        <p class="lead">${this.t("welcome.where-text")}</p>
        <p class="lead">${this.t("welcome.until")}</p>
        ${consent ? html`<p class="state ok">${icon("check", "m")}${this.t("options.consent-given")}</p>` : this.question()}
      </section>
      ${consent && !accounts.length ? html`<section><h2>${this.t("welcome.next")}</h2><lf-server></lf-server><lf-accounts></lf-accounts></section>` : nothing}
      ${consent && accounts.length ? html`<section><p class="lead">${this.t("welcome.done")}</p><p class="deeds"><a class="btn primary" href=${GMAIL}>${this.t("welcome.gmail")}</a></p></section>` : nothing}
    </main>`;
  }

  question() {
    return html`<p class="deeds">
        <button type="button" class="btn primary big" @click=${() => this.decide(true)}>${this.t("welcome.agree")}</button>
        <button type="button" class="btn big" @click=${() => this.decide(false)}>${this.t("welcome.not-now")}</button>
      </p>
      <p role="status">${this.refused ? this.t("welcome.refused") : nothing}</p>`;
  }

  /** @param {boolean} given */
  async decide(given) {
    this.refused = !given;
    await ask("consent", { given });
  }
}
customElements.define("lf-welcome", LfWelcome);
