"""Internet addresses of who calls: found behind proxies, compared, and cut before they are stored."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Networks = Sequence[IPv4Network | IPv6Network]

_MOST_HOPS = 20
_REMEMBERED = 16_384


class Proxies:
    """The networks of our own proxies, whose word on who called is believed."""

    def __init__(self, networks: Networks = ()) -> None:
        self._networks = tuple(networks)
        self.find = lru_cache(_REMEMBERED)(self._find)
        """The address in a text, as it is usually written, and whether one of our proxies is there; None for no address."""

    def _find(self, text: str) -> tuple[str, bool] | None:
        address = parsed(text)
        return (str(address), any(address in network for network in self._networks)) if address is not None else None


def client_address(peer: str, forwarded_for: str, forwarded: str, proxies: Proxies) -> str:
    """The nearest address that is none of our own proxies; "" when there is none.

    `forwarded_for` and `forwarded` are the headers X-Forwarded-For and Forwarded. They are believed only as far as
    our proxies wrote them: from the right, up to the first address that is not one of these.
    """
    found = proxies.find(peer)
    if found is None or not found[1]:
        return found[0] if found else ""
    nearest = found[0]
    hops = forwarded_for.split(",") if forwarded_for else _fors(forwarded)
    for hop in reversed(hops[-_MOST_HOPS:]):
        found = proxies.find(hop)
        if found is None:
            break
        nearest, is_proxy = found
        if not is_proxy:
            break
    return nearest


@lru_cache(_REMEMBERED)
def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Reads 192.0.2.1, 192.0.2.1:4711, 2001:db8::1, "[2001:db8::1]:4711" and IPv4 inside IPv6."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


@lru_cache(_REMEMBERED)
def cut(address: str) -> str:
    """The network an address is kept as: /24 of IPv4, /48 of IPv6; "" when it is none."""
    found = parsed(address)
    if found is None:
        return ""
    if found.version == 4:
        return f"{str(found).rpartition('.')[0]}.0/24"
    return str(ip_network((found, 48), strict=False))


@lru_cache(_REMEMBERED)
def line_of(address: str) -> str:
    """What is hashed to recognise a connection: the address, of IPv6 its /64, as devices change the rest daily."""
    found = parsed(address)
    if found is None or found.version == 4:
        return str(found or "")
    return str(ip_network((found, 64), strict=False))


def _fors(forwarded: str) -> list[str]:
    pairs = (pair.partition("=") for element in forwarded.split(",") for pair in element.split(";"))
    return [value for name, _, value in pairs if name.strip().lower() == "for"]
