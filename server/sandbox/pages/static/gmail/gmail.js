// Gmail's page: what stands in the address decides what is shown; composes stay open beside it.

import { Compose } from "./compose.js";
import { boxes } from "./boxes.js";
import * as post from "./post.js";
import { el, start } from "./shape.js";
import { tables } from "./tables.js";
import { words } from "./words.js";

const FOLDERS = ["inbox", "sent", "drafts", "scheduled"];
const LETTERS = "BCDFGHJKLMNPQRST";
const LOOK = 1500; // milliseconds between two looks for new mail

const layout = start.layout === "boxes" ? boxes : tables;
const place = layout.shell(FOLDERS, {
  compose: () => write("dock", place.dock, {}),
  go: (folder) => (location.hash = folder),
});

let shown = { folder: "inbox", thread: "", text: "" };

// Gmail's address of a thread is not its id in the API, but #all/<id> is understood too.
const named = (id) => `FMfcgz${[...id].map((digit) => LETTERS[parseInt(digit, 16)]).join("")}`;
const unnamed = (name) => [...name.slice(6)].map((letter) => LETTERS.indexOf(letter).toString(16)).join("");

function title(what, unread = 0) {
  const count = unread ? ` (${unread})` : "";
  const mail = start.layout === "boxes" ? `${start.account.address.split("@")[1].split(".")[0]} Mail` : "Gmail";
  const who = start.broken.includes("account") ? "" : `${start.account.address} - `;
  document.title = `${what}${count} - ${who}${mail}`;
}

async function showList(folder) {
  const { rows, unread } = await post.list(folder);
  const text = JSON.stringify([rows, unread]);
  if (shown.thread || shown.folder !== folder || shown.text === text) return;
  shown.text = text;
  title(words[folder], folder === "inbox" ? unread : 0);
  layout.unread(unread);
  place.main.replaceChildren(layout.list(folder, rows, openRow));
}

async function openRow(row) {
  if (!row.draft) {
    location.hash = `${shown.folder}/${named(row.id)}`;
    return;
  }
  const draft = await post.undo(row.draft);
  write("dock", place.dock, draft);
}

async function showThread(id) {
  const thread = await post.thread(id);
  // Shown anew, it would take away an answer that is being written.
  if (shown.thread !== id || shown.view?.slot.hasChildNodes()) return;
  title(thread.subject);
  const view = layout.thread(thread, {
    back: () => (location.hash = shown.folder),
    answer: (message, kind) => answer(message, kind, view.slot),
  });
  shown.view = view;
  place.main.replaceChildren(view.element);
}

async function answer(message, kind, slot) {
  slot.replaceChildren(el("span", {}));
  const given = await post.quote(message.id, kind);
  slot.replaceChildren();
  write("inline", slot, { ...given, answers: message.id, forwards: kind === "forward" });
}

function write(where, host, given) {
  return new Compose(layout, where, host, given, {
    sent: (answer, compose, scheduled) => left(answer, compose, scheduled),
    popOut: (compose) => {
      const mail = compose.mail();
      compose.leave();
      write("dock", place.dock, mail);
    },
    gone: () => {},
    sorry: (text) => toast(text),
  });
}

function left(answer, compose, scheduled) {
  const done = toast(scheduled ? words.sentLater : words.sentNow, words.undo, async () => {
    const draft = await post.undo(answer.draft);
    toast(words.undone);
    write("dock", place.dock, draft);
  });
  if (compose.place === "inline" && shown.view && !scheduled) shown.view.justSent(answer);
  if (!scheduled) waitGone(answer.draft, done);
}

async function waitGone(draft, done) {
  const found = await post.draft(draft);
  if (!found.gone && found.leaving) {
    setTimeout(() => waitGone(draft, done), 300);
    return;
  }
  done();
  // The thread's own data come a moment after the mail left.
  if (found.gone && shown.thread) setTimeout(() => shown.thread && showThread(shown.thread), 500);
  if (found.gone && !shown.thread) showList(shown.folder);
}

/** @returns takes away the button, as nothing can be undone any more */
function toast(text, action, act) {
  const button = action && layout.button(action, act);
  place.toasts.replaceChildren(el("span", {}, text), button ?? "");
  return () => button?.remove();
}

function go() {
  const [folder, name] = location.hash.slice(1).split("?")[0].split("/");
  const known = FOLDERS.includes(folder) ? folder : "inbox";
  const id = !name ? "" : name.startsWith("FMfcgz") ? unnamed(name) : name;
  shown = { folder: known, thread: id, text: "" };
  layout.mark(known);
  if (id) showThread(id);
  else showList(known);
}

function look() {
  if (!shown.thread) showList(shown.folder).catch(() => {});
  setTimeout(look, LOOK);
}

addEventListener("hashchange", go);
go();
setTimeout(look, LOOK);
document.documentElement.dataset.loaded = "1";
