"""Tasks from a card: made once however often it is pressed, changed, done, put off, thrown away."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from server.cards import envelopes, inputs
from server.cards.task import Kept, Written, read, task_card
from server.cards.widgets import Json
from server.domain.tasks import Priority, TaskType
from server.errors import BadInput, Conflict, NotFound
from server.services.cards.around import AroundCards
from server.services.cards.people import PeopleCards
from server.services.cards.stage import Deed, Pressed, Stage
from server.services.worklist import Wish, Worklist
from server.tokens import new_id


class TaskCards:
    def __init__(self, stage: Stage, around: AroundCards, people: PeopleCards, worklist: Worklist) -> None:
        self._stage = stage
        self._around = around
        self._people = people
        self._worklist = worklist
        self.deeds: dict[str, Deed] = {
            "new-task": self._new,
            "open-task": self._open,
            "create-task": self._create,
            "save-task": self._save,
            "complete": self._complete,
            "reopen": self._reopen,
            "snooze": self._snooze,
            "delete-task": self._delete,
            "suggest-people": self._suggest,
        }

    # The form

    def _new(self, pressed: Pressed) -> Json:
        about = pressed.facts.get("about") or self._about(pressed)
        return envelopes.pushed(self._form(pressed, Written(person=about or ""), 1, new=new_id()))

    def _about(self, pressed: Pressed) -> str:
        somebody = self._around.context(pressed).somebody if pressed.where["in"] != "home" else None
        if somebody is None:
            return ""
        if somebody.id:
            return self._people.label(pressed.user, somebody.id)
        return f"{somebody.name} <{somebody.address}>" if somebody.name else somebody.address

    def _open(self, pressed: Pressed) -> Json:
        task = self._worklist.task(pressed.user, pressed.facts["task"])
        return envelopes.pushed(self._form(pressed, self._written(pressed, task), 1, kept=_kept(task)))

    def _written(self, pressed: Pressed, task: Mapping[str, Any]) -> Written:
        person = task["person"]
        return Written(
            name=task["name"],
            type=task["type"],
            priority=task["priority"],
            due_on=date.fromisoformat(task["due_on"]),
            person=self._people.label(pressed.user, person["id"]) if person else "",
            details=task["details"],
        )

    def _form(self, pressed: Pressed, written: Written, deeper: int, *, kept: Kept | None = None, new: str = "") -> Json:
        act = self._stage.acting(pressed, above=pressed.above + deeper)
        around = {**act.around, "message": pressed.facts.get("message")}
        return task_card(written, pressed.words, replace(act, around=around), kept=kept, new_id=new)

    # What is done with it

    def _create(self, pressed: Pressed) -> Json:
        written, new = self._read(pressed), str(pressed.facts["task"])
        if written.wrong or written.due_on is None:
            return envelopes.updated(self._form(pressed, written, 0, new=new))
        try:
            wish = Wish(**self._wanted(pressed, written), message_id=self._message(pressed))
        except NotFound:
            return envelopes.updated(self._form(pressed, _misnamed(written), 0, new=new))
        self._worklist.add(pressed.user, wish, new)
        return self._stage.after(pressed, pressed.words("act-task-made"))

    def _save(self, pressed: Pressed) -> Json:
        written, task_id, version = self._read(pressed), pressed.facts["task"], pressed.facts["version"]
        if written.wrong or written.due_on is None:
            return envelopes.updated(self._form(pressed, written, 0, kept=Kept(task_id, version)))
        try:
            wanted = self._wanted(pressed, written)
        except NotFound:
            return envelopes.updated(self._form(pressed, _misnamed(written), 0, kept=Kept(task_id, version)))
        try:
            self._worklist.edit(pressed.user, task_id, version, wanted)
        except Conflict as changed:
            if not _is_so(changed.facts.get("current"), wanted):  # pressed twice, it is so already
                raise
        return self._stage.after(pressed, pressed.words("act-task-made"))

    def _read(self, pressed: Pressed) -> Written:
        return read(pressed.inputs)

    def _wanted(self, pressed: Pressed, written: Written) -> dict[str, Any]:
        """Members of a Wish. NotFound when nobody or several have that name."""
        try:
            person_id = self._people.named(pressed.user, written.person)
        except BadInput:
            raise NotFound("no mail address") from None
        return {
            "name": written.name,
            "due_on": written.due_on,
            "type": TaskType(written.type),
            "priority": Priority(written.priority),
            "details": written.details,
            "person_id": person_id,
        }

    def _message(self, pressed: Pressed) -> str | None:
        if pressed.facts.get("message"):
            return str(pressed.facts["message"])
        if pressed.where["in"] != "context":
            return None
        thread = self._around.context(pressed).thread
        return thread.message_ids[0] if thread else None

    def _complete(self, pressed: Pressed) -> Json:
        self._worklist.complete(pressed.user, pressed.facts["task"])
        shown = replace(pressed, just_done=pressed.facts["task"])
        return self._stage.after(shown, pressed.words("act-done"))

    def _reopen(self, pressed: Pressed) -> Json:
        self._worklist.reopen(pressed.user, pressed.facts["task"])
        return self._stage.after(pressed, pressed.words("act-reopened"))

    def _snooze(self, pressed: Pressed) -> Json:
        until = date.fromisoformat(pressed.facts["until"])
        try:
            self._worklist.snooze(pressed.user, pressed.facts["task"], until)
        except BadInput:
            raise Conflict("that day is over") from None
        return self._stage.after(pressed, pressed.words("act-snoozed", day=pressed.words.due(until)))

    def _delete(self, pressed: Pressed) -> Json:
        self._worklist.delete(pressed.user, pressed.facts["task"])
        return self._stage.after(pressed, pressed.words("act-deleted"))

    def _suggest(self, pressed: Pressed) -> Json:
        return envelopes.suggested(self._people.suggestions(pressed.user, inputs.text(pressed.inputs, "person")))


def _kept(task: Mapping[str, Any]) -> Kept:
    person = task["person"]
    return Kept(task["id"], task["version"], task["completed_at"] is not None, person["id"] if person else None)


def _misnamed(written: Written) -> Written:
    return replace(written, wrong={**written.wrong, "person": "wrong-person"})


def _is_so(task: object, wanted: Mapping[str, Any]) -> bool:
    if not isinstance(task, Mapping):
        return False
    person = task["person"]
    now = {**task, "person_id": person["id"] if person else None}
    asked = {**wanted, "due_on": wanted["due_on"].isoformat()}
    return all(now[name] == value for name, value in asked.items())
