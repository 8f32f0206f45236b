"""How a press is answered: a card in the place of another, on top of it or away, and a word about what was done."""

from server.cards.widgets import Json


def updated(card: Json, notice: str = "") -> Json:
    return _answer([{"updateCard": card}], notice)


def pushed(card: Json) -> Json:
    return _answer([{"pushCard": card}])


def back_to(card: Json, notice: str = "") -> Json:
    """Off the top card, and this one in the place of what was below it."""
    return _answer([{"pop": True}, {"updateCard": card}], notice)


def said(notice: str) -> Json:
    return _answer([], notice)


def _answer(navigations: list[Json], notice: str = "") -> Json:
    action: Json = {"navigations": navigations} if navigations else {}
    action |= {"notification": {"text": notice}} if notice else {}
    return {"renderActions": {"action": action}, **({"stateChanged": True} if navigations else {})}
