/**
 * What can be done about one of the best bets, in the order of the arrow menu.
 * @import { App } from "./app.js"
 * @import { BestBet } from "./api-types.js"
 * @import { Entry, Menu } from "./lf-menu.js"
 */
import { nameOf } from "./format.js";
import { entryOf, waysTo } from "./reach.js";

/**
 * @param {App} app @param {Document} page @param {BestBet} bet @param {number} days how long somebody is hidden
 * @param {{ watch: (on: boolean) => void, hide: (on: boolean) => void }} deeds
 * @returns {Menu}
 */
export function betMenu(app, page, { person, watched, hidden_until, links }, days, deeds) {
  const { i18n } = app;
  const hidden = hidden_until !== null;
  return {
    title: nameOf({ name: person.name, address: person.address ?? "" }),
    line: person.name ? (person.address ?? "") : "",
    groups: [
      [
        ...waysTo(app, person, person.account).map((way) => entryOf(app, page, way)),
        { icon: "task", label: i18n.t("menu.new-task"), run: () => app.writeTask(page, { person, written: { type: "call" } }) },
      ],
      [
        { icon: "watch", label: i18n.t(watched ? "menu.unwatch" : "menu.watch"), run: () => deeds.watch(!watched) },
        { icon: "bell-plus", label: i18n.t("menu.subscribe"), run: () => app.subscribe(page, { person }) },
        { icon: hidden ? "eye" : "eye-off", label: hidden ? i18n.t("best-bets.show") : i18n.t("best-bets.hide", { count: days }), run: () => deeds.hide(!hidden) },
      ],
      [{ icon: "user", label: i18n.t("menu.person"), href: app.places.person(person.id) }, ...outside(app, "menu.marketo", links.marketo), ...outside(app, "menu.salesforce", links.salesforce)],
    ],
  };
}

/** @param {App} app @param {string} label @param {string | null} href @returns {Entry[]} */
function outside({ i18n }, label, href) {
  return href ? [{ icon: "external", label: i18n.t(label), href, away: true }] : [];
}
