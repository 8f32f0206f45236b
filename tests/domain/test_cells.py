import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.cells import lines, plain, safe
from server.domain.rows import Told, understood
from server.domain.sheets import COLUMNS, read


@pytest.mark.parametrize(
    "text",
    ["=HYPERLINK(0)", "+33 4 28 00", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "  =1", "＝1+1", "'=1"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Ana Lee", "a@b.example", "'s-Hertogenbosch", "3-4", "", "O'Neill = one"])
def test_what_is_no_formula_is_left_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(st.text(alphabet="'=+-@\t ab＝"))
def test_a_cell_is_read_back_as_it_was(text: str) -> None:
    assert plain(safe(text)) == text


@given(st.text())
def test_what_opens_in_a_spreadsheet_begins_no_formula(text: str) -> None:
    (cell,) = next(csv.reader(io.StringIO("".join(lines([[text]])), newline="")), [""])
    assert cell.lstrip()[:1] not in tuple("=+-@")


def test_numbers_stay_numbers_and_nothing_is_nothing() -> None:
    assert "".join(lines([["Ana, Lee", -3, None]])) == '"Ana, Lee",-3,\r\n'


def test_a_table_we_write_is_one_we_understand() -> None:
    row = ["=Ana", "ana@a.example ana@b.example", "Buyer", "-Firm", "+33 4 28 00 41 17", None, None, "FR", None, None, -7]
    table = "\ufeff" + "".join(lines([list(COLUMNS), row]))
    sheet = read(table.encode())
    assert (list(sheet.columns.values()), sheet.ignored) == (list(COLUMNS), ())
    ((line, cells),) = sheet.rows
    told = understood(line, cells, str)
    assert isinstance(told, Told)
    assert (told.name, told.account, told.score, told.phones[0].number) == ("=Ana", "-Firm", -7, "+33428004117")
    assert told.addresses == ("ana@a.example", "ana@b.example")
