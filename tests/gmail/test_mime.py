import base64
import email
import quopri

import pytest

from server.domain.instrument import Splice, find_links, instrument
from server.gmail.mime import html_of, instrument_message, links_in

PIXEL = "https://t.example/o/x.gif"
HTML = '<p>Caf=C3=A9 <a href=3D"https://a.example/x">a</a></p>\r\n'.replace("\r\n", "")


def rewrite(html: str) -> tuple[Splice, ...]:
    return instrument(html, tracked=lambda link: f"https://t.example/c/{link.ordinal}", pixel_url=PIXEL).splices


def message(*lines: str, end: str = "\r\n") -> bytes:
    return end.join(lines).encode("utf-8", "surrogateescape")


def html_part(charset: str, encoding: str, body: bytes, end: bytes = b"\r\n") -> bytes:
    head = f"Content-Type: text/html; charset={charset}|Content-Transfer-Encoding: {encoding}||".replace("|", end.decode())
    return head.encode() + body


def multipart(kind: str, *parts: bytes, boundary: str = "b1", extra: str = "") -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{extra}\r\n\r\n'.encode()
    inside = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"preamble\r\n" + inside + b"--" + boundary.encode() + b"--\r\nepilogue\r\n"


def whole(content: bytes) -> bytes:
    return b"From: a@b.example\r\nX-Odd:  folded\r\n\tline \r\nMIME-Version: 1.0\r\n" + content


PLAIN = b"Content-Type: text/plain; format=flowed\r\n\r\nhttps://a.example/x \r\nflowed"
BODY = html_part("utf-8", "7bit", b'<p><a href="https://a.example/x">a</a></p>')
CALENDAR = b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nURL:https://a.example/x\r\nEND:VCALENDAR"
AMP = b'Content-Type: text/x-amp-html\r\n\r\n<html amp4email><a href="https://a.example/x">a</a>'
ATTACHED = (
    b'Content-Type: text/html; name=page.html\r\nContent-Disposition: attachment\r\n\r\n<a href="https://a.example/x">a</a>'
)
FORWARDED = b'Content-Type: message/rfc822\r\n\r\nContent-Type: text/html\r\n\r\n<a href="https://a.example/x">a</a>'

SHAPES = {
    "alone": BODY,
    "alternative": multipart("alternative", PLAIN, BODY),
    "related": multipart("related", BODY, b"Content-Type: image/png\r\nContent-ID: <i>\r\n\r\n\x89PNG\0"),
    "mixed": multipart("mixed", multipart("alternative", PLAIN, BODY, boundary="b2"), ATTACHED, FORWARDED),
    "nested": multipart("mixed", multipart("related", multipart("alternative", PLAIN, BODY, boundary="b1b"), boundary="b1-")),
    "invitation": multipart("alternative", PLAIN, BODY, CALENDAR),
    "amp": multipart("alternative", PLAIN, AMP, BODY),
    "odd boundary": multipart("alternative", PLAIN, BODY, boundary="=_?:/(x)+*.'"),
    "no closing line": multipart("alternative", PLAIN, BODY).partition(b"\r\n--b1--")[0],
}


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES.keys())
def test_only_the_html_body_changes(content: bytes) -> None:
    raw = whole(content)
    done = instrument_message(raw, rewrite)
    assert done.tracked
    assert done.raw == raw.replace(
        BODY,
        BODY.replace(b"https://a.example/x", b"https://t.example/c/1")
        + done.raw[done.raw.index(b"<img") :].partition(b">")[0]
        + b">",
    )
    assert [link.url for link in links_in(raw)] == ["https://a.example/x"]


SEALED = {
    "signed": (multipart("signed", BODY, extra='; protocol="application/pgp-signature"'), "signed"),
    "s/mime": (b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\nAAAA", "signed"),
    "enveloped": (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nAAAA", "encrypted"),
    "pgp": (multipart("encrypted", b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1"), "encrypted"),
    "signed inside": (multipart("mixed", multipart("signed", BODY, boundary="b2"), BODY), "signed"),
    "armour": (html_part("utf-8", "7bit", b"-----BEGIN PGP SIGNED MESSAGE-----<a href=https://a.example/x>a</a>"), "signed"),
    "text only": (PLAIN, "no-html"),
    "attachment only": (multipart("mixed", PLAIN, ATTACHED, FORWARDED), "no-html"),
    "no boundary": (b"Content-Type: multipart/alternative\r\n\r\n" + BODY, "no-html"),
    "unknown charset": (html_part("x-no-such", "7bit", b"<p>"), "charset"),
    "broken utf-16": (html_part("utf-16le", "8bit", b"<\0p\0>"), "charset"),
    "not a charset": (html_part("punycode", "7bit", b"<p>"), "charset"),
    "unknown encoding": (html_part("utf-8", "x-uuencode", b"<p>"), "encoding"),
    "broken base64": (html_part("utf-8", "base64", b"PHA+PHA"), "encoding"),
}


@pytest.mark.parametrize(("content", "reason"), SEALED.values(), ids=SEALED.keys())
def test_what_must_not_change_is_left_alone_and_said_so(content: bytes, reason: str) -> None:
    raw = whole(content)
    done = instrument_message(raw, rewrite)
    assert (done.raw, done.tracked, done.reason) == (raw, False, reason)


CHARSETS = [
    *(("utf-8", "Café 中 🎉"), ("us-ascii", "plain"), ("iso-8859-1", "Café"), ("windows-1252", "Café €"), ("koi8-r", "Привет")),
    *(
        ("gb2312", "你好"),
        ("gbk", "你好"),
        ("gb18030", "你好🎉"),
        ("big5", "你好"),
        ("shift_jis", "表示ソ"),
        ("euc-kr", "안녕"),
    ),
    *(
        ("iso-2022-jp", "日本語"),
        ("utf-16", "Café 中"),
        ("utf-16le", "中"),
        ("utf-16be", "中"),
        ("utf-7", "plain"),
        ("iso-8859-8-i", "x"),
    ),
]


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize(("charset", "words"), CHARSETS)
def test_charset_and_encoding_stay(charset: str, words: str, encoding: str) -> None:
    html = f'<p>{words} <a href="https://a.example/x?{"y" * 80}">{words}</a></p>\r\n' + f"<p>{words} end =</p>\r\n" * 3
    codec = {"iso-8859-8-i": "iso-8859-8"}.get(charset, charset)
    data = html.encode(codec)
    body = {
        "8bit": lambda: data,
        "base64": lambda: base64.encodebytes(data),
        "quoted-printable": lambda: quopri.encodestring(data),
    }[encoding]()
    done = instrument_message(whole(html_part(charset, encoding, body)), rewrite)
    assert done.tracked
    read = email.message_from_bytes(done.raw).get_payload(decode=True)
    assert isinstance(read, bytes)
    assert (
        read.decode(codec).lstrip("\ufeff")
        == instrument(html, tracked=lambda link: f"https://t.example/c/{link.ordinal}", pixel_url=PIXEL).html
    )


def test_untouched_lines_of_quoted_printable_stay_as_they_were() -> None:
    lines = [
        "<p>caf=c3=A9 =",
        "soft =20  ",
        '<a class=3D"x" href=3D"https://a.exam=',
        'ple/x" title=3D"=E2=82=AC">a</a> tail =',
        "rest=3d</p>  ",
        "<p>last</p>",
        "</body>",
    ]
    done = instrument_message(whole(html_part("utf-8", "quoted-printable", message(*lines))), rewrite)
    changed = done.raw.split(b"\r\n\r\n", 1)[1].decode().split("\r\n")
    assert changed[:2] == lines[:2]
    assert changed[-3:-1] != lines[-3:-1]
    assert "rest=3d</p>  " in changed
    assert max(map(len, changed)) <= 76
    assert 'href="https://t.example/c/1" title="€"' in (html_of(done.raw) or "")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_stay(end: str) -> None:
    raw = message("Content-Type: text/html", "", "<p>", "<a href=https://a.example/x>x</a>", "</p>", end=end)
    done = instrument_message(raw, rewrite)
    assert done.raw.count(b"\r\n") == raw.count(b"\r\n")
    assert done.raw.count(b"\n") == raw.count(b"\n")


def test_a_line_that_grows_too_long_becomes_quoted_printable() -> None:
    raw = whole(html_part("utf-8", "7bit", b"<p>" + b'<a href="http://a.b/">x</a>' * 36))
    done = instrument_message(
        raw, lambda html: instrument(html, tracked=lambda link: "https://t.example/c/" + "x" * 100, pixel_url=None).splices
    )
    assert max(map(len, done.raw.split(b"\r\n"))) <= 76
    assert b"Content-Transfer-Encoding: quoted-printable\r\n" in done.raw
    assert len(find_links(html_of(done.raw) or "")) == 36


def test_declared_ascii_with_other_bytes_keeps_them() -> None:
    raw = whole(html_part("us-ascii", "8bit", b"\xff\xfe\x80<a href=https://a.example/x>\xe9</a>\x81"))
    done = instrument_message(raw, rewrite)
    assert done.raw.startswith(raw.partition(b"https")[0])
    assert b">\xe9</a>\x81<img" in done.raw
