"""How Google is answered: the first card, a card in the place of another, on top of it or away, a word about what was done, and
what only Gmail itself can do."""

from collections.abc import Iterable
from typing import Literal

from server.cards.widgets import Json

Place = Literal["IN_PLACE_INSERT", "INSERT_AT_START", "INSERT_AT_END", "REPLACE"]

MOST_SUGGESTIONS = 8


def first(card: Json) -> Json:
    """To a trigger, which is no press."""
    return {"action": {"navigations": [{"pushCard": card}]}}


def prompt(card: Json) -> Json:
    """To anything, from somebody who has to sign in with us first."""
    return {"custom_authorization_prompt": first(card)}


def asks_google(scopes: Iterable[str]) -> Json:
    """Google asks the user for these, and does what was pressed again."""
    return {"requesting_google_scopes": {"scopes": sorted(scopes)}}


# To a press


def updated(card: Json, notice: str = "") -> Json:
    return _answer([{"updateCard": card}], notice)


def pushed(card: Json) -> Json:
    return _answer([{"pushCard": card}])


def back_to(card: Json, notice: str = "", *, above: int = 1) -> Json:
    """Off so many cards, and this one in the place of what was below them."""
    return _answer([{"pop": True}] * above + [{"updateCard": card}], notice)


def said(notice: str) -> Json:
    return _answer([], notice)


def suggested(texts: Iterable[str]) -> Json:
    return {"autoComplete": {"items": [{"text": text} for text in texts][:MOST_SUGGESTIONS]}}


def inserted(html: str, place: Place) -> Json:
    """Into the mail that is being written."""
    body = {"type": place, "insertContents": [{"content": html, "contentType": "MUTABLE_HTML"}]}
    return _by_gmail({"updateDraftActionMarkup": {"updateBody": body}})


def draft_opened(draft_id: str, thread_id: str) -> Json:
    """A draft that was made through the API, by its hex thread."""
    return _by_gmail({"openCreatedDraftActionMarkup": {"draftId": draft_id, "draftThreadId": thread_id}})


def _by_gmail(deed: Json) -> Json:
    return {"renderActions": {"hostAppAction": {"gmailAction": deed}}}


def _answer(navigations: list[Json], notice: str = "") -> Json:
    action: Json = {"navigations": navigations} if navigations else {}
    action |= {"notification": {"text": notice}} if notice else {}
    return {"renderActions": {"action": action}, **({"stateChanged": True} if navigations else {})}
