"""What people say about being tracked, the workspace's policy, and the page where recipients say no."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.domain.consent import (
    PURPOSE,
    UNTIL_DECIDED,
    Choice,
    Moment,
    Objection,
    Policy,
    Source,
    Standing,
    State,
    masked,
    objection,
)
from server.domain.users import Role, User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.gmail.addresses import normal_address
from server.services.policies import keep
from server.storage import consent as stored
from server.storage.database import Database, Transaction
from server.tokens import OptOutToken, Tokens

MOST_CHANGES = 100

_RIGHT: Mapping[Objection, tuple[str, str]] = {
    Objection.NEEDS_PURPOSE: ("purpose", "what was consented to"),
    Objection.NEEDS_PROOF: ("proof", "how this consent can be shown: the form, the mail, the call"),
    Objection.IN_THE_FUTURE: ("at", "a time that is not in the future"),
    Objection.OLDER_THAN_NO: ("at", "a consent given after they said no"),
}


class Status(StrEnum):
    ON = "on"
    OFF = "off"  # somebody who reads this mail said no
    NONE = "none"  # the policy has nobody tracked


@dataclass(frozen=True, slots=True)
class Page:
    """What the opt-out page says. `address` is masked, None where several share the mail; `may_resume`: whoever reads this
    switched it off here and may take that back."""

    status: Status
    sender: str
    company: str
    address: str | None
    contact: str
    may_resume: bool


class Privacy:
    def __init__(self, database: Database, tokens: Tokens, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._tokens = tokens
        self._clock = clock

    # The policy

    def policy(self, user: User) -> Policy:
        return self._database.read(stored.policy, user.workspace_id)

    def set_policy(self, user: User, new: Policy) -> Policy:
        """It holds from the next hit on, also for mail that is out. NotAllowed unless an admin."""
        if Role.ADMIN not in user.roles:
            raise NotAllowed()
        self._database.write(keep, user, new, self._clock())
        return new

    def published(self) -> tuple[str, Policy] | None:
        """(company, its policy), for anybody to read; None while this installation serves several or none."""
        found = self._database.read(stored.only_workspace)
        return (found.name, Policy.from_json(found.policy) if found.policy else UNTIL_DECIDED) if found else None

    # A person's consent

    def consent(self, user: User, person_id: str) -> dict[str, Any]:
        """What holds, and its history, newest first. NotFound for a person of another workspace."""
        return self._database.read(self._consent, user, person_id)

    def record(self, user: User, person_id: str, wanted: Choice) -> dict[str, Any]:
        """For every address of the person. BadInput or Conflict where a yes lacks its proof or would overrule a later no."""
        return self._database.write(self._record, user, person_id, wanted)

    def _consent(self, tx: Transaction, user: User, person_id: str) -> dict[str, Any]:
        addresses = _addresses(tx, user, person_id)
        held = _held(stored.choices(tx, user.workspace_id, addresses).values())
        changes = stored.history(tx, user.workspace_id, addresses, MOST_CHANGES)
        return {
            "state": held.state.value,
            "at": _text(held.at),
            "purpose": held.purpose,
            "proof": held.proof,
            "source": held.source.value if held.source else None,
            "history": [
                {
                    "address": row.address,
                    "state": row.state,
                    "at": _text(row.at),
                    "purpose": row.purpose,
                    "proof": row.proof,
                    "source": row.source,
                    "recorded_at": _text(row.recorded_at),
                    "recorded_by": row.recorded_by,
                }
                for row in changes
            ],
        }

    def _record(self, tx: Transaction, user: User, person_id: str, wanted: Choice) -> dict[str, Any]:
        now = self._clock()
        wanted = replace(wanted, at=wanted.at or now)
        addresses = _addresses(tx, user, person_id)
        former = _held(stored.choices(tx, user.workspace_id, addresses).values())
        wrong = objection(former, wanted, now)
        if wrong is Objection.NO_STAYS:
            raise Conflict("they said no; only a new consent with its proof can change that")
        if wrong is not None:
            raise BadInput("this consent cannot be recorded", dict([_RIGHT[wrong]]))
        stored.record(tx, user.workspace_id, addresses, wanted, now, person_id=person_id, user_id=user.id)
        return self._consent(tx, user, person_id)

    # The page of recipients

    def page(self, token: str) -> Page | None:
        """None for a token that is none of ours, or whose mail is gone."""
        read = self._tokens.read_opt_out(token)
        return self._database.read(self._page, read) if read else None

    def opt_out(self, token: str, source: Source) -> Page | None:
        """No view or click of the token's recipient is recorded any more, in any mail; of a body that several share, of
        nobody who reads it. Doing it again changes nothing."""
        read = self._tokens.read_opt_out(token)
        return self._database.write(self._opt_out, read, source) if read else None

    def opt_out_address(self, token: str, address: str) -> Page | None:
        """A reader of a shared body names themself: mail to them is not tracked any more, if it is one of the recipients'. The
        answer never says whether it was."""
        read = self._tokens.read_opt_out(token)
        return self._database.write(self._opt_out_address, read, normal_address(address)) if read else None

    def resume(self, token: str) -> Page | None:
        """Takes back what the recipient of this very copy said here: what held before holds again. Never of a shared body,
        where it would overrule other readers."""
        read = self._tokens.read_opt_out(token)
        return self._database.write(self._resume, read) if read else None

    def _page(self, tx: Transaction, token: OptOutToken) -> Page | None:
        sender = stored.sender(tx, token.message_id)
        standing = stored.standings(tx, [token.message_id]).get(token.message_id)
        if sender is None or standing is None:
            return None
        reader = _reader(standing, token)
        said = stored.choices(tx, sender.workspace_id, [reader])[reader] if reader and _said_no(standing, token) else None
        return Page(
            status=_status(standing, token),
            sender=sender.user,
            company=sender.workspace,
            address=masked(reader) if reader else None,
            contact=standing.policy.contact,
            may_resume=said is not None and said.by_recipient,
        )

    def _opt_out(self, tx: Transaction, token: OptOutToken, source: Source) -> Page | None:
        sender = stored.sender(tx, token.message_id)
        standing = stored.standings(tx, [token.message_id]).get(token.message_id)
        if sender is None or standing is None:
            return None
        reader = _reader(standing, token)
        if reader is None:
            stored.stop_message(tx, token.message_id, self._clock())
        else:
            self._say_no(tx, sender.workspace_id, reader, token, source)
        return self._page(tx, token)

    def _opt_out_address(self, tx: Transaction, token: OptOutToken, address: str) -> Page | None:
        sender = stored.sender(tx, token.message_id)
        standing = stored.standings(tx, [token.message_id]).get(token.message_id)
        if sender is None or standing is None:
            return None
        # Written in any case, and every address compared: how long it takes must not tell who else got the mail.
        stored.stop_message(tx, token.message_id, self._clock())
        named = [one.address for one in standing.recipients.values() if _same(one.address, address)]
        for reader in named:
            self._say_no(tx, sender.workspace_id, reader, token, Source.OPT_OUT_PAGE)
        return self._page(tx, token)

    def _resume(self, tx: Transaction, token: OptOutToken) -> Page | None:
        page = self._page(tx, token)
        if page is None or not page.may_resume:
            return page
        sender = stored.sender(tx, token.message_id)
        reader = _reader(stored.standings(tx, [token.message_id])[token.message_id], token)
        assert sender is not None
        assert reader is not None
        now = self._clock()
        person_id, addresses = stored.with_siblings(tx, sender.workspace_id, reader)
        for address in addresses:
            before = stored.before_last(tx, sender.workspace_id, address)
            back = before if before.at else Choice(State.UNKNOWN, now, PURPOSE, _proof(token), Source.OPT_OUT_PAGE)
            stored.record(tx, sender.workspace_id, [address], back, now, person_id=person_id)
        return self._page(tx, token)

    def _say_no(self, tx: Transaction, workspace_id: str, address: str, token: OptOutToken, source: Source) -> None:
        now = self._clock()
        person_id, addresses = stored.with_siblings(tx, workspace_id, address)
        said = stored.choices(tx, workspace_id, addresses)
        still = [one for one in addresses if not (one in said and said[one].is_no and said[one].by_recipient)]
        choice = Choice(State.WITHDRAWN, now, PURPOSE, _proof(token), source)
        stored.record(tx, workspace_id, still, choice, now, person_id=person_id)


def _reader(standing: Standing, token: OptOutToken) -> str | None:
    """Whose page it is; None where several share the mail."""
    if token.recipient in standing.recipients:
        return standing.recipients[token.recipient].address
    alone = list(standing.recipients.values())
    return alone[0].address if len(alone) == 1 else None


def _said_no(standing: Standing, token: OptOutToken) -> bool:
    return _status(standing, token) is Status.OFF


def _status(standing: Standing, token: OptOutToken) -> Status:
    decision = standing.decide(token.recipient, Moment.HIT_CLICK)
    if decision.allowed:
        return Status.ON
    codes = {reason.code for reason in decision.reasons}
    return Status.OFF if codes & {"opted-out", "consent-denied", "consent-withdrawn"} else Status.NONE


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _proof(token: OptOutToken) -> str:
    return f"message {token.message_id}, recipient {token.recipient}"


def _addresses(tx: Transaction, user: User, person_id: str) -> list[str]:
    found = stored.addresses_of(tx, user.workspace_id, person_id)
    if not found:
        raise NotFound("no such person")
    return found


def _held(said: Iterable[Choice]) -> Choice:
    """Of several addresses: a no before a yes, the latest of them."""
    ranks = {State.WITHDRAWN: 3, State.DENIED: 2, State.GRANTED: 1, State.UNKNOWN: 0}
    return max(said, key=lambda one: (ranks[one.state], one.at), default=Choice())


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None
