"""SOQL text → what it says. MALFORMED_QUERY for what it can't."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from server.sandbox.salesforce.refusal import Refusal

_TOKEN = re.compile(
    r"""\s+
    | (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<date>\d{4}-\d\d-\d\d)
    | (?P<number>[+-]?\d+(?:\.\d+)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
    | (?P<sign><=|>=|!=|<>|[=<>(),:])""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "_": "\\_", "%": "\\%"}
Thing = TypeVar("Thing")
_NAMED_DATES = ("TODAY", "YESTERDAY", "TOMORROW", "LAST_N_DAYS", "NEXT_N_DAYS")


@dataclass(frozen=True)
class Literal:
    """`kind`: string, number, boolean, null, date, datetime, or a named date, whose `value` is its number of days."""

    kind: str
    value: object


@dataclass(frozen=True)
class Compare:
    field: str
    sign: str  # = != < <= > >= LIKE
    literal: Literal


@dataclass(frozen=True)
class Among:
    """`choices`: values, or a query whose one field gives them."""

    field: str
    negated: bool
    choices: "tuple[Literal, ...] | Query"


@dataclass(frozen=True)
class All:
    parts: "tuple[Condition, ...]"


@dataclass(frozen=True)
class Either:
    parts: "tuple[Condition, ...]"


@dataclass(frozen=True)
class Not:
    part: "Condition"


Condition = Compare | Among | All | Either | Not


@dataclass(frozen=True)
class Order:
    field: str
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True)
class Query:
    """`fields` empty: COUNT()."""

    fields: tuple[str, ...]
    table: str
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0


def malformed(message: str) -> Refusal:
    return Refusal(400, "MALFORMED_QUERY", message)


def parse(text: str) -> Query:
    reader = _Reader(_tokens(text))
    query = reader.query()
    reader.end()
    return query


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise malformed(f"unexpected char: '{text[at]}'")
        at = match.end()
        if match.lastgroup:
            found.append((match.lastgroup, match.group()))
    return found


class _Reader:
    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise self._unexpected()

    def query(self) -> Query:
        self._need("SELECT")
        fields = self._selected()
        self._need("FROM")
        table = self._word()
        where = self._condition() if self._take("WHERE") else None
        order = self._ordering() if self._take("ORDER") else ()
        limit = self._count() if self._take("LIMIT") else None
        offset = self._count() if self._take("OFFSET") else 0
        return Query(fields, table, where, order, limit, offset)

    def _selected(self) -> tuple[str, ...]:
        if self._take("COUNT"):
            self._need("(")
            self._need(")")
            return ()
        return tuple(self._listed(self._word))

    def _condition(self) -> Condition:
        """AND and OR do not mix without brackets, as at Salesforce."""
        first = self._negated()
        joint = next((word for word in ("AND", "OR") if self._is(word)), None)
        if joint is None:
            return first
        parts = [first]
        while self._take(joint):
            parts.append(self._negated())
        if self._is("AND") or self._is("OR"):
            raise self._unexpected()
        return All(tuple(parts)) if joint == "AND" else Either(tuple(parts))

    def _negated(self) -> Condition:
        if self._take("NOT"):
            return Not(self._negated())
        if self._take("("):
            inner = self._condition()
            self._need(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        field = self._word()
        negated = self._take("NOT")
        if self._take("IN"):
            return Among(field, negated, self._choices())
        if negated:
            raise self._unexpected()
        if self._take("LIKE"):
            return Compare(field, "LIKE", self._literal())
        kind, sign = self._next()
        if kind != "sign" or sign in "(),:":
            self._at -= 1
            raise self._unexpected()
        return Compare(field, "!=" if sign == "<>" else sign, self._literal())

    def _choices(self) -> tuple[Literal, ...] | Query:
        self._need("(")
        found: tuple[Literal, ...] | Query = self.query() if self._is("SELECT") else tuple(self._listed(self._literal))
        self._need(")")
        return found

    def _ordering(self) -> tuple[Order, ...]:
        self._need("BY")
        return tuple(self._listed(self._order))

    def _order(self) -> Order:
        field = self._word()
        descending = self._take("DESC")
        if not descending:
            self._take("ASC")
        nulls_last = False
        if self._take("NULLS"):
            nulls_last = self._take("LAST")
            if not nulls_last:
                self._need("FIRST")
        return Order(field, descending, nulls_last)

    def _literal(self) -> Literal:
        kind, text = self._next()
        if kind == "string":
            return Literal("string", re.sub(r"\\(.)", _unescape, text[1:-1], flags=re.DOTALL))
        if kind == "number":
            return Literal("number", float(text) if "." in text else int(text))
        if kind in ("date", "datetime"):
            return _time(kind, text)
        if kind == "word" and text.lower() in ("true", "false"):
            return Literal("boolean", text.lower() == "true")
        if kind == "word" and text.lower() == "null":
            return Literal("null", None)
        if kind == "word" and text.upper() in _NAMED_DATES:
            return self._named_date(text.upper())
        self._at -= 1
        raise self._unexpected()

    def _named_date(self, name: str) -> Literal:
        days = 1
        if name.endswith("_N_DAYS"):
            self._need(":")
            days = self._count()
        return Literal(name, days)

    def _count(self) -> int:
        kind, text = self._next()
        if kind != "number" or not text.isdigit():
            self._at -= 1
            raise self._unexpected()
        return int(text)

    def _listed(self, one: Callable[[], Thing]) -> list[Thing]:
        found = [one()]
        while self._take(","):
            found.append(one())
        return found

    def _word(self) -> str:
        kind, text = self._next()
        if kind != "word":
            self._at -= 1
            raise self._unexpected()
        return text

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise malformed("unexpected token: '<EOF>'")
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, text: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][1].upper() == text

    def _take(self, text: str) -> bool:
        found = self._is(text)
        self._at += found
        return found

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected()

    def _unexpected(self) -> Refusal:
        token = self._tokens[self._at][1] if self._at < len(self._tokens) else "<EOF>"
        return malformed(f"unexpected token: '{token}'")


def _unescape(match: re.Match[str]) -> str:
    if match[1] not in _ESCAPES:
        raise malformed(f"Illegal escape character: '\\{match[1]}'")
    return _ESCAPES[match[1]]


def _time(kind: str, text: str) -> Literal:
    try:
        if kind == "date":
            return Literal(kind, date.fromisoformat(text))
        return Literal(kind, datetime.fromisoformat(text).astimezone(UTC))
    except ValueError:
        raise malformed(f"Invalid date or datetime: {text}") from None
