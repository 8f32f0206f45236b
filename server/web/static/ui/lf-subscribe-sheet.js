/**
 * What to be mailed about, and to whom the mails go.
 * @import { SubscriptionDraft } from "./app.js"
 * @import { Assignee, SubscriptionKind } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { LfElement, icon } from "./element.js";
import { nameOf } from "./format.js";
import { subscriptionText } from "./lf-subscriptions.js";
import { html, nothing } from "./vendor/lit.js";

const LONGEST = 200;
const TYPES = ["web", "email", "milestone"];

export class LfSubscribeSheet extends LfElement {
  static properties = {
    ...LfElement.properties,
    draft: { state: true },
    kind: { state: true },
    mates: { state: true },
    wrong: { state: true },
    saving: { state: true },
  };

  constructor() {
    super();
    /** @type {SubscriptionDraft | null} */
    this.draft = null;
    /** @type {SubscriptionKind} */
    this.kind = "person";
    /** @type {Assignee[]} */
    this.mates = [];
    this.wrong = "";
    this.saving = false;
  }

  render() {
    return html`<dialog class="sheet" aria-labelledby="lf-subscribe-title" @close=${this.closed}>${this.draft ? this.form(this.draft) : nothing}</dialog>`;
  }

  /** @param {SubscriptionDraft} draft */
  form(draft) {
    const { subscription } = draft;
    const title = subscription ? this.t("subscription.readdress-of", { what: subscriptionText(this, subscription) }) : this.t("subscription.new");
    return html`<form class="form" novalidate @submit=${this.save}>
      <header>
        <h2 id="lf-subscribe-title">${title}</h2>
        <button type="button" class="ib" aria-label=${this.t("action.close")} title=${this.t("action.close")} @click=${this.shut}>${icon("x")}</button>
      </header>
      ${this.wrong ? html`<p class="note bad" role="alert">${icon("alert")}<span>${this.wrong}</span></p>` : nothing}
      ${subscription ? nothing : this.what(draft)}
      <fieldset><legend>${this.t("subscription.receivers")}</legend>${this.mates.map((mate) => this.mate(mate, draft))}</fieldset>
      <p class="deeds">
        <button class="btn primary" ?disabled=${this.saving}>${this.t(subscription ? "action.save" : "subscription.button")}</button>
        <button type="button" class="btn" @click=${this.shut}>${this.t("action.cancel")}</button>
      </p>
    </form>`;
  }

  /** @param {SubscriptionDraft} draft */
  what({ person, item }) {
    /** @type {SubscriptionKind[]} */
    const kinds = person ? ["person", "account", "type", "description"] : ["account", "type", "description"];
    const chosen = (/** @type {Event} */ event) => (this.kind = /** @type {SubscriptionKind} */ (/** @type {HTMLInputElement} */ (event.target).value));
    return html`<fieldset><legend>${this.t("subscription.about")}</legend>
        ${kinds.map((kind) => html`<label class="choice"><input type="radio" name="kind" value=${kind} .checked=${kind === this.kind} @change=${chosen} /><span>${kind === "person" && person ? nameOf({ name: person.name, address: person.address ?? "" }) : this.t(`subscription.kind-${kind}`)}</span></label>`)}
      </fieldset>
      ${this.kind === "account" ? this.text("account", item?.who.account ?? "") : nothing}
      ${this.kind === "description" ? this.text("description", "") : nothing}
      ${this.kind === "type"
        ? html`<label>${this.t("subscription.type")}<span class="field"><select name="type">${TYPES.map((type) => html`<option value=${type} ?selected=${type === item?.moment?.type}>${this.t(`moment-type.${type}`)}</option>`)}</select>${icon("down", "s")}</span></label>`
        : nothing}
      ${this.kind === "type" || this.kind === "description" ? html`<p class="muted">${this.t("subscription.own-only")}</p>` : nothing}`;
  }

  /** @param {"account" | "description"} name @param {string} value */
  text(name, value) {
    return html`<label>${this.t(`subscription.${name}`)}<span class="field"><input name=${name} maxlength=${LONGEST} autocomplete="off" required .value=${value} /></span></label>`;
  }

  /** @param {Assignee} mate @param {SubscriptionDraft} draft */
  mate({ id, name }, { subscription }) {
    const own = id === this.of.viewer;
    const on = subscription ? subscription.receivers.some((one) => one.id === id) : own;
    return html`<label class="choice"><input type="checkbox" name="receivers" value=${id} ?checked=${on} /><span>${own ? this.t("subscription.to-you") : name}</span></label>`;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  /** @param {SubscriptionDraft} draft */
  async open(draft) {
    this.wrong = "";
    this.kind = draft.person ? "person" : "account";
    this.mates = [{ id: this.of.viewer, name: "" }];
    this.draft = draft;
    await this.updateComplete;
    this.dialog.showModal();
    const mates = await this.of.api.assignees().then(({ items }) => items, () => []);
    if (mates.length > 1) this.mates = [...mates].sort((one, other) => Number(other.id === this.of.viewer) - Number(one.id === this.of.viewer));
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const { draft } = this;
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const receivers = form.getAll("receivers").map(String);
    const value = this.kind === "person" ? (draft?.person?.id ?? "") : String(form.get(this.kind) ?? "").trim();
    if (!receivers.length) return this.refused("subscription.nobody");
    if (!draft?.subscription && !value) return this.refused("subscription.nothing");
    this.saving = true;
    try {
      if (draft?.subscription) await this.of.following.readdress(draft.subscription.id, receivers);
      else await this.of.following.subscribe({ kind: this.kind, value, receivers });
      this.of.toast({ text: this.t("subscription.saved") });
      this.shut();
    } catch (error) {
      this.refused(error instanceof ApiError && error.status === 409 ? "subscription.stands" : error instanceof ApiError && error.status === 422 ? "subscription.refused" : "failure.subscription");
    } finally {
      this.saving = false;
    }
  }

  /** @param {string} key */
  refused(key) {
    this.wrong = this.t(key);
  }

  shut() {
    this.dialog.close();
  }

  closed() {
    this.draft = null;
  }
}
customElements.define("lf-subscribe-sheet", LfSubscribeSheet);
