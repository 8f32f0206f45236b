/** The widgets of a card. @import { LfCard, Shown } from "./lf-card.js" */
import { cardIcon, isSign } from "./card-icons.js";
import { field } from "./card-fields.js";
import { rich } from "./card-markup.js";
import { allowed, bare, leaves } from "./card-text.js";
import { icon } from "./element.js";
import { logo } from "./logo.js";
import { html, nothing } from "./vendor/lit.js";

/** @typedef {Record<string, any>} Json */

const SIDES = /** @type {Record<string, string>} */ ({ CENTER: "center", END: "end" });

/** @param {LfCard} host @param {Shown} top */
export function header(host, top) {
  const { title, subtitle, imageUrl, imageType, imageAltText } = top.card["header"] ?? {};
  const menu = /** @type {Json[]} */ (top.card["cardActions"] ?? []);
  const below = host.stack.length > 1;
  if (!title && !menu.length && !below) return nothing;
  const url = allowed(imageUrl);
  return html`<header class="c-head">
    ${below ? html`<button type="button" class="ib" aria-label=${host.t("card.back")} title=${host.t("card.back")} @click=${() => host.back()}>${icon("back")}</button>` : nothing}
    ${isSign(url) ? logo() : url ? html`<img class="c-face ${imageType === "CIRCLE" ? "round" : ""}" src=${url} alt=${imageAltText ?? ""} />` : nothing}
    <div>
      <h2 class="c-title" tabindex="-1">${bare(title)}</h2>
      ${subtitle ? html`<p class="soft">${bare(subtitle)}</p>` : nothing}
    </div>
    ${menu.length
      ? html`<button type="button" class="ib end" aria-haspopup="menu" aria-label=${host.t("card.more")} title=${host.t("card.more")} @click=${(/** @type {Event} */ event) => host.openMenu(/** @type {Element} */ (event.currentTarget), menu)}>${icon("more")}</button>`
      : nothing}
  </header>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} given @param {number} index */
export function section(host, top, given, index) {
  const widgets = /** @type {Json[]} */ (given["widgets"] ?? []);
  const stay = given["collapsible"] ? (given["uncollapsibleWidgetsCount"] ?? 0) : widgets.length;
  const folds = stay < widgets.length;
  const open = !folds || top.unfolded.has(index);
  return html`<section class="c-section">
    ${given["header"] ? html`<h3>${rich(given["header"])}</h3>` : nothing} ${(open ? widgets : widgets.slice(0, stay)).map((one) => widget(host, top, one))}
    ${folds ? fold(host, given["collapseControl"], index, open, widgets.length - stay) : nothing}
  </section>`;
}

/** @param {LfCard} host @param {Json | undefined} control @param {number} index @param {boolean} open @param {number} count */
function fold(host, control, index, open, count) {
  const own = open ? control?.["collapseButton"] : control?.["expandButton"];
  const words = own?.text || host.t(open ? "card.less" : "card.all", { count });
  return html`<button type="button" class="btn plain c-fold ${SIDES[control?.["horizontalAlignment"]] ?? ""}" aria-expanded=${open ? "true" : "false"} @click=${() => host.fold(index)}>
    ${own?.icon ? cardIcon(own.icon) : icon(open ? "up" : "down", "m")}${words}
  </button>`;
}

/** @param {LfCard} host @param {Json | undefined} given */
export function footer(host, given) {
  if (!given) return nothing;
  const { primaryButton, secondaryButton } = given;
  return html`<footer class="c-foot">
    ${secondaryButton ? button(host, secondaryButton) : nothing} ${primaryButton ? button(host, { type: "FILLED", ...primaryButton }) : nothing}
  </footer>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} given @returns {unknown} */
export function widget(host, top, given) {
  const side = SIDES[given["horizontalAlignment"]] ?? "";
  return html`<div class="c-widget ${side}">${inside(host, top, given)}</div>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} given */
function inside(host, top, given) {
  if (given["textParagraph"]) return paragraph(host, given["textParagraph"]);
  if (given["decoratedText"]) return decorated(host, top, given["decoratedText"]);
  if (given["buttonList"]) return html`<div class="c-buttons">${given["buttonList"].buttons.map((/** @type {Json} */ one) => button(host, one))}</div>`;
  if (given["image"]) return image(host, given["image"]);
  if (given["divider"]) return html`<hr />`;
  if (given["grid"]) return grid(host, given["grid"]);
  if (given["columns"]) return columns(host, top, given["columns"]);
  if (given["carousel"]) return carousel(host, top, given["carousel"]);
  if (given["chipList"]) return chips(host, given["chipList"]);
  return field(host, top, given);
}

/** @param {LfCard} host @param {Json} given */
function paragraph(host, { text, maxLines, textSyntax }) {
  const words = textSyntax === "MARKDOWN" ? text : rich(text);
  if (!maxLines) return html`<p class="c-text">${words}</p>`;
  return html`<details class="c-more">
    <summary><span class="c-text lines-${Math.min(maxLines, 6)}">${words}</span><span class="link">${host.t("card.whole")}</span></summary>
  </details>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} given */
function decorated(host, top, given) {
  const { startIcon, icon: formerIcon, topLabel, text, bottomLabel, wrapText, onClick, startIconVerticalAlignment } = given;
  const words = html`<span class="c-words ${wrapText ? "" : "c-cut"}">
    ${topLabel ? html`<span class="c-label">${bare(topLabel)}</span>` : nothing}
    <span class="c-main">${rich(text, { links: !onClick })}</span>
    ${bottomLabel ? html`<span class="c-label ${wrapText ? "" : "c-wrap"}">${bare(bottomLabel)}</span>` : nothing}
  </span>`;
  return html`<div class="c-row ${startIconVerticalAlignment === "CENTER" ? "middle" : ""}">
    ${startIcon || formerIcon ? html`<span class="c-start">${cardIcon(startIcon ?? formerIcon)}</span>` : nothing} ${pressed(host, onClick, words, "c-press")} ${control(host, top, given)}
  </div>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} given */
function control(host, top, { button: own, switchControl, endIcon, text }) {
  if (own) return button(host, own);
  if (switchControl) return field(host, top, { switchControl, label: bare(text) });
  return endIcon ? html`<span class="c-end">${cardIcon(endIcon)}</span>` : nothing;
}

/** Something that may be pressed: a link where it leads somewhere, else a button, else neither. @param {LfCard} host @param {Json | undefined} press @param {unknown} words @param {string} look @param {{ label?: string, disabled?: boolean }} [more] */
export function pressed(host, press, words, look, { label, disabled = false } = {}) {
  if (!press || disabled) return press || disabled ? html`<button type="button" class=${look} aria-label=${label || nothing} disabled>${words}</button>` : html`<span class=${look}>${words}</span>`;
  const link = press["openLink"];
  if (link && link["openAs"] !== "OVERLAY") {
    const url = allowed(link["url"]);
    if (!url) return html`<span class=${look}>${words}</span>`;
    const watch = () => host.watchReturn(link);
    return html`<a class=${look} href=${url} aria-label=${label || nothing} target=${leaves(url) ? "_blank" : nothing} rel=${leaves(url) ? "noopener noreferrer" : nothing} @click=${watch}>${words}</a>`;
  }
  const popup = press["overflowMenu"] ? "menu" : nothing;
  return html`<button type="button" class=${look} aria-label=${label || nothing} aria-haspopup=${popup} @click=${(/** @type {Event} */ event) => host.press(press, event)}>${words}</button>`;
}

/** @param {LfCard} host @param {Json} given */
function button(host, { text, icon: own, onClick, disabled, altText, type }) {
  const kind = { FILLED: "primary", FILLED_TONAL: "tonal", BORDERLESS: "plain" }[/** @type {string} */ (type)] ?? "";
  const named = { label: altText || (text ? "" : own?.altText), disabled: Boolean(disabled) };
  if (!text) return pressed(host, onClick, cardIcon({ ...own, altText: "" }, ""), "ib", named);
  return pressed(host, onClick, html`${cardIcon(own)}${bare(text)}`, `btn ${kind}`, named);
}

/** @param {LfCard} host @param {Json} given */
function image(host, { imageUrl, altText, onClick }) {
  const url = allowed(imageUrl);
  if (!url) return nothing;
  return pressed(host, onClick, html`<img class="c-image" src=${url} alt=${altText ?? ""} />`, "c-picture");
}

/** @param {LfCard} host @param {Json} given */
function grid(host, { title, items = [], columnCount = 1, borderStyle, onClick }) {
  return html`${title ? html`<p class="c-label">${bare(title)}</p>` : nothing}
    <ul class="c-grid columns-${Math.min(Math.max(columnCount, 1), 3)} ${borderStyle?.type === "STROKE" ? "stroke" : ""}">
      ${items.map((/** @type {Json} */ one) => html`<li>${pressed(host, identified(onClick, one), cell(one), "c-cell")}</li>`)}
    </ul>`;
}

/** Google tells which item was pressed by a parameter of its own. @param {Json | undefined} press @param {Json} item */
function identified(press, item) {
  if (!press?.["action"] || !item["id"]) return press;
  const parameters = [...(press["action"].parameters ?? []), { key: "grid_item_identifier", value: item["id"] }];
  return { action: { ...press["action"], parameters } };
}

/** @param {Json} item */
function cell({ image: picture, title, subtitle, layout }) {
  const url = allowed(picture?.imageUri);
  const drawn = url ? html`<img src=${url} alt=${picture.altText ?? ""} class=${picture.cropStyle?.type === "CIRCLE" ? "round" : ""} />` : nothing;
  const words = html`<span class="c-main">${bare(title)}</span>${subtitle ? html`<span class="c-label">${bare(subtitle)}</span>` : nothing}`;
  return layout === "TEXT_ABOVE" ? html`${words}${drawn}` : html`${drawn}${words}`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} given */
function columns(host, top, { columnItems = [] }) {
  return html`<div class="c-columns">
    ${columnItems.map(
      (/** @type {Json} */ one) =>
        html`<div class="${one["horizontalSizeStyle"] === "FILL_MINIMUM_SPACE" ? "least" : ""} ${SIDES[one["horizontalAlignment"]] ?? ""} v-${String(one["verticalAlignment"] ?? "TOP").toLowerCase()}">
          ${(one["widgets"] ?? []).map((/** @type {Json} */ each) => widget(host, top, each))}
        </div>`,
    )}
  </div>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} given */
function carousel(host, top, { carouselCards = [] }) {
  return html`<ul class="c-carousel" tabindex="0" aria-label=${host.t("card.carousel")}>
    ${carouselCards.map(
      (/** @type {Json} */ one) =>
        html`<li>
          ${(one["widgets"] ?? []).map((/** @type {Json} */ each) => widget(host, top, each))}
          <div class="c-last">${(one["footerWidgets"] ?? []).map((/** @type {Json} */ each) => widget(host, top, each))}</div>
        </li>`,
    )}
  </ul>`;
}

/** @param {LfCard} host @param {Json} given */
function chips(host, { layout, chips: made = [] }) {
  return html`<ul class="c-chips ${layout === "HORIZONTAL_SCROLLABLE" ? "sideways" : ""}">
    ${made.map(
      (/** @type {Json} */ one) =>
        html`<li>${pressed(host, one["onClick"], html`${one["icon"] ? cardIcon({ ...one["icon"], altText: "" }) : nothing}${bare(one["label"])}`, "c-chip", { label: one["altText"], disabled: Boolean(one["disabled"]) })}</li>`,
    )}
  </ul>`;
}
