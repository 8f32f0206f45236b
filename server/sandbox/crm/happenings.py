"""What can happen to a person, in both systems at once. Each takes effect now, by the sandbox's clock."""

from collections.abc import Mapping
from datetime import datetime

from server.errors import BadInput, Conflict
from server.sandbox.crm import activity as kinds
from server.sandbox.crm.activity import Activity, content_of, moment_content, score_content
from server.sandbox.crm.chance import draw
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.people import marketo_id
from server.sandbox.crm.person import CONTACT, LEAD, Person

MOMENT_TYPES = ("Web", "Email", "Milestone")
# Everything else about a person is a consequence of something.
CHANGEABLE = frozenset(
    {"first_name", "last_name", "email", "company", "salutation", "title", "department", "phone", "mobile", "fax", "website"}
    | {"street", "city", "state", "postal_code", "country", "industry", "lead_source", "lead_status", "rating", "urgency"}
    | {"unsubscribed", "do_not_call", "email_invalid"}
)


class Happenings:
    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def appear(self, email: str, name: str, company: str, *, owner: str = "", kind: str = LEAD, **more: object) -> Person:
        """Somebody new. `owner`: a Salesforce id. `kind` empty: known to Marketo only."""
        people, now = self._crm.people, self._crm.now()
        if people.by_email(email):
            raise Conflict("there is such a person already")
        first, _, last = name.rpartition(" ")
        account = people.account_called(company, owner, now).number if kind == CONTACT else None
        with self._crm.lock:
            added = people.add(
                lambda number: Person(
                    number,
                    first,
                    last,
                    email,
                    company,
                    kind,
                    owner if kind else "",
                    now,
                    now,
                    account,
                    **more,  # type: ignore[arg-type]
                )
            )
            self._crm.stream.add(added.number, kinds.NEW, (None, None, {"Source Type": "New person"}), now)
        return added

    def moment(
        self,
        person: Person,
        kind: str,
        description: str,
        source: str = "Interesting Moment flow step",
        *,
        at: datetime | None = None,
        behind: bool = False,
    ) -> Activity:
        if kind not in MOMENT_TYPES:
            raise BadInput(f"type: one of {', '.join(MOMENT_TYPES)}")
        return self.activity(
            person, kinds.MOMENT, moment_content(kind, description, source), at=at, behind=behind, campaign=1001
        )

    def activity(
        self,
        person: Person,
        type_id: int,
        content: tuple[str | None, int | None, Mapping[str, str]] | None = None,
        *,
        at: datetime | None = None,
        behind: bool = False,
        campaign: int | None = None,
    ) -> Activity:
        """Without content: something usual of that type."""
        with self._crm.lock:
            stream = self._crm.stream
            told = content or content_of(type_id, draw(person.number, len(stream)))
            return stream.add(person.number, type_id, told, self._crm.now(), at=at, behind=behind, campaign=campaign)

    def score(self, person: Person, to: int, reason: str = "Web visit", urgency: int | None = None) -> Activity:
        with self._crm.lock:
            old = self._crm.score(person)
            values = {"score": person.score + to - old} | ({} if urgency is None else {"urgency": urgency})
            self._crm.people.change(person.number, self._crm.now(), **values)
            more = {} if urgency is None else {"Urgency": str(urgency)}
            return self.activity(person, kinds.SCORE, score_content(old, to, reason, **more), campaign=1002)

    def browse(self, person: Person, *, form: bool = False) -> None:
        self.activity(person, kinds.VISIT)
        if form:
            self.activity(person, kinds.FORM)
            self.moment(person, "Web", "Filled out form: Ask for a demo")
        self.score(person, self._crm.score(person) + (15 if form else 5), "Filled out a form" if form else "Web visit")

    def change(self, person: Person, values: Mapping[str, object]) -> Person:
        """Data of a person; each change is listed with its old and new value."""
        strange = set(values) - CHANGEABLE
        if strange:
            raise BadInput(f"can't be changed: {', '.join(sorted(strange))}; can be: {', '.join(sorted(CHANGEABLE))}")
        with self._crm.lock:
            now = self._crm.now()
            for name, new in values.items():
                told = ((name, getattr(person, name), new),)
                self._crm.stream.add(person.number, kinds.CHANGE, (name, None, {}), now, fields=told)
            return self._crm.people.change(person.number, now, **values)

    def hand_over(self, person: Person, owner: str) -> Person:
        """`owner`: the Salesforce id of a user or a queue."""
        if not person.kind:
            raise Conflict("Salesforce does not know this person")
        with self._crm.lock:
            self.activity(person, kinds.OWNER, (None, None, {}))
            return self._crm.people.change(person.number, self._crm.now(), owner=owner)

    def merge(self, loser: Person, winner: Person) -> None:
        """`loser` is gone; what they did and their tasks are `winner`'s."""
        if loser.number == winner.number or (loser.kind and winner.kind and loser.kind != winner.kind):
            raise Conflict("these two can't be merged")
        with self._crm.lock:
            now, people = self._crm.now(), self._crm.people
            told = {
                "Merge IDs": f"[{marketo_id(loser.number)}]",
                "Merge Source": "Salesforce",
                "Merged in Sales": "true",
                "Master Updated": "false",
            }
            self.activity(winner, kinds.MERGE, (str(marketo_id(winner.number)), None, told))
            people.change(loser.number, now, merged_into=winner.number, gone_at=now, deleted_at=now)
            people.change(winner.number, now)
            self._move_tasks(loser, winner, now)

    def delete(self, person: Person, *, marketo: bool = True, salesforce: bool = True) -> None:
        with self._crm.lock:
            now, values = self._crm.now(), {}
            if marketo and person.in_marketo:
                self.activity(person, kinds.DELETE, (person.name, marketo_id(person.number), {"Reason": "Deleted by a user"}))
                values["gone_at"] = now
            if salesforce and person.kind:
                values["deleted_at"] = now
            self._crm.people.change(person.number, now, **values)

    def convert(self, person: Person) -> Person:
        """A lead becomes a contact of an account."""
        if person.kind != LEAD:
            raise Conflict("only a lead can be converted")
        with self._crm.lock:
            now = self._crm.now()
            account = self._crm.people.account_called(person.company, person.owner, now)
            return self._crm.people.change(person.number, now, kind=CONTACT, converted_at=now, account=account.number)

    def _move_tasks(self, loser: Person, winner: Person, now: datetime) -> None:
        gone, stays = loser.salesforce_ids, winner.salesforce_ids
        for task in self._crm.tasks:
            if task.who in gone and stays:
                self._crm.tasks.change(task.id, now, who=stays[-1])
