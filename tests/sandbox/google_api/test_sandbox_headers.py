from hypothesis import given
from hypothesis import strategies as st

from server.sandbox.headers import Headers

names = st.text("ABCXabcx-", min_size=1, max_size=12).map("X-".__add__)
values = st.binary(max_size=60).filter(lambda value: not set(value) & {10, 13} and value.strip() == value)
newlines = st.sampled_from([b"\r\n", b"\n"])


@given(st.lists(st.tuples(names, values), min_size=1, max_size=6), st.binary(max_size=200), newlines)
def test_what_is_not_edited_keeps_every_byte(fields: list[tuple[str, bytes]], body: bytes, newline: bytes) -> None:
    raw = newline.join(name.encode() + b": " + value for name, value in fields) + newline * 2 + body
    headers = Headers(raw)
    assert headers.raw() == raw
    headers.set("Message-ID", "<a@b>")
    headers.remove("Bcc")
    edited = headers.raw()
    assert edited.endswith(newline * 2 + body)
    assert Headers(edited).get("message-id") == "<a@b>"
    assert all(name.encode() + b": " + value in edited for name, value in fields)


def test_a_folded_and_encoded_field_is_read_as_one() -> None:
    headers = Headers(
        b"Subject: =?utf-8?q?Caf=C3=A9?=\r\n =?utf-8?b?w6k=?= menu\r\nTo: A <A@B.example>,\r\n c@d.example\r\n\r\nbody"
    )
    assert headers.get("subject") == "Caféé menu"
    assert headers.addresses("To") == [("A", "a@b.example"), ("", "c@d.example")]


def test_a_doubled_field_is_replaced_as_a_whole() -> None:
    headers = Headers(b"Date: 1\r\nX: 2\r\nDate: 3\r\n\r\n")
    headers.set("date", "4")
    assert headers.raw() == b"date: 4\r\nX: 2\r\n\r\n"
