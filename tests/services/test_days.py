"""A rep's day is told in the morning, once, in their zone: a notification, and a mail for who wants it."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from freezegun import freeze_time

from server.connectors.errors import Away, Refused
from server.connectors.smtp import RecipientRefused
from server.domain.notifications import Quiet
from server.services.days import TELL_DAY
from server.services.notices import SCREENS_FIRST
from server.storage import users as stored_users
from server.storage.database import Database
from tests.called import PUBLIC, Called
from tests.scene import a_hit


class Living(Called):
    """By the machine's clock, which freezegun sets."""

    def clock(self) -> datetime:
        return datetime.now(UTC)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @now.setter
    def now(self, _at: datetime) -> None: ...


@pytest.fixture
def nora(database: Database) -> Called:
    made = Called(database)
    made.now = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    made.is_in("Europe/Oslo")
    return made


def morning(nora: Called, text: str = "2026-11-20T06:30") -> None:
    nora.days.open()
    nora.now = datetime.fromisoformat(f"{text}+00:00")
    nora.work()


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(
    ("zone", "mornings"),
    [
        # Clocks go forward on the 29th, back on the 25th: 07:30 stays 07:30.
        ("Europe/Paris", ["2026-03-28T06:30", "2026-03-29T05:30", "2026-03-30T05:30"]),
        ("Europe/Paris", ["2026-10-24T05:30", "2026-10-25T06:30", "2026-10-26T06:30"]),
        ("America/New_York", ["2026-10-31T11:30", "2026-11-01T12:30", "2026-11-02T12:30"]),
        ("Asia/Kathmandu", ["2026-11-19T01:45", "2026-11-20T01:45", "2026-11-21T01:45"]),
        ("Pacific/Auckland", ["2026-09-25T19:30", "2026-09-26T18:30", "2026-09-27T18:30"]),
    ],
)
def test_each_morning_at_the_reps_hour_whatever_the_clocks_do(database: Database, zone: str, mornings: list[str]) -> None:
    first = datetime.fromisoformat(f"{mornings[0]}+00:00")
    with freeze_time(first - timedelta(hours=1)) as frozen:
        nora = Living(database)
        nora.is_in(zone)
        nora.prefers(digest=True, reminders=False)
        nora.task("Call Brightwave", "2026-01-01")
        nora.days.open()
        told = []
        while len(told) < len(mornings):
            due = nora.due(TELL_DAY)
            assert due
            frozen.move_to(due - timedelta(seconds=1))
            nora.work()
            assert len(nora.post.mails) == len(told)
            frozen.move_to(due)
            nora.work()
            told.append(f"{due:%Y-%m-%dT%H:%M}")
        assert told == mornings
        assert len(nora.post.mails) == len(mornings)


def test_what_is_due_today_is_told_once_in_one_notification(nora: Called) -> None:
    nora.task("Call Brightwave", "2026-11-20")
    nora.task("Send the offer", "2026-11-20")
    nora.task("Long ago", "2026-11-01")
    nora.task("Done", "2026-11-20", completed_at=nora.now)
    morning(nora)
    [one] = nora.notices.waiting(nora.user, "en")["items"]
    assert (one["title"], one["text"], one["page"]) == ("2 tasks due", "Call Brightwave, Send the offer", f"{PUBLIC}/tasks")
    assert nora.claimed()
    nora.work()
    assert (nora.waiting(), nora.unread()) == ([], 0)
    assert nora.due(TELL_DAY) == datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def test_a_day_without_anything_calls_nobody(nora: Called) -> None:
    nora.prefers(digest=True)
    morning(nora)
    assert (nora.waiting(), nora.post.mails) == ([], [])


def test_who_switched_both_off_hears_nothing(nora: Called) -> None:
    nora.prefers(reminders=False)
    nora.task("Call Brightwave", "2026-11-20")
    morning(nora)
    assert (nora.waiting(), nora.post.mails, nora.due(TELL_DAY)) == ([], [], None)


def test_the_digest_says_what_is_due_and_what_happened(nora: Called) -> None:
    nora.prefers(digest=True)
    nora.now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    nora.task("Call <b>Brightwave</b>", "2026-11-22")
    nora.task("Long ago", "2026-11-01")
    message = nora.message()
    nora.record(a_hit(message), a_hit(message, after=60), a_hit(message, link=1))
    morning(nora, "2026-11-22T06:30")
    [mail] = nora.post.mails
    assert mail["Subject"] == "Your day: 2 tasks due, 1 click, 1 view"
    plain, html = body(mail), body(mail, "html")
    assert "Aïssatou Diallo viewed “Pricing for 40 vehicles”" in plain
    assert "Long ago (since Nov 1)" in plain
    assert f"{PUBLIC}/messages/{message}" in html
    assert "<b>Brightwave" not in html
    [shown] = [one for one in nora.notices.waiting(nora.user, "fr")["items"] if one["kind"] == "day"]
    assert (shown["title"], shown["text"]) == ("Votre journée", "2 tâches à faire, 1 clic, 1 vue")


@pytest.mark.parametrize(
    ("locale", "subject"), [("fr", "Votre journée\u202f: 1 tâche à faire"), ("zh-TW", "今天的概況：1 項任務到期")]
)
def test_the_digest_speaks_the_reps_language(nora: Called, locale: str, subject: str) -> None:
    nora._set(locale=locale)
    nora.prefers(digest=True)
    nora.task("Call Brightwave", "2026-11-20")
    morning(nora)
    assert nora.post.mails[0]["Subject"] == subject


def test_a_worker_that_comes_late_tells_the_morning_and_not_the_afternoon(nora: Called) -> None:
    nora.prefers(digest=True)
    nora.task("Call Brightwave", "2026-11-20")
    morning(nora, "2026-11-20T10:00")
    assert len(nora.post.mails) == 1
    morning(nora, "2026-11-21T11:00")
    assert len(nora.post.mails) == 1
    assert nora.due(TELL_DAY) == datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def test_another_hour_takes_effect_the_next_time_and_tells_nothing_in_hindsight(nora: Called) -> None:
    nora.task("Call Brightwave", "2026-11-20")
    morning(nora)
    assert nora.claimed()
    nora.prefers(digest=True, digest_at="07:00")
    nora.days.plan(nora.user)
    nora.work()
    assert nora.post.mails == []
    assert nora.due(TELL_DAY) == datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
    nora.prefers(digest=True, digest_at="09:15")
    nora.days.plan(nora.user)
    morning(nora, "2026-11-21T06:30")
    assert nora.post.mails == []
    morning(nora, "2026-11-21T08:15")
    assert len(nora.post.mails) == 1


def test_quiet_hours_hold_the_notification_not_the_mail(nora: Called) -> None:
    nora.prefers(digest=True)
    nora.wishes(quiet=Quiet(True, "19:00", "09:00"))
    nora.browser()
    nora.task("Call Brightwave", "2026-11-20")
    morning(nora)
    assert (len(nora.post.mails), nora.waiting(), nora.rung) == (1, [], [])
    nora.now = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    nora.work()
    assert (nora.waiting(), len(nora.rung)) == (["Your day"], 1)
    nora.now += SCREENS_FIRST
    nora.work()
    assert nora.service.titles == ["Votre journée"]


@pytest.mark.parametrize(
    ("failure", "then"),
    [
        (Away("smtp", maybe_done=False), 1),
        (Away("smtp", maybe_done=True), 0),
        (Refused("smtp"), 1),
        (RecipientRefused("smtp"), 0),
    ],
)
def test_no_digest_is_sent_twice_and_none_is_lost_without_need(nora: Called, failure: Exception, then: int) -> None:
    nora.prefers(digest=True)
    nora.task("Call Brightwave", "2026-11-20")
    nora.post.refusal = failure
    morning(nora)
    nora.post.refusal = None
    nora.now += timedelta(hours=1)
    nora.work()
    nora.now += timedelta(hours=1)
    nora.work()
    assert len(nora.post.mails) == then


def test_one_click_stops_the_digest_and_another_takes_that_back(nora: Called) -> None:
    nora.prefers(digest=True, digest_at="06:00")
    nora.task("Call Brightwave", "2026-11-20")
    morning(nora, "2026-11-20T05:00")
    url = nora.post.mails[0]["List-Unsubscribe"].strip("<>")
    token = url.removeprefix(f"{PUBLIC}/digest/stop/")
    answers = [nora.days.stop(token, stops) for stops in (None, True, None, False)]
    assert [answer[1] for answer in answers if answer] == [True, False, False, True]
    assert nora.user.preferences.digest_at == "06:00"
    assert nora.days.stop("foreign", True) is None


def test_who_left_is_told_nothing(nora: Called) -> None:
    nora.prefers(digest=True)
    nora.task("Call Brightwave", "2026-11-20")
    nora.days.open()
    nora.database.write(stored_users.deactivate, nora.nora.workspace_id, nora.nora.id, nora.now)
    morning(nora)
    assert (nora.post.mails, nora.due(TELL_DAY)) == ([], None)
