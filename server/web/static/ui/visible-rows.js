/** Which rows of a long list are drawn. */

const ALL = 200;
const BEYOND = 12;

/**
 * The rows in sight and a few beyond; all of a list that is not long.
 * @param {{ count: number, height: number, above: number, sight: number }} list `above`: how much of it, in pixels, is scrolled out of sight
 * @returns {{ from: number, to: number }}
 */
export function visibleRows({ count, height, above, sight }) {
  if (count <= ALL || height <= 0) return { from: 0, to: count };
  const first = Math.floor(Math.max(0, above) / height);
  const from = Math.max(0, Math.min(first - BEYOND, count - 1));
  return { from, to: Math.min(count, first + Math.ceil(sight / height) + BEYOND) };
}
