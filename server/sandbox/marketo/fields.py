"""What Marketo knows of a person, by the names its REST API uses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.sandbox.crm.crm import Crm
from server.sandbox.crm.identifiers import record_id
from server.sandbox.crm.people import marketo_id
from server.sandbox.crm.person import Account, Person
from server.sandbox.crm.reps import QUEUE

Read = Callable[[Crm, Person], object]


@dataclass(frozen=True)
class Field:
    """`attribute`: of Person, where it is kept as it is; changes are listed for those."""

    name: str
    shown: str
    type: str
    read: Read
    length: int | None = None
    read_only: bool = False
    searchable: bool = False
    attribute: str = ""


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(name: str, shown: str, attribute: str, type: str = "string", searchable: bool = False) -> Field:
    length = 255 if type in ("string", "email", "phone", "url") else 2000 if type == "text" else None
    return Field(name, shown, type, lambda _, person: _value(person, attribute), length, False, searchable, attribute)


def _made(name: str, shown: str, type: str, read: Read, searchable: bool = False) -> Field:
    return Field(name, shown, type, read, 255 if type == "string" else None, True, searchable)


def _value(person: Person, attribute: str) -> object:
    value = getattr(person, attribute)
    return None if value == "" else value


def _of_account(attribute: str) -> Read:
    def read(crm: Crm, person: Person) -> object:
        owner: Account | Person = person if person.account is None else crm.people.account(person.account)
        return getattr(owner, attribute) or None

    return read


def _relative(crm: Crm, person: Person) -> int:
    return min(3, crm.score(person) // 25)


_ALL = (
    _made("id", "Id", "integer", lambda _, person: marketo_id(person.number), True),
    _plain("email", "Email Address", "email", "email", True),
    _plain("firstName", "First Name", "first_name"),
    _plain("lastName", "Last Name", "last_name"),
    _plain("salutation", "Salutation", "salutation"),
    _plain("title", "Job Title", "title"),
    _plain("company", "Company Name", "company"),
    _plain("department", "Department", "department"),
    _plain("phone", "Phone Number", "phone", "phone"),
    _plain("mobilePhone", "Mobile Phone Number", "mobile", "phone"),
    _plain("fax", "Fax Number", "fax", "phone"),
    _made("mainPhone", "Main Phone", "phone", _of_account("phone")),
    _plain("website", "Website", "website", "url"),
    _plain("address", "Address", "street", "text"),
    _plain("city", "City", "city"),
    _plain("state", "State", "state"),
    _plain("postalCode", "Postal Code", "postal_code"),
    _plain("country", "Country", "country"),
    _made("billingStreet", "Billing Address", "text", _of_account("street")),
    _made("billingCity", "Billing City", "string", _of_account("city")),
    _made("billingState", "Billing State", "string", _of_account("state")),
    _made("billingPostalCode", "Billing Postal Code", "string", _of_account("postal_code")),
    _made("billingCountry", "Billing Country", "string", _of_account("country")),
    _plain("industry", "Industry", "industry"),
    _made("leadScore", "Person Score", "score", lambda crm, person: crm.score(person)),
    _plain("leadStatus", "Person Status", "lead_status"),
    _plain("leadSource", "Person Source", "lead_source"),
    _plain("rating", "Person Rating", "rating"),
    _plain("unsubscribed", "Unsubscribed", "unsubscribed", "boolean"),
    _made("unsubscribedReason", "Unsubscribed Reason", "text", lambda _, person: "Link" if person.unsubscribed else None),
    _plain("emailInvalid", "Email Invalid", "email_invalid", "boolean"),
    _plain("doNotCall", "Do Not Call", "do_not_call", "boolean"),
    _made("inferredCompany", "Inferred Company", "string", lambda _, person: person.company or None),
    _made("inferredCity", "Inferred City", "string", lambda _, person: person.city or None),
    _made("inferredCountry", "Inferred Country", "string", lambda _, person: person.country or None),
    _made("createdAt", "Created At", "datetime", lambda _, person: stamp(person.created)),
    _made("updatedAt", "Updated At", "datetime", lambda _, person: stamp(person.changed)),
    _made("priority", "Priority", "integer", lambda crm, person: person.urgency * 10 + _relative(crm, person)),
    _made("relativeScore", "Relative Score", "integer", _relative),
    _plain("urgency", "Urgency", "urgency", "integer"),
    _made("sfdcType", "SFDC Type", "string", lambda _, person: person.kind or None),
    _made("sfdcLeadId", "SFDC Lead Id", "string", lambda _, person: person.lead_id, True),
    _made("sfdcContactId", "SFDC Contact Id", "string", lambda _, person: person.contact_id, True),
    _made("sfdcAccountId", "SFDC Account Id", "string", lambda _, person: _account_id(person), True),
    _made("sfdcLeadOwnerId", "SFDC Lead Owner Id", "string", lambda _, person: person.owner or None, True),
    _made("externalSalesPersonId", "External Sales Person Id", "string", lambda _, person: _sales_person(person)),
    _made("externalCompanyId", "External Company Id", "string", lambda *_: None),
    _made("leadPartitionId", "Lead Partition Id", "integer", lambda *_: 1, True),
    _made("personType", "Person Type", "string", lambda *_: "contact"),
    _made("contactCompany", "Contact Company", "integer", lambda _, person: person.account),
    _made("marketingSuspended", "Marketing Suspended", "boolean", lambda *_: False),
    _made("facebookId", "Facebook Id", "string", lambda *_: None, True),
    _made("linkedInId", "LinkedIn Id", "string", lambda *_: None, True),
    _made("twitterId", "Twitter Id", "string", lambda *_: None, True),
)
FIELDS = {field.name: field for field in _ALL}
BY_ATTRIBUTE = {field.attribute: field for field in _ALL if field.attribute}
USUAL = ("id", "email", "firstName", "lastName", "createdAt", "updatedAt")
# Looked up by, but shown by no lead and no describe.
ELSEWHERE = ("cookies", "sfdcOpptyId")


def _account_id(person: Person) -> str | None:
    return record_id("Account", person.account) if person.account else None


def _sales_person(person: Person) -> str | None:
    return person.owner if person.owner not in ("", QUEUE) else None
