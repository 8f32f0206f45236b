"""What a user agent string claims to be."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from server.domain.classify import words
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
    APP = auto()  # the part of a phone's system that fetches for its apps, mail programs among them
    OTHER = auto()


MACHINES = frozenset({Agent.SCANNER, Agent.PREVIEWER, Agent.SCRIPT, Agent.BOT})
PEOPLE = frozenset({Agent.MAIL, Agent.BROWSER, Agent.APPLE})

# Longer strings are nobody's real agent; the limit bounds the work and the memory a hostile one can cost.
LONGEST = 1_000

_TABLE: tuple[tuple[Agent, str, tuple[str, ...]], ...] = (
    (Agent.SCANNER, "ua-scanner", words.SCANNERS),
    (Agent.PREVIEWER, "ua-previewer", words.PREVIEWERS),
    (Agent.SCRIPT, "ua-script", words.SCRIPTS),
    (Agent.BOT, "ua-bot", words.BOTS),
    (Agent.MAIL, "ua-mail", words.MAIL),
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


def read_agent(user_agent: str) -> Claim:
    """What the string claims, and the reason code that says so. Never raises, whatever the string holds."""
    return _read(user_agent[:LONGEST])


@lru_cache(maxsize=8_192)
def _read(user_agent: str) -> Claim:
    text = user_agent.strip().lower()
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
    for agent, code, names in _TABLE:
        for word in names:
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
    if any(name in text for name in words.APPS):
        return Claim(Agent.APP, Reason("ua-app"))
    if text.startswith(_BROWSER_STARTS) and any(name in text for name in _BROWSERS):
        return Claim(Agent.BROWSER, Reason("ua-browser"))
    return Claim(Agent.OTHER, Reason("unknown-agent"))
