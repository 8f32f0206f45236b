/** What is to do by the end of today, the first of it. */
import { html, nothing, repeat } from "./vendor/lit.js";
import { icon } from "./element.js";
import { notice, skeleton } from "./blanks.js";
import { LfTasks } from "./lf-tasks.js";
import { isDue } from "./task-days.js";

const MOST = 5;

export class LfDue extends LfTasks {
  constructor() {
    super();
    this.layout = "page";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.store.open("today");
    super.listen(signal);
  }

  render() {
    const { phase, today } = this.store;
    return html`<section class="sec">
      <header><h2>${this.t("tab.tasks")}</h2><div class="end">
        <button type="button" class="ib" aria-label=${this.t("task.new")} title=${this.t("task.new")} @click=${this.write}>${icon("plus")}</button>
        <a class="link" href="/tasks">${this.t("today.all-tasks")}</a>
      </div></header>
      ${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      ${phase === "ready" ? this.due(today) : phase === "failed" ? this.unread() : this.slow ? skeleton(this.of, 3) : nothing}
      <lf-menu .app=${this.app}></lf-menu>
    </section>`;
  }

  /** @param {string} today */
  due(today) {
    const found = [...this.store.tasks.values()].filter((task) => isDue(task, today));
    if (!found.length) return html`<p class="soft">${this.t("today.nothing-due")}</p>`;
    const more = this.store.due - Math.min(found.length, MOST);
    return html`<ol class="feed">${repeat(found.slice(0, MOST), ({ id }) => id, (task) => this.row(task, today))}</ol>
      ${more > 0 ? html`<p class="older"><a class="link" href="/tasks">${this.t("today.more-tasks", { count: more })}</a></p>` : nothing}`;
  }
}
customElements.define("lf-due", LfDue);
