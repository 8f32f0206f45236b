/** How the screen is connected: live, catching up, offline. Shape and word both change. @import { StreamState } from "./stream.js" */
import { LfElement } from "./element.js";
import { clockTime } from "./format.js";
import { html, nothing } from "./vendor/lit.js";

const SHAPE = { connecting: "waiting", live: "", "catching-up": "catching", offline: "off", "signed-out": "off" };

export class LfConnection extends LfElement {
  static properties = { ...LfElement.properties, quiet: { type: Boolean } };

  constructor() {
    super();
    /** Where the same is said already: not for screen readers a second time, no button. */
    this.quiet = false;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.stream.addEventListener("state", () => this.requestUpdate(), { signal });
  }

  render() {
    const { state } = this.of.stream;
    return html`<span class=${`conn ${SHAPE[state.kind]}`}><i></i><span>${this.words(state)}</span></span>
      ${this.quiet ? nothing : html`<span class="vh" role="status">${state.kind === "catching-up" ? this.t("stream.catching-up-plain") : this.words(state)}</span>`}
      ${this.action(state)}`;
  }

  /** @param {StreamState} state */
  words(state) {
    if (state.kind === "catching-up") return this.t("stream.catching-up", { done: state.done, of: state.of });
    if (state.kind === "offline") return this.t("stream.offline", { time: clockTime(this.of.i18n, state.since) });
    return this.t(`stream.${state.kind}`);
  }

  /** @param {StreamState} state */
  action(state) {
    if (state.kind === "signed-out") return html`<a class="link" href=${this.of.places.signIn}>${this.t("stream.sign-in")}</a>`;
    if (state.kind !== "offline") return nothing;
    return html`<button type="button" class="link" @click=${() => this.of.stream.retry()}>${this.t("action.retry")}</button>`;
  }
}
customElements.define("lf-connection", LfConnection);
