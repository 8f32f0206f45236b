"""Words that differ by reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.placeholders import Reader, filled, first_name, last_name, missing, together, used, values

AISSATOU = Reader("Aïssatou Diallo", "Head of fleet", "Diallo et fils")


def test_a_mail_speaks_to_its_reader() -> None:
    known = values(AISSATOU, "Nora Lindqvist", "nora@fjordline.example")
    text = "Dear {person.first}, how is {account}? {my.first}"
    assert filled(text, known, html=False) == "Dear Aïssatou, how is Diallo et fils? Nora"
    assert missing(known, text) == ()


def test_what_is_not_known_is_told_before_and_becomes_the_other_word() -> None:
    known = values(Reader("Bode"), "Nora Lindqvist", "")
    assert missing(known, "{person.last} {account} {account}", "{person.title|boss}") == ("person.last", "account")
    assert filled("Dear {person.last|friend} at {account}!", known, html=False) == "Dear friend at !"


def test_a_mail_that_several_share_speaks_to_nobody_by_name() -> None:
    assert together([AISSATOU]) == AISSATOU
    assert together([AISSATOU, AISSATOU]) is None
    known = values(together([AISSATOU, AISSATOU]), "Nora Lindqvist", "n@x.example")
    assert missing(known, "{person.first} {my.name}") == ("person.first",)


def test_a_misspelt_placeholder_is_missing_and_other_braces_are_words() -> None:
    known = values(AISSATOU, "Nora", "n@x.example")
    assert missing(known, "{person.frist}") == ("person.frist",)
    assert filled("{id} {} {a.b} { account }", known, html=True) == "{id} {} {a.b} { account }"
    assert used("{account} {id}") == {"account"}


def test_a_name_cannot_write_html() -> None:
    known = values(Reader('<img src=x onerror="x">'), "", "")
    assert "<" not in filled("{person.name}", known, html=True)


@given(st.text(), st.text(), st.text())
def test_whatever_a_name_holds_it_is_never_filled_again(text: str, name: str, account: str) -> None:
    known = values(Reader(name, None, account), "{account}", "{person.name}")
    assert filled(text, known, html=True).count("{my.name}") <= (text + name + account).count("{my.name}")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Aïssatou Diallo", "Aïssatou", "Diallo"),
        ("Dr. Lucía Fernández Ortega", "Lucía", "Fernández Ortega"),
        ("Lindqvist, Nora", "Nora", "Lindqvist"),
        ("林怡君", "林怡君", ""),
        ("Bode", "Bode", ""),
        ("", "", ""),
        (",", "", ""),
    ],
)
def test_first_and_last_names(name: str, first: str, last: str) -> None:
    assert (first_name(name), last_name(name)) == (first, last)
