import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.devices import Device, device
from tests.domain import clients


@pytest.mark.parametrize(
    ("agent", "client", "system"),
    [
        (clients.CHROME, "Chrome", "Windows"),
        (clients.CHROME_MAC, "Chrome", "Mac"),
        (clients.CHROME_ANDROID, "Chrome", "Android"),
        (clients.CHROME_IOS, "Chrome", "iPhone"),
        (clients.EDGE, "Edge", "Windows"),
        (clients.FIREFOX, "Firefox", "Windows"),
        (clients.FIREFOX_LINUX, "Firefox", "Linux"),
        (clients.SAFARI, "Safari", "Mac"),
        (clients.SAFARI_IPHONE, "Safari", "iPhone"),
        (clients.SAMSUNG, "Samsung Internet", "Android"),
        (clients.WEBVIEW, "Chrome", "Android"),
        (clients.IE11, "Internet Explorer", "Windows"),
        (clients.OPERA, "Opera", "Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36", "Chrome", "ChromeOS"),
        (clients.APPLE_MAIL, "Apple Mail", "Mac"),
        (clients.APPLE_MAIL_IPHONE, "Apple Mail", "iPhone"),
        (clients.APPLE_MAIL_IPAD, "Apple Mail", "iPad"),
        ("Mail/3826.200.121 CFNetwork/1568.200.51 Darwin/24.1.0", "Apple Mail", "Mac"),
        (clients.OUTLOOK, "Outlook", "Windows"),
        (clients.OUTLOOK_IE, "Outlook", "Windows"),
        (clients.OUTLOOK_NEW, "Outlook", "Windows"),
        (clients.OUTLOOK_MAC, "Outlook", "Mac"),
        (clients.OUTLOOK_IOS, "Outlook", "iPhone"),
        (clients.OUTLOOK_ANDROID, "Outlook", "Android"),
        (clients.THUNDERBIRD, "Thunderbird", "Windows"),
        (clients.THUNDERBIRD_MAC, "Thunderbird", "Mac"),
        (clients.GMAIL, "Gmail", None),
        (clients.YAHOO, "Yahoo Mail", None),
    ],
)
def test_a_device_bears_the_names_people_know(agent: str, client: str, system: str | None) -> None:
    assert device(agent) == Device(client, system)


@pytest.mark.parametrize(
    "agent",
    ["", "-", "Mozilla/5.0", clients.GMAIL_PREFETCH, "curl/8.10.1", "Slackbot 1.0", "Barracuda Sentinel", "Zeppelin/3.1"],
)
def test_machines_and_unknown_agents_are_no_device(agent: str) -> None:
    assert device(agent) is None


@given(st.text(max_size=2_000))
def test_no_string_breaks_it(text: str) -> None:
    for agent in (text, f"Mozilla/5.0 ({text}) Chrome/1 Safari/1", f"Thunderbird {text}"):
        found = device(agent)
        assert found is None or found.client
