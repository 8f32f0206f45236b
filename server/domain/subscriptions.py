"""Who asked to be told of which moments.

All of their own people's moments can reach a subscriber; of those they only watch, what was asked for by person or account.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.people import folded

MOST_SUBSCRIPTIONS = 200
"""Of one user."""

MOST_RECEIVERS = 20
LONGEST_VALUE = 200

GATHER = timedelta(minutes=15)
"""After a mail to somebody, what follows within this time goes into one."""

TOO_LATE = timedelta(days=1)
"""What happened longer ago is no news: a first sync brings months of it, and a mail server may be away for days."""


class Kind(StrEnum):
    PERSON = "person"
    ACCOUNT = "account"
    TYPE = "type"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whoever `refused` gets no more mail of this subscription until they take that back themselves."""

    user_id: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """`value` is what moments are held against: a person's id, a type, or a folded text; `shown` the same as it was written."""

    id: str
    workspace_id: str
    user_id: str
    kind: Kind
    value: str
    shown: str
    receivers: tuple[Receiver, ...]
    created_at: datetime

    def reaches(self, user_id: str) -> bool:
        return any(one.user_id == user_id and not one.refused for one in self.receivers)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What subscriptions ask of a moment. `watchers`: the users who follow its person without owning them."""

    moment_id: str
    person_id: str
    account: str | None
    owner_id: str | None
    watchers: frozenset[str]
    type: str
    description: str
    at: datetime


def meets(subscription: Subscription, occasion: Occasion) -> bool:
    return _may_know(subscription, occasion) and _fits(subscription, occasion)


def matches(subscriptions: list[Subscription], occasion: Occasion) -> list[tuple[str, str]]:
    """(who is to be written to, by which subscription), each receiver once: the eldest one counts."""
    found: dict[str, str] = {}
    for subscription in sorted(subscriptions, key=lambda one: one.id):
        if meets(subscription, occasion):
            for receiver in subscription.receivers:
                if not receiver.refused:
                    found.setdefault(receiver.user_id, subscription.id)
    return list(found.items())


def addressed(receivers: tuple[Receiver, ...], user_ids: list[str], by: str) -> tuple[Receiver, ...]:
    """The receivers once `by` names them anew. Nobody's refusal is overruled by another."""
    refused = {one.user_id for one in receivers if one.refused and one.user_id != by}
    return tuple(Receiver(user_id, user_id in refused) for user_id in dict.fromkeys(user_ids))


def refusing(subscription: Subscription, user_id: str, refused: bool) -> Subscription:
    changed = (replace(one, refused=refused) if one.user_id == user_id else one for one in subscription.receivers)
    return replace(subscription, receivers=tuple(changed))


def value_of(kind: Kind, written: str) -> str:
    """What moments are held against; empty when nothing is left to compare."""
    return folded(written) if kind in (Kind.ACCOUNT, Kind.DESCRIPTION) else written


def _may_know(subscription: Subscription, occasion: Occasion) -> bool:
    if occasion.owner_id == subscription.user_id:
        return True
    by_whom = subscription.kind in (Kind.PERSON, Kind.ACCOUNT)
    return by_whom and subscription.user_id in occasion.watchers


def _fits(subscription: Subscription, occasion: Occasion) -> bool:
    match subscription.kind:
        case Kind.PERSON:
            return subscription.value == occasion.person_id
        case Kind.ACCOUNT:
            return subscription.value == folded(occasion.account or "")
        case Kind.TYPE:
            return subscription.value == occasion.type
        case Kind.DESCRIPTION:
            text = folded(occasion.description)
            return all(_begins_somewhere(word, text) for word in subscription.value.split())


def _begins_somewhere(word: str, text: str) -> bool:
    """Whether some word of the text begins with it; where words are written without spaces, whether it stands there at all."""
    at = text.find(word)
    while at > 0 and text[at - 1].isalnum() and _is_spaced(text[at - 1]) and _is_spaced(text[at]):
        at = text.find(word, at + 1)
    return at >= 0


def _is_spaced(letter: str) -> bool:
    """Not of Thai and its neighbours, nor of Chinese and Japanese."""
    return not ("\u0e00" <= letter <= "\u109f" or "\u1780" <= letter <= "\u17ff" or "\u3040" <= letter <= "\uffdc") or (
        "\uac00" <= letter <= "\ud7a3"
    )
