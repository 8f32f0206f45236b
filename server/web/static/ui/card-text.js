/** Text of a card: Google's little HTML, read without ever becoming part of the page. Pure. */

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Where a card may lead: the web, a mail, a call. Plain http only to this machine. @param {unknown} url @returns {string | null} */
export function allowed(url) {
  if (typeof url !== "string" || !URL.canParse(url)) return null;
  const { protocol, hostname, href } = new URL(url);
  if (protocol === "https:" || protocol === "mailto:" || protocol === "tel:") return href;
  return protocol === "http:" && LOCAL.has(hostname) ? href : null;
}

/** Whether a press leaves this page. @param {string} url */
export function leaves(url) {
  return /^https?:/.test(url);
}

/** @typedef {{ tag: string, attributes: string, children: (Piece | string)[] }} Piece */

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)\/?>/gi;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi;
const NAMED = /** @type {Record<string, string>} */ ({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" });
const ALONE = new Set(["br", "img", "hr", "wbr", "input"]);
export const DROPPED = new Set(["script", "style", "template", "noscript", "title", "textarea", "iframe"]);

/** Without any markup. @param {unknown} text @returns {string} */
export function bare(text) {
  return typeof text === "string" ? parse(text).map(said).join("").trim() : "";
}

/** A tree of what the text marks up; a tag nobody closes ends with the text. @param {string} text @returns {(Piece | string)[]} */
export function parse(text) {
  const root = /** @type {Piece} */ ({ tag: "", attributes: "", children: [] });
  const open = [root];
  let at = 0;
  for (const found of text.matchAll(TAG)) {
    const [whole, closing = "", name = "", attributes = ""] = found;
    const tag = name.toLowerCase();
    add(open, text.slice(at, found.index));
    at = found.index + whole.length;
    if (closing) close(open, tag);
    else {
      const piece = { tag, attributes, children: [] };
      open.at(-1)?.children.push(piece);
      if (!ALONE.has(tag)) open.push(piece);
    }
  }
  add(open, text.slice(at));
  return root.children;
}

/** @param {Piece[]} open @param {string} text */
function add(open, text) {
  if (text) open.at(-1)?.children.push(text.replaceAll(ENTITY, decoded));
}

/** @param {Piece[]} open @param {string} tag */
function close(open, tag) {
  const at = open.findLastIndex((piece) => piece.tag === tag);
  if (at > 0) open.length = at;
}

/** @param {string} whole @param {string | undefined} decimal @param {string | undefined} hex @param {string | undefined} name */
function decoded(whole, decimal, hex, name) {
  if (name) return NAMED[name.toLowerCase()] ?? whole;
  const point = decimal ? Number(decimal) : Number.parseInt(hex ?? "", 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : "";
}

/** @param {Piece | string} piece @returns {string} */
function said(piece) {
  if (typeof piece === "string") return piece;
  if (piece.tag === "br") return " ";
  return DROPPED.has(piece.tag) ? "" : piece.children.map(said).join("");
}

/** @param {Piece} piece @param {string} name @returns {string} */
export function attribute({ attributes }, name) {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'=]+))`, "i").exec(attributes);
  return (found?.[1] ?? found?.[2] ?? found?.[3] ?? "").replaceAll(ENTITY, decoded);
}
