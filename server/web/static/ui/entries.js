/**
 * What can be done with a line of the feed, in the order of the arrow menu. What cannot be done is left out.
 * @import { App } from "./app.js"
 * @import { FeedItem } from "./api-types.js"
 * @import { Entry, Menu } from "./lf-menu.js"
 */
import { nameOf, possibleNames, whoText } from "./format.js";

/**
 * @typedef {object} Line
 * @property {App} app
 * @property {FeedItem} item
 * @property {boolean} away the page of a message opens beside this window
 * @property {() => void} showAll
 * @property {(archived: boolean) => void} archive
 */

/** @type {((line: Line) => Entry[])[]} one function a group; a group without entries is not drawn */
const GROUPS = [hits, tracking, elsewhere];

/** @param {Line} line @returns {Menu} */
export function menuOf(line) {
  const { i18n } = line.app;
  const { person, possible } = line.item.who;
  const about = person ? (person.name ? person.address : "") : possibleNames(i18n, possible);
  return { title: person ? nameOf(person) : whoText(i18n, line.item), line: about, groups: GROUPS.map((group) => group(line)) };
}

/** @param {Line} line @returns {Entry[]} */
function hits({ app, item, showAll }) {
  if (item.count < 2) return [];
  const icon = item.kind === "click" ? "click" : "eye";
  const key = item.hidden ? "menu.show-fetches" : `menu.show-${item.kind}s`;
  return [{ icon, label: app.i18n.t(key, { count: item.count }), run: showAll }];
}

/** @param {Line} line @returns {Entry[]} */
function tracking({ app, item, archive }) {
  const { archived } = item.message;
  return [
    {
      icon: archived ? "archive-restore" : "archive",
      label: app.i18n.t(archived ? "menu.unarchive" : "menu.archive"),
      run: () => archive(!archived),
    },
  ];
}

/** @param {Line} line @returns {Entry[]} */
function elsewhere({ app, item, away }) {
  const { id, thread_url } = item.message;
  const details = { icon: "info", label: app.i18n.t("menu.details"), href: app.places.message(id), away };
  if (!thread_url) return [details];
  return [{ icon: "external", label: app.i18n.t("menu.thread"), href: thread_url, away: true }, details];
}
