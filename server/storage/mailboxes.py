"""Mailboxes, the state of their connection, and who syncs one."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, case, or_, select, update

from server.domain.mailboxes import EVERY, EVERY_HOT, EVERY_WATCHED, RENEW_BEFORE, ConnectionState, Mailbox
from server.domain.mailboxes import Connection as State
from server.domain.users import domains_of
from server.storage.tables import mailboxes, users, workspaces
from server.storage.upsert import insert

_ALIVE = tuple(state.value for state in State if state.alive)
_TRIED = tuple(state.value for state in State if state.tried)


def connect(tx: Connection, mailbox: Mailbox, now: datetime) -> str:
    """New, or the same user's again: then its id and what it knows stay. The id. An address belongs to one user at a time."""
    values = {
        "address": mailbox.address,
        "aliases": list(mailbox.aliases),
        "credentials": mailbox.credentials,
        "scopes": list(mailbox.scopes),
        **_state_values(mailbox.connection),
    }
    statement = insert(tx, mailboxes).values(
        id=mailbox.id,
        workspace_id=mailbox.workspace_id,
        user_id=mailbox.user_id,
        history_id=mailbox.history_id,
        watch_expires_at=mailbox.watch_expires_at,
        created_at=now,
        **values,
    )
    given = statement.excluded
    same = and_(mailboxes.c.address == given.address, mailboxes.c.history_id.is_not(None))
    # The same mailbox connected again goes on from where it was left.
    kept = {
        "history_id": case((same, mailboxes.c.history_id), else_=given.history_id),
        "synced_at": case((same, mailboxes.c.synced_at), else_=None),
        "tended_at": None,
        **_FREED,
    }
    done = statement.on_conflict_do_update(index_elements=["user_id"], set_=values | kept)
    return str(tx.execute(done.returning(mailboxes.c.id)).scalar_one())


def get(tx: Connection, mailbox_id: str) -> Mailbox | None:
    return _one(tx, mailboxes.c.id == mailbox_id)


def of_user(tx: Connection, user_id: str) -> Mailbox | None:
    return _one(tx, mailboxes.c.user_id == user_id)


def by_address(tx: Connection, address: str) -> Mailbox | None:
    return _one(tx, mailboxes.c.address == address)


def claim(tx: Connection, mailbox_id: str, claim: str, now: datetime, until: datetime) -> Mailbox | None:
    """The mailbox, for this worker alone until then; None while another one has it or its connection is dead."""
    row = tx.execute(
        update(mailboxes)
        .where(
            mailboxes.c.id == mailbox_id,
            mailboxes.c.state.in_(_TRIED),
            # A claim that ends later than any can: the clock it was made by was set back since.
            or_(
                mailboxes.c.claimed_until.is_(None),
                mailboxes.c.claimed_until <= now,
                mailboxes.c.claimed_until > until + (until - now),
            ),
        )
        .values(claim=claim, claimed_until=until)
        .returning(*mailboxes.c)
    ).first()
    return None if row is None else _mailbox(row)


def lock(tx: Connection, mailbox_id: str) -> None:
    """Others who store what this mailbox brought wait until this transaction ends."""
    tx.execute(select(mailboxes.c.id).where(mailboxes.c.id == mailbox_id).with_for_update(key_share=True))


def advance(tx: Connection, mailbox_id: str, claim: str, history_id: int, until: datetime) -> bool:
    """Store how far it was read. False: the claim passed to another worker, so nothing of this may stay."""
    done = tx.execute(
        update(mailboxes)
        .where(mailboxes.c.id == mailbox_id, mailboxes.c.claim == claim)
        .values(history_id=history_id, claimed_until=until)
    )
    return done.rowcount == 1


def release(tx: Connection, mailbox_id: str, claim: str, looked_at: datetime | None) -> None:
    """`looked_at`: when the look came to its end; None when it did not."""
    looked = {} if looked_at is None else {"synced_at": looked_at}
    tx.execute(update(mailboxes).where(mailboxes.c.id == mailbox_id, mailboxes.c.claim == claim).values(**_FREED, **looked))


def set_state(tx: Connection, mailbox_id: str, state: State, detail: str, now: datetime, credentials: str | None) -> bool:
    """Whether it changed; `since` moves only then. What befell other credentials than the present ones is no news."""
    present = mailboxes.c.id == mailbox_id, mailboxes.c.credentials == credentials
    tx.execute(update(mailboxes).where(*present, mailboxes.c.state == state.value).values(state_detail=detail))
    changed = tx.execute(
        update(mailboxes)
        .where(*present, mailboxes.c.state != state.value)
        .values(**_state_values(ConnectionState(state, now, detail)))
    )
    return changed.rowcount == 1


def store_credentials(tx: Connection, mailbox_id: str, credentials: str, former: str) -> None:
    """Only over those it was made from: a reconnection meanwhile wins."""
    tx.execute(
        update(mailboxes).where(mailboxes.c.id == mailbox_id, mailboxes.c.credentials == former).values(credentials=credentials)
    )


def forget(tx: Connection, mailbox_id: str, now: datetime) -> None:
    tx.execute(
        update(mailboxes)
        .where(mailboxes.c.id == mailbox_id)
        .values(
            credentials=None,
            scopes=[],
            history_id=None,
            watch_expires_at=None,
            **_FREED,
            **_state_values(ConnectionState(State.NONE, now)),
        )
    )


def heat(tx: Connection, user_id: str, until: datetime) -> None:
    tx.execute(update(mailboxes).where(mailboxes.c.user_id == user_id).values(hot_until=until))


def watch_for_owners(tx: Connection, user_ids: Collection[str], until: datetime) -> None:
    tx.execute(update(mailboxes).where(mailboxes.c.user_id.in_(list(user_ids))).values(watched_until=until))


def connected(tx: Connection) -> Sequence[tuple[str, str]]:
    """(id, address) of every mailbox there are credentials for."""
    held = mailboxes.c.credentials.is_not(None)
    return [(row.id, row.address) for row in tx.execute(select(mailboxes.c.id, mailboxes.c.address).where(held))]


def due_for_a_look(tx: Connection, now: datetime) -> Sequence[tuple[str, str]]:
    """(mailbox id, workspace id) of those not looked at for as long as their heat allows."""
    hot = and_(mailboxes.c.hot_until > now, mailboxes.c.synced_at <= now - EVERY_HOT)
    watched = and_(mailboxes.c.watched_until > now, mailboxes.c.synced_at <= now - EVERY_WATCHED)
    # A look of tomorrow: our clock was set back since.
    stale = or_(mailboxes.c.synced_at.is_(None), mailboxes.c.synced_at <= now - EVERY, mailboxes.c.synced_at > now + EVERY)
    found = tx.execute(
        select(mailboxes.c.id, mailboxes.c.workspace_id).where(mailboxes.c.state.in_(_TRIED), or_(stale, hot, watched))
    )
    return [(row.id, row.workspace_id) for row in found]


def due_for_tending(tx: Connection, now: datetime, every: timedelta) -> Sequence[tuple[str, str]]:
    """(mailbox id, workspace id) of those whose aliases are old or whose watch ends soon."""
    old = or_(mailboxes.c.tended_at.is_(None), mailboxes.c.tended_at <= now - every)
    ending = mailboxes.c.watch_expires_at <= now + RENEW_BEFORE
    found = tx.execute(select(mailboxes.c.id, mailboxes.c.workspace_id).where(mailboxes.c.state.in_(_ALIVE), or_(old, ending)))
    return [(row.id, row.workspace_id) for row in found]


def tended(tx: Connection, mailbox_id: str, aliases: Iterable[str], watch_expires_at: datetime | None, now: datetime) -> None:
    tx.execute(
        update(mailboxes)
        .where(mailboxes.c.id == mailbox_id)
        .values(aliases=list(aliases), watch_expires_at=watch_expires_at, tended_at=now)
    )


def own_domains(tx: Connection, workspace_id: str) -> frozenset[str]:
    row = tx.execute(select(workspaces.c.domain, workspaces.c.domains).where(workspaces.c.id == workspace_id)).first()
    return frozenset(one.name for one in domains_of(row.domain, row.domains)) if row else frozenset()


def colleagues(tx: Connection, workspace_id: str) -> frozenset[str]:
    """Addresses of the workspace's own users."""
    return frozenset(tx.execute(select(users.c.address).where(users.c.workspace_id == workspace_id)).scalars())


_FREED: dict[str, Any] = {"claim": None, "claimed_until": None}


def _state_values(connection: ConnectionState) -> dict[str, Any]:
    return {"state": connection.state.value, "state_since": connection.since, "state_detail": connection.detail}


def _one(tx: Connection, which: Any) -> Mailbox | None:
    row = tx.execute(select(mailboxes).where(which)).first()
    return None if row is None else _mailbox(row)


def _mailbox(row: Row[Any]) -> Mailbox:
    return Mailbox(
        id=row.id,
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        address=row.address,
        aliases=tuple(row.aliases),
        credentials=row.credentials,
        scopes=tuple(row.scopes),
        connection=ConnectionState(State(row.state), row.state_since, row.state_detail, row.synced_at),
        history_id=row.history_id,
        watch_expires_at=row.watch_expires_at,
        claim=row.claim,
    )
