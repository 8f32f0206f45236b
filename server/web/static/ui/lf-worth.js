/** Whom to call now: the first of the targets. @import { TargetPage } from "./api-types.js" */
import { failure, skeleton } from "./blanks.js";
import { LfTargets } from "./lf-targets.js";
import { html, nothing, repeat } from "./vendor/lit.js";

const MOST = 4;

export class LfWorth extends LfTargets {
  constructor() {
    super();
    this.layout = "page";
  }

  render() {
    const { page, error } = this;
    return html`<section class="sec">
      <header><h2>${this.t("today.worth")}</h2><div class="end"><a class="link" href="/targets">${this.t("today.all-targets")}</a></div></header>
      ${error ? failure(this.of, this.t("failure.targets"), error, () => this.load(), "failure.targets-safe") : page ? this.first(page) : this.slow ? skeleton(this.of, 3) : nothing}
      <lf-menu .app=${this.app}></lf-menu>
    </section>`;
  }

  /** @param {TargetPage} page */
  first({ items, connected }) {
    if (!items.length) return html`<p class="soft">${this.t(connected ? "targets.none" : "targets.unconnected")}${connected ? nothing : html` <a href=${this.of.places.scores}>${this.t("targets.how")}</a>`}</p>`;
    return html`<ol class="feed">${repeat(items.slice(0, MOST), ({ person }) => person.id, (target) => this.row(target))}</ol>`;
  }
}
customElements.define("lf-worth", LfWorth);
