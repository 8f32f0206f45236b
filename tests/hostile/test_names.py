"""Under which name we are asked, and from where: nobody outside decides what we call ourselves or whom we believe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.addresses import Proxies, client_address
from tests.hostile.conftest import PUBLIC, House, Inside
from tests.hostile.wire import say
from tests.web.test_tracking import PIXEL, Recipient

EVIL = [
    "evil.example",
    "feed.example.evil.example",
    "feed.example@evil.example",
    "evil.example#@feed.example",
    "[",
    "[::1",
    "",
    "\xff",
]
EVIL += ["feed.example/evil.example", "feed.example\\evil.example", "feed.example:99999999", "feed.example:0@evil.example", "*"]
PAGES = ("/auth/sign-in", "/privacy", "/admin", "/help", "/auth/setup/x", "/api/v1/openapi.json")


@pytest.mark.server
@pytest.mark.parametrize("name", EVIL)
def test_another_name_is_refused_and_repeated_nowhere(house: House, name: str) -> None:
    for page in PAGES:
        heard = house.ask(page, "Accept: text/html", host=name or " ")
        assert heard.status in (400, 421)
        assert b"evil" not in heard.body
        assert "evil" not in heard.head


@pytest.mark.server
def test_what_a_proxy_would_say_of_the_name_is_not_heard(house: House) -> None:
    said = (
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: gopher",
        "X-Forwarded-Port: 666",
        "X-Forwarded-Prefix: //evil.example",
    )
    more = (
        "Forwarded: host=evil.example;proto=gopher",
        "X-Original-URL: /admin",
        "X-Rewrite-URL: /admin",
        "X-Host: evil.example",
    )
    for page in PAGES:
        heard = house.ask(page, *said, *more, "Accept: text/html")
        assert b"evil.example" not in heard.body
        assert "evil" not in heard.head
    sent_away = house.ask("/auth/device/x", *said, *more)
    assert (sent_away.status, sent_away.header("Location")) == (303, PUBLIC)


@pytest.mark.server
def test_the_name_in_a_whole_address_counts_for_nothing(house: House) -> None:
    raw = b"GET http://evil.example/auth/device/x HTTP/1.1\r\nHost: feed.example\r\nConnection: close\r\n\r\n"
    [heard] = say(house.port, raw)
    assert (heard.status, heard.header("Location")) == (303, PUBLIC)
    [heard] = say(house.port, raw.replace(b"evil.example", b"x").replace(b"Host: feed", b"Host: evil"))
    assert heard.status == 421


@pytest.mark.server
def test_recipients_are_served_under_any_name(house: House) -> None:
    """Of an image's host an old proxy may say anything: the mail is not to suffer."""
    for name in ("evil.example", "[", "10.0.0.1:8080"):
        assert house.ask(house.pixel, host=name).status == 200
        assert (house.ask(house.link, host=name).header("Location") or "").startswith("https://b.example/")


@pytest.mark.parametrize("host", ["localhost", "localhost:1234"])
def test_links_in_mails_have_the_configured_address(inside: Inside, host: str) -> None:
    """Whatever name and way the rep's own request came by."""
    session = inside.product.users.open_session(inside.nora, "extension", "test", "192.0.2.1")
    bearer = f"Bearer {inside.product.tokens.sign('access', session.id)}"
    mail = {
        "subject": "Pricing",
        "to": [{"name": "Ana", "address": "ana@b.example"}],
        "html": '<p><a href="https://b.example/">x</a></p>',
    }
    answer = inside.client.post(
        "/api/v1/messages",
        json=mail,
        headers={"Authorization": bearer, "Host": host, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )
    assert "evil" not in answer.text
    assert f"http://{host}:" not in answer.text.replace("http://localhost/", "")


# Who calls


@pytest.mark.parametrize("peer", ["203.0.113.9", "2001:db8::9"])
def test_a_strangers_word_about_where_they_are_is_not_heard(peer: str) -> None:
    recipient = Recipient()
    chain = ", ".join(["127.0.0.1", "10.0.0.1", "198.51.100.7"] * 100)
    recipient.get(PIXEL, peer=peer, X_Forwarded_For=chain, Forwarded=f"for={chain}", X_Real_IP="127.0.0.1")
    assert [one.address for one in recipient.noted] == [peer]


def test_behind_our_proxy_a_forged_chain_ends_where_the_proxy_wrote() -> None:
    recipient = Recipient()
    chain = ", ".join([*["127.0.0.1"] * 500, "10.9.9.9", "198.51.100.7"])
    recipient.get(PIXEL, peer="10.0.0.1", X_Forwarded_For=chain)
    assert [one.address for one in recipient.noted] == ["198.51.100.7"]


@given(
    st.lists(st.sampled_from(["10.0.0.1", "x", "", "1.2.3.4:5", "[::1", "[2001:db8::1]:4", "unknown", "_hidden", "1.2.3.4"]))
)
def test_a_chain_of_anything_gives_an_address_or_the_peer(hops: list[str]) -> None:
    from ipaddress import ip_address, ip_network

    found = client_address("10.0.0.1", ",".join(hops), "", Proxies([ip_network("10.0.0.0/8")]))
    assert ip_address(found)


def test_only_so_many_of_our_own_proxies_are_passed() -> None:
    """However long the chain: the work is bounded."""
    from ipaddress import ip_network

    chain = ",".join(["198.51.100.7", *["10.0.0.1"] * 2_000])
    assert client_address("10.0.0.1", chain, "", Proxies([ip_network("10.0.0.0/8")])) == "10.0.0.1"


@pytest.mark.server
def test_the_figures_are_not_for_who_says_to_be_at_home(house: House) -> None:
    for said in ("X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 203.0.113.9, 127.0.0.1", "Forwarded: for=127.0.0.1"):
        assert house.ask("/metrics", said).status == 401
