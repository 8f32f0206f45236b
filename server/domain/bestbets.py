"""The best-bet list: a rep's own people with a star or a flame, those with most of both first."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.people import Person
from server.domain.salesforce import CONTACT


class Group(StrEnum):
    """Who is not known to Salesforce is a lead. The last two are parts of the contacts."""

    LEADS = "leads"
    CONTACTS = "contacts"
    ACCOUNT_CONTACTS = "account-contacts"  # of an account that is the rep's
    OPPORTUNITY_CONTACTS = "opportunity-contacts"  # with a part in an open opportunity


class Order(StrEnum):
    PRIORITY = "priority"
    SCORE = "score"
    URGENCY = "urgency"
    NAME = "name"


USUAL = frozenset({Group.LEADS, Group.CONTACTS})


@dataclass(frozen=True, slots=True)
class Asked:
    """`groups`: at least one. `hidden`: those that were hidden, in place of those that are not."""

    groups: frozenset[Group] = field(default=USUAL)
    order: Order = Order.PRIORITY
    hidden: bool = False


def kind_of(person: Person) -> str:
    return CONTACT if person.salesforce_type == CONTACT else "lead"
