"""For somebody Google knows, but we do not yet. Drawn again by itself once they signed in."""

from server.cards import widgets
from server.cards.site import Site
from server.cards.widgets import Json
from server.cards.words import Words


def connect_card(words: Words, site: Site, sign_in: str) -> Json:
    """`sign_in`: the page where that is done."""
    rows = [
        widgets.text(words("connect-what")),
        widgets.buttons([widgets.button(words("connect-button"), widgets.visits(sign_in), kind="FILLED")]),
        widgets.text(words("connect-back")),
    ]
    return widgets.card("connect", words("connect-title"), [widgets.section(rows)], image=site.sign)
