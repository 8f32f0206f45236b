"""Whether the address in our mails is ours and answers, asked over the network as a recipient's mail program would."""

import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

TIMEOUT = 10.0
_PATH = "/o/check.gif"
_MOST = 1024
_EXPIRED = 10
"""OpenSSL's number of a certificate whose time is over."""


class Trouble(StrEnum):
    NAME = "name"  # no such host
    REFUSED = "refused"  # nothing listens there
    SILENT = "silent"
    EXPIRED = "expired"
    CERTIFICATE = "certificate"  # made for another name, or by nobody who is believed
    BROKEN = "broken"  # what answers speaks no HTTP, or no TLS
    SOMEBODY_ELSE = "somebody-else"  # answers, but not as we do


@dataclass(frozen=True, slots=True)
class Look:
    """`milliseconds`: of the whole way there and back. `certificate_until` is None without TLS."""

    trouble: Trouble | None
    milliseconds: int = 0
    certificate_until: datetime | None = None


def look(url: str, picture: bytes, *, context: ssl.SSLContext | None = None, timeout: float = TIMEOUT) -> Look:
    """`picture`: what our own pixel is. Never raises for what is wrong on the way. No hit is recorded."""
    began = time.monotonic()
    try:
        answer, until = _ask(url, context, timeout)
    except (OSError, HTTPException) as error:
        return Look(_trouble(error))
    took = round((time.monotonic() - began) * 1000)
    return Look(None if answer == picture else Trouble.SOMEBODY_ELSE, took, until)


def _ask(url: str, context: ssl.SSLContext | None, timeout: float) -> tuple[bytes, datetime | None]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = (
        HTTPSConnection(host, parts.port, timeout=timeout, context=context or ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=timeout)
    )
    try:
        connection.connect()
        until = _certificate_end(connection.sock)
        connection.request("GET", parts.path.rstrip("/") + _PATH)
        return connection.getresponse().read(_MOST), until
    finally:
        connection.close()


def _certificate_end(wire: socket.socket) -> datetime | None:
    told = wire.getpeercert() if isinstance(wire, ssl.SSLSocket) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC) if told else None


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Trouble.EXPIRED if error.verify_code == _EXPIRED else Trouble.CERTIFICATE
    known: tuple[tuple[type[Exception], Trouble], ...] = (
        (socket.gaierror, Trouble.NAME),
        (ConnectionRefusedError, Trouble.REFUSED),
        (TimeoutError, Trouble.SILENT),
        (UnicodeError, Trouble.NAME),
    )
    return next((trouble for kind, trouble in known if isinstance(error, kind)), Trouble.BROKEN)
