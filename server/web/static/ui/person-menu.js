/**
 * What can be done about a person, in the order of the arrow menu; and a person as rows and menus know people.
 * @import { App } from "./app.js"
 * @import { Person, PersonShort } from "./api-types.js"
 * @import { Menu } from "./lf-menu.js"
 */
import { nameOf } from "./format.js";
import { entryOf, waysTo } from "./reach.js";

/** The number to call: a mobile is nearer to somebody than a desk; a fax is none. @param {Person} person @returns {PersonShort} */
export function contactOf({ id, name, title, account, addresses, phones, linkedin, do_not_call, unsubscribed }) {
  const numbers = ["mobile", "phone"].flatMap((kind) => phones.filter((one) => one.kind === kind));
  return { id, name, title, account, address: addresses[0]?.address ?? null, phone: numbers[0]?.number ?? null, linkedin, do_not_call, unsubscribed };
}

/** @param {App} app @param {Document} page @param {Person} person @param {{ watch: (on: boolean) => void }} deeds @returns {Menu} */
export function personMenu(app, page, person, deeds) {
  const { i18n, places } = app;
  const who = contactOf(person);
  return {
    title: nameOf(who),
    line: who.name ? (who.address ?? "") : "",
    groups: [
      [
        ...waysTo(app, who, person.account).map((way) => entryOf(app, page, way)),
        { icon: "task", label: i18n.t("menu.new-task"), run: () => app.writeTask(page, { person: who, written: { type: "call" } }) },
      ],
      [
        { icon: "watch", label: i18n.t(person.watched ? "menu.unwatch" : "menu.watch"), run: () => deeds.watch(!person.watched) },
        ...(person.watched || person.owner?.id === app.viewer ? [{ icon: "bell-plus", label: i18n.t("menu.subscribe"), run: () => app.subscribe(page, { person: who }) }] : []),
      ],
      [{ icon: "user", label: i18n.t("menu.person"), href: places.person(person.id) }],
    ],
  };
}
