"""The Lead Feed and the watch list: whose moments somebody sees, everywhere they could be seen."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from server.domain.leadfeed import Narrowed
from server.domain.subscriptions import Kind
from server.domain.users import User
from server.errors import BadInput, NotFound
from server.storage.database import Database
from server.storage.tables import moments, people, watch_list
from tests.leadfeed import LeadTeam


@pytest.fixture
def team(database: Database) -> LeadTeam:
    return LeadTeam(database)


@pytest.fixture
def hiroshi(team: LeadTeam) -> dict[str, Any]:
    return team.add("hiroshi@tanabe.example", name="Hiroshi Tanabe", account="Tanabe Express", owner=team.nora.id)


def told(page: dict[str, Any]) -> list[str]:
    return [item["moment"]["description"] for item in page["items"]]


def test_it_is_read_page_by_page_newest_first(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    for number in range(5):
        team.happens(hiroshi, f"moment {number}")
        team.later(minutes=1)
    first = team.lead_feed.page(team.nora, limit=3)
    rest = team.lead_feed.page(team.nora, first["next"], limit=3)
    assert told(first) + told(rest) == [f"moment {number}" for number in (4, 3, 2, 1, 0)]
    assert rest["next"] is None


def test_it_is_narrowed_by_type_person_and_account(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    other = team.add("ana@rotasul.example", name="Ana", account="Rota Sul", owner=team.nora.id)
    team.happens(hiroshi, "visited")
    team.happens(hiroshi, "opened", kind="email")
    team.happens(other, "reached", kind="milestone")
    assert told(team.lead_feed.page(team.nora, narrowed=Narrowed(type="email"))) == ["opened"]
    assert told(team.lead_feed.page(team.nora, narrowed=Narrowed(person_id=other["id"]))) == ["reached"]
    assert set(told(team.lead_feed.page(team.nora, narrowed=Narrowed(account="Tanabe Express")))) == {"visited", "opened"}
    assert told(team.lead_feed.page(team.nora, narrowed=Narrowed("web", other["id"], "Rota Sul"))) == []


def test_an_item_says_whether_one_subscribed_and_where_else_the_person_is(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.happens(hiroshi)
    [item] = team.lead_feed.page(team.nora)["items"]
    assert (item["star"], item["subscription"], item["links"]) == (False, None, {"marketo": None, "salesforce": None})
    values = {"marketo_id": 7, "salesforce_id": "00Q000000000007", "stars": 3, "flames": 3, "priority": 6}
    team.database.write(lambda tx: tx.execute(people.update().where(people.c.id == hiroshi["id"]).values(**values)))
    made = team.subscribe(team.nora, Kind.PERSON, hiroshi["id"])
    item = team.lead_feed.item(team.nora, item["id"])
    assert (item["star"], item["subscription"]) == (True, made["id"])
    assert item["links"] == {
        "marketo": "https://app-ab12.marketo.com/leadDatabase/loadLeadDetail?leadId=7",
        "salesforce": "https://fjordline.my.salesforce.com/00Q000000000007",
    }
    with pytest.raises(NotFound):
        team.lead_feed.item(team.bram, item["id"])


def test_watching_brings_somebodys_moments_and_unwatching_takes_them(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.happens(hiroshi, "before")
    team.watch_list.watch(team.bram, hiroshi["id"])
    team.watch_list.watch(team.bram, hiroshi["id"])
    team.happens(hiroshi, "after")
    assert set(told(team.lead_feed.page(team.bram))) == {"before", "after"}
    assert {team.bram.id} in team.woken
    team.watch_list.unwatch(team.bram, hiroshi["id"])
    assert told(team.lead_feed.page(team.bram)) == []
    assert set(told(team.lead_feed.page(team.nora))) == {"before", "after"}


def test_the_watch_list_tells_how_somebody_stands(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    own = team.add("bram@own.example", name="His Own", owner=team.bram.id, by=team.bram)
    team.happens(hiroshi, "first")
    team.later(minutes=1)
    team.happens(hiroshi, "last", kind="milestone")
    team.watch_list.watch(team.bram, hiroshi["id"])
    team.later(minutes=1)
    team.watch_list.watch(team.bram, own["id"])
    first = team.watch_list.page(team.bram, limit=1)
    [newest], [elder] = first["items"], team.watch_list.page(team.bram, first["next"], limit=1)["items"]
    assert (newest["person"]["name"], newest["own"], newest["moment"]) == ("His Own", True, None)
    assert (elder["person"]["name"], elder["own"], elder["consent"]) == ("Hiroshi Tanabe", False, "unknown")
    assert (elder["moment"]["type"], elder["moment"]["description"]) == ("milestone", "last")


def test_only_people_of_ones_own_workspace_are_watched(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        team.watch_list.watch(team.stranger, hiroshi["id"])
    with pytest.raises(BadInput):
        team.watch_list.page(team.nora, "bm9uc2Vuc2U")


def test_nobody_sees_a_moment_of_a_person_neither_own_nor_watched(team: LeadTeam) -> None:
    """Whatever changes hands between: pages, items of readers, mails and watch lists, after each step."""
    team.allow_rss()
    chance = random.Random(6)
    reps = [team.nora, team.bram, team.ada]
    persons = [team.add(f"p{at}@x.example", name=f"P{at}", account=f"Account {at % 3}") for at in range(12)]
    ids = [person["id"] for person in persons]
    for rep in reps:
        for kind, value in ((Kind.TYPE, "web"), (Kind.ACCOUNT, "Account 1"), (Kind.DESCRIPTION, "visited")):
            team.subscribe(rep, kind, value)
    for step in range(60):
        _one_change(team, chance, reps, ids, step)
        team.later(minutes=16)
        team.work()
        _all_is_well(team, reps)


def _one_change(team: LeadTeam, chance: random.Random, reps: list[User], ids: list[str], step: int) -> None:
    rep, person_id = chance.choice(reps), chance.choice(ids)
    person = team.people.get(team.ada, person_id)
    match chance.randrange(5):
        case 0:
            team.change(person, by=team.ada, owner=chance.choice([*(one.id for one in reps), None]))
        case 1:
            team.watch_list.watch(rep, person_id)
        case 2:
            team.watch_list.unwatch(rep, person_id)
        case 3 if len(ids) > 6 and ids[-1] != person_id:
            team.people.join(team.ada, person_id, person["version"], ids.pop())
        case _:
            team.marketing.happens({"id": person_id}, f"visited {step}")


def _all_is_well(team: LeadTeam, reps: list[User]) -> None:
    owners, watchers, about = team.database.read(_standing)
    for rep in reps:
        may = {moment for moment, person in about.items() if owners[person] == rep.id or (rep.id, person) in watchers}
        page = team.lead_feed.page(rep, limit=200)
        assert {item["moment"]["id"] for item in page["items"]} <= may
        assert {item.id for item in team.lead_feed.issue(rep, team.now).items} <= may
    # A mail may tell of what was somebody's when it was sent, which is now: nothing changed since.
    for mail in team.outbox.mails:
        to = mail["To"].addresses[0].addr_spec
        rep = next(one for one in reps if one.address == to)
        body = mail.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        told_of = {person for person in owners if f"/people/{person}\n" in text}
        assert all(owners[person] == rep.id or (rep.id, person) in watchers for person in told_of)
    team.outbox.mails.clear()


def _standing(tx: Any) -> tuple[dict[str, str | None], set[tuple[str, str]], dict[str, str]]:
    owners = {row.id: row.owner_id for row in tx.execute(select(people.c.id, people.c.owner_id))}
    watchers = {(row.user_id, row.person_id) for row in tx.execute(select(watch_list))}
    about = {row.id: row.person_id for row in tx.execute(select(moments.c.id, moments.c.person_id))}
    return owners, watchers, about
