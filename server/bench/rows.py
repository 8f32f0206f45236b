"""The frame: measures give rows, each with its goal. A measure is added to its group in `GROUPS`."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.bench.best_bets import best_bets_rows
from server.bench.classes import class_rows
from server.bench.context import context_rows
from server.bench.edge import edge_rows
from server.bench.feed import feed_rows
from server.bench.fold import fold_rows
from server.bench.gmail import gmail_rows
from server.bench.places import clear_progress, progress
from server.bench.quota import quota_rows
from server.bench.results import Row
from server.bench.rewriting import rewriting_rows
from server.bench.screen import screen_rows
from server.bench.sockets import socket_rows
from server.bench.start import start_rows
from server.bench.targets import targets_rows
from server.bench.views import view_rows
from server.bench.weight import weight_rows

Measure = Callable[[bool], Iterator[Row]]
"""Given whether to be quick, gives its rows one after the other."""

GROUPS: Mapping[str, Sequence[Measure]] = {
    "start": (start_rows,),
    "edge": (edge_rows, fold_rows),
    "stream": (socket_rows,),
    "screen": (screen_rows,),
    "feed": (feed_rows,),
    "views": (targets_rows, best_bets_rows, context_rows, view_rows),
    "mail": (rewriting_rows, class_rows),
    "gmail": (quota_rows, weight_rows, gmail_rows),
}


@dataclass(slots=True)
class _Output:
    """Rows on standard output, as they come or together as JSON; what is under way on the other one."""

    as_json: bool
    rows: list[Row]

    def begin(self, group: str, number: int, total: int) -> None:
        clear_progress()
        if not sys.stderr.isatty():
            sys.stderr.write(f"{number} of {total}: {group}\n")
        elif not self.as_json:
            sys.stdout.write(f"\n{group}\n")
        progress(f"{number} of {total}: {group}")

    def add(self, row: Row) -> None:
        self.rows.append(row)
        clear_progress()
        if not self.as_json:
            sys.stdout.write(_line(row))
            sys.stdout.flush()
        elif row.value is None:
            sys.stderr.write(f"{row.name}: {row.note}\n")

    def end(self) -> None:
        clear_progress()
        if self.as_json:
            sys.stdout.write(json.dumps([row.to_json() for row in self.rows], indent=2, ensure_ascii=False) + "\n")


def run(*, quick: bool = False, as_json: bool = False, groups: Sequence[str] = ()) -> bool:
    """Print every row; True when each goal was reached."""
    chosen, out = [name for name in GROUPS if name in groups or not groups], _Output(as_json, [])
    for number, name in enumerate(chosen, 1):
        out.begin(name, number, len(chosen))
        for measure in GROUPS[name]:
            for row in measure(quick):
                out.add(row)
    out.end()
    return all(row.ok is not False for row in out.rows)


def _line(row: Row) -> str:
    if row.value is None:
        return f"  {row.name:<56} {row.note}\n"
    mark = {True: "ok", False: "MISSED", None: ""}[row.ok]
    return f"  {row.name:<56} {row.value:>10,.2f} {row.unit:<5} {row.goal:<8} {mark:<6} {row.note}".rstrip() + "\n"
