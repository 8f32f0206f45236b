"""Who uses the product, as an admin sees and decides it; and what somebody leaves behind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.mailboxes import Connection
from server.domain.users import Role, User

OPEN_FOR = timedelta(days=30)
"""A mail is open for so long after it was sent, unless somebody answers: only such are handed over."""


class Place(StrEnum):
    IN = "in"
    INVITED = "invited"  # may sign in, and has not yet
    OUT = "out"


class Part(StrEnum):
    """What a colleague may take over."""

    TASKS = "tasks"
    PEOPLE = "people"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Holding:
    """How much somebody holds. `elsewhere`: people whose owner Salesforce says, so that they are handed over there."""

    tasks: int = 0
    people: int = 0
    messages: int = 0
    elsewhere: int = 0

    def of(self, part: Part) -> int:
        return {Part.TASKS: self.tasks, Part.PEOPLE: self.people, Part.MESSAGES: self.messages}[part]

    @property
    def nothing(self) -> bool:
        return not (self.tasks or self.people or self.messages)


@dataclass(frozen=True, slots=True)
class Member:
    """`seen_at`: when a screen of theirs was last used, of what is still known."""

    user: User
    since: datetime
    seen_at: datetime | None
    gmail: Connection

    @property
    def place(self) -> Place:
        if self.user.deactivated_at is not None:
            return Place.OUT
        return Place.IN if self.user.google_sub else Place.INVITED


def objection(actor: User, subject: User, wanted: Collection[Role]) -> str | None:
    """Why an admin may not give somebody these roles: `none`, `self`, `operator`; None when they may.

    Nobody takes their own admin's role away, so that there is always an admin left. Who operates the installation is said by
    those who do.
    """
    if not wanted:
        return "none"
    if actor.id == subject.id and Role.ADMIN not in wanted:
        return "self"
    changes_operator = (Role.OPERATOR in wanted) != (Role.OPERATOR in subject.roles)
    return "operator" if changes_operator and Role.OPERATOR not in actor.roles else None


def may_let_go(actor: User, subject: User) -> bool:
    if actor.id == subject.id:
        return False
    return Role.OPERATOR not in subject.roles or Role.OPERATOR in actor.roles
