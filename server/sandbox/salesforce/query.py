"""SOQL over HTTP, page by page."""

import re

from flask import request

from server.sandbox.salesforce.org import Cursor
from server.sandbox.salesforce.refusal import Refusal
from server.sandbox.salesforce.routes import Call, endpoint
from server.sandbox.salesforce.soql.plan import planned
from server.sandbox.salesforce.soql.run import numbers, shown
from server.sandbox.salesforce.soql.syntax import malformed, parse

Json = dict[str, object]
_BATCH = re.compile(r"batchSize=(\d+)")
_SMALLEST = 200


@endpoint("query", "/query", "GET")
def query(call: Call) -> Json:
    return _asked(call, deleted=False)


@endpoint("queryAll", "/queryAll", "GET")
def query_all(call: Call) -> Json:
    return _asked(call, deleted=True)


@endpoint("query.more", "/query/<locator>", "GET")
def query_more(call: Call, locator: str) -> Json:
    id, _, start = locator.rpartition("-")
    cursor = call.org.cursors.get(id)
    if cursor is None or not start.isdigit() or int(start) >= len(cursor.numbers):
        raise Refusal(400, "INVALID_QUERY_LOCATOR")
    return _page(call, cursor, id, int(start))


def _asked(call: Call, *, deleted: bool) -> Json:
    text = request.args.get("q", "")
    if not text.strip():
        raise malformed("unexpected token: '<EOF>'")
    plan = planned(parse(text))
    found = numbers(call.crm, plan, deleted=deleted)
    if not plan.fields:
        return {"totalSize": len(found), "done": True, "records": []}
    cursor = Cursor(plan, found, _size(call))
    return _page(call, cursor, "", 0)


def _page(call: Call, cursor: Cursor, id: str, start: int) -> Json:
    end = start + cursor.size
    table = cursor.plan.table
    records = (table.record(call.crm, number) for number in cursor.numbers[start:end])
    rows = [shown(call.crm, cursor.plan, record, call.version) for record in records if record is not None]
    told: Json = {"totalSize": len(cursor.numbers), "done": end >= len(cursor.numbers)}
    if not told["done"]:
        told["nextRecordsUrl"] = call.url(f"/query/{id or call.org.keep(cursor)}-{end}")
    return {**told, "records": rows}


def _size(call: Call) -> int:
    """A wish of the caller's counts between 200 and the most there can be."""
    wish = _BATCH.search(request.headers.get("Sforce-Query-Options", ""))
    return min(max(int(wish[1]), _SMALLEST), call.org.batch) if wish else call.org.batch
