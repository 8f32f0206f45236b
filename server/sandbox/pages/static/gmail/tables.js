// The layout of nested tables: every button a div, every event heard at the document, recipients as options of a list box.

import { el, fill, start } from "./shape.js";
import { sendLabel, time, words } from "./words.js";

const dark = start.theme === "dark";
const STYLE = `
html,body{height:100%;margin:0}
body{font:14px/20px Roboto,Arial,sans-serif;background:${dark ? "#111317" : "#f6f8fc"};color:${dark ? "#e3e3e3" : "#202124"};overflow:hidden}
.xV{height:100%;width:100%;position:relative;overflow:hidden}
.xT{width:100%;height:100%;border-collapse:collapse;table-layout:fixed}
.xT>tbody>tr>td{vertical-align:top;padding:0}
.hD{height:64px}.hD td{padding:0 16px!important;vertical-align:middle!important}
.sE{background:${dark ? "#2a2c31" : "#eaf1fb"};border:0;border-radius:24px;height:46px;width:60%;padding:0 20px;font:inherit;color:inherit}
.aC{float:right;width:32px;height:32px;border-radius:16px;background:#7b6ee6;color:#fff;text-align:center;line-height:32px}
.nV{width:220px}.cB{display:inline-block;margin:8px;padding:16px 22px;border-radius:16px;background:${dark ? "#004a77" : "#c2e7ff"};cursor:pointer}
.nI{display:block;padding:6px 24px;border-radius:0 16px 16px 0;color:inherit;text-decoration:none}.nI[aria-current]{background:${dark ? "#1c3b57" : "#d3e3fd"};font-weight:700}
.mA{background:${dark ? "#1b1d21" : "#fff"};border-radius:16px;height:calc(100vh - 80px);overflow:auto;margin-right:56px}
.lT{width:100%;border-collapse:collapse;table-layout:fixed}.lR{cursor:pointer;height:40px}.lR.uR{font-weight:700}.lR td{border-bottom:1px solid ${dark ? "#2e3238" : "#eceff1"};padding:0 10px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.sN{color:#7d8590;font-weight:400}.hB{padding:4px 24px}.hB h2{margin:8px 0;font-weight:400;font-size:22px;line-height:28px}
.mI{border-top:1px solid ${dark ? "#2e3238" : "#eceff1"};padding:12px 24px}.gD{font-weight:700}.gI{color:#7d8590;font-size:12px}
.tB{padding:8px 24px}.bT{display:inline-block;cursor:pointer;padding:4px 14px;border:1px solid #747775;border-radius:18px;margin:4px 8px 4px 0}
.dK{position:fixed;right:72px;bottom:0;display:flex;flex-direction:row-reverse;gap:12px;align-items:flex-end;z-index:20}
.cW{width:470px;background:${dark ? "#25282d" : "#fff"};border-radius:8px 8px 0 0;box-shadow:0 8px 24px rgba(0,0,0,.35)}.cW.fS{position:fixed;inset:30px 80px;width:auto}
.cH{background:${dark ? "#33373d" : "#f2f6fc"};padding:8px 14px;font-weight:500}.cH .iC{float:right}
.iC{cursor:pointer;padding:0 6px}.cI{border:1px solid ${dark ? "#42464e" : "#dadce0"};border-radius:8px;margin:8px 24px}
.fL{border-bottom:1px solid ${dark ? "#2e3238" : "#eceff1"};margin:0 14px;padding:5px 0;display:flex;flex-wrap:wrap}.fL input{border:0;outline:0;flex:1;min-width:80px;font:inherit;background:none;color:inherit}
.fL[hidden]{display:none}.oP>div{display:inline-block}.oP{border:1px solid #747775;border-radius:12px;padding:0 8px;margin-right:4px}.eD{min-height:160px;max-height:300px;overflow:auto;padding:10px 14px;outline:0}
.fF{padding:8px 14px}.sB{display:inline-block;background:#0b57d0;color:#fff;border-radius:18px 0 0 18px;padding:8px 16px;cursor:pointer}.sA{display:inline-block;background:#0b57d0;color:#fff;border-radius:0 18px 18px 0;padding:8px 8px;cursor:pointer;margin-left:1px}
.mN{position:absolute;background:${dark ? "#33373d" : "#fff"};box-shadow:0 2px 8px rgba(0,0,0,.35);padding:6px 0;z-index:40;bottom:44px}.mN div[role]{padding:6px 18px;cursor:pointer}
.dL{position:fixed;left:50%;top:30%;margin-left:-160px;width:320px;background:${dark ? "#33373d" : "#fff"};box-shadow:0 8px 30px rgba(0,0,0,.4);z-index:60;padding:16px}.dL div[role]{padding:8px;cursor:pointer}
.tO{position:fixed;left:24px;bottom:24px;background:#202124;color:#fff;border-radius:4px;padding:12px 20px;z-index:50}.tO:empty{display:none}.tO span+div{display:inline-block;margin-left:16px;color:#8ab4f8;cursor:pointer}
.rB{position:fixed;right:0;top:64px;width:56px;bottom:0}
`;

const acts = new WeakMap();
const keys = new WeakMap();

function closest(map, target) {
  let found = target;
  while (found && !map.has(found)) found = found.parentElement;
  return found && map.get(found);
}

// One pair of ears for all of the page.
document.addEventListener("click", (event) => closest(acts, event.target)?.(event));
document.addEventListener("keydown", (event) => {
  if (closest(keys, event.target)?.(event)) {
    event.preventDefault();
    return;
  }
  const pressed = (event.key === "Enter" || event.key === " ") && !event.ctrlKey && !event.metaKey;
  if (!pressed || !acts.has(event.target)) return;
  event.preventDefault();
  acts.get(event.target)(event);
});

function pressed(element, act) {
  acts.set(element, act);
  return element;
}

const button = (label, act, more = {}, shown = label) =>
  pressed(el("div", { role: "button", tabindex: "0", "aria-label": label, "data-tooltip": label, class: "bT", ...more }, shown), act);

let nav = [];
let unreadBadge;

function shell(folders, on) {
  document.head.append(el("style", {}, STYLE));
  nav = folders.map((name) => el("a", { href: `#${name}`, class: "nI", "data-folder": name }, words[name], name === "inbox" && (unreadBadge = el("span", {}))));
  const main = el("div", { class: "mA", role: "main" });
  const dock = el("div", { class: "dK" });
  const toasts = el("div", { class: "tO", role: "alert", "aria-live": "assertive" });
  const { name, address } = start.account;
  const account = el("a", { class: "aC", role: "button", tabindex: "0", "aria-label": `${words.account}: ${name}  \n(${address})`, href: "https://accounts.google.com/SignOutOptions" }, name[0]);
  const search = el("form", { role: "search" }, el("input", { class: "sE", "aria-label": words.search, placeholder: words.search, name: "q" }), account);
  const compose = el("div", { gh: "cm", role: "button", tabindex: "0", class: "cB" }, words.compose);
  const frame = el("table", { class: "xT" }, el("colgroup", {}, el("col", { style: "width:220px" }), el("col")), el("tbody", {},
    el("tr", { class: "hD" }, el("td", { colspan: "2" }, el("header", { role: "banner" }, search))),
    el("tr", {}, el("td", { class: "nV" }, el("div", { role: "navigation" }, pressed(compose, on.compose), ...nav)), el("td", {}, el("div", {}, el("div", {}, main)))),
  ));
  document.body.append(el("div", { class: "xV" }, el("div", {}, frame), el("div", { class: "rB", role: "complementary" }), el("div", { class: "dw" }, el("div", {}, dock)), toasts));
  return { main, dock, toasts };
}

function mark(folder) {
  for (const item of nav) item.toggleAttribute("aria-current", item.dataset.folder === folder);
}

const unread = (count) => (unreadBadge.textContent = count ? ` ${count}` : "");

function list(folder, rows, open) {
  const lines = rows.map((row) => pressed(
    el("tr", { class: `lR${row.unread ? " uR" : ""}`, role: "row", tabindex: "-1", draggable: "true" },
      el("td", { role: "gridcell", style: "width:24px" }, el("div", { role: "checkbox", "aria-checked": "false", tabindex: "-1", "aria-label": row.subject })),
      el("td", { role: "gridcell", style: "width:190px" }, el("div", {}, el("div", {}, ...people(row.who, folder), row.count > 1 && ` ${row.count}`))),
      el("td", { role: "gridcell" }, el("div", { role: "link" }, el("div", {}, el("span", {}, el("span", {
        "data-thread-id": `#thread-a:r${row.id}`, "data-legacy-thread-id": row.id, "data-legacy-last-message-id": row.last,
      }, row.subject)), el("span", { class: "sN" }, ` - ${row.snippet}`)))),
      el("td", { role: "gridcell", style: "width:80px" }, el("span", { title: row.at }, el("span", {}, time(row.at)))),
    ), () => open(row)));
  return el("div", {}, toolbar(), el("div", {}, el("table", { class: "lT", role: "grid" }, el("tbody", {}, ...lines))));
}

const toolbar = (...inside) => el("div", { gh: "mtb", class: "tB" }, el("div", { gh: "tm" }, ...inside));

function people(who, folder) {
  const shown = who.map((person) => el("span", { email: person.address, name: person.name || person.address, "data-hovercard-id": person.address }, person.name || person.address));
  return folder === "sent" ? ["To: ", ...shown] : shown;
}

function thread(found, on) {
  const slot = el("div", { class: "sL" });
  const messages = el("div", { role: "list" }, ...found.messages.map((message) => shownMessage(message, on)));
  const element = el("div", {},
    toolbar(button(words.back, on.back)),
    el("div", { class: "hB" }, el("h2", { tabindex: "-1", "data-thread-perm-id": `thread-a:r${found.id}`, "data-legacy-thread-id": found.id }, found.subject)),
    messages, slot, answers(found.messages.at(-1), on));
  return { element, slot, justSent: (answer) => messages.append(fresh(answer)) };
}

function shownMessage(message, on) {
  const { from, to } = message;
  const head = el("table", {}, el("tbody", {}, el("tr", {}, el("td", {}, el("h3", { style: "margin:0;font-size:14px" },
    el("span", { email: from.address, name: from.name || from.address, "data-hovercard-id": from.address, class: "gD" }, from.name || from.address))),
  el("td", { class: "gI" }, time(message.at))), el("tr", {}, el("td", { colspan: "2", class: "gI" }, `${words.about} `,
    ...to.map((person) => el("span", { email: person.address, name: person.name || person.address, "data-hovercard-id": person.address, dir: "ltr" }, `${person.name || person.address} `))))));
  const body = fill(el("div", { dir: "ltr" }), message.html);
  return el("div", { role: "listitem", class: "mI" }, el("div", { "data-message-id": `#msg-a:r${message.id}`, "data-legacy-message-id": message.id },
    head, el("div", {}, el("div", { class: "a3" }, body)), button(words.reply, () => on.answer(message, "reply"))));
}

// What was just sent has no id of the API yet.
function fresh(answer) {
  return el("div", { role: "listitem", class: "mI" }, el("div", { "data-message-id": `#msg-a:r-${answer.draft}` },
    el("span", { email: start.account.address, name: start.account.name }, start.account.name), fill(el("div", {}), answer.html)));
}

const answers = (message, on) => el("div", { class: "tB" },
  ...["reply", "all", "forward"].map((kind) => pressed(el("span", { role: "link", tabindex: "0", class: "bT" }, words[kind === "all" ? "replyAll" : kind]), () => on.answer(message, kind))));

function field(name, label) {
  const chips = el("div", { role: "listbox", "aria-multiselectable": "true", style: "display:contents" });
  const entry = el("input", { type: "text", role: "combobox", "aria-label": label, "aria-expanded": "false", "aria-haspopup": "listbox", autocomplete: "off" });
  return { chips, entry, element: el("div", { name, class: "fL" }, el("div", { style: "display:contents" }, el("div", { style: "display:contents" }, chips)), entry) };
}

function compose(place, id, on) {
  const docked = place === "dock";
  const fields = { to: field("to", words.to), cc: field("cc", words.cc), bcc: field("bcc", words.bcc) };
  fields.cc.element.hidden = fields.bcc.element.hidden = true;
  const more = button(words.addCc, () => (fields.cc.element.hidden = fields.bcc.element.hidden = false), { class: "iC" }, "Cc Bcc");
  fields.to.element.append(more);
  const hidden = Object.fromEntries(["composeid", "draft", "ishtml", "from"].map((name) => [name, el("input", { type: "hidden", name })]));
  hidden.composeid.value = id;
  hidden.from.value = start.account.address;
  const subject = el("input", { name: "subjectbox", "aria-label": words.subject, placeholder: words.subject });
  const body = el("div", { g_editable: "true", contenteditable: "true", role: "textbox", "aria-multiline": "true", "aria-label": words.body, tabindex: "1", class: "eD", dir: "ltr" });
  const linkRow = links(on);
  const form = el("form", { enctype: "multipart/form-data", method: "POST" }, ...Object.values(hidden), fields.to.element, fields.cc.element, fields.bcc.element,
    el("div", { class: "fL", hidden: !docked }, subject));
  form.addEventListener("submit", (event) => event.preventDefault());
  const foot = el("table", { role: "group", class: "fF" }, el("tbody", {}, el("tr", {}, el("td", { style: "position:relative" },
    pressed(el("div", { role: "button", tabindex: "1", class: "sB", "data-tooltip": sendLabel, "aria-label": sendLabel }, words.send), on.send),
    pressed(el("div", { role: "button", tabindex: "1", class: "sA", "aria-haspopup": "true", "aria-label": words.more, "data-tooltip": words.more }, "▾"), (event) => scheduleMenu(event.target.parentElement, on)),
  ), el("td", {}, button(words.link, () => (linkRow.hidden = !linkRow.hidden), { class: "iC" }, "Link")),
  el("td", { style: "position:relative" }, button(words.options, (event) => optionsMenu(event.target.parentElement, on), { class: "iC" }, "⋮")),
  el("td", {}, button(words.discard, on.discard, { class: "iC" }, "Bin")))));
  const inside = el("table", { style: "width:100%" }, el("tbody", {}, el("tr", {}, el("td", {}, form,
    el("table", { style: "width:100%" }, el("tbody", {}, el("tr", {}, el("td", {}, el("div", {}, body))))), linkRow, foot))));
  const root = docked
    ? el("div", { role: "dialog", "aria-label": words.newMessage, class: "cW" }, head(on), el("div", { role: "region" }, inside))
    : el("div", { role: "region", "aria-label": words.reply, class: "cI" }, button(words.popOut, on.popOut, { class: "iC" }, "↗"), inside);
  return { root, fields, hidden, subject, body };
}

const head = (on) => el("div", { class: "cH" }, words.newMessage,
  button(words.close, on.close, { class: "iC" }, "✕"), button(words.full, on.full, { class: "iC" }, "⤢"));

function links(on) {
  const text = el("input", { "aria-label": words.linkText, placeholder: words.linkText });
  const url = el("input", { "aria-label": words.linkUrl, placeholder: words.linkUrl });
  const row = el("div", { class: "fL", hidden: true }, text, url, button(words.apply, () => {
    on.link(text.value, url.value);
    text.value = url.value = "";
    row.hidden = true;
  }));
  return row;
}

function menu(host, items) {
  host.querySelector("[role=menu]")?.remove();
  const made = el("div", { role: "menu", class: "mN" }, ...items.map(([label, act, more]) => pressed(el("div", { role: "menuitem", tabindex: "-1", ...more }, el("div", {}, label)), () => {
    made.remove();
    act();
  })));
  host.append(made);
}

const scheduleMenu = (host, on) => menu(host, [[words.schedule, () => scheduleDialog(on), { selector: "scheduledSend" }]]);
const optionsMenu = (host, on) => menu(host, [[words.plain, on.plain, { role: "menuitemcheckbox" }]]);

function scheduleDialog(on) {
  const choice = (label, after) => pressed(el("div", { role: "menuitem", tabindex: "0" }, label), () => {
    made.remove();
    on.schedule(after);
  });
  const made = el("div", { role: "dialog", "aria-label": words.schedule, class: "dL" }, el("h3", {}, words.schedule),
    el("div", { role: "menu" }, choice(words.tomorrow, 72000), choice(words.monday, 240000)), button(words.close, () => made.remove(), {}, "✕"));
  document.body.append(made);
}

function fullScreen(parts) {
  // Moved in the page, as Gmail does it: what was bound to the former place is lost.
  const screen = el("div", { class: "dw" }, parts.root);
  parts.root.classList.add("fS");
  document.body.append(screen);
}

const chip = (place, name, person, remove) => el("div", { role: "option", class: "oP", "data-hovercard-id": person.address, "data-name": person.name, tabindex: "-1" },
  el("div", {}, person.name || person.address), button(words.remove, remove, { class: "iC" }, "×"));

export const tables = { shell, mark, unread, list, thread, compose, fullScreen, chip, button, onKeys: (root, act) => keys.set(root, act) };
