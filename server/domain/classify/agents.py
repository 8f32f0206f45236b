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
    "trend ?micro",
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
    "safe-?links",
    "link-?scan(?:ner)?",
    "mail-?scan(?:ner)?",
    "url-?scan(?:ner)?",
    "antivirus",
    "palo ?alto ?networks",
    "check ?point ?harmony",
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
    r"whatsapp/[\d.]+",
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
    r"python/\d",
    "aiohttp",
    "httpx/",
    "go-http-client",
    r"\bjava/[\d._]+",
    "java-http-client",
    "apache-httpclient",
    "jakarta commons-httpclient",
    "libwww-perl",
    r"\blwp",
    "winhttp",
    "powershell",
    "node-fetch",
    "undici",
    "axios/",
    r"\bgot \(",
    "guzzlehttp",
    r"\bphp/",
    r"\bruby\b",
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
    r"[\w-]{0,30}(?<!cu)bot\b",
    r"[\w-]{0,30}crawl(?:er)?\b",
    r"[\w-]{0,30}spider\b",
    r"\bslurp\b",
    "ia_archiver",
    "mediapartners-google",
    "google favicon",
    "feedfetcher",
    "pingdom",
    "uptime",
    r"\bmonitor(?:ing)?\b",
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
    "ms-?office",
    r"microsoft office/",
    "windows-?mail",
    "windowslivemail",
    "thunderbird",
    "betterbird",
    "lotus-?notes",
    "hcl-?notes",
    "apple ?mail",
    r"\bmail/[\d.]+ cfnetwork",
    r"mobilemail/",
    "airmail",
    "postbox",
    "em ?client",
    "mailbird",
    "mailspring",
    "sparkdesktop",
    "readdle",
    r"evolution/",
    "kmail",
    "kontact",
    "claws mail",
    "sylpheed",
    r"the bat!",
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

_TABLE: tuple[tuple[Agent, str, re.Pattern[str]], ...] = tuple(
    (agent, code, re.compile("|".join(words)))
    for agent, code, words in (
        (Agent.SCANNER, "ua-scanner", _SCANNERS),
        (Agent.PREVIEWER, "ua-previewer", _PREVIEWERS),
        (Agent.SCRIPT, "ua-script", _SCRIPTS),
        (Agent.BOT, "ua-bot", _BOTS),
        (Agent.MAIL, "ua-mail", _MAIL),
    )
)
_BROWSER = re.compile(
    r"mozilla/[45]\.0 \(.+\b(?:chrome/|crios/|chromium/|firefox/|fxios/|edg(?:e|a|ios)?/|safari/|opr/|msie |trident/|focus/)"
    r"|^opera/[\d.]+ \("
)
_APPLE = re.compile(r"mozilla/5\.0 \((?:macintosh|iphone|ipad|ipod)\b.*applewebkit/(?!.*(?:safari|chrome|crios|fxios)/)")


@dataclass(frozen=True, slots=True)
class Claim:
    agent: Agent
    reason: Reason


@lru_cache(maxsize=8_192)
def read_agent(user_agent: str) -> Claim:
    """What the string claims, and the reason code that says so. Never raises, whatever the string holds."""
    text = user_agent[:_LONGEST].strip().lower()
    return _special(text) or _listed(text) or _shaped(text)


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
        if found := words.search(text):
            named = {} if agent is Agent.MAIL else {"agent": found.group()[:40].strip(" /(")}
            return Claim(agent, Reason(code, named))
    return None


def _shaped(text: str) -> Claim:
    if _APPLE.match(text):
        return Claim(Agent.APPLE, Reason("ua-mail"))
    if _BROWSER.search(text):
        return Claim(Agent.BROWSER, Reason("ua-browser"))
    return Claim(Agent.OTHER, Reason("unknown-agent"))
