"""Lists in pages, with tokens that stay right while the list grows."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from server.sandbox.gmail.call import invalid

_Entry = TypeVar("_Entry")


def one_page(
    entries: Sequence[_Entry], key: Callable[[_Entry], str], token: str | None, size: int
) -> tuple[Sequence[_Entry], str | None]:
    """The page after the entry a token names, and the token of the next one. `key` must not repeat."""
    start = 0 if token is None else _after(_read(token), [key(entry) for entry in entries])
    page = entries[start : start + size]
    more = start + size < len(entries)
    return page, _write(key(page[-1])) if more else None


def _after(last: str, keys: Sequence[str]) -> int:
    if last not in keys:
        raise invalid("Invalid pageToken", "pageToken")
    return keys.index(last) + 1


def _write(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as bad:
        raise invalid("Invalid pageToken", "pageToken") from bad
