"""The server of tests/web/served.py with as little patience as a test has."""

from dataclasses import replace
from typing import Any

from server.web import patience

SECONDS = 0.7


def __getattr__(name: str) -> Any:
    if name == "application":
        from tests.web import served

        for phase in ("FIRST", "NEXT", "BODY", "REST"):
            limits = replace(getattr(patience, phase), silence=SECONDS, seconds=SECONDS)
            setattr(patience, phase, limits)
        globals()[name] = served.build()
        return globals()[name]
    raise AttributeError(name)
