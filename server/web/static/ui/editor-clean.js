/** What of HTML may stand in a mail that is written here: words, emphasis, links and lists. The server holds it to the same. */

/** @type {Record<string, string>} a tag as it is kept */
const KEPT = { a: "a", b: "b", strong: "b", i: "i", em: "i", u: "u", br: "br", ul: "ul", ol: "ol", li: "li", p: "p", blockquote: "blockquote" };
const BLOCKS = new Set(["div", "section", "article", "header", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "dt", "dd", "pre", "figure"]);
const GONE = new Set(["script", "style", "head", "title", "meta", "template", "noscript", "iframe", "object", "svg", "math", "img"]);
const REACHES = /^(?:https?|mailto|tel):/i;
const TAG = /<[a-z][^>]*>/gi;
const ACTS = /[\s/](on[a-z]+|style)(?=\s*=)/gi;
const BOLD = /font-weight:\s*(?:bold|bolder|[6-9]00)\b/;
const ITALIC = /font-style:\s*italic/;
const NORMAL = /font-weight:\s*normal/;
const PAGE = /\bhttps?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]']/gi;

/** @param {string} html as somebody pasted it @param {boolean} [inLine] into a line: its own blocks become lines of that @returns {string} */
export function cleaned(html, inLine = false) {
  // Nothing of it may run or be applied, not even in a page nobody sees; what its styles say is only read.
  const inert = html.replaceAll(TAG, (tag) => tag.replaceAll(ACTS, " data-$1"));
  const parsed = new DOMParser().parseFromString(inert, "text/html");
  const into = document.implementation.createHTMLDocument("").createElement("div");
  for (const node of parsed.body.childNodes) keep(node, into);
  if (inLine) for (const block of [...into.querySelectorAll("p, div, blockquote")].reverse()) block.replaceWith(...(block.previousSibling ? [into.ownerDocument.createElement("br")] : []), ...block.childNodes);
  return into.innerHTML;
}

/** As it is sent: addresses of pages that somebody typed become links. @param {HTMLElement} written @returns {string} */
export function serialized(written) {
  const into = document.implementation.createHTMLDocument("").createElement("div");
  for (const node of written.childNodes) keep(node, into);
  link(into);
  return into.innerHTML;
}

/** Plain words with their lines. @param {string} text @returns {string} */
export function lines(text) {
  const into = document.implementation.createHTMLDocument("").createElement("div");
  for (const [index, line] of text.replaceAll("\r\n", "\n").split("\n").entries()) {
    if (index) into.append(into.ownerDocument.createElement("br"));
    into.append(line);
  }
  return into.innerHTML;
}

/** @param {Node} node @param {Element} into */
function keep(node, into) {
  if (node.nodeType === Node.TEXT_NODE) into.append(node.textContent ?? "");
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const element = /** @type {HTMLElement} */ (node);
  const name = element.localName;
  if (GONE.has(name)) return;
  let inside = into;
  for (const tag of tags(element, name)) inside = inside.appendChild(into.ownerDocument.createElement(tag));
  if (inside.localName === "a") {
    const href = element.getAttribute("href") ?? "";
    if (REACHES.test(href)) inside.setAttribute("href", href);
  }
  for (const child of element.childNodes) keep(child, inside);
}

/** What an element becomes, the outer one first. @param {HTMLElement} element @param {string} name @returns {string[]} */
function tags(element, name) {
  const as = KEPT[name] ?? (BLOCKS.has(name) ? "div" : "");
  // Google Docs wraps all it hands over in a <b> that is none.
  const style = element.dataset["style"] ?? element.getAttribute("style") ?? "";
  const plain = name === "b" && NORMAL.test(style);
  const found = as && !plain ? [as] : [];
  if (as !== "b" && BOLD.test(style)) found.push("b");
  if (as !== "i" && ITALIC.test(style)) found.push("i");
  return found;
}

/** @param {Element} inside */
function link(inside) {
  const page = inside.ownerDocument;
  const walker = page.createTreeWalker(inside, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) {
    if (text.parentElement?.closest("a")) continue;
    for (const found of [...text.data.matchAll(PAGE)].reverse()) {
      const rest = text.splitText(found.index);
      rest.splitText(found[0].length);
      const made = page.createElement("a");
      made.href = found[0];
      rest.replaceWith(made);
      made.append(rest);
    }
  }
}
