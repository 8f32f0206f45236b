/** A small window that stays on top of all others, where the browser has one (Document Picture-in-Picture). */

/** @typedef {{ requestWindow(size: { width: number, height: number }): Promise<Window>, window: Window | null }} PictureInPicture */

const SIZE = { width: 380, height: 640 };

/** @returns {PictureInPicture | null} */
export function onTop() {
  const found = /** @type {{ documentPictureInPicture?: PictureInPicture }} */ (/** @type {unknown} */ (globalThis)).documentPictureInPicture;
  return found ?? null;
}

/**
 * Opens that window, dressed as this page is. Needs a click.
 * @param {PictureInPicture} pictures
 * @returns {Promise<Window>}
 */
export async function openOnTop(pictures) {
  const opened = await pictures.requestWindow(SIZE);
  const root = opened.document.documentElement;
  root.lang = document.documentElement.lang;
  const theme = document.documentElement.dataset["theme"];
  if (theme) root.dataset["theme"] = theme;
  opened.document.title = document.title;
  opened.document.body.className = "lf";
  await Promise.all([...document.querySelectorAll('link[rel="stylesheet"]')].map((link) => dressed(opened.document, link)));
  return opened;
}

/** @param {Document} page @param {Element} link @returns {Promise<unknown>} once its rules are there, or can't be had */
function dressed(page, link) {
  const copy = page.createElement("link");
  copy.rel = "stylesheet";
  copy.href = /** @type {HTMLLinkElement} */ (link).href;
  const settled = new Promise((resolve) => {
    copy.addEventListener("load", resolve);
    copy.addEventListener("error", resolve);
  });
  page.head.append(copy);
  return settled;
}
