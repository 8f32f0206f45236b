"""A planned query against the company's people and tasks."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from server.sandbox.crm.crm import Crm
from server.sandbox.crm.identifiers import full
from server.sandbox.salesforce.soql.plan import Path, Plan
from server.sandbox.salesforce.soql.syntax import All, Among, Compare, Condition, Either, Literal, Not, Query
from server.sandbox.salesforce.tables import TABLES, Hint, stamp

_NEWER = frozenset({"lastmodifieddate", "systemmodstamp"})
_IN_BIN = timedelta(days=15)  # how long the recycle bin keeps what was deleted
Test = Callable[[Any], bool]


def numbers(crm: Crm, plan: Plan, *, deleted: bool) -> list[int]:
    """The records that match, in order; `deleted` ones of the last 15 days too when asked."""
    found = list(_matching(crm, plan, deleted=deleted))
    if plan.query.order:
        for order in reversed(plan.query.order):
            _sort(crm, found, plan, order.field, order.descending, order.nulls_last)
    start, limit = plan.query.offset, plan.query.limit
    rows = [number for number, _ in found]
    return rows[start : None if limit is None else start + limit]


def shown(crm: Crm, plan: Plan, record: Any, version: str) -> dict[str, object]:
    row = _attributes(plan.table.name, plan.table.columns["id"].read(crm, record), version)
    for path in plan.fields:
        _put(crm, row, record, path, version)
    return row


def value_shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return value.isoformat() if isinstance(value, date) else value


def _matching(crm: Crm, plan: Plan, *, deleted: bool) -> Iterator[tuple[int, Any]]:
    test = _test(crm, plan, plan.query.where) if plan.query.where else None
    emptied = crm.now() - _IN_BIN
    for number in plan.table.numbers(crm, _hint(plan.query.where)):
        record = plan.table.record(crm, number)
        if record is None or (plan.table.deleted(record) and not (deleted and record.changed > emptied)):
            continue
        if test is None or test(record):
            yield number, record


def _sort(crm: Crm, found: list[tuple[int, Any]], plan: Plan, field: str, descending: bool, nulls_last: bool) -> None:
    path = plan.paths[field.lower()]
    valued = [(pair, _folded(path.read(crm, pair[1]))) for pair in found]
    known = [told for told in valued if told[1] is not None]
    nulls = [pair for pair, value in valued if value is None]
    known.sort(key=lambda told: told[1], reverse=descending)  # type: ignore[arg-type,return-value]
    ordered = [pair for pair, _ in known]
    found[:] = ordered + nulls if nulls_last else nulls + ordered


def _hint(where: Condition | None) -> Hint:
    """From what has to hold in any case."""
    hint = Hint(since=_since(where))
    for part in where.parts if isinstance(where, All) else (where,):
        if isinstance(part, Among) and not part.negated and not isinstance(part.choices, Query):
            hint = _narrowed(hint, part.field.lower(), [literal.value for literal in part.choices])
        elif isinstance(part, Compare) and part.sign == "=":
            hint = _narrowed(hint, part.field.lower(), [part.literal.value])
    return hint


def _since(where: Condition | None) -> datetime | None:
    """Nothing that changed earlier can match; None: anything may."""
    if isinstance(where, Compare) and where.sign in (">", ">=", "=") and where.field.lower() in _NEWER:
        return where.literal.value if isinstance(where.literal.value, datetime) else None
    if isinstance(where, All):
        return max((bound for part in where.parts if (bound := _since(part))), default=None)
    if isinstance(where, Either):
        bounds = [_since(part) for part in where.parts]
        return min((bound for bound in bounds if bound), default=None) if all(bounds) else None
    return None


def _narrowed(hint: Hint, field: str, values: Sequence[object]) -> Hint:
    texts = frozenset(str(value) for value in values if value is not None)
    if field == "id":
        return Hint(frozenset(full(text) for text in texts), hint.emails, hint.since)
    return Hint(hint.ids, texts, hint.since) if field == "email" and None not in values else hint


def _test(crm: Crm, plan: Plan, condition: Condition) -> Test:
    if isinstance(condition, All):
        parts = [_test(crm, plan, part) for part in condition.parts]
        return lambda record: all(part(record) for part in parts)
    if isinstance(condition, Either):
        parts = [_test(crm, plan, part) for part in condition.parts]
        return lambda record: any(part(record) for part in parts)
    if isinstance(condition, Not):
        inner = _test(crm, plan, condition.part)
        return lambda record: not inner(record)
    path = plan.paths[condition.field.lower()]
    if isinstance(condition, Among):
        return _among(crm, plan, path, condition)
    return _compared(crm, path, condition.sign, condition.literal)


def _among(crm: Crm, plan: Plan, path: Path, condition: Among) -> Test:
    if isinstance(condition.choices, Query):
        inside = plan.inner[id(condition)]
        found = numbers(crm, inside, deleted=False)
        values = {inside.fields[0].read(crm, inside.table.record(crm, number)) for number in found}
        choices = {_folded(value) for value in values}
    else:
        choices = {_wanted(path, literal) for literal in condition.choices}
    return lambda record: (_folded(path.read(crm, record)) in choices) != condition.negated


def _compared(crm: Crm, path: Path, sign: str, literal: Literal) -> Test:
    if sign == "LIKE":
        pattern = _pattern(str(literal.value))
        return lambda record: pattern.fullmatch(str(path.read(crm, record) or "")) is not None
    if literal.kind.isupper():
        return _on_days(crm, path, sign, literal)
    wanted = _wanted(path, literal)
    if sign == "=":
        return lambda record: _folded(path.read(crm, record)) == wanted
    if sign == "!=":
        return lambda record: _folded(path.read(crm, record)) != wanted
    decide = _SIGNS[sign]

    def holds(record: Any) -> bool:
        value = _folded(path.read(crm, record))
        return value is not None and wanted is not None and decide(value, wanted)

    return holds


def _on_days(crm: Crm, path: Path, sign: str, literal: Literal) -> Test:
    """Against TODAY and its like, in UTC."""
    first, last = _days(crm.now().date(), literal)

    def holds(record: Any) -> bool:
        value = path.read(crm, record)
        day = value.date() if isinstance(value, datetime) else value
        if not isinstance(day, date):
            return sign == "!="
        told = {"=": first <= day <= last, "!=": not first <= day <= last, "<": day < first, ">": day > last}
        return {**told, "<=": day <= last, ">=": day >= first}[sign]

    return holds


def _days(today: date, literal: Literal) -> tuple[date, date]:
    span = timedelta(days=int(str(literal.value)))
    match literal.kind:
        case "TODAY":
            return today, today
        case "YESTERDAY":
            return today - span, today - span
        case "TOMORROW":
            return today + span, today + span
        case "LAST_N_DAYS":
            return today - span, today
        case _:
            return today + timedelta(days=1), today + span


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, wanted: value < wanted,
    "<=": lambda value, wanted: value <= wanted,
    ">": lambda value, wanted: value > wanted,
    ">=": lambda value, wanted: value >= wanted,
}


def _wanted(path: Path, literal: Literal) -> object:
    if path.column.type in ("id", "reference") and isinstance(literal.value, str):
        return _folded(full(literal.value))
    return stamp(literal.value) if isinstance(literal.value, datetime) else _folded(literal.value)


def _folded(value: object) -> object:
    """Text compares without regard to capitals (18-character ids were made for that)."""
    return value.lower() if isinstance(value, str) else value


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"(\\[_%]|[%_])", text)
    told = {"%": ".*", "_": "."}
    return re.compile("".join(told.get(part) or re.escape(part.removeprefix("\\")) for part in parts), re.I | re.S)


def _put(crm: Crm, row: dict[str, object], record: Any, path: Path, version: str) -> None:
    for parent in path.parents:
        record = parent.read(crm, record)
        if record is None:
            row.setdefault(parent.name, None)
            return
        if row.get(parent.name) is None:
            table = TABLES[parent.table.lower()]
            row[parent.name] = _attributes(table.name, table.columns["id"].read(crm, record), version)
        inner = row[parent.name]
        assert isinstance(inner, dict)
        row = inner
    row[path.column.name] = value_shown(path.column.read(crm, record))


def _attributes(table: str, id: object, version: str) -> dict[str, object]:
    return {"attributes": {"type": table, "url": f"/services/data/{version}/sobjects/{table}/{id}"}}
