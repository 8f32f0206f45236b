"""The browsers that notifications are pushed to, and the key that signs for us there."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from server.domain.push import Browser
from server.storage import upsert
from server.storage.database import Transaction
from server.storage.tables import configuration, push_subscriptions, sessions

_KEY = "vapid_key"
_OF_A_BROWSER = tuple(push_subscriptions.c[name] for name in Browser.__dataclass_fields__)


def sealed_key(tx: Transaction) -> str | None:
    return tx.execute(select(configuration.c.value).where(configuration.c.name == _KEY)).scalar()


def keep_key(tx: Transaction, sealed: str, now: datetime, former: str | None = None) -> str:
    """The one that is kept, in the place of `former`: of several processes that begin at once, the first one's."""
    row = {"name": _KEY, "value": sealed, "secret": True, "changed_at": now}
    made = upsert.insert(tx, configuration).values(**row)
    replaced = {"value": sealed, "changed_at": now}
    tx.execute(
        made.on_conflict_do_update(index_elements=["name"], set_=replaced, where=configuration.c.value == former)
        if former
        else made.on_conflict_do_nothing()
    )
    kept: str = tx.execute(select(configuration.c.value).where(configuration.c.name == _KEY)).scalar_one()
    return kept


def keep(tx: Transaction, browser: Browser, session_id: str, now: datetime, most: int) -> None:
    """In the place of what was known of that browser, whosever it was. The user's `most` newest stay."""
    tx.execute(delete(push_subscriptions).where(push_subscriptions.c.endpoint == browser.endpoint))
    values = {name: getattr(browser, name) for name in Browser.__dataclass_fields__}
    tx.execute(insert(push_subscriptions).values(**values, session_id=session_id, created_at=now, failures=0))
    newest = (
        select(push_subscriptions.c.id)
        .where(push_subscriptions.c.user_id == browser.user_id)
        .order_by(push_subscriptions.c.created_at.desc(), push_subscriptions.c.id.desc())
        .limit(most)
    )
    mine = push_subscriptions.c.user_id == browser.user_id
    tx.execute(delete(push_subscriptions).where(mine, push_subscriptions.c.id.not_in(list(tx.execute(newest).scalars()))))


def of_user(tx: Transaction, user_id: str, now: datetime) -> list[Browser]:
    """Those whose session lives: who signed out is told nothing there."""
    asked = (
        select(*_OF_A_BROWSER)
        .join(sessions, sessions.c.id == push_subscriptions.c.session_id)
        .where(push_subscriptions.c.user_id == user_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > now)
        .order_by(push_subscriptions.c.created_at, push_subscriptions.c.id)
    )
    return [_browser(row) for row in tx.execute(asked).all()]


def having(tx: Transaction, user_ids: Collection[str]) -> set[str]:
    """Which of these users have such browsers."""
    asked = select(push_subscriptions.c.user_id).where(push_subscriptions.c.user_id.in_(list(user_ids))).distinct()
    return set(tx.execute(asked).scalars())


def by_session(tx: Transaction, session_id: str) -> str | None:
    """The endpoint of the browser with this session."""
    return tx.execute(
        select(push_subscriptions.c.endpoint).where(push_subscriptions.c.session_id == session_id).limit(1)
    ).scalar()


def drop(tx: Transaction, session_id: str) -> None:
    tx.execute(delete(push_subscriptions).where(push_subscriptions.c.session_id == session_id))


def forget(tx: Transaction, ids: Collection[str]) -> None:
    tx.execute(delete(push_subscriptions).where(push_subscriptions.c.id.in_(list(ids))))


def took(tx: Transaction, ids: Collection[str], now: datetime) -> None:
    tx.execute(update(push_subscriptions).where(push_subscriptions.c.id.in_(list(ids))).values(used_at=now, failures=0))


def refused(tx: Transaction, ids: Collection[str], most: int) -> None:
    """Forgotten once their push service refused `most` times on end."""
    ours = push_subscriptions.c.id.in_(list(ids))
    tx.execute(update(push_subscriptions).where(ours).values(failures=push_subscriptions.c.failures + 1))
    tx.execute(delete(push_subscriptions).where(ours, push_subscriptions.c.failures >= most))


def drop_ended(tx: Transaction, now: datetime) -> None:
    """Whose session has ended."""
    ended = select(sessions.c.id).where(sessions.c.revoked_at.is_not(None) | (sessions.c.expires_at <= now))
    tx.execute(delete(push_subscriptions).where(push_subscriptions.c.session_id.in_(ended)))


def _browser(row: Row[Any]) -> Browser:
    return Browser(**row._mapping)
