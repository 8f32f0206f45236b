"""The frame: measures give rows, each with its goal. A measure is added to `MEASURES`."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TextIO

from server.bench.best_bets import best_bets_rows
from server.bench.context import context_rows
from server.bench.edge import edge_rows
from server.bench.gmail import gmail_rows
from server.bench.results import Row
from server.bench.sockets import socket_rows
from server.bench.start import start_rows
from server.bench.targets import targets_rows
from server.bench.views import view_rows
from server.bench.weight import weight_rows

Measure = Callable[[bool], Iterator[Row]]
"""Given whether to be quick, gives its rows one after the other."""

MEASURES: dict[str, Measure] = {
    "start": start_rows,
    "pixel and click": edge_rows,
    "commit to socket": socket_rows,
    "targets": targets_rows,
    "best bets": best_bets_rows,
    "context": context_rows,
    "views": view_rows,
    "extension": weight_rows,
    "Gmail with the extension": gmail_rows,
}
_WIDTH = 30


@dataclass(slots=True)
class _Progress:
    out: TextIO
    total: int
    done: int = 0

    def show(self, name: str) -> None:
        if self.out.isatty():
            filled = _WIDTH * self.done // self.total
            self.out.write(f"\r\x1b[K[{'#' * filled}{'.' * (_WIDTH - filled)}] {name}")
            self.out.flush()

    def end(self) -> None:
        if self.out.isatty():
            self.out.write("\r\x1b[K")


def run(*, quick: bool = False, as_json: bool = False, measures: Sequence[str] = ()) -> bool:
    """Print every row; True when each goal was reached."""
    chosen = {name: MEASURES[name] for name in (measures or MEASURES)}
    progress, rows = _Progress(sys.stderr, len(chosen)), []
    for name, measure in chosen.items():
        progress.show(name)
        for row in measure(quick):
            rows.append(row)
            if not as_json:
                progress.end()
                sys.stdout.write(_line(row))
                sys.stdout.flush()
                progress.show(name)
        progress.done += 1
    progress.end()
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return all(row.ok is not False for row in rows)


def _line(row: Row) -> str:
    mark = {True: "ok", False: "MISSED", None: ""}[row.ok]
    return f"{row.name:<58} {row.value:>10,.2f} {row.unit:<6} {row.goal:<8} {mark}\n"
