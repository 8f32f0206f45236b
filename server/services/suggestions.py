"""Tasks that suggest themselves: found by a job, taken or dismissed by the rep."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from server.domain.suggestions import LOOKED_AT, QUIET, TOO_QUIET, Rule, shortened, suggested, task_type
from server.domain.tasks import one_line, today, zone_of
from server.domain.users import User
from server.errors import Conflict, NotFound
from server.i18n import text
from server.services.person import time_text, told_short
from server.services.worklist import Wish, Worklist
from server.storage import people as stored_people
from server.storage import suggestions as stored
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.storage.suggestions import Stored
from server.tokens import new_id

KEPT = timedelta(days=90)
"""What a rep decided is not suggested again for so long."""


class Suggestions:
    """Answers are JSON-ready, in the shapes of the API, and in the user's language."""

    def __init__(self, database: Database, worklist: Worklist, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._worklist = worklist
        self._clock = clock

    def find(self) -> None:
        """For every rep who wants any. Done again, it changes nothing."""
        for user_id in self._database.read(stored.reps):
            self._database.write(self._find, user_id)
        self._database.write(stored.forget, self._clock() - KEPT)

    def overview(self, user: User) -> dict[str, Any]:
        """{"items", "on"}"""
        if not user.preferences.suggestions:
            return {"items": [], "on": False}
        return {"items": self._database.read(self._open, user), "on": True}

    def accept(self, user: User, suggestion_id: str) -> dict[str, Any]:
        """The task it becomes, due today. Asked for again, it stays the one it is; Conflict for a dismissed one."""
        return self._database.write(self._accept, user, suggestion_id)

    def dismiss(self, user: User, suggestion_id: str) -> None:
        self._database.write(self._dismiss, user, suggestion_id)

    def reopen(self, user: User, suggestion_id: str) -> None:
        """Take back what was decided; the task that was made goes."""
        self._database.write(self._reopen, user, suggestion_id)

    # Units of work -----------------------------------------------------------------

    def _find(self, tx: Transaction, user_id: str) -> None:
        user, now = stored_users.by_id(tx, user_id), self._clock()
        if user is None or not user.preferences.suggestions:
            return
        lines = stored.lines(tx, user.id, now - LOOKED_AT)
        sent = stored.sent(tx, user.id, now - TOO_QUIET, now - QUIET)
        stored.renew(tx, user.workspace_id, user.id, suggested(lines, sent, stored.busy(tx, user.id), now), now)

    def _open(self, tx: Transaction, user: User) -> list[dict[str, Any]]:
        found = stored.open_ones(tx, user.id)
        people = stored_people.by_ids(tx, user.workspace_id, {one.suggestion.person_id for one in found})
        locale = user.locale or "en"
        return [
            {
                "id": one.id,
                "rule": one.suggestion.rule.value,
                "type": task_type(one.suggestion.rule, one.suggestion.facts).value,
                "name": _name(locale, one),
                "why": _why(locale, one),
                "person": told_short(people[one.suggestion.person_id]),
                "message_id": one.suggestion.message_id,
                "at": time_text(one.suggestion.at),
            }
            for one in found
            if one.suggestion.person_id in people
        ]

    def _accept(self, tx: Transaction, user: User, suggestion_id: str) -> dict[str, Any]:
        one = _found(tx, user, suggestion_id)
        if one.state == "dismissed":
            raise Conflict("this suggestion was dismissed")
        # A task that is there already under that id stays as it is.
        task_id, locale, facts = one.task_id or new_id(), user.locale or "en", one.suggestion.facts
        wish = Wish(
            _name(locale, one),
            today(self._clock(), zone_of(user.time_zone)),
            task_type(one.suggestion.rule, facts),
            details=_why(locale, one),
            person_id=one.suggestion.person_id,
            message_id=one.suggestion.message_id,
        )
        made = self._worklist.add_in(tx, user, wish, task_id)
        if one.state == "open":
            stored.decide(tx, one.id, "open", "accepted", task_id, self._clock())
        return made

    def _dismiss(self, tx: Transaction, user: User, suggestion_id: str) -> None:
        one = _found(tx, user, suggestion_id)
        if one.state == "open":
            stored.decide(tx, one.id, "open", "dismissed", None, self._clock())

    def _reopen(self, tx: Transaction, user: User, suggestion_id: str) -> None:
        one = _found(tx, user, suggestion_id)
        if one.state == "accepted" and one.task_id:
            self._worklist.delete_in(tx, user, one.task_id)
        stored.decide(tx, one.id, one.state, "open", None, self._clock())


def _found(tx: Transaction, user: User, suggestion_id: str) -> Stored:
    one = stored.one(tx, user.id, suggestion_id)
    if one is None:
        raise NotFound("no such suggestion")
    return one


def _name(locale: str, one: Stored) -> str:
    """What the task will be called."""
    rule, facts = one.suggestion.rule, one.suggestion.facts
    if rule is Rule.SILENT:
        return shortened(one_line(text(locale, "suggestion.follow-up", subject=facts["subject"] or facts["name"])))
    key = "find" if rule is Rule.BOUNCED else task_type(rule, facts).value
    return shortened(one_line(text(locale, f"suggestion.{key}", name=facts["name"])))


def _why(locale: str, one: Stored) -> str:
    facts = one.suggestion.facts
    count = int(facts.get("days", facts["count"]))
    values = {"name": facts["name"], "subject": facts["subject"], "what": facts.get("what", "")}
    return text(locale, f"suggestion.why-{one.suggestion.rule.value}", count=count, **values)
