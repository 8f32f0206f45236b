"""Beside a mail that is being written: whether it can be tracked and who not, the pixel and tracked links to put into it."""

from collections.abc import Mapping, Sequence

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.inputs import Inputs, text
from server.cards.markup import bold, plain, safe
from server.cards.site import Site
from server.cards.widgets import Json, Widget, icon
from server.cards.words import Words
from server.domain.drafts import DraftLink, Tracking
from server.domain.engagement import Reason
from server.domain.instrument import http_url

LONGEST_URL, LONGEST_WORDS = 2000, 200
_MOST_REFUSED = 10


def compose_card(
    tracking: Tracking,
    names: Mapping[str, str],
    words: Words,
    act: Actions,
    site: Site,
    *,
    link: DraftLink | None = None,
    wrong: str = "",
) -> Json:
    """`names` by address. `link`: what stands in the form, `wrong`: the key of what would be right."""
    sections = [
        widgets.section(_whether(tracking, names, words, act, site)),
        widgets.section(_link(link or DraftLink(""), wrong, words, act), header=words("tracked-link"))
        if tracking.together.allowed
        else widgets.section([]),
        widgets.section(_rest(words, act), header=words("all-links")),
    ]
    return widgets.card("compose", words("compose-title"), sections)


def read_link(inputs: Inputs) -> tuple[DraftLink, str]:
    """What was filled in, and the key of what would be right."""
    url, shown = text(inputs, "url").strip()[:LONGEST_URL], " ".join(text(inputs, "text").split())[:LONGEST_WORDS]
    return DraftLink(url, shown), "" if http_url(url) else "wrong-url"


def _whether(tracking: Tracking, names: Mapping[str, str], words: Words, act: Actions, site: Site) -> list[Widget]:
    refused = [(address, decision.reasons) for address, decision in tracking.recipients if not decision.allowed]
    rows = [_refusal(names.get(address) or address, reasons, words) for address, reasons in refused[:_MOST_REFUSED]]
    if len(refused) > _MOST_REFUSED:
        rows.append(widgets.text(words("refused-more", count=len(refused) - _MOST_REFUSED)))
    if not tracking.together.allowed:
        told = widgets.row(bold(words("compose-not")), start=site.picture("untracked", words("not-tracked")), wrap=True)
        return [told, *rows, widgets.text(words("compose-shared"))]
    insert = widgets.button(words("insert-pixel"), widgets.does(act("insert-pixel")), kind="FILLED")
    can = words("compose-can" if tracking.recipients else "compose-nobody-yet")
    told = widgets.row(can, start=site.picture("sent", words("your-mail", did=words("tracked"))), wrap=True)
    return [told, *([widgets.text(words("compose-notice"))] if tracking.together.notice else []), widgets.buttons([insert])]


def _refusal(name: str, reasons: Sequence[Reason], words: Words) -> Widget:
    """ "K. Sato: no consent on record"."""
    code = reasons[0].code if reasons else ""
    why = words(f"why-{code}") if words.has(f"why-{code}") else words("why-other")
    return widgets.row(words("refused", name=safe(name, 100), why=why), start=icon("visibility_off"), wrap=True)


def _link(link: DraftLink, wrong: str, words: Words, act: Actions) -> list[Widget]:
    told = [widgets.row(bold(words(wrong)), start=icon("error", words("wrong")), wrap=True)] if wrong else []
    return [
        *told,
        widgets.text_input("url", words("link-url"), plain(link.url, LONGEST_URL), hint="https://", most=LONGEST_URL),
        widgets.text_input("text", words("link-text"), plain(link.text, LONGEST_WORDS), most=LONGEST_WORDS),
        widgets.buttons([widgets.button(words("insert-link"), widgets.does(act("insert-link")))]),
    ]


def _rest(words: Words, act: Actions) -> list[Widget]:
    write = widgets.button(words("write-tracked"), widgets.does(act("write-draft")))
    return [widgets.text(words("all-links-how")), widgets.buttons([write])]
