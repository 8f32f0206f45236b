import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server.domain.binding import SentMail
from server.domain.mailboxes import Connection
from server.domain.messages import Field, Recipient
from server.errors import Conflict
from server.gmail import client
from server.gmail.client import Gmail, Page
from server.gmail.credentials import SEND
from server.gmail.errors import AdminBlocked, GmailError, ReconnectNeeded
from server.sandbox.letter import write_letter
from server.services import engagement
from server.services.binding import bind
from server.storage import mailboxes as stored_mailboxes
from server.storage.tables import copies, engagements, mailboxes, messages, metadata, people, person_addresses
from tests.fixtures_office import AISSATOU, HTML, Office, a_draft, with_tokens
from tests.fixtures_sandbox import BRAM, NORA
from tests.scene import NOON, a_hit

BODE = ("Bode Okafor", "bode@okafor.example")


def count(office: Office, table: object) -> int:
    return office.database.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one())


# Binding


def test_a_sent_mail_is_bound_to_its_message(office: Office) -> None:
    prepared = office.prepare(subject="being written")
    mail = office.sends(prepared, subject="Pricing for 40 vehicles", to=[AISSATOU, BODE])
    assert office.sync()
    found = office.details(prepared.id)
    assert found["state"] == "sent"
    assert found["tracked"]
    assert found["subject"] == "Pricing for 40 vehicles"
    assert found["sent_at"] == "2026-11-21T09:00:00.000000Z"
    assert found["thread_url"].endswith(f"#all/{mail.thread_id}")
    assert [(one["name"], one["address"]) for one in found["recipients"]] == [AISSATOU, BODE]
    assert [link["url"] for link in found["links"]] == ["https://fjordline.example/prices"]


def test_a_sent_mail_costs_22_units(office: Office) -> None:
    office.sends(office.prepare())
    office.sync()
    assert office.spent() == 22


def test_a_reply_costs_22_units_and_a_look_at_nothing_2(office: Office) -> None:
    mail = office.sends(office.prepare())
    office.sync()
    office.spent()
    office.replies(mail)
    office.sync()
    assert office.spent() == 2 + 20
    office.sync()
    assert office.spent() == 2


def test_other_mail_is_never_fetched(office: Office) -> None:
    office.world.receive(b"From: news@paper.example\r\nTo: nora@fjordline.example\r\nSubject: News\r\n\r\nToday\r\n", NORA)
    office.sync()
    assert office.spent() == 2
    assert office.listed() == []


def test_a_mail_without_a_token_is_bound_as_untracked_and_its_reply_counts(office: Office) -> None:
    mail = office.sends(subject="From my phone")
    office.sync()
    [message] = office.listed()
    assert not message["tracked"]
    assert message["subject"] == "From my phone"
    office.replies(mail)
    office.sync()
    assert office.details(message["id"])["counts"]["replies"] == 1


def test_a_mail_to_colleagues_without_a_token_is_nobodys_business(office: Office) -> None:
    office.sends(to=[("Bram de Wit", BRAM)])
    office.sync()
    assert office.listed() == []


def test_a_tracked_mail_to_colleagues_only_counts_as_untracked(office: Office) -> None:
    prepared = office.prepare()
    office.sends(prepared, to=[("Bram de Wit", BRAM)])
    office.sync()
    assert not office.details(prepared.id)["tracked"]


def test_an_undone_send_is_not_sent(office: Office) -> None:
    prepared = office.prepare()
    box = office.world.mailbox(NORA)
    draft = box.compose(_letter(office, with_tokens(prepared)))
    box.send_draft(draft.id)
    office.later(seconds=5)
    box.undo(draft.id)
    office.later(minutes=1)
    office.sandbox.wait_idle()
    office.sync()
    assert office.details(prepared.id)["state"] == "drafted"


def test_a_scheduled_mail_is_bound_when_it_leaves(office: Office) -> None:
    prepared = office.prepare()
    box = office.world.mailbox(NORA)
    draft = box.compose(_letter(office, with_tokens(prepared)))
    box.schedule(draft.id, office.now() + timedelta(days=5))
    office.sync()
    assert office.details(prepared.id)["state"] == "drafted"
    office.later(days=5)
    office.sandbox.wait_idle()
    office.sync()
    assert office.details(prepared.id)["sent_at"] == "2026-11-26T09:00:00.000000Z"


def test_a_token_used_again_stays_with_the_first_mail(office: Office) -> None:
    prepared = office.prepare()
    first = office.sends(prepared)
    office.sync()
    office.later(hours=1)
    office.sends(prepared, to=[BODE])
    office.sync()
    found = office.details(prepared.id)
    assert found["thread_url"].endswith(first.thread_id)
    assert [one["address"] for one in found["recipients"]] == [AISSATOU[1], BODE[1]]
    assert len(office.listed()) == 1


def test_a_token_in_quoted_text_alone_does_not_bind(office: Office) -> None:
    prepared = office.prepare()
    office.sends(html=f'<p>See below</p><div class="gmail_quote">{with_tokens(prepared)}</div>')
    office.sync()
    assert office.details(prepared.id)["state"] == "drafted"
    assert [one["tracked"] for one in office.listed()] == [False]


def test_a_token_of_another_rep_never_binds(office: Office) -> None:
    of_bram = office.prepare(user=office.bram)
    office.sends(of_bram)
    office.sync()
    assert office.messages.details(office.bram, of_bram.id)["state"] == "drafted"
    assert [one["tracked"] for one in office.listed()] == [False]


def test_what_recipients_did_before_the_mail_was_found_is_shown_once_it_is(office: Office) -> None:
    prepared = office.prepare()
    preview, opened = a_hit(prepared.id, after=-1, address="own"), a_hit(prepared.id, after=60)
    office.world.clock.set(NOON)
    office.sends(prepared)
    office.later(minutes=2)
    office.database.write(engagement.record_hits, [preview, opened], office.now())
    assert office.shown() == []
    office.sync()
    [item] = office.shown()
    assert (item["kind"], item["count"], item["who"]["person"]["name"]) == ("view", 1, "Aïssatou Diallo")
    assert office.details(prepared.id)["counts"]["own"] == 1
    assert office.woken[-1] == {office.nora.id}


def test_links_taken_out_while_writing_are_no_links_of_the_mail(office: Office) -> None:
    prepared = office.messages.prepare(office.nora, a_draft([AISSATOU], "x", "https://a.example", "https://b.example"))
    updated = office.messages.update(office.nora, prepared.id, a_draft([AISSATOU], "x", "https://b.example"))
    office.sends(updated)
    office.sync()
    assert [(link["ordinal"], link["url"]) for link in office.details(prepared.id)["links"]] == [(2, "https://b.example")]


def test_people_are_made_from_recipients_and_repliers(office: Office) -> None:
    mail = office.sends(office.prepare(), to=[("", AISSATOU[1])])
    office.sync()
    office.replies(mail, by=AISSATOU)
    office.replies(mail, by=("Free Mail", "someone@gmail.com"))
    office.sync()
    rows = office.database.read(lambda tx: tx.execute(select(people.c.name, people.c.account)).all())
    assert {tuple(row) for row in rows} == {("Aïssatou Diallo", "dialloetfils.example"), ("Free Mail", None)}


# What comes back


def test_a_reply_counts_and_marks_its_writer(office: Office) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.sync()
    office.later(hours=1)
    office.replies(mail)
    office.sync()
    found = office.details(prepared.id)
    assert found["counts"]["replies"] == 1
    assert found["recipients"][0]["replied_at"] == "2026-11-21T10:00:00.000000Z"
    assert office.woken[-1] == {office.nora.id}
    [item] = office.shown()
    assert item["kind"] == "reply"
    assert item["who"]["person"]["name"] == "Aïssatou Diallo"


def test_a_reply_from_an_address_nobody_wrote_to_names_its_writer(office: Office) -> None:
    mail = office.sends(office.prepare())
    office.sync()
    office.replies(mail, by=("Moussa Diallo", "moussa@elsewhere.example"))
    office.sync()
    [item] = office.shown()
    assert item["who"]["person"]["name"] == "Moussa Diallo"


def test_a_reply_under_another_subject_is_found_by_its_references(office: Office) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.sync()
    reply = office.replies(mail, subject="A question of a different kind")
    assert reply.thread_id != mail.thread_id
    office.sync()
    assert office.details(prepared.id)["counts"]["replies"] == 1


def test_a_new_mail_from_a_recipient_is_no_reply(office: Office) -> None:
    prepared = office.prepare()
    office.sends(prepared)
    office.sync()
    raw = f"From: {AISSATOU[1]}\r\nTo: {NORA}\r\nSubject: Something else\r\nMessage-ID: <x@y.example>\r\n\r\nHi\r\n"
    office.world.receive(raw.encode(), NORA)
    office.sync()
    assert office.details(prepared.id)["counts"]["replies"] == 0


def test_own_follow_ups_are_no_replies(office: Office) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.sync()
    office.sends(thread=mail.thread_id, subject="Re: Pricing")
    office.sync()
    assert office.shown() == []


def test_an_automatic_reply_is_kept_apart(office: Office) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.sync()
    office.replies(mail, headers="Auto-Submitted: auto-replied\n")
    office.sync()
    found = office.details(prepared.id)
    assert found["counts"]["replies"] == 0
    assert found["recipients"][0]["replied_at"] is None
    assert [one["kind"] for one in found["mails"]] == ["auto-reply"]


def test_a_hard_bounce_marks_recipient_and_person(office: Office) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared, to=[AISSATOU, BODE])
    office.sync()
    office.bounces(mail, BODE[1])
    office.sync()
    found = office.details(prepared.id)
    assert [one["bounced"] and one["bounced"]["state"] for one in found["recipients"]] == [None, "failed"]
    assert found["mails"][0]["detail"]["code"] == "5.1.1"
    assert found["mails"][0]["detail"]["reason"] == "no-such-user"
    [item] = office.shown()
    assert item["who"]["person"]["address"] == BODE[1]
    query = select(person_addresses.c.address).where(person_addresses.c.bounced_at.is_not(None))
    assert office.database.read(lambda tx: tx.execute(query).scalars().all()) == [BODE[1]]


def test_a_delayed_mail_is_not_lost_and_a_late_notice_does_not_hide_the_end(office: Office) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.sync()
    office.bounces(mail, AISSATOU[1], action="delayed", status="4.4.1")
    office.sync()
    assert office.details(prepared.id)["recipients"][0]["bounced"]["state"] == "delayed"
    office.bounces(mail, AISSATOU[1], action="failed", status="5.4.1")
    office.sync()
    office.bounces(mail, AISSATOU[1], action="delayed", status="4.4.2")
    office.sync()
    assert office.details(prepared.id)["recipients"][0]["bounced"]["state"] == "failed"


def test_one_line_tells_of_a_delay_and_then_of_its_end(office: Office) -> None:
    late = office.sends(office.prepare())
    office.sync()
    office.bounces(late, AISSATOU[1], action="delayed", status="4.4.1")
    office.sync()
    [line] = office.shown()
    assert line["detail"]["state"] == "delayed"
    office.bounces(late, AISSATOU[1], action="failed", status="4.4.7")
    office.sync()
    [after] = office.shown()
    assert (after["id"], after["detail"]["state"], after["detail"]["reason"]) == (line["id"], "failed", "no-answer")
    assert after["cursor"] != line["cursor"]


def test_what_is_only_late_is_counted_as_no_bounce(office: Office) -> None:
    prepared = office.prepare()
    late = office.sends(prepared)
    office.sync()
    office.bounces(late, AISSATOU[1], action="delayed", status="4.4.1")
    office.sync()
    assert office.details(prepared.id)["counts"]["bounces"] == 0
    office.bounces(late, AISSATOU[1], action="delivered", status="2.0.0")
    office.sync()
    [line] = office.shown()
    found = office.details(prepared.id)
    assert (line["detail"]["state"], found["counts"]["bounces"]) == ("delivered", 0)
    assert found["recipients"][0]["bounced"] is None
    assert [one["detail"]["state"] for one in found["mails"]] == ["delivered", "delayed"]


def test_who_answers_a_mail_that_was_late_has_it(office: Office) -> None:
    prepared = office.prepare()
    late = office.sends(prepared)
    office.sync()
    office.bounces(late, AISSATOU[1], action="delayed", status="4.4.1")
    office.sync()
    office.later(minutes=5)
    office.replies(late)
    office.sync()
    told = {line["kind"]: line["detail"] for line in office.shown()}
    assert told["bounce"]["state"] == "delivered"
    assert told["reply"] is None
    assert office.details(prepared.id)["recipients"][0]["bounced"] is None


def test_the_time_of_delivery_is_believed_where_it_can_be_true(office: Office) -> None:
    """A gateway looks in the second of delivery, a quarter of an hour after sending."""
    office.world.clock.set(NOON)
    prepared = office.prepare()
    late = office.sends(prepared)
    office.sync()
    there = NOON + timedelta(minutes=15)
    office.later(minutes=20)
    office.database.write(engagement.record_hits, [a_hit(prepared.id, after=15 * 60 + 3)], office.now())
    assert office.details(prepared.id)["counts"]["views"] == 1
    for told_at, views in ((there + timedelta(hours=1), 1), (NOON - timedelta(hours=1), 1), (there, 0)):
        office.bounces(late, AISSATOU[1], action="delivered", status="2.0.0", at=told_at)
        office.sync()
        assert office.details(prepared.id)["counts"]["views"] == views


def test_with_several_recipients_nobody_knows_when_it_came_to_all(office: Office) -> None:
    late = office.sends(office.prepare(), to=[AISSATOU, BODE])
    office.sync()
    office.later(minutes=20)
    office.bounces(late, AISSATOU[1], action="delivered", status="2.0.0", at=office.now() - timedelta(minutes=1))
    office.sync()
    assert office.database.read(lambda tx: tx.execute(select(messages.c.delivered_at)).scalar_one()) is None


def test_good_news_about_delivery_is_no_bounce(office: Office) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.sync()
    office.bounces(mail, AISSATOU[1], action="relayed", status="2.0.0")
    office.sync()
    assert office.details(prepared.id)["counts"]["bounces"] == 0


# Nothing lost, nothing twice


def test_two_looks_at_once_bring_everything_once(office: Office) -> None:
    prepared = office.prepare()
    office.sends(prepared)
    threads = [threading.Thread(target=office.sync) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    office.sync()
    assert office.details(prepared.id)["state"] == "sent"
    assert count(office, copies) == 1


def test_a_claimed_mailbox_is_left_to_its_worker(office: Office) -> None:
    office.database.write(
        lambda tx: tx.execute(mailboxes.update().values(claim="another", claimed_until=office.now() + timedelta(minutes=1)))
    )
    assert not office.sync()
    assert office.spent() == 0
    office.later(minutes=2)
    assert office.sync()


def test_a_crash_before_the_commit_loses_nothing_and_doubles_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.replies(mail)
    with monkeypatch.context() as broken:
        broken.setattr(engagement, "record_mail", _crash)
        with pytest.raises(RuntimeError, match="the plug"):
            office.sync()
    assert office.details(prepared.id)["counts"]["replies"] == 0
    office.sync()
    office.sync()
    found = office.details(prepared.id)
    assert found["state"] == "sent"
    assert found["counts"]["replies"] == 1
    assert count(office, engagements) == 1


def test_a_forgotten_history_id_leads_to_a_bounded_resync(office: Office) -> None:
    before = office.sends(office.prepare())
    office.sync()
    tracked = office.prepare()
    office.sends(tracked)
    office.replies(before)
    office.world.mailbox(NORA).history.expire()
    office.sync()
    assert office.details(tracked.id)["state"] == "sent"
    assert count(office, copies) == 2
    assert count(office, engagements) == 1
    office.spent()
    office.sync()
    assert office.spent() == 2
    assert count(office, copies) == 2


def test_a_long_absence_is_caught_up_in_parts_that_survive_an_interruption(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.gmail.history.CHUNK", 2)
    for at in range(5):
        office.sends(subject=f"Mail {at}")
    office.sandbox.fail("gmail.users.messages.get", "400-badRequest", after=3)
    with pytest.raises(GmailError):
        office.sync()
    assert len(office.listed()) == 3
    office.sync()
    assert sorted(one["subject"] for one in office.listed()) == [f"Mail {at}" for at in range(5)]


def test_a_mail_not_there_yet_is_looked_for_once_more(office: Office) -> None:
    prepared = office.prepare()
    office.sends(prepared)
    office.sandbox.fail("gmail.users.messages.get", "404-notFound")
    office.sync()
    assert office.details(prepared.id)["state"] == "drafted"
    office.later(seconds=5)
    office.work()
    assert office.details(prepared.id)["state"] == "sent"


def test_a_push_ahead_of_the_index_is_looked_for_again(office: Office) -> None:
    office.work()
    prepared = office.prepare()
    office.world.mailbox(NORA).history.lag = timedelta(seconds=4)
    office.sends(prepared)
    office.mailboxes.wake(NORA.upper(), office.world.mailbox(NORA).history.latest)
    assert office.rung
    office.later(seconds=2)
    office.work()
    assert office.details(prepared.id)["state"] == "drafted"
    office.later(seconds=3)
    office.work()
    assert office.details(prepared.id)["state"] == "sent"


def test_labels_left_out_by_google_are_asked_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = client._ref
    monkeypatch.setattr(
        client, "_ref", lambda answer, record=0: whole({**answer, "labelIds": None} if record else answer, record)
    )
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.world.mailbox(NORA).compose(_letter(office, HTML))
    office.replies(mail)
    office.sync()
    assert office.details(prepared.id)["counts"]["replies"] == 1
    assert len(office.listed()) == 1


def test_a_mail_brought_twice_is_one_message(office: Office) -> None:
    mailbox = office.database.read(stored_mailboxes.get, office.mailbox_of(office.nora))
    assert mailbox is not None
    mail = SentMail("1a", "1a", "<a@mail.gmail.com>", office.now(), "Twice", (Recipient(1, Field.TO, *AISSATOU),))
    for _ in range(2):
        office.database.write(bind, mailbox, mail, office.now())
    assert [one["subject"] for one in office.listed()] == ["Twice"]


# The state of the connection


def test_a_revoked_grant_asks_for_reconnection_which_goes_on_where_it_was(office: Office) -> None:
    office.sandbox.google.grants.end(NORA)
    prepared = office.prepare()
    office.sends(prepared)
    with pytest.raises(ReconnectNeeded):
        office.sync()
    state = office.mailboxes.state(office.nora)
    assert state.state is Connection.RECONNECT_NEEDED
    assert state.detail == "invalid_grant"
    assert state.since == office.now()
    assert office.sync()  # nothing to do, and no error
    office.later(hours=1)
    office.connect()
    office.sync()
    assert office.mailboxes.state(office.nora).state is Connection.OK
    assert office.details(prepared.id)["state"] == "sent"


def test_bad_news_about_an_old_grant_does_not_touch_the_new_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def reconnected_meanwhile(self: Gmail, start: int, page: str | None = None, label: str | None = None) -> Page:
        office.connect()
        raise ReconnectNeeded("invalid_grant")

    monkeypatch.setattr(Gmail, "history", reconnected_meanwhile)
    with pytest.raises(ReconnectNeeded):
        office.sync()
    assert office.mailboxes.state(office.nora).state is Connection.OK


@pytest.mark.parametrize(
    ("kind", "error", "state"),
    [
        ("invalid_rapt", ReconnectNeeded, Connection.RECONNECT_NEEDED),
        ("admin_policy_enforced", AdminBlocked, Connection.ADMIN_BLOCKED),
        ("invalid_client", AdminBlocked, Connection.ADMIN_BLOCKED),
        ("temporarily_unavailable", GmailError, Connection.DEGRADED),
        ("500-html", GmailError, Connection.DEGRADED),
    ],
)
def test_what_the_token_endpoint_says_decides_the_state(
    office: Office, kind: str, error: type[GmailError], state: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    office.later(hours=2)
    office.sandbox.google.grants.expire_access()
    office.sandbox.fail("oauth.token", kind, times=None)
    with pytest.raises(error):
        office.sync()
    assert office.mailboxes.state(office.nora).state is state


@pytest.mark.parametrize(
    "kind", ["500-backendError", "503-html", "429-rateLimitExceeded", "403-rateLimitExceeded", "drop", "invalid-json"]
)
def test_trouble_degrades_and_then_converges(office: Office, kind: str) -> None:
    prepared = office.prepare()
    office.sends(prepared)
    office.sandbox.fail("gmail.users.history.list", kind, times=3)
    with pytest.raises(GmailError) as failure:
        office.sync()
    assert failure.value.retryable
    assert office.mailboxes.state(office.nora).state is Connection.DEGRADED
    office.sync()
    assert office.mailboxes.state(office.nora).state is Connection.OK
    assert office.details(prepared.id)["state"] == "sent"


def test_a_short_trouble_is_not_even_noticed(office: Office) -> None:
    office.sandbox.fail("gmail.users.history.list", "503-backendError", times=2)
    office.sync()
    assert len(office.slept) == 2
    assert office.mailboxes.state(office.nora).state is Connection.OK


def test_renewed_tokens_are_kept_encrypted(office: Office) -> None:
    office.sandbox.google.grants.expire_access()
    before = _credentials(office)
    office.sync()
    after = _credentials(office)
    assert before != after
    assert "ya29" not in after
    office.sandbox.fail("oauth.token", "invalid_grant", times=None)
    office.sync()


def test_without_a_scope_to_read_nothing_is_connected(office: Office) -> None:
    state = office.mailboxes.connect(office.bram, office.grant(BRAM, SEND), [SEND])
    assert state.state is Connection.NOT_GRANTED
    assert office.mailboxes.state(office.bram).state is Connection.NOT_GRANTED


def test_a_mailbox_belongs_to_one_user(office: Office) -> None:
    with pytest.raises(Conflict):
        office.mailboxes.connect(office.bram, office.grant(NORA), ["https://www.googleapis.com/auth/gmail.readonly"])


def test_disconnecting_gives_the_grant_back_and_keeps_what_happened(office: Office) -> None:
    prepared = office.prepare()
    office.sends(prepared)
    office.sync()
    office.mailboxes.disconnect(office.nora)
    assert office.sandbox.google.grants.all() == []
    assert office.mailboxes.state(office.nora).state is Connection.NONE
    assert _credentials(office) is None
    assert office.details(prepared.id)["state"] == "sent"
    office.connect()
    assert office.sync()


def test_disconnecting_works_while_google_is_away(office: Office) -> None:
    office.sandbox.fail("oauth.revoke", "503-html", times=None)
    office.sandbox.fail("gmail.*", "503-html", times=None)
    office.mailboxes.disconnect(office.nora)
    assert _credentials(office) is None


def test_aliases_are_known_and_inbound_mail_from_them_is_no_reply(office: Office) -> None:
    prepared = office.prepare()
    mail = office.sends(prepared)
    office.sync()
    office.replies(mail, by=("Nora", "sales@fjordline.example"))
    office.sync()
    assert office.details(prepared.id)["counts"]["replies"] == 0


# How often


def test_looking_is_derived_from_heat_and_never_piles_up(office: Office) -> None:
    office.work()
    office.later(minutes=9)
    assert not office.mailboxes.ask_for_looks()
    office.later(minutes=1)
    assert office.mailboxes.ask_for_looks()
    assert office.mailboxes.ask_for_looks()
    office.spent()
    office.work()
    assert office.spent() == 2
    assert not office.mailboxes.ask_for_looks()
    office.mailboxes.watching([office.nora.id])
    office.later(seconds=30)
    assert office.mailboxes.ask_for_looks()
    office.work()
    office.later(minutes=4)
    assert not office.mailboxes.ask_for_looks()
    office.mailboxes.heat(office.nora)
    office.later(seconds=5)
    assert office.mailboxes.ask_for_looks()
    office.work()
    office.later(minutes=3)
    assert not office.mailboxes.ask_for_looks()


def test_failing_looks_back_off(office: Office) -> None:
    office.work()
    office.sandbox.fail("gmail.users.history.list", "503-backendError", times=None)
    office.later(minutes=10)
    office.mailboxes.ask_for_looks()
    office.work()
    calls = office.sandbox.google.failures.pending()
    office.spent()
    office.mailboxes.ask_for_looks()
    office.mailboxes.wake(NORA)
    office.work()
    assert office.sandbox.google.failures.pending() == calls
    office.sandbox.google.failures.clear()
    office.later(minutes=1)
    office.work()
    assert office.mailboxes.state(office.nora).state is Connection.OK


def test_a_watch_is_renewed_daily(office: Office) -> None:
    office.mailboxes._topic = lambda: "projects/sandbox-project/topics/gmail"
    office.mailboxes.tend(office.mailbox_of(office.nora))
    first = office.sandbox.google.push.watches()[NORA].expires_at
    office.mailboxes.ask_for_tending()
    office.later(days=1, hours=3)
    office.mailboxes.ask_for_tending()
    office.later(hours=2)
    office.work()
    assert office.sandbox.google.push.watches()[NORA].expires_at > first + timedelta(days=1)


def _letter(office: Office, html: str) -> bytes:
    return write_letter((office.nora.name, NORA), [f"{AISSATOU[0]} <{AISSATOU[1]}>"], "Pricing", html=html)


def _credentials(office: Office) -> str | None:
    query = select(mailboxes.c.credentials).where(mailboxes.c.user_id == office.nora.id)
    return office.database.read(lambda tx: tx.execute(query).scalar_one())


def _crash(*_: object) -> set[str]:
    raise RuntimeError("the plug was pulled")


# What the consent page promises


def test_no_mails_text_is_kept_and_of_replies_only_headers_are_read(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    for how in ("message", "raw"):
        real = getattr(Gmail, how)

        def noted(self: Gmail, gmail_id: str, real: Any = real) -> Any:
            read.append(gmail_id)
            return real(self, gmail_id)

        monkeypatch.setattr(Gmail, how, noted)
    sent = office.sends(office.prepare())
    office.sync()
    reply = office.replies(sent)
    bounce = office.bounces(sent, AISSATOU[1])
    office.sync()
    assert {reply.id, bounce.id} & set(read) == {bounce.id}
    kept = office.database.read(lambda tx: [str(row) for table in metadata.sorted_tables for row in tx.execute(select(table))])
    for text in ("Bonjour", "Merci", "It did not work."):
        assert not any(text in row for row in kept), text
    assert any("user unknown" in row for row in kept)
