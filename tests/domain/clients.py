"""Real clients, proxies and machines, as public descriptions give them, and what each must be taken for."""

from dataclasses import dataclass, field
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
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"


@dataclass(frozen=True)
class Case:
    """`codes` are all reasons in order; `after` seconds since sending, `delivered` seconds from sending to delivery."""

    name: str
    agent: str
    network: str
    klass: str
    codes: str
    kind: Kind = Kind.VIEW
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 3_600
    delivered: float | None = None
    link: int = 1


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


def hit_of(case: Case) -> Hit:
    return a_hit(
        "a-hit",
        case.after,
        case.agent,
        case.network,
        link=case.link if case.kind is Kind.CLICK else None,
        method=case.method,
        headers=case.headers,
    )


PEOPLE = [
    Case(f"{name} over {where}", agent, where, "human", f"{code} {net}".strip())
    for name, agent, code in (
        ("Chrome", CHROME, "ua-browser"),
        ("Chrome on a Mac", CHROME_MAC, "ua-browser"),
        ("Chrome on Android", CHROME_ANDROID, "ua-browser"),
        ("Chrome on an iPhone", CHROME_IOS, "ua-browser"),
        ("Edge", EDGE, "ua-browser"),
        ("the first Edge, no prefetch", OLD_EDGE, "ua-browser"),
        ("Firefox", FIREFOX, "ua-browser"),
        ("Firefox on Linux", FIREFOX_LINUX, "ua-browser"),
        ("Safari", SAFARI, "ua-browser"),
        ("Safari on an iPhone", SAFARI_IPHONE, "ua-browser"),
        ("Samsung Internet", SAMSUNG, "ua-browser"),
        ("an Android web view", WEBVIEW, "ua-browser"),
        ("a phone made by Cubot, no bot", CUBOT, "ua-browser"),
        ("Internet Explorer", IE11, "ua-browser"),
        ("Opera", OPERA, "ua-browser"),
        ("Apple Mail on a Mac", APPLE_MAIL, "ua-mail"),
        ("Apple Mail on an iPhone", APPLE_MAIL_IPHONE, "ua-mail"),
        ("Apple Mail on an iPad", APPLE_MAIL_IPAD, "ua-mail"),
        ("Outlook", OUTLOOK, "ua-mail"),
        ("Outlook with its old engine", OUTLOOK_IE, "ua-mail"),
        ("Outlook on a Mac", OUTLOOK_MAC, "ua-mail"),
        ("the new Outlook", OUTLOOK_NEW, "ua-mail"),
        ("Outlook on an iPhone", OUTLOOK_IOS, "ua-mail"),
        ("Outlook on Android", OUTLOOK_ANDROID, "ua-mail"),
        ("Thunderbird", THUNDERBIRD, "ua-mail"),
    )
    for where, net in (("comcast", "net-home"), ("none", ""))
] + [
    Case("Chrome at a phone company", CHROME_ANDROID, "t-mobile", "human", "ua-browser net-mobile"),
    Case("Chrome at a university", CHROME, "university", "human", "ua-browser net-business"),
    Case("Chrome in Taiwan", CHROME, "hinet", "human", "ua-browser net-home"),
    Case("Chrome in a network without a name", CHROME, "unnamed", "human", "ua-browser"),
    Case("a person behind a VPN", CHROME, "vpn", "human", "ua-browser net-hosting"),
    Case("a person behind a company's web gateway", CHROME, "zscaler", "human", "ua-browser net-gateway"),
    Case("another company's web gateway", EDGE, "netskope", "human", "ua-browser net-gateway"),
    Case("Safari through the privacy relay", SAFARI_IPHONE, "relay-36183", "human", "ua-browser net-relay"),
    Case("Chrome through a relay's network", CHROME, "relay-13335", "human", "ua-browser net-relay"),
    Case("a click of Chrome", CHROME, "orange", "human", "ua-browser net-home", Kind.CLICK),
    Case("a click in a mail program's own window", APPLE_MAIL_IPHONE, "t-mobile", "human", "ua-mail net-mobile", Kind.CLICK),
    Case("such a click through the relay", APPLE_MAIL_IPHONE, "relay-36183", "human", "ua-mail net-relay", Kind.CLICK),
    Case("a cloud desktop at Microsoft, late", CHROME, "microsoft", "human", "ua-browser net-microsoft"),
    Case("DNT does not change who it was", CHROME, "comcast", "human", "ua-browser net-home", headers={"DNT": "1"}),
    Case("GPC neither", CHROME, "comcast", "human", "ua-browser net-home", Kind.CLICK, headers={"Sec-GPC": "1"}),
    Case("odd casing", CHROME.upper(), "comcast", "human", "ua-browser net-home"),
    Case("surrounding blanks", f"  {CHROME}  ", "comcast", "human", "ua-browser net-home"),
]

PROXIES = [
    Case("Gmail", GMAIL, "google", "proxy-human", "gmail-proxy-open"),
    Case("Gmail, no network data", GMAIL, "none", "proxy-human", "gmail-proxy-open"),
    Case(
        "Gmail with a newer disguise", f"{CHROME} (via ggpht.com GoogleImageProxy)", "google", "proxy-human", "gmail-proxy-open"
    ),
    Case("Gmail in odd casing", GMAIL.upper(), "google", "proxy-human", "gmail-proxy-open"),
    Case("Gmail five seconds after sending", GMAIL, "google", "proxy-human", "gmail-proxy-open", after=5),
    Case("Gmail two seconds after delivery", GMAIL, "google", "proxy-human", "gmail-proxy-open", after=5, delivered=3),
    Case("Gmail while sending", GMAIL, "google", "machine", "too-soon gmail-proxy-open", after=0.8),
    Case("Gmail on delivery", GMAIL, "google", "machine", "too-soon gmail-proxy-open", after=3.5, delivered=3),
    Case("Gmail's name from a home", GMAIL, "comcast", "unknown", "false-proxy net-home"),
    Case("Gmail's name from a data centre", GMAIL, "aws", "machine", "false-proxy net-hosting"),
    Case("Gmail's name from Google's rented machines", GMAIL, "google-cloud", "machine", "false-proxy net-hosting"),
    Case("Gmail's name from a scanner", GMAIL, "scanner-22843", "machine", "net-scanner false-proxy"),
    Case("Gmail's proxy does not click", GMAIL, "google", "machine", "false-proxy net-hosting", Kind.CLICK),
    Case("nor without network data", GMAIL, "none", "unknown", "false-proxy", Kind.CLICK),
    Case("Yahoo", YAHOO, "none", "proxy-human", "yahoo-proxy-open"),
    Case("Yahoo, its network not in our table", YAHOO, "unnamed", "proxy-human", "yahoo-proxy-open"),
    Case("Yahoo in odd casing", YAHOO.lower(), "aws", "proxy-human", "yahoo-proxy-open"),
    Case("Yahoo's proxy does not click", YAHOO, "none", "unknown", "false-proxy", Kind.CLICK),
]

PREFETCHES = [
    Case("Gmail's prefetch", GMAIL_PREFETCH, "google", "machine", "gmail-prefetch net-hosting"),
    Case("Gmail's prefetch, no network data", GMAIL_PREFETCH, "none", "machine", "gmail-prefetch"),
    Case("Gmail's prefetch right after delivery", GMAIL_PREFETCH, "none", "machine", "gmail-prefetch too-soon", after=3),
    Case("its agent from a home", GMAIL_PREFETCH, "comcast", "unknown", "unknown-agent net-home"),
    Case("its agent from a data centre", GMAIL_PREFETCH, "aws", "machine", "net-hosting unknown-agent"),
    *(
        Case(f"Apple's relay in {relay}, {name}", agent, relay, "machine", "apple-mpp net-relay")
        for relay in ("relay-36183", "relay-20940", "relay-13335", "relay-54113")
        for name, agent in (("bare", "Mozilla/5.0"), ("web kit", APPLE_MAIL), ("phone", APPLE_MAIL_IPHONE))
    ),
    Case("a bare agent, no network data", "Mozilla/5.0", "none", "machine", "apple-mpp"),
    Case("a bare agent in odd casing", "MOZILLA/5.0 ", "relay-36183", "machine", "apple-mpp net-relay"),
    Case("a bare agent at home", "Mozilla/5.0", "comcast", "unknown", "unknown-agent net-home"),
    Case("a bare agent in a data centre", "Mozilla/5.0", "aws", "machine", "net-hosting unknown-agent"),
    Case("a bare agent that clicks", "Mozilla/5.0", "none", "unknown", "unknown-agent", Kind.CLICK),
    *(
        Case(f"{header}: {value}", CHROME, "comcast", "machine", "prefetch-header ua-browser net-home", headers={header: value})
        for header, value in (
            ("Purpose", "prefetch"),
            ("Sec-Purpose", "prefetch"),
            ("Sec-Purpose", "prefetch;prerender"),
            ("sec-purpose", "Prerender"),
            ("X-Purpose", "preview"),
            ("X-Moz", "prefetch"),
            ("HTTP_SEC_PURPOSE", "prefetch;anonymous-client-ip"),
        )
    ),
    *(
        Case(f"{method} by a browser", CHROME, "comcast", "machine", "method-head ua-browser net-home", method=method)
        for method in ("HEAD", "head", "OPTIONS")
    ),
    Case("HEAD by a script", "curl/8.10.1", "none", "machine", "method-head ua-script", method="HEAD"),
    Case("HEAD on a link", CHROME, "comcast", "machine", "method-head ua-browser net-home", Kind.CLICK, method="HEAD"),
]

SCANNERS = [
    *(
        Case(f"an ordinary browser from {name}", CHROME, name, "machine", "net-scanner ua-browser", Kind.CLICK)
        for name in NETWORKS
        if name.startswith("scanner-")
    ),
    Case("no agent from a scanner", "", "scanner-22843", "machine", "net-scanner ua-none"),
    *(
        Case(f"{agent} says so", agent, "comcast", "machine", "ua-scanner net-home", Kind.CLICK)
        for agent in (
            "Barracuda Sentinel (EE)",
            "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
            "Mimecast-URL-Scanner/1.0",
            "mailscanner/5.0",
            "Mozilla/5.0 (Windows NT 10.0) TrendMicro WTP",
            "FortiMail URI fetcher",
            "Websense Content Gateway",
        )
    ),
    Case(
        "a browser at Microsoft within a minute", CHROME, "microsoft", "machine", "too-soon ua-browser net-microsoft", after=50
    ),
    Case("Outlook at Microsoft: person or check", OUTLOOK, "microsoft", "unknown", "ua-mail net-microsoft"),
    Case("no agent at Microsoft", "", "microsoft", "unknown", "ua-none net-microsoft"),
    Case("no agent in a data centre", "", "ovh", "machine", "net-hosting ua-none"),
    Case("a browser in a data centre within a minute", CHROME, "aws", "machine", "too-soon ua-browser net-hosting", after=55),
]

PREVIEWERS = [
    Case(agent, agent, "none", "machine", "ua-previewer", Kind.CLICK)
    for agent in (
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Slackbot 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "WhatsApp/2.23.20.0 A",
        "TelegramBot (like TwitterBot)",
        "Twitterbot/1.0",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "SLACKBOT-LINKEXPANDING 1.0",
    )
]

SCRIPTS = [
    Case(agent, agent, "none", "machine", code)
    for code, agents in (
        (
            "ua-script",
            (
                "curl/8.10.1",
                "Wget/1.21.4",
                "python-requests/2.32.3",
                "Python-urllib/3.11",
                "python-httpx/0.27.2",
                "Python/3.11 aiohttp/3.10.5",
                "Go-http-client/2.0",
                "Java/17.0.9",
                "Apache-HttpClient/4.5.14 (Java/17.0.9)",
                "libwww-perl/6.72",
                "axios/1.7.7",
                "GuzzleHttp/7",
                "node-fetch/1.0",
                "PostmanRuntime/7.42.0",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36",
                "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4522",
            ),
        ),
        (
            "ua-bot",
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
                "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
                "Mozilla/5.0 (compatible; Baiduspider/2.0)",
                "Mozilla/5.0 (compatible; Yahoo! Slurp)",
                "Some-Crawler/1.0",
                "Mozilla/5.0 (Linux; Android 11; CUBOT P40) SomeBot/1.0",
                "Pingdom.com_bot_version_1.4",
            ),
        ),
    )
    for agent in agents
]

NOBODY_KNOWS = [
    Case("no agent at home", "", "comcast", "unknown", "ua-none net-home"),
    Case("no agent, no network data", "", "none", "unknown", "ua-none"),
    Case("a dash for an agent", "-", "t-mobile", "unknown", "ua-none net-mobile"),
    Case("an agent nobody knows", "Zeppelin/3.1", "comcast", "unknown", "unknown-agent net-home"),
    Case("an agent nobody knows in a data centre", "Zeppelin/3.1", "aws", "machine", "net-hosting unknown-agent"),
    Case("an Android app", "okhttp/4.12.0", "t-mobile", "unknown", "unknown-agent net-mobile"),
    Case(
        "an agent that nobody knows, at once", "Zeppelin/3.1", "comcast", "machine", "too-soon unknown-agent net-home", after=2
    ),
    Case("five thousand letters", "x" * 5_000, "comcast", "unknown", "unknown-agent net-home"),
    Case("a word that only starts like a bot", "Botany/2.0", "comcast", "unknown", "unknown-agent net-home"),
    Case("Chinese", "瀏覽器", "hinet", "unknown", "unknown-agent net-home"),
]

TIMINGS = [
    Case("4 s after sending", CHROME, "comcast", "machine", "too-soon ua-browser net-home", after=4),
    Case("6 s after sending, delivery not known", CHROME, "comcast", "human", "ua-browser net-home", after=6),
    Case("9 s after delivery", CHROME, "comcast", "machine", "too-soon ua-browser net-home", after=49, delivered=40),
    Case("11 s after delivery", CHROME, "comcast", "human", "ua-browser net-home", after=51, delivered=40),
    Case("before delivery", CHROME, "comcast", "machine", "too-soon ua-browser net-home", after=30, delivered=40),
    Case("a click 3 s after sending", CHROME, "none", "machine", "too-soon ua-browser", Kind.CLICK, after=3),
    Case("a mail program 2 s after sending", OUTLOOK, "orange", "machine", "too-soon ua-mail net-home", after=2),
    Case("65 s after sending at Microsoft", CHROME, "microsoft", "human", "ua-browser net-microsoft", after=65),
]

CASES = PEOPLE + PROXIES + PREFETCHES + SCANNERS + PREVIEWERS + SCRIPTS + NOBODY_KNOWS + TIMINGS
