import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.countries import country_code
from server.domain.sheets import decoded, full_name, read
from server.errors import BadInput

FRENCH = (
    "Prénom;Nom;Adresse e-mail;Téléphone;Portable;Société;Fonction;Propriétaire;Score;Pays\n"
    "Zoé;Élan;zoe@firme.example;;;Firme;;;87;France\n"
)
CHINESE = (
    "姓名,電子郵件,電話,手機,公司,職稱,負責人,分數,國家\n王小明,ming@gongsi.example,,,遠東資訊股份有限公司,採購經理,,87,台灣\n"
)
ENGLISH = "First name\tLast Name\tE-mail\tCompany\tLead Score\nAna\tLee\tana@firm.example\tFirm\t87\n"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (FRENCH.encode(), "Zoé Élan"),
        (FRENCH.encode("utf-8-sig"), "Zoé Élan"),
        (FRENCH.encode("cp1252"), "Zoé Élan"),
        (FRENCH.encode("utf-16"), "Zoé Élan"),
        (FRENCH.encode("utf-16-le"), "Zoé Élan"),
        (FRENCH.replace("\n", "\r\n").encode("utf-16-be"), "Zoé Élan"),
        (CHINESE.encode(), "王小明"),
        (CHINESE.encode("utf-16"), "王小明"),
        (CHINESE.encode("cp950"), "王小明"),
        (ENGLISH.encode(), "Ana Lee"),
        (ENGLISH.replace("\n", "\r").encode(), "Ana Lee"),
        (b"sep=;\r\nname;email\r\nAna Lee;ana@firm.example\r\n", "Ana Lee"),
    ],
)
def test_tables_are_read_as_spreadsheets_save_them(raw: bytes, name: str) -> None:
    sheet = read(raw)
    assert [full_name(cells) for _, cells in sheet.rows] == [name]
    assert {"address", "account", "score"} <= sheet.columns.keys() or name == "Ana Lee"


@pytest.mark.parametrize(
    "heading",
    ["email", "E-Mail", "Email Address", "Courriel", "Adresse électronique", "電子郵件", "邮箱", "E-mail 1 - Value", " EMAIL "],
)
def test_the_column_of_addresses_is_known_by_many_names(heading: str) -> None:
    assert read(f"{heading}\nana@firm.example\n".encode()).columns == {"address": heading.strip()}


def test_what_is_not_recognised_is_named() -> None:
    sheet = read(b"email,Shoe size,name,E-mail\nana@firm.example,42,Ana,other@firm.example\n")
    assert (sheet.columns, sheet.ignored) == ({"address": "email", "name": "name"}, ("Shoe size", "E-mail"))


def test_rows_are_told_by_the_line_they_begin_in() -> None:
    sheet = read(b'email,name\n"a@firm.example","two\nlines"\n\n,,\nb@firm.example,Bo\n')
    assert [line for line, _ in sheet.rows] == [2, 6]


def test_a_hint_of_excel_leaves_the_lines_their_numbers() -> None:
    assert [line for line, _ in read(b"sep=,\nemail\na@firm.example\n").rows] == [3]


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"name,phone\nAna,1\n", b"ana@firm.example\nbo@firm.example", b"\0\0\0\0", b"x" * 5_000_001]
)
def test_what_is_no_table_of_people_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        read(raw)


def test_a_table_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadInput, match="too long"):
        read(b"email\n" + b"a@firm.example\n" * 20_001)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(raw: bytes) -> None:
    try:
        read(b"email,name\n" + raw)
        read(raw)
    except BadInput:
        pass


# By an apostrophe spreadsheets mark what is text: it is theirs, not the cell's.
_cell = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).filter(
    lambda text: not text.strip().startswith("'")
)


@given(
    st.lists(st.tuples(_cell, _cell), min_size=1, max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_wrote_comes_back(rows: list[tuple[str, str]], separator: str, encoding: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([("email", "name"), *rows])
    sheet = read(out.getvalue().encode(encoding))
    written = [(address.strip(), name.strip()) for address, name in rows if address.strip() or name.strip()]
    assert [(cells["address"], cells["name"]) for _, cells in sheet.rows] == written


@given(st.text(st.sampled_from("éèàçùâêîôûëïüœ abcdefgh;,\n'"), max_size=200))
def test_french_is_never_taken_for_chinese(text: str) -> None:
    raw = ("Société;" + text).encode("cp1252")
    assert "Soci" in decoded(raw)


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"first_name": "Ana", "last_name": "Lee"}, "Ana Lee"),
        ({"first_name": "小明", "last_name": "王"}, "王小明"),
        ({"name": " Ana  Lee ", "first_name": "x"}, "Ana Lee"),
        ({"last_name": "Lee"}, "Lee"),
        ({}, ""),
    ],
)
def test_names_are_put_together(cells: dict[str, str], name: str) -> None:
    assert full_name(cells) == name


COUNTRIES = {"FR": "FR", "france": "FR", "Allemagne": "DE", "德國": "DE", "uk": "GB", "台灣": "TW", "Atlantis": None, "": None}


@pytest.mark.parametrize(("text", "code"), COUNTRIES.items())
def test_countries_are_known_by_name_and_code(text: str, code: str | None) -> None:
    assert country_code(text) == code
