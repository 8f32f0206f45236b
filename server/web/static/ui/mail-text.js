/** Plain words as they stand in a mail. */

const LINK = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]/g;
/** @type {Record<string, string>} */
const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Plain text as HTML: its lines, and its addresses as links. @param {string} text */
export function asHtml(text) {
  let html = "";
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    html += escaped(text.slice(at, found.index)) + `<a href="${escaped(found[0])}">${escaped(found[0])}</a>`;
    at = found.index + found[0].length;
  }
  return `<div>${(html + escaped(text.slice(at))).replaceAll("\n", "<br>\n")}</div>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => ESCAPED[sign] ?? sign);
}
