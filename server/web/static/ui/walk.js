/** j, k and the arrows walk through the rows of a list, wherever the focus is but in a field or on what has arrows of its own. */

const STEPS = /** @type {Record<string, number>} */ ({ j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 });

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
  const step = STEPS[event.key];
  const page = rows[0]?.ownerDocument;
  if (!step || !page) return;
  const at = rows.findIndex((row) => row.contains(page.activeElement));
  const elsewhere = at === -1 && page.activeElement !== page.body && !page.activeElement?.matches(".scroll");
  // What has the focus may have a use for the arrows.
  if (event.key.length > 1 && elsewhere) return;
  const to = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
  if (event.key.length > 1) event.preventDefault();
  to?.focus({ preventScroll: true });
  to?.scrollIntoView({ block: "nearest" });
}
