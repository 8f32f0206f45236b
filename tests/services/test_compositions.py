"""A mail written here: kept, looked at, sent once, taken back."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import update

from server.domain.compositions import Choice, Recipients, Written
from server.domain.consent import Choice as Said
from server.domain.consent import Source, State
from server.domain.drafts import Addressee
from server.domain.preferences import Preferences, written
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.gmail.client import Gmail
from server.gmail.credentials import READ
from server.gmail.errors import Transient
from server.sandbox.message import Message as Mail
from server.storage import consent
from server.storage import people as stored_people
from server.storage.tables import people, users
from tests.fixtures_office import AISSATOU, TRACKING, Office
from tests.fixtures_sandbox import NORA

BODE, TOMASZ = ("Bode Okafor", "bode@okafor.example"), ("Tomasz Wójcik", "tomasz@wisla.example")
HTML = '<p>Dear {person.first},</p><p><a href="https://fjordline.example/prices">prices</a></p>'


def a_mail(*to: tuple[str, str], **more: Any) -> Written:
    readers = Recipients(tuple(Addressee(*one) for one in to or (AISSATOU,)))
    return Written(**{"recipients": readers, "subject": "Pricing", "body": HTML} | more)


def begun(office: Office, *to: tuple[str, str], **more: Any) -> dict[str, Any]:
    return office.compositions.add(office.nora, a_mail(*to, **more))


def sent(office: Office, made: dict[str, Any], **how: Any) -> dict[str, Any]:
    return office.compositions.send(office.nora, made["id"], made["version"], **how)


def now_is(office: Office, made: dict[str, Any]) -> dict[str, Any]:
    return office.compositions.get(office.nora, made["id"])


def in_sent(office: Office) -> list[Mail]:
    """Oldest first."""
    return office.world.mailbox(NORA).messages("in:sent")[::-1]


def worked(office: Office, **later: float) -> None:
    office.later(**later or {"seconds": 10})
    office.work()


def unsubscribe(office: Office, *who: tuple[str, str]) -> None:
    names = {address: name for name, address in who}
    ids = office.database.write(stored_people.ensure, office.workspace_id, names, office.now())
    change = update(people).where(people.c.id.in_(ids.values())).values(unsubscribed=True)
    office.database.write(lambda tx: tx.execute(change))


def prefer(office: Office, a_minute: int) -> None:
    change = update(users).where(users.c.id == office.nora.id).values(preferences=written(Preferences(sends_a_minute=a_minute)))
    office.database.write(lambda tx: tx.execute(change))


# Kept while it is written


def test_a_draft_is_kept_clean_and_an_older_window_does_not_overwrite_it(office: Office) -> None:
    made = begun(office, body="<p onclick=x>Hi<script>x</script></p>")
    assert made["html"] == "<p>Hi</p>"
    mine = office.compositions.change(office.nora, made["id"], made["version"], a_mail(subject="Mine"))
    with pytest.raises(Conflict) as refused:
        office.compositions.change(office.nora, made["id"], made["version"], a_mail(subject="Theirs"))
    assert refused.value.facts["current"]["subject"] == mine["subject"] == "Mine"


def test_another_reps_mail_does_not_exist(office: Office) -> None:
    made = begun(office)
    for attempt in (
        lambda: office.compositions.get(office.bram, made["id"]),
        lambda: office.compositions.change(office.bram, made["id"], 1, a_mail()),
        lambda: office.compositions.send(office.bram, made["id"], 1),
        lambda: office.compositions.cancel(office.bram, made["id"]),
        lambda: office.compositions.remove(office.bram, made["id"], 1),
        lambda: office.compositions.preview(office.bram, made["id"]),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert office.compositions.page(office.bram)["items"] == []


def test_the_list_goes_on_from_its_cursor_changed_last_first(office: Office) -> None:
    for number in range(3):
        begun(office, subject=f"{number}")
        office.later(seconds=1)
    first = office.compositions.page(office.nora, limit=2)
    rest = office.compositions.page(office.nora, before=first["next"], limit=2)
    assert [one["subject"] for one in (*first["items"], *rest["items"])] == ["2", "1", "0"]
    assert rest["next"] is None


# Looked at before


def test_a_preview_shows_what_each_reader_gets_and_what_is_missing(office: Office) -> None:
    made = begun(office, AISSATOU, ("", "nobody@x.example"), separate=True)
    first, second = office.compositions.preview(office.nora, made["id"])["items"]
    assert "Dear Aïssatou," in first["html"]
    assert (first["missing"], second["missing"]) == ([], ["person.first"])
    shared = begun(office, AISSATOU, BODE)
    assert office.compositions.preview(office.nora, shared["id"])["items"][0]["missing"] == ["person.first"]


def test_why_it_will_not_be_tracked_is_told_before(office: Office) -> None:
    no = Said(State.DENIED, office.now(), "engagement", "call", Source.REP)
    office.database.write(consent.record, office.workspace_id, [BODE[1]], no, office.now())
    together, apart = begun(office, AISSATOU, BODE), begun(office, AISSATOU, BODE, separate=True)
    assert not together["tracking"]["allowed"]
    assert apart["tracking"]["allowed"]
    assert [one["allowed"] for one in apart["tracking"]["recipients"]] == [True, False]
    assert apart["tracking"]["recipients"][1]["reasons"][0]["code"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipients": Recipients()}, "to"),
        ({"subject": " "}, "subject"),
        ({"body": "<p><br></p>"}, "html"),
        ({"sender": "boss@else.example"}, "from"),
    ],
)
def test_what_is_missing_is_told_when_it_is_sent(office: Office, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        sent(office, begun(office, **wrong))
    assert list(refused.value.fields) == [field]


def test_a_value_that_is_missing_is_asked_about(office: Office) -> None:
    made = begun(office, AISSATOU, ("", "nobody@x.example"), separate=True)
    with pytest.raises(BadInput) as refused:
        sent(office, made)
    assert list(refused.value.fields) == ["missing"]
    assert sent(office, made, missing=Choice.SKIP)["mails"]["of"] == 1
    again = office.compositions.cancel(office.nora, made["id"])
    assert sent(office, again, missing=Choice.ANYWAY)["mails"]["of"] == 2


def test_who_unsubscribed_is_asked_about(office: Office) -> None:
    unsubscribe(office, BODE)
    made = begun(office, AISSATOU, BODE, separate=True)
    with pytest.raises(BadInput) as refused:
        sent(office, made)
    assert list(refused.value.fields) == ["unsubscribed"]
    sent(office, made, unsubscribed=Choice.SKIP)
    worked(office)
    assert [mail.recipients for mail in in_sent(office)] == [[AISSATOU]]


def test_without_gmail_nothing_is_promised(office: Office) -> None:
    made = begun(office)
    office.connect(None, READ)
    with pytest.raises(NotAllowed):
        sent(office, made)
    office.mailboxes.disconnect(office.nora)
    with pytest.raises(NotAllowed):
        sent(office, made)


# Sent


def test_it_goes_out_tracked_signed_and_once(office: Office) -> None:
    account = office.world.mailbox(NORA)
    account.account = replace(account.account, signature="<b>Nora</b><script>x</script>")
    made = sent(office, begun(office))
    assert made["state"] == "scheduled"
    office.work()
    assert in_sent(office) == []
    worked(office)
    worked(office)
    [mail] = in_sent(office)
    assert "Dear Aïssatou," in mail.html
    assert f"{TRACKING}/o/{office.nora.tag}/" in mail.html
    assert f"{TRACKING}/c/" in mail.html
    assert '<div class="gmail_signature"><b>Nora</b></div>' in mail.html
    plain = mail.text.replace("\r\n", "\n")
    assert plain.startswith("Dear Aïssatou,\n\nprices <https://fjordline.example/prices>\n\n-- \nNora")
    done = now_is(office, made)
    assert (done["state"], done["mails"]["sent"]) == ("sent", 1)
    assert office.details(done["mails"]["messages"][0])["tracked"]


def test_it_is_taken_back_while_it_lies_here_and_not_afterwards(office: Office) -> None:
    made = sent(office, begun(office))
    assert office.compositions.cancel(office.nora, made["id"])["state"] == "draft"
    worked(office)
    assert in_sent(office) == []
    sent(office, now_is(office, made))
    worked(office)
    assert len(in_sent(office)) == 1
    with pytest.raises(Conflict):
        office.compositions.cancel(office.nora, made["id"])


def test_a_scheduled_mail_takes_no_changes_and_leaves_when_the_clock_on_the_wall_says_so(office: Office) -> None:
    zone = replace(office.nora, time_zone="Asia/Taipei")
    made = begun(office)
    made = office.compositions.send(zone, made["id"], made["version"], datetime.fromisoformat("2026-11-23T08:00"))
    assert made["send_at"] == "2026-11-23T00:00:00.000000Z"
    with pytest.raises(Conflict):
        office.compositions.change(office.nora, made["id"], made["version"], a_mail())
    worked(office, hours=38)
    assert in_sent(office) == []
    worked(office, hours=1, minutes=1)
    assert len(in_sent(office)) == 1


@pytest.mark.parametrize("at", ["2026-11-20T08:00", "2028-01-01T08:00"])
def test_a_time_that_is_past_or_too_far_is_refused(office: Office, at: str) -> None:
    with pytest.raises(BadInput) as refused:
        sent(office, begun(office), at=datetime.fromisoformat(at))
    assert list(refused.value.fields) == ["at"]


def test_a_mail_that_shall_not_be_tracked_is_sent_as_it_was_written(office: Office) -> None:
    made = sent(office, begun(office, tracked=False, signed=False))
    worked(office)
    [mail] = in_sent(office)
    assert TRACKING not in mail.html
    [message_id] = now_is(office, made)["mails"]["messages"]
    assert not office.details(message_id)["tracked"]
    office.sync()
    assert [one["id"] for one in office.listed()] == [message_id]


def test_separate_copies_leave_no_faster_than_their_rep_wants(office: Office) -> None:
    prefer(office, 2)
    made = sent(office, begun(office, AISSATOU, BODE, TOMASZ, separate=True))
    worked(office)
    assert len(in_sent(office)) == 2
    assert now_is(office, made)["state"] == "sending"
    worked(office, seconds=55)
    assert len(in_sent(office)) == 2
    worked(office, seconds=6)
    assert [mail.html.partition("Dear ")[2].partition(",")[0] for mail in in_sent(office)] == ["Aïssatou", "Bode", "Tomasz"]
    assert now_is(office, made)["state"] == "sent"
    assert len(office.listed()) == 3


def test_stopped_under_way_the_rest_stays_here_and_becomes_a_draft_for_those_who_got_none(office: Office) -> None:
    prefer(office, 1)
    made = sent(office, begun(office, AISSATOU, BODE, TOMASZ, separate=True))
    worked(office)
    stopped = office.compositions.cancel(office.nora, made["id"])
    assert (stopped["state"], stopped["mails"]["sent"], len(stopped["mails"]["failed"])) == ("failed", 1, 2)
    worked(office, minutes=5)
    assert len(in_sent(office)) == 1
    draft = office.compositions.cancel(office.nora, made["id"])
    assert [one["address"] for one in draft["to"]] == [BODE[1], TOMASZ[1]]
    prefer(office, 10)
    sent(office, draft)
    worked(office)
    assert len(in_sent(office)) == 3
    assert now_is(office, made)["state"] == "sent"


def test_who_unsubscribed_meanwhile_gets_nothing_and_the_rep_is_told(office: Office) -> None:
    made = sent(office, begun(office, AISSATOU, BODE, separate=True))
    unsubscribe(office, BODE)
    worked(office)
    assert len(in_sent(office)) == 1
    done = now_is(office, made)
    assert (done["state"], done["mails"]["failed"][0]["error"]) == ("failed", "unsubscribed")
    assert office.compositions.unsent(office.nora) == 1


def test_gmail_asking_to_wait_delays_and_does_not_fail_it(office: Office) -> None:
    made = sent(office, begun(office))
    office.sandbox.fail("gmail.users.messages.send", "429-rateLimitExceeded", times=3)
    worked(office)
    assert in_sent(office) == []
    assert (now_is(office, made)["state"], now_is(office, made)["error"]) == ("sending", "gmail-rate-limited")
    worked(office, minutes=20)
    assert (len(in_sent(office)), now_is(office, made)["state"]) == (1, "sent")


@pytest.mark.parametrize("tracked", [True, False])
def test_a_mail_whose_answer_nobody_heard_is_found_in_the_sent_folder_and_not_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, tracked: bool
) -> None:
    made, send = sent(office, begun(office, tracked=tracked)), Gmail.send

    def unheard(self: Gmail, *mail: Any) -> Any:
        send(self, *mail)
        raise Transient("cut", sent_maybe=True)

    monkeypatch.setattr(Gmail, "send", unheard)
    worked(office)
    monkeypatch.undo()
    worked(office, minutes=20)
    assert len(in_sent(office)) == 1
    done = now_is(office, made)
    assert done["state"] == "sent"
    assert [one["id"] for one in office.listed()] == done["mails"]["messages"]


def test_a_grant_that_is_gone_fails_all_that_wait_and_sending_again_sends_only_those(office: Office) -> None:
    prefer(office, 1)
    made = sent(office, begun(office, AISSATOU, BODE, TOMASZ, separate=True))
    worked(office)
    office.sandbox.google.grants.end(NORA)
    worked(office, minutes=2)
    failed = now_is(office, made)
    assert (failed["state"], failed["error"]) == ("failed", "gmail-reconnect-needed")
    office.connect()
    prefer(office, 10)
    sent(office, failed)
    worked(office, minutes=2)
    assert len(in_sent(office)) == 3
    assert {address for mail in in_sent(office) for _, address in mail.recipients} == {AISSATOU[1], BODE[1], TOMASZ[1]}


def test_it_answers_in_its_thread(office: Office) -> None:
    first = office.sends(subject="Pricing")
    sent(office, begun(office, subject="", thread_id=first.thread_id))
    worked(office)
    assert [mail.thread_id for mail in in_sent(office)] == [first.thread_id] * 2


def test_the_addresses_to_write_from_come_with_their_signatures(office: Office) -> None:
    account = office.world.mailbox(NORA)
    account.account = replace(account.account, signature="<div>Nora<br>Fjordline</div>")
    found = office.compositions.senders(office.nora)["items"]
    assert [(one["address"], one["signature"]) for one in found] == [(NORA, "Nora\nFjordline"), ("sales@fjordline.example", "")]
    sent(office, begun(office, sender="sales@fjordline.example"))
    worked(office)
    assert in_sent(office)[0].sender[1] == "sales@fjordline.example"
    office.sandbox.fail("gmail.users.settings.sendAs.list", "500-backendError", times=9)
    assert [one["signature"] for one in office.compositions.senders(office.nora)["items"]] == [None, None]


def test_what_is_out_is_forgotten_here_after_a_month(office: Office) -> None:
    made = sent(office, begun(office))
    worked(office)
    assert office.compositions.forget_sent() == 0
    office.later(days=31)
    assert office.compositions.forget_sent() == 1
    with pytest.raises(NotFound):
        now_is(office, made)
