// The layout of boxes: names of classes made up anew at each load, real buttons, each with its own ear, the list kept behind
// the thread, and a reply's recipients in hidden fields, as Gmail had them before 2021.

import { el, fill, start } from "./shape.js";
import { sendLabel, time, words } from "./words.js";

const dark = start.theme === "dark";
const line = dark ? "#2e3238" : "#e4e7ea";
const paper = dark ? "#1b1d21" : "#ffffff";
const RULES = {
  page: `display:grid;grid-template:60px 1fr / 200px 1fr 56px;height:100%;width:100%;position:relative`,
  top: "grid-column:1/-1;display:flex;gap:16px;align-items:center;padding:0 20px",
  search: `flex:1;max-width:560px;height:42px;border-radius:21px;border:0;padding:0 20px;background:${dark ? "#2a2c31" : "#e9eef6"};color:inherit`,
  who: "margin-left:auto;width:32px;height:32px;border-radius:50%;border:0;background:#00796b;color:#fff",
  side: "display:flex;flex-direction:column;gap:2px;padding:8px",
  write: `padding:14px 20px;border-radius:14px;border:0;background:${dark ? "#004a77" : "#c2e7ff"};color:inherit;font:inherit;cursor:pointer;width:max-content`,
  way: "padding:6px 14px;color:inherit;text-decoration:none;border-radius:16px",
  here: `background:${dark ? "#1c3b57" : "#d3e3fd"};font-weight:700`,
  paper: `background:${paper};border-radius:16px;overflow:auto;margin-bottom:16px`,
  rows: "list-style:none;margin:0;padding:0",
  row: `border-bottom:1px solid ${line};display:grid;grid-template-columns:180px 1fr 70px;gap:12px;padding:9px 16px;cursor:pointer`,
  fresh: "font-weight:700",
  cut: "overflow:hidden;text-overflow:ellipsis;white-space:nowrap",
  pale: "color:#7d8590;font-weight:400",
  thread: "padding:12px 24px",
  mail: `border-top:1px solid ${line};padding:12px 0`,
  tray: "position:absolute;right:64px;bottom:0;display:flex;gap:10px;align-items:flex-end;z-index:9",
  sheet: `width:440px;background:${paper};border:1px solid ${line};border-radius:10px 10px 0 0;box-shadow:0 4px 18px #0006;display:flex;flex-direction:column`,
  wide: "position:fixed;inset:40px 60px 0;width:auto",
  reply: `border:1px solid ${line};border-radius:10px;margin:12px 24px`,
  band: `padding:6px 12px;display:flex;gap:6px;flex-wrap:wrap;border-bottom:1px solid ${line}`,
  entry: "border:0;outline:0;flex:1;min-width:90px;font:inherit;background:none;color:inherit",
  text: "min-height:150px;max-height:280px;overflow:auto;padding:12px;outline:0",
  go: "background:#0b57d0;color:#fff;border-radius:16px;padding:7px 18px;cursor:pointer",
  name: `border:1px solid ${line};border-radius:10px;padding:0 8px`,
  pop: `position:fixed;z-index:30;left:50%;top:30%;background:${paper};border:1px solid ${line};box-shadow:0 4px 18px #0006;padding:10px;display:grid;gap:6px`,
  toast: "position:fixed;left:20px;bottom:20px;background:#202124;color:#fff;padding:10px 18px;border-radius:6px;z-index:40",
  tool: "padding:6px 16px",
};
const made = Object.fromEntries(Object.keys(RULES).map((name) => [name, `g${Math.random().toString(36).slice(2, 8)}`]));
const css = (...names) => names.map((name) => made[name]).join(" ");

const button = (label, act, more = {}, shown = label) => el("button", { type: "button", "aria-label": label, title: label, onclick: act, ...more }, shown);

let ways = [];
let badge;
let list_;

function shell(folders, on) {
  const rules = Object.entries(RULES).map(([name, rule]) => `.${made[name]}{${rule}}`).join("\n");
  const ground = `html,body{height:100%;margin:0}body{font:14px/20px Roboto,Arial,sans-serif;background:${dark ? "#111317" : "#f6f8fc"};color:${dark ? "#e3e3e3" : "#1f1f1f"};overflow:hidden}`;
  document.head.append(el("style", {}, `${ground}\n.${made.toast}:empty{display:none}\n${rules}`));
  ways = folders.map((name) => el("a", { href: `#${name}`, class: css("way"), "data-way": name }, words[name], name === "inbox" && (badge = el("b", {}))));
  const main = el("main", { role: "main", class: css("paper") });
  const dock = el("section", { class: css("tray") });
  const toasts = el("output", { role: "alert", class: css("toast") });
  const { name, address } = start.account;
  const who = el("button", { class: css("who"), "aria-label": `${words.account}: ${name} (${address})`, "aria-haspopup": "menu" }, name[0]);
  const compose = el("button", { gh: "cm", class: css("write"), onclick: on.compose }, words.compose);
  document.body.append(el("div", { class: css("page") },
    el("header", { class: css("top") }, el("strong", {}, "Mail"), el("input", { class: css("search"), type: "search", "aria-label": words.search, placeholder: words.search }), who),
    el("nav", { class: css("side") }, compose, ...ways), main, el("aside", { role: "complementary" }), dock), toasts);
  return { main: panes(main), dock, toasts };
}

/** The list stays where it is, hidden, while a thread stands before it. */
function panes(main) {
  return {
    replaceChildren(shown) {
      for (const other of [...main.children]) if (other !== list_ || shown === other) other.remove();
      if (shown !== list_ && list_) list_.style.display = "none";
      main.append(shown);
    },
  };
}

function mark(folder) {
  for (const way of ways) way.className = way.dataset.way === folder ? css("way", "here") : css("way");
}

const unread = (count) => (badge.textContent = count ? ` ${count}` : "");

function list(folder, rows, open) {
  list_?.remove();
  const lines = rows.map((row) => el("li", { class: css("row", ...(row.unread ? ["fresh"] : [])), "data-legacy-thread-id": row.id, "data-thread-id": `#thread-f:${parseInt(row.id, 16)}`, onclick: () => open(row) },
    el("div", { class: css("cut") }, folder === "sent" && "To: ", ...row.who.map(person)),
    el("p", { class: css("cut"), style: "margin:0" }, row.subject, el("span", { class: css("pale") }, ` — ${row.snippet}`)),
    el("time", { datetime: row.at }, time(row.at))));
  list_ = el("section", {}, el("div", { gh: "tm", class: css("tool") }, el("input", { type: "checkbox", "aria-label": "Select" })), el("ol", { class: css("rows") }, ...lines));
  return list_;
}

const person = ({ name, address }) => el("span", { email: address, name: name || address }, `${name || address} `);

function thread(found, on) {
  const slot = el("section", {});
  const mails = el("section", {}, ...found.messages.map((message) => el("article", { class: css("mail"), "data-legacy-message-id": message.id, "data-message-id": `#msg-f:${parseInt(message.id, 16)}` },
    el("header", {}, el("b", {}, person(message.from)), el("i", { class: css("pale") }, time(message.at)), el("div", { class: css("pale") }, `${words.about} `, ...message.to.map(person))),
    fill(el("section", {}), message.html))));
  const last = found.messages.at(-1);
  const element = el("section", { class: css("thread") },
    el("nav", { gh: "tm" }, button(words.back, on.back)),
    el("hgroup", {}, el("h2", { "data-legacy-thread-id": found.id }, found.subject)), mails, slot,
    el("footer", {}, button(words.reply, () => on.answer(last, "reply")), button(words.replyAll, () => on.answer(last, "all")), button(words.forward, () => on.answer(last, "forward"))));
  return { element, slot, justSent: (answer) => mails.append(el("article", { class: css("mail"), "data-message-id": `#msg-a:r${answer.draft}` }, fill(el("section", {}), answer.html))) };
}

function field(place, name, label) {
  const chips = el("span", {});
  const entry = el("input", { class: css("entry"), "aria-label": label });
  const element = el("fieldset", { style: "border:0;margin:0", class: css("band"), name: place === "dock" && name }, el("span", {}, el("ul", { role: "listbox", style: "display:flex;margin:0;padding:0" }, chips)), entry);
  return { chips, entry, element };
}

function compose(place, id, on) {
  const docked = place === "dock";
  const fields = { to: field(place, "to", words.to), cc: field(place, "cc", words.cc), bcc: field(place, "bcc", words.bcc) };
  fields.cc.element.style.display = fields.bcc.element.style.display = "none";
  const more = button(words.addCc, () => (fields.cc.element.style.display = fields.bcc.element.style.display = "flex"), {}, "Cc");
  fields.to.element.append(more);
  const hidden = Object.fromEntries(["ishtml", "draft", "composeid"].map((name) => [name, el("input", { type: "hidden", name })]));
  hidden.composeid.value = id;
  const subject = el("input", { name: "subjectbox", class: css("entry"), "aria-label": words.subject, placeholder: words.subject });
  const body = el("div", { contenteditable: "true", g_editable: "true", "aria-label": words.body, role: "textbox", class: css("text"), spellcheck: "true" });
  const send = el("span", { role: "button", tabindex: "0", "aria-label": sendLabel, class: css("go"), onclick: on.send }, words.send);
  send.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && !event.ctrlKey && !event.metaKey) on.send();
  });
  const text = el("input", { "aria-label": words.linkText });
  const url = el("input", { "aria-label": words.linkUrl });
  const linkRow = el("div", { class: css("band"), hidden: true, style: "display:none" }, text, url, button(words.apply, () => {
    on.link(text.value, url.value);
    text.value = url.value = "";
    linkRow.style.display = "none";
  }));
  const foot = el("footer", { class: css("band") }, send, button(words.more, () => scheduling(on), {}, "⌄"),
    button(words.link, () => (linkRow.style.display = "flex"), {}, "Link"),
    button(words.options, () => options(on), {}, "⋮"), button(words.discard, on.discard, {}, "Bin"), ...Object.values(hidden));
  const head = docked
    ? el("header", { class: css("band") }, el("span", { style: "flex:1" }, words.newMessage), button(words.full, on.full, {}, "⤢"), button(words.close, on.close, {}, "✕"))
    : el("header", { class: css("band") }, button(words.popOut, on.popOut, {}, "↗"));
  const root = el(docked ? "section" : "div", { role: docked && "dialog", class: css(docked ? "sheet" : "reply"), "aria-label": words.newMessage },
    head, fields.to.element, fields.cc.element, fields.bcc.element, el("div", { class: css("band"), style: docked ? null : "display:none" }, subject),
    el("div", {}, el("div", {}, el("div", {}, body))), linkRow, foot);
  return { root, fields, hidden, subject, body };
}

function popup(label, items) {
  const found = el("section", { role: "dialog", "aria-label": label, class: css("pop") },
    ...items.map(([text, act, more = {}]) => el("button", { type: "button", role: "menuitem", ...more, onclick: () => {
      found.remove();
      act();
    } }, text)));
  document.body.append(found);
}

const scheduling = (on) => popup(words.more, [[words.schedule, () => choosing(on), { selector: "scheduledSend" }]]);
const choosing = (on) => popup(words.schedule, [[words.tomorrow, () => on.schedule(72000)], [words.monday, () => on.schedule(240000)], [words.close, () => {}]]);
const options = (on) => popup(words.options, [[words.plain, on.plain, { role: "menuitemcheckbox" }]]);

const fullScreen = (parts) => parts.root.classList.toggle(made.wide);

function chip(place, name, { name: shown, address }, remove) {
  const cross = button(words.remove, remove, {}, "×");
  if (place === "dock") return el("li", { role: "option", "data-hovercard-id": address, "data-name": shown, class: css("name"), style: "list-style:none" }, shown || address, cross);
  return el("span", { class: css("name") }, el("input", { type: "hidden", name, value: shown ? `"${shown}" <${address}>` : address }), shown || address, cross);
}

export const boxes = {
  shell, mark, unread, list, thread, compose, fullScreen, chip, button,
  onKeys: (root, act) => root.addEventListener("keydown", (event) => {
    if (act(event)) event.preventDefault();
  }),
};
