"""Tables as spreadsheets open them: CSV in which no cell is taken for a formula, and the same read back."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BEGINNING = "\ufeff"
"""Tells Excel that it is UTF-8."""

_FORMULAS = "=+-@\t\r\n＝＋－＠"


def safe(text: str) -> str:
    """What would begin a formula is marked as text, as spreadsheets do it themselves."""
    return f"'{text}" if _is_formula(text) else text


def plain(cell: str) -> str:
    """The text that `safe` was given."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def lines(rows: Iterable[Sequence[str | int | None]]) -> Iterator[str]:
    """One text a row; numbers stay numbers."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
        yield line.getvalue()


def _is_formula(text: str) -> bool:
    bare = text.lstrip("'")
    return bare[:1] in tuple(_FORMULAS) or bare.lstrip()[:1] in tuple(_FORMULAS)
