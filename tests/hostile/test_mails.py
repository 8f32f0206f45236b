"""HTML, MIME and tables made to take for ever: refused or read, by what comes in from mailboxes and from those who write.

Work is told by what is counted: how deep, how many, how large. Each of these once took minutes, or ended in an exception.
"""

import pytest

from server.domain import richtext, sheets
from server.domain.replies import judge
from server.errors import BadInput
from server.gmail.addresses import addresses
from server.gmail.inbound import inbound_from_payload, inbound_from_raw
from server.gmail.parts import read_parts, walk
from tests.hostile.conftest import Inside

FROM = b"From: a@b.example\r\n"
DAEMON = (
    b"From: mailer-daemon@b.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
)
MANY = 20_000
MAILS = {
    "comments in comments": b"From: " + b"(" * MANY + b"\r\n\r\n",
    "quotes in quotes": b"From: " + b'"' * MANY + b"\r\n\r\n",
    "brackets in brackets": b"From: " + b"<" * MANY + b"\r\n\r\n",
    "groups in groups": b"From: " + b"a:" * MANY + b"\r\n\r\n",
    "encoded words": FROM + b"Subject: " + b"=?utf-8?q?a?= " * MANY + b"\r\n\r\n",
    "parts in parts": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2_000)),
    "parts by parts": FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * MANY,
    "the same boundary inside": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 2_000,
    "headers": b"X: y\r\n" * MANY + b"\r\n",
    "parameters": FROM + b"Content-Type: text/html" + b"; a=b" * MANY + b"\r\n\r\n<a>",
    "parts of a parameter": FROM + b"Content-Type: text/html" + b"".join(b"; a*%d=b" % n for n in range(2_000)) + b"\r\n\r\n",
    "a codec that unpacks": FROM + b"Content-Type: text/html; charset=zlib_codec\r\n\r\nx\x9c",
    "reports": DAEMON
    + b"Content-Type: message/delivery-status\r\n\r\n"
    + b"Final-Recipient: rfc822;a@b.example\r\n\r\n" * MANY,
    "references": FROM + b"References: " + b"<a@b> " * MANY + b"\r\n\r\n",
    "no text": bytes(range(256)) * 100,
    "nothing": b"",
}


@pytest.mark.parametrize("raw", MAILS.values(), ids=MAILS.keys())
def test_no_inbound_mail_raises_or_grows(raw: bytes) -> None:
    mail = inbound_from_raw(raw)
    judge(mail)
    assert sum(1 for _ in walk(read_parts(raw))) <= MANY + 1
    assert len(mail.statuses) <= 1_000


def test_what_gmail_hands_over_may_be_as_wrong() -> None:
    headers = [{"name": "From", "value": "(" * MANY}, {"name": "To", "value": "," * MANY}, {}, {"name": "X" * MANY}]
    judge(inbound_from_payload({"payload": {"headers": headers, "parts": [{"parts": [{}] * 500}]}}))


@pytest.mark.parametrize("character", [*"(\"<[\\,:;@ .=?'", "(a", "a@b,", "<a@b>", '"\\"', "=?", "@[", "\ud800"])
def test_a_line_of_addresses_may_hold_anything(character: str) -> None:
    assert len(addresses(character * MANY)) <= 100_000


# What a rep writes, pastes, or has as a signature


WORDS = "words that are kept"
PASTED = {
    "divs in divs": "<div>" * MANY,
    "quotations": "<blockquote>" * MANY,
    "closed ones": f"{'<div>' * 5_000}{WORDS}{'</div>' * 5_000}",
    "bold in bold": "".join(f"<b title={n}>" for n in range(5_000)),
    "closed by others": "<i></b>" * MANY,
    "open tags": "<" * 100_000,
    "open quotes": '<a href="' * MANY,
    "open comments": "<!--" * MANY,
    "sections": "<svg><![CDATA[" * MANY,
    "tables": "<table><tr><td>" * 5_000,
    "entities": "&" * 100_000 + "&#x110000;&#0;&#xd800;",
}


@pytest.mark.parametrize("html", PASTED.values(), ids=PASTED.keys())
def test_what_is_pasted_is_never_deeper_than_anybody_writes(html: str) -> None:
    for cleaned in (richtext.written(f"<p>{WORDS}</p>{html}"), richtext.signature(f"<p>{WORDS}</p>{html}")):
        assert WORDS in cleaned
        # What is left takes the plain reading no time either: no element of it stands in hundreds of others.
        deepest = max(cleaned.count(f"<{tag}") for tag in ("div", "blockquote", "b ", "i>", "table"))
        assert deepest <= 250
        assert WORDS in richtext.plain(cleaned)


def test_many_beside_each_other_stay_as_they_are() -> None:
    html = "<p>a<br>b</p>" * 3_000 + "<ul>" + "<li><b>c</b></li>" * 3_000 + "</ul>"
    assert richtext.written(html) == html


@pytest.mark.parametrize("body", ["<div>" * 90_000, "<b>" * 150_000, '"' * 400_000, "<a href='" * 50_000])
def test_a_composition_and_a_template_take_it(inside: Inside, body: str) -> None:
    session = inside.product.users.open_session(inside.nora, "extension", "test", "192.0.2.1")
    bearer = {"Authorization": f"Bearer {inside.product.tokens.sign('access', session.id)}"}
    kept = inside.client.post("/api/v1/templates", json={"name": "x", "subject": "x", "html": body}, headers=bearer)
    assert kept.status_code in (201, 409, 422), kept.text[:300]
    inside.client.post("/api/v1/compositions", json={"subject": "x", "html": body}, headers=bearer)


# Tables of people


@pytest.mark.parametrize(
    "raw",
    [
        b"email" + b"," * 100_000,
        b"email\n" + b'"' * 400_000,
        b"\0" * 100_000,
        b"\xff\xfe" + b"\0\xd8" * 50_000,
        b";,\t|" * 100_000,
    ],
    ids=["columns without end", "quotes", "NULs", "halves of characters", "separators"],
)
def test_a_table_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        sheets.read(raw)


def test_a_wide_table_of_a_system_is_read() -> None:
    wide = "email," + ",".join(f"field {n}" for n in range(900)) + "\nana@b.example\n"
    assert len(sheets.read(wide.encode()).rows) == 1
