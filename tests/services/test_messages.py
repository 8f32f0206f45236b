import threading
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from server.domain.consent import Choice, Policy, Rule, Source
from server.domain.consent import State as Said
from server.domain.drafts import Addressee, Draft, DraftLink, Outgoing
from server.domain.messages import State
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.gmail.client import Gmail
from server.gmail.credentials import READ
from server.gmail.errors import RateLimited, Transient
from server.sandbox.message import Message as Mail
from server.services.sending import Sending
from server.storage import consent
from server.tokens import ClickToken, PixelToken
from tests.fixtures_office import AISSATOU, HTML, TRACKING, Office, a_draft
from tests.fixtures_sandbox import BRAM, NORA

BODE = ("Bode Okafor", "bode@okafor.example")
THREE = [AISSATOU, BODE, ("Bram de Wit", BRAM)]


def in_sent(office: Office) -> list[Mail]:
    """Oldest first."""
    return office.world.mailbox(NORA).messages("in:sent")[::-1]


# While it is written


def test_a_draft_gets_a_token_a_pixel_and_a_tracked_address_for_each_link(office: Office) -> None:
    prepared = office.messages.prepare(office.nora, a_draft([AISSATOU], "Pricing", "https://a.example", "https://b.example"))
    assert prepared.state is State.DRAFTED
    assert prepared.pixel_url == f"{TRACKING}/o/{office.nora.tag}/{prepared.token}.gif"
    assert office.tokens.read_pixel(prepared.token) == PixelToken(prepared.id, 0)
    first, second = prepared.links
    assert (first.ordinal, first.url, second.ordinal) == (1, "https://a.example", 2)
    click = second.tracked_url.removeprefix(f"{TRACKING}/c/")
    assert office.tokens.read_click(click) == ClickToken(prepared.id, 0, 2, "https://b.example")
    assert prepared.expires_at - office.now() >= timedelta(days=60)


def test_who_leaves_a_mailing_or_comes_to_us_is_not_tracked(office: Office) -> None:
    draft = a_draft([AISSATOU], "x", "https://a.example/unsubscribe", f"{TRACKING}/opt-out/x", "https://a.example")
    draft = replace(draft, links=(*draft.links, DraftLink("https://a.example/bye", "click here to opt out")))
    tracked = [link.tracked_url is not None for link in office.messages.prepare(office.nora, draft).links]
    assert tracked == [False, False, True, False]


def test_a_link_keeps_its_number_and_no_number_is_given_twice(office: Office) -> None:
    prepared = office.messages.prepare(office.nora, a_draft([AISSATOU], "x", "https://a.example", "https://b.example"))
    without_a = office.messages.update(office.nora, prepared.id, a_draft([AISSATOU], "x", "https://b.example"))
    assert [(link.ordinal, link.url) for link in without_a.links] == [(2, "https://b.example")]
    with_c = office.messages.update(
        office.nora, prepared.id, a_draft([AISSATOU], "x", "https://c.example", "https://b.example")
    )
    assert [link.ordinal for link in with_c.links] == [3, 2]
    with_a = office.messages.update(
        office.nora, prepared.id, a_draft([AISSATOU], "x", "https://a.example", "https://a.example")
    )
    assert [link.ordinal for link in with_a.links] == [1, 4]
    assert with_a.token == prepared.token


def test_a_sent_message_takes_no_changes(office: Office) -> None:
    prepared = office.prepare()
    office.sends(prepared)
    office.sync()
    with pytest.raises(Conflict):
        office.messages.update(office.nora, prepared.id, a_draft())


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(links=(DraftLink("javascript:alert(1)"),)), "links.0.url"),
        (Draft(to=(Addressee("", "nobody"),)), "to.0.address"),
        (Draft(bcc=(Addressee("", "a b@c.example"),)), "bcc.0.address"),
    ],
)
def test_a_wrong_draft_is_told_what_is_wrong(office: Office, draft: Draft, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        office.messages.prepare(office.nora, draft)
    assert list(refused.value.fields) == [field]


def test_writing_heats_the_mailbox(office: Office) -> None:
    office.work()
    office.prepare()
    office.later(seconds=5)
    assert office.mailboxes.ask_for_looks()


def test_another_reps_message_does_not_exist(office: Office) -> None:
    prepared = office.prepare()
    for attempt in (
        lambda: office.messages.details(office.bram, prepared.id),
        lambda: office.messages.update(office.bram, prepared.id, a_draft()),
        lambda: office.messages.archive(office.bram, prepared.id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_draft_never_sent_expires_and_is_bound_all_the_same_if_it_is_sent_after_all(office: Office) -> None:
    prepared = office.prepare()
    office.later(days=89)
    assert office.messages.expire() == 0
    office.later(days=2)
    assert office.messages.expire() == 1
    assert office.details(prepared.id)["state"] == "expired"
    assert office.messages.update(office.nora, prepared.id, a_draft()).state is State.DRAFTED
    office.later(days=91)
    assert office.messages.expire() == 1
    office.connect()
    office.sends(prepared)
    office.sync()
    assert office.details(prepared.id)["state"] == "sent"


# Sending


def test_the_product_sends_a_tracked_mail_and_knows_it_at_once(office: Office) -> None:
    prepared = office.prepare(to=[AISSATOU, BODE])
    found = office.product_sends(prepared)
    [mail] = in_sent(office)
    assert found["failed"] == []
    assert found["state"] == "sent"
    assert found["thread_url"].endswith(mail.thread_id)
    assert prepared.pixel_url in mail.html
    assert prepared.links[0].tracked_url in mail.html
    assert mail.text.strip() == "Bonjour,"
    assert [one["personal"] for one in found["recipients"]] == [False, False]
    office.spent()
    office.sync()
    assert office.spent() == 2
    office.replies(mail)
    office.sync()
    assert office.details(prepared.id)["counts"]["replies"] == 1


def test_a_finished_mail_is_sent_with_no_other_byte_changed(office: Office) -> None:
    prepared = office.prepare()
    raw = (
        f"From: Nora <{NORA}>\r\nTo: {BODE[0]} <{BODE[1]}>\r\nSubject: Ready\r\nMIME-Version: 1.0\r\n"
        'Content-Type: text/html; charset=iso-8859-1\r\n\r\n<p>D\xe9j\xe0 <A HREF = "https://x.example">vu</A></p>\r\n'
    ).encode("latin-1")
    found = office.messages.send(office.nora, prepared.id, Outgoing(raw=raw))
    assert [one["address"] for one in found["recipients"]] == [BODE[1]]
    assert found["subject"] == "Ready"
    [mail] = in_sent(office)
    body = mail.raw.partition(b"\r\n\r\n")[2]
    assert b'<p>D\xe9j\xe0 <A HREF = "' + TRACKING.encode() in body
    assert b'">vu</A></p>\r\n' in body


def test_a_signed_mail_is_left_alone_and_said_to_be_untracked(office: Office) -> None:
    prepared = office.prepare()
    raw = (
        f"From: {NORA}\r\nTo: {BODE[1]}\r\nSubject: Signed\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/signed; boundary="s"; micalg=pgp-sha256; protocol="application/pgp-signature"\r\n\r\n'
        "--s\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n"
    ).encode()
    found = office.messages.send(office.nora, prepared.id, Outgoing(raw=raw))
    assert found["state"] == "sent"
    assert not found["tracked"]
    assert TRACKING.encode() not in in_sent(office)[0].raw
    office.sync()
    assert len(office.listed()) == 1


def test_a_reply_stands_in_its_thread(office: Office) -> None:
    first = office.sends(office.prepare())
    office.sync()
    reply = office.replies(first)
    prepared = office.prepare(subject="Re: Pricing")
    office.product_sends(prepared, thread_id=first.thread_id)
    mail = in_sent(office)[-1]
    assert mail.thread_id == first.thread_id
    assert mail.headers.get("In-Reply-To") == reply.message_id
    assert (mail.headers.get("References") or "").split() == [first.message_id, reply.message_id]


def test_a_finished_mail_stands_in_its_thread_too(office: Office) -> None:
    first = office.sends(office.prepare())
    office.sync()
    reply = office.replies(first)
    raw = f"From: {NORA}\r\nTo: {BODE[1]}\r\nSubject: Re: Pricing\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n".encode()
    office.messages.send(office.nora, office.prepare().id, Outgoing(raw=raw, thread_id=first.thread_id))
    mail = in_sent(office)[-1]
    assert mail.thread_id == first.thread_id
    assert mail.headers.get("In-Reply-To") == reply.message_id
    assert (mail.headers.get("References") or "").split() == [first.message_id, reply.message_id]


def test_an_answer_under_another_subject_begins_its_own_thread(office: Office) -> None:
    first = office.sends(office.prepare())
    prepared = office.prepare(subject="Another matter")
    office.product_sends(prepared, thread_id=first.thread_id, in_reply_to=first.message_id)
    assert in_sent(office)[-1].thread_id != first.thread_id


def test_an_unknown_thread_is_refused_and_nothing_is_sent(office: Office) -> None:
    prepared = office.prepare()
    with pytest.raises(BadInput) as refused:
        office.product_sends(prepared, thread_id="18c0ffee18c0ffee")
    assert list(refused.value.fields) == ["thread_id"]
    office.product_sends(prepared)
    assert len(in_sent(office)) == 1


def test_a_mail_leaves_from_an_allowed_alias_only(office: Office) -> None:
    prepared = office.prepare()
    with pytest.raises(BadInput) as refused:
        office.product_sends(prepared, sender="boss@fjordline.example")
    assert list(refused.value.fields) == ["from"]
    office.product_sends(prepared, sender="Sales@fjordline.example")
    assert in_sent(office)[0].sender == ("Nora Lindqvist", "sales@fjordline.example")


def test_separate_copies_tell_who_it_was_and_do_not_track_colleagues(office: Office) -> None:
    prepared = office.prepare(to=THREE)
    found = office.product_sends(prepared, separate=True)
    assert found["tracked"]
    assert [(one["address"], one["personal"]) for one in found["recipients"]] == [(a, True) for _, a in THREE]
    mails = in_sent(office)
    assert [[address for _, address in mail.recipients] for mail in mails] == [[address] for _, address in THREE]
    pixels = [_pixel(office, mail) for mail in mails]
    assert pixels == [PixelToken(prepared.id, 1), PixelToken(prepared.id, 2), None]
    office.spent()
    office.sync()
    assert office.spent() == 2
    assert len(office.listed()) == 1
    office.replies(mails[1], by=BODE)
    office.sync()
    assert office.details(prepared.id)["recipients"][1]["replied_at"]


def says_no(office: Office, *addresses: str) -> None:
    choice = Choice(Said.DENIED, office.now(), "", "on the phone", Source.REP)
    office.database.write(consent.record, office.workspace_id, addresses, choice, office.now())


def test_who_said_no_on_a_shared_body_keeps_it_untracked(office: Office) -> None:
    says_no(office, BODE[1])
    prepared = office.prepare(to=[AISSATOU, BODE])
    assert (prepared.token, prepared.pixel_url, prepared.links[0].tracked_url, prepared.opt_out_url) == (None, None, None, None)
    assert not prepared.tracking.together.allowed
    assert [(address, one.allowed) for address, one in prepared.tracking.recipients] == [(AISSATOU[1], True), (BODE[1], False)]
    found = office.product_sends(prepared)
    [mail] = in_sent(office)
    assert not found["tracked"]
    assert TRACKING not in mail.html


def test_with_separate_copies_only_those_who_may_be_are_tracked(office: Office) -> None:
    says_no(office, BODE[1])
    prepared = office.prepare(to=[AISSATOU, BODE])
    assert office.product_sends(prepared, separate=True)["tracked"]
    assert [_pixel(office, mail) for mail in in_sent(office)] == [PixelToken(prepared.id, 1), None]


def test_a_no_said_after_preparing_counts_when_it_is_sent(office: Office) -> None:
    prepared = office.prepare()
    assert prepared.tracking.together.allowed
    says_no(office, AISSATOU[1])
    assert not office.product_sends(prepared)["tracked"]
    assert TRACKING not in in_sent(office)[0].html


def test_the_draft_follows_its_recipients(office: Office) -> None:
    says_no(office, BODE[1])
    prepared = office.prepare(to=[])
    assert prepared.tracking.together.allowed, "nobody to ask yet"
    assert office.messages.update(office.nora, prepared.id, a_draft([BODE])).token is None
    assert office.messages.update(office.nora, prepared.id, a_draft([AISSATOU])).token == prepared.token


def test_the_notice_stands_once_above_the_pixel_in_the_readers_language(office: Office) -> None:
    office.database.write(consent.set_policy, office.workspace_id, Policy(Rule.NOTICE))
    prepared = office.prepare(to=[("Chen", "chen@firm.com.tw")])
    assert prepared.notice_html is not None
    assert unescape(prepared.notice_html).count("關閉追蹤") == 1
    assert prepared.notice_html.isascii()
    office.product_sends(prepared)
    [mail] = in_sent(office)
    assert mail.html.count(str(prepared.opt_out_url)) == 1
    assert mail.html.index(prepared.notice_html) < mail.html.index(str(prepared.pixel_url))
    assert not [name for name in ("list-unsubscribe", "list-unsubscribe-post") if name.encode() in mail.raw.lower()]


def test_no_notice_where_the_policy_asks_for_none(office: Office) -> None:
    office.database.write(consent.set_policy, office.workspace_id, Policy(Rule.ALWAYS))
    prepared = office.prepare()
    assert (prepared.notice_html, prepared.tracking.together.allowed) == (None, True)
    office.product_sends(prepared)
    assert "/opt-out/" not in in_sent(office)[0].html


def test_copies_that_failed_are_named(office: Office) -> None:
    prepared = office.prepare(to=[AISSATOU, BODE, ("Cy", "cy@c.example")])
    office.sandbox.fail("gmail.users.messages.send", "400-badRequest", after=1)
    found = office.product_sends(prepared, separate=True)
    assert [one["addresses"] for one in found["failed"]] == [[BODE[1]]]
    assert [one["bounced"] and one["bounced"]["state"] for one in found["recipients"]] == [None, "not-sent", None]
    assert len(in_sent(office)) == 2


def test_a_copy_whose_fate_is_unknown_is_called_so_until_the_watch_finds_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = office.prepare(to=[AISSATOU, BODE])
    send, calls = Gmail.send, iter((False, True))

    def mute(self: Gmail, raw: bytes, thread_id: str | None = None) -> Any:
        sent = send(self, raw, thread_id)
        if next(calls):
            raise Transient("TimeoutError")
        return sent

    monkeypatch.setattr(Gmail, "send", mute)
    found = office.product_sends(prepared, separate=True)
    assert found["failed"] == [{"addresses": [BODE[1]], "detail": "TimeoutError", "unsure": True}]
    assert found["recipients"][1]["bounced"]["state"] == "unsure"
    office.sync()
    assert office.details(prepared.id)["recipients"][1]["bounced"] is None
    assert len(office.listed()) == 1


def test_after_an_error_that_concerns_all_the_other_copies_are_not_tried(office: Office) -> None:
    prepared = office.prepare(to=[AISSATOU, BODE, ("Cy", "cy@c.example")])
    office.sandbox.fail("gmail.users.messages.send", "403-dailyLimitExceeded", after=1)
    found = office.product_sends(prepared, separate=True)
    assert len(found["failed"]) == 2
    assert len(in_sent(office)) == 1


def test_mail_to_colleagues_alone_is_sent_untracked(office: Office) -> None:
    prepared = office.prepare(to=[("Bram de Wit", BRAM)])
    found = office.product_sends(prepared)
    assert not found["tracked"]
    assert TRACKING not in in_sent(office)[0].html


def test_a_double_submit_sends_once(office: Office) -> None:
    prepared = office.prepare()
    answers: list[Any] = []

    def submit() -> None:
        try:
            answers.append(office.product_sends(prepared)["state"])
        except Conflict:
            answers.append("busy")

    threads = [threading.Thread(target=submit) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(in_sent(office)) == 1
    assert "sent" in answers
    assert office.product_sends(prepared)["state"] == "sent"
    assert len(in_sent(office)) == 1


def test_a_send_that_broke_is_tried_again_only_after_a_moment(office: Office) -> None:
    prepared = office.prepare()
    office.sandbox.fail("gmail.users.messages.send", "drop")
    with pytest.raises(Transient) as failure:
        office.product_sends(prepared)
    assert failure.value.sent_maybe
    with pytest.raises(Conflict):
        office.product_sends(prepared)
    office.later(seconds=31)
    assert office.product_sends(prepared)["state"] == "sent"
    assert len(in_sent(office)) == 1


def test_a_send_that_google_took_without_a_word_is_found_in_the_sent_folder(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = office.prepare()
    send = Gmail.send

    def mute(self: Gmail, raw: bytes, thread_id: str | None = None) -> Any:
        send(self, raw, thread_id)
        raise Transient("TimeoutError")

    with monkeypatch.context() as silent:
        silent.setattr(Gmail, "send", mute)
        with pytest.raises(Transient):
            office.product_sends(prepared)
    assert office.product_sends(prepared)["state"] == "sent"
    assert len(in_sent(office)) == 1


def test_a_refused_send_may_be_tried_again_at_once(office: Office) -> None:
    prepared = office.prepare()
    office.sandbox.fail("gmail.users.messages.send", "429-rateLimitExceeded", times=3)
    with pytest.raises(RateLimited):
        office.product_sends(prepared)
    assert office.product_sends(prepared)["state"] == "sent"


def test_a_mail_google_could_not_show_yet_is_bound_by_the_next_look(office: Office) -> None:
    prepared = office.prepare()
    office.sandbox.fail("gmail.users.messages.get", "404-notFound")
    assert office.product_sends(prepared)["state"] == "drafted"
    office.sync()
    assert office.details(prepared.id)["state"] == "sent"
    assert office.product_sends(prepared)["failed"] == []
    assert len(in_sent(office)) == 1


def test_the_watch_coming_first_does_not_make_a_second_message(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy without tokens looks like a mail of its own to the watch."""
    prepared = office.prepare()
    read_back = Sending._read_back

    def after_a_look(self: Sending, *args: Any) -> Any:
        office.sync()
        return read_back(self, *args)

    monkeypatch.setattr(Sending, "_read_back", after_a_look)
    office.messages.send(office.nora, prepared.id, Outgoing(text="no HTML, so no tokens"))
    assert [one["id"] for one in office.listed()] == [prepared.id]


def test_without_the_scope_or_without_recipients_nothing_is_sent(office: Office) -> None:
    with pytest.raises(BadInput):
        office.product_sends(office.prepare(to=[]))
    with pytest.raises(BadInput):
        office.messages.send(office.nora, office.prepare().id, Outgoing())
    office.connect(office.nora, READ)
    with pytest.raises(NotAllowed):
        office.product_sends(office.prepare())
    with pytest.raises(NotAllowed):
        office.messages.send(office.bram, office.prepare(user=office.bram).id, Outgoing(html=HTML))
    assert in_sent(office) == []


def test_a_large_mail_is_uploaded(office: Office) -> None:
    prepared = office.prepare()
    office.messages.send(office.nora, prepared.id, Outgoing(html=HTML + "<p>" + "long " * 1_100_000 + "</p>"))
    assert len(in_sent(office)[0].raw) > 5_000_000


# Afterwards


def test_archiving_and_unarchiving_show_on_the_message_and_wake_the_screens(office: Office) -> None:
    prepared = office.prepare()
    with pytest.raises(Conflict):
        office.messages.archive(office.nora, prepared.id)
    mail = office.sends(prepared)
    office.replies(mail)
    office.sync()
    assert office.messages.archive(office.nora, prepared.id)["archived"]
    assert office.woken[-1] == {office.nora.id}
    assert office.shown()[0]["message"]["archived"]
    assert office.messages.archive(office.nora, prepared.id)["state"] == "archived"
    assert office.messages.unarchive(office.nora, prepared.id)["state"] == "sent"


def test_the_list_goes_on_where_a_page_ended(office: Office) -> None:
    for at in range(5):
        office.later(minutes=at // 2)
        office.sends(subject=f"Mail {at}")
    office.sync()
    subjects, cursor = [], None
    while True:
        page = office.messages.list(office.nora, cursor, limit=2)
        subjects += [one["subject"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(subjects) == len(set(subjects)) == 5
    assert subjects[0] == "Mail 4"
    assert office.messages.list(office.bram)["items"] == []


@pytest.mark.parametrize("cursor", ["nonsense", "e30=", "WzEsMl0=", "!"])
def test_a_broken_cursor_is_refused(office: Office, cursor: str) -> None:
    with pytest.raises(BadInput):
        office.messages.list(office.nora, cursor)


def test_addresses_are_spelt_one_way(office: Office) -> None:
    prepared = office.prepare(to=[("A", " Aissatou@DIALLOETFILS.example ")])
    assert office.details(prepared.id)["recipients"][0]["address"] == AISSATOU[1]


def _pixel(office: Office, mail: Mail) -> PixelToken | None:
    _, found, rest = mail.html.partition(f"{TRACKING}/o/{office.nora.tag}/")
    return office.tokens.read_pixel(rest.partition(".gif")[0]) if found else None
