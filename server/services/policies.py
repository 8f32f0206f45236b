"""The privacy policy as admins edit it: rule by rule, each change noted, with what a recipient would see of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.consent import Decision, Facts, Moment, Policy, Rule, State, country_of, decide
from server.domain.instrument.notice import notice_locale
from server.domain.policies import MOST_RULES, Scope, differences, with_rule
from server.domain.users import Role, User
from server.errors import BadInput, NotAllowed
from server.gmail.addresses import normal_address
from server.services.audit import note
from server.storage import consent as stored
from server.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of a mail to somebody. `locale`: the language of the line at its end, where there is one."""

    facts: Facts
    decision: Decision
    locale: str


class Policies:
    """NotAllowed for whoever is no admin. A change holds from the next hit on, also for mail that is out."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def policy(self, admin: User) -> Policy:
        _must_be_admin(admin)
        return self._database.read(stored.policy, admin.workspace_id)

    def choose(self, admin: User, default: Rule, contact: str) -> None:
        """What holds where no exception does, and whom recipients may ask."""
        if contact and (normal_address(contact) == "" or len(contact) > 320):
            raise BadInput("this is no mail address", {"contact": "address"})
        self._change(admin, lambda policy: replace(policy, default=default, contact=contact))

    def put(self, admin: User, scope: Scope, names: Collection[str], rule: Rule) -> None:
        """An exception, or another rule for one there is."""
        self._change(admin, lambda policy: with_rule(policy, scope, names, rule))

    def drop(self, admin: User, scope: Scope, names: Collection[str]) -> None:
        self._change(admin, lambda policy: with_rule(policy, scope, names, None))

    def preview(self, admin: User, address: str, country: str | None, state: State | None) -> Preview:
        """`country` and `state` instead of what is known. BadInput for what is no address."""
        plain = normal_address(address)
        if not plain:
            raise BadInput("this is no mail address", {"preview": "address"})
        return self._database.read(self._preview, admin, plain, country, state)

    def _preview(self, tx: Transaction, admin: User, address: str, country: str | None, state: State | None) -> Preview:
        _must_be_admin(admin)
        standing = stored.standing_of(tx, admin.workspace_id, {1: address})
        known = standing.recipients[1]
        facts = replace(known, country=country or known.country, state=state or known.state)
        decision = decide(facts, standing.policy, Moment.SEND)
        return Preview(facts, decision, notice_locale([facts.country or country_of(address)], admin.locale))

    def _change(self, admin: User, amend: Callable[[Policy], Policy]) -> None:
        self._database.write(self._amend, admin, amend)

    def _amend(self, tx: Transaction, admin: User, amend: Callable[[Policy], Policy]) -> None:
        _must_be_admin(admin)
        keep(tx, admin, amend(stored.policy(tx, admin.workspace_id, locked=True)), self._clock())


def keep(tx: Transaction, admin: User, new: Policy, now: datetime) -> None:
    """The whole policy anew, noted with what differs."""
    before = stored.policy(tx, admin.workspace_id, locked=True)
    if len(new.domains) > MOST_RULES:
        raise BadInput("too many rules", {"domain": "many-rules"})
    was, is_now = differences(before, new)
    stored.set_policy(tx, admin.workspace_id, new)
    if was or is_now:
        note(tx, admin, "privacy.policy", "", now, before=was, now=is_now)


def _must_be_admin(user: User) -> None:
    if Role.ADMIN not in user.roles:
        raise NotAllowed()
