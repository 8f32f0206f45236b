"""Cards for a rep, and what happens when something on them is pressed. The same for Gmail's add-on and for our own screens."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server.cards import envelopes, inputs
from server.cards.actions import STATE, Actions
from server.cards.context import PERSON_INPUT, context_card, name_of
from server.cards.inputs import Inputs
from server.cards.task import Written, read, task_card
from server.cards.widgets import Json
from server.cards.words import Words
from server.domain.context import Context, Somebody
from server.domain.tasks import Priority, TaskType, zone_of
from server.domain.users import User
from server.errors import Conflict, NotAllowed, NotFound
from server.services.context import Asked, Contexts
from server.services.messages import Messages
from server.services.people import People
from server.services.person import Given
from server.services.worklist import Wish, Worklist
from server.tokens import Tokens

STATE_LIFE = 30 * 86400
"""Seconds. A card may stand open for days."""

_PURPOSE = "card"

Address = Callable[[str], str]
"""The URL to call for an action, by its name."""


@dataclass(frozen=True, slots=True)
class _Pressed:
    user: User
    asked: Asked
    facts: Mapping[str, Any]
    inputs: Inputs
    words: Words
    address: Address


class Cards:
    def __init__(
        self,
        contexts: Contexts,
        worklist: Worklist,
        people: People,
        messages: Messages,
        tokens: Tokens,
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._contexts = contexts
        self._worklist = worklist
        self._people = people
        self._messages = messages
        self._tokens = tokens
        self._public_url = public_url
        self._clock = clock
        self._deeds: dict[str, Callable[[_Pressed], Json]] = {
            "refresh": lambda pressed: envelopes.updated(self._card(pressed)),
            "choose-person": self._choose_person,
            "complete": self._complete,
            "reopen": self._reopen,
            "new-task": self._new_task,
            "create-task": self._create_task,
            "add-person": self._add_person,
            "archive": self._archive,
            "unarchive": self._unarchive,
            "mute": self._mute,
            "unmute": self._unmute,
        }

    def context(self, user: User, asked: Asked, locale: str, address: Address) -> Json:
        """The card of a thread or of addresses."""
        return self._card(_Pressed(user, asked, {}, {}, self._words(user, locale), address))

    def press(
        self, user: User, name: str, parameters: Mapping[str, str], filled_in: Inputs, locale: str, address: Address
    ) -> Json:
        """Google's envelope for a click. NotFound for an action there is not; NotAllowed for parameters that are not of a card
        made for this user, or of another action."""
        deed = self._deeds.get(name)
        if deed is None:
            raise NotFound("no such action")
        words = self._words(user, locale)
        facts = self._tokens.unsign(_PURPOSE, parameters.get(STATE, ""), STATE_LIFE)
        if not isinstance(facts, dict) or facts.get("user") != user.id or facts.get("action") != name:
            raise NotAllowed(words("own-refused"))
        asked = Asked(facts["thread"], tuple(facts["addresses"]), facts["chosen"])
        pressed = _Pressed(user, asked, facts, filled_in, words, address)
        try:
            return deed(pressed)
        except (Conflict, NotFound):
            return envelopes.updated(self._card(pressed), words("act-changed"))

    # What can be pressed

    def _choose_person(self, pressed: _Pressed) -> Json:
        chosen = inputs.text(pressed.inputs, PERSON_INPUT)
        return envelopes.updated(self._card(replace(pressed, asked=replace(pressed.asked, chosen=chosen))))

    def _complete(self, pressed: _Pressed) -> Json:
        self._worklist.complete(pressed.user, pressed.facts["task"])
        shown = replace(pressed, asked=replace(pressed.asked, just_done=pressed.facts["task"]))
        return envelopes.updated(self._card(shown), pressed.words("act-done"))

    def _reopen(self, pressed: _Pressed) -> Json:
        self._worklist.reopen(pressed.user, pressed.facts["task"])
        return envelopes.updated(self._card(pressed), pressed.words("act-reopened"))

    def _new_task(self, pressed: _Pressed) -> Json:
        context = self._contexts.of(pressed.user, pressed.asked)
        return envelopes.pushed(self._task_card(pressed, context, Written()))

    def _create_task(self, pressed: _Pressed) -> Json:
        written = read(pressed.inputs)
        context = self._contexts.of(pressed.user, pressed.asked)
        if written.wrong or written.due_on is None:
            return envelopes.updated(self._task_card(pressed, context, written))
        wish = Wish(
            name=written.name,
            due_on=written.due_on,
            type=TaskType(written.type),
            priority=Priority(written.priority),
            details=written.details,
            person_id=self._person_id(pressed.user, _somebody(context)),
            message_id=context.thread.message_ids[0] if context.thread else None,
        )
        self._worklist.add(pressed.user, wish)
        return envelopes.back_to(self._card(pressed), pressed.words("act-task-made"))

    def _add_person(self, pressed: _Pressed) -> Json:
        somebody = _somebody(self._contexts.of(pressed.user, pressed.asked))
        if not somebody.known:
            self._add(pressed.user, somebody)
        return envelopes.updated(self._card(pressed), pressed.words("act-added", name=name_of(somebody, pressed.words)))

    def _archive(self, pressed: _Pressed) -> Json:
        return self._each_message(pressed, self._messages.archive, "act-archived")

    def _unarchive(self, pressed: _Pressed) -> Json:
        return self._each_message(pressed, self._messages.unarchive, "act-unarchived")

    def _mute(self, pressed: _Pressed) -> Json:
        return self._hear(pressed, self._worklist.mute, "act-muted")

    def _unmute(self, pressed: _Pressed) -> Json:
        return self._hear(pressed, self._worklist.unmute, "act-unmuted")

    # How it is done

    def _each_message(self, pressed: _Pressed, deed: Callable[[User, str], object], notice: str) -> Json:
        for message_id in pressed.facts["messages"]:
            with suppress(Conflict):  # it is so already
                deed(pressed.user, message_id)
        return envelopes.updated(self._card(pressed), pressed.words(notice))

    def _hear(self, pressed: _Pressed, deed: Callable[[User, str, str], None], notice: str) -> Json:
        deed(pressed.user, "person", pressed.facts["person"])
        context = self._contexts.of(pressed.user, pressed.asked)
        name = name_of(_somebody(context), pressed.words)
        return envelopes.updated(self._drawn(pressed, context), pressed.words(notice, name=name))

    def _person_id(self, user: User, somebody: Somebody) -> str:
        """Who plans something with somebody knows them from then on."""
        return somebody.id or self._add(user, somebody)

    def _add(self, user: User, somebody: Somebody) -> str:
        given = Given(frozenset({"name", "addresses"}), name=somebody.name, addresses=(somebody.address,))
        return str(self._people.add(user, given)["id"])

    # How it is shown

    def _card(self, pressed: _Pressed) -> Json:
        return self._drawn(pressed, self._contexts.of(pressed.user, pressed.asked))

    def _drawn(self, pressed: _Pressed, context: Context) -> Json:
        return context_card(context, pressed.words, self._actions(pressed, context), self._message_page)

    def _task_card(self, pressed: _Pressed, context: Context, written: Written) -> Json:
        return task_card(written, name_of(_somebody(context), pressed.words), pressed.words, self._actions(pressed, context))

    def _actions(self, pressed: _Pressed, context: Context) -> Actions:
        """Whom the card is about stays so, even when somebody else answers meanwhile."""
        chosen = context.somebody.address if context.somebody else None
        around = {"thread": pressed.asked.thread, "addresses": list(pressed.asked.addresses), "chosen": chosen}

        def seal(name: str, facts: Mapping[str, Any]) -> str:
            return self._tokens.sign(_PURPOSE, {**facts, "user": pressed.user.id, "action": name})

        return Actions(pressed.address, seal, around)

    def _message_page(self, message_id: str) -> str:
        return f"{self._public_url}/messages/{message_id}"

    def _words(self, user: User, locale: str) -> Words:
        return Words(locale, zone_of(user.time_zone), self._clock())


def _somebody(context: Context) -> Somebody:
    if context.somebody is None:
        raise NotFound("nobody is left to be told about")
    return context.somebody
