"""When a card could not be made: what failed, what is safe, what to do."""

from server.cards import widgets
from server.cards.markup import bold
from server.cards.widgets import Click, Json, icon
from server.cards.words import Words


def failed_card(words: Words, again: Click) -> Json:
    rows = [
        widgets.row(bold(words("failed-what")), start=icon("error", words("warning")), wrap=True),
        widgets.text(words("failed-safe")),
        widgets.buttons([widgets.button(words("again"), again, kind="FILLED")]),
    ]
    return widgets.card("failed", words("failed-title"), [widgets.section(rows)])
