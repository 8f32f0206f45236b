"""Where a request really came from, when proxies that we trust stand before us."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

Networks = Sequence[IPv4Network | IPv6Network]

_FORWARDED_FOR = re.compile(r'for="?(\[[0-9a-f:.]+\]|[^";,\s]+)', re.IGNORECASE)
_PORT = re.compile(r"^(\d+\.\d+\.\d+\.\d+):\d+$")


def client_address(environ: Mapping[str, Any], trusted: Networks) -> str:
    """The nearest address no trusted proxy vouches past. Headers count only as far as trusted proxies wrote them."""
    address = _parse(str(environ.get("REMOTE_ADDR", "")))
    for hop in reversed(_hops(environ)):
        if address is None or not any(address in network for network in trusted):
            break
        before = _parse(hop)
        if before is None:
            break
        address = before
    return str(address) if address is not None else ""


def _hops(environ: Mapping[str, Any]) -> list[str]:
    forwarded = environ.get("HTTP_FORWARDED")
    if forwarded:
        return _FORWARDED_FOR.findall(str(forwarded))
    return [hop.strip() for hop in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    bare = _PORT.sub(r"\1", text.strip()).partition("]")[0].removeprefix("[")
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    # A dual-stack socket names an IPv4 client inside IPv6: one client, one address.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
