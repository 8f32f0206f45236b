"""Real clients, proxies and machines, as public descriptions give them, and their networks."""

from datetime import UTC, datetime, timedelta

from server.domain.engagement import Hit, Kind, MessageFacts, Network, Place, header_signs
from server.domain.networks import network

SENT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

NETWORKS: dict[str, Network | None] = {
    "none": None,
    "comcast": network(7922, "Comcast Cable Communications, LLC"),
    "orange": network(3215, "Orange S.A."),
    "hinet": network(3462, "Chunghwa Telecom Co., Ltd."),
    "t-mobile": network(21928, "T-Mobile USA, Inc."),
    "university": network(64496, "University of Somewhere"),
    "unnamed": network(64497, None),
    "google": network(15169, "Google LLC"),
    "google-cloud": network(396982, "Google LLC"),
    "aws": network(16509, "Amazon.com, Inc."),
    "ovh": network(16276, "OVH SAS"),
    "vpn": network(64498, "Quiet VPN Ltd"),
    "microsoft": network(8075, "Microsoft Corporation"),
    "zscaler": network(22616, "ZSCALER, INC."),
    "netskope": network(55256, "Netskope Inc"),
    "yahoo": network(36647, "YAHOO-GQ1"),
    "company": network(64499, "Wisla Cargo S.A."),
    "bank": network(64500, "First Prairie Bank N.A."),
    **{f"relay-{asn}": network(asn, "A relay") for asn in (36183, 20940, 13335, 54113)},
    **{
        f"scanner-{asn}": network(asn, None)
        for asn in (
            *(13916, 22843, 26211, 52129, 30031, 33538, 37235, 39588, 42427, 60492, 136792, 208638, 397726, 15324),
            *(16417, 30215, 30238, 40427, 13448, 42465, 43251, 44444, 16880, 132229, 54538, 40934, 53780, 33151),
        )
    },
}

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
CHROME_MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
CHROME_ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)
CHROME_IOS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.31"
    " Mobile/15E148 Safari/604.1"
)
EDGE = CHROME + " Edg/130.0.0.0"
OLD_EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36"
    " Edge/12.246"
)
GMAIL_PREFETCH = OLD_EDGE + " Mozilla/5.0"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
FIREFOX_LINUX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
SAFARI_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1"
    " Mobile/15E148 Safari/604.1"
)
SAMSUNG = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0"
    " Mobile Safari/537.36"
)
WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 13; SM-G991B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0"
    " Mobile Safari/537.36"
)
CUBOT = (
    "Mozilla/5.0 (Linux; Android 11; CUBOT P40) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)
IE11 = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
OPERA = CHROME + " OPR/115.0.0.0"
APPLE_MAIL = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
APPLE_MAIL_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
)
APPLE_MAIL_IPAD = "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)"
OUTLOOK_IE = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0E; ms-office; MSOffice 16)"
OUTLOOK_MAC = "MacOutlook/16.78.3.23102801 (Intelx64 Mac OS X Version 14.1)"
OUTLOOK_NEW = EDGE + " OneOutlook/1.2024.1023.0"
OUTLOOK_IOS = "Outlook-iOS/709.2189947.prod.iphone (3.24.0)"
OUTLOOK_ANDROID = "Outlook-Android/2.0"
THUNDERBIRD = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0"
THUNDERBIRD_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Thunderbird/128.4.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
OKHTTP = "okhttp/4.12.0"
CURL = "curl/8.10.1"
NONE = ""
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"


def a_message(links: int = 5, sent: datetime | None = SENT, delivered: float | None = None, **facts: object) -> MessageFacts:
    at = SENT + timedelta(seconds=delivered) if delivered is not None else None
    return MessageFacts("a-message", sent, at, links, **facts)  # type: ignore[arg-type]


def a_hit(
    name: str = "a-hit",
    after: float = 3_600,
    agent: str = CHROME,
    network: str = "comcast",
    kind: Kind = Kind.VIEW,
    link: int | None = None,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    address: str = "an-address",
    recipient: int = 1,
    own: bool = False,
    place: Place | None = None,
    message: str = "a-message",
) -> Hit:
    """A view, unless a link or a kind is given; `after` in seconds since sending."""
    kind = Kind.CLICK if link else kind
    return Hit(
        *(name, message, kind, SENT + timedelta(seconds=after), method, agent, header_signs(headers or {})),
        *(NETWORKS[network], place, address, recipient, link, own),
    )
