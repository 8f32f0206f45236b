"""The card beside a thread, beside addresses, or about one person."""

from dataclasses import replace

from server.cards import envelopes, inputs
from server.cards.context import NAME, context_card
from server.cards.person import PERSON_INPUT
from server.cards.widgets import Json
from server.domain.context import Context
from server.services.cards.stage import Deed, Pressed, Stage, Where
from server.services.context import Asked, Contexts

IN, PERSON = "context", "person"


class AroundCards:
    def __init__(self, stage: Stage, contexts: Contexts) -> None:
        self._stage = stage
        self._contexts = contexts
        stage.draws(IN, self._draw)
        stage.draws(PERSON, self._draw)
        self.deeds: dict[str, Deed] = {"choose-person": self._choose_person, "open-person": self._open_person}

    def context(self, pressed: Pressed) -> Context:
        return self._contexts.of(pressed.user, replace(asked_of(pressed.where), just_done=pressed.just_done))

    def _choose_person(self, pressed: Pressed) -> Json:
        chosen = inputs.text(pressed.inputs, PERSON_INPUT)
        return envelopes.updated(self._draw(pressed.at(chosen=chosen)))

    def _open_person(self, pressed: Pressed) -> Json:
        about = replace(pressed, where=where_of_person(pressed.facts["person"]), above=0)
        return envelopes.pushed(self._draw(about))

    def _draw(self, pressed: Pressed) -> Json:
        context = self.context(pressed)
        chosen = context.somebody.address if context.somebody else None
        # Whom the card is about stays so, even when somebody else answers meanwhile.
        act = self._stage.acting(pressed.at(chosen=chosen), above=0)
        name = PERSON if pressed.where["in"] == PERSON else NAME
        return context_card(context, pressed.words, act, self._stage.site, name)


def where_of(asked: Asked) -> Where:
    said = {"thread": asked.thread, "addresses": list(asked.addresses), "chosen": asked.chosen, "linkedin": asked.linkedin}
    return {"in": IN, **said}


def where_of_person(person_id: str) -> Where:
    return {"in": PERSON, "person": person_id}


def asked_of(where: Where) -> Asked:
    """Nothing, on a card about no one person."""
    if where["in"] == PERSON:
        return Asked(person=where["person"])
    if where["in"] != IN:
        return Asked()
    return Asked(where["thread"], tuple(where["addresses"]), where["chosen"], linkedin=where["linkedin"])
