"""The objects of this Salesforce: their fields, their parents, and where their records come from."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from server.errors import NotFound
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.identifiers import number_in, record_id
from server.sandbox.crm.opportunities import WON
from server.sandbox.crm.person import CONTACT, Person
from server.sandbox.crm.reps import QUEUE, QUEUE_NAME
from server.sandbox.crm.tasks import PRIORITIES, STATUSES

TEXT = frozenset({"string", "id", "reference", "picklist", "email", "phone", "url", "textarea", "combobox"})


@dataclass(frozen=True)
class Hint:
    """What a query wants at most; None: anything."""

    ids: frozenset[str] | None = None
    emails: frozenset[str] | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Column:
    """`writable` columns can be set by a create or an update. `choices`: of a restricted picklist."""

    name: str
    type: str
    read: Callable[[Crm, Any], object]
    writable: bool = False
    length: int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parent:
    """`read` gives the parent's record, or None."""

    name: str
    table: str
    read: Callable[[Crm, Any], object]


@dataclass(frozen=True)
class Table:
    """`numbers` may give a few too many; `record` says None for those which are no record of this table."""

    name: str
    columns: Mapping[str, Column]
    parents: Mapping[str, Parent]
    numbers: Callable[[Crm, Hint], Iterable[int]]
    record: Callable[[Crm, int], Any]
    deleted: Callable[[Any], bool] = field(default=lambda _: False)


@dataclass(frozen=True)
class Named:
    """Whatever a reference to several kinds of objects points at."""

    id: str
    name: str
    type: str
    email: str | None = None


def stamp(moment: datetime) -> datetime:
    """Salesforce keeps whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _columns(*columns: Column) -> dict[str, Column]:
    return {column.name.lower(): column for column in columns}


def _parents(*parents: Parent) -> dict[str, Parent]:
    return {parent.name.lower(): parent for parent in parents}


def _of(attribute: str) -> Callable[[Crm, Any], object]:
    def read(_crm: Crm, record: Any) -> object:
        value = getattr(record, attribute)
        return None if value == "" else value

    return read


def _dated(created: str = "created", changed: str = "changed") -> tuple[Column, ...]:
    return (
        Column("CreatedDate", "datetime", lambda _, record: stamp(getattr(record, created))),
        Column("LastModifiedDate", "datetime", lambda _, record: stamp(getattr(record, changed))),
        Column("SystemModstamp", "datetime", lambda _, record: stamp(getattr(record, changed))),
    )


def _person(kind: str, master: Callable[[Person], str | None]) -> tuple[Column, ...]:
    """What leads and contacts have in common."""
    return (
        Column("Id", "id", lambda _, person: record_id(kind, person.number)),
        Column("IsDeleted", "boolean", lambda _, person: person.deleted_at is not None),
        Column("MasterRecordId", "reference", lambda crm, person: _master(crm, person, master)),
        Column("OwnerId", "reference", _of("owner")),
        Column("FirstName", "string", _of("first_name")),
        Column("LastName", "string", _of("last_name")),
        Column("Salutation", "picklist", _of("salutation")),
        Column("Name", "string", _of("name")),
        Column("Email", "email", _of("email")),
        Column("Title", "string", _of("title")),
        Column("Phone", "phone", _of("phone")),
        Column("MobilePhone", "phone", _of("mobile")),
        Column("Fax", "phone", _of("fax")),
        Column("LeadSource", "picklist", _of("lead_source")),
        Column("HasOptedOutOfEmail", "boolean", _of("unsubscribed")),
        Column("DoNotCall", "boolean", _of("do_not_call")),
        *_dated(),
    )


def _master(crm: Crm, person: Person, id_of: Callable[[Person], str | None]) -> str | None:
    return id_of(crm.people.known(person.merged_into)) if person.merged_into else None


def _address(prefix: str = "") -> tuple[Column, ...]:
    told = (("Street", "street"), ("City", "city"), ("State", "state"), ("PostalCode", "postal_code"), ("Country", "country"))
    return tuple(
        Column(prefix + name, "textarea" if name == "Street" else "string", _of(attribute)) for name, attribute in told
    )


def _owner(crm: Crm, record: Any) -> Named | None:
    if record.owner == QUEUE:
        return Named(QUEUE, QUEUE_NAME, "Queue")
    rep = next((rep for rep in crm.people.reps if rep.id == record.owner), None)
    return Named(rep.id, rep.name, "User", rep.email) if rep else None


def _account(crm: Crm, record: Any) -> object:
    return crm.people.account(record.account) if record.account else None


def _account_id(_crm: Crm, record: Any) -> str | None:
    return record_id("Account", record.account) if record.account else None


def named(crm: Crm, id: str) -> Named | None:
    """Whoever or whatever a task is about."""
    number = number_in(id, "Lead") or number_in(id, CONTACT)
    person = crm.people.get(number) if number else None
    if person is not None:
        return Named(id, person.name, "Lead" if number_in(id, "Lead") else CONTACT, person.email or None)
    for kind, read in (("Account", _account_record), ("Opportunity", _opportunity_record)):
        number = number_in(id, kind)
        found = read(crm, number) if number else None
        if found is not None:
            return Named(id, found.name, kind)
    return None


def _account_record(crm: Crm, number: int) -> Any:
    try:
        return crm.people.account(number)
    except NotFound:
        return None


def _opportunity_record(crm: Crm, number: int) -> Any:
    return crm.opportunities.get(number)


def _people(kind: str) -> Callable[[Crm, Hint], Iterable[int]]:
    def numbers(crm: Crm, hint: Hint) -> Iterable[int]:
        if hint.ids is not None:
            return sorted(number for id in hint.ids if (number := number_in(id, kind)))
        if hint.emails is not None:
            return sorted({number for email in hint.emails for number in crm.people.by_email(email)})
        return crm.people.numbers() if hint.since is None else crm.people.changed_since(hint.since)

    return numbers


def _lead(crm: Crm, number: int) -> Person | None:
    person = crm.people.get(number)
    return person if person is not None and person.was_lead else None


def _contact(crm: Crm, number: int) -> Person | None:
    person = crm.people.get(number)
    return person if person is not None and person.kind == CONTACT else None


def _listed(kind: str, every: Callable[[Crm], Iterable[int]]) -> Callable[[Crm, Hint], Iterable[int]]:
    def numbers(crm: Crm, hint: Hint) -> Iterable[int]:
        if hint.ids is not None:
            return sorted(number for id in hint.ids if (number := number_in(id, kind)))
        return every(crm)

    return numbers


def _opportunity_numbers(crm: Crm) -> Iterator[int]:
    return (opportunity.number for opportunity in crm.opportunities)


def _task(crm: Crm, number: int) -> Any:
    try:
        return crm.tasks.get(record_id("Task", number))
    except NotFound:
        return None


def _user(crm: Crm, number: int) -> Any:
    return next((rep for rep in crm.people.reps if rep.number == number), None)


def _converted(value: Callable[[Any], object]) -> Callable[[Crm, Any], object]:
    return lambda _, person: value(person) if person.converted_at else None


_LEAD = Table(
    "Lead",
    _columns(
        *_person("Lead", lambda person: person.lead_id),
        Column("Company", "string", _of("company")),
        Column("Website", "url", _of("website")),
        Column("Industry", "picklist", _of("industry")),
        Column("Rating", "picklist", _of("rating")),
        Column("Status", "picklist", lambda _, lead: lead.lead_status or "Open - Not Contacted"),
        Column("IsConverted", "boolean", lambda _, lead: lead.converted_at is not None),
        Column("ConvertedDate", "date", _converted(lambda lead: lead.converted_at.date())),
        Column("ConvertedContactId", "reference", _converted(lambda lead: lead.contact_id)),
        Column("ConvertedAccountId", "reference", _converted(lambda lead: record_id("Account", lead.account))),
        *_address(),
    ),
    _parents(Parent("Owner", "Name", _owner)),
    _people("Lead"),
    _lead,
    lambda lead: lead.deleted_at is not None,
)
_CONTACT = Table(
    "Contact",
    _columns(
        *_person(CONTACT, lambda person: person.contact_id),
        Column("AccountId", "reference", _account_id),
        Column("Department", "string", _of("department")),
        *_address("Mailing"),
    ),
    _parents(Parent("Owner", "User", _owner), Parent("Account", "Account", _account)),
    _people(CONTACT),
    _contact,
    lambda contact: contact.deleted_at is not None,
)
_ACCOUNT = Table(
    "Account",
    _columns(
        Column("Id", "id", lambda _, account: record_id("Account", account.number)),
        Column("IsDeleted", "boolean", lambda *_: False),
        Column("Name", "string", _of("name")),
        Column("OwnerId", "reference", _of("owner")),
        Column("Website", "url", _of("website")),
        Column("Phone", "phone", _of("phone")),
        Column("Fax", "phone", lambda *_: None),
        Column("Industry", "picklist", _of("industry")),
        *_dated(changed="created"),
        *_address("Billing"),
    ),
    _parents(Parent("Owner", "User", _owner)),
    _listed("Account", lambda crm: crm.people.account_numbers()),
    _account_record,
)
_OPPORTUNITY = Table(
    "Opportunity",
    _columns(
        Column("Id", "id", lambda _, found: record_id("Opportunity", found.number)),
        Column("IsDeleted", "boolean", lambda *_: False),
        Column("Name", "string", _of("name")),
        Column("OwnerId", "reference", _of("owner")),
        Column("AccountId", "reference", _account_id),
        Column("StageName", "picklist", _of("stage")),
        Column("Amount", "double", _of("amount")),
        Column("CloseDate", "date", _of("closes")),
        Column("IsClosed", "boolean", _of("closed")),
        Column("IsWon", "boolean", lambda _, found: found.stage == WON),
        *_dated(),
    ),
    _parents(Parent("Owner", "User", _owner), Parent("Account", "Account", _account)),
    _listed("Opportunity", _opportunity_numbers),
    _opportunity_record,
)
_ROLE = Table(
    "OpportunityContactRole",
    _columns(
        Column("Id", "id", lambda _, found: record_id("OpportunityContactRole", found.number)),
        Column("IsDeleted", "boolean", lambda *_: False),
        Column("OpportunityId", "reference", lambda _, found: record_id("Opportunity", found.number)),
        Column("ContactId", "reference", lambda _, found: record_id(CONTACT, found.contact)),
        Column("Role", "picklist", lambda *_: "Decision Maker"),
        Column("IsPrimary", "boolean", lambda *_: True),
        *_dated(),
    ),
    _parents(
        Parent("Opportunity", "Opportunity", lambda _, found: found),
        Parent("Contact", "Contact", lambda crm, found: crm.people.get(found.contact)),
    ),
    _listed("OpportunityContactRole", _opportunity_numbers),
    _opportunity_record,
)
_TASK = Table(
    "Task",
    _columns(
        Column("Id", "id", _of("id")),
        Column("IsDeleted", "boolean", _of("deleted")),
        Column("OwnerId", "reference", _of("owner"), True),
        Column("WhoId", "reference", _of("who"), True),
        Column("WhatId", "reference", _of("what"), True),
        Column("Subject", "combobox", _of("subject"), True, 255),
        Column("Status", "picklist", _of("status"), True, choices=STATUSES),
        Column("Priority", "picklist", _of("priority"), True, choices=PRIORITIES),
        Column("ActivityDate", "date", _of("due"), True),
        Column("Description", "textarea", _of("description"), True, 32_000),
        Column("Type", "picklist", _of("kind"), True, choices=("Call", "Email", "Meeting", "Other")),
        Column("IsClosed", "boolean", _of("closed")),
        Column("IsHighPriority", "boolean", lambda _, task: task.priority == "High"),
        Column("TaskSubtype", "picklist", lambda *_: "Task"),
        *_dated(),
    ),
    _parents(
        Parent("Owner", "Name", _owner),
        Parent("Who", "Name", lambda crm, task: named(crm, task.who)),
        Parent("What", "Name", lambda crm, task: named(crm, task.what)),
    ),
    _listed("Task", lambda crm: (task.number for task in crm.tasks)),
    _task,
    lambda task: task.deleted,
)
_USER = Table(
    "User",
    _columns(
        Column("Id", "id", _of("id")),
        Column("Username", "string", _of("email")),
        Column("Email", "email", _of("email")),
        Column("Name", "string", _of("name")),
        Column("IsActive", "boolean", _of("active")),
        Column("UserType", "picklist", lambda *_: "Standard"),
        Column("CreatedDate", "datetime", lambda crm, _: crm.born),
        Column("LastModifiedDate", "datetime", lambda crm, _: crm.born),
        Column("SystemModstamp", "datetime", lambda crm, _: crm.born),
    ),
    {},
    _listed("User", lambda crm: (rep.number for rep in crm.people.reps)),
    _user,
)
_NAME = Table(
    "Name",
    _columns(
        Column("Id", "id", _of("id")),
        Column("Name", "string", _of("name")),
        Column("Type", "picklist", _of("type")),
        Column("Email", "email", _of("email")),
        Column("IsActive", "boolean", lambda crm, found: _is_active(crm, found.id)),
        Column("Username", "string", _of("email")),
    ),
    {},
    lambda *_: (),
    lambda *_: None,
)
TABLES = {table.name.lower(): table for table in (_LEAD, _CONTACT, _ACCOUNT, _OPPORTUNITY, _ROLE, _TASK, _USER, _NAME)}


def _is_active(crm: Crm, id: str) -> bool | None:
    return next((rep.active for rep in crm.people.reps if rep.id == id), None)
