"""A real mailbox (mbox or .eml files) sent again by the sandbox's rep to simulated recipients."""

import hashlib
import mailbox
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr, getaddresses
from pathlib import Path

from server.errors import BadInput, OutsideError
from server.logs import logger

log = logger(__name__)

_KEPT = re.compile(rb"(?:subject|date|mime-version|content-[a-z-]+):", re.IGNORECASE)
_DOMAIN = "readers.example"
LARGEST = 25_000_000  # bytes, as Gmail


@dataclass(frozen=True)
class Outcome:
    """`skipped` says why for each mail that could not be sent, by its position from 1."""

    sent: int
    skipped: dict[int, str]


def mails_in(path: Path) -> Iterator[bytes]:
    """The raw mails of an mbox file, one .eml file, or a folder of .eml files (in the order of their names)."""
    if path.is_dir():
        for file in sorted(path.rglob("*.eml")):
            yield file.read_bytes()
    elif path.suffix.lower() == ".eml":
        yield path.read_bytes()
    elif path.is_file():
        box = mailbox.mbox(path, create=False)
        try:
            for key in box.iterkeys():
                yield box.get_bytes(key)
        finally:
            box.close()
    else:
        raise BadInput(f"{path} is neither a mailbox file nor a folder of .eml files")


def sandbox_address(address: str) -> str:
    """A recipient of the sandbox for an address of the file: always the same, and none of a real person's."""
    local = re.sub(r"[^a-z0-9]+", "-", address.lower().partition("@")[0]).strip("-")[:24] or "reader"
    return f"{local}.{hashlib.sha256(address.lower().encode()).hexdigest()[:6]}@{_DOMAIN}"


def readdressed(raw: bytes, sender: tuple[str, str]) -> bytes:
    """The mail from `sender` (name, address) to sandbox recipients. The body and the headers that describe it stay."""
    head, gap, body = _split(raw)
    newline = b"\r\n" if gap == b"\r\n\r\n" else b"\n"
    fields = _fields(head)
    kept = [field for field in fields if _KEPT.match(field)]
    lines = [b"From: " + formataddr(sender).encode("ascii")]
    lines += [name + b": " + value for name in (b"To", b"Cc") if (value := _mapped(fields, name))]
    if not any(line.startswith(b"To:") for line in lines):
        lines.append(b"To: " + sandbox_address("reader").encode())
    return newline.join([*lines, *kept]) + gap + body


def play(path: Path, sender: tuple[str, str], send: Callable[[bytes], object], progress: Callable[[int, int], None]) -> Outcome:
    """Sends every mail of `path`; one that is refused is named in the outcome. `progress(done, all)` after each."""
    total = sum(1 for _ in mails_in(path))
    sent, skipped = 0, {}
    for position, raw in enumerate(mails_in(path), start=1):
        try:
            if len(raw) > LARGEST:
                raise BadInput("larger than 25 MB")
            send(readdressed(raw, sender))
            sent += 1
        except (BadInput, OutsideError) as error:
            skipped[position] = error.detail
            log.warning("a mail of the mailbox was not sent", position=position, problem=error.detail)
        progress(position, total)
    return Outcome(sent, skipped)


def _split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    found = re.search(rb"\r\n\r\n|\n\n", raw)
    if found is None:
        return raw, b"\n\n", b""
    return raw[: found.start()], found[0], raw[found.end() :]


def _fields(head: bytes) -> list[bytes]:
    """Header fields with their folded lines, without the mbox's From line."""
    lines = re.split(rb"\r?\n", head)
    newline = b"\r\n" if b"\r\n" in head else b"\n"
    fields: list[bytes] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += newline + line
        elif b":" in line and not line.startswith(b"From "):
            fields.append(line)
    return fields


def _mapped(fields: list[bytes], name: bytes) -> bytes:
    values = [
        re.sub(r"\s+", " ", field.partition(b":")[2].decode("latin-1")).strip()
        for field in fields
        if field.partition(b":")[0].strip().lower() == name.lower()
    ]
    pairs = [(person, address) for person, address in getaddresses(values) if "@" in address]
    return b", ".join(formataddr((_plain(person), sandbox_address(address))).encode("ascii") for person, address in pairs)


def _plain(name: str) -> str:
    """An encoded name stays as it is; anything else is encoded by formataddr."""
    return name if name.isascii() else str(Header(name, "utf-8").encode())
