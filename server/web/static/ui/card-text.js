/** Text of a card: Google's little HTML, read without ever becoming part of the page. Only what is known is drawn anew. */
import { html } from "./vendor/lit.js";

const COLOUR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
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

/** @param {unknown} text @param {{ links?: boolean }} [how] without links inside something that is pressed itself */
export function rich(text, { links = true } = {}) {
  if (typeof text !== "string") return "";
  if (!/[<&]/.test(text)) return lines(text);
  // A document of its own: its scripts never run, its pictures are never fetched.
  const { body } = new DOMParser().parseFromString(text, "text/html");
  return [...body.childNodes].map((node) => drawn(node, links));
}

/** The same without any markup. @param {unknown} text @returns {string} */
export function bare(text) {
  if (typeof text !== "string") return "";
  if (!/[<&]/.test(text)) return text;
  const { body } = new DOMParser().parseFromString(text.replaceAll(/<br\s*\/?>/gi, " "), "text/html");
  return (body.textContent ?? "").trim();
}

/** @param {string} text */
function lines(text) {
  return text.split("\n").map((line, index) => (index ? html`<br />${line}` : line));
}

/** @param {Node} node @param {boolean} links @returns {unknown} */
function drawn(node, links) {
  if (node.nodeType === Node.TEXT_NODE) return lines(node.nodeValue ?? "");
  if (!(node instanceof Element)) return "";
  const inside = [...node.childNodes].map((child) => drawn(child, links));
  switch (node.localName) {
    case "b":
    case "strong":
      return html`<b>${inside}</b>`;
    case "i":
    case "em":
      return html`<i>${inside}</i>`;
    case "u":
      return html`<u>${inside}</u>`;
    case "s":
    case "strike":
    case "del":
      return html`<s>${inside}</s>`;
    case "br":
      return html`<br />`;
    case "font":
      return coloured(node, inside);
    case "a":
      return link(node, inside, links);
    case "script":
    case "style":
    case "template":
    case "noscript":
      return "";
    default:
      return inside;
  }
}

/** Colours are ours: what the card makes grey is our quiet ink, any other colour is plain ink. @param {Element} node @param {unknown} inside */
function coloured(node, inside) {
  const colour = node.getAttribute("color") ?? "";
  return COLOUR.test(colour) && isGrey(colour) ? html`<span class="muted">${inside}</span>` : inside;
}

/** @param {string} colour */
function isGrey(colour) {
  const long = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : (colour.slice(1).match(/../g) ?? []);
  const parts = long.map((part) => Number.parseInt(part, 16));
  return Math.max(...parts) - Math.min(...parts) < 40;
}

/** @param {Element} node @param {unknown} inside @param {boolean} links */
function link(node, inside, links) {
  const url = allowed(node.getAttribute("href"));
  if (!links || url === null) return inside;
  return leaves(url) ? html`<a class="link" href=${url} target="_blank" rel="noopener noreferrer">${inside}</a>` : html`<a class="link" href=${url}>${inside}</a>`;
}
