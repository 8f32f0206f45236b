from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server.connectors.errors import Away, Refused
from server.domain.people import Person
from server.jobs.handlers import HANDLERS, WHEN_REFUSED
from server.services.integrations import Integrations
from server.services.marketo import MarketoSync, Sellers
from server.services.marketo import sync as module
from server.storage import integrations as cursors
from server.storage import leads, people
from server.storage.database import Database
from server.storage.tables import moments, score_changes
from tests.marketo import FakeMarketo
from tests.moments import Marketing
from tests.team import Team


class Connected:
    """A team whose marketing works with Marketo."""

    def __init__(self, database: Database) -> None:
        self.team = Team(database)
        self.marketing = Marketing(self.team)
        self.marketo = FakeMarketo()
        self.integrations = Integrations(database, lambda: {"marketo": "https://marketo.example"}, self.team.clock)
        given: Any = self.marketo
        sellers = Sellers(database, given, self.team.clock)
        self.sync = MarketoSync(database, lambda: given, lambda: sellers, self.integrations, self.team.wake, self.team.clock)
        self.integrations.hearing("marketo")(None)
        self.marketo.sellers = {
            "s-nora": self.team.nora.address,
            "s-bram": self.team.bram.address.upper(),
            "s-gone": "x@y.example",
        }

    def lead(self, lead_id: int, seller: str | None = "s-nora", **more: Any) -> int:
        email = more.pop("email", f"lead{lead_id}@firm.example")
        return self.marketo.lead(lead_id, email, firstName="Lead", lastName=str(lead_id), externalSalesPersonId=seller, **more)

    def marketo_state(self) -> dict[str, Any]:
        return next(one for one in self.integrations.overview(self.team.ada) if one["service"] == "marketo")

    def read_all(self) -> None:
        for read in (self.sync.moments, self.sync.people, self.sync.history):
            while read():
                pass

    def told(self, feed: str = "lead") -> list[str]:
        return self.marketing.told(self.team.nora, feed)

    def person(self, lead_id: int) -> Person:
        def work(tx: Any) -> Person | None:
            ids = leads.people_of(tx, self.team.workspace_id, [lead_id])
            return people.get(tx, self.team.workspace_id, ids[lead_id]) if ids else None

        found = self.team.database.read(work)
        assert found is not None
        return found

    def known(self) -> list[str]:
        return self.team.found()

    def count(self, table: Any) -> int:
        return self.team.database.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.fixture
def crm(database: Database) -> Connected:
    return Connected(database)


# Moments


def test_a_moment_of_somebody_new_is_told_to_whose_lead_it_is(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1, company="Firm Ltd", phone="+1 212 555 0123"), crm.team.now, "Visited pricing")
    assert crm.sync.moments() is False
    [item] = crm.marketing.feed.latest(crm.team.nora)["items"]
    person = item["who"]["person"]
    assert (person["name"], person["address"], person["phone"]) == ("Lead 1", "lead1@firm.example", "+12125550123")
    assert (item["who"]["account"], person["known"], item["moment"]["type"]) == ("Firm Ltd", False, "web")
    assert crm.team.woken[-1] == {crm.team.nora.id}
    assert crm.marketing.told(crm.team.bram, "lead") == []


def test_each_look_asks_only_for_what_is_new_and_for_people_not_known(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1), crm.team.now, "first")
    crm.sync.moments()
    crm.marketo.calls.clear()
    crm.marketo.moment(1, crm.team.now, "second")
    crm.sync.moments()
    crm.sync.moments()
    assert crm.marketo.calls == ["activities", "activities"]
    assert sorted(crm.told()) == ["first", "second"]


def test_what_was_before_marketo_was_connected_comes_too_and_admins_see_how_far(crm: Connected, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "PAGES_A_RUN", 1)
    crm.marketo.page_size = 2
    crm.marketo.moment(crm.lead(200), crm.team.now - timedelta(days=200), "too old")
    for days in (80, 60, 45, 20, 10):
        crm.marketo.moment(crm.lead(days), crm.team.now - timedelta(days=days), f"{days} days ago")
    crm.sync.moments()
    assert crm.told() == []
    assert crm.sync.history()
    progress = crm.marketo_state()["progress"]
    assert progress == {"done": 30, "of": 90}
    while crm.sync.history():
        pass
    assert crm.told() == [f"{days} days ago" for days in (10, 20, 45, 60, 80)]
    assert crm.marketo_state()["progress"] is None
    crm.marketo.calls.clear()
    assert crm.sync.history() is False
    assert crm.marketo.calls == []


def test_short_and_empty_pages_are_not_the_end(crm: Connected) -> None:
    crm.marketo.page_size, crm.marketo.empty_first = 1, True
    for number in range(5):
        crm.marketo.moment(crm.lead(number + 1), crm.team.now, f"moment {number}")
    crm.sync.moments()
    assert len(crm.told()) == 5


def test_rows_listed_late_or_again_are_neither_lost_nor_doubled(crm: Connected) -> None:
    for number in range(3):
        crm.marketo.moment(crm.lead(number + 1), crm.team.now, f"moment {number}")
    crm.sync.moments()
    crm.marketo.moment(1, crm.team.now - timedelta(minutes=30), "late", behind=2.5)
    crm.marketo.moment(1, crm.team.now, "again", guid=crm.marketo.log[-1][1].guid)
    crm.sync.moments()
    assert "late" not in crm.told()
    crm.sync.late()
    crm.sync.late()
    assert sorted(crm.told()) == ["late", "moment 0", "moment 1", "moment 2"]


def test_a_worker_that_dies_before_the_commit_loses_and_doubles_nothing(crm: Connected, monkeypatch: Any) -> None:
    for number in range(4):
        crm.marketo.moment(crm.lead(number + 1), crm.team.now, f"moment {number}")
        crm.marketo.score(number + 1, crm.team.now, 10, 20)
    keep, died = cursors.keep_cursor, []

    def die_once(*given: Any) -> None:
        if not died:
            died.append(True)
            raise KeyboardInterrupt
        keep(*given)

    monkeypatch.setattr(module.cursors, "keep_cursor", die_once)
    with pytest.raises(KeyboardInterrupt):
        crm.sync.moments()
    assert (crm.count(moments), crm.known()) == (0, [])
    crm.sync.moments()
    crm.sync.late()
    assert (crm.count(moments), crm.count(score_changes)) == (4, 4)


def test_of_two_workers_on_one_page_one_stores_it(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1), crm.team.now, "once")
    read = crm.marketo.activities

    def meanwhile(token: str, types: Any) -> Any:
        crm.marketo.activities = read  # type: ignore[method-assign]
        crm.sync.moments()
        return read(token, types)

    crm.marketo.activities = meanwhile  # type: ignore[method-assign]
    crm.sync.moments()
    assert crm.told() == ["once"]


def test_a_token_marketo_no_longer_takes_is_replaced(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1), crm.team.now, "before")
    crm.sync.moments()
    place = (crm.team.workspace_id, "marketo", "moments")
    crm.team.database.write(lambda tx: cursors.keep_cursor(tx, *place, "rubbish", crm.team.now, crm.team.now))
    crm.marketo.moment(1, crm.team.now, "after")
    crm.sync.moments()
    assert sorted(crm.told()) == ["after", "before"]


def test_a_clock_ahead_of_ours_brings_nothing_from_the_future(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1), crm.team.now + timedelta(minutes=7), "soon")
    crm.sync.moments()
    assert crm.marketing.feed.latest(crm.team.nora)["items"][0]["at"] == "2026-11-21T09:00:00.000000Z"


@pytest.mark.parametrize("trouble", [Away("marketo", "502"), Refused("marketo", "602 expired")])
def test_trouble_stops_the_round_and_the_next_one_goes_on(crm: Connected, trouble: Exception) -> None:
    crm.marketo.moment(crm.lead(1), crm.team.now, "told")
    crm.marketo.trouble = [trouble]
    with pytest.raises(type(trouble)):
        crm.sync.moments()
    crm.sync.moments()
    assert crm.told() == ["told"]


def test_the_job_comes_back_later_when_an_admin_must_act(crm: Connected) -> None:
    class Parts:
        marketo_sync = crm.sync

    parts: Any = Parts()
    crm.marketo.trouble = [Refused("marketo", "603 access denied")]
    assert HANDLERS["read-moments"](parts, None) == WHEN_REFUSED  # type: ignore[arg-type]
    assert HANDLERS["read-moments"](parts, None) == timedelta(seconds=25)  # type: ignore[arg-type]


# People


def test_somebody_known_by_address_is_the_lead_and_keeps_what_was_said_here(crm: Connected) -> None:
    ana = crm.team.add("ana@firm.example", name="Ana Lee", owner=crm.team.nora.id, do_not_call=True)
    lead = crm.lead(
        1, seller=None, email="Ana@Firm.example", title="Buyer", unsubscribed=True, doNotCall=False, website="firm.example"
    )
    crm.marketo.moment(lead, crm.team.now, "Visited pricing")
    crm.sync.moments()
    found = crm.person(1)
    assert (found.id, found.name, found.title, found.website) == (ana["id"], "Ana Lee", "Buyer", "https://firm.example")
    assert (found.unsubscribed, found.do_not_call, found.owner_id) == (True, True, crm.team.nora.id)
    assert crm.told() == ["Visited pricing"]


def test_two_leads_with_one_address_are_one_person(crm: Connected) -> None:
    for number in (1, 2):
        crm.marketo.moment(crm.lead(number, email="ana@firm.example"), crm.team.now, f"as {number}")
    crm.sync.moments()
    crm.marketo.moment(2, crm.team.now, "again as 2")
    crm.sync.moments()
    assert crm.known() == ["Lead 1"]
    assert sorted(crm.told()) == ["again as 2", "as 1", "as 2"]


def test_a_lead_without_an_address_is_somebody_all_the_same(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1, email=""), crm.team.now, "anonymous no more")
    crm.sync.moments()
    assert crm.marketing.feed.latest(crm.team.nora)["items"][0]["who"]["person"]["address"] == ""


def test_changes_of_data_reach_people_and_their_lines(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1), crm.team.now, "told")
    crm.read_all()
    crm.marketo.change(1, crm.team.now, lastName="Berg", unsubscribed=True, email="berg@firm.example")
    crm.sync.people()
    person = crm.marketing.feed.latest(crm.team.nora)["items"][0]["who"]["person"]
    assert (person["name"], person["unsubscribed"], person["address"]) == ("Lead Berg", True, "berg@firm.example")


def test_moments_follow_whose_lead_it_is(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1), crm.team.now, "told")
    crm.read_all()
    for seller, viewers in (("s-bram", [False, True]), ("s-gone", [False, False]), ("s-nora", [True, False])):
        crm.marketo.change(1, crm.team.now, externalSalesPersonId=seller)
        crm.sync.people()
        assert [crm.marketing.told(user) == ["told"] for user in (crm.team.nora, crm.team.bram)] == viewers


def test_who_was_set_here_stays_where_marketo_says_nothing(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1, seller=None), crm.team.now, "told")
    crm.read_all()
    found = crm.team.people.get(crm.team.ada, crm.person(1).id)
    crm.team.change(found, by=crm.team.ada, owner=crm.team.nora.id)
    crm.marketo.change(1, crm.team.now, title="CFO")
    crm.sync.people()
    assert crm.told() == ["told"]


# Merges and deletions


@pytest.mark.parametrize("known", [(1, 2), (1,), (2,)])
def test_leads_that_are_merged_are_one_person_with_the_moments_of_both(crm: Connected, known: tuple[int, ...]) -> None:
    for number in (1, 2):
        crm.lead(number)
    for number in known:
        crm.marketo.moment(number, crm.team.now, f"as {number}")
    crm.read_all()
    crm.marketo.merge(1, 2, crm.team.now)
    crm.marketo.delete(1, crm.team.now)
    crm.sync.people()
    crm.marketo.moment(2, crm.team.now, "as one")
    crm.sync.moments()
    assert sorted(crm.told()) == [*(f"as {number}" for number in known), "as one"]
    assert len(crm.known()) == 1
    assert crm.person(2)


def test_a_moment_of_a_lead_merged_a_moment_ago_finds_its_person(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(2), crm.team.now, "as 2")
    crm.read_all()
    crm.lead(1)
    crm.marketo.merge(1, 2, crm.team.now)
    # Listed under the lead that is no more.
    crm.marketo.moment(1, crm.team.now, "as 1")
    crm.sync.moments()
    assert sorted(crm.told()) == ["as 1", "as 2"]


def test_who_is_deleted_in_marketo_is_gone_where_only_marketo_told_of_them(crm: Connected) -> None:
    ana = crm.team.add("ana@firm.example", name="Ana", owner=crm.team.nora.id)
    crm.marketo.moment(crm.lead(1, email="ana@firm.example"), crm.team.now, "Ana's")
    crm.marketo.moment(crm.lead(2), crm.team.now, "theirs")
    crm.read_all()
    for number in (1, 2):
        crm.marketo.delete(number, crm.team.now)
    crm.sync.people()
    assert crm.known() == ["Ana"]
    assert crm.told() == ["Ana's"]
    found = crm.team.database.read(people.get, crm.team.workspace_id, ana["id"])
    assert found is not None
    assert found.marketo_id is None


# Scores


def standing(crm: Connected, lead_id: int) -> tuple[int | None, int | None]:
    found = crm.person(lead_id).standing
    return found.score, found.rise


def test_a_rise_in_marketo_makes_a_target_at_once(crm: Connected) -> None:
    crm.marketo.score(crm.lead(1), crm.team.now, 40, 52)
    crm.sync.moments()
    assert standing(crm, 1) == (52, 12)
    assert crm.team.targeted() == ["Lead 1"]
    assert crm.person(1).rank.urgency == 12


def test_scores_of_another_field_and_without_a_number_do_not_count(crm: Connected) -> None:
    crm.marketo.score(crm.lead(1), crm.team.now, 40, 52, field="Behaviour Score")
    crm.marketo.row(1, 22, crm.team.now, "Lead Score", change_value="+5")
    crm.sync.moments()
    assert standing(crm, 1) == (None, None)


def test_history_that_comes_after_the_present_takes_its_place(crm: Connected) -> None:
    crm.lead(1)
    for days, old, new in ((30, 10, 20), (20, 20, 45), (10, 45, 40)):
        crm.marketo.score(1, crm.team.now - timedelta(days=days), old, new)
    crm.marketo.score(1, crm.team.now, 40, 50)
    crm.sync.moments()
    assert standing(crm, 1) == (50, 10)
    crm.read_all()
    crm.sync.late()
    assert standing(crm, 1) == (50, 10)
    assert crm.count(score_changes) == 4


def test_a_score_that_never_changed_is_read_from_the_lead_once(crm: Connected) -> None:
    crm.marketo.moment(crm.lead(1, leadScore=33), crm.team.now, "told")
    crm.marketo.moment(crm.lead(2), crm.team.now, "told")
    crm.sync.moments()
    crm.sync.people()
    assert standing(crm, 1) == (None, None)  # its history may still come
    crm.read_all()
    crm.sync.people()
    assert (standing(crm, 1), standing(crm, 2)) == ((33, None), (0, None))
    crm.marketo.calls.clear()
    crm.sync.people()
    assert "leads" not in crm.marketo.calls


def test_nothing_happens_where_no_marketo_is_set_up(crm: Connected) -> None:
    unset = MarketoSync(crm.team.database, lambda: None, lambda: None, crm.integrations, crm.team.wake, crm.team.clock)
    works: list[Callable[[], Any]] = [unset.moments, unset.people, unset.history, unset.late, unset.meter]
    assert not any(work() for work in works)


def test_the_day_s_calls_are_told_to_admins(crm: Connected) -> None:
    crm.marketo.calls = ["x"] * 7
    crm.sync.meter()
    assert crm.marketo_state()["quota"] == {"used": 7, "limit": 50_000}
