"""Tracked drafts in a real mailbox of the sandbox: made once, sent by Gmail, bound to their message."""

import re
from datetime import datetime

import pytest

from server.domain.drafts import Addressee, Draft
from server.errors import Conflict, NotAllowed
from server.gmail.credentials import COMPOSE, FOR_ADD_ON, READ, SEND
from server.gmail.errors import GmailError
from server.services.addresses import Addresses
from server.services.drafts import Drafts, Lent
from server.tokens import new_id
from tests.fixtures_office import TRACKING, Office
from tests.fixtures_sandbox import NORA

TO = Draft("Prices", to=(Addressee("Aïssatou Diallo", "aissatou@dialloetfils.example"),))
TEXT = "Bonjour,\nhttps://fjordline.example/prices <now>"
NOBODY = Lent()


@pytest.fixture
def drafts(office: Office) -> Drafts:
    return Drafts(office.connections, office.messages, Addresses(office.tokens, TRACKING, "https://app.fjordline.example"))


def lent(office: Office) -> Lent:
    return Lent(office.grant(NORA, FOR_ADD_ON).access_token, frozenset({FOR_ADD_ON}))


def in_drafts(office: Office) -> list[bytes]:
    return [draft.message.raw for draft in office.world.mailbox(NORA).drafts()]


def test_a_draft_carries_pixel_and_tracked_links(office: Office, drafts: Drafts) -> None:
    made = drafts.make(office.nora, new_id(), TO, TEXT, lent(office))
    raw = in_drafts(office)[0].decode().replace("=\r\n", "").replace("=3D", "=")
    assert made.id
    assert re.fullmatch(r"[0-9a-f]+", made.thread_id)
    assert f'href="{TRACKING}/c/' in raw
    assert f'src="{TRACKING}/o/{office.nora.tag}/' in raw
    assert "&lt;now&gt;" in raw


def test_a_draft_asked_for_twice_is_made_once(office: Office, drafts: Drafts) -> None:
    message_id = new_id()
    drafts.make(office.nora, message_id, TO, TEXT, lent(office))
    with pytest.raises(Conflict):
        drafts.make(office.nora, message_id, TO, TEXT, lent(office))
    assert len(in_drafts(office)) == 1


def test_once_gmail_sent_it_it_is_the_reps_tracked_message(office: Office, drafts: Drafts) -> None:
    message_id = new_id()
    made = drafts.make(office.nora, message_id, TO, TEXT, lent(office))
    office.world.mailbox(NORA).dispatch(made.id)
    office.sync()
    details = office.details(message_id)
    assert details["state"] == "sent"
    assert datetime.fromisoformat(details["sent_at"])


def test_a_grant_that_may_write_drafts_serves_too(office: Office, drafts: Drafts) -> None:
    office.connect(office.nora, READ, SEND, COMPOSE)
    drafts.make(office.nora, new_id(), TO, TEXT, NOBODY)
    assert len(in_drafts(office)) == 1


def test_without_leave_nothing_is_made(office: Office, drafts: Drafts) -> None:
    message_id = new_id()
    with pytest.raises(NotAllowed):
        drafts.make(office.nora, message_id, TO, TEXT, NOBODY)
    assert in_drafts(office) == []
    assert not office.messages.has(office.nora, message_id)


def test_what_gmail_did_not_take_can_be_tried_again(office: Office, drafts: Drafts) -> None:
    message_id = new_id()
    office.sandbox.fail("gmail.users.drafts.create", "500-backendError", times=10)
    with pytest.raises(GmailError):
        drafts.make(office.nora, message_id, TO, TEXT, lent(office))
    assert not office.messages.has(office.nora, message_id)


def test_somebody_who_may_not_be_tracked_gets_a_plain_draft(office: Office, drafts: Drafts) -> None:
    drafts.make(office.nora, new_id(), Draft("Prices", to=(Addressee("Bram", "bram@fjordline.example"),)), TEXT, lent(office))
    assert TRACKING.encode() not in in_drafts(office)[0]
