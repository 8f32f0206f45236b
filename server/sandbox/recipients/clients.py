"""What fetches the pictures and links of a mail: mail programs, proxies, scanners, previewers. Data only.

Headers are those seen in the wild; each row's `line` names a network of `places`, or is empty for the reader's own line.
`early`..`late` is when a client that acts by itself comes, in seconds after delivery.
"""

from dataclasses import dataclass
from typing import Literal

Nature = Literal["reader", "proxy", "prefetch", "privacy-proxy", "scanner", "previewer"]

_CHROME_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
_CHROME_ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
)
_SAFARI_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
_MAIL_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
_FIREFOX_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0"
_THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.4.0"
_OUTLOOK = (
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; .NET4.0E; "
    "Microsoft Outlook 16.0.17928; ms-office; MSOffice 16)"
)
_GMAIL_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
_GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
_YAHOO_PROXY = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
_BARRACUDA = "Mozilla/5.0 (compatible; BarracudaCentral/1.0; link check)"

_IMAGE = (("Accept", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"),)
_PAGE = (
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ("Upgrade-Insecure-Requests", "1"),
)
# What a browser adds when a person's tap or key begins to load a page; scanners that only borrow its name do not.
_BROWSED = (
    *_PAGE,
    ("Sec-Fetch-Site", "none"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-User", "?1"),
    ("Sec-Fetch-Dest", "document"),
)
_ANY = (("Accept", "*/*"),)


@dataclass(frozen=True)
class Client:
    key: str
    label: str
    nature: Nature
    agent: str
    line: str = ""
    browser: str = ""  # the client that follows a link clicked here; empty: this one itself
    image_headers: tuple[tuple[str, str], ...] = _IMAGE
    page_headers: tuple[tuple[str, str], ...] = _PAGE
    images: bool = True
    links: bool = True
    head_first: bool = False
    refetch: float = 1.0  # how often a repeated view fetches the picture again
    early: float = 0.0
    late: float = 0.0

    @property
    def by_itself(self) -> bool:
        """Acts without anybody reading."""
        return self.nature in ("prefetch", "privacy-proxy", "scanner")


_ROWS: tuple[Client, ...] = (
    Client("gmail", "Gmail, through Google's image proxy", "proxy", _GMAIL_PROXY, "google", "chrome-windows", refetch=0.35),
    Client("yahoo", "Yahoo Mail, through its image proxy", "proxy", _YAHOO_PROXY, "yahoo", "chrome-windows", refetch=0.6),
    Client("apple-mail", "Apple Mail on an iPhone", "reader", _MAIL_IPHONE, browser="safari-iphone"),
    Client("outlook", "Outlook on Windows", "reader", _OUTLOOK, browser="chrome-windows", image_headers=_ANY),
    Client("thunderbird", "Thunderbird", "reader", _THUNDERBIRD, browser="firefox-mac"),
    Client("chrome-windows", "Chrome on Windows", "reader", _CHROME_WINDOWS, page_headers=_BROWSED),
    Client("chrome-android", "Chrome on Android", "reader", _CHROME_ANDROID, page_headers=_BROWSED),
    Client("safari-iphone", "Safari on an iPhone", "reader", _SAFARI_IPHONE, page_headers=_BROWSED),
    Client("firefox-mac", "Firefox on a Mac", "reader", _FIREFOX_MAC, page_headers=_BROWSED),
    Client(
        "private-browser",
        "Firefox that asks not to be tracked",
        "reader",
        _FIREFOX_MAC,
        image_headers=(*_IMAGE, ("DNT", "1"), ("Sec-GPC", "1")),
        page_headers=(*_BROWSED, ("DNT", "1"), ("Sec-GPC", "1")),
    ),
    Client(
        "gmail-prefetch",
        "Gmail's prefetch",
        "prefetch",
        _GMAIL_PREFETCH,
        "google",
        image_headers=_ANY,
        links=False,
        early=2,
        late=20,
    ),
    Client(
        "apple-privacy",
        "Apple Mail's privacy proxy",
        "privacy-proxy",
        "Mozilla/5.0",
        "apple",
        image_headers=_ANY,
        links=False,
        early=15,
        late=40,
    ),
    Client("safe-links", "Microsoft Safe Links", "scanner", _CHROME_WINDOWS, "microsoft", images=False, early=2, late=5),
    Client(
        "proofpoint",
        "Proofpoint",
        "scanner",
        _CHROME_WINDOWS,
        "proofpoint",
        image_headers=_ANY,
        head_first=True,
        early=1,
        late=4,
    ),
    Client("mimecast", "Mimecast", "scanner", _CHROME_WINDOWS, "mimecast", image_headers=_ANY, early=1, late=6),
    Client(
        "barracuda",
        "Barracuda",
        "scanner",
        _BARRACUDA,
        "barracuda",
        image_headers=_ANY,
        page_headers=_ANY,
        head_first=True,
        early=1,
        late=4,
    ),
    Client(
        "cloud-scanner",
        "A mail scanner at a hosting company",
        "scanner",
        _CHROME_WINDOWS,
        "hosting",
        head_first=True,
        early=1,
        late=5,
    ),
    Client(
        "slack",
        "Slack's link preview",
        "previewer",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "slack",
        page_headers=_ANY,
        images=False,
    ),
    Client("whatsapp", "WhatsApp's link preview", "previewer", "WhatsApp/2.23.20.0", "meta", page_headers=_ANY, images=False),
)

CLIENTS: dict[str, Client] = {client.key: client for client in _ROWS}
