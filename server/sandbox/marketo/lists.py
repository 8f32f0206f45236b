"""Static lists: everybody is in one, and one is small."""

from collections.abc import Callable
from datetime import UTC, datetime

from server.sandbox.crm.crm import Crm
from server.sandbox.marketo.envelope import Refusal

EVERYBODY, SOME = 1001, 1002
_TOO_BIG, _TOO_BIG_FROM = 10_000, datetime(2026, 12, 30, tzinfo=UTC)


def members_of(crm: Crm, id: int) -> Callable[[int], bool]:
    """1013 for an unknown list; from the end of 2026 1003 for one of 10,000 people."""
    if id not in (EVERYBODY, SOME):
        raise Refusal("1013", f"List with id '{id}' not found")
    size = crm.people.last if id == EVERYBODY else -(-crm.people.last // 5)
    if size >= _TOO_BIG and crm.now() >= _TOO_BIG_FROM:
        raise Refusal("1003", "The list is too large")
    return (lambda _: True) if id == EVERYBODY else (lambda number: number % 5 == 0)
