"""Where a browser may be sent on: places of our own, and nowhere else."""

from urllib.parse import urlsplit


def local(wanted: str | None, otherwise: str = "/") -> str:
    """`wanted` when it is a path of this server. Browsers read `\\` as `/` and skip tabs, so neither may stand in it."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or len(wanted) > 2000:
        return otherwise
    if any(character == "\\" or ord(character) < 33 for character in wanted):
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc else wanted
