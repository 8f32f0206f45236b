/** Where what floats is put: below its anchor, above it when there is no room, inside the window always. */

const GAP = 2;
const EDGE = 10;

/**
 * @param {HTMLElement} floating an open popover
 * @param {Element} anchor
 * @param {"start" | "end" | "middle"} align
 */
export function place(floating, anchor, align) {
  const view = anchor.ownerDocument.documentElement;
  const at = anchor.getBoundingClientRect();
  const { width, height } = floating.getBoundingClientRect();
  const lefts = { start: at.left, end: at.right - width, middle: (at.left + at.right - width) / 2 };
  const left = Math.max(EDGE, Math.min(lefts[align], view.clientWidth - width - EDGE));
  const below = at.bottom + GAP;
  const upward = below + height > view.clientHeight - EDGE && at.top - GAP - height >= EDGE;
  const top = upward ? at.top - GAP - height : Math.max(EDGE, Math.min(below, view.clientHeight - height - EDGE));
  floating.style.setProperty("left", `${left}px`);
  floating.style.setProperty("top", `${top}px`);
  floating.toggleAttribute("data-upward", upward);
}
