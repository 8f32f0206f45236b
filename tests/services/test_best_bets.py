from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from server.connectors.errors import Absent, Away
from server.domain.bestbets import Asked, Group, Order
from server.domain.users import User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.services.bestbets import BestBets
from server.services.watching import WatchList
from server.services.worklist import Wish, Worklist
from server.storage.database import Database
from server.storage.tables import people, workspaces
from tests.marketo import FakeMarketo
from tests.moments import Marketing
from tests.team import Team


class Desk:
    """Nora's people, as they rank."""

    def __init__(self, database: Database) -> None:
        self.team = Team(database)
        self.marketo = FakeMarketo()
        clock, given = self.team.clock, self.marketo
        watch_list, self.worklist = WatchList(database, self.team.wake, clock), Worklist(database, clock)
        links = {"marketo": None, "salesforce": None}
        self.bets = BestBets(database, lambda: given, watch_list, self.worklist, lambda person: links, clock)  # type: ignore[arg-type]

    def person(self, name: str, owner: User | None = None, **stands: Any) -> str:
        made = self.team.add(f"{name.lower()}@firm.example", name=name, owner=(owner or self.team.nora).id)
        values = {"score": 50, "urgency": 5, "stars": 2, "flames": 2, "priority": 4} | stands
        changed = update(people).where(people.c.id == made["id"]).values(**values)
        self.team.database.write(lambda tx: tx.execute(changed))
        return str(made["id"])

    def listed(self, *groups: Group, by: User | None = None, **asked: Any) -> list[str]:
        wanted = Asked(frozenset(groups or (Group.LEADS, Group.CONTACTS)), **asked)
        return [one["person"]["name"] for one in self.bets.page(by or self.team.nora, wanted)["items"]]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_own_people_are_listed_by_priority_then_score(desk: Desk) -> None:
    desk.person("Ana", priority=4, score=50)
    desk.person("Bo", priority=6, score=40)
    desk.person("Cleo", priority=4, score=60)
    desk.person("Nothing", stars=0, flames=0, priority=0)
    desk.person("Unscored", score=None, stars=None, flames=None, priority=None)
    desk.person("Colleague", owner=desk.team.bram, priority=6)
    assert desk.listed() == ["Bo", "Cleo", "Ana"]
    assert desk.listed(by=desk.team.stranger) == []


def test_an_item_tells_why_somebody_is_a_best_bet(desk: Desk) -> None:
    person_id = desk.person("Ana", salesforce_type="contact", opportunities=2, marketo_id=7)
    Marketing(desk.team).happens({"id": person_id}, "Visited pricing")
    [item] = desk.bets.page(desk.team.nora, Asked())["items"]
    told = {"kind": "contact", "score": 50, "urgency": 5, "stars": 2, "flames": 2, "priority": 4, "best_bet": True}
    assert {name: item[name] for name in told} == told
    assert (item["opportunities"], item["in_marketo"], item["watched"], item["hidden_until"]) == (2, True, False, None)
    assert item["moment"]["description"] == "Visited pricing"


def test_filters_choose_leads_contacts_and_parts_of_these(desk: Desk) -> None:
    nora = desk.team.nora.id
    desk.person("Lead", salesforce_type="lead", score=9)
    desk.person("Ours", score=8)
    desk.person("Contact", salesforce_type="contact", score=7)
    desk.person("Account", salesforce_type="contact", account_owner_id=nora, score=6)
    desk.person("Deal", salesforce_type="contact", opportunities=1, score=5)
    desk.person("Lead deal", salesforce_type="lead", opportunities=1, account_owner_id=nora, score=4)
    contacts = ["Contact", "Account", "Deal"]
    assert desk.listed() == ["Lead", "Ours", *contacts, "Lead deal"]
    assert desk.listed(Group.LEADS) == ["Lead", "Ours", "Lead deal"]
    assert desk.listed(Group.CONTACTS) == desk.listed(Group.CONTACTS, Group.OPPORTUNITY_CONTACTS) == contacts
    assert desk.listed(Group.ACCOUNT_CONTACTS) == ["Account"]
    assert desk.listed(Group.ACCOUNT_CONTACTS, Group.OPPORTUNITY_CONTACTS) == ["Account", "Deal"]
    assert desk.bets.page(desk.team.nora, Asked())["counts"] == {
        "leads": 3,
        "contacts": 3,
        "account-contacts": 1,
        "opportunity-contacts": 1,
        "hidden": 0,
    }


@pytest.mark.parametrize("order", Order)
def test_pages_follow_each_other_in_every_order(desk: Desk, order: Order) -> None:
    for number in range(7):
        desk.person(f"P{number}", score=number % 2, urgency=number % 3, priority=1 + number % 2)
    found: list[str] = []
    before = None
    for _ in range(4):
        page = desk.bets.page(desk.team.nora, Asked(order=order), before, limit=2)
        found += [one["person"]["name"] for one in page["items"]]
        assert (page["counts"] is None) == (before is not None)
        before = page["next"]
    assert before is None
    assert found == desk.listed(order=order)
    assert sorted(found) == [f"P{number}" for number in range(7)]


def test_a_cursor_of_another_order_or_of_nobody_is_refused(desk: Desk) -> None:
    for number in range(3):
        desk.person(f"P{number}")
    cursor = desk.bets.page(desk.team.nora, Asked(), limit=1)["next"]
    for bad in (cursor, "rubbish", "W10=", "eyJhIjoxfQ==", "WyJuYW1lIiwgMSwgMl0="):
        with pytest.raises(BadInput):
            desk.bets.page(desk.team.nora, Asked(order=Order.NAME), bad)


def test_somebody_hidden_comes_back_after_the_days_the_admin_chose(desk: Desk) -> None:
    ana = desk.person("Ana")
    chosen = update(workspaces).where(workspaces.c.id == desk.team.workspace_id).values(marketing={"hide_days": 3})
    desk.team.database.write(lambda tx: tx.execute(chosen))
    assert desk.bets.hide(desk.team.nora, ana) == desk.team.now + timedelta(days=3)
    assert (desk.listed(), desk.listed(hidden=True)) == ([], ["Ana"])
    assert desk.bets.page(desk.team.nora, Asked())["counts"]["hidden"] == 1
    desk.team.later(days=3)
    assert (desk.listed(), desk.listed(hidden=True)) == (["Ana"], [])
    desk.bets.hide(desk.team.nora, ana, 10)
    assert desk.listed() == []
    desk.bets.unhide(desk.team.nora, ana)
    assert desk.listed() == ["Ana"]


def test_only_who_owns_somebody_may_hide_them(desk: Desk) -> None:
    ana = desk.person("Ana")
    for user in (desk.team.bram, desk.team.ada):
        with pytest.raises(NotAllowed):
            desk.bets.hide(user, ana)
        with pytest.raises(NotAllowed):
            desk.bets.unhide(user, ana)
    with pytest.raises(NotFound):
        desk.bets.hide(desk.team.stranger, ana)
    assert desk.listed() == ["Ana"]


def test_many_are_watched_and_given_a_task_at_once(desk: Desk) -> None:
    ids = [desk.person("Ana"), desk.person("Bo"), "0" * 26]
    done = [
        {"person": ids[0], "outcome": "done"},
        {"person": ids[1], "outcome": "done"},
        {"person": ids[2], "outcome": "not-found"},
    ]
    assert desk.bets.watch(desk.team.bram, ids) == done
    wish = Wish("Call them", desk.team.now.date())
    assert desk.bets.task(desk.team.nora, ids, wish) == done
    tasks = desk.worklist.page(desk.team.nora, "all")["items"]  # type: ignore[arg-type]
    assert sorted(task["person"]["name"] for task in tasks) == ["Ana", "Bo"]
    for wrong in ([], ids * 40):
        with pytest.raises(BadInput):
            desk.bets.watch(desk.team.nora, wrong)


# Marketo's campaigns


def test_campaigns_in_force_are_offered(desk: Desk) -> None:
    assert desk.bets.campaigns(desk.team.nora) == [{"id": 1, "name": "Send the brochure", "program": "Sales"}]
    desk.bets.campaigns(desk.team.nora)
    assert desk.marketo.calls == ["campaigns"]
    without = BestBets(desk.team.database, lambda: None, None, None, None, desk.team.clock)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        without.campaigns(desk.team.nora)


def test_own_and_watched_people_marketo_knows_are_added_to_a_campaign(desk: Desk) -> None:
    team = desk.team
    ana, watched = desk.person("Ana", marketo_id=1), desk.person("Watched", owner=team.bram, marketo_id=2)
    desk.bets.watch(team.nora, [watched])
    foreign, unknown = desk.person("Foreign", owner=team.bram, marketo_id=3), desk.person("Unknown")
    told = desk.bets.add_to_campaign(team.nora, 1, [ana, foreign, unknown, watched, "0" * 26])
    assert [one["outcome"] for one in told] == ["done", "not-yours", "not-in-marketo", "done", "not-found"]
    assert desk.marketo.asked == [(1, [1, 2])]
    with pytest.raises(NotFound):
        desk.bets.add_to_campaign(team.nora, 2, [ana])


def test_whom_marketo_refuses_is_found_and_the_others_are_added(desk: Desk) -> None:
    ids = [desk.person(f"P{number}", marketo_id=number) for number in range(1, 6)]
    trigger = desk.marketo.trigger

    def refusing(campaign_id: int, lead_ids: Any, tokens: Any) -> None:
        if 3 in lead_ids:
            raise Absent("marketo", "1004 Lead not found", number="1004")
        trigger(campaign_id, lead_ids, tokens)

    desk.marketo.trigger = refusing  # type: ignore[method-assign]
    told = desk.bets.add_to_campaign(desk.team.nora, 1, ids)
    assert [one["outcome"] for one in told] == ["done", "done", "refused", "done", "done"]
    assert sorted(lead for _, leads in desk.marketo.asked for lead in leads) == [1, 2, 4, 5]


def test_a_marketo_that_is_away_says_so(desk: Desk) -> None:
    ana = desk.person("Ana", marketo_id=1)
    desk.bets.campaigns(desk.team.nora)
    desk.marketo.trouble = [Away("marketo", "no answer in time")]
    with pytest.raises(Away):
        desk.bets.add_to_campaign(desk.team.nora, 1, [ana])
