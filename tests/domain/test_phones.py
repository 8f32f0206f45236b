import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.phones import Kind, phone


@pytest.mark.parametrize(
    ("written", "country", "number", "shown"),
    [
        ("+33 1 99 00 12 34", None, "+33199001234", "+33 1 99 00 12 34"),
        ("01 99 00 12 34", "FR", "+33199001234", "+33 1 99 00 12 34"),
        ("0033199001234", "FR", "+33199001234", "+33 1 99 00 12 34"),
        ("(02) 2345-6789", "TW", "+886223456789", "+886 2 2345 6789"),
        ("＋８８６ ２ ２３４５ ６７８９", None, "+886223456789", "+886 2 2345 6789"),
        ("+1 (212) 555-0123 ext. 7", None, "+12125550123", "+1 212-555-0123 ext. 7"),
    ],
)
def test_numbers_are_kept_as_every_telephone_knows_them(written: str, country: str | None, number: str, shown: str) -> None:
    found = phone(written, country)
    assert found is not None
    assert (found.number, found.shown) == (number, shown)


@pytest.mark.parametrize("written", ["", "nobody", "0199001234", "+33", "+999 1234567", "1" * 61, "+33 1 99 00 12 34 56 78 90"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert phone(written, None) is None


@pytest.mark.parametrize(
    ("written", "kind", "found"),
    [("06 12 34 56 78", None, "mobile"), ("01 99 00 12 34", None, "phone"), ("06 12 34 56 78", "fax", "fax")],
)
def test_a_mobile_tells_itself_unless_said_otherwise(written: str, kind: Kind | None, found: str) -> None:
    made = phone(written, "FR", kind)
    assert made is not None
    assert made.kind == found


@given(st.text(max_size=70), st.sampled_from([None, "FR", "TW", "US"]))
def test_whatever_is_written_is_a_number_or_none(text: str, country: str | None) -> None:
    found = phone(text, country)
    if found is not None:
        assert found.number.startswith("+")
        assert found.number[1:].isascii()
        assert found.number[1:].isdigit()
        again = phone(found.number, None, found.kind)
        assert again is not None
        assert again.number == found.number
