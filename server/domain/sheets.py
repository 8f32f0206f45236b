"""Tables of people as spreadsheets save them: their encoding, their separators, the names they give their columns."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.domain.cells import plain
from server.domain.people import folded
from server.errors import BadInput

MOST_BYTES = 5_000_000
MOST_COLUMNS = 1_000
MOST_ROWS = 20_000
LONGEST_CELL = 500

COLUMNS = ("Name", "Email", "Title", "Company", "Phone", "Mobile", "Fax", "Country", "LinkedIn", "Owner", "Score")
"""Of a table we write: headings that we understand too."""

_SEPARATORS = (",", ";", "\t")

_HEADERS = {
    "name": (
        "name fullname displayname contact contactname nomcomplet nometprenom prenometnom 姓名 全名 名稱 名称 聯絡人 联系人"
    ),
    "first_name": "firstname givenname forename prenom 名 名字",
    "last_name": "lastname surname familyname nom nomdefamille 姓 姓氏",
    "address": (
        "email emails emailaddress mail mailaddress email1value courriel adresseemail adressemail adressecourriel"
        " adresseelectronique adressedemessagerie mel 電子郵件 電子郵件地址 電子信箱 電郵 信箱 郵箱 邮箱 电子邮件 电子邮箱"
    ),
    "phone": (
        "phone phonenumber telephone tel workphone businessphone officephone directphone phone1value numerodetelephone"
        " telephonefixe telfixe telephoneprofessionnel 電話 電話號碼 公司電話 辦公室電話 电话 电话号码 座机"
    ),
    "mobile": (
        "mobile mobilephone mobilenumber cell cellphone portable telephoneportable telephonemobile telportable gsm"
        " 手機 手機號碼 行動電話 手机 手机号码 移动电话"
    ),
    "fax": "fax faxnumber telecopie 傳真 传真",
    "account": (
        "account accountname company companyname organization organisation organizationname organization1name employer"
        " societe entreprise compte nomdelentreprise nomdelasociete 公司 公司名稱 公司名称 企業 企业 客戶 客户 單位 单位"
    ),
    "title": "title jobtitle position role function fonction poste titre intitule 職稱 职称 職位 职位 職務 职务 頭銜",
    "linkedin": "linkedin linkedinurl linkedinprofile personlinkedinurl linkedinprofileurl profillinkedin 領英 领英",
    "owner": (
        "owner leadowner contactowner accountowner owneremail salesrep rep proprietaire proprietaireducontact responsable"
        " commercial 擁有者 所有者 負責人 负责人 業務 業務員 业务员"
    ),
    "score": "score leadscore personscore scoredulead 分數 分数 評分 评分 得分",
    "country": "country countrycode countryregion pays codepays 國家 国家 國家地區 国家地区",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """`columns`: the heading of each field that was recognised; `ignored`: the others. `rows`: line and {field: cell}."""

    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


def read(raw: bytes) -> Sheet:
    """BadInput when it is no table, has no column with mail addresses, or is too long."""
    if len(raw) > MOST_BYTES:
        raise BadInput("the file is too large", {"file": f"at most {MOST_BYTES // 1_000_000} MB"})
    text, separator = _without_hint(decoded(raw))
    try:
        lines = list(_lines(text, separator or _separator(text)))
    except csv.Error:
        raise BadInput("the file cannot be read as a table", {"file": "a table as CSV"}) from None
    if not lines:
        raise BadInput("the file is empty", {"file": "a table as CSV"})
    headings = [heading.strip() for heading in lines[0][1]]
    if len(headings) > MOST_COLUMNS:
        raise BadInput("the table is too wide", {"file": f"at most {MOST_COLUMNS} columns"})
    fields = recognised(headings)
    if "address" not in fields.values():
        raise BadInput("no column holds mail addresses", {"file": "a first line that names a column “email”"})
    if len(lines) - 1 > MOST_ROWS:
        raise BadInput("the table is too long", {"file": f"at most {MOST_ROWS} rows"})
    return Sheet(
        columns={field: headings[place] for place, field in fields.items()},
        ignored=tuple(heading for place, heading in enumerate(headings) if heading and place not in fields),
        rows=tuple((line, _by_field(fields, cells)) for line, cells in lines[1:]),
    )


def _by_field(fields: Mapping[int, str], cells: Sequence[str]) -> dict[str, str]:
    return {field: plain(cells[place].strip()) for place, field in fields.items() if place < len(cells)}


def decoded(raw: bytes) -> str:
    """UTF-8, UTF-16, else what spreadsheets on Windows save: cp950 in Taiwan, cp1252 in the west."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    if raw[:200].count(0) > len(raw[:200]) // 4:
        return raw.decode("utf-16-be" if raw[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp950" if _is_chinese(raw) else "cp1252", "replace")


def recognised(headings: Sequence[str]) -> dict[int, str]:
    """The field of each column that has one; of two alike, the first. "Nom" alone is the whole name."""
    found: dict[int, str] = {}
    for place, heading in enumerate(headings):
        field = _FIELDS.get(_bare(heading))
        if field is not None and field not in found.values():
            found[place] = field
    if "last_name" in found.values() and not {"first_name", "name"} & set(found.values()):
        return {place: "name" if field == "last_name" else field for place, field in found.items()}
    return found


def full_name(cells: Mapping[str, str]) -> str:
    """One name of what the columns hold; Chinese names begin with the family's, without a space."""
    if cells.get("name"):
        return " ".join(cells["name"].split())
    first, last = (" ".join(cells.get(field, "").split()) for field in ("first_name", "last_name"))
    if first and last and _is_han(first) and _is_han(last):
        return last + first
    return f"{first} {last}".strip()


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line of the file it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _without_hint(text: str) -> tuple[str, str | None]:
    """Excel's own first line "sep=;", blanked so that the lines keep their numbers."""
    found = re.match(r"\s*\"?sep=(.)\"?[ \t]*(?=\r?\n|\r)", text, re.IGNORECASE)
    return (text[found.end() :], found.group(1)) if found else (text, None)


def _separator(text: str) -> str:
    """The one that makes most columns known, then most columns."""

    def worth(separator: str) -> tuple[int, int]:
        try:
            headings = next(iter(_lines(text, separator)), (1, []))[1]
        except csv.Error:
            return (0, 0)
        return len(recognised(headings)), len(headings)

    return max(_SEPARATORS, key=worth)


def _is_chinese(raw: bytes) -> bool:
    """In cp950 most letters are two bytes above ASCII; in western text such neighbours are rare."""
    try:
        raw.decode("cp950")
    except UnicodeDecodeError:
        return False
    pairs: list[bytes] = re.findall(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", raw)
    return sum(pair[1] >= 0xA1 for pair in pairs) > len(pairs) * 0.3


def _is_han(text: str) -> bool:
    return all("CJK UNIFIED" in unicodedata.name(letter, "") for letter in text)


def _bare(heading: str) -> str:
    return "".join(letter for letter in folded(heading) if letter.isalnum())


_FIELDS = {_bare(word): field for field, words in _HEADERS.items() for word in words.split()}
