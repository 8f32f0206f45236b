"""What is done about a person from a card: added, muted, watched; and somebody named in a form found again."""

from collections.abc import Callable, Mapping
from typing import Any

from server.cards.person import name_of
from server.cards.widgets import Json
from server.domain.context import Somebody
from server.domain.directory import Wanted
from server.domain.people import terms
from server.domain.subscriptions import Kind
from server.domain.users import User
from server.errors import BadInput, Conflict, NotFound
from server.gmail.addresses import addresses
from server.services.cards.around import AroundCards
from server.services.cards.stage import Deed, Pressed, Stage
from server.services.directory import Directory
from server.services.people import People
from server.services.person import Given
from server.services.subscriptions import Subscriptions, Wish
from server.services.watching import WatchList
from server.services.worklist import Worklist

MOST_FOUND = 8


class PeopleCards:
    def __init__(
        self,
        stage: Stage,
        around: AroundCards,
        people: People,
        directory: Directory,
        worklist: Worklist,
        watch_list: WatchList,
        subscriptions: Subscriptions,
    ) -> None:
        self._stage = stage
        self._around = around
        self._people = people
        self._directory = directory
        self._worklist = worklist
        self._subscriptions = subscriptions
        self.deeds: dict[str, Deed] = {
            "add-person": self._add_person,
            "mute": lambda pressed: self._hear(pressed, "person", muted=True),
            "unmute": lambda pressed: self._hear(pressed, "person", muted=False),
            "mute-message": lambda pressed: self._hear(pressed, "message", muted=True),
            "unmute-message": lambda pressed: self._hear(pressed, "message", muted=False),
            "watch": lambda pressed: self._follow(pressed, watch_list.watch, "act-watched"),
            "unwatch": lambda pressed: self._follow(pressed, watch_list.unwatch, "act-unwatched"),
            "subscribe": lambda pressed: self._follow(pressed, self._subscribe, "act-subscribed"),
        }

    def _add_person(self, pressed: Pressed) -> Json:
        """Whom the menu was about, else whom the card is about."""
        given = pressed.facts.get("address")
        somebody = Somebody(given) if given else self._around.context(pressed).somebody
        if somebody is None:
            raise NotFound("nobody is left to be told about")
        if not somebody.known:
            self._adopt(pressed.user, somebody.name, somebody.address)
        return self._stage.after(pressed, pressed.words("act-added", name=name_of(somebody, pressed.words)))

    def _hear(self, pressed: Pressed, kind: str, *, muted: bool) -> Json:
        target = pressed.facts[kind]
        if muted:
            self._worklist.mute(pressed.user, kind, target)
        else:
            self._worklist.unmute(pressed.user, kind, target)
        key = ("act-muted" if muted else "act-unmuted") if kind == "person" else f"act-message-{'' if muted else 'un'}muted"
        return self._stage.after(pressed, self._about(pressed, key))

    def _subscribe(self, user: User, person_id: str) -> None:
        """NotFound for somebody they neither own nor watch any more."""
        try:
            self._subscriptions.add(user, Wish(Kind.PERSON, person_id))
        except Conflict:
            pass  # it stands already
        except BadInput:
            raise NotFound("nobody you own or watch") from None

    def _follow(self, pressed: Pressed, deed: Callable[[User, str], None], key: str) -> Json:
        deed(pressed.user, pressed.facts["person"])
        return self._stage.after(pressed, self._about(pressed, key))

    def _about(self, pressed: Pressed, key: str) -> str:
        person = pressed.facts.get("person")
        return pressed.words(key, name=shown_name(self._people.get(pressed.user, person)) if person else "")

    # Somebody in a form

    def suggestions(self, user: User, typed: str) -> list[str]:
        found = self._directory.page(user, Wanted(terms(typed)), limit=MOST_FOUND)["items"] if typed.strip() else []
        return [label_of(one) for one in found]

    def named(self, user: User, typed: str) -> str | None:
        """The id of whom somebody typed, met by that if need be; None for nobody. NotFound when it may be anybody."""
        if not typed.strip():
            return None
        written = [(name, address) for name, address in addresses(typed) if "@" in address]
        if written:
            return self._adopt(user, *written[0])
        found = self._directory.page(user, Wanted(terms(typed)), limit=2)["items"]
        if len(found) != 1:
            raise NotFound("no one person of that name")
        return str(found[0]["id"])

    def label(self, user: User, person_id: str) -> str:
        """As it stands in a form."""
        return label_of(self._people.get(user, person_id))

    def _adopt(self, user: User, name: str, address: str) -> str:
        """Who plans something with somebody knows them from then on."""
        given = Given(frozenset({"name", "addresses"}), name=name, addresses=(address,))
        try:
            return str(self._people.add(user, given)["id"])
        except Conflict as known:
            current = known.facts.get("current")
            if not isinstance(current, Mapping):
                raise
            return str(current["id"])


def label_of(person: Mapping[str, Any]) -> str:
    """ "Aïssatou Diallo <aissatou@baobab.example>"."""
    address = person["addresses"][0]["address"] if person["addresses"] else ""
    return f"{person['name']} <{address}>" if person["name"] and address else person["name"] or address


def shown_name(person: Mapping[str, Any]) -> str:
    return str(person["name"] or (person["addresses"][0]["address"] if person["addresses"] else ""))
