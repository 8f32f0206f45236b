"""Whatever happens to a look into a mailbox, it ends where an undisturbed one does, and no mail is paid for twice."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from server.domain.mailboxes import Connection
from server.services import sync
from tests.fixtures_office import NORA, Office
from tests.fixtures_sandbox import BRAM, START
from tests.troubled import Round, calls, many, pushed, recovered, restarted, whole_state

GET, HISTORY = "gmail.users.messages.get", "gmail.users.history.list"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Where the database makes no difference."""

PASSING = ("503-backendError", "500-html", "429-rateLimitExceeded", "403-rateLimitExceeded", "drop", "invalid-json")


@pytest.fixture
def morning(office: Office) -> Round:
    return Round(office)


# At every step


def test_a_process_that_dies_between_any_two_steps_loses_and_doubles_nothing(morning: Round) -> None:
    for at in range(1, morning.moments, 11):
        morning.dies(at)


@pytest.mark.slow
def test_a_process_that_dies_at_any_moment_at_all(morning: Round) -> None:
    for at in range(1, morning.moments + 1):
        morning.dies(at)


@on_sqlite
def test_google_failing_at_any_step_costs_another_look_and_not_a_mail(morning: Round) -> None:
    morning.fails(HISTORY, "503-html", 0)
    morning.fails("gmail.users.messages.list", "429-rateLimitExceeded", 0)
    for at, kind in enumerate(PASSING[::2]):
        morning.fails(GET, kind, 3 * at + 1)


@on_sqlite
@pytest.mark.slow
def test_every_failure_at_every_call(morning: Round) -> None:
    for kind in PASSING:
        for at in range(sum(morning.calls.values())):
            morning.fails("gmail.*", kind, at)


@on_sqlite
def test_a_mail_that_is_not_there_yet_takes_its_answers_along(morning: Round) -> None:
    for at in (0, 2, 5):
        morning.fails(GET, "404-notFound", at, times=1)


@on_sqlite
@pytest.mark.slow
def test_any_mail_may_come_late(morning: Round) -> None:
    for at in range(morning.calls["messages.get"]):
        morning.fails(GET, "404-notFound", at, times=1)


@pytest.mark.slow
def test_random_trouble_upon_trouble(morning: Round) -> None:
    chance = Random(8)
    for _ in range(60):
        morning.begin()
        for _ in range(chance.randrange(1, 6)):
            kind = chance.choice(PASSING)
            morning.office.sandbox.fail("gmail.*", kind, after=chance.randrange(8), times=chance.randrange(1, 7))
        for _ in range(chance.randrange(3)):
            with morning.plug.pulled(chance.randrange(1, morning.moments)):
                morning.office.work()
            restarted(morning.office)
            morning.office.later(minutes=6)
            if chance.random() < 0.3:
                morning.office.world.mailbox(NORA).history.expire()
        morning.office.work()
        morning.office.sandbox.google.failures.clear()
        morning.ends_well("trouble upon trouble")


# Wake-ups


@on_sqlite
def test_a_storm_of_pushes_is_two_looks(office: Office) -> None:
    office.work()
    [mail] = many(office, 1)
    office.spent()
    for _ in range(1000):
        pushed(office)
    office.later(seconds=2)
    office.work()
    for _ in range(10):
        pushed(office)
    office.later(minutes=1)
    office.work()
    assert calls(office) == {"history.list": 1, "messages.get": 1}
    assert office.spent() == 22
    assert office.listed()[0]["subject"] == mail.subject


@on_sqlite
def test_pushes_late_twice_and_in_the_wrong_order_wait_for_the_newest(office: Office) -> None:
    office.work()
    history = office.world.mailbox(NORA).history
    old = history.latest
    many(office, 1)
    first = history.latest
    history.lag = timedelta(seconds=10)
    office.later(minutes=1)
    prepared = office.prepare()
    office.sends(prepared)
    for history_id in (history.latest, first, history.latest, old, first + 1):
        office.mailboxes.wake(NORA, history_id)
    office.later(seconds=2)
    office.spent()
    office.work()
    assert office.details(prepared.id)["state"] == "drafted"
    for _ in range(3):
        office.later(seconds=10)
        office.work()
    assert office.details(prepared.id)["state"] == "sent"
    office.spent()
    office.mailboxes.wake(NORA, first)
    office.later(seconds=2)
    office.work()
    assert office.spent() == 0


# Google forgot


@on_sqlite
def test_a_gap_in_the_history_loses_nothing_of_a_long_absence(morning: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    office = morning.office
    monkeypatch.setattr("server.gmail.history.CHUNK", 3)
    box = office.world.mailbox(NORA)
    archived = next(one for one in box.messages("in:inbox") if one.id != one.thread_id)
    box.modify(archived.id, remove=("INBOX",))
    for days in (0, 12):
        morning.begin()
        box.history.expire()
        office.later(days=days)
        recovered(office)
        state = {one for one in whole_state(office.database) if not one.startswith("mailboxes")}
        assert sorted(state ^ {one for one in morning.state if not one.startswith("mailboxes")}) == []
        assert calls(office)["messages.get"] == morning.calls["messages.get"]
        assert f'"history_id": {box.history.latest},' in " ".join(whole_state(office.database))


# Hours of it


def a_day(office: Office, seconds: int, *, every: int = 10) -> list[Connection]:
    """The worker at its work while the rep writes; the states it went through."""
    states = []
    for _ in range(seconds // every):
        office.mailboxes.heat(office.nora)
        office.mailboxes.ask_for_looks()
        office.work()
        states.append(office.mailboxes.state(office.nora).state)
        office.later(seconds=every)
    return states


@on_sqlite
@pytest.mark.parametrize("kind", ["503-backendError", "429-rateLimitExceeded", "slow"])
def test_an_hour_without_answers_is_told_and_hardly_asked_about(office: Office, kind: str) -> None:
    office.work()
    looked_at, patient = office.now(), office.google
    many(office, 3)
    office.sandbox.fail("gmail.*", kind, times=10_000, seconds=600)
    office.google = replace(patient, timeout=5.0 if kind != "slow" else 0.02)
    states = a_day(office, 3600, every=60)
    [left] = office.sandbox.google.failures.pending()
    assert set(states[1:]) == {Connection.DEGRADED}
    assert office.mailboxes.state(office.nora).looked_at == looked_at
    assert 10_000 - (left.times or 0) <= 45
    office.sandbox.google.failures.clear()
    office.google = patient
    office.spent()
    a_day(office, 900, every=60)
    assert office.mailboxes.state(office.nora).state is Connection.OK
    assert len(office.listed()) == 3
    assert calls(office)["messages.get"] == 3


@on_sqlite
def test_a_small_quota_of_a_user_is_used_to_the_last_unit_and_never_wasted(office: Office) -> None:
    office.work()
    many(office, 12)
    office.sandbox.google.quota.per_user = 100
    office.spent()
    a_day(office, 420)
    assert len(office.listed()) == 12
    assert calls(office)["messages.get"] == 12
    assert office.sandbox.google.quota.refused <= 60


@on_sqlite
def test_what_others_use_of_the_projects_quota_only_delays(office: Office) -> None:
    office.connect(office.bram)
    office.work()
    many(office, 4)
    for _ in range(4):
        office.sends(user=office.bram)
    office.sandbox.google.quota.per_project = 90
    office.mailboxes.wake(BRAM, office.world.mailbox(BRAM).history.latest)
    office.spent()
    a_day(office, 600)
    assert [len(office.messages.list(user)["items"]) for user in (office.nora, office.bram)] == [4, 4]
    meter: Any = office.sandbox.google.quota.read()
    assert [meter[address]["calls"][GET] for address in (NORA, BRAM)] == [4, 4]


# Grants


@on_sqlite
def test_a_grant_revoked_in_the_middle_and_given_again_goes_on_there(morning: Round) -> None:
    office = morning.office
    for at in (0, 3, 7):
        morning.begin()
        office.sandbox.fail("gmail.users.*", "401-authError", after=at, times=None)
        office.work()
        assert office.mailboxes.state(office.nora).state is Connection.RECONNECT_NEEDED
        office.sandbox.google.failures.clear()
        office.later(hours=3)
        office.mailboxes.ask_for_looks()
        office.work()
        assert calls(office).get("history.list", 0) <= 1
        office.connect()
        morning.ends_well(f"revoked after {at}")
        assert calls(office)["messages.get"] == morning.calls["messages.get"]


@on_sqlite
def test_what_an_administrator_forbids_and_allows_again_needs_nobody_to_reconnect(office: Office) -> None:
    office.work()
    many(office, 1)
    office.sandbox.google.grants.expire_access()
    office.sandbox.fail("oauth.token", "admin_policy_enforced", times=10_000)
    pushed(office)
    office.spent()
    office.later(seconds=2)
    states = a_day(office, 3600, every=60)
    assert set(states) == {Connection.ADMIN_BLOCKED}
    [left] = office.sandbox.google.failures.pending()
    assert (calls(office), 10_000 - (left.times or 0) <= 5) == ({}, True)
    office.sandbox.google.failures.clear()
    a_day(office, 1000, every=100)
    assert office.mailboxes.state(office.nora).state is Connection.OK
    assert len(office.listed()) == 1


@on_sqlite
def test_a_mail_awaited_while_the_grant_dies_is_looked_for_once_there_is_a_new_one(office: Office) -> None:
    office.work()
    many(office, 1)
    office.sandbox.fail(GET, "404-notFound")
    office.sync()
    office.sandbox.google.grants.end(NORA)
    office.later(seconds=5)
    office.work()
    office.later(hours=5)
    office.connect()
    recovered(office, minutes=16)
    assert len(office.listed()) == 1


@on_sqlite
def test_a_refusal_that_nobody_understands_is_no_good_connection_and_is_not_asked_for_each_second(office: Office) -> None:
    office.work()
    office.sandbox.fail(HISTORY, "400-failedPrecondition", times=10_000)
    assert set(a_day(office, 3600, every=60)[1:]) == {Connection.DEGRADED}
    [left] = office.sandbox.google.failures.pending()
    assert 10_000 - (left.times or 0) <= 15


# Clocks


@on_sqlite
def test_what_google_dates_into_our_future_is_of_now(office: Office) -> None:
    office.connections.clock = office.mailboxes._clock = lambda: START - timedelta(minutes=10)  # ours is behind
    restarted(office)
    mail = office.sends(office.prepare())
    office.replies(mail)
    office.sync()
    [message] = office.listed()
    assert message["sent_at"] == "2026-11-21T08:50:00.000000Z"
    assert message["counts"]["replies"] == 1


@on_sqlite
def test_a_clock_set_back_does_not_silence_a_mailbox(office: Office) -> None:
    office.work()
    office.later(days=30)
    office.mailboxes.ask_for_looks()
    office.work()
    office.sync()
    office.world.clock.set(START)
    many(office, 1)
    assert office.mailboxes.ask_for_looks()
    office.work()
    assert len(office.listed()) == 1


# Mails nobody can read


@on_sqlite
def test_a_mail_that_breaks_its_reader_is_passed_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    many(office, 3)
    real = sync.sent_mail

    def breaks(message: Any, *readers: Any) -> Any:
        found = real(message, *readers)
        if found.subject == "Mail 1":
            raise IndexError
        return found

    monkeypatch.setattr(sync, "sent_mail", breaks)
    office.sync()
    assert sorted(one["subject"] for one in office.listed() if one["state"] == "sent") == ["Mail 0", "Mail 2"]
    assert office.mailboxes.state(office.nora).state is Connection.OK


def test_no_byte_of_a_header_keeps_a_mail_from_being_stored(office: Office) -> None:
    raw = (
        b"From: Nora <nora@fjordline.example>\r\nTo: =?utf-8?q?A=00=F0b?= <aissatou@dialloetfils.example>\r\n"
        b"Subject: =?utf-8?q?zero_=00_half_=ED=A0=80?=\r\nMessage-ID: <zero@mail.example>\r\n\r\nHello\r\n"
    )
    office.world.send(NORA, raw)
    office.sync()
    assert len(office.listed()) == 1
