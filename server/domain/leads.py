"""What Marketo tells of a lead becomes what we know of a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.domain.countries import country_code
from server.domain.people import Person, PersonAddress, Source, account_of, in_order
from server.domain.phones import KINDS, Kind, Phone, phone

FIELDS = tuple(
    """
    id email firstName lastName title company phone mobilePhone fax website address city state postalCode country
    billingStreet billingCity billingState billingPostalCode billingCountry leadScore unsubscribed doNotCall
    sfdcType sfdcLeadId sfdcContactId sfdcAccountId externalSalesPersonId
    """.split()  # noqa: SIM905  a list of words is read like this
)
"""Those we ask for, where an instance has them."""

UNCHANGING = frozenset({"id", "leadScore"})
"""Not to be listened to as changes of data: a score has activities of its own."""

_NUMBERS: Mapping[Kind, str] = {"mobile": "mobilePhone", "phone": "phone", "fax": "fax"}
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Lead:
    """None and empty where Marketo tells nothing. `sales_person`: Marketo's id of whose lead it is, without Salesforce."""

    id: int
    address: str
    name: str
    title: str | None
    account: str | None
    country: str | None
    phones: tuple[Phone, ...]
    website: str | None
    postal: str | None
    unsubscribed: bool
    do_not_call: bool
    salesforce_id: str | None
    salesforce_type: str | None
    salesforce_account: str | None
    sales_person: str | None
    score: int


def lead_of(row: Mapping[str, Any], normal_address: Callable[[str], str]) -> Lead:
    """A field that was asked for but does not come back counts as empty."""
    told = {name: _text(row.get(name)) for name in FIELDS}
    country = country_code(told["country"]) if told["country"] else None
    contact = told["sfdcContactId"]
    sales = contact or told["sfdcLeadId"]
    return Lead(
        id=int(row["id"]),
        address=normal_address(told["email"]) if told["email"] else "",
        name=" ".join(f"{told['firstName']} {told['lastName']}".split()),
        title=told["title"] or None,
        account=told["company"] or None,
        country=country,
        phones=_phones(told, country),
        website=_website(told["website"]),
        postal=_postal(told, "billing") or _postal(told, ""),
        unsubscribed=told["unsubscribed"].lower() == "true",
        do_not_call=told["doNotCall"].lower() == "true",
        salesforce_id=sales or None,
        salesforce_type=("contact" if contact else "lead") if sales else None,
        salesforce_account=told["sfdcAccountId"] or None,
        sales_person=told["externalSalesPersonId"] or None,
        score=_number(row.get("leadScore")) or 0,
    )


def newcomer(person_id: str, workspace_id: str, lead: Lead) -> Person:
    addresses = (PersonAddress(lead.address),) if lead.address else ()
    blank = Person(person_id, workspace_id, "", addresses, account=account_of(lead.address), source=Source.MARKETO)
    return filled(blank, lead)


def filled(person: Person, lead: Lead, free: Callable[[str], bool] = lambda address: True) -> Person:
    """What only Marketo tells of follows Marketo. Of somebody known by other ways it fills what is empty, and a no counts.

    `free`: whether an address belongs to nobody else.
    """
    theirs = person.source is Source.MARKETO
    known = replace(
        person,
        marketo_id=lead.id,
        website=lead.website or person.website,
        postal=lead.postal or person.postal,
        salesforce_id=lead.salesforce_id or person.salesforce_id,
        salesforce_type=lead.salesforce_type or person.salesforce_type,
        salesforce_account=lead.salesforce_account or person.salesforce_account,
        addresses=_addresses(person, lead, free),
    )
    if theirs:
        return replace(
            known,
            name=lead.name or person.name,
            title=lead.title or person.title,
            account=lead.account or person.account,
            country=lead.country or person.country,
            phones=lead.phones or person.phones,
            unsubscribed=lead.unsubscribed,
            do_not_call=lead.do_not_call,
        )
    guessed = person.account is None or person.account == account_of(person.address or "")
    return replace(
        known,
        name=person.name or lead.name,
        title=person.title or lead.title,
        account=(lead.account if guessed else None) or person.account,
        country=person.country or lead.country,
        phones=person.phones or lead.phones,
        unsubscribed=person.unsubscribed or lead.unsubscribed,
        do_not_call=person.do_not_call or lead.do_not_call,
    )


def _addresses(person: Person, lead: Lead, free: Callable[[str], bool]) -> tuple[PersonAddress, ...]:
    """A new address of somebody only Marketo tells of is the one to use; else it is one more."""
    held = {one.address for one in person.addresses}
    if not lead.address or lead.address in held or not free(lead.address):
        return person.addresses
    added = PersonAddress(lead.address)
    return in_order((added, *person.addresses) if person.source is Source.MARKETO else (*person.addresses, added))


def _phones(told: Mapping[str, str], country: str | None) -> tuple[Phone, ...]:
    read = [phone(told[_NUMBERS[kind]], country, kind) for kind in KINDS if told[_NUMBERS[kind]]]
    return tuple(one for one in read if one is not None)


def _postal(told: Mapping[str, str], prefix: str) -> str | None:
    """In one line: street, town with its code, state, country."""

    def part(name: str) -> str:
        plain = {"street": "address"}.get(name, name) if not prefix else name
        return told[f"{prefix}{plain[0].upper()}{plain[1:]}" if prefix else plain]

    town = " ".join(f"{part('postalCode')} {part('city')}".split())
    parts: Sequence[str] = (part("street"), town, part("state"), part("country"))
    whole = ", ".join(" ".join(one.split()) for one in parts if one)
    return whole if part("street") or part("city") else None


def _website(text: str) -> str | None:
    """Only what a browser may open."""
    if not text or any(letter.isspace() for letter in text):
        return None
    whole = text if "://" in text else f"https://{text}"
    return whole if whole.lower().startswith(("https://", "http://")) else None


def _number(value: object) -> int | None:
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    if value is None:
        return ""
    return "".join(letter for letter in str(value).strip() if letter.isprintable() or letter == " ")[:_LONGEST]
