/**
 * What can be done with one line of a person's timeline. What concerns the person stands at the top of their page.
 * @import { App } from "./app.js"
 * @import { FeedItem, SystemLinks } from "./api-types.js"
 * @import { Entry, Menu } from "./lf-menu.js"
 */

/**
 * @param {App} app @param {FeedItem} item @param {string} title @param {SystemLinks | null} links
 * @param {{ showAll: () => void, mute: (muted: boolean) => void, archive: (archived: boolean) => void }} deeds
 * @returns {Menu}
 */
export function eventMenu(app, item, title, links, deeds) {
  const { i18n } = app;
  const shown = item.hidden ? "menu.show-fetches" : `menu.show-${item.kind}s`;
  const all = item.count > 1 ? [{ icon: item.kind === "click" ? "click" : "eye", label: i18n.t(shown, { count: item.count }), run: deeds.showAll }] : [];
  return { title, groups: [all, quiet(app, item, deeds), elsewhere(app, item, links)] };
}

/** @param {App} app @param {FeedItem} item @param {{ mute: (muted: boolean) => void, archive: (archived: boolean) => void }} deeds @returns {Entry[]} */
function quiet({ i18n }, { message }, { mute, archive }) {
  if (!message) return [];
  const { muted, archived } = message;
  return [
    { icon: muted ? "bell" : "bell-off", label: i18n.t(muted ? "menu.unmute-message" : "menu.mute-message"), run: () => mute(!muted) },
    { icon: archived ? "archive-restore" : "archive", label: i18n.t(archived ? "menu.unarchive" : "menu.archive"), run: () => archive(!archived) },
  ];
}

/** @param {App} app @param {FeedItem} item @param {SystemLinks | null} links @returns {Entry[]} */
function elsewhere({ i18n, places }, { message }, links) {
  const outside = (/** @type {string} */ label, /** @type {string | null | undefined} */ href) => (href ? [{ icon: "external", label: i18n.t(label), href, away: true }] : []);
  if (!message) return [...outside("menu.marketo", links?.marketo), ...outside("menu.salesforce", links?.salesforce)];
  return [...outside("menu.thread", message.thread_url), { icon: "info", label: i18n.t("menu.details"), href: places.message(message.id) }];
}
