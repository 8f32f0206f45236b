/**
 * What can be done with a line of the feed, in the order of the arrow menu. What cannot be done is left out.
 * @import { App } from "./app.js"
 * @import { FeedItem, SystemLinks } from "./api-types.js"
 * @import { Entry, Menu } from "./lf-menu.js"
 */
import { nameOf, possibleNames, subjectText, whoText } from "./format.js";
import { entryOf, waysTo } from "./reach.js";

/**
 * @typedef {object} Line
 * @property {App} app
 * @property {FeedItem} item
 * @property {Document} page where the line stands
 * @property {boolean} away the page of a message opens beside this window
 * @property {() => void} showAll
 * @property {() => void} add the unknown person to the people
 * @property {(kind: "message" | "person", muted: boolean) => void} mute
 * @property {(archived: boolean) => void} archive
 * @property {(watched: boolean) => void} watch
 * @property {SystemLinks | null} links
 */

/** @type {((line: Line) => Entry[])[]} one function a group; a group without entries is not drawn */
const GROUPS = [more, reach, (line) => [...follow(line), ...quiet(line)], elsewhere];

/** @param {Line} line @returns {Menu} */
export function menuOf(line) {
  const { i18n } = line.app;
  const { person, possible } = line.item.who;
  const about = person ? (person.name ? person.address : "") : possibleNames(i18n, possible);
  return { title: person ? nameOf(person) : whoText(i18n, line.item), line: about, groups: GROUPS.map((group) => group(line)) };
}

/** @param {Line} line @returns {Entry[]} */
function more({ app, item, showAll, add }) {
  const entries = [];
  if (item.count > 1) {
    const key = item.hidden ? "menu.show-fetches" : `menu.show-${item.kind}s`;
    entries.push({ icon: item.kind === "click" ? "click" : "eye", label: app.i18n.t(key, { count: item.count }), run: showAll });
  }
  if (item.who.person && !item.who.person.known) entries.push({ icon: "user-plus", label: app.i18n.t("menu.add-person"), run: add });
  return entries;
}

/** @param {Line} line @returns {Entry[]} */
function reach({ app, item, page }) {
  const { person, account } = item.who;
  const ways = person ? waysTo(app, person, account).map((way) => entryOf(app, page, way)) : [];
  const subject = subjectText(item);
  const name = subject ? app.i18n.t("task.follow-up", { subject }) : "";
  const type = item.message ? /** @type {const} */ ("email") : /** @type {const} */ ("call");
  const draft = { person: person?.id ? person : null, written: { name, message_id: item.message?.id ?? null, type } };
  return [...ways, { icon: "task", label: app.i18n.t("menu.new-task"), run: () => app.writeTask(page, draft) }];
}

/** Moments of one's own people come without watching. @param {Line} line @returns {Entry[]} */
function follow({ app, page, item, watch }) {
  const { person, watched } = item.who;
  const own = item.moment !== null && item.feeds.includes("live");
  const id = person?.id;
  if (!person || !id) return [];
  const { i18n } = app;
  return [
    ...(own && !watched ? [] : [{ icon: "watch", label: i18n.t(watched ? "menu.unwatch" : "menu.watch"), run: () => watch(!watched) }]),
    { icon: "bell-plus", label: i18n.t("menu.subscribe"), run: () => app.subscribe(page, { person: { ...person, id }, item }) },
  ];
}

/** @param {Line} line @returns {Entry[]} */
function quiet({ app, item, mute, archive }) {
  const { person } = item.who;
  const muting = (/** @type {"message" | "person"} */ kind, /** @type {boolean} */ now) => ({
    icon: now ? "bell" : "bell-off",
    label: app.i18n.t(now ? `menu.unmute-${kind}` : `menu.mute-${kind}`),
    run: () => mute(kind, !now),
  });
  const ofPerson = person?.id ? [muting("person", person.muted)] : [];
  if (!item.message) return ofPerson;
  const { archived, muted } = item.message;
  return [
    muting("message", muted),
    ...ofPerson,
    {
      icon: archived ? "archive-restore" : "archive",
      label: app.i18n.t(archived ? "menu.unarchive" : "menu.archive"),
      run: () => archive(!archived),
    },
  ];
}

/** @param {Line} line @returns {Entry[]} */
function elsewhere({ app, item, away, links }) {
  const { i18n } = app;
  const outside = (/** @type {string} */ label, /** @type {string | null | undefined} */ href) => (href ? [{ icon: "external", label: i18n.t(label), href, away: true }] : []);
  const whose = item.who.person?.id;
  const person = whose ? [{ icon: "user", label: i18n.t("menu.person"), href: app.places.person(whose), away }] : [];
  if (!item.message) return [...person, ...outside("menu.marketo", links?.marketo), ...outside("menu.salesforce", links?.salesforce)];
  const { id, thread_url } = item.message;
  return [...person, ...outside("menu.thread", thread_url), { icon: "info", label: i18n.t("menu.details"), href: app.places.message(id), away }];
}
