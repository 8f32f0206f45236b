/** One line of the team feed: whose mail it was stands in it; nothing can be done to a colleague's mail. */
import { icon } from "./element.js";
import { LOOK, LfRow } from "./lf-row.js";
import { html } from "./vendor/lit.js";

/** @import { TeamLine } from "./team-store.js" */

export class LfTeamRow extends LfRow {
  render() {
    const item = /** @type {TeamLine} */ (this.line);
    const look = LOOK[item.kind];
    const id = item.who.person?.id;
    return html`<span class=${`kind ${look?.weight}`}><span class="vh">${this.t("mark.mail")}</span>${icon(look?.icon ?? "eye", "m")}</span>
      <div>
        <p class="who">${id ? html`<a href=${this.of.places.person(id)}>${this.who(item)}</a>` : this.who(item)}${item.who.account ? html`<span class="acct">${item.who.account}</span>` : ""}</p>
        ${this.mail(item)}
      </div>
      <div class="side"><lf-time .app=${this.app} at=${item.at}></lf-time></div>
      <div class="meta"><span class="fact">${icon("user", "s")}<span class="cut">${item.colleague.id === this.of.viewer ? this.t("team.you") : item.colleague.name}</span></span>${this.possible(item)}${this.place(item)}${this.detail(item)}${this.forwarded(item)}</div>`;
  }

  /** The single hits are their owner's. */
  toggle() {}

  /** @param {KeyboardEvent} _event */
  key(_event) {}
}
customElements.define("lf-team-row", LfTeamRow);
