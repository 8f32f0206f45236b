"""A mail server's address, in the parts an operator types it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

SECURITIES = ("starttls", "smtps", "smtp")
"""TLS from the start of the mail on, TLS from the first byte on, none."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """`port` is empty for the usual one; `name` and `password` are empty where nobody signs in."""

    host: str = ""
    port: str = ""
    security: str = "starttls"
    name: str = ""
    password: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Empty without a host."""
        signed = f"{quote(self.name, safe='')}:{quote(self.password, safe='')}@" if self.name else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.security}://{signed}{self.host}{port}" if self.host else ""


def read(url: str) -> MailServer:
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:
        return MailServer()
    name, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname or "", port, parts.scheme or "starttls", name, password)


def wrong(server: MailServer) -> Mapping[str, str]:
    """Which parts do not fit, and why: words of cause `admin.wrong-…`."""
    found = {}
    if server.host and not all(part.replace("-", "").replace("_", "").isalnum() for part in server.host.split(".")):
        found["host"] = "host"
    if server.port and not (server.port.isdigit() and 0 < int(server.port) < 65536):
        found["port"] = "port"
    if server.security not in SECURITIES:
        found["security"] = "host"
    return found
