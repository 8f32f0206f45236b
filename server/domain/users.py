"""Who may use the product: users, their workspace, and what Google's word about somebody is worth here."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from server.domain.notifications import Wishes
from server.domain.people import CONSUMER_DOMAINS

SESSION_LIFE = timedelta(days=14)
"""Of a session nobody uses; each use begins it anew."""

ACCESS_TOKEN_LIFE = timedelta(hours=1)
REFRESH_GRACE = timedelta(seconds=30)
"""So long a renewal whose answer was lost can be asked for again."""

TICKET_LIFE = timedelta(seconds=30)
CODE_LIFE = timedelta(minutes=1)
SETUP_LIFE = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=1)
"""A session's last use and address are written at most this often."""


class Role(StrEnum):
    REP = "rep"
    ADMIN = "admin"
    OPERATOR = "operator"


MOST_DOMAINS = 50
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")


@dataclass(frozen=True, slots=True)
class Domain:
    """One of a company's own: mail to it is never tracked. `joins`: whom Google says to be of it becomes a user by signing
    in; else only those invited do."""

    name: str
    joins: bool = True


@dataclass(frozen=True, slots=True)
class Workspace:
    """`domain` is the Google Workspace domain of whoever founded it, None for somebody without; `domains` those it has now."""

    id: str
    name: str
    domain: str | None
    domains: tuple[Domain, ...] = ()

    def admits(self, domain: str) -> bool:
        return any(one.joins and one.name == domain for one in self.domains)


def domains_of(home: str | None, stored: Iterable[Mapping[str, Any]] | None) -> tuple[Domain, ...]:
    """`stored` None: nobody decided yet, so that the founder's domain is the one."""
    if stored is None:
        return (Domain(home),) if home else ()
    return tuple(Domain(one["name"], bool(one["joins"])) for one in stored)


def domains_json(domains: Iterable[Domain]) -> list[dict[str, Any]]:
    return [{"name": one.name, "joins": one.joins} for one in domains]


def domain_named(written: str) -> str | None:
    """A domain as it stands in addresses, from how somebody wrote it; None for what is none."""
    name = written.strip().lower().removeprefix("@").rstrip(".")
    try:
        plain = name.encode("idna").decode()
    except UnicodeError:
        return None
    return plain if len(plain) <= 253 and _DOMAIN.fullmatch(plain) else None


def wrong_domain(name: str | None, present: Sequence[Domain]) -> str | None:
    """What stands against adding it: `domain`, `everybodys`, `known`, `many`; None when nothing does."""
    if name is None:
        return "domain"
    if name in CONSUMER_DOMAINS:
        return "everybodys"
    if any(one.name == name for one in present):
        return "known"
    return "many" if len(present) >= MOST_DOMAINS else None


@dataclass(frozen=True, slots=True)
class User:
    """`tag` is opaque and stands in the pixel's address. `locale` and `time_zone` are None until chosen."""

    id: str
    workspace_id: str
    address: str
    name: str
    roles: frozenset[Role]
    tag: str
    locale: str | None = None
    time_zone: str | None = None
    google_sub: str | None = None
    deactivated_at: datetime | None = None
    notifications: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified ID token says. `domain` is its `hd` claim: None for consumer accounts."""

    sub: str
    address: str
    name: str
    domain: str | None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class GoogleClient:
    """The OAuth client of the operator's Google Cloud project."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser or extension."""

    id: str
    kind: str
    user: User
    address_hash: str | None
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of the places where a user is signed in. `agent` is the browser's own name for itself."""

    id: str
    kind: str
    agent: str
    created_at: datetime
    seen_at: datetime


class Refusal(StrEnum):
    """Why somebody whom Google knows does not get in."""

    DEACTIVATED = "deactivated"
    OTHER_ACCOUNT = "other-account"
    NOT_INVITED = "not-invited"
    NO_ADMIN_YET = "no-admin-yet"
    SETUP_OVER = "setup-over"


@dataclass(frozen=True, slots=True)
class Admission:
    """The roles to hold afterwards. A newcomer joins `workspace`, or founds one when it is None."""

    roles: frozenset[Role]
    workspace: Workspace | None = None


EVERY_ROLE = frozenset(Role)


def admit(
    identity: Identity,
    *,
    known: User | None,
    home: Workspace | None,
    eldest: Workspace | None,
    setup: bool,
    admin_addresses: Collection[str],
) -> Admission | Refusal:
    """Whether and as what `identity` gets in.

    `known` is the user with this Google account or, if none, with this address; `home` the workspace of its domain;
    `eldest` the installation's own workspace. `setup`: the one-time set-up address led here and is still alive.
    """
    named = identity.address.casefold() in {address.casefold() for address in admin_addresses}
    more = EVERY_ROLE if setup else frozenset({Role.ADMIN, Role.OPERATOR}) if named else frozenset()
    if known is not None:
        return _readmit(identity, known, more)
    if home is not None:
        return Admission(more | {Role.REP}, home)
    if not more:
        return Refusal.NOT_INVITED if eldest else Refusal.NO_ADMIN_YET
    return Admission(more | {Role.REP}, eldest)


def _readmit(identity: Identity, known: User, more: frozenset[Role]) -> Admission | Refusal:
    if known.deactivated_at is not None:
        return Refusal.DEACTIVATED
    if known.google_sub not in (None, identity.sub):
        return Refusal.OTHER_ACCOUNT  # the address was given to somebody else
    return Admission(known.roles | more)


def is_stale(session: Session, now: datetime, address_hash: str | None) -> bool:
    """Whether this use is worth writing down."""
    age = now - session.seen_at
    return age >= TOUCH_EVERY or (address_hash is not None and session.address_hash is None)
