"""What a user agent string claims to be. Data first: each row is a kind of agent and the words that give it away."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from server.domain.engagement import Reason


class Agent(Enum):
    NONE = auto()
    GMAIL_PROXY = auto()
    YAHOO_PROXY = auto()
    GMAIL_PREFETCH = auto()
    BARE = auto()  # "Mozilla/5.0" and nothing else
    APPLE = auto()  # a web view of Apple's that does not call itself Safari, as Apple Mail does
    SCANNER = auto()
    PREVIEWER = auto()
    SCRIPT = auto()
    BOT = auto()
    MAIL = auto()
    BROWSER = auto()
    OTHER = auto()


MACHINES = frozenset({Agent.SCANNER, Agent.PREVIEWER, Agent.SCRIPT, Agent.BOT})
PEOPLE = frozenset({Agent.MAIL, Agent.BROWSER, Agent.APPLE})

# Longer strings are nobody's real agent; the limit bounds the work a hostile one can cause.
_LONGEST = 1_000

_SCANNERS = (
    "barracuda",
    "proofpoint",
    "urldefense",
    "mimecast",
    "ironport",
    "forcepoint",
    "websense",
    "trendmicro",
    "trend micro",
    "fortinet",
    "fortimail",
    "fortiguard",
    "trustwave",
    "mailmarshal",
    "appriver",
    "messagelabs",
    "symantec",
    "sophos",
    "fireeye",
    "cloudmark",
    "hornetsecurity",
    "spamtitan",
    "virustotal",
    "urlscan",
    "safelinks",
    "safe-links",
    "linkscan",
    "link-scan",
    "mailscan",
    "mail-scan",
    "url-scan",
    "antivirus",
    "paloaltonetworks",
    "palo alto networks",
    "check point harmony",
)
_PREVIEWERS = (
    "slackbot-linkexpanding",
    "slackbot",
    "slack-imgproxy",
    "skypeuripreview",
    "bingpreview",
    "facebookexternalhit",
    "facebookcatalog",
    "facebot",
    "whatsapp/",
    "telegrambot",
    "twitterbot",
    "linkedinbot",
    "discordbot",
    "redditbot",
    "embedly",
    "iframely",
    "vkshare",
    "viberbot",
    "line-poker",
    "kakaotalk-scrap",
    "mattermost-bot",
    "google-pagerenderer",
    "microsoftpreview",
    "pinterestbot",
)
_SCRIPTS = (
    "curl/",
    "libcurl",
    "wget/",
    "python-requests",
    "python-urllib",
    "python-httpx",
    "python/",
    "aiohttp",
    "httpx/",
    "go-http-client",
    "java/",
    "java-http-client",
    "apache-httpclient",
    "jakarta commons-httpclient",
    "libwww-perl",
    "lwp::",
    "winhttp",
    "powershell",
    "node-fetch",
    "undici",
    "axios/",
    "got (",
    "guzzlehttp",
    "php/",
    "ruby/",
    "faraday",
    "rest-client",
    "reqwest",
    "hackney",
    "fasthttp",
    "colly",
    "scrapy",
    "postmanruntime",
    "insomnia/",
    "httpie/",
    "headlesschrome",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
)
_BOTS = (
    "crawler",
    "spider",
    "slurp",
    "ia_archiver",
    "mediapartners-google",
    "google favicon",
    "feedfetcher",
    "pingdom",
    "uptime",
    "monitoring",
    "statuscake",
    "nessus",
    "nikto",
    "zgrab",
    "masscan",
    "censysinspect",
    "lighthouse",
)
_MAIL = (
    "microsoft outlook",
    "macoutlook",
    "oneoutlook",
    "outlook-ios",
    "outlook-android",
    "outlook-express",
    "ms-office",
    "msoffice",
    "microsoft office/",
    "windows-mail",
    "windowsmail",
    "windowslivemail",
    "thunderbird",
    "betterbird",
    "lotus-notes",
    "lotusnotes",
    "hcl-notes",
    "hcl notes",
    "apple mail",
    "applemail",
    "mobilemail/",
    "airmail",
    "postbox",
    "em client",
    "emclient",
    "mailbird",
    "mailspring",
    "sparkdesktop",
    "readdle",
    "evolution/",
    "kmail",
    "kontact",
    "claws mail",
    "sylpheed",
    "the bat!",
    "foxmail",
    "seamonkey",
    "k-9 mail",
    "fairemail",
    "superhuman",
    "zimbra",
    "yahoomobilemail",
    "protonmail",
    "hey email",
    "incredimail",
    "eudora",
)

_TABLE: tuple[tuple[Agent, str, tuple[str, ...]], ...] = (
    (Agent.SCANNER, "ua-scanner", _SCANNERS),
    (Agent.PREVIEWER, "ua-previewer", _PREVIEWERS),
    (Agent.SCRIPT, "ua-script", _SCRIPTS),
    (Agent.BOT, "ua-bot", _BOTS),
    (Agent.MAIL, "ua-mail", _MAIL),
)
_APPLE_STARTS = tuple(f"mozilla/5.0 ({maker}" for maker in ("macintosh", "iphone", "ipad", "ipod"))
_OTHER_BROWSERS_OF_APPLES = ("safari/", "chrome/", "crios/", "fxios/")
_BROWSER_STARTS = ("mozilla/4.0 (", "mozilla/5.0 (", "opera/")
_BROWSERS = (
    *("chrome/", "crios/", "chromium/", "firefox/", "fxios/", "safari/", "opr/", "msie ", "trident/", "focus/", "presto/"),
    *("edge/", "edg/", "edga/", "edgios/"),
)


_BOT = re.compile(r"(?<!cu)bot\b")  # Cubot makes phones
_NAME_END = re.compile(r"[\w-]+$")


@dataclass(frozen=True, slots=True)
class Claim:
    agent: Agent
    reason: Reason


@lru_cache(maxsize=8_192)
def read_agent(user_agent: str) -> Claim:
    """What the string claims, and the reason code that says so. Never raises, whatever the string holds."""
    text = user_agent[:_LONGEST].strip().lower()
    return _special(text) or _listed(text) or _named_bot(text) or _shaped(text)


def _special(text: str) -> Claim | None:
    if not text or text == "-":
        return Claim(Agent.NONE, Reason("ua-none"))
    if "googleimageproxy" in text:
        return Claim(Agent.GMAIL_PROXY, Reason("gmail-proxy-open"))
    if text.startswith("yahoomailproxy"):
        return Claim(Agent.YAHOO_PROXY, Reason("yahoo-proxy-open"))
    if "chrome/42.0.2311.135" in text and "edge/12.246" in text and text.endswith(" mozilla/5.0"):
        return Claim(Agent.GMAIL_PREFETCH, Reason("gmail-prefetch"))
    if text == "mozilla/5.0":
        return Claim(Agent.BARE, Reason("unknown-agent"))
    return None


def _listed(text: str) -> Claim | None:
    for agent, code, words in _TABLE:
        for word in words:
            if word in text:
                return Claim(agent, Reason(code, {} if agent is Agent.MAIL else {"agent": word.strip(" /(:")}))
    return None


def _named_bot(text: str) -> Claim | None:
    """Whatever calls itself something-bot, by the name it gives."""
    found = _BOT.search(text) if "bot" in text else None
    if found is None:
        return None
    name = _NAME_END.search(text[max(0, found.end() - 40) : found.end()])
    return Claim(Agent.BOT, Reason("ua-bot", {"agent": name.group() if name else "bot"}))


def _shaped(text: str) -> Claim:
    apples = text.startswith(_APPLE_STARTS) and "applewebkit/" in text
    if apples and not any(name in text for name in _OTHER_BROWSERS_OF_APPLES):
        return Claim(Agent.APPLE, Reason("ua-mail"))
    if text.startswith("mail/") and "cfnetwork" in text:
        return Claim(Agent.MAIL, Reason("ua-mail"))
    if text.startswith(_BROWSER_STARTS) and any(name in text for name in _BROWSERS):
        return Claim(Agent.BROWSER, Reason("ua-browser"))
    return Claim(Agent.OTHER, Reason("unknown-agent"))
