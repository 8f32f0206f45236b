"""What a rep can choose on a telephone too. Each choice holds at once."""

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.gmail import warning
from server.cards.markup import quiet as soft
from server.cards.markup import safe
from server.cards.site import Site
from server.cards.widgets import Json, Option, Widget, icon
from server.cards.words import Words
from server.domain.mailboxes import Connection
from server.domain.notifications import KINDS, Wishes
from server.i18n import LOCALES

LANGUAGE_INPUT, QUIET_INPUT, START_INPUT, END_INPUT = "language", "quiet", "quiet-start", "quiet-end"

_NAMES = {"en": "English", "fr": "Français", "zh-TW": "繁體中文"}
"""Each in its own words, for somebody who reads no other."""


def notice_input(kind: str) -> str:
    return f"notify-{kind}"


def settings_card(address: str, connection: Connection, wishes: Wishes, words: Words, act: Actions, site: Site) -> Json:
    """`address`: the rep's own."""
    sections = [
        widgets.section(_account(address, connection, words, act, site)),
        widgets.section([_notice(kind, wishes, words, act) for kind in KINDS], header=words("notify")),
        widgets.section(_quiet_hours(wishes, words, act), header=words("quiet")),
        widgets.section([widgets.text(soft(words("own-views-how")))], header=words("own-views")),
        widgets.section([widgets.buttons(_further(connection, words, act, site))]),
    ]
    return widgets.card("settings", words("settings"), sections, image=site.sign)


def _account(address: str, connection: Connection, words: Words, act: Actions, site: Site) -> list[Widget]:
    connected = widgets.row(words("connected-as", address=safe(address, 100)), start=icon("mail"), wrap=True)
    languages = [Option(_NAMES[locale], locale, locale == words.locale) for locale in LOCALES]
    language = widgets.choice(LANGUAGE_INPUT, words("language"), languages, changes=act("choose-language"))
    return [*(warning(connection, words, site) or [connected]), language]


def _notice(kind: str, wishes: Wishes, words: Words, act: Actions) -> Widget:
    changes = act("choose-notice", kind=kind)
    control = widgets.switch(notice_input(kind), on=wishes.tells(kind), changes=changes)
    return widgets.row(words(f"notify-{kind}"), wrap=True, control=control)


def _quiet_hours(wishes: Wishes, words: Words, act: Actions) -> list[Widget]:
    quiet, changes = wishes.quiet, act("choose-quiet")
    rows = [widgets.row(words("quiet-on"), wrap=True, control=widgets.switch(QUIET_INPUT, on=quiet.on, changes=changes))]
    if not quiet.on:
        return rows
    return [
        *rows,
        widgets.time_input(START_INPUT, words("quiet-from"), quiet.start, changes),
        widgets.time_input(END_INPUT, words("quiet-until"), quiet.end, changes),
    ]


def _further(connection: Connection, words: Words, act: Actions, site: Site) -> list[Json]:
    more = widgets.button(words("all-settings"), widgets.opens(f"{site.url}/settings"))
    if connection is Connection.NONE:
        return [more]
    sure = [
        widgets.text(words("disconnect-what")),
        widgets.buttons([widgets.button(words("disconnect-yes"), widgets.does(act("disconnect")), kind="FILLED")]),
    ]
    asked = widgets.card("disconnect", words("disconnect"), [widgets.section(sure)])
    return [more, widgets.button(words("disconnect"), widgets.shows(asked))]
