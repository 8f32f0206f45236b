import email
from email.policy import default

import pytest

from server.errors import BadInput
from server.gmail.addresses import addresses, header_text, normal_address
from server.gmail.compose import answering, compose, separate_copy
from server.gmail.mime import html_of
from server.gmail.payload import body_html, body_text, header, thread_url

ANN, BOB = ("Ann Müller", "ann@buyer.example"), ("", "bob@buyer.example")
HTML = "<p>Olá 你好 &amp; x=1</p>\r\n" + "<a href='https://a.example/?x=1'>" + "y" * 200 + "</a> "


def a_mail(**changes: object) -> bytes:
    fields = {
        "sender": ("Nora, Inc.", "nora@seller.example"),
        "to": [ANN, BOB],
        "subject": "Prix été",
        "html": HTML,
        "text": "Olá\n",
    }
    return compose(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_mail_says_what_was_asked() -> None:
    raw = a_mail(cc=[BOB], in_reply_to="<2@x>", references=["<1@x>", "<2@x>"])
    mail = email.message_from_bytes(raw, policy=default)
    assert str(mail["from"]) == '"Nora, Inc." <nora@seller.example>'
    assert str(mail["to"]) == "Ann Müller <ann@buyer.example>, bob@buyer.example"
    assert (mail["subject"], mail["in-reply-to"], mail["references"]) == ("Prix été", "<2@x>", "<1@x> <2@x>")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert html_of(raw) == HTML
    assert max(map(len, raw.split(b"\r\n"))) <= 100
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("empty", ["html", "text"])
def test_one_text_alone_needs_no_multipart(empty: str) -> None:
    mail = email.message_from_bytes(a_mail(**{empty: None}))
    assert mail.get_content_type() == ("text/plain" if empty == "html" else "text/html")


def test_headers_cannot_be_smuggled_in() -> None:
    mail = email.message_from_bytes(
        a_mail(subject="a\r\nBcc: x@y.example", to=[("b\r\nX: y", "ann@buyer.example")], in_reply_to="<1@x>\r\nX: y")
    )
    assert mail["bcc"] is None
    assert mail["x"] is None
    with pytest.raises(BadInput):
        a_mail(to=[("", "a@b.example\r\nBcc: c@d.example")])
    with pytest.raises(BadInput):
        a_mail(to=[("", "nobody")])


def test_a_separate_copy_names_its_one_recipient() -> None:
    raw = a_mail(cc=[("C", "c@buyer.example")], bcc=[("", "d@buyer.example")])
    copy = separate_copy(raw, BOB)
    mail = email.message_from_bytes(copy, policy=default)
    assert (str(mail["to"]), mail["cc"], mail["bcc"]) == ("bob@buyer.example", None, None)
    assert copy.partition(b"Subject:")[2] == raw.partition(b"Subject:")[2]
    assert email.message_from_bytes(separate_copy(b"Subject: x\r\n\r\nbody", ANN))["subject"] == "x"


def test_a_finished_mail_becomes_an_answer_by_what_it_lacks() -> None:
    raw = b"Subject: =?x?=\nTo: a@b.example\n\nbody \xe9\n"
    answer = answering(raw, "<2@b.example>", ["<1@b.example>", "<2@b.example>"])
    assert answer == b"In-Reply-To: <2@b.example>\nReferences: <1@b.example> <2@b.example>\n" + raw
    assert answering(answer, "<9@b.example>", []) == answer
    assert answering(b"References: <1@b.example>\r\n\r\n", "<2@b.example>", []).count(b"References:") == 1


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Ann <Ann@Buyer.Example>, bob@b.example", [("Ann", "ann@buyer.example"), ("", "bob@b.example")]),
        ('"Doe, John" <john@b.example>', [("Doe, John", "john@b.example")]),
        ("=?utf-8?q?J=C3=BCrgen?= <j@bücher.example>", [("Jürgen", "j@xn--bcher-kva.example")]),
        ("Team: a@b.example, c@d.example; e@f.example", [("", "a@b.example"), ("", "c@d.example"), ("", "e@f.example")]),
        ("undisclosed-recipients:;", []),
        ("nonsense <<>> @, ", []),
        (None, []),
    ],
)
def test_addresses_are_read_from_headers(value: str | None, found: list[tuple[str, str]]) -> None:
    assert addresses(value) == found


def test_odd_headers_stay_as_they_are() -> None:
    assert header_text("=?x-none?q?a?=") == "=?x-none?q?a?="
    assert normal_address("no address") == ""


def test_bodies_are_read_from_gmails_payload() -> None:
    payload = {
        "mimeType": "multipart/mixed",
        "headers": [{"name": "SUBJECT", "value": "=?utf-8?q?=C3=A9t=C3=A9?="}],
        "parts": [
            {"mimeType": "text/plain", "body": {"data": "w6l0w6k"}},
            {"mimeType": "text/html", "filename": "x.html", "body": {"attachmentId": "1"}},
            {
                "mimeType": "text/html",
                "headers": [{"name": "Content-Type", "value": 'text/html; charset="latin1"'}],
                "body": {"data": "6Q"},
            },
        ],
    }
    assert (header(payload, "subject"), body_text(payload), body_html(payload)) == ("été", "été", "é")
    assert body_html({"parts": None, "body": {"data": 3}}) is None
    assert thread_url("nora@seller.example", "18c2").endswith("?authuser=nora@seller.example#all/18c2")
