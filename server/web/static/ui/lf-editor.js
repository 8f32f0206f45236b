/** A small editor of rich text: bold, italic, links, lists. What is pasted loses its looks. */
import { LfElement, icon } from "./element.js";
import { cleaned, lines, serialized } from "./editor-clean.js";
import { html, nothing } from "./vendor/lit.js";

const TOOLS = [
  { command: "bold", icon: "bold", key: "b" },
  { command: "italic", icon: "italic", key: "i" },
  { command: "insertUnorderedList", icon: "list", key: "" },
];

/** A line to write on: without one the caret leaps back when a list begins. */
const EMPTY = "<div><br></div>";

/** Event "write": something changed. */
export class LfEditor extends LfElement {
  static properties = { ...LfElement.properties, label: {}, on: { state: true }, linking: { state: true } };

  constructor() {
    super();
    this.label = "";
    /** @type {Record<string, boolean>} which tools hold where the caret is */
    this.on = {};
    this.linking = false;
    /** @type {Range | null} */
    this.range = null;
    this.begun = "";
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.ownerDocument.addEventListener("selectionchange", () => this.selected(), { signal });
  }

  render() {
    return html`<div class="editor">
      <div class="tools" role="toolbar" aria-label=${this.t("editor.tools")}>
        ${TOOLS.map(({ command, icon: sign }) => this.tool(command, sign))}
        <button type="button" class="ib" aria-pressed=${String(Boolean(this.on["link"]))} aria-label=${this.t("editor.link")} title=${this.t("editor.link")} @click=${this.askForLink}>${icon("link")}</button>
      </div>
      ${this.linking ? this.linkForm() : nothing}
      <div class="page" contenteditable="true" role="textbox" aria-multiline="true" aria-label=${this.label} tabindex="0" @input=${this.wrote} @paste=${this.pasted} @drop=${this.dropped} @keydown=${this.key}></div>
    </div>`;
  }

  /** @param {string} command @param {string} sign */
  tool(command, sign) {
    const name = this.t(`editor.${sign}`);
    return html`<button type="button" class="ib" aria-pressed=${String(Boolean(this.on[command]))} aria-label=${name} title=${name} @mousedown=${hold} @click=${() => this.run(command)}>${icon(sign)}</button>`;
  }

  linkForm() {
    return html`<div class="linkbar" @keydown=${this.linkKey}>
      <label><span class="vh">${this.t("editor.address")}</span><span class="field slim"><input type="url" name="href" placeholder="https://" autocomplete="off" .value=${this.linkAt()?.getAttribute("href") ?? ""} /></span></label>
      <button type="button" class="btn" @click=${this.setLink}>${this.t("editor.set-link")}</button>
      ${this.linkAt() ? html`<button type="button" class="btn plain" @click=${this.unlink}>${this.t("editor.unlink")}</button>` : nothing}
    </div>`;
  }

  firstUpdated() {
    this.page.innerHTML = cleaned(this.begun) || EMPTY;
  }

  get page() {
    return /** @type {HTMLElement} */ (this.querySelector(".page"));
  }

  /** @returns {string} what is written, as HTML */
  get value() {
    return this.hasUpdated ? serialized(this.page) : this.begun;
  }

  set value(written) {
    this.begun = written;
    if (this.hasUpdated) this.page.innerHTML = cleaned(written) || EMPTY;
  }

  focus() {
    this.page.focus();
  }

  /** Words where the caret is, or was. @param {string} text */
  insert(text) {
    this.back();
    this.ownerDocument.execCommand("insertText", false, text);
  }

  /** @param {string} written HTML that takes the place of all there is; undone like anything typed */
  replace(written) {
    this.page.focus();
    this.ownerDocument.execCommand("selectAll");
    this.ownerDocument.execCommand("insertHTML", false, cleaned(written) || EMPTY);
  }

  /** @param {string} command */
  run(command) {
    this.back();
    this.ownerDocument.execCommand(command);
    this.selected();
  }

  /** The caret goes back to where it was. */
  back() {
    this.page.focus();
    const selection = this.ownerDocument.getSelection();
    if (!this.range || !selection || (selection.anchorNode !== this.page && this.page.contains(selection.anchorNode))) return;
    const { startContainer, startOffset, endContainer, endOffset } = this.range;
    selection.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
  }

  selected() {
    const selection = this.ownerDocument.getSelection();
    if (!this.hasUpdated || !selection?.rangeCount || !this.page.contains(selection.anchorNode)) return;
    this.range = selection.getRangeAt(0).cloneRange();
    const on = Object.fromEntries(TOOLS.map(({ command }) => [command, this.ownerDocument.queryCommandState(command)]));
    this.on = { ...on, link: this.linkAt() !== null };
  }

  /** @returns {Element | null} what the caret is in */
  get at() {
    const at = this.range?.startContainer;
    const element = at instanceof Element ? at : (at?.parentElement ?? null);
    return element && this.page.contains(element) ? element : null;
  }

  /** @returns {Element | null} the link the caret is in */
  linkAt() {
    return this.at?.closest("a") ?? null;
  }

  async askForLink() {
    this.linking = true;
    await this.updateComplete;
    /** @type {HTMLInputElement} */ (this.querySelector("[name=href]")).select();
  }

  setLink() {
    const written = /** @type {HTMLInputElement} */ (this.querySelector("[name=href]")).value.trim();
    const href = /^[a-z]+:/i.test(written) || !written ? written : `https://${written}`;
    const around = this.linkAt();
    this.linking = false;
    this.back();
    if (!/^(?:https?|mailto|tel):\S/i.test(href)) return;
    if (around) around.setAttribute("href", href);
    else if (this.range?.collapsed) this.ownerDocument.execCommand("insertHTML", false, linkOf(href));
    else this.ownerDocument.execCommand("createLink", false, href);
    this.wrote();
  }

  unlink() {
    const around = this.linkAt();
    this.linking = false;
    around?.replaceWith(...around.childNodes);
    this.page.focus();
    this.wrote();
  }

  /** @param {KeyboardEvent} event */
  linkKey(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") this.setLink();
    else {
      this.linking = false;
      this.back();
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "k") return;
    event.preventDefault();
    this.askForLink();
  }

  /** @param {ClipboardEvent} event */
  pasted(event) {
    this.take(event, event.clipboardData);
  }

  /** @param {DragEvent} event */
  dropped(event) {
    this.take(event, event.dataTransfer);
  }

  /** @param {Event} event @param {DataTransfer | null} data */
  take(event, data) {
    event.preventDefault();
    const rich = data?.getData("text/html");
    const inList = this.at?.closest("li, p, blockquote");
    const written = rich ? cleaned(rich, Boolean(inList)) : lines(data?.getData("text/plain") ?? "");
    this.ownerDocument.execCommand("insertHTML", false, written);
  }

  wrote() {
    this.dispatchEvent(new Event("write"));
  }
}

/** The editor keeps the selection while a tool is pressed. @param {Event} event */
function hold(event) {
  event.preventDefault();
}

/** @param {string} href */
function linkOf(href) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = href;
  return made.outerHTML;
}
customElements.define("lf-editor", LfEditor);
