import base64
import email
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.replies import Bounce, Reply, judge, referenced_ids
from server.gmail.inbound import inbound_from_payload, inbound_from_raw, needs_raw

MAILS = Path(__file__).parent.parent / "data" / "mails"


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


def test_a_bounce_in_prose_is_read_by_flufl() -> None:
    assert outcomes("qmail-bounce.eml") == [("gone@buyer.example", "failed", "other")]


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
