"""Gmail access that is missing: said at the top of other cards, and on a card of its own where nothing works without it."""

from server.cards import widgets
from server.cards.markup import bold
from server.cards.site import Site
from server.cards.widgets import Json, Widget, icon
from server.cards.words import Words
from server.domain.mailboxes import Connection


def warning(connection: Connection, words: Words, site: Site) -> list[Widget]:
    """One row; none while Gmail answers or only stutters."""
    if connection.alive:
        return []
    told, sign = bold(words(f"gmail-{connection}")), icon("warning", words("warning"))
    if connection is Connection.ADMIN_BLOCKED:
        return [widgets.row(told, start=sign, wrap=True)]
    return [widgets.row(told, start=sign, wrap=True, control=widgets.at_end(_connect(words, site)))]


def gmail_missing_card(words: Words, site: Site) -> Json:
    asked = [
        widgets.row(bold(words("gmail-missing")), start=icon("warning", words("warning")), wrap=True),
        widgets.text(words("gmail-why")),
        widgets.buttons([_connect(words, site, filled=True)]),
    ]
    return widgets.card("gmail-missing", words("gmail-title"), [widgets.section(asked)])


def _connect(words: Words, site: Site, *, filled: bool = False) -> Json:
    return widgets.button(words("gmail-connect"), widgets.visits(site.connect), kind="FILLED" if filled else None)
