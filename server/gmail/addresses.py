"""Mail addresses as headers write them."""

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses

_LONGEST = 100_000


def addresses(value: str | None) -> list[tuple[str, str]]:
    """(name, address) of a To, From or Cc header: names decoded, addresses normal, groups opened, the rest left out."""
    found = []
    for name, address in _pairs((value or "")[:_LONGEST].replace("\r", " ").replace("\n", " ")):
        normal = normal_address(address)
        if normal:
            found.append((header_text(name).strip(), normal))
    return found


def normal_address(address: str) -> str:
    """Lower-case, the domain in its ASCII form, so that spellings of one mailbox compare equal; "" when it is no address."""
    local, at, domain = address.strip().strip("<>").strip().rpartition("@")
    domain = domain.strip().rstrip(".").lower()
    if not at or not local or not domain or any(letter.isspace() for letter in domain):
        return ""
    return f"{local.strip().lower()}@{_ascii_domain(domain)}"


def header_text(value: str) -> str:
    """A header's text with its encoded words decoded; as it is when they are broken."""
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError, AssertionError):
        return value


def _pairs(value: str) -> list[tuple[str, str]]:
    try:
        return _read(value)
    except RecursionError:  # comments in comments in comments, by somebody who means no good
        return []


def _read(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value], strict=False)
    except TypeError:  # a Python without the strict reading, which drops every address when one is odd
        return getaddresses([value])


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
