"""Mail of every make: what is not the body stays byte for byte, or the whole mail does and the reason is told."""

import base64
import email
import quopri
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.instrument import Instrumented, Splice, instrument
from server.gmail.mime import html_of, instrument_message

PIXEL = "https://t.example/o/x.gif"
LINK = "https://a.example/x"


def run(html: str) -> Instrumented:
    return instrument(html, tracked=lambda link: f"https://t.example/c/{link.ordinal}", pixel_url=PIXEL)


def rewrite(html: str) -> tuple[Splice, ...]:
    return run(html).splices


def html_mail(charset: str, data: bytes, encoding: str = "8bit") -> bytes:
    head = f"MIME-Version: 1.0\r\nContent-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + data


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "8bit": lambda data: data,
    "base64": base64.encodebytes,
    "quoted-printable": quopri.encodestring,
}


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize(
    ("charset", "codec", "words"),
    [
        ("utf-32", "utf-32", "Café 中"),
        ("utf-32be", "utf-32-be", "Café"),
        ("utf-8", "utf-16", "the mark outdoes the label"),
        ("us-ascii", "utf-32", "the mark outdoes the label"),
        ("utf-8", "utf-8-sig", "é"),
        ("utf-7", "utf-7", "é + ü"),
        ("iso-2022-jp-2", "iso-2022-jp-2", "日本語 é"),
        ("hz-gb-2312", "hz", "你好~"),
        ("gb18030", "gb18030", "你好🎉"),
        ("shift_jis", "shift_jis", "表示 ソ 能"),
        ("cp037", "cp037", "abc"),
        ("big5", "big5", "功許蓋"),
    ],
)
def test_odd_charsets_are_read_and_written_back(charset: str, codec: str, words: str, encoding: str) -> None:
    html = f'<p>{words} <a href="{LINK}">{words}</a> {words} <img src=x> {words}'
    raw = html_mail(charset, PACKED[encoding](html.encode(codec)), encoding)
    done = instrument_message(raw, rewrite)
    assert done.tracked
    read = email.message_from_bytes(done.raw).get_payload(decode=True)
    assert isinstance(read, bytes)
    assert read.decode(codec) == run(html).html


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-16", b"<p>one byte each <a href=https://a.example/x>x</a>"),
        ("utf-32", b"<p>one byte each <a href=https://a.example/x>x</a> "),
        ("utf-8", "<p>no mark <a href=https://a.example/x>x</a>".encode("utf-16-le")),
        ("us-ascii", "<p>日本語 <a href=https://a.example/x>x</a>".encode("iso-2022-jp")),
        ("iso-2022-kr", "<p>안녕 <a href=https://a.example/x>안녕</a>".encode("iso-2022-kr")),
        ("iso-2022-cn", b"<p>"),
        ("x-unknown", b"<p>"),
    ],
)
def test_where_the_charset_is_in_doubt_the_mail_stays(charset: str, data: bytes) -> None:
    raw = html_mail(charset, data)
    done = instrument_message(raw, rewrite)
    assert (done.raw, done.reason) == (raw, "charset")


def nested(depth: int) -> bytes:
    opened = "".join(f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n" for level in range(depth))
    return opened.encode() + f"Content-Type: text/html\r\n\r\n<a href={LINK}>x</a>".encode()


def many(count: int) -> bytes:
    part = f"--b\r\nContent-Type: text/html\r\n\r\n<a href={LINK}>x</a>\r\n".encode()
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


@pytest.mark.parametrize("raw", [nested(1_000), many(10_000)], ids=["deep", "many"])
def test_a_bomb_of_parts_goes_out_as_it_is_and_says_why(raw: bytes) -> None:
    done = instrument_message(raw, rewrite)
    assert (done.raw, done.reason) == (raw, "parts")


@pytest.mark.parametrize("raw", [nested(20), many(500)], ids=["deep", "many"])
def test_mail_of_many_parts_is_tracked_in_the_first(raw: bytes) -> None:
    done = instrument_message(raw, rewrite)
    assert done.raw.count(b"t.example/c/1") == 1
    assert done.raw.index(b"t.example/c/1") < raw.index(LINK.encode()) + 30


INVITATION = (
    b"Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nX-ALT-DESC;FMTTYPE=text/html:<a href=https://a.example/x>x</a>\r\nEND:VCALENDAR"
)
FLOWED = b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nhttps://a.exam \r\nple/x \r\n-- \r\nsig \r\n>quoted \r\n"
AMP = b"Content-Type: text/x-amp-html\r\n\r\n<!doctype html><html amp4email><a href=https://a.example/x>x</a>"
FILE = (
    b"Content-Type: application/octet-stream; name=x.bin\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    b"\0\r\n\r\xff--b\n--c-- \r--a"
)


@st.composite
def mails(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A mail, and the whole of its HTML part with its header."""
    end = draw(st.sampled_from([b"\r\n", b"\n"]))
    codec, words = draw(
        st.sampled_from(
            [("utf-8", "é 中 "), ("iso-2022-jp", "日本 "), ("utf-16", "é "), ("shift_jis", "表ソ "), ("gb18030", "你🎉 ")]
        )
    )
    pieces = [
        words,
        f'<a href="{LINK}?a=b&amp;c">{words}</a>',
        "= \t",
        "=3D",
        "\r\n",
        "\r\n.\r\nFrom ",
        "x" * 90,
        " \r\n",
        "<br>",
    ]
    html = "<p>" + "".join(draw(st.lists(st.sampled_from(pieces), max_size=9)))
    data = html.encode(codec)
    encodings = ["base64"] if codec == "utf-16" else ["base64", "quoted-printable"] if end == b"\n" else list(PACKED)
    encoding = draw(st.sampled_from(encodings))
    if encoding == "base64":
        width = draw(st.sampled_from([4, 7, 60, 76, 77, 998]))
        packed = base64.b64encode(data)
        body = end.join(packed[at : at + width] for at in range(0, len(packed), width))
    else:
        body = PACKED[encoding](data).replace(b"\n", b"\n" if encoding == "8bit" else end)
        body = (
            body if encoding == "8bit" else body.replace(b"\r" + end, end) if end == b"\n" else body.replace(b"\r\r\n", b"\r\n")
        )
    folded = draw(
        st.sampled_from(["; charset={}", ";\r\n\tcharset={}", ';\r\n  CHARSET="{}" ; x=y', "; charset*=us-ascii''{}"])
    )
    head = f"cOntent-type:\ttext/HTML{folded.format(codec)}\r\nContent-Transfer-Encoding : {encoding.upper()} \r\n\r\n".encode()
    part = head.replace(b"\r\n", end) + body
    content = part
    for boundary in draw(st.permutations(["b", "b-", "b-b", "=_b;'( )x"]))[: draw(st.integers(0, 3))]:
        around = [
            other.replace(b"\r\n", end)
            for other in draw(st.lists(st.sampled_from([INVITATION, FLOWED, AMP, FILE]), max_size=2))
        ]
        closing = draw(st.sampled_from([b"--" + end + b"epilogue <a href=https://a.example/x>", b"--  ", b""]))
        before = b"".join(b"--" + boundary.encode() + b" " + end + other + end for other in around)
        kind = draw(st.sampled_from(["mixed", "related", "alternative"]))
        content = (
            f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode()
            + end * 2
            + b"preamble"
            + end
            + before
            + b"--"
            + boundary.encode()
            + end
            + content
            + (end + b"--" + boundary.encode() + closing if closing else b"")
        )
    return b"Subject: =?x?=" + end + content, part


@given(mails())
def test_any_shape_of_mail_keeps_all_but_its_body(mail: tuple[bytes, bytes]) -> None:
    raw, part = mail
    before = html_of(raw)
    done = instrument_message(raw, rewrite)
    assert done.tracked, done.reason
    assert before is not None
    assert html_of(done.raw) == run(before).html
    head, _, tail = raw.partition(part)
    assert done.raw.startswith(head)
    assert done.raw.endswith(tail)
    assert instrument_message(done.raw, again).raw == done.raw


def again(html: str) -> tuple[Splice, ...]:
    return instrument(html, tracked=lambda link: link.url, pixel_url=PIXEL).splices
