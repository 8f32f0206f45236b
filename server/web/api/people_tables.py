"""People as tables: brought in from one, taken along as one."""

from collections.abc import Iterator
from typing import Any

from flask import Response
from flask_openapi3.models import RawModel
from flask_openapi3.models.tag import Tag
from pydantic import Field

from server.domain.cells import BEGINNING, lines
from server.domain.rows import Wrong
from server.domain.sheets import MOST_BYTES
from server.services.imports import Report
from server.web import sessions
from server.web.access import Access, access
from server.web.api.directory import Filter
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, problems
from server.web.context import here
from server.web.languages import t

api = Noun(
    "tables",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="people")],
    abp_security=SECURITY,
    abp_responses=REFUSALS,
)


class ImportQuery(Shape):
    preview: bool = Field(False, description="Only tell what would happen")


class Table(RawModel):
    """CSV as spreadsheets save it, of at most 5 MB; the first line names the columns."""

    mimetypes = ["text/csv"]  # noqa: RUF012  as the library reads it


class WrongRow(Shape):
    line: int
    field: str
    code: str
    error: str


class Example(Shape):
    name: str
    address: str | None
    account: str | None


class ImportReport(Shape):
    """`rows`: what was left out and why, in the reader's language. `columns`: which heading was taken for which field."""

    preview: bool
    created: int
    updated: int
    unchanged: int
    rows: list[WrongRow]
    columns: dict[str, str]
    ignored: list[str]
    examples: list[Example]


CSV: dict[str | int, Any] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@api.post("/people/import", operation_id="importPeople", responses={200: ImportReport, **problems(409, 413)})
@access(Access.CLIENT, body=MOST_BYTES)
def import_people(query: ImportQuery, raw: Table) -> dict[str, Any]:
    """Rows that are right are stored together, the others are told by their line."""
    imports, user, table = here().imports, sessions.user(), raw.get_data()
    report = imports.preview(user, table) if query.preview else imports.store(user, table)
    return _report(report, query.preview)


@api.get("/people/export", operation_id="exportPeople", responses=CSV)
@access(Access.CLIENT)
def export_people(query: Filter) -> Response:
    """Everybody the same filter lists, as a table the import understands; no cell is a formula. Scores of own and watched
    people only, but to admins."""
    wanted = query.to_domain()
    table = here().directory.table(sessions.user(), wanted) if wanted else iter(())
    answer = Response(_encoded(lines(table)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    return answer


def _encoded(texts: Iterator[str]) -> Iterator[bytes]:
    yield BEGINNING.encode()
    for text in texts:
        yield text.encode()


def _report(report: Report, preview: bool) -> dict[str, Any]:
    examples = [{"name": one.name, "address": one.address, "account": one.account} for one in report.examples]
    return {
        "preview": preview,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rows": [_wrong(one) for one in report.rows],
        "columns": dict(report.columns),
        "ignored": list(report.ignored),
        "examples": examples,
    }


def _wrong(row: Wrong) -> dict[str, Any]:
    return {"line": row.line, "field": row.field, "code": row.code, "error": t(f"import.{row.code}", value=row.value)}
