"""Users, workspaces, sessions and one-time codes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, insert, or_, select, update

from server.domain import notifications, preferences
from server.domain.users import Domain, Identity, OpenSession, Role, Session, User, Workspace, domains_json, domains_of
from server.storage.tables import one_time_codes, sessions, users, workspaces


@dataclass(frozen=True, slots=True)
class Code:
    """A secret that works once. `digest` stands for it; `purpose` is setup, ticket, device or extension."""

    digest: str
    purpose: str
    user_id: str | None
    payload: dict[str, str]
    expires_at: datetime


# Workspaces --------------------------------------------------------------------


_WORKSPACES: Select[Any] = select(workspaces.c.id, workspaces.c.name, workspaces.c.domain, workspaces.c.domains).order_by(
    workspaces.c.created_at, workspaces.c.id
)


def workspace(tx: Connection, workspace_id: str) -> Workspace:
    return _workspace(tx.execute(_WORKSPACES.where(workspaces.c.id == workspace_id)).one())


def every_workspace(tx: Connection, *, locked: bool = False) -> list[Workspace]:
    """The eldest first: an installation has few. `locked`: until the transaction ends, since no domain may have two homes."""
    return [_workspace(row) for row in tx.execute(_WORKSPACES.with_for_update() if locked else _WORKSPACES)]


def workspace_of_domain(tx: Connection, domain: str) -> Workspace | None:
    """Whose people of that domain join by themselves."""
    return next((one for one in every_workspace(tx) if one.admits(domain)), None)


def eldest_workspace(tx: Connection) -> Workspace | None:
    row = tx.execute(_WORKSPACES.limit(1)).one_or_none()
    return _workspace(row) if row else None


def _workspace(row: Row[Any]) -> Workspace:
    return Workspace(row.id, row.name, row.domain, domains_of(row.domain, row.domains))


def keep_domains(tx: Connection, workspace_id: str, domains: Collection[Domain]) -> None:
    tx.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(domains=domains_json(domains)))


def rename_workspace(tx: Connection, workspace_id: str, name: str) -> None:
    tx.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(name=name))


def add_workspace(tx: Connection, made: Workspace, now: datetime) -> Workspace:
    tx.execute(insert(workspaces).values(id=made.id, name=made.name, domain=made.domain, created_at=now))
    return made


# Users ---------------------------------------------------------------------------


def by_id(tx: Connection, user_id: str) -> User | None:
    """Only while they are let in."""
    return _user(tx, and_(users.c.id == user_id, users.c.deactivated_at.is_(None)))


def by_address(tx: Connection, address: str) -> User | None:
    return _user(tx, and_(users.c.address == address.lower(), users.c.deactivated_at.is_(None)))


def active(tx: Connection, workspace_id: str) -> list[User]:
    rows = tx.execute(select(users).where(users.c.workspace_id == workspace_id, users.c.deactivated_at.is_(None)))
    return [user_of(row) for row in rows]


def by_ids(tx: Connection, user_ids: Collection[str]) -> list[User]:
    """Those who are let in."""
    rows = tx.execute(select(users).where(users.c.id.in_(list(user_ids)), users.c.deactivated_at.is_(None)))
    return [user_of(row) for row in rows]


def let_in(tx: Connection, user_ids: Collection[str]) -> set[str]:
    asked = select(users.c.id).where(users.c.id.in_(list(user_ids)), users.c.deactivated_at.is_(None))
    return set(tx.execute(asked).scalars())


def everybody(tx: Connection) -> list[User]:
    """Of all workspaces, those who are let in: for what the installation does by itself."""
    return [user_of(row) for row in tx.execute(select(users).where(users.c.deactivated_at.is_(None)))]


def names(tx: Connection, workspace_id: str, user_ids: Collection[str]) -> dict[str, str]:
    """By id; those no longer let in too."""
    asked = select(users.c.id, users.c.name).where(users.c.workspace_id == workspace_id, users.c.id.in_(list(user_ids)))
    return {user_id: name for user_id, name in tx.execute(asked).all()}


def addresses(tx: Connection, workspace_id: str, user_ids: Collection[str]) -> dict[str, str]:
    """The same of their addresses."""
    asked = select(users.c.id, users.c.address).where(users.c.workspace_id == workspace_id, users.c.id.in_(list(user_ids)))
    return {user_id: address for user_id, address in tx.execute(asked).all()}


def by_google(tx: Connection, sub: str) -> User | None:
    """The user with this Google account, unless no longer let in."""
    return _user(tx, and_(users.c.google_sub == sub, users.c.deactivated_at.is_(None)))


def with_identity(tx: Connection, sub: str, address: str) -> User | None:
    """The user with this Google account, else with this address; those no longer let in too."""
    return _user(tx, users.c.google_sub == sub) or _user(tx, users.c.address == address.lower())


def _user(tx: Connection, where: ColumnElement[bool]) -> User | None:
    row = tx.execute(select(users).where(where)).one_or_none()
    return user_of(row) if row else None


def user_of(row: Row[Any]) -> User:
    return User(
        id=row.id,
        workspace_id=row.workspace_id,
        address=row.address,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        tag=row.tag,
        locale=row.locale,
        time_zone=row.time_zone,
        google_sub=row.google_sub,
        deactivated_at=row.deactivated_at,
        notifications=notifications.read(row.notifications),
        preferences=preferences.read(row.preferences),
    )


def is_taken(tx: Connection, address: str) -> bool:
    """By anybody of any workspace, those no longer let in too."""
    return tx.execute(select(users.c.id).where(users.c.address == address.lower())).first() is not None


def add(tx: Connection, user: User, now: datetime) -> User:
    tx.execute(
        insert(users).values(
            id=user.id,
            workspace_id=user.workspace_id,
            google_sub=user.google_sub,
            address=user.address.lower(),
            name=user.name,
            roles=sorted(user.roles),
            tag=user.tag,
            locale=user.locale,
            time_zone=user.time_zone,
            created_at=now,
        )
    )
    return replace(user, address=user.address.lower())


def recognise(tx: Connection, user: User, identity: Identity, roles: frozenset[Role]) -> User:
    """What Google says now about somebody known: address and name may have changed, an invited one gets an account. An address
    that another user still goes by is taken over only once that one has got a new one."""
    address = identity.address.lower()
    is_taken = tx.execute(select(users.c.id).where(users.c.address == address, users.c.id != user.id)).first() is not None
    kept = user.address if is_taken else address
    now_is = replace(user, google_sub=identity.sub, address=kept, name=identity.name, roles=roles)
    tx.execute(
        update(users)
        .where(users.c.id == user.id)
        .values(google_sub=now_is.google_sub, address=now_is.address, name=now_is.name, roles=sorted(roles))
    )
    return now_is


def choose(
    tx: Connection, user_id: str, locale: str | None, time_zone: str | None, wishes: notifications.Wishes | None
) -> None:
    told = notifications.written(wishes) if wishes else None
    given = {"locale": locale, "time_zone": time_zone, "notifications": told}
    chosen = {name: value for name, value in given.items() if value is not None}
    if chosen:
        tx.execute(update(users).where(users.c.id == user_id).values(**chosen))


def prefer(tx: Connection, user_id: str, changes: Mapping[str, Any]) -> preferences.Preferences:
    """Locks the user, so that two screens that change two of them keep both."""
    stored = tx.execute(select(users.c.preferences).where(users.c.id == user_id).with_for_update()).scalar_one()
    now_are = preferences.chosen(preferences.read(stored), changes)
    tx.execute(update(users).where(users.c.id == user_id).values(preferences=preferences.written(now_are)))
    return now_are


def deactivate(tx: Connection, workspace_id: str, user_id: str, now: datetime) -> bool:
    in_workspace = and_(users.c.id == user_id, users.c.workspace_id == workspace_id)
    found = tx.execute(update(users).where(in_workspace).values(deactivated_at=now)).rowcount
    tx.execute(
        update(sessions)
        .where(sessions.c.user_id == user_id, sessions.c.workspace_id == workspace_id, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(found)


def has_admin(tx: Connection) -> bool:
    """Few users are in an installation that has none, so they are read, not queried inside their JSON."""
    roles = tx.execute(select(users.c.roles).where(users.c.deactivated_at.is_(None))).scalars()
    return any(Role.ADMIN in held for held in roles)


# Sessions ------------------------------------------------------------------------


def add_session(tx: Connection, made: Session, label: str, refresh_digest: str | None) -> None:
    tx.execute(
        insert(sessions).values(
            id=made.id,
            workspace_id=made.user.workspace_id,
            user_id=made.user.id,
            kind=made.kind,
            refresh_digest=refresh_digest,
            label=label,
            address_hash=made.address_hash,
            created_at=made.seen_at,
            seen_at=made.seen_at,
            expires_at=made.expires_at,
        )
    )


def session(tx: Connection, session_id: str, now: datetime) -> Session | None:
    """Only while it lives and its user is let in."""
    row = tx.execute(select(sessions).where(sessions.c.id == session_id, _living(now))).one_or_none()
    user = by_id(tx, row.user_id) if row else None
    if row is None or user is None:
        return None
    return Session(row.id, row.kind, user, row.address_hash, row.seen_at, row.expires_at)


def _living(now: datetime) -> ColumnElement[bool]:
    return and_(sessions.c.revoked_at.is_(None), sessions.c.expires_at > now)


def touch_session(tx: Connection, session_id: str, now: datetime, expires_at: datetime, address_hash: str | None) -> None:
    tx.execute(
        update(sessions)
        .where(sessions.c.id == session_id, _living(now))
        .values(seen_at=now, expires_at=expires_at, address_hash=address_hash)
    )


def rotate(tx: Connection, session_id: str, old: str, new: str, now: datetime, expires_at: datetime) -> bool:
    """Exchange a session's refresh secret; False when the old one is not (or no longer) the one in force."""
    in_force = and_(sessions.c.id == session_id, sessions.c.refresh_digest == old, _living(now))
    values = {"refresh_digest": new, "refreshed_at": now, "seen_at": now, "expires_at": expires_at}
    changed = tx.execute(update(sessions).where(in_force).values(values))
    return bool(changed.rowcount)


def has_rotated(tx: Connection, session_id: str, to: str, since: datetime) -> bool:
    """Whether the secret in force is this one, and has been only since then."""
    found = select(sessions.c.id).where(
        sessions.c.id == session_id, sessions.c.refresh_digest == to, sessions.c.refreshed_at >= since
    )
    return tx.execute(found).first() is not None


def open_sessions(tx: Connection, user_id: str, now: datetime) -> list[OpenSession]:
    """Last used first."""
    rows = tx.execute(select(sessions).where(sessions.c.user_id == user_id, _living(now)).order_by(sessions.c.seen_at.desc()))
    return [OpenSession(row.id, row.kind, row.label, row.created_at, row.seen_at) for row in rows]


def end_session_of(tx: Connection, user_id: str, session_id: str, now: datetime) -> bool:
    """False when this user has no such session, or no longer."""
    own = and_(sessions.c.id == session_id, sessions.c.user_id == user_id, _living(now))
    return bool(tx.execute(update(sessions).where(own).values(revoked_at=now)).rowcount)


def end_session(tx: Connection, session_id: str, now: datetime) -> None:
    tx.execute(update(sessions).where(sessions.c.id == session_id, sessions.c.revoked_at.is_(None)).values(revoked_at=now))


def drop_ended_sessions(tx: Connection, before: datetime) -> None:
    """Their addresses are no longer needed to know own views by."""
    tx.execute(delete(sessions).where(or_(sessions.c.expires_at < before, sessions.c.revoked_at < before)))


# One-time codes --------------------------------------------------------------------


def add_code(tx: Connection, code: Code) -> None:
    tx.execute(
        insert(one_time_codes).values(
            digest=code.digest, purpose=code.purpose, user_id=code.user_id, payload=code.payload, expires_at=code.expires_at
        )
    )


def has_code(tx: Connection, purpose: str, digest: str, now: datetime) -> bool:
    """Locks the code, so that of two who come with it at once only the first finds it."""
    found = select(one_time_codes.c.digest).where(_usable(purpose, digest, now)).with_for_update()
    return tx.execute(found).scalar() is not None


def take_code(tx: Connection, purpose: str, digest: str, now: datetime) -> Code | None:
    row = tx.execute(delete(one_time_codes).where(_usable(purpose, digest, now)).returning(*one_time_codes.c)).one_or_none()
    return Code(row.digest, row.purpose, row.user_id, row.payload, row.expires_at) if row else None


def _usable(purpose: str, digest: str, now: datetime) -> ColumnElement[bool]:
    codes = one_time_codes.c
    return and_(codes.digest == digest, codes.purpose == purpose, codes.expires_at > now)


def drop_codes(tx: Connection, purpose: str) -> None:
    tx.execute(delete(one_time_codes).where(one_time_codes.c.purpose == purpose))


def drop_expired_codes(tx: Connection, now: datetime) -> None:
    tx.execute(delete(one_time_codes).where(one_time_codes.c.expires_at <= now))
