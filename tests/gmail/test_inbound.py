import base64
import email
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.replies import Bounce, Other, Reply, judge, referenced_ids
from server.gmail.inbound import inbound_from_payload, inbound_from_raw, needs_raw
from server.gmail.reading import is_notice
from tests.corpus import bounce_mails, needs_bounces

MAILS = Path(__file__).parent.parent / "data" / "mails"
GONE, LATE = "gone@buyer.example", "late@buyer.example"


def as_gmail_gives_it(raw: bytes) -> dict[str, Any]:
    return {"id": "1", "payload": _payload(email.message_from_bytes(raw))}


def _payload(part: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "mimeType": part.get_content_type(),
        "headers": [{"name": name, "value": value} for name, value in part.items()],
        "filename": part.get_filename() or "",
    }
    if part.is_multipart():
        found["parts"] = [_payload(child) for child in part.get_payload()]
    else:
        found["body"] = {"data": base64.urlsafe_b64encode(part.get_payload(decode=True)).decode().rstrip("=")}
    return found


def outcomes(name: str) -> list[tuple[str, str, str]]:
    raw = (MAILS / name).read_bytes()
    verdicts = [judge(inbound_from_raw(raw)), judge(inbound_from_payload(as_gmail_gives_it(raw)))]
    assert verdicts[0] == verdicts[1]
    assert isinstance(verdicts[0], Bounce)
    return [(one.address, one.state, one.code) for one in verdicts[0].recipients]


def test_gmails_bounce_is_read_by_its_fields() -> None:
    assert outcomes("gmail-bounce.eml") == [("gone@buyer.example", "failed", "no-such-user")]


def test_every_recipient_of_a_notification_has_a_state() -> None:
    assert outcomes("exchange-bounce.eml") == [
        ("full@buyer.example", "failed", "mailbox-full"),
        ("late@buyer.example", "delayed", "delayed"),
        ("relayed@buyer.example", "relayed", "relayed"),
    ]


@pytest.mark.parametrize(
    ("name", "address", "state", "reason"),
    [
        ("office365-bounce", GONE, "failed", "no-such-user"),
        ("office365-hidden-address", GONE, "failed", "no-such-user"),
        ("postfix-bounce", GONE, "failed", "no-such-user"),
        ("sendmail-bounce", "gone@nowhere.example", "failed", "no-such-domain"),
        ("gmail-full", "full@buyer.example", "failed", "mailbox-full"),
        ("amazon-ses-bounce", GONE, "failed", "blocked"),
        ("mimecast-bounce", GONE, "failed", "blocked"),
        ("domino-bounce", GONE, "failed", "no-such-user"),
        ("courier-bounce", GONE, "failed", "no-such-user"),
        ("x400-bounce", GONE, "failed", "no-such-user"),
        ("wrapped-bounce", GONE, "failed", "no-such-user"),
        # in prose
        ("qmail-bounce", GONE, "failed", "no-such-user"),
        ("exim-bounce", GONE, "failed", "no-such-user"),
        ("yahoo-bounce", GONE, "failed", "no-such-user"),
        ("zoho-bounce", GONE, "failed", "no-such-user"),
        ("no-sender-bounce", GONE, "failed", "other"),
        ("sieve-refusal", "full@buyer.example", "failed", "mailbox-full"),
        # only late
        ("office365-delay", LATE, "delayed", "delayed"),
        ("postfix-delay", LATE, "delayed", "delayed"),
        ("postfix-greylisted", LATE, "delayed", "delayed"),
        ("sendmail-delay", LATE, "delayed", "delayed"),
        ("gmail-delay", LATE, "delayed", "delayed"),
        ("exim-delay", LATE, "delayed", "delayed"),
        # there
        ("office365-relayed", LATE, "relayed", "relayed"),
        ("postfix-delivered", LATE, "delivered", "delivered"),
    ],
)
def test_every_mail_systems_notice_is_read(name: str, address: str, state: str, reason: str) -> None:
    assert outcomes(f"{name}.eml") == [(address, state, reason)]


def test_a_notice_that_names_nobody_still_says_whether_it_is_only_late() -> None:
    for name, state in (("mdaemon-bounce", "failed"), ("unnamed-delay", "delayed")):
        raw = (MAILS / f"{name}.eml").read_bytes()
        assert judge(inbound_from_raw(raw)) == Bounce((), state)
        assert judge(inbound_from_payload(as_gmail_gives_it(raw))) == Bounce((), state)


def test_the_headers_alone_tell_that_a_notice_must_be_read() -> None:
    for path in sorted(MAILS.glob("*.eml")):
        message = as_gmail_gives_it(path.read_bytes())
        message["payload"] = {name: message["payload"][name] for name in ("mimeType", "headers")}
        assert is_notice(message) == (path.name != "read-receipt.eml"), path.name


def test_a_read_receipt_is_no_bounce() -> None:
    assert judge(inbound_from_raw((MAILS / "read-receipt.eml").read_bytes())) == Other("receipt")


def test_what_a_notice_says_of_somebody_stands_behind_their_address() -> None:
    verdict = judge(inbound_from_raw((MAILS / "qmail-bounce.eml").read_bytes()))
    assert isinstance(verdict, Bounce)
    assert verdict.recipients[0].diagnostic == "Sorry, no mailbox here by that name. (#5.1.1)"


@pytest.mark.parametrize("name", ["qmail-bounce", "exim-bounce", "sieve-refusal", "zoho-bounce"])
def test_a_notice_in_prose_points_to_the_mail_it_is_about(name: str) -> None:
    found = referenced_ids(inbound_from_raw((MAILS / f"{name}.eml").read_bytes()))
    assert found[0] in ("<sent-3@mail.gmail.com>", "<sent-9@mail.gmail.com>")


@needs_bounces
def test_flufls_own_corpus_is_read_as_flufl_says() -> None:
    """A notice that comes into Gmail has an empty return path, whatever a list wrote there in the corpus."""
    missed, wrong = [], []
    for name, raw, told in bounce_mails():
        verdict = judge(inbound_from_raw(raw))
        if not isinstance(verdict, Bounce):
            missed.append(name)
        elif {one.address.lower(): one.state for one in verdict.recipients} != told:
            wrong.append(name)
    assert missed == []
    assert wrong == []


def test_a_bounce_points_to_the_mail_it_gives_back() -> None:
    raw = (MAILS / "exchange-bounce.eml").read_bytes()
    without_reference = raw.replace(b"In-Reply-To: <sent-2@mail.gmail.com>\n", b"")
    assert referenced_ids(inbound_from_raw(without_reference)) == ("<sent-2@mail.gmail.com>",)


def test_a_bounce_forwarded_by_a_person_is_a_reply() -> None:
    bounce = (MAILS / "gmail-bounce.eml").read_bytes()
    raw = (
        b"From: Ann <ann@buyer.example>\nIn-Reply-To: <1@x>\nContent-Type: multipart/mixed; boundary=zz\n\n"
        b"--zz\nContent-Type: text/plain\n\nLook what came back\n--zz\nContent-Type: message/rfc822\n\n"
        + bounce
        + b"\n--zz--\n"
    )
    assert judge(inbound_from_raw(raw)) == Reply()
    assert judge(inbound_from_payload(as_gmail_gives_it(raw))) == Reply()


def test_fields_kept_apart_by_gmail_need_the_raw_mail() -> None:
    part: dict[str, Any] = {"mimeType": "message/delivery-status", "body": {"attachmentId": "x", "size": 1}}
    assert needs_raw({"payload": {"mimeType": "multipart/report", "parts": [part]}})
    assert not needs_raw(as_gmail_gives_it((MAILS / "gmail-bounce.eml").read_bytes()))
    assert not needs_raw({})


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2000), st.sampled_from(sorted(path.name for path in MAILS.glob("*.eml"))))
def test_damaged_mail_never_raises(noise: bytes, at: int, name: str) -> None:
    raw = (MAILS / name).read_bytes()
    damaged = raw[:at] + noise + raw[at + len(noise) // 2 :]
    mail = inbound_from_raw(damaged)
    judge(mail)
    referenced_ids(mail)
