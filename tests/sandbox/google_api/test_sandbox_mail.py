import base64
from datetime import timedelta
from email import message_from_bytes

import pytest

from server.errors import BadInput, NotFound
from server.sandbox.letter import write_letter
from server.sandbox.mailbox import Draft
from server.sandbox.world import Delivery
from tests.fixtures_sandbox import BRAM, NORA, START, Sandbox

ADA = "ada@customer.example"


def letter(*to: str, subject: str = "Pricing", sender: str = NORA, **more: object) -> bytes:
    return write_letter(("Somebody", sender), to or (ADA,), subject, html="<p>Hello</p>", **more)  # type: ignore[arg-type]


def compose(sandbox: Sandbox, *to: str) -> Draft:
    return sandbox.world.mailbox(NORA).compose(letter(*to))


def deliveries(sandbox: Sandbox) -> list[Delivery]:
    found: list[Delivery] = []
    sandbox.world.on_delivery(found.append)
    return found


def test_a_mail_sent_on_the_page_can_be_taken_back_for_a_while(sandbox: Sandbox) -> None:
    left, mailbox, draft = deliveries(sandbox), sandbox.world.mailbox(NORA), compose(sandbox)
    mailbox.send_draft(draft.id)
    sandbox.world.clock.advance(9)
    sandbox.wait_idle()
    mailbox.undo(draft.id)
    sandbox.world.clock.advance(3600)
    sandbox.wait_idle()
    assert left == []
    assert [draft.id for draft in mailbox.drafts()] == [draft.id]


def test_a_mail_sent_on_the_page_reaches_sent_after_the_undo_window(sandbox: Sandbox) -> None:
    left, mailbox, draft = deliveries(sandbox), sandbox.world.mailbox(NORA), compose(sandbox)
    mailbox.send_draft(draft.id)
    assert mailbox.messages("in:sent") == []
    sandbox.world.clock.advance(10)
    sandbox.wait_idle()
    [sent] = mailbox.messages("in:sent")
    assert sent.internal_date == START + timedelta(seconds=10)
    assert [mail.message_id for mail in left] == [sent.message_id]
    assert mailbox.drafts() == []
    with pytest.raises(NotFound):
        mailbox.undo(draft.id)


def test_each_autosave_is_a_new_message_behind_the_same_draft(sandbox: Sandbox) -> None:
    mailbox, draft = sandbox.world.mailbox(NORA), compose(sandbox)
    first, thread = draft.message.id, draft.message.thread_id
    saved = mailbox.compose(letter(subject="Pricing, again"), draft.id)
    assert (saved.id, saved.message.thread_id) == (draft.id, thread)
    assert saved.message.id != first
    with pytest.raises(NotFound):
        mailbox.message(first)


def test_a_scheduled_mail_leaves_weeks_later(sandbox: Sandbox) -> None:
    left, mailbox, draft = deliveries(sandbox), sandbox.world.mailbox(NORA), compose(sandbox)
    mailbox.schedule(draft.id, START + timedelta(days=20))
    assert draft.message.labels == {"SCHEDULED"}
    sandbox.world.clock.advance(timedelta(days=19))
    sandbox.wait_idle()
    assert left == []
    sandbox.world.clock.advance(timedelta(days=2))
    sandbox.wait_idle()
    assert len(left) == 1
    assert len(mailbox.messages("in:sent")) == 1


def test_editing_a_scheduled_mail_makes_it_a_draft_again(sandbox: Sandbox) -> None:
    left, mailbox, draft = deliveries(sandbox), sandbox.world.mailbox(NORA), compose(sandbox)
    mailbox.schedule(draft.id, START + timedelta(days=1))
    mailbox.compose(letter(subject="Later"), draft.id)
    sandbox.world.clock.advance(timedelta(days=2))
    sandbox.wait_idle()
    assert left == []
    assert draft.message.labels == {"DRAFT"}


def test_the_page_lets_nobody_set_a_header_of_their_own(sandbox: Sandbox) -> None:
    raw = b"X-Campaign: 1\r\nList-Unsubscribe: <mailto:x@y.example>\r\nReply-To: x@y.example\r\n" + letter()
    draft = sandbox.world.mailbox(NORA).compose(raw)
    sent = sandbox.world.mailbox(NORA).dispatch(draft.id)
    names = {name.lower() for name, _ in sent.headers.items()}
    assert names == {"from", "to", "subject", "mime-version", "content-type", "date", "message-id"}


def test_a_blind_copy_is_seen_by_the_sender_only(sandbox: Sandbox) -> None:
    left = deliveries(sandbox)
    sent = sandbox.world.send(NORA, letter(ADA, bcc=[BRAM, "eva@customer.example"]))
    assert BRAM in (sent.headers.get("Bcc") or "")
    [copy] = sandbox.world.mailbox(BRAM).messages()
    assert copy.headers.get("Bcc") is None
    assert b"Bcc" not in left[0].raw
    assert left[0].recipients == (ADA, "eva@customer.example")


def test_the_message_id_is_gmails_own_and_the_same_for_everybody(sandbox: Sandbox) -> None:
    sent = sandbox.world.send(NORA, b"Message-ID: <mine@here>\r\n" + letter(BRAM))
    [copy] = sandbox.world.mailbox(BRAM).messages()
    assert sent.message_id == copy.message_id != "<mine@here>"
    assert sent.message_id.endswith("@mail.gmail.com>")
    assert sent.id != copy.id


def test_an_alias_may_write_and_a_stranger_may_not(sandbox: Sandbox) -> None:
    assert sandbox.world.send(NORA, letter(sender="sales@fjordline.example")).sender[1] == "sales@fjordline.example"
    replaced = sandbox.world.send(NORA, letter(sender="boss@elsewhere.example"))
    assert replaced.sender[1] == NORA
    assert "boss@elsewhere.example" in (replaced.headers.get("X-Google-Original-From") or "")


def test_a_mail_to_oneself_is_one_message_in_both_places(sandbox: Sandbox) -> None:
    sandbox.world.send(NORA, letter("sales@fjordline.example"))
    [message] = sandbox.world.mailbox(NORA).messages()
    assert message.labels == {"SENT", "INBOX", "UNREAD"}


def test_nobody_to_write_to_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(BadInput):
        sandbox.world.send(NORA, b"Subject: Hello\r\n\r\nHello")


def answer_to(message_id: str, subject: str, sender: str = ADA) -> bytes:
    return f"In-Reply-To: {message_id}\r\nReferences: {message_id}\r\n".encode() + letter(NORA, subject=subject, sender=sender)


def test_an_answer_joins_the_thread_by_reference_and_subject(sandbox: Sandbox) -> None:
    sent = sandbox.world.send(NORA, letter())
    [joined] = sandbox.world.receive(answer_to(sent.message_id, "RE: Fwd: pricing"), NORA)
    [renamed] = sandbox.world.receive(answer_to(sent.message_id, "Something else"), NORA)
    [stranger] = sandbox.world.receive(letter(NORA, subject="Re: Pricing", sender=ADA), NORA)
    assert joined.thread_id == sent.thread_id
    assert sent.thread_id not in (renamed.thread_id, stranger.thread_id)
    assert joined.labels == {"INBOX", "UNREAD"}


def test_a_bounce_stays_with_its_mail_whatever_its_subject(sandbox: Sandbox) -> None:
    sent = sandbox.world.send(NORA, letter())
    notice = answer_to(sent.message_id, "Delivery Status Notification (Failure)", "mailer-daemon@googlemail.com")
    [bounce] = sandbox.world.receive(b"Return-Path: <>\r\n" + notice, NORA)
    assert bounce.thread_id == sent.thread_id
    assert bounce.headers.all("Return-Path") == ["<>"]


def test_a_thread_is_joined_only_with_references_and_subject(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    first = sandbox.world.send(NORA, letter())

    def thread_of(raw: bytes) -> str:
        body = {"raw": base64.urlsafe_b64encode(raw).decode(), "threadId": first.thread_id}
        return str(users.messages().send(userId="me", body=body).execute()["threadId"])

    assert thread_of(answer_to(first.message_id, "Re: Pricing", NORA)) == first.thread_id
    assert thread_of(letter(subject="Re: Pricing")) != first.thread_id
    assert thread_of(answer_to(first.message_id, "Other", NORA)) != first.thread_id


def test_an_arriving_mail_carries_what_the_server_noted(sandbox: Sandbox) -> None:
    [message] = sandbox.world.receive(letter(NORA, sender=ADA), "sales@fjordline.example")
    parsed = message_from_bytes(message.raw)
    assert parsed["Delivered-To"] == NORA
    assert parsed["Return-Path"] == f"<{ADA}>"
    assert parsed["Received"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("in:sent", 1),
        ("in:inbox", 1),
        ("-in:sent", 1),
        ("from:ada", 1),
        ("to:customer.example", 1),
        ("subject:pricing", 2),
        ('subject:"no such thing"', 0),
        ("newer_than:1d", 1),
        ("older_than:2d", 1),
        ("after:2026/11/22", 1),
        (f"before:{int(START.timestamp()) + 60}", 1),
        ("is:unread in:inbox", 1),
        ("hello", 2),
    ],
)
def test_search_understands(sandbox: Sandbox, query: str, found: int) -> None:
    sandbox.world.send(NORA, letter())
    sandbox.world.clock.advance(timedelta(days=3))
    sandbox.world.receive(letter(NORA, sender=ADA), NORA)
    assert len(sandbox.world.mailbox(NORA).messages(query)) == found
