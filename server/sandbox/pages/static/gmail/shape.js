// Elements of the page, and which of the attributes that one may find them by are gone.

const start = JSON.parse(document.getElementById("start").textContent);

const has = (name) => (tag, attributes) => name in attributes;
const named = (...names) => (tag, attributes) => tag === "input" && names.includes(attributes.name);

// name → [which elements, which attributes they lose]
const BREAKS = {
  "body": [has("g_editable"), ["g_editable"]],
  "editable": [has("g_editable"), ["g_editable", "role", "contenteditable"]],
  "draft": [named("composeid", "draft"), ["name"]],
  "chips": [has("data-hovercard-id"), ["data-hovercard-id"]],
  "recipients": [(tag, a) => ["to", "cc", "bcc"].includes(a.name) || "data-hovercard-id" in a, ["name", "data-hovercard-id", "role"]],
  "subject": [named("subjectbox", "subject"), ["name"]],
  "send": [(tag, a) => /Enter\)/.test(a["data-tooltip"] ?? a["aria-label"] ?? ""), ["data-tooltip", "aria-label"]],
  "schedule": [has("selector"), ["selector"]],
  "thread": [(tag, a) => "data-legacy-thread-id" in a && tag === "h2", ["data-legacy-thread-id", "data-thread-perm-id"]],
  "rows": [(tag, a) => "data-legacy-thread-id" in a && tag !== "h2", ["data-legacy-thread-id", "data-thread-id"]],
  "messages": [has("data-message-id"), ["data-message-id", "data-legacy-message-id"]],
  "people": [has("email"), ["email", "name"]],
  "main": [(tag, a) => a.role === "main", ["role"]],
  "dialog": [(tag, a) => a.role === "dialog", ["role"]],
  "toolbars": [has("gh"), ["gh"]],
  "account": [(tag, a) => (a["aria-label"] ?? "").includes("@"), ["aria-label"]],
  "plain": [named("ishtml"), ["name"]],
};

const broken = start.broken.map((name) => BREAKS[name]).filter(Boolean);

/** @param children strings and elements; false and null are left out. */
export function el(tag, attributes = {}, ...children) {
  const found = document.createElement(tag);
  const gone = broken.filter(([which]) => which(tag, attributes)).flatMap(([, names]) => names);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) found.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false && !gone.includes(name)) found.setAttribute(name, value === true ? "" : value);
  }
  if (gone.includes("contenteditable")) found.setAttribute("contenteditable", "plaintext-only");
  found.append(...children.flat().filter((child) => child !== null && child !== false));
  return found;
}

// Gmail turns mails into elements through a policy of its own, as its page demands trusted types.
const policy = window.trustedTypes?.createPolicy("gmail#mail", { createHTML: (html) => html });

export function fill(element, html) {
  element.innerHTML = policy ? policy.createHTML(html) : html;
  return element;
}

export { start };
