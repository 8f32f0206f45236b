"""The first look, before anything happened."""

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.gmail import warning
from server.cards.markup import bold
from server.cards.site import Site
from server.cards.widgets import Json, icon
from server.cards.words import Words
from server.domain.mailboxes import Connection


def blank_card(connection: Connection, words: Words, act: Actions, site: Site) -> Json:
    rows = [
        widgets.row(bold(words("blank-what")), start=icon("visibility"), wrap=True),
        widgets.text(words("blank-how")),
        widgets.buttons(
            [
                widgets.button(words("new-task"), widgets.does(act("new-task"))),
                widgets.button(words("open-live"), widgets.opens(site.live)),
            ]
        ),
    ]
    menu = [(words("refresh"), widgets.does(act("refresh")))]
    sections = [widgets.section(warning(connection, words, site)), widgets.section(rows)]
    return widgets.card("home", words("product"), sections, subtitle=words.as_of(), image=site.sign, own_menu=menu)
