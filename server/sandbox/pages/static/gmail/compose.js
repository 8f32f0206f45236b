// A mail that is being written, in whichever window it stands.

import * as post from "./post.js";
import { fill, start } from "./shape.js";
import { words } from "./words.js";

const AUTOSAVE = 400; // milliseconds
const FIELDS = ["to", "cc", "bcc"];

let serial = 0;

export class Compose {
  /**
   * @param layout draws it   @param place where it stands: "dock" or "inline"   @param host the element it is put into
   * @param given {to, cc, bcc, subject, html, plain, draft, answers, forwards}
   * @param on {sent(answer, compose), popOut(compose), gone(compose), sorry(text)}
   */
  constructor(layout, place, host, given, on) {
    this.layout = layout;
    this.place = place;
    this.on = on;
    this.people = { to: [...(given.to ?? [])], cc: [...(given.cc ?? [])], bcc: [...(given.bcc ?? [])] };
    this.draft = given.draft ?? "";
    this.answers = given.answers ?? "";
    this.forwards = Boolean(given.forwards);
    this.plain = given.plain ?? start.plain;
    this.saving = Promise.resolve();
    this.parts = layout.compose(place, `${Date.now().toString(16)}${++serial}`, {
      send: () => this.send(),
      schedule: (after) => this.send(after),
      discard: () => this.discard(),
      close: () => this.close(),
      full: () => layout.fullScreen(this.parts),
      popOut: () => on.popOut(this),
      plain: () => this.setPlain(!this.plain),
      link: (text, url) => this.insertLink(text, url),
    });
    const { body, subject } = this.parts;
    subject.value = given.subject ?? "";
    fill(body, given.html ?? "");
    host.append(this.parts.root);
    this._listen();
    this.setPlain(this.plain);
    for (const field of FIELDS) this._showChips(field);
    this._tellDraft();
    (this.people.to.length ? body : this.parts.fields.to.entry).focus();
  }

  /** As it stands at this moment. */
  mail() {
    for (const field of FIELDS) this._take(field);
    const { body, subject } = this.parts;
    return {
      draft: this.draft,
      ...this.people,
      subject: subject.value,
      html: body.innerHTML,
      text: body.innerText,
      plain: this.plain,
      answers: this.answers,
      forwards: this.forwards,
    };
  }

  async send(after = 0) {
    const mail = this.mail();
    if (!FIELDS.some((field) => this.people[field].length)) {
      this.on.sorry(words.needed);
      return;
    }
    clearTimeout(this.timer);
    this.leave();
    await this.saving;
    const answer = await post.send({ ...mail, draft: this.draft, after });
    this.on.sent(answer, this, Boolean(after));
  }

  async discard() {
    clearTimeout(this.timer);
    this.leave();
    await this.saving;
    if (this.draft) await post.discard(this.draft);
  }

  async close() {
    this._save();
    this.leave();
    await this.saving;
  }

  leave() {
    this.parts.root.remove();
    this.on.gone(this);
  }

  setPlain(plain) {
    this.plain = plain;
    const { body, hidden } = this.parts;
    hidden.ishtml.value = plain ? "0" : "1";
    if (plain && body.innerHTML !== body.innerText) body.innerText = body.innerText;
  }

  insertLink(text, url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = text || url;
    const { body } = this.parts;
    const range = this.caret ?? document.createRange();
    if (!this.caret) {
      range.selectNodeContents(body);
      range.collapse(true);
    }
    range.deleteContents();
    range.insertNode(link);
    range.setStartAfter(link);
    body.focus();
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    body.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertLink" }));
  }

  _listen() {
    const { root, body, fields } = this.parts;
    root.addEventListener("input", () => this._saveSoon());
    document.addEventListener("selectionchange", () => {
      const selection = getSelection();
      if (selection.rangeCount && body.contains(selection.anchorNode)) this.caret = selection.getRangeAt(0).cloneRange();
    });
    this.layout.onKeys(root, (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.send();
      else return false;
      return true;
    });
    for (const field of FIELDS) {
      const { entry } = fields[field];
      entry.addEventListener("keydown", (event) => {
        if (!["Enter", ",", ";", "Tab"].includes(event.key) || !entry.value.trim() || event.ctrlKey || event.metaKey) return;
        if (event.key !== "Tab") event.preventDefault();
        this._take(field);
      });
      entry.addEventListener("blur", () => this._take(field));
    }
  }

  _take(field) {
    const { entry } = this.parts.fields[field];
    const found = [...entry.value.matchAll(/(?:"?([^"<,;]*?)"?\s*<([^<>\s]+@[^<>\s]+)>|([^\s,;<>]+@[^\s,;<>]+))/g)];
    if (!found.length) return;
    this.people[field].push(...found.map(([, name, one, other]) => ({ name: name?.trim() ?? "", address: one ?? other })));
    entry.value = "";
    this._showChips(field);
    this._saveSoon();
  }

  _showChips(field) {
    const { chips } = this.parts.fields[field];
    const drop = (person) => {
      this.people[field] = this.people[field].filter((other) => other !== person);
      this._showChips(field);
      this._saveSoon();
    };
    chips.replaceChildren(...this.people[field].map((person) => this.layout.chip(this.place, field, person, () => drop(person))));
  }

  _saveSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this._save(), AUTOSAVE);
  }

  _save() {
    const mail = this.mail();
    clearTimeout(this.timer);
    this.saving = this.saving.then(async () => {
      const saved = await post.save({ ...mail, draft: this.draft });
      this.draft = saved.draft;
      this._tellDraft();
    });
  }

  _tellDraft() {
    this.parts.hidden.draft.value = this.draft ? `#msg-a:${this.draft}` : "undefined";
  }
}
