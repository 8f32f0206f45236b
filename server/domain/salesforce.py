"""Salesforce's records as we understand them: leads, contacts and their accounts; and how its questions are written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from server.domain.countries import country_code
from server.domain.people import Person, PersonAddress, Source, account_of, in_order
from server.domain.phones import KINDS, Phone, phone

LEAD, CONTACT = "lead", "contact"

LEAD_FIELDS = (
    "Id, OwnerId, Email, Name, Title, Company, Phone, MobilePhone, Fax, Website, Street, City, State, PostalCode, Country, "
    "DoNotCall, HasOptedOutOfEmail, IsConverted, ConvertedContactId, IsDeleted, MasterRecordId, SystemModstamp"
)
CONTACT_FIELDS = (
    "Id, OwnerId, Email, Name, Title, Phone, MobilePhone, Fax, MailingCountry, DoNotCall, HasOptedOutOfEmail, IsDeleted, "
    "MasterRecordId, SystemModstamp, AccountId, Account.Name, Account.OwnerId, Account.Website, Account.BillingStreet, "
    "Account.BillingCity, Account.BillingState, Account.BillingPostalCode, Account.BillingCountry"
)
ACCOUNT_FIELDS = (
    "Id, Name, OwnerId, Website, BillingStreet, BillingCity, BillingState, BillingPostalCode, BillingCountry, SystemModstamp"
)


@dataclass(frozen=True, slots=True)
class Account:
    """`owner`: a Salesforce id, as everywhere here."""

    id: str
    name: str | None
    owner: str | None
    website: str | None
    postal: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A lead or a contact. `became`: the record that stands for it now, merged or converted. A lead's company is an account
    without an id."""

    id: str
    type: str
    owner: str | None
    changed_at: datetime
    address: str = ""
    name: str = ""
    title: str | None = None
    account: Account | None = None
    phones: tuple[Phone, ...] = ()
    country: str | None = None
    do_not_call: bool = False
    unsubscribed: bool = False
    deleted: bool = False
    became: str | None = None

    @property
    def gone(self) -> bool:
        return self.deleted or self.became is not None


def lead_of(row: Mapping[str, Any], address: str) -> Record:
    """`address` is its Email in normal form."""
    converted = row.get("ConvertedContactId") if row.get("IsConverted") else None
    company = Account("", _text(row, "Company"), None, _text(row, "Website"), _postal(row, ""))
    return replace(
        _person(row, address, LEAD, _text(row, "Country")), account=company, became=converted or row.get("MasterRecordId")
    )


def contact_of(row: Mapping[str, Any], address: str) -> Record:
    of_account = row.get("Account") or {}
    account = account_row({**of_account, "Id": row.get("AccountId")}) if row.get("AccountId") else None
    country = _text(row, "MailingCountry") or _text(of_account, "BillingCountry")
    return replace(_person(row, address, CONTACT, country), account=account, became=row.get("MasterRecordId"))


def account_row(row: Mapping[str, Any]) -> Account:
    return Account(str(row["Id"]), _text(row, "Name"), row.get("OwnerId"), _text(row, "Website"), _postal(row, "Billing"))


def _person(row: Mapping[str, Any], address: str, type_: str, country: str | None) -> Record:
    code = country_code(country) if country else None
    numbers = {"phone": _text(row, "Phone"), "mobile": _text(row, "MobilePhone"), "fax": _text(row, "Fax")}
    read = [phone(number, code, kind) for kind in KINDS if (number := numbers[kind])]
    return Record(
        id=str(row["Id"]),
        type=type_,
        owner=row.get("OwnerId"),
        changed_at=moment_of(row),
        address=address,
        name=_text(row, "Name") or "",
        title=_text(row, "Title"),
        phones=tuple(one for one in read if one),
        country=code,
        do_not_call=bool(row.get("DoNotCall")),
        unsubscribed=bool(row.get("HasOptedOutOfEmail")),
        deleted=bool(row.get("IsDeleted")),
    )


# What they mean for a person --------------------------------------------------------------


def newcomer(person_id: str, workspace_id: str, record: Record) -> Person:
    addresses = (PersonAddress(record.address),) if record.address else ()
    return Person(person_id, workspace_id, "", addresses, account=account_of(record.address), source=Source.SALESFORCE)


def amended(person: Person, record: Record, owners: Mapping[str, str], address_free: bool) -> Person:
    """The person as Salesforce has them. What it leaves empty stays; whose they are is Salesforce's to say, and a no said here
    or there counts. `owners`: our users by their Salesforce ids."""
    account = record.account
    return replace(
        person,
        name=record.name or person.name,
        addresses=_with(person.addresses, record.address) if address_free else person.addresses,
        title=record.title or person.title,
        account=(account.name if account else None) or person.account,
        country=record.country or person.country,
        phones=_added(person.phones, record.phones),
        website=(account.website if account else None) or person.website,
        postal=(account.postal if account else None) or person.postal,
        do_not_call=person.do_not_call or record.do_not_call,
        unsubscribed=person.unsubscribed or record.unsubscribed,
        owner_id=owners.get(record.owner or ""),
        salesforce_id=record.id,
        salesforce_type=record.type,
        salesforce_account=account.id if account and account.id else None,
        account_owner_id=owners.get(account.owner or "") if account else None,
        opportunities=person.opportunities if record.type == CONTACT else 0,
        source=Source.SALESFORCE if person.source in (Source.REPLY, Source.MARKETO) else person.source,
    )


def left(person: Person) -> Person:
    """Salesforce knows this person no longer: nobody's."""
    return replace(
        person,
        owner_id=None,
        salesforce_id=None,
        salesforce_type=None,
        salesforce_account=None,
        account_owner_id=None,
        opportunities=0,
    )


def takes_over(record: Record, held_by: str | None, held_type: str | None) -> bool:
    """Whether a record speaks for somebody for whom another one spoke: a lead before a contact, then what changed last."""
    if held_by in (None, record.id):
        return True
    return record.type == held_type or record.type == LEAD


def _with(held: tuple[PersonAddress, ...], address: str) -> tuple[PersonAddress, ...]:
    if not address or any(one.address == address for one in held):
        return held
    return in_order((PersonAddress(address), *held))


def _added(held: tuple[Phone, ...], new: tuple[Phone, ...]) -> tuple[Phone, ...]:
    numbers = {(one.kind, one.number) for one in new}
    if numbers <= {(one.kind, one.number) for one in held}:
        return held
    return new + tuple(one for one in held if (one.kind, one.number) not in numbers)


# How it is written --------------------------------------------------------------------------


def whole_id(text: str) -> str | None:
    """The 18 characters of a record's id, also of one with 15; None when it is none."""
    if len(text) not in (15, 18) or not (text.isascii() and text.isalnum()):
        return None
    short, letters = text[:15], "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    guards = [sum(1 << at for at, one in enumerate(short[start : start + 5]) if one.isupper()) for start in (0, 5, 10)]
    whole = short + "".join(letters[guard] for guard in guards)
    return whole if text in (short, whole) else None


def quoted(text: str) -> str:
    """A text inside a question in SOQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def listed(texts: Collection[str]) -> str:
    return "(" + ", ".join(quoted(one) for one in sorted(texts)) + ")"


def timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """`2026-11-21T09:00:00.000+0000`"""
    return datetime.fromisoformat(text).astimezone(UTC)


def moment_of(row: Mapping[str, Any]) -> datetime:
    return moment(str(row["SystemModstamp"]))


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    plain = " ".join(str(value).replace("\0", "").split()) if value is not None else ""
    return plain or None


def _postal(row: Mapping[str, Any], prefix: str) -> str | None:
    """In one line, as envelopes have it."""
    city = " ".join(part for name in ("PostalCode", "City") if (part := _text(row, prefix + name)))
    parts = [_text(row, prefix + "Street"), city, _text(row, prefix + "State"), _text(row, prefix + "Country")]
    return ", ".join(part for part in parts if part) or None
