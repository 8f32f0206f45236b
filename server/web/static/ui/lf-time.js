/** A time that grows older on screen: "now", "2 min", "12:41". */
import { LfElement } from "./element.js";
import { fullTime, shortTime } from "./format.js";
import { html } from "./vendor/lit.js";

export class LfTime extends LfElement {
  static properties = { ...LfElement.properties, at: {} };

  constructor() {
    super();
    this.at = "";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.of.addEventListener("tick", () => this.requestUpdate(), { signal });
  }

  render() {
    const { i18n, now } = this.of;
    return html`<time datetime=${this.at} title=${fullTime(i18n, this.at)}>${shortTime(i18n, this.at, now())}</time>`;
  }
}
customElements.define("lf-time", LfTime);
