/**
 * A table of people: chosen or dropped, looked at without storing anything, then stored; what did not fit is told by its line.
 * @import { ImportReport } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

const MOST_BYTES = 5_000_000;
const MOST_SHOWN = 200;

export class LfImport extends LfElement {
  static properties = { ...LfElement.properties, file: { state: true }, report: { state: true }, wrong: { state: true }, busy: { state: true }, over: { state: true } };

  constructor() {
    super();
    /** @type {File | null} */
    this.file = null;
    /** @type {ImportReport | null} */
    this.report = null;
    this.wrong = "";
    this.busy = false;
    this.over = false;
  }

  render() {
    const { report } = this;
    return html`<form class="drop" ?data-over=${this.over} @submit=${(/** @type {Event} */ event) => event.preventDefault()} @dragover=${this.dragged} @dragleave=${() => (this.over = false)} @drop=${this.dropped}>
        ${icon("users")}<label class="btn">${this.t(this.file ? "import.other" : "import.choose")}<input type="file" class="vh" name="file" accept=".csv,text/csv,text/plain" @change=${this.chosen} /></label>
        <span class="soft">${this.file ? this.file.name : this.t("import.drop")}</span>
      </form>
      <div role="status">
        ${this.busy ? html`<p class="soft">${this.t("loading")}</p>` : nothing}
        ${report ? this.told(report) : nothing}
      </div>
      ${this.wrong ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.wrong}</span></p>` : nothing}
      ${report ? html`${report.preview ? this.deeds(report) : this.stored(report)} ${this.columns(report)} ${this.examples(report)} ${this.rows(report)}` : nothing}`;
  }

  /** @param {ImportReport} report */
  told({ preview, created, updated, unchanged, rows }) {
    const lines = new Set(rows.map(({ line }) => line)).size;
    const figures = [
      ["created", created],
      ["updated", updated],
      ["unchanged", unchanged],
      ["left-out", lines],
    ];
    return html`<h2 class="h2">${this.t(preview ? "import.preview" : "import.done")}</h2>
      <dl class="figures">${figures.map(([name, count]) => html`<div><dt>${this.t(`import.${name}`)}</dt><dd>${this.of.i18n.number(Number(count))}</dd></div>`)}</dl>`;
  }

  /** @param {ImportReport} report */
  deeds({ created, updated, rows }) {
    const count = created + updated;
    return html`<p class="deeds">
      <button type="button" class="btn primary" ?disabled=${this.busy || !count} @click=${this.store}>${this.t("import.store", { count })}</button>
      ${count ? (rows.length ? html`<span class="soft">${this.t("import.others-stay")}</span>` : nothing) : html`<span class="soft">${this.t("import.nothing")}</span>`}
    </p>`;
  }

  /** @param {ImportReport} report */
  stored({ rows }) {
    return html`<p class="note ok">${icon("check")}<span>${this.t(rows.length ? "import.stored-some" : "import.stored")}</span><a class="link end" href=${this.of.places.people}>${this.t("import.see")}</a></p>`;
  }

  /** @param {ImportReport} report */
  columns({ columns, ignored }) {
    return html`<section class="sec"><header><h2>${this.t("import.columns")}</h2></header>
      <dl class="dl">${Object.entries(columns).map(([field, heading]) => html`<dt>${this.t(`import.field-${field}`)}</dt><dd>${heading}</dd>`)}</dl>
      ${ignored.length ? html`<p class="muted">${this.t("import.ignored", { names: ignored.join(this.t("list.comma")) })}</p>` : nothing}
    </section>`;
  }

  /** @param {ImportReport} report */
  examples({ examples, preview }) {
    if (!examples.length || !preview) return nothing;
    return html`<section class="sec"><header><h2>${this.t("import.examples")}</h2></header>
      <ul class="slim-list">${examples.map(({ name, address, account }) => html`<li class="slimrow"><div><p class="name">${name || address}${account ? html`<span class="acct">${account}</span>` : nothing}</p><p class="meta">${name ? address : nothing}</p></div></li>`)}</ul>
    </section>`;
  }

  /** @param {ImportReport} report */
  rows({ rows }) {
    if (!rows.length) return nothing;
    return html`<section class="sec"><header><h2>${this.t("import.wrong")}</h2></header>
      <p>${this.t("import.wrong-text")}</p>
      <div class="wide" tabindex="0" role="region" aria-label=${this.t("import.wrong")}><table class="tbl wrap wrong-rows">
        <thead><tr><th scope="col" class="r">${this.t("import.line")}</th><th scope="col">${this.t("import.column")}</th><th scope="col">${this.t("import.why")}</th></tr></thead>
        <tbody>${rows.slice(0, MOST_SHOWN).map(({ line, field, error }) => html`<tr><td class="r">${line}</td><td>${this.t(`import.field-${field}`)}</td><td>${error}</td></tr>`)}</tbody>
      </table></div>
      ${rows.length > MOST_SHOWN ? html`<p class="muted">${this.t("import.more", { count: rows.length - MOST_SHOWN })}</p>` : nothing}
    </section>`;
  }

  /** @param {Event} event */
  chosen(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    this.look(input.files?.[0]);
    // The same file, mended, is a choice again.
    input.value = "";
  }

  /** @param {DragEvent} event */
  dragged(event) {
    event.preventDefault();
    this.over = true;
  }

  /** @param {DragEvent} event */
  dropped(event) {
    event.preventDefault();
    this.over = false;
    this.look(event.dataTransfer?.files[0]);
  }

  /** @param {File | undefined} file */
  async look(file) {
    if (!file) return;
    Object.assign(this, { file, report: null, wrong: "" });
    if (file.size > MOST_BYTES) this.wrong = this.t("import.too-large");
    else await this.send(file, true);
  }

  async store() {
    if (this.file) await this.send(this.file, false);
  }

  /** @param {File} file @param {boolean} preview */
  async send(file, preview) {
    this.busy = true;
    this.wrong = "";
    try {
      this.report = await sent(this.of.api, file, preview);
    } catch (error) {
      this.wrong = this.because(error);
    } finally {
      this.busy = false;
    }
  }

  /** @param {unknown} error */
  because(error) {
    if (!(error instanceof ApiError)) return this.t("import.unreadable");
    const key = { 409: "import.meanwhile", 413: "import.too-large", 400: "import.no-table", 422: "import.no-table" }[error.status];
    return this.t(key ?? "failure.import");
  }
}
customElements.define("lf-import", LfImport);

/** Its bytes as they are: the server finds out how they are written. @param {import("./api.js").Api} api @param {File} file @param {boolean} preview @returns {Promise<ImportReport>} */
async function sent(api, file, preview) {
  const response = await api.send(`${api.base}/api/v1/people/import?preview=${preview}`, {
    method: "POST",
    headers: { Accept: "application/json, application/problem+json", "Content-Type": "text/csv", "X-CSRF-Token": api.csrf },
    credentials: "same-origin",
    body: await file.arrayBuffer(),
  });
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})), null);
  return response.json();
}
