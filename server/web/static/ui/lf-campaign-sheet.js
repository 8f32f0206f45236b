/**
 * Which campaign of Marketo people are to be added to.
 * @import { CampaignDraft } from "./app.js"
 * @import { Campaign } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

/** Hears "choose-campaign" of the app. */
export class LfCampaignSheet extends LfElement {
  static properties = { ...LfElement.properties, draft: { state: true }, campaigns: { state: true }, problem: { state: true }, saving: { state: true } };

  constructor() {
    super();
    /** @type {CampaignDraft | null} */
    this.draft = null;
    /** @type {Campaign[] | null} */
    this.campaigns = null;
    this.problem = "";
    this.saving = false;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("choose-campaign", (event) => this.open(/** @type {CustomEvent<CampaignDraft & { page: Document }>} */ (event).detail), { signal });
  }

  render() {
    return html`<dialog class="sheet" aria-labelledby="lf-campaign-title" @close=${() => (this.draft = null)}>${this.draft ? this.form(this.draft) : nothing}</dialog>`;
  }

  /** @param {CampaignDraft} draft */
  form({ count }) {
    const ready = Boolean(this.campaigns?.length);
    return html`<form class="form" novalidate @submit=${this.save}>
      <header>
        <h2 id="lf-campaign-title">${this.t("campaign.title", { count })}</h2>
        <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button>
      </header>
      ${this.problem ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.problem}</span></p>` : this.campaigns ? this.choice(this.campaigns) : html`<p class="muted" role="status">${this.t("loading")}</p>`}
      <p class="deeds">
        ${ready ? html`<button class="btn primary" ?disabled=${this.saving}>${this.t("campaign.add")}</button>` : nothing}
        <button type="button" class="btn" @click=${this.shut}>${this.t(ready ? "action.cancel" : "action.close")}</button>
      </p>
    </form>`;
  }

  /** @param {Campaign[]} campaigns */
  choice(campaigns) {
    if (!campaigns.length) return html`<p class="soft">${this.t("campaign.none")}</p>`;
    return html`<label>${this.t("campaign.which")}<span class="field"
        ><select name="campaign" autofocus>${campaigns.map(({ id, name, program }) => html`<option value=${id}>${program ? this.t("campaign.of", { name, program }) : name}</option>`)}</select>${icon("down", "s")}</span
      ></label>
      <p class="muted">${this.t("campaign.note")}</p>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  /** @param {CampaignDraft & { page: Document }} asked */
  async open({ page, ...draft }) {
    if (page !== this.ownerDocument) return;
    Object.assign(this, { draft, campaigns: null, problem: "", saving: false });
    await this.updateComplete;
    this.dialog.showModal();
    try {
      this.campaigns = (await this.of.api.campaigns()).items;
    } catch (error) {
      this.problem = this.t(error instanceof ApiError && error.status === 409 ? "campaign.unconnected" : "failure.campaigns");
    }
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const id = Number(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("campaign"));
    if (!this.draft || !id) return;
    this.saving = true;
    await this.draft.add(id);
    this.shut();
  }

  shut() {
    this.dialog.close();
  }
}
customElements.define("lf-campaign-sheet", LfCampaignSheet);
