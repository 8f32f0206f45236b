/** A card's text drawn: only what Google's little HTML knows, made anew. @import { Piece } from "./card-text.js" */
import { DROPPED, allowed, attribute, leaves, parse } from "./card-text.js";
import { html } from "./vendor/lit.js";

const COLOUR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** @param {unknown} text @param {{ links?: boolean }} [how] without links inside something that is pressed itself */
export function rich(text, { links = true } = {}) {
  return typeof text === "string" ? parse(text).map((piece) => drawn(piece, links)) : "";
}

/** @param {string} text */
function lines(text) {
  return text.split("\n").map((line, index) => (index ? html`<br />${line}` : line));
}

/** @param {Piece | string} piece @param {boolean} links @returns {unknown} */
function drawn(piece, links) {
  if (typeof piece === "string") return lines(piece);
  if (DROPPED.has(piece.tag)) return "";
  const inside = piece.children.map((child) => drawn(child, links));
  switch (piece.tag) {
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
      return coloured(attribute(piece, "color"), inside);
    case "a":
      return links ? link(attribute(piece, "href"), inside) : inside;
    default:
      return inside;
  }
}

/** Colours are ours: what the card makes grey is our quiet ink, any other colour is plain ink. @param {string} colour @param {unknown} inside */
function coloured(colour, inside) {
  return COLOUR.test(colour) && isGrey(colour) ? html`<span class="muted">${inside}</span>` : inside;
}

/** @param {string} colour */
function isGrey(colour) {
  const long = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : (colour.slice(1).match(/../g) ?? []);
  const parts = long.map((part) => Number.parseInt(part, 16));
  return Math.max(...parts) - Math.min(...parts) < 40;
}

/** @param {string} address @param {unknown} inside */
function link(address, inside) {
  const url = allowed(address);
  if (url === null) return inside;
  return leaves(url) ? html`<a class="link" href=${url} target="_blank" rel="noopener noreferrer">${inside}</a>` : html`<a class="link" href=${url}>${inside}</a>`;
}
