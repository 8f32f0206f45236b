"""One notification a happening, whatever is open: decided once, claimed once, pushed to browsers that sleep."""

from datetime import UTC, datetime, timedelta

import pytest

from server.connectors.errors import Absent, Away, Refused, Throttled
from server.domain.engagement import Class, Kind
from server.domain.notifications import Quiet
from server.errors import BadInput, NotFound
from server.services.feed import cursor_of
from server.services.notices import SCREENS_FIRST, bell
from server.storage.database import Database
from server.tokens import Tokens
from tests.called import KEYS, Called
from tests.scene import NOON, a_hit, a_mail

SUBJECT = "Pricing for 40 vehicles"


@pytest.fixture
def nora(database: Database) -> Called:
    return Called(database)


def at(nora: Called, seconds: float) -> None:
    nora.now = NOON + timedelta(seconds=seconds)


def test_a_first_view_is_told_by_whichever_screen_claims_it_first(nora: Called) -> None:
    nora.record(a_hit(nora.message()))
    nora.work()
    assert nora.rung == [bell(nora.nora.id)]
    [offered] = nora.notices.waiting(nora.user, "en")["items"]
    assert offered["title"] == f"Aïssatou Diallo viewed “{SUBJECT}”"
    answers = [nora.notices.claim(nora.user, [offered["id"]], "en")["show"] for _ in range(3)]
    assert [bool(one) for one in answers] == [True, False, False]
    assert answers[0]["url"].startswith("https://mail.google.com/mail/u/?authuser=")
    assert [one["action"] for one in answers[0]["actions"]] == ["task", "thread"]
    assert nora.waiting() == []


def test_a_line_that_changes_is_not_told_again(nora: Called) -> None:
    message = nora.message()
    nora.record(a_hit(message))
    nora.work()
    nora.claimed()
    nora.record(a_hit(message, after=60))
    nora.refresh(message)
    nora.work()
    assert nora.waiting() == []


def test_nothing_is_decided_twice_however_often_it_is_looked_at(nora: Called) -> None:
    nora.record(a_hit(nora.message()), a_hit(nora.message()))
    nora.work()
    nora.work()
    assert not nora.notices.decide()
    assert len(nora.waiting()) == 2


def test_two_workers_that_decide_at_once_tell_it_once(nora: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one read before the first one wrote."""
    nora.record(a_hit(nora.message()))
    read = nora.database.read(nora.notices._decide)
    for _ in range(2):
        nora.database.write(nora.notices._keep, read)
    assert len(nora.waiting()) == 1


def test_what_stood_there_before_notices_began_is_no_news(nora: Called) -> None:
    from sqlalchemy import update

    from server.storage.tables import feed_heads

    nora.record(a_hit(nora.message()))
    nora.database.write(lambda tx: tx.execute(update(feed_heads).values(notified_position=None)))
    nora.work()
    assert nora.waiting() == []
    nora.record(a_hit(nora.message()))
    nora.work()
    assert len(nora.waiting()) == 1


def test_a_view_after_days_many_on_one_day_clicks_and_answers_are_told(nora: Called) -> None:
    message = nora.message()
    said = []
    for after, link in (
        (0, None),
        (86_400 * 3, None),
        (86_400 * 3 + 600, None),
        (86_400 * 3 + 900, None),
        (86_400 * 3 + 999, 1),
    ):
        at(nora, after)
        nora.record(a_hit(message, after=after, link=link))
        nora.work()
        one = nora.claimed()
        said.append(one["title"].replace(f"“{SUBJECT}”", "it").removeprefix("Aïssatou Diallo ") if one else "")
    assert said == ["viewed it", "viewed it again", "", "viewed it 3 times in one day", "clicked in it"]


def test_answers_and_bounces_are_told_with_why(nora: Called) -> None:
    message = nora.message()
    nora.receive(a_mail(nora, message))
    nora.receive(a_mail(nora, message, Kind.BOUNCE, gmail_id="2b"))
    nora.receive(a_mail(nora, message, Kind.AUTO_REPLY, gmail_id="3c"))
    nora.work()
    assert sorted(nora.waiting()) == [f"Aïssatou Diallo replied to “{SUBJECT}”", f"“{SUBJECT}” did not reach Aïssatou Diallo"]
    texts = [one["text"] for one in nora.notices.waiting(nora.user, "en")["items"]]
    assert "Mailbox full" in " ".join(texts)


def test_what_comes_together_is_told_in_one(nora: Called) -> None:
    message = nora.message()
    nora.record(a_hit(message), a_hit(nora.message()), a_hit(message, link=1))
    nora.work()
    shown = nora.claimed()
    assert shown
    assert (shown["title"], shown["text"]) == ("3 new things", "1 click, 2 views")
    assert shown["draft"] is None


def test_nobody_known_is_somebody(nora: Called) -> None:
    nora.record(a_hit(nora.message(to=("Ana", "Bo", "Cy"))))
    nora.work()
    assert nora.waiting("fr") == [f"L’un des 3 destinataires a consulté «\u202f{SUBJECT}\u202f»"]
    assert nora.waiting("zh-TW") == [f"3 位收件者之一 檢視了「{SUBJECT}」"]


@pytest.mark.parametrize("what", ["kind", "message", "archived", "seen"])
def test_what_she_does_not_want_to_hear_of_calls_nobody_even_later(nora: Called, what: str) -> None:
    message = nora.message()
    if what == "kind":
        nora.wishes(first_view=False)
    elif what == "message":
        nora.mute("message", message)
    elif what == "archived":
        nora.change(message, state="archived")
    nora.record(a_hit(message))
    if what == "archived":
        nora.refresh(message)
    if what == "seen":
        nora.feed.seen(nora.nora, cursor_of(99))
    nora.work()
    nora.wishes()
    nora.record(a_hit(message, after=5))
    nora.work()
    assert (nora.waiting(), nora.unread()) == ([], 0)


def test_who_looked_at_the_feed_needs_not_be_told(nora: Called) -> None:
    nora.record(a_hit(nora.message()))
    nora.work()
    assert nora.unread() == 1
    nora.claimed()
    assert nora.unread() == 1  # told, and still not looked at
    nora.record(a_hit(nora.message()))
    nora.work()
    nora.feed.seen(nora.nora, cursor_of(99))
    assert (nora.waiting(), nora.unread()) == ([], 0)


def test_what_turns_out_to_be_a_machines_is_not_told_any_more(nora: Called) -> None:
    from sqlalchemy import update

    from server.storage.tables import feed_items

    nora.record(a_hit(nora.message()))
    nora.work()
    nora.database.write(lambda tx: tx.execute(update(feed_items).values({"class": Class.MACHINE.value, "hidden": True})))
    assert nora.waiting() == []


def test_what_nobody_was_told_of_for_a_day_is_told_no_more(nora: Called) -> None:
    nora.record(a_hit(nora.message()))
    nora.work()
    nora.later(hours=25)
    assert nora.waiting() == []


def test_what_comes_in_quiet_hours_is_told_afterwards_in_one(nora: Called) -> None:
    nora.is_in("Asia/Taipei")  # noon in UTC is eight in the evening there
    nora.wishes(quiet=Quiet(True, "19:00", "08:00"))
    nora.browser()
    nora.record(a_hit(nora.message()), a_hit(nora.message()))
    nora.work()
    assert (nora.waiting(), nora.rung) == ([], [])
    assert nora.due() == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    nora.now = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    nora.work()
    assert nora.rung == [bell(nora.nora.id)]
    assert len(nora.waiting()) == 2
    nora.later(seconds=SCREENS_FIRST.seconds)
    nora.work()
    assert nora.service.titles == ["2 nouveautés"]
    assert nora.due() is None


def test_quiet_hours_that_are_switched_off_hold_nothing_back_any_longer(nora: Called) -> None:
    nora.is_in("Asia/Taipei")
    nora.wishes(quiet=Quiet(True, "19:00", "08:00"))
    nora.record(a_hit(nora.message()))
    nora.work()
    nora.wishes()
    nora.notices.rearrange(nora.user)
    assert len(nora.waiting()) == 1


def test_a_browser_that_sleeps_is_told_when_no_screen_was_quicker(nora: Called) -> None:
    nora.browser()
    nora.record(a_hit(nora.message()))
    nora.work()
    assert nora.service.taken == []
    nora.later(seconds=SCREENS_FIRST.seconds)
    nora.work()
    assert nora.service.titles == [f"Aïssatou Diallo a consulté «\u202f{SUBJECT}\u202f»"]
    assert nora.waiting() == []
    assert nora.due() is None


def test_what_a_screen_shows_is_not_pushed(nora: Called) -> None:
    nora.browser()
    nora.record(a_hit(nora.message()))
    nora.work()
    assert nora.claimed()
    nora.later(seconds=SCREENS_FIRST.seconds)
    nora.work()
    assert nora.service.taken == []


def test_every_browser_of_hers_is_told_in_her_language(nora: Called) -> None:
    nora._set(locale="zh-TW")
    nora.browser("laptop")
    nora.browser("phone")
    nora.record(a_hit(nora.message()))
    nora.work()
    nora.later(seconds=5)
    nora.work()
    assert [endpoint.rpartition("/")[2] for endpoint, _ in nora.service.taken] == ["laptop", "phone"]
    assert set(nora.service.titles) == {f"Aïssatou Diallo 檢視了「{SUBJECT}」"}


def test_a_browser_that_is_gone_is_forgotten(nora: Called) -> None:
    gone = nora.browser("old")
    nora.browser("new")
    nora.service.refusals["https://push.example/old"] = Absent("push", number="410")
    nora.record(a_hit(nora.message()))
    nora.work()
    nora.later(seconds=5)
    nora.work()
    assert len(nora.service.taken) == 1
    assert not nora.pushes.is_kept(gone)


def test_a_push_service_that_refuses_us_on_end_is_given_up(nora: Called) -> None:
    session = nora.browser()
    nora.service.refusals["https://push.example/laptop"] = Refused("push", number="403")
    for number in range(5):
        assert nora.pushes.is_kept(session), number
        nora.record(a_hit(nora.message(), after=number * 60))
        nora.work()
        nora.later(minutes=1)
        nora.work()
    assert not nora.pushes.is_kept(session)


@pytest.mark.parametrize("how", ["away", "throttled"])
def test_a_push_service_that_is_away_is_asked_again(nora: Called, how: str) -> None:
    nora.browser()
    away = Away("push", "an answer 503") if how == "away" else Throttled("push", "", nora.now + timedelta(hours=1), nora.now)
    nora.service.refusals["https://push.example/laptop"] = away
    nora.record(a_hit(nora.message()))
    nora.work()
    nora.later(seconds=5)
    nora.work()
    assert (nora.service.taken, len(nora.waiting())) == ([], 1)
    nora.service.refusals.clear()
    nora.later(minutes=10)
    nora.work()
    assert len(nora.service.taken) == (1 if how == "away" else 0)
    nora.later(hours=1)
    nora.work()
    assert len(nora.service.taken) == 1


def test_who_signed_out_is_told_nothing_there(nora: Called) -> None:
    from server.storage import users as stored_users

    session = nora.browser()
    nora.database.write(stored_users.end_session, session.id, nora.now)
    nora.record(a_hit(nora.message()))
    nora.work()
    nora.later(seconds=5)
    nora.work()
    assert nora.service.taken == []
    nora.notices.forget()
    assert not nora.pushes.is_kept(session)


def test_a_browser_belongs_to_whoever_signed_in_there_last(nora: Called) -> None:
    first = nora.browser("shared")
    second = nora.browser("shared")
    assert (nora.pushes.is_kept(first), nora.pushes.is_kept(second)) == (False, True)
    nora.pushes.drop(second)
    assert not nora.pushes.is_kept(second)


def test_only_addresses_of_known_push_services_and_true_keys_are_kept(nora: Called) -> None:
    session = nora.session()
    for endpoint, key, auth, field in (
        ("https://10.0.0.1/x", *KEYS, "endpoint"),
        ("https://push.example/x", "AAAA", KEYS[1], "keys"),
        ("https://push.example/x", KEYS[0], "c2hvcnQ", "keys"),
    ):
        with pytest.raises(BadInput) as refused:
            nora.pushes.keep(session, endpoint, key, auth, "", "en")
        assert list(refused.value.fields) == [field]


def test_a_browser_can_be_tried_out(nora: Called) -> None:
    session = nora.browser()
    nora.pushes.try_out(session, "en")
    assert nora.service.titles == ["Notifications work here"]
    with pytest.raises(NotFound):
        nora.pushes.try_out(nora.session(), "en")


def test_the_key_is_one_for_all_processes_and_outlives_the_secrets(nora: Called) -> None:
    def process(*secrets: str) -> str:
        from server.services.headlines import Headlines
        from server.services.push import Pushes

        made = Pushes(nora.database, Tokens(secrets), nora.service, Headlines("", ""), nora.ring, (), nora.clock)
        return made.public_key()

    old, new = "o" * 40, "n" * 40
    first = process(old)
    assert first == process(old) == process(new, old)
    assert process(new) != first  # its secret is lost: browsers are asked anew
    assert process(new) == process(new, old)
