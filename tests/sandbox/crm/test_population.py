"""People and activities by formula, and the living market."""

import tracemalloc
from datetime import timedelta
from itertools import islice

import pytest

from server.errors import Conflict, NotFound
from server.sandbox.agenda import Agenda
from server.sandbox.clock import Clock
from server.sandbox.crm.activity import HISTORY, SCORE
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.happenings import Happenings
from server.sandbox.crm.identifiers import number_in, record_id, well_formed
from server.sandbox.crm.life import Life
from server.sandbox.crm.reps import QUEUE
from tests.fixtures_crm import NORA, REPS, START


def market(people: int = 40, activities: int = 0, seed: int = 7) -> Crm:
    return Crm(Clock(START, frozen=True), REPS, seed=seed, people=people, activities=activities)


def test_the_same_seed_gives_the_same_market() -> None:
    one, two, other = market(activities=500), market(activities=500), market(activities=500, seed=8)
    everything = [list(crm.stream.after((0, 0), START)) for crm in (one, two, other)]
    assert everything[0] == everything[1] != everything[2]
    assert [one.people.known(7), one.people.known(33)] == [two.people.known(7), two.people.known(33)]


def test_a_million_activities_cost_no_memory() -> None:
    tracemalloc.start()
    crm = market(100_000, 1_000_000)
    assert len(list(islice(crm.stream.after((0, 0), START), 500))) == 500
    assert len({crm.people.known(number).email for number in range(1, 500)}) == 499
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 3_000_000
    assert len(crm.stream) == 1_000_000


def test_reading_on_from_any_place_gives_what_comes_after_it() -> None:
    crm = market(activities=300)
    whole = list(crm.stream.after((0, 0), START))
    assert (len(whole), len({row.guid for row in whole})) == (300, crm.stream.distinct)
    for at in (0, 1, 150, 299):
        assert list(crm.stream.after(whole[at].key, START)) == whole[at + 1 :]
    assert min(row.at for row in whole) >= START - HISTORY
    assert list(crm.stream.after((0, 0), START - timedelta(days=40))) == [r for r in whole if r.key[0] <= micros_of(40)]


def micros_of(days_ago: int) -> int:
    return int((START - timedelta(days=days_ago)).timestamp() * 1_000_000)


def test_everybodys_score_is_what_their_last_change_says() -> None:
    crm = market(activities=700)
    last: dict[int, tuple[str, str]] = {}
    for row in crm.stream.after((0, 0), START):
        if row.type_id == SCORE and "Old Value" in row.attributes:
            told = row.attributes["Old Value"], row.attributes["New Value"]
            assert row.number not in last or told[0] in (last[row.number][1], last[row.number][0])
            last[row.number] = told
    assert len(last) == 40
    for number, (_, new) in last.items():
        assert crm.score(crm.people.known(number)) == int(new)


def test_ids_are_salesforces() -> None:
    for kind, number in (("Lead", 1), ("Contact", 61), ("Task", 123_456), ("User", 9)):
        id = record_id(kind, number)
        assert (len(id), number_in(id, kind), number_in(id[:15], kind)) == (18, number, number)
    assert number_in(record_id("Lead", 5), "Contact") is None
    assert not well_formed(record_id("Lead", 61)[:15] + "AAB")


def test_owners_are_reps_or_the_queue() -> None:
    crm = market(400)
    owners = {crm.people.known(number).owner for number in crm.people.numbers()}
    assert owners == {*(rep.id for rep in crm.people.reps), QUEUE, ""}


def test_people_are_found_by_address_and_id_after_changes_too() -> None:
    crm = market()
    happen, person = Happenings(crm), crm.people.known(3)
    happen.change(person, {"email": "new@address.example"})
    assert crm.people.find("NEW@address.example").number == 3
    with pytest.raises(NotFound):
        crm.people.find(person.email)
    with pytest.raises(Conflict):
        happen.appear("new@address.example", "Twice", "")
    assert crm.people.find("1003").number == 3


def test_leads_merge_with_leads_only() -> None:
    crm = market()
    lead, contact = crm.people.known(1), crm.people.known(3)
    assert (lead.kind, contact.kind) == ("Lead", "Contact")
    with pytest.raises(Conflict):
        Happenings(crm).merge(lead, contact)


def test_the_market_lives_by_its_clock() -> None:
    clock = Clock(START, frozen=True)
    crm, agenda = Crm(clock, REPS, seed=7), Agenda(clock)
    life = Life(crm, agenda, 7)
    life.favourites = [1, 2]
    life.pace(timedelta(seconds=30))
    seen = []
    for _ in range(10):
        clock.advance(30)
        agenda.run_due()
        seen.append(len(crm.stream))
    assert seen == sorted(seen)
    assert seen[-1] >= 6
    clock.advance(86_400)
    agenda.run_due()
    assert len(crm.stream) - seen[-1] <= 5
    life.pace(None)
    still = len(crm.stream)
    clock.advance(600)
    agenda.run_due()
    assert len(crm.stream) == still


def test_in_a_long_life_everything_happens_but_to_favourites() -> None:
    crm = market()
    life = Life(crm, Agenda(crm.clock), 3)
    life.favourites = [1, 2, 3]
    crm.tasks.add(crm.people.rep(NORA).id, START, subject="Call")
    life.let(400)
    kinds = {row.type_id for row in crm.stream.after((0, 0), START)}
    assert {1, 2, 10, 11, 12, 13, 22, 23, 32, 37, 46} <= kinds
    kept = [crm.people.known(number) for number in life.favourites]
    assert all(person.gone_at is None and person.merged_into is None for person in kept)
    assert any(person.converted_at for person in crm.people.kept.values())
    assert [task.status for task in crm.tasks] != ["Not Started"]


def test_a_faster_clock_makes_days_of_minutes() -> None:
    clock = Clock(START)
    clock.speed = 86_400
    assert clock.wait_until(START + timedelta(hours=12))
    assert clock.now() >= START + timedelta(hours=12)
    with pytest.raises(ValueError, match="forwards"):
        clock.speed = 0
