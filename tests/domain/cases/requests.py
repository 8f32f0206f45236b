"""One request, one line: agent, network, kind, method, headers and time, and the class and reasons it must get."""

from dataclasses import dataclass, field

from server.domain.engagement import Hit, Kind, MessageFacts
from tests.domain.clients import (
    APPLE_MAIL,
    APPLE_MAIL_IPAD,
    APPLE_MAIL_IPHONE,
    CHROME,
    CHROME_ANDROID,
    CHROME_IOS,
    CHROME_MAC,
    CUBOT,
    CURL,
    EDGE,
    FIREFOX,
    FIREFOX_LINUX,
    GMAIL,
    GMAIL_PREFETCH,
    IE11,
    NETWORKS,
    OKHTTP,
    OLD_EDGE,
    OPERA,
    OUTLOOK,
    OUTLOOK_ANDROID,
    OUTLOOK_IE,
    OUTLOOK_IOS,
    OUTLOOK_MAC,
    OUTLOOK_NEW,
    SAFARI,
    SAFARI_IPHONE,
    SAMSUNG,
    THUNDERBIRD,
    WEBVIEW,
    YAHOO,
    a_hit,
    a_message,
)


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
    own: bool = False
    sent: bool = True
    address: str = "an-address"
    hidden: bool = False

    @property
    def hits(self) -> list[Hit]:
        link = self.link if self.kind is Kind.CLICK else None
        how = {"method": self.method, "headers": self.headers, "address": self.address, "own": self.own}
        return [a_hit("a-hit", self.after, self.agent, self.network, link=link, **how)]  # type: ignore[arg-type]

    @property
    def message(self) -> MessageFacts:
        facts = {"owner_address_hashes": frozenset({"the-office"}), "hidden_links": frozenset({1} if self.hidden else ())}
        return a_message(**({} if self.sent else {"sent": None}), delivered=self.delivered, **facts)  # type: ignore[arg-type]

    @property
    def wanted(self) -> dict[str, str]:
        return {"a-hit": f"{self.klass} {self.codes}"}


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
    Case("Outlook on a cloud desktop", OUTLOOK, "microsoft", "human", "ua-mail net-microsoft"),
    Case("Outlook's agent on a link at Microsoft", OUTLOOK, "microsoft", "machine", "net-microsoft ua-mail", Kind.CLICK),
    Case("no agent on a link at Microsoft", "", "microsoft", "machine", "net-microsoft ua-none", Kind.CLICK),
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
    Case("a word that is no agent", "unknown", "comcast", "unknown", "unknown-agent net-home"),
    Case("no agent, no network data", "", "none", "unknown", "ua-none"),
    Case("a dash for an agent, no network data", "-", "none", "unknown", "ua-none"),
    Case("an agent nobody knows", "Zeppelin/3.1", "comcast", "unknown", "unknown-agent net-home"),
    Case("an agent nobody knows in a data centre", "Zeppelin/3.1", "aws", "machine", "net-hosting unknown-agent"),
    Case("an app's own library, no network data", OKHTTP, "none", "unknown", "ua-app"),
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

NAMELESS = [
    Case("no agent at home", "", "comcast", "human", "net-home ua-none"),
    Case("no agent at home, over IPv6", "", "hinet", "human", "net-home ua-none", address="2001:db8::/64"),
    Case("a dash for an agent", "-", "t-mobile", "human", "net-mobile ua-none"),
    Case("no agent at a bank", "", "bank", "human", "net-business ua-none"),
    Case("no agent behind a web gateway", "", "zscaler", "human", "net-gateway ua-none"),
    Case("no agent at home, at once", "", "comcast", "machine", "too-soon net-home ua-none", after=3),
    Case("no agent on a link at home", "", "comcast", "human", "net-home ua-none", Kind.CLICK),
    Case("no agent on a link at home in the first minute", "", "comcast", "unknown", "ua-none net-home", Kind.CLICK, after=50),
    Case("a dash on a link at home in the first minute", "-", "comcast", "unknown", "ua-none net-home", Kind.CLICK, after=50),
    Case("no agent in a company's network, an hour on", "", "company", "human", "at-leisure ua-none"),
    Case("no agent in a company's network, a minute on", "", "company", "unknown", "ua-none", after=60),
    Case("no agent, counted from delivery", "", "company", "unknown", "ua-none", after=500, delivered=300),
    Case("no agent from Google's own network", "", "google", "proxy-human", "ua-none"),
    Case("no agent from Yahoo's network", "", "yahoo", "proxy-human", "ua-none"),
    Case("no agent from Google's own network at once", "", "google", "machine", "too-soon ua-none", after=20),
    Case("no agent on a link from Google's network", "", "google", "unknown", "ua-none net-hosting", Kind.CLICK),
    Case("no agent on a picture through Apple's relay", "", "relay-36183", "machine", "apple-mpp net-relay"),
    Case("no agent on a link through Apple's relay", "", "relay-13335", "unknown", "ua-none net-relay", Kind.CLICK),
    Case("no agent in a data centre on a link", "", "aws", "machine", "net-hosting ua-none", Kind.CLICK),
]

APPS = [
    Case("an app on a phone", OKHTTP, "t-mobile", "human", "ua-app net-mobile"),
    Case("an app at home", OKHTTP, "comcast", "human", "ua-app net-home"),
    Case("an app on an iPhone", "Spark/3.17 CFNetwork/1568.200 Darwin/24.1.0", "orange", "human", "ua-app net-home"),
    Case(
        "Apple Mail on a Mac by its library",
        "Mail/3826.200 CFNetwork/1568.200 Darwin/24.1.0",
        "orange",
        "human",
        "ua-mail net-home",
    ),
    Case("an old Android", "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8)", "t-mobile", "human", "ua-app net-mobile"),
    Case("an app's library in a data centre", OKHTTP, "aws", "machine", "net-hosting ua-app"),
    Case("an app's library at Microsoft", OKHTTP, "microsoft", "unknown", "ua-app net-microsoft"),
    Case("an app in a company's network, an hour on", OKHTTP, "company", "human", "at-leisure ua-app"),
    Case("an app in a company's network, a minute on", OKHTTP, "company", "unknown", "ua-app", after=60),
    Case("a bot that uses an app's library", "SomeBot/2.0 okhttp/4.12.0", "t-mobile", "machine", "ua-bot net-mobile"),
    Case("an app's library, at once", OKHTTP, "t-mobile", "machine", "too-soon ua-app net-mobile", after=2),
    Case("an app's library in odd casing", "OkHttp/4.12.0", "t-mobile", "human", "ua-app net-mobile"),
]

SPOOFED = [
    Case("a scanner that says iPhone", SAFARI_IPHONE, "scanner-22843", "machine", "net-scanner ua-browser", Kind.CLICK),
    Case("a scanner that says iPhone Mail", APPLE_MAIL_IPHONE, "scanner-30031", "machine", "net-scanner ua-mail"),
    Case("a scanner that says Outlook", OUTLOOK, "scanner-15324", "machine", "net-scanner ua-mail"),
    Case("a scanner that says Yahoo", YAHOO, "scanner-16417", "machine", "net-scanner yahoo-proxy-open"),
    Case("a scanner that says it is Gmail's prefetch", GMAIL_PREFETCH, "scanner-16880", "machine", "net-scanner unknown-agent"),
    Case(
        "a data centre that says iPhone, at once", SAFARI_IPHONE, "ovh", "machine", "too-soon ua-browser net-hosting", after=30
    ),
    Case(
        "a data centre that says iPhone on a link",
        SAFARI_IPHONE,
        "ovh",
        "machine",
        "too-soon ua-browser net-hosting",
        Kind.CLICK,
        after=240,
    ),
    Case("a data centre with a browser's agent, late", CHROME, "aws", "human", "ua-browser net-hosting"),
    Case("a data centre that says Outlook, late", OUTLOOK, "aws", "human", "ua-mail net-hosting"),
    Case("Gmail's proxy outside Google, over IPv6", GMAIL, "hinet", "unknown", "false-proxy net-home", address="2001:db8::/64"),
    Case("Gmail's proxy behind a web gateway", GMAIL, "zscaler", "unknown", "false-proxy net-gateway"),
    Case("Gmail's proxy at Microsoft", GMAIL, "microsoft", "machine", "false-proxy net-microsoft"),
    Case("Gmail's proxy at Yahoo", GMAIL, "yahoo", "machine", "false-proxy net-hosting"),
    Case("Gmail's proxy, at Google over IPv6", GMAIL, "google", "proxy-human", "gmail-proxy-open", address="2a00:1450::/64"),
    Case("Yahoo's proxy from Yahoo", YAHOO, "yahoo", "proxy-human", "yahoo-proxy-open"),
    Case(
        "a browser from Google's own network at once", CHROME, "google", "machine", "too-soon ua-browser net-hosting", after=30
    ),
    Case("curl with a browser's words around it", f"{CHROME} curl/8.10.1", "comcast", "machine", "ua-script net-home"),
    Case(
        "a browser that says HeadlessChrome",
        CHROME.replace("Chrome/", "HeadlessChrome/"),
        "comcast",
        "machine",
        "ua-script net-home",
        Kind.CLICK,
    ),
    Case("a scanner's name in capitals", "MIMECAST-URL-SCANNER/1.0", "none", "machine", "ua-scanner"),
    Case(
        "Barracuda on a rented machine",
        "Mozilla/5.0 (compatible; BarracudaCentral/1.0; link check)",
        "aws",
        "machine",
        "ua-scanner net-hosting",
    ),
    Case(
        "Apple's relay with a browser that is not Apple's",
        CHROME,
        "relay-13335",
        "machine",
        "too-soon ua-browser net-relay",
        Kind.CLICK,
        after=200,
    ),
    Case(
        "Safari through Apple's relay as early",
        SAFARI_IPHONE,
        "relay-13335",
        "human",
        "ua-browser net-relay",
        Kind.CLICK,
        after=200,
    ),
    Case(
        "a phone that says prefetch in odd casing",
        SAFARI_IPHONE,
        "t-mobile",
        "machine",
        "prefetch-header ua-browser net-mobile",
        headers={"sEC-pURPOSE": "PREFETCH"},
    ),
]

OWN = [
    Case("own browser", CHROME, "comcast", "own", "own-session ua-browser net-home", own=True),
    Case("own browser, through Gmail", GMAIL, "google", "own", "own-session gmail-proxy-open", own=True),
    Case("own browser, a script", CURL, "aws", "own", "own-session ua-script net-hosting", own=True),
    Case("own office", CHROME, "comcast", "own", "own-network ua-browser net-home", address="the-office"),
    Case("own office on a link", EDGE, "orange", "own", "own-network ua-browser net-home", Kind.CLICK, address="the-office"),
    *(
        Case(f"own exit shared with strangers: {where}", CHROME, where, "human", f"ua-browser {net}", address="the-office")
        for where, net in (
            ("zscaler", "net-gateway"),
            ("vpn", "net-hosting"),
            ("relay-36183", "net-relay"),
            ("microsoft", "net-microsoft"),
        )
    ),
    Case("before sending", CHROME, "comcast", "own", "before-send ua-browser net-home", after=-12),
    Case("not seen leaving yet", CHROME, "comcast", "own", "not-sent ua-browser net-home", sent=False),
    Case("a hidden link", CHROME, "comcast", "machine", "hidden-link ua-browser net-home", Kind.CLICK, hidden=True),
    Case(
        "a hidden link, followed by the sender",
        CHROME,
        "comcast",
        "own",
        "own-session ua-browser net-home",
        Kind.CLICK,
        own=True,
        hidden=True,
    ),
]

MOMENTS = [
    Case(
        "a link 9 s after sending, delivery not known",
        CHROME,
        "comcast",
        "machine",
        "too-soon ua-browser net-home",
        Kind.CLICK,
        after=9,
    ),
    Case(
        "a link 11 s after sending, delivery not known", CHROME, "comcast", "human", "ua-browser net-home", Kind.CLICK, after=11
    ),
    Case("a link 11 s after delivery", CHROME, "comcast", "human", "ua-browser net-home", Kind.CLICK, after=51, delivered=40),
    Case(
        "a link at a data centre 4 min after sending",
        CHROME,
        "aws",
        "machine",
        "too-soon ua-browser net-hosting",
        Kind.CLICK,
        after=240,
    ),
    Case(
        "a link at a data centre 6 min after sending", CHROME, "aws", "human", "ua-browser net-hosting", Kind.CLICK, after=360
    ),
    Case(
        "a link at Microsoft 4 min after delivery",
        CHROME,
        "microsoft",
        "machine",
        "too-soon ua-browser net-microsoft",
        Kind.CLICK,
        after=300,
        delivered=60,
    ),
    Case("a picture at a data centre 65 s after sending", CHROME, "aws", "human", "ua-browser net-hosting", after=65),
    Case("Yahoo while sending", YAHOO, "yahoo", "machine", "too-soon yahoo-proxy-open", after=1),
    Case("an hour after a long delivery", CHROME, "comcast", "human", "ua-browser net-home", after=4_200, delivered=600),
    Case(
        "a gateway's look while it holds the mail back",
        SAFARI_IPHONE,
        "company",
        "machine",
        "too-soon ua-browser",
        after=200,
        delivered=600,
    ),
]

REQUESTS = (
    NAMELESS
    + APPS
    + SPOOFED
    + OWN
    + MOMENTS
    + PEOPLE
    + PROXIES
    + PREFETCHES
    + SCANNERS
    + PREVIEWERS
    + SCRIPTS
    + NOBODY_KNOWS
    + TIMINGS
)
