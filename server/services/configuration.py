"""What an operator sets in the console. The environment wins; secrets are stored encrypted and never shown again."""

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.domain.integrations import service_of
from server.domain.users import Role, User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.logs import logger
from server.services.audit import note
from server.services.users import setup_alive
from server.storage import configuration as stored
from server.storage import integrations
from server.storage.configuration import Kept
from server.storage.database import Database, Transaction
from server.storage.users import eldest_workspace
from server.tokens import Tokens

LOOK_EVERY = 1.0
"""Seconds."""

Clock = Callable[[], datetime]
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """`usual`: what may be set here, with what counts when nobody says anything. `given`: what the environment says.
    `check` raises BadInput, whose fields are settings, for values that do not fit."""

    usual: Mapping[str, str]
    given: Mapping[str, str]
    secrets: frozenset[str]
    check: Callable[[Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as the console shows it. `value` is empty for a secret, of which only `is_set` is told; `fixed`: by the
    environment. `changed_by`: a name."""

    name: str
    value: str
    is_set: bool
    fixed: bool = False
    changed_at: datetime | None = None
    changed_by: str | None = None


class Configuration:
    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        rules: Rules,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._rules = rules
        self._clock = clock
        self._monotonic = monotonic
        self._read: tuple[list[Kept], Mapping[str, str]] = [], {}
        self._look_again = -math.inf

    def stored(self) -> Mapping[str, str]:
        """By name; the very same object for as long as nothing changed. What no key opens any more is left out. Other processes
        see a change within LOOK_EVERY."""
        now = self._monotonic()
        if now < self._look_again:
            return self._read[1]
        rows = self._database.read(stored.everything)
        self._look_again = now + LOOK_EVERY
        known, values = self._read
        if rows != known:
            values = self._opened(rows)
            self._read = rows, values
        return values

    def entries(self) -> dict[str, Entry]:
        """Every setting of the console, by name."""
        kept = {row.name: row for row in self._database.read(stored.everything)}
        return {name: self._entry(name, kept.get(name)) for name in self._rules.usual}

    def keep(self, user: User, values: Mapping[str, str]) -> None:
        """An empty value, or the usual one, forgets what was set. NotAllowed unless an operator asks, Conflict for what the
        environment sets, BadInput by name for what does not fit."""
        if Role.OPERATOR not in user.roles:
            raise NotAllowed()
        self._check(values)
        self._database.write(self._keep, values, user)
        self._look_again = -math.inf

    def begin(self, setup: str, values: Mapping[str, str]) -> None:
        """As `keep`, by whoever came by the set-up address; NotFound when that is dead."""
        self._check(values)
        if not self._database.write(self._begin, setup, values):
            raise NotFound()
        self._look_again = -math.inf

    def reseal(self) -> int:
        """Everything stored encrypted comes under the first key; how many were under another."""
        return self._database.write(self._reseal)

    def lost(self) -> int:
        """How many stored secrets no configured key opens any more."""
        return sum(self._tokens.decrypt(one.text) is None for one in self._database.read(stored.sealed))

    def _opened(self, rows: Collection[Kept]) -> dict[str, str]:
        opened = {row.name: self._tokens.decrypt(row.value) if row.secret else row.value for row in rows}
        return {name: value for name, value in opened.items() if value is not None}

    def _entry(self, name: str, kept: Kept | None) -> Entry:
        given, is_secret = self._rules.given.get(name), name in self._rules.secrets
        if given is not None:
            return Entry(name, "" if is_secret else given, is_set=True, fixed=True)
        if kept is None:
            return Entry(name, self._rules.usual[name], is_set=False)
        return Entry(name, "" if is_secret else kept.value, True, False, kept.changed_at, kept.changed_by)

    def _check(self, values: Mapping[str, str]) -> None:
        unknown = values.keys() - self._rules.usual.keys()
        if unknown:
            raise BadInput("not a setting of the console", dict.fromkeys(unknown, "unknown"))
        if values.keys() & self._rules.given.keys():
            raise Conflict("the environment sets this, and wins")
        self._rules.check({**self.stored(), **values})

    def _begin(self, tx: Transaction, setup: str, values: Mapping[str, str]) -> bool:
        if not setup_alive(tx, setup, self._clock()):
            return False
        self._keep(tx, values, None)
        return True

    def _keep(self, tx: Transaction, values: Mapping[str, str], user: User | None) -> None:
        before = self._opened(stored.everything(tx))
        wanted = {name: "" if value == self._rules.usual[name] else value for name, value in values.items()}
        changed = {name: value for name, value in wanted.items() if value != before.get(name, "")}
        for name, value in changed.items():
            if value:
                self._store(tx, name, value, user)
        stored.forget(tx, [name for name, value in changed.items() if not value])
        home = eldest_workspace(tx)
        for service in {service_of(name) for name in changed}:
            if user is not None and service is not None:
                names = sorted(name for name in changed if service_of(name) == service)
                note(tx, user, "configuration.set", service, self._clock(), settings=", ".join(names))
            if home is not None and service is not None:
                is_another = any(name.endswith(("_url", "_client_id")) for name in changed)
                integrations.reset(tx, home.id, service, cursors=is_another)
        _log.info("configuration", changed=sorted(changed), by=user.id if user else "setup")

    def _store(self, tx: Transaction, name: str, value: str, user: User | None) -> None:
        secret = name in self._rules.secrets
        text = self._tokens.encrypt(value) if secret else value
        stored.keep(tx, name, text, secret, self._clock(), user.id if user else None)

    def _reseal(self, tx: Transaction) -> int:
        changed = 0
        for one in stored.sealed(tx):
            text = self._tokens.resealed(one.text)
            if text is not None:
                stored.reseal(tx, one, text)
                changed += 1
        return changed
