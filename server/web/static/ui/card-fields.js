/** What can be filled in on a card. @import { LfCard, Shown } from "./lf-card.js" */
import { cardIcon } from "./card-icons.js";
import { held } from "./card-form.js";
import { allowed, bare } from "./card-text.js";
import { icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

/** @typedef {Record<string, any>} Json */

const MODES = /** @type {Record<string, string>} */ ({ EMAIL: "email", INTEGER: "numeric", FLOAT: "decimal" });
const MOMENTS = /** @type {Record<string, string>} */ ({ DATE_ONLY: "date", TIME_ONLY: "time" });
const PAUSE = 250;

/** @type {WeakMap<object, ReturnType<typeof setTimeout>>} what is about to be suggested, by its card */
const pausing = new WeakMap();

/** @param {LfCard} host @param {Shown} top @param {Json} given a widget, or a row's switch with its `label` @returns {unknown} */
export function field(host, top, given) {
  if (given["textInput"]) return text(host, top, { kind: "text", ...given["textInput"] });
  if (given["dateTimePicker"]) return moment(host, top, { kind: "moment", ...given["dateTimePicker"] });
  if (given["switchControl"]) return toggle(host, top, { kind: "switch", ...given["switchControl"] }, given["label"]);
  if (given["selectionInput"]) return choice(host, top, { kind: "choice", ...given["selectionInput"] });
  return nothing;
}

/** @param {Shown} top @param {Json} input */
function wrong(top, input) {
  return top.missing.has(input["name"]);
}

/** @param {LfCard} host @param {Shown} top @param {Json} input @param {unknown} control */
function labelled(host, top, input, control) {
  const needed = wrong(top, input);
  return html`<label class="c-field">
    ${input["label"] ? html`<span>${bare(input["label"])}</span>` : nothing} ${control}
    ${needed ? html`<span class="c-wrong">${icon("alert", "s")}${host.t("card.needed")}</span>` : input["hintText"] ? html`<span class="c-label">${bare(input["hintText"])}</span>` : nothing}
  </label>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} input */
function text(host, top, input) {
  const [value = ""] = held(input, top.values);
  const { name, validation, placeholderText, type } = input;
  const most = validation?.characterLimit || nothing;
  const typed = (/** @type {Event} */ event) => {
    host.put(name, [/** @type {HTMLInputElement} */ (event.target).value], undefined);
    if (input["autoCompleteAction"]) suggestLater(host, top, input);
  };
  const changed = (/** @type {Event} */ event) => input["onChangeAction"] && host.put(name, [/** @type {HTMLInputElement} */ (event.target).value], input["onChangeAction"]);
  const bad = wrong(top, input) ? "true" : nothing;
  const offers = suggestions(top, input);
  const list = offers.length ? `c-list-${name}` : nothing;
  const control =
    type === "MULTIPLE_LINE"
      ? html`<textarea name=${name} rows="3" .value=${value} maxlength=${most} placeholder=${placeholderText || nothing} aria-invalid=${bad} @input=${typed} @change=${changed}></textarea>`
      : html`<input name=${name} .value=${value} maxlength=${most} inputmode=${MODES[validation?.inputType] ?? nothing} placeholder=${placeholderText || nothing} list=${list} autocomplete="off" aria-invalid=${bad} @input=${typed} @change=${changed} />`;
  return html`${labelled(host, top, input, control)}${offers.length ? html`<datalist id=${list}>${offers.map((one) => html`<option value=${one}></option>`)}</datalist>` : nothing}`;
}

/** @param {Shown} top @param {Json} input @returns {string[]} */
function suggestions(top, input) {
  const first = /** @type {Json[]} */ (input["initialSuggestions"]?.items ?? []);
  return top.suggestions.get(input["name"]) ?? first.map((one) => String(one["text"]));
}

/** @param {LfCard} host @param {Shown} top @param {Json} input */
function suggestLater(host, top, input) {
  clearTimeout(pausing.get(top));
  pausing.set(top, setTimeout(() => void host.suggest(input["autoCompleteAction"], input["name"]), PAUSE));
}

/** @param {LfCard} host @param {Shown} top @param {Json} input */
function moment(host, top, input) {
  const [value = ""] = held(input, top.values);
  const changed = (/** @type {Event} */ event) => {
    const now = /** @type {HTMLInputElement} */ (event.target).value;
    host.put(input["name"], now ? [now] : [], input["onChangeAction"]);
  };
  const type = MOMENTS[input["type"]] ?? "datetime-local";
  return labelled(host, top, input, html`<input name=${input["name"]} type=${type} .value=${value} aria-invalid=${wrong(top, input) ? "true" : nothing} @change=${changed} />`);
}

/** @param {LfCard} host @param {Shown} top @param {Json} input @param {string} label */
function toggle(host, top, input, label) {
  const on = held(input, top.values).length > 0;
  const changed = (/** @type {Event} */ event) => {
    const ticked = /** @type {HTMLInputElement} */ (event.target).checked;
    host.put(input["name"], ticked ? [input["value"] ?? "on"] : [], input["onChangeAction"]);
  };
  const isSwitch = input["controlType"] !== "CHECK_BOX" && input["controlType"] !== "CHECKBOX";
  return html`<span class=${isSwitch ? "c-toggle switch" : "c-toggle"}>
    <input type="checkbox" role=${isSwitch ? "switch" : nothing} name=${input["name"]} aria-label=${label || input["name"]} .checked=${on} @change=${changed} />
  </span>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} input */
function choice(host, top, input) {
  if (input["type"] === "DROPDOWN") return dropdown(host, top, input);
  const one = input["type"] === "RADIO_BUTTON";
  const chosen = held(input, top.values);
  const changed = (/** @type {string} */ value, /** @type {boolean} */ ticked) => {
    const others = one ? [] : chosen.filter((each) => each !== value);
    host.put(input["name"], ticked ? [...others, value] : others, input["onChangeAction"]);
  };
  return html`<fieldset class="c-field" aria-invalid=${wrong(top, input) ? "true" : nothing} tabindex="-1">
    ${input["label"] ? html`<legend>${bare(input["label"])}</legend>` : nothing}
    ${(input["items"] ?? []).map((/** @type {Json} */ item) => option(input, item, chosen.includes(String(item["value"])), changed))}
    ${wrong(top, input) ? html`<span class="c-wrong">${icon("alert", "s")}${host.t("card.needed")}</span>` : nothing}
  </fieldset>`;
}

/** @param {Json} input @param {Json} item @param {boolean} ticked @param {(value: string, ticked: boolean) => void} changed */
function option(input, item, ticked, changed) {
  const isSwitch = input["type"] === "SWITCH";
  const said = (/** @type {Event} */ event) => changed(String(item["value"]), /** @type {HTMLInputElement} */ (event.target).checked);
  return html`<label class=${isSwitch ? "c-option switch" : "c-option"}>
    <input type=${input["type"] === "RADIO_BUTTON" ? "radio" : "checkbox"} role=${isSwitch ? "switch" : nothing} name=${input["name"]} value=${item["value"]} .checked=${ticked} @change=${said} />
    ${allowed(item["startIconUri"]) ? cardIcon({ iconUrl: item["startIconUri"] }) : nothing}
    <span>${bare(item["text"])}${item["bottomText"] ? html`<span class="c-label">${bare(item["bottomText"])}</span>` : nothing}</span>
  </label>`;
}

/** @param {LfCard} host @param {Shown} top @param {Json} input */
function dropdown(host, top, input) {
  const [value = ""] = held(input, top.values);
  const changed = (/** @type {Event} */ event) => host.put(input["name"], [/** @type {HTMLSelectElement} */ (event.target).value], input["onChangeAction"]);
  const items = /** @type {Json[]} */ (input["items"] ?? []);
  return labelled(
    host,
    top,
    input,
    html`<span class="field"
      ><select name=${input["name"]} aria-invalid=${wrong(top, input) ? "true" : nothing} @change=${changed}>
        ${items.map((item) => html`<option value=${item["value"]} .selected=${String(item["value"]) === value}>${bare(item["text"])}</option>`)}</select
      >${icon("down", "s")}</span
    >`,
  );
}
