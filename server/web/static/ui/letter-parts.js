/**
 * Parts of the sheet in which a mail is written: what is chosen beside the words, and what is shown before it leaves.
 * @import { Letter } from "./compose-draft.js"
 * @import { LfLetter } from "./lf-letter.js"
 * @import { DecidedTracking, PreviewedMail, Reader } from "./api-types.js"
 */
import { cleaned } from "./editor-clean.js";
import { icon } from "./element.js";
import { nameOf } from "./format.js";
import { html, nothing } from "./vendor/lit.js";

const PLACEHOLDERS = ["person.first", "person.last", "person.name", "person.title", "account", "my.first", "my.name", "my.address"];
const REASONS = new Set(["own-domain", "consent-denied", "consent-withdrawn", "policy-never", "policy-only-with-consent", "opted-out"]);

/** @param {LfLetter} sheet @param {Letter} letter */
export function options(sheet, letter) {
  const several = letter.to.length + letter.cc.length + letter.bcc.length > 1;
  return html`<div class="pair">${templates(sheet)}${placeholders(sheet)}</div>
    ${sheet.naming ? naming(sheet) : nothing}
    <fieldset class="choices"><legend class="vh">${sheet.t("compose.how")}</legend>
      ${choice(sheet, "tracked", letter.tracked, sheet.t("compose.tracked"))}
      ${letter.tracked ? why(sheet, letter) : nothing}
      ${several ? choice(sheet, "separate", letter.separate, sheet.t("compose.separate")) : nothing}
      ${choice(sheet, "signed", letter.signed, sheet.t("compose.signed"))}
      ${letter.signed ? signature(sheet, letter) : nothing}
    </fieldset>`;
}

/** @param {LfLetter} sheet @param {"tracked" | "separate" | "signed"} name @param {boolean} on @param {string} label */
function choice(sheet, name, on, label) {
  const chosen = (/** @type {Event} */ event) => sheet.draft?.write({ [name]: /** @type {HTMLInputElement} */ (event.target).checked });
  return html`<label class="switch"><input type="checkbox" role="switch" name=${name} .checked=${on} @change=${chosen} /><span>${label}</span></label>`;
}

/** Why it will not be tracked although it shall. @param {LfLetter} sheet @param {Letter} letter */
function why(sheet, letter) {
  const kept = sheet.draft?.kept;
  if (!kept) return nothing;
  const { allowed, recipients } = kept.tracking;
  const refused = recipients.filter((one) => !one.allowed);
  if (letter.separate && allowed && refused.length) {
    const names = refused.map(({ address }) => nameOf(kept.to.find((one) => one.address === address) ?? { name: "", address })).join(sheet.t("list.comma"));
    return html`<p class="note">${icon("info")}<span>${sheet.t("compose.some-untracked", { names })}</span></p>`;
  }
  if (allowed) return nothing;
  const apart = !letter.separate && kept.to.length + kept.cc.length + kept.bcc.length > 1;
  return html`<p class="note">${icon("info")}<span>${untracked(sheet, kept.tracking)} ${apart ? sheet.t("compose.try-separate") : nothing}</span></p>`;
}

/** @param {LfLetter} sheet @param {DecidedTracking} tracking */
function untracked(sheet, { reasons }) {
  const code = reasons.map((reason) => reason.code).find((one) => REASONS.has(one)) ?? "policy-never";
  return sheet.t(`compose.why-${code}`);
}

/** @param {LfLetter} sheet @param {Letter} letter */
function signature(sheet, { from }) {
  const sender = sheet.senders.find(({ address }) => address === from) ?? sheet.senders[0];
  if (!sender) return nothing;
  if (sender.signature === null) return html`<p class="muted hint">${sheet.t("compose.signature-unknown")}</p>`;
  if (!sender.signature) return html`<p class="muted hint">${sheet.t("compose.signature-none")}</p>`;
  return html`<p class="signature">${sender.signature}</p>`;
}

/** @param {LfLetter} sheet */
function templates(sheet) {
  const chosen = (/** @type {Event} */ event) => {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    const template = sheet.templates.find(({ id }) => id === select.value);
    if (select.value === "+") sheet.naming = true;
    select.value = "";
    if (template) sheet.useTemplate(template);
  };
  return html`<label>${sheet.t("compose.template")}<span class="field"><select name="template" @change=${chosen}>
    <option value="" selected>${sheet.t(sheet.templates.length ? "compose.choose-template" : "compose.no-template")}</option>
    ${sheet.templates.map(({ id, name, own, by }) => html`<option value=${id}>${own ? name : sheet.t("template.of", { name, by })}</option>`)}
    <option value="+">${sheet.t("compose.keep-template")}</option></select>${icon("down", "s")}</span></label>`;
}

/** @param {LfLetter} sheet */
function placeholders(sheet) {
  const chosen = (/** @type {Event} */ event) => {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    sheet.editor.insert(`{${select.value}}`);
    select.value = "";
  };
  return html`<label>${sheet.t("compose.insert")}<span class="field"><select name="placeholder" @change=${chosen}>
    <option value="" selected>${sheet.t("compose.choose-placeholder")}</option>
    ${PLACEHOLDERS.map((name) => html`<option value=${name}>${sheet.t(`placeholder.${name}`)}</option>`)}</select>${icon("down", "s")}</span></label>`;
}

/** @param {LfLetter} sheet */
function naming(sheet) {
  const of = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (sheet.querySelector(`[name=${name}]`));
  const keep = () => of("template-name").value.trim() && sheet.keepTemplate(of("template-name").value.trim(), of("template-shared").checked);
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    keep();
  };
  return html`<div class="naming">
    <label>${sheet.t("template.name")}<span class="field"><input name="template-name" maxlength="100" autocomplete="off" @keydown=${key} /></span></label>
    <label class="switch"><input type="checkbox" role="switch" name="template-shared" /><span>${sheet.t("template.shared")}</span></label>
    <p class="deeds"><button type="button" class="btn" @click=${keep}>${sheet.t("action.save")}</button>
      <button type="button" class="btn plain" @click=${() => (sheet.naming = false)}>${sheet.t("action.cancel")}</button></p>
  </div>`;
}

/** The mail as a reader gets it, one of several after the other. @param {LfLetter} sheet */
export function previewed(sheet) {
  const { mails, shown } = sheet;
  const mail = mails[shown];
  if (!mail) return nothing;
  const step = (/** @type {number} */ by) => (sheet.shown = (shown + by + mails.length) % mails.length);
  return html`<section class="preview" aria-label=${sheet.t("compose.preview")}>
      ${mails.length > 1
        ? html`<p class="turn"><button type="button" class="ib" aria-label=${sheet.t("compose.previous")} title=${sheet.t("compose.previous")} @click=${() => step(-1)}>${icon("back")}</button>
            <span role="status">${sheet.t("compose.mail-of", { number: shown + 1, count: mails.length })}</span>
            <button type="button" class="ib turned" aria-label=${sheet.t("compose.next")} title=${sheet.t("compose.next")} @click=${() => step(1)}>${icon("back")}</button></p>`
        : nothing}
      <dl><dt>${sheet.t("compose.from")}</dt><dd>${mail.from}</dd><dt>${sheet.t("compose.to")}</dt><dd>${names(sheet, mail.to)}</dd><dt>${sheet.t("mail.subject")}</dt><dd><b>${mail.subject || sheet.t("message.no-subject")}</b></dd></dl>
      ${mail.missing.length ? html`<p class="note warn">${icon("alert")}<span>${sheet.t("compose.empty", { names: places(sheet, mail) })}</span></p>` : nothing}
      ${words(mail)}
      ${sheet.draft?.letter.tracked && !mail.tracking.allowed ? html`<p class="muted">${untracked(sheet, mail.tracking)}</p>` : nothing}
    </section>
    <p class="deeds">
      <button class="btn primary" ?disabled=${sheet.busy}>${icon("send", "m")}${sheet.t("compose.send")}</button>
      <button type="button" class="btn" @click=${() => sheet.go("write")}>${sheet.t("mail.back")}</button>
    </p>`;
}

/** What speaks against some of its mails. @param {LfLetter} sheet */
export function asked(sheet) {
  const missing = sheet.mails.filter((mail) => mail.missing.length);
  const out = sheet.mails.flatMap(({ to }) => to.filter(({ unsubscribed }) => unsubscribed));
  const left = new Set([...missing.flatMap(({ to }) => to), ...out].map(({ address }) => address));
  const others = sheet.mails.flatMap(({ to }) => to).some(({ address }) => !left.has(address));
  return html`<div class="note warn outcomes" role="alert">${icon("alert")}<div>
      ${missing.length
        ? html`<p><b>${sheet.t("compose.missing")}</b></p><ul>${missing.map((mail) => html`<li>${sheet.t("compose.missing-of", { who: names(sheet, mail.to), names: places(sheet, mail) })}</li>`)}</ul>
            ${missing.some(({ to }) => to.length > 1) ? html`<p>${sheet.t("compose.missing-shared")}</p>` : nothing}`
        : nothing}
      ${out.length ? html`<p><b>${sheet.t("compose.unsubscribed")}</b></p><ul>${out.map((one) => html`<li>${nameOf(one)}</li>`)}</ul>` : nothing}
    </div></div>
    <p class="deeds">
      <button type="button" class="btn primary" @click=${() => sheet.go("write")}>${sheet.t("mail.back")}</button>
      ${others ? html`<button type="button" class="btn" ?disabled=${sheet.busy} @click=${() => sheet.send("skip", "skip")}>${sheet.t("compose.skip")}</button>` : nothing}
      <button type="button" class="btn" ?disabled=${sheet.busy} @click=${() => sheet.send("anyway", "anyway")}>${sheet.t("compose.anyway")}</button>
    </p>`;
}

/** @param {LfLetter} sheet @param {readonly Reader[]} people */
function names(sheet, people) {
  return people.map(nameOf).join(sheet.t("list.comma"));
}

/** @param {LfLetter} sheet @param {PreviewedMail} mail */
function places(sheet, { missing }) {
  return missing.map((name) => (PLACEHOLDERS.includes(name) ? sheet.t(`placeholder.${name}`) : `{${name}}`)).join(sheet.t("list.comma"));
}

/** @param {PreviewedMail} mail */
function words(mail) {
  const shown = document.createElement("div");
  shown.className = "mail-text";
  shown.innerHTML = cleaned(mail.html);
  return shown;
}
