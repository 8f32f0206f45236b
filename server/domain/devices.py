"""The names people know for what a user agent says: "Chrome" on "Windows", "Apple Mail" on "iPhone"."""

from dataclasses import dataclass
from functools import lru_cache

import ua_parser

from server.domain.classify.agents import PEOPLE, Agent, read_agent

# Bounds the parser's work, which grows with the length of the string.
_LONGEST = 512

_CLIENTS = {
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Apple Mail",
    "Apple Mail": "Apple Mail",
    "AppleMail": "Apple Mail",
    "Mail": "Apple Mail",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "MacOutlook": "Outlook",
    "Outlook-iOS": "Outlook",
    "Windows Live Mail": "Windows Mail",
    "Lotus Notes": "Notes",
}
_SYSTEMS = {
    "Mac OS X": "Mac",
    "Mac OS": "Mac",
    "Chrome OS": "ChromeOS",
    "Windows Phone": "Windows Phone",
    "Android": "Android",
    "iPadOS": "iPad",
}
_LINUXES = frozenset({"Linux", "Ubuntu", "Debian", "Fedora", "Red Hat", "SUSE", "CentOS", "Linux Mint", "Arch Linux"})
# Said by the agent itself, where the parser knows no client or no system.
_OUTLOOKS = {"outlook-android": "Android", "macoutlook": "Mac", "microsoft outlook": "Windows", "ms-office": "Windows"}


@dataclass(frozen=True, slots=True)
class Device:
    """Product names, never translated. `system` None: reached us through a proxy, or the agent does not say."""

    client: str
    system: str | None


_BY_PROXY = {Agent.GMAIL_PROXY: Device("Gmail", None), Agent.YAHOO_PROXY: Device("Yahoo Mail", None)}


@lru_cache(maxsize=4_096)
def device(user_agent: str) -> Device | None:
    """The device behind an agent string; None when it names none, or a machine."""
    agent = read_agent(user_agent).agent
    if agent in _BY_PROXY:
        return _BY_PROXY[agent]
    if agent not in PEOPLE:
        return None
    parsed = ua_parser.parse(user_agent[:_LONGEST])
    client = _client(parsed.user_agent.family if parsed.user_agent else None, user_agent, agent)
    if client is None:
        return None
    model = parsed.device.family if parsed.device else None
    return Device(client, _system(parsed.os.family if parsed.os else None, model, user_agent))


def is_mail_program(user_agent: str) -> bool:
    return read_agent(user_agent).agent in (Agent.MAIL, Agent.APPLE)


def _client(family: str | None, user_agent: str, agent: Agent) -> str | None:
    lowered = user_agent.lower()
    if agent is Agent.APPLE:
        return "Apple Mail"
    if agent is Agent.MAIL and ("outlook" in lowered or "office" in lowered):
        return "Outlook"
    if family is None:
        return None
    return _CLIENTS.get(family, family)


def _system(family: str | None, model: str | None, user_agent: str) -> str | None:
    if user_agent.startswith("Mail/"):
        return "Mac"  # the parser takes every Darwin for a phone; a phone's Mail calls itself MobileMail
    if family == "iOS" or model in ("iPhone", "iPad", "iPod"):
        return model if model in ("iPhone", "iPad", "iPod") else "iPhone"
    if family in _LINUXES:
        return "Linux"
    if family is not None and family != "Other":
        return _SYSTEMS.get(family, family)
    return next((system for token, system in _OUTLOOKS.items() if token in user_agent.lower()), None)
