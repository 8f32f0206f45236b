/** What a card's inputs hold, in the form in which Google sends them with a press. Pure. */

/** @typedef {Record<string, any>} Json */
/** @typedef {string[]} Held text and choices as they are; a day as "2026-11-21", a time as "09:30", both with a T between */
/** @typedef {Map<string, Held>} Values by the name of the input; what was never touched is not in it */

/** Every input of a card. @param {Json} card @returns {Json[]} */
export function inputsOf(card) {
  /** @type {Json[]} */
  const found = [];
  for (const section of card["sections"] ?? []) collect(section["widgets"] ?? [], found);
  return found;
}

/** @param {Json[]} widgets @param {Json[]} found */
function collect(widgets, found) {
  for (const widget of widgets) {
    const input = widget["textInput"] ?? widget["selectionInput"] ?? widget["dateTimePicker"] ?? widget["decoratedText"]?.switchControl;
    if (input?.name) found.push({ kind: kindOf(widget), ...input });
    for (const column of widget["columns"]?.columnItems ?? []) collect(column.widgets ?? [], found);
  }
}

/** @param {Json} widget */
function kindOf(widget) {
  if (widget["textInput"]) return "text";
  if (widget["selectionInput"]) return "choice";
  return widget["dateTimePicker"] ? "moment" : "switch";
}

/** What an input holds: what was put into it, else what the card put there. @param {Json} input @param {Values} values @returns {Held} */
export function held(input, values) {
  const touched = values.get(input["name"]);
  if (touched) return touched;
  if (input["kind"] === "text") return [input["value"] ?? ""];
  if (input["kind"] === "switch") return input["selected"] ? [input["value"] ?? "on"] : [];
  if (input["kind"] === "choice") return chosen(input);
  return momentOf(input);
}

/** @param {Json} input @returns {Held} */
function chosen(input) {
  const items = /** @type {Json[]} */ (input["items"] ?? []);
  const selected = items.filter((item) => item["selected"]).map((item) => String(item["value"]));
  const first = input["type"] === "DROPDOWN" && items[0] ? [String(items[0]["value"])] : [];
  return selected.length ? selected : first;
}

/** A day's milliseconds are midnight UTC; a time's count in its own offset. @param {Json} input @returns {Held} */
function momentOf(input) {
  if (input["valueMsEpoch"] === undefined) return [];
  const offset = input["type"] === "DATE_ONLY" ? 0 : Number(input["timezoneOffsetDate"] ?? 0);
  const at = new Date(Number(input["valueMsEpoch"]) + offset * 60_000);
  if (Number.isNaN(at.getTime())) return [];
  const [day = "", time = ""] = at.toISOString().slice(0, 16).split("T");
  return [{ DATE_ONLY: day, TIME_ONLY: time }[/** @type {string} */ (input["type"])] ?? `${day}T${time}`];
}

/** `formInputs` of Google's event. What is not ticked is absent. @param {Json} card @param {Values} values @returns {Record<string, Json>} */
export function formInputs(card, values) {
  const sent = /** @type {Record<string, Json>} */ ({});
  for (const input of inputsOf(card)) {
    const value = held(input, values);
    const made = input["kind"] === "moment" ? moment(input, value[0]) : value.length ? { stringInputs: { value } } : null;
    if (made) sent[input["name"]] = made;
  }
  return sent;
}

/** @param {Json} input @param {string | undefined} value @returns {Json | null} */
function moment(input, value) {
  if (!value) return null;
  if (input["type"] === "TIME_ONLY") {
    const [hours, minutes] = value.split(":").map(Number);
    return { timeInput: { hours, minutes } };
  }
  if (input["type"] === "DATE_ONLY") return { dateInput: { msSinceEpoch: String(Date.parse(`${value}T00:00Z`)) } };
  const offset = Number(input["timezoneOffsetDate"] ?? 0);
  const at = Date.parse(`${value}Z`) - offset * 60_000;
  return { dateTimeInput: { msSinceEpoch: String(at), hasDate: true, hasTime: true } };
}

/** The inputs a press needs that are empty. @param {Json} action @param {Json} card @param {Values} values @returns {Set<string>} */
export function missing(action, card, values) {
  const needed = new Set(action["requiredWidgets"] ?? []);
  const asked = inputsOf(card).filter((input) => action["allWidgetsAreRequired"] || needed.has(input["name"]));
  return new Set(asked.filter((input) => !held(input, values).some((value) => value.trim())).map((input) => input["name"]));
}

/** Google keeps what was filled in where the input still is. @param {Json} card @param {Values} values @param {string | undefined} settled the input whose change was just answered @returns {Values} */
export function kept(card, values, settled) {
  const names = new Set(inputsOf(card).map((input) => input["name"]));
  return new Map([...values].filter(([name]) => names.has(name) && name !== settled));
}
