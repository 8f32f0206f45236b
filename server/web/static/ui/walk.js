/** j and k walk through the rows of a list, wherever the focus is but in a field. */

/** @param {KeyboardEvent} event @returns {boolean} */
export function isTyping(event) {
  const target = /** @type {Partial<Element> | null} */ (event.target);
  return Boolean(target?.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable], dialog"));
}

/** @param {KeyboardEvent} event */
export function isPlain(event) {
  return !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event);
}

/** @param {KeyboardEvent} event @param {HTMLElement[]} rows */
export function walk(event, rows) {
  const step = { j: 1, k: -1 }[event.key];
  const page = rows[0]?.ownerDocument;
  if (!step || !page) return;
  const at = rows.findIndex((row) => row.contains(page.activeElement));
  const to = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
  to?.focus({ preventScroll: true });
  to?.scrollIntoView({ block: "nearest" });
}
