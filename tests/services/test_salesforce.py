"""Owners, accounts and opportunities from Salesforce, against the sandbox's."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.connectors.errors import ConnectorError, Refused
from server.domain.integrations import State
from server.domain.people import Person, Source
from server.errors import BadInput, Conflict, NotAllowed
from server.storage import integrations as stored
from server.storage.database import Database
from tests.fixtures_crm import BRAM, LIN, NORA, CrmSandbox, crm
from tests.services.salesforce_scene import SalesTeam

__all__ = ["crm"]

LEAD = "ines.abramson.2@lumen-paper-1.example"
BRAMS = "femi.zimmermann.7@lumen-paper-1.example"
CONTACT = "bjorn.lindgren.8@lumen-paper-1.example"
LINS = "elif.dabrowski.1@lumen-paper-1.example"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, unless a test asks for both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'livefeed.db'}"
    return str(request.getfixturevalue("postgresql_url"))


on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def sales(database: Database, crm: CrmSandbox) -> SalesTeam:
    return SalesTeam(database, crm)


def known(sales: SalesTeam, address: str) -> Person:
    person = sales.person(address)
    assert person is not None
    return person


@on_both
def test_the_first_sync_brings_whom_our_reps_own(sales: SalesTeam) -> None:
    sales.synced()
    person = known(sales, LEAD)
    assert (person.name, person.account, person.salesforce_type) == ("Ines Abramson", "Lumen Paper 1", "lead")
    assert (person.source, person.known, sales.owner(LEAD)) == (Source.SALESFORCE, True, "nora")
    assert sales.owner(BRAMS) == "bram"
    assert sales.person(LINS) is None  # Lin does not use the product


@on_both
def test_an_owner_change_takes_effect_within_one_sync(sales: SalesTeam) -> None:
    sales.synced()
    sales.crm.control("POST", f"crm/people/{LEAD}/owner", {"to": BRAM})
    sales.synced(after=2)
    assert sales.owner(LEAD) == "bram"


def test_who_is_owned_by_a_queue_or_by_a_stranger_is_nobodys(sales: SalesTeam) -> None:
    sales.synced()
    for address, to in ((LEAD, ""), (BRAMS, LIN)):
        sales.crm.control("POST", f"crm/people/{address}/owner", {"to": to})
    sales.synced(after=2)
    assert sales.owner(LEAD) is sales.owner(BRAMS) is None
    assert known(sales, LEAD).salesforce_id


def test_a_person_is_matched_by_address(sales: SalesTeam) -> None:
    before = sales.team.add(LEAD.upper(), by=sales.bram, name="Ines")
    sales.synced()
    person = known(sales, LEAD)
    assert person.id == before["id"]
    assert (person.source, sales.owner(LEAD)) == (Source.HAND, "nora")
    assert person.version > before["version"]


def test_somebody_known_here_is_linked_though_a_stranger_owns_them(sales: SalesTeam) -> None:
    sales.team.add(LINS, by=sales.bram, name="Elif")
    sales.synced()
    assert known(sales, LINS).salesforce_type == "lead"
    assert sales.owner(LINS) is None


@on_both
def test_a_second_sync_changes_nothing(sales: SalesTeam) -> None:
    sales.synced()
    before = known(sales, LEAD), sales.count()
    sales.woken.clear()
    sales.synced(after=1)
    assert (known(sales, LEAD), sales.count()) == before
    assert set().union(*sales.woken) == set()


@on_both
def test_a_converted_lead_stays_the_same_person(sales: SalesTeam) -> None:
    sales.synced()
    before = known(sales, LEAD)
    sales.crm.control("POST", f"crm/people/{LEAD}/convert")
    sales.synced(after=2)
    after = known(sales, LEAD)
    assert (after.id, after.salesforce_type) == (before.id, "contact")
    assert after.salesforce_account
    assert sales.owner(LEAD) == "nora"


@on_both
def test_merged_records_become_one_person(sales: SalesTeam) -> None:
    sales.synced()
    kept, lost = "olga.zimmermann.5@lumen-paper-1.example", LEAD
    count = sales.count()
    sales.crm.control("POST", f"crm/people/{lost}/merge", {"into": kept})
    sales.synced(after=2)
    assert known(sales, kept).id == known(sales, lost).id
    assert sales.count() == count - 1
    assert sales.owner(kept) == "nora"


def test_a_deleted_record_leaves_the_person_to_nobody(sales: SalesTeam) -> None:
    sales.synced()
    sales.crm.control("DELETE", f"crm/people/{LEAD}")
    sales.synced(after=2)
    person = known(sales, LEAD)
    assert (person.owner_id, person.salesforce_id) == (None, None)


def test_an_accounts_owner_is_told_of_its_contacts(sales: SalesTeam) -> None:
    sales.synced()
    person = known(sales, "rosa.castellano.3@lumen-paper-1.example")
    assert person.salesforce_account
    assert person.website
    assert person.postal


@on_both
def test_open_opportunities_are_counted(sales: SalesTeam) -> None:
    sales.synced()
    before = known(sales, CONTACT).opportunities
    opened = sales.crm.control("POST", f"crm/people/{CONTACT}/opportunity", {"name": "Forty vehicles"})
    sales.synced()
    assert known(sales, CONTACT).opportunities == before + 1
    sales.crm.happen._crm.opportunities.stage(opened["number"], "Closed Won", sales.clock())
    sales.synced()
    assert known(sales, CONTACT).opportunities == before


def test_a_rep_who_joins_gets_their_people(sales: SalesTeam) -> None:
    sales.synced()
    assert sales.person(LINS) is None
    lin = sales._called(sales.team.user("Lin Wei"), LIN)
    sales.synced()
    assert known(sales, LINS).owner_id == lin.id


@on_both
def test_an_admin_says_who_somebody_is(sales: SalesTeam) -> None:
    sales.synced()
    lin_there = next(rep["id"] for rep in sales.crm.control("GET", "crm")["reps"] if rep["email"] == LIN)
    sales.sync.reps.say(sales.ada, sales.nora.id, lin_there[:15], by_hand=True)
    assert sales.owner(LEAD) is None  # at once
    sales.synced()
    assert sales.owner(LINS) == "nora"
    with pytest.raises(Conflict):
        sales.sync.reps.say(sales.ada, sales.bram.id, lin_there, by_hand=True)
    sales.sync.reps.say(sales.ada, sales.nora.id, None, by_hand=False)
    sales.synced()
    assert (sales.owner(LINS), sales.owner(LEAD)) == (None, "nora")


@pytest.mark.parametrize("wrong", ["nora", "00Q5g0000000001AAA", "0055g000000000"])
def test_what_is_no_salesforce_user_is_refused(sales: SalesTeam, wrong: str) -> None:
    with pytest.raises(BadInput):
        sales.sync.reps.say(sales.ada, sales.nora.id, wrong, by_hand=True)


def test_only_an_admin_may_say_who_is_whom(sales: SalesTeam) -> None:
    with pytest.raises(NotAllowed):
        sales.sync.reps.say(sales.nora, sales.nora.id, None, by_hand=True)


@on_both
def test_killed_between_page_and_commit_nothing_is_lost(sales: SalesTeam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.salesforce_scan.ROWS_A_TIME", 7)
    keep, calls = stored.keep_cursor, 0

    def dies(tx: Any, workspace_id: str, service: str, name: str, *rest: Any) -> None:
        nonlocal calls
        calls += name in ("lead", "contact")
        if calls == 3:
            calls = 100
            raise KeyboardInterrupt
        keep(tx, workspace_id, service, name, *rest)

    monkeypatch.setattr(stored, "keep_cursor", dies)
    with pytest.raises(KeyboardInterrupt):
        sales.synced()
    sales.later(6)  # until the claim of the dead one is over
    sales.synced()
    ours = [one for one in sales.crm.control("GET", "crm/people", owner=NORA)["people"] if one["email"]]
    assert {sales.owner(one["email"]) for one in ours} == {"nora"}
    found = sales.addresses()
    sales.forget_everything()
    sales.synced()
    assert sales.addresses() == found


@on_both
def test_two_workers_do_not_bring_in_the_same(sales: SalesTeam) -> None:
    sales.synced()
    now = sales.clock()
    sales.database.write(stored.claim, sales.team.workspace_id, "salesforce", "other", now, now + timedelta(minutes=5))
    assert sales.sync.sync() == timedelta(seconds=5)


def test_a_long_first_sync_goes_on_where_it_stopped(sales: SalesTeam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.salesforce_scan.ROWS_A_TIME", 5)
    monkeypatch.setattr("server.services.salesforce.PATIENCE", timedelta(0))
    rounds = 0
    sales.later(1)
    seen = []
    while not sales.sync.sync():
        rounds += 1
        (told,) = (one for one in sales.integrations.overview(sales.ada) if one["service"] == "salesforce")
        seen.append(told["progress"])
        assert rounds < 60
    assert rounds > 3
    assert seen[0]["of"] > seen[0]["done"] > 0
    assert sales.owner(LEAD) == "nora"


def test_admins_see_how_the_connection_is_doing(sales: SalesTeam) -> None:
    sales.synced()
    (told,) = (one for one in sales.integrations.overview(sales.ada) if one["service"] == "salesforce")
    assert (told["state"], told["progress"]) == (State.OK, None)
    assert told["quota"]["limit"] == 100_000
    assert told["quota"]["used"] > 0
    sales.crm.salesforce.app.secret = "another"
    sales.crm.salesforce.end_sessions()
    sales.later(5)
    with pytest.raises(Refused):
        sales.sync.sync()
    (told,) = (one for one in sales.integrations.overview(sales.ada) if one["service"] == "salesforce")
    assert told["state"] == State.REFUSED
    assert "signing in is refused" in told["detail"]
    with pytest.raises(NotAllowed):
        sales.integrations.overview(sales.nora)


def test_used_up_calls_stop_the_sync_until_the_window_moves(sales: SalesTeam) -> None:
    sales.synced()
    sales.crm.salesforce.daily = 1
    sales.later(5)
    with pytest.raises(ConnectorError) as found:
        sales.sync.sync()
    assert found.value.retry_after == 3600.0
    (told,) = (one for one in sales.integrations.overview(sales.ada) if one["service"] == "salesforce")
    assert told["state"] == State.WAITING
