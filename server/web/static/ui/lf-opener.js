/** Buttons that open the floating window: beside the page, or on top of everything where the browser can. */
import { LfElement, icon } from "./element.js";
import "./lf-window.js";
import { onTop, openOnTop } from "./pip.js";
import { html, nothing } from "./vendor/lit.js";

const FEATURES = "popup,width=380,height=640";

export class LfOpener extends LfElement {
  static properties = { ...LfElement.properties, layout: {} };

  constructor() {
    super();
    /** "icon": a small button beside other words. */
    this.layout = "";
  }

  render() {
    if (this.layout === "icon") {
      return html`<button type="button" class="ib" aria-label=${this.t("window.apart")} title=${this.t("window.apart")} @click=${this.open}>${icon("pip", "m")}</button>`;
    }
    return html`${onTop()
        ? html`<button type="button" class="btn plain" @click=${this.raise}>${this.t("window.raise")}</button>`
        : nothing}
      <button type="button" class="btn" @click=${this.open}>${icon("pip", "m")}${this.t("window.open")}</button>`;
  }

  open() {
    window.open(this.of.places.live, "livefeed-window", FEATURES)?.focus();
  }

  /** Shares this page's stream; going to another page closes it. */
  async raise() {
    const pictures = onTop();
    if (!pictures) return;
    const opened = await openOnTop(pictures);
    const inside = document.createElement("lf-window");
    Object.assign(inside, { app: this.app, raised: true });
    opened.document.body.append(inside);
  }
}
customElements.define("lf-opener", LfOpener);
