"""Who wants a mail when something like this happens: for themselves or for team-mates, who may refuse."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.subscriptions import (
    LONGEST_VALUE,
    MOST_RECEIVERS,
    MOST_SUBSCRIPTIONS,
    Kind,
    Receiver,
    Subscription,
    addressed,
    refusing,
    value_of,
)
from server.domain.users import User
from server.errors import BadInput, Conflict, NotFound
from server.services.person import time_text, told_short
from server.storage import leadfeed
from server.storage import people as stored_people
from server.storage import subscriptions as stored
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.tokens import Tokens, new_id

_YEARS = 10 * 365 * 86400
_PURPOSE = "stop-alerts"
_TYPES = ("web", "email", "milestone")


@dataclass(frozen=True, slots=True)
class Wish:
    """`value`: a person's id, an account, a type or words of a description. `receivers` None: whoever wishes."""

    kind: Kind
    value: str
    receivers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """What the page of a mail's own link shows: JSON-ready subscriptions, each with whether this user still gets them."""

    user_id: str
    address: str
    locale: str | None
    subscriptions: list[dict[str, Any]]

    @property
    def stopped(self) -> bool:
        return not any(one["on"] for one in self.subscriptions)


class Subscriptions:
    """Answers are JSON-ready, in the shapes of the API. `sends`: whether mails can go out at all, asked each time."""

    def __init__(self, database: Database, tokens: Tokens, sends: Callable[[], bool], clock: Callable[[], datetime]) -> None:
        self._database = database
        self._tokens = tokens
        self._sends = sends
        self._clock = clock

    def overview(self, user: User) -> dict[str, Any]:
        """{"items": one's own, "shared": those of others that write to this user, "sends"}"""
        return self._database.read(self._list, user, self._sends())

    def add(self, user: User, wish: Wish) -> dict[str, Any]:
        """Conflict, with `current`, when the same stands already."""
        return self._database.write(self._add, user, wish)

    def address(self, user: User, subscription_id: str, receivers: Sequence[str]) -> dict[str, Any]:
        """To whom it goes from now on."""
        return self._database.write(self._address, user, subscription_id, tuple(receivers))

    def remove(self, user: User, subscription_id: str) -> None:
        self._database.write(lambda tx: stored.remove(tx, _own(tx, user, subscription_id)))

    def refuse(self, user: User, subscription_id: str, refused: bool = True) -> None:
        """A receiver does not want it, or does again."""
        self._database.write(_refuse, user, [subscription_id], refused)

    # Without signing in, by the link in a mail ------------------------------------------

    def stop_token(self, user_id: str, subscription_ids: Sequence[str]) -> str:
        """Stops these for this user, for years; without any named, all that this user gets."""
        return self._tokens.sign(_PURPOSE, [user_id, *subscription_ids])

    def stop_page(self, token: str) -> Stop | None:
        """None for a link that is none of ours, or whose user or subscriptions are gone."""
        return self._database.read(self._stop_page, token)

    def stop(self, token: str, refused: bool = True) -> Stop | None:
        """At once, for all that the mail told of; doing it again changes nothing."""
        return self._database.write(self._stop, token, refused)

    # Units of work ----------------------------------------------------------------------

    def _list(self, tx: Transaction, user: User, sends: bool) -> dict[str, Any]:
        every = stored.of_workspace(tx, user.workspace_id)
        own = [one for one in every if one.user_id == user.id]
        shared = [one for one in every if one.user_id != user.id and _names(one, user.id)]
        return {"items": _told(tx, user, own), "shared": _told(tx, user, shared), "sends": sends}

    def _add(self, tx: Transaction, user: User, wish: Wish) -> dict[str, Any]:
        shown, value = _shown(tx, user, wish), value_of(wish.kind, wish.value.strip())
        own = stored.of_users(tx, user.workspace_id, [user.id])
        same = [one for one in own if (one.kind, one.value) == (wish.kind, value)]
        if same:
            raise Conflict("this subscription stands already", current=_told(tx, user, same)[0])
        if len(own) >= MOST_SUBSCRIPTIONS:
            raise BadInput(f"at most {MOST_SUBSCRIPTIONS} subscriptions")
        receivers = _receivers(tx, user, (), wish.receivers or (user.id,))
        made = Subscription(new_id(), user.workspace_id, user.id, wish.kind, value, shown, receivers, self._clock())
        stored.add(tx, made)
        return _told(tx, user, [made])[0]

    def _address(self, tx: Transaction, user: User, subscription_id: str, receivers: tuple[str, ...]) -> dict[str, Any]:
        before = _own(tx, user, subscription_id)
        made = Subscription(
            before.id,
            before.workspace_id,
            before.user_id,
            before.kind,
            before.value,
            before.shown,
            _receivers(tx, user, before.receivers, receivers),
            before.created_at,
        )
        stored.address(tx, made)
        return _told(tx, user, [made])[0]

    def _stop_page(self, tx: Transaction, token: str) -> Stop | None:
        user, ids = self._opened(tx, token)
        found = [one for one in (stored.by_id(tx, user.workspace_id, each) for each in ids) if one] if user else []
        if user is None or not found:
            return None
        told = zip(_told(tx, user, found), found, strict=True)
        shown = [{**one, "on": subscription.reaches(user.id)} for one, subscription in told]
        return Stop(user.id, user.address, user.locale, shown)

    def _stop(self, tx: Transaction, token: str, refused: bool) -> Stop | None:
        user, ids = self._opened(tx, token)
        if user is not None:
            _refuse(tx, user, ids, refused, missing_is_fine=True)
        return self._stop_page(tx, token)

    def _opened(self, tx: Transaction, token: str) -> tuple[User | None, list[str]]:
        read = self._tokens.unsign(_PURPOSE, token, _YEARS) or []
        user = stored_users.by_id(tx, read[0]) if read else None
        if user is None or len(read) > 1:
            return user, read[1:]
        return user, [one.id for one in stored.of_workspace(tx, user.workspace_id) if _names(one, user.id)]


def _refuse(tx: Transaction, user: User, ids: Sequence[str], refused: bool, missing_is_fine: bool = False) -> None:
    for subscription_id in ids:
        found = stored.by_id(tx, user.workspace_id, subscription_id)
        if found is not None and _names(found, user.id):
            stored.address(tx, refusing(found, user.id, refused))
        elif not missing_is_fine:
            raise NotFound("no such subscription")


def _names(subscription: Subscription, user_id: str) -> bool:
    return any(one.user_id == user_id for one in subscription.receivers)


def _own(tx: Transaction, user: User, subscription_id: str) -> Subscription:
    found = stored.by_id(tx, user.workspace_id, subscription_id)
    if found is None or found.user_id != user.id:
        raise NotFound("no such subscription")
    return found


def _shown(tx: Transaction, user: User, wish: Wish) -> str:
    """As it is written in lists; BadInput when it can cover nothing."""
    written = " ".join(wish.value.split())
    if wish.kind is Kind.PERSON:
        person = stored_people.get(tx, user.workspace_id, wish.value)
        if person is None or not leadfeed.may_follow(tx, user.workspace_id, user.id, person.id):
            raise BadInput("nobody you own or watch", {"value": "the id of one of your people or of your watch list"})
        return person.name or person.address or ""
    if wish.kind is Kind.TYPE and wish.value not in _TYPES:
        raise BadInput("no such type", {"value": "web, email or milestone"})
    if not value_of(wish.kind, written) or len(written) > LONGEST_VALUE:
        raise BadInput("nothing to look for", {"value": f"1 to {LONGEST_VALUE} characters"})
    return written


def _receivers(tx: Transaction, user: User, before: tuple[Receiver, ...], wanted: tuple[str, ...]) -> tuple[Receiver, ...]:
    inside = {one.id for one in stored_users.active(tx, user.workspace_id)}
    if not wanted or len(wanted) > MOST_RECEIVERS or not set(wanted) <= inside:
        raise BadInput("these receivers do not fit", {"receivers": f"1 to {MOST_RECEIVERS} ids of users of this workspace"})
    return addressed(before, list(wanted), user.id)


def _told(tx: Transaction, user: User, found: Sequence[Subscription]) -> list[dict[str, Any]]:
    people = stored_people.by_ids(tx, user.workspace_id, {one.value for one in found if one.kind is Kind.PERSON})
    ids = {receiver.user_id for one in found for receiver in one.receivers} | {one.user_id for one in found}
    names = stored_users.names(tx, user.workspace_id, ids)
    return [
        {
            "id": one.id,
            "kind": one.kind.value,
            "value": one.value if one.kind in (Kind.PERSON, Kind.TYPE) else one.shown,
            "person": told_short(people[one.value]) if one.value in people else None,
            "by": {"id": one.user_id, "name": names.get(one.user_id, "")},
            "receivers": [
                {"id": receiver.user_id, "name": names.get(receiver.user_id, ""), "refused": receiver.refused}
                for receiver in one.receivers
            ],
            "created_at": time_text(one.created_at),
        }
        for one in found
    ]
