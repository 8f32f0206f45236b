"""A query held against the tables: unknown names and wrong kinds of values are refused before anything is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from server.sandbox.crm.crm import Crm
from server.sandbox.salesforce.refusal import Refusal
from server.sandbox.salesforce.soql.syntax import All, Among, Compare, Condition, Either, Not, Query
from server.sandbox.salesforce.tables import TABLES, TEXT, Column, Parent, Table

_DATES = frozenset({"TODAY", "YESTERDAY", "TOMORROW", "LAST_N_DAYS", "NEXT_N_DAYS"})
_FITTING = {
    "boolean": frozenset({"boolean"}),
    "int": frozenset({"number"}),
    "double": frozenset({"number"}),
    "date": _DATES | {"date"},
    "datetime": _DATES | {"datetime"},
}
_MOST_OFFSET = 2000


@dataclass(frozen=True)
class Path:
    """A field, perhaps of a parent (or of a parent's parent)."""

    parents: tuple[Parent, ...]
    column: Column

    def read(self, crm: Crm, record: Any) -> object:
        for parent in self.parents:
            record = parent.read(crm, record)
            if record is None:
                return None
        return self.column.read(crm, record)


@dataclass(frozen=True)
class Plan:
    """A query whose every name is known; `paths` by the name the query uses, in lower case."""

    query: Query
    table: Table
    fields: tuple[Path, ...]
    paths: dict[str, Path]
    inner: dict[int, "Plan"]


def planned(query: Query) -> Plan:
    table = TABLES.get(query.table.lower())
    if table is None or table.name == "Name":
        message = f"sObject type '{query.table}' is not supported."
        raise Refusal(400, "INVALID_TYPE", message)
    if query.offset > _MOST_OFFSET:
        raise Refusal(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    paths: dict[str, Path] = {}
    inner: dict[int, Plan] = {}

    def known(name: str) -> Path:
        return paths.setdefault(name.lower(), _path(table, name))

    fields = tuple(known(name) for name in query.fields)
    if len({name.lower() for name in query.fields}) < len(query.fields):
        raise Refusal(400, "INVALID_FIELD", "duplicate field selected")
    if query.where is not None:
        _check(query.where, known, inner)
    for order in query.order:
        known(order.field)
    return Plan(query, table, fields, paths, inner)


def _path(table: Table, name: str) -> Path:
    *relations, last = name.lower().split(".")
    parents: list[Parent] = []
    at = table
    for relation in relations:
        if relation not in at.parents:
            shown = f"Didn't understand relationship '{name.split('.')[len(parents)]}' in field path."
            raise Refusal(400, "INVALID_FIELD", shown)
        parents.append(at.parents[relation])
        at = TABLES[parents[-1].table.lower()]
    if last not in at.columns:
        raise Refusal(400, "INVALID_FIELD", f"No such column '{name.split('.')[-1]}' on entity '{at.name}'.")
    return Path(tuple(parents), at.columns[last])


def _check(condition: Condition, known: Callable[[str], Path], inner: dict[int, Plan]) -> None:
    if isinstance(condition, All | Either):
        for part in condition.parts:
            _check(part, known, inner)
    elif isinstance(condition, Not):
        _check(condition.part, known, inner)
    elif isinstance(condition, Among) and isinstance(condition.choices, Query):
        known(condition.field)
        inner[id(condition)] = _one_field(condition.choices)
    else:
        column = known(condition.field).column
        literals = condition.choices if isinstance(condition, Among) else (condition.literal,)
        assert not isinstance(literals, Query)
        for literal in literals:
            _check_kind(condition, column, literal.kind, literal.value)


def _one_field(query: Query) -> Plan:
    plan = planned(query)
    if len(plan.fields) != 1 or plan.fields[0].column.type not in ("id", "reference"):
        raise Refusal(400, "MALFORMED_QUERY", "The inner select field must be one id")
    return plan


def _check_kind(condition: Compare | Among, column: Column, kind: str, value: object) -> None:
    if column.type == "textarea":
        raise Refusal(400, "INVALID_FIELD", f"field '{column.name}' can not be filtered in a query call")
    fitting: frozenset[str] | set[str] = {"string"} if column.type in TEXT else _FITTING[column.type]
    if kind != "null" and kind not in fitting:
        quotes = "should be" if column.type in TEXT else "should not be"
        message = (
            f"value of filter criterion for field '{column.name}' must be of type {column.type} and {quotes} enclosed in quotes"
        )
        raise Refusal(400, "INVALID_FIELD", message)
    sign = condition.sign if isinstance(condition, Compare) else "IN"
    if sign == "LIKE" and column.type not in TEXT - {"id", "reference"}:
        raise Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {column.type} field")
    if column.type in ("id", "reference") and kind == "string" and not _is_id(value):
        raise Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value}")


def _is_id(value: object) -> bool:
    text = str(value)
    return len(text) in (15, 18) and text.isascii() and text.isalnum()


def shown(fields: Sequence[Path]) -> list[str]:
    """Dotted, as in an answer."""
    return [".".join([*(parent.name for parent in path.parents), path.column.name]) for path in fields]
