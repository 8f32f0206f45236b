"""Other people's rewriting of links in a process of its own, so that it is measured without being a dependency.

LIVEFEED_BENCH_PEERS names the Python that has it (pytracking, lxml).
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from server.bench.places import peers_have

_SCRIPT = """
import json, sys, time
import pytracking.html
settings = pytracking.Configuration(
    base_open_tracking_url="https://t.example/o/", base_click_tracking_url="https://t.example/c/"
)
def rewritten(html):
    try:
        return pytracking.html.adapt_html(html, {"id": 1}, configuration=settings)
    except Exception:
        return None
mails = json.loads(sys.stdin.readline())
print(json.dumps([rewritten(html) for html in mails]), flush=True)
for line in sys.stdin:
    chosen = [mails[place] for place in json.loads(line)]
    start = time.process_time()
    for html in chosen:
        rewritten(html)
    print(time.process_time() - start, flush=True)
"""


class Pytracking:
    """`rewritten` is what it made of each mail, None where it failed."""

    def __init__(self, process: subprocess.Popen[str], mails: Sequence[str]) -> None:
        self._process = process
        self.rewritten: list[str | None] = json.loads(self._answer(mails) or "[]")

    def seconds(self, places: Sequence[int]) -> float:
        """Of its processor's time for the mails at these places."""
        return float(self._answer(places))

    def _answer(self, question: object) -> str:
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None
        assert told is not None
        asked.write(json.dumps(question) + "\n")
        asked.flush()
        return told.readline()


@contextmanager
def pytracking(mails: Sequence[str]) -> Iterator[Pytracking | None]:
    """None where it isn't installed."""
    python = peers_have("pytracking.html")
    if python is None:
        yield None
        return
    command = [python, "-c", _SCRIPT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield Pytracking(process, mails)
        process.communicate()
