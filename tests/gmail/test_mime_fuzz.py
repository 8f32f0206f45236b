"""Any bytes: no exception, and what is not the HTML body is the same before and after."""

import base64
import quopri

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.domain.instrument import Splice, instrument
from server.gmail.mime import html_of, instrument_message
from server.gmail.transfer import decode_transfer, splice_transfer, spliced, to_quoted_printable

PIXEL = "https://t.example/o/x.gif"


def rewrite(html: str) -> tuple[Splice, ...]:
    return instrument(html, tracked=lambda link: f"https://t.example/c/{link.ordinal}", pixel_url=PIXEL).splices


pieces = st.one_of(
    st.sampled_from(
        [
            *(
                b"Content-Type: text/html\r\n",
                b"Content-Type: text/html; charset=utf-16\n",
                b"Content-Type: multipart/mixed; boundary=b\r\n",
            ),
            *(
                b"Content-Type: multipart/alternative;\r\n boundary*0=b; boundary*1=c\r\n",
                b"\r\n",
                b"\n",
                b"\r\n\r\n",
                b"--b\r\n",
                b"--b--\r\n",
            ),
            *(
                b"--bc\n",
                b"Content-Transfer-Encoding: base64\r\n",
                b"Content-Transfer-Encoding: quoted-printable\r\n",
                b"=3D",
                b"=\r\n",
                b"= \n",
            ),
            *(
                b"<a href=https://a.example/x>x</a>",
                b"PGE+",
                b"Content-Disposition: attachment; filename*=utf-8''%zz\r\n",
                b"charset=",
                b" ",
            ),
            *(
                b'Content-Type: text/html; charset="iso-2022-jp"\r\n',
                b"\x1b$B",
                b"Content-Type: multipart/signed; boundary=b\r\n",
                b"\r",
            ),
        ]
    ),
    st.binary(max_size=20),
)


@settings(max_examples=800, deadline=None)
@given(st.lists(pieces, max_size=25).map(b"".join))
def test_no_bytes_raise(raw: bytes) -> None:
    done = instrument_message(raw, rewrite)
    assert done.tracked == (done.reason is None)
    if not done.tracked:
        assert done.raw == raw
    else:
        before = html_of(raw)
        assert before is not None
        assert (
            html_of(done.raw)
            == instrument(before, tracked=lambda link: f"https://t.example/c/{link.ordinal}", pixel_url=PIXEL).html
            or b"\x1b" in raw
            or b"utf-16" in raw
        )


texts = st.lists(
    st.one_of(st.sampled_from(["é", "=", " ", "\t", "\r\n", "x" * 80, "<a>", ".", "中"]), st.text(max_size=5))
).map("".join)
encodings = st.sampled_from(["8bit", "base64", "quoted-printable", "own quoted-printable"])


@settings(max_examples=800, deadline=None)
@given(texts, encodings, st.data())
def test_splices_land_where_they_belong_in_any_encoding(text: str, encoding: str, data: st.DataObject) -> None:
    content = text.encode("utf-8", "replace")
    if "quoted" in encoding:
        body = quopri.encodestring(content) if encoding == "quoted-printable" else to_quoted_printable(content)
        encoding = "quoted-printable"
    else:
        body = base64.encodebytes(content) if encoding == "base64" else content
    content = decode_transfer(body, encoding)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    new = data.draw(st.sampled_from([b"", b"x", b"https://t.example/" + b"y=" * 60]))
    splices = [(start, end, new) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    changed = splice_transfer(body, encoding, splices)
    assert decode_transfer(changed, encoding) == spliced(content, splices)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_quoted_printable_is_read_back_by_others(text: str) -> None:
    content = text.encode("utf-8", "replace")
    assert quopri.decodestring(to_quoted_printable(content)) == content
    assert max(map(len, to_quoted_printable(content).split(b"\n"))) <= 77


damaged = st.lists(
    st.sampled_from([b"=", b"=3D", b"=3d", b"3D", b"=\r\n", b"= \t\r\n", b"\r\n", b"\n", b" ", b"x" * 60, b"=A", b"B", b"\xff"])
)


@settings(max_examples=800, deadline=None)
@given(damaged.map(b"".join), st.data())
def test_splices_land_in_damaged_quoted_printable(body: bytes, data: st.DataObject) -> None:
    content = decode_transfer(body, "quoted-printable")
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(content)), st.integers(0, len(content)))))
    assume(b"\r" not in (content[start - 1 : start], content[end - 1 : end]))  # no link begins or ends inside a line end
    new = data.draw(st.sampled_from([b"", b"A", b"https://t.example/" + b"y=" * 60]))
    changed = splice_transfer(body, "quoted-printable", [(start, end, new)])
    assert decode_transfer(changed, "quoted-printable") == spliced(content, [(start, end, new)])
