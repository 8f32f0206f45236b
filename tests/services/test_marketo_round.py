"""The sync, its client and the sandbox's Marketo together: whatever Marketo does, nothing is lost and nothing comes twice."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from server.connectors.errors import ConnectorError, Refused, Throttled
from server.connectors.http import Transport, unlimited
from server.connectors.marketo import Marketo
from server.domain.users import User
from server.services.integrations import Integrations
from server.services.marketo import MarketoSync, Sellers
from server.storage.database import Database
from server.storage.tables import moments, people, score_changes, users
from tests.fixtures_crm import MARKETO_USER, REPS, CrmSandbox, running_crm
from tests.moments import Marketing
from tests.team import Team


class Round:
    def __init__(self, database: Database, crm: CrmSandbox) -> None:
        self.crm = crm
        self.team = Team(database)
        self.team.now = crm.world.clock.now()
        self.marketing = Marketing(self.team)
        self.reps = [self._known_as(user, address) for user, (address, _) in zip(self._users(), REPS, strict=True)]
        self.integrations = Integrations(database, lambda: {"marketo": crm.url}, self.clock)
        transport = Transport("marketo", unlimited(), self.integrations.hearing("marketo"), sleep=self.sleep, clock=self.clock)
        self.client = Marketo(crm.url, MARKETO_USER.client_id, MARKETO_USER.client_secret, transport)
        sellers = Sellers(database, self.client, self.clock)
        self.sync = MarketoSync(database, lambda: self.client, lambda: sellers, self.integrations, self.team.wake, self.clock)

    def clock(self) -> Any:
        return self.crm.world.clock.now()

    def sleep(self, seconds: float) -> None:
        self.crm.advance(seconds)

    def read_all(self) -> None:
        for read in (self.sync.moments, self.sync.people, self.sync.history):
            while read():
                pass

    def until_done(self, tries: int = 40) -> None:
        """As the worker: what fails is begun again later."""
        for _ in range(tries):
            try:
                self.read_all()
            except ConnectorError as error:
                self.crm.advance(max(30.0, error.retry_after or 0.0))
            else:
                return
        raise AssertionError("it never ended")

    def count(self, table: Any) -> int:
        return self.team.database.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one())

    def told(self, rep: User) -> list[str]:
        return self.marketing.told(rep)

    def state(self) -> tuple[str, str]:
        found = next(one for one in self.integrations.overview(self.team.ada) if one["service"] == "marketo")
        return found["state"], found["detail"]

    def _users(self) -> list[User]:
        return [self.team.nora, self.team.bram, self.team.ada]

    def _known_as(self, user: User, address: str) -> User:
        renamed = update(users).where(users.c.id == user.id).values(address=address)
        self.team.database.write(lambda tx: tx.execute(renamed))
        return user


@pytest.fixture
def round_(database: Database) -> Iterator[Round]:
    with running_crm(people=12) as crm:
        yield Round(database, crm)


def own_person(round_: Round, rep: int = 0) -> Any:
    """One of the sandbox's people of this rep."""
    crm = round_.crm.crm
    return next(
        person
        for person in (crm.people.known(number) for number in range(1, 13))
        if person.in_marketo and person.owner == crm.people.reps[rep].id
    )


def test_a_moment_is_in_the_owner_s_feed_at_the_next_look(round_: Round) -> None:
    round_.read_all()
    round_.crm.happen.moment(own_person(round_), "Milestone", "Asked for a demo")
    round_.sync.moments()
    assert round_.told(round_.reps[0]) == ["Asked for a demo"]
    assert round_.told(round_.reps[1]) == []
    assert round_.state() == ("ok", "")


@pytest.mark.parametrize(
    "kind", ["601", "602", "604", "606", "608", "611", "614", "615", "713", "502-html", "503-html", "500-html"]
)
def test_what_passes_is_survived(round_: Round, kind: str) -> None:
    round_.crm.happen.moment(own_person(round_), "Web", "told")
    for method in ("activities.list", "leads.list", "activities.pagingtoken"):
        round_.crm.fail_marketo(method, kind)
    round_.until_done()
    assert round_.told(round_.reps[0]) == ["told"]


def test_bursts_of_606_are_waited_for(round_: Round) -> None:
    round_.crm.marketo.limits.burst = 3
    for number in range(8):
        round_.crm.happen.moment(own_person(round_, number % 2), "Web", f"told {number}")
    round_.until_done()
    assert len(round_.told(round_.reps[0])) + len(round_.told(round_.reps[1])) == 8


def test_a_token_that_is_never_right_ends_the_round_and_is_said(round_: Round) -> None:
    round_.crm.fail_marketo("activities.*", "602", times=None)
    before = sum(round_.crm.marketo.limits.calls.values())
    with pytest.raises(Refused):
        round_.sync.moments()
    assert sum(round_.crm.marketo.limits.calls.values()) - before < 5
    state, detail = round_.state()
    assert state == "refused"
    assert detail


def test_a_day_without_calls_left_waits_for_midnight_in_chicago(round_: Round) -> None:
    round_.read_all()
    round_.crm.happen.moment(own_person(round_), "Web", "told")
    round_.crm.marketo.limits.daily = 1
    with pytest.raises(Throttled) as refused:
        round_.sync.moments()
    assert refused.value.until.isoformat() == "2026-11-22T06:00:00+00:00"
    assert round_.state()[0] == "waiting"
    round_.crm.advance((refused.value.until - round_.clock()).total_seconds())
    round_.crm.marketo.limits.daily = 100
    round_.sync.moments()
    assert round_.told(round_.reps[0]) == ["told"]


def test_a_row_that_is_listed_late_comes_with_the_second_look(round_: Round) -> None:
    round_.read_all()
    person = own_person(round_)
    round_.crm.happen.moment(person, "Web", "in time")
    round_.sync.moments()
    round_.crm.happen.moment(person, "Web", "late", at=round_.clock() - timedelta(minutes=20), behind=True)
    round_.sync.moments()
    round_.sync.late()
    assert sorted(round_.told(round_.reps[0])) == ["in time", "late"]


def test_merged_and_deleted_people_take_their_moments_along(round_: Round) -> None:
    crm = round_.crm.crm
    mine = [one for one in (crm.people.known(n) for n in range(1, 13)) if one.in_marketo and one.kind == "Lead"][:3]
    for person in mine:
        crm_person = round_.crm.happen.hand_over(person, crm.people.reps[0].id)
        round_.crm.happen.moment(crm_person, "Web", f"of {person.number}")
    round_.read_all()
    first, second, third = (crm.people.known(one.number) for one in mine)
    assert len(round_.told(round_.reps[0])) == 3
    round_.crm.happen.merge(first, second)
    round_.crm.happen.delete(third, salesforce=False)
    round_.sync.people()
    round_.sync.moments()
    told = round_.told(round_.reps[0])
    assert {f"of {first.number}", f"of {second.number}"} <= set(told)


def test_all_of_the_past_comes_once_through_odd_pages(database: Database) -> None:
    with running_crm(people=60, activities=2_000) as crm:
        round_ = Round(database, crm)
        round_.until_done()
        expected = {(one.guid, one.type_id) for one in _history(crm, 2_000)}
        assert round_.count(moments) == sum(type_id == 46 for _, type_id in expected)
        assert round_.count(people) <= 60
        changes = round_.count(score_changes)
        round_.sync.late()
        round_.sync.moments()
        assert (round_.count(moments), round_.count(score_changes)) == (sum(t == 46 for _, t in expected), changes)
        for number in range(1, 61):
            person = crm.crm.people.known(number)
            if person.in_marketo and person.gone_at is None:
                _has_score(round_, number, crm.crm.score(person))


def _history(crm: CrmSandbox, total: int) -> list[Any]:
    """What the formula says happened, of people Marketo has."""
    history = crm.crm.stream.history
    rows = (history.activity(k) for k in range(total))
    return [one for one in rows if crm.crm.people.known(one.number).in_marketo]


def _has_score(round_: Round, number: int, score: int) -> None:
    asked = select(people.c.score).where(people.c.marketo_id == 1000 + number)
    found = round_.team.database.read(lambda tx: tx.execute(asked).scalars().all())
    assert found in ([], [score])


_DIES = """
import os, signal, sys
from datetime import UTC, datetime
from server.connectors.http import Transport, unlimited
from server.connectors.marketo import Marketo
from server.services.integrations import Integrations
from server.services.marketo import MarketoSync, sync
from server.storage.database import Database

url, database_url, client_id, secret = sys.argv[1:]
clock = lambda: datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
database = Database(database_url)
marketo = Marketo(url, client_id, secret, Transport("marketo", unlimited(), clock=clock))
keep, kept = sync.cursors.keep_cursor, []

def keep_or_die(*given):
    keep(*given)
    kept.append(given)
    if len(kept) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

sync.cursors.keep_cursor = keep_or_die
MarketoSync(database, lambda: marketo, lambda: None, Integrations(database, dict, clock), lambda users: None, clock).history()
"""


def test_kill_9_between_page_and_commit_loses_nothing_and_doubles_nothing(database: Database, database_url: str) -> None:
    with running_crm(people=60, activities=3_000) as crm:
        round_ = Round(database, crm)
        given = [crm.url, database_url, MARKETO_USER.client_id, MARKETO_USER.client_secret]
        for _ in range(2):
            died = subprocess.run([sys.executable, "-c", _DIES, *given], check=False, capture_output=True, timeout=120)
            assert died.returncode == -signal.SIGKILL, died.stderr
        some = round_.count(moments)
        assert some > 0
        round_.until_done()
        assert (
            some
            < round_.count(moments)
            == sum(type_id == 46 for _, type_id in {(o.guid, o.type_id) for o in _history(crm, 3_000)})
        )
