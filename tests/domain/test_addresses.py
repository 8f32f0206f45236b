from ipaddress import ip_network

import pytest

from server.domain.addresses import Proxies, client_address, cut, line_of

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "", "203.0.113.9"),  # a stranger may write what it likes
        ("10.0.0.1", "198.51.100.1", "", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "", "198.51.100.1"),  # what is left of a stranger is the stranger's
        ("10.0.0.1", "198.51.100.1:4711", "", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "", "10.0.0.1"),
        ("10.0.0.1", "", "for=6.6.6.6, for=198.51.100.1;proto=https", "198.51.100.1"),
        ("10.0.0.1", "", 'For="[2001:db8::17]:4711"', "2001:db8::17"),
        ("fd00::1", "2001:db8::17", "", "2001:db8::17"),
        ("::ffff:10.0.0.1", "198.51.100.1", "", "198.51.100.1"),
        ("10.0.0.1", "", "", "10.0.0.1"),
        ("", "198.51.100.1", "", ""),
    ],
)
def test_the_client_is_the_nearest_address_that_is_no_proxy_of_ours(
    peer: str, forwarded_for: str, forwarded: str, client: str
) -> None:
    assert client_address(peer, forwarded_for, forwarded, Proxies(TRUSTED)) == client


def test_without_trusted_proxies_only_the_peer_counts() -> None:
    assert client_address("10.0.0.1", "198.51.100.1", "", Proxies()) == "10.0.0.1"


def test_addresses_are_cut_to_their_network() -> None:
    assert cut("198.51.100.77") == "198.51.100.0/24"
    assert cut("2001:db8:1:2::17") == "2001:db8:1::/48"
    assert cut("nonsense") == ""


def test_a_connection_is_recognised_though_its_ipv6_address_changes() -> None:
    assert line_of("2001:db8:1:2::17") == line_of("2001:db8:1:2:aaaa::1")
    assert line_of("198.51.100.77") == "198.51.100.77"
