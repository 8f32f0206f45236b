"""Every view or click of one line: when, where, with what."""

from collections.abc import Sequence

from server.cards import widgets
from server.cards.markup import plain, quiet
from server.cards.site import Site
from server.cards.widgets import Json, Widget
from server.cards.words import Words
from server.domain.overview import Seen

MOST_HITS = 40


def hits_card(title: str, hits: Sequence[Seen], words: Words, site: Site) -> Json:
    shown = hits[:MOST_HITS]
    rows = [_hit(one, words, site) for one in shown] or [widgets.text(words("no-hits"))]
    if len(hits) > len(shown):
        rows.append(widgets.text(quiet(words("hits-more", count=len(hits) - len(shown)))))
    caveat = [widgets.text(quiet(words("caveat")))] if any(one.place for one in shown) else []
    return widgets.card("hits", plain(title, 100), [widgets.section(rows), widgets.section(caveat)], subtitle=words.as_of())


def _hit(one: Seen, words: Words, site: Site) -> Widget:
    told = [words.place(one.place), plain(one.device, 80)]
    return widgets.row(
        words.moment(one.at),
        bottom=" · ".join(part for part in told if part),
        start=site.picture(str(one.kind), words("your-mail", did=words(f"did-{one.kind}"))),
        wrap=True,
    )
