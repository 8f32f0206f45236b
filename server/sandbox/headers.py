"""Header fields of a raw mail, read and edited without touching a byte anywhere else."""

import re
from email.header import decode_header, make_header
from email.utils import getaddresses

_END_OF_FIELDS = re.compile(rb"\r?\n\r?\n")
_BETWEEN_FIELDS = re.compile(rb"\r?\n(?![ \t])")
_FOLD = re.compile(r"\r?\n(?=[ \t])")


class Headers:
    def __init__(self, raw: bytes) -> None:
        end = _END_OF_FIELDS.search(raw)
        block, self._rest = (raw[: end.start()], raw[end.start() :]) if end else (raw.rstrip(b"\r\n"), b"\r\n\r\n")
        self._newline = b"\r\n" if b"\r\n" in raw[:2000] or b"\n" not in raw else b"\n"
        self._fields = [(_name(field), field) for field in _BETWEEN_FIELDS.split(block) if field.strip()]

    def all(self, name: str) -> list[str]:
        """Decoded and unfolded values."""
        return [_value(field) for known, field in self._fields if known == name.lower()]

    def get(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    def items(self) -> list[tuple[str, str]]:
        return [(field.partition(b":")[0].decode("latin-1").strip(), _value(field)) for _, field in self._fields]

    def addresses(self, *names: str) -> list[tuple[str, str]]:
        """(name, lower-case address) of every mailbox in those fields, in order, each once."""
        found = getaddresses([value for name in names for value in self.all(name)])
        return list({address.lower(): (name, address.lower()) for name, address in found if "@" in address}.values())

    def set(self, name: str, value: str) -> None:
        """Replace the first field of that name, drop its doubles; append when there is none."""
        field = f"{name}: {value}".encode()
        places = [at for at, (known, _) in enumerate(self._fields) if known == name.lower()]
        if not places:
            self._fields.append((name.lower(), field))
            return
        self._fields[places[0]] = (name.lower(), field)
        for at in reversed(places[1:]):
            del self._fields[at]

    def put_first(self, name: str, value: str) -> None:
        self._fields.insert(0, (name.lower(), f"{name}: {value}".encode()))

    def remove(self, *names: str) -> None:
        gone = {name.lower() for name in names}
        self._fields = [(known, field) for known, field in self._fields if known not in gone]

    def keep(self, wanted: frozenset[str], prefix: str) -> None:
        """Only fields named in `wanted` (lower case) or starting with `prefix` stay."""
        self._fields = [(known, field) for known, field in self._fields if known in wanted or known.startswith(prefix)]

    def raw(self) -> bytes:
        return self._newline.join(field for _, field in self._fields) + self._rest


def _name(field: bytes) -> str:
    return field.partition(b":")[0].strip().decode("latin-1").lower()


def _value(field: bytes) -> str:
    text = field.partition(b":")[2].decode("utf-8", "replace")
    unfolded = _FOLD.sub("", text).strip()
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, ValueError):
        return unfolded
