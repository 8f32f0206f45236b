"""What one hit says by itself: who sent it, how, from where, and how soon."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from server.domain.classify.agents import LONGEST, MACHINES, PEOPLE, Agent, Claim, read_agent
from server.domain.engagement import Class, Hit, Kind, MessageFacts, Network, NetworkKind, Reason, Verdict
from server.domain.networks import GOOGLE, scanner_name

# Nobody opens this soon. Sending is known for every mail, delivery only sometimes: the earlier mark gets the shorter limit.
TOO_SOON_AFTER_DELIVERY = timedelta(seconds=10)
TOO_SOON_AFTER_SENDING = timedelta(seconds=5)
# A click comes after opening and reading.
CLICK_TOO_SOON = timedelta(seconds=10)
# Data centres and Microsoft, where scanners live beside a few people. Nearly all of them are through after five minutes.
SUSPECT_TOO_SOON = timedelta(seconds=60)
SCANNERS_ARE_THROUGH = timedelta(minutes=5)
# Browsers say who they are: a click that does not, so soon, is as well a scanner's beside the reader.
NAMELESS_CLICK_SOON = timedelta(seconds=60)
# Gmail shows a new mail of an open thread within seconds, so its proxy gets almost the whole time.
PROXY_TOO_SOON_AFTER_DELIVERY = timedelta(seconds=1)
PROXY_TOO_SOON_AFTER_SENDING = timedelta(seconds=2)
# One that does not say its name may be Gmail's prefetch, which comes within seconds.
NAMELESS_PROXY_TOO_SOON = timedelta(seconds=30)

SUSPECT = frozenset({NetworkKind.HOSTING, NetworkKind.MICROSOFT, NetworkKind.SCANNER, NetworkKind.PROXY})
_PEOPLES = frozenset({NetworkKind.HOME, NetworkKind.MOBILE, NetworkKind.BUSINESS, NetworkKind.GATEWAY})
# Where an address may be shared with strangers, it does not tell the owner.
_SHARED_EGRESS = SUSPECT | {NetworkKind.RELAY, NetworkKind.GATEWAY}

_NETWORK_CODES = {
    NetworkKind.SCANNER: "net-scanner",
    NetworkKind.HOSTING: "net-hosting",
    NetworkKind.PROXY: "net-hosting",
    NetworkKind.RELAY: "net-relay",
    NetworkKind.MICROSOFT: "net-microsoft",
    NetworkKind.GATEWAY: "net-gateway",
    NetworkKind.HOME: "net-home",
    NetworkKind.BUSINESS: "net-business",
    NetworkKind.MOBILE: "net-mobile",
}
_NAMELESS = frozenset({"", "-"})
_SPECULATIVE = frozenset({"prefetch", "prerender", "preview"})


def network_kind(hit: Hit) -> NetworkKind:
    return hit.network.kind if hit.network else NetworkKind.UNKNOWN


def is_speculative(hit: Hit) -> bool:
    return not _SPECULATIVE.isdisjoint(hit.signs)


def is_suspect(hit: Hit) -> bool:
    """From where scanners live. Apple's privacy relay carries Safari alone: all else in those networks comes of their other
    customers, scanners among them."""
    if hit.network is None:
        return False
    if hit.network.kind is NetworkKind.RELAY:
        return "AppleWebKit/" not in hit.user_agent or "Chrome/" in hit.user_agent
    return hit.network.kind in SUSPECT


def judge(hit: Hit, message: MessageFacts) -> Verdict:
    """The verdict as if no other hit existed."""
    request = _request(hit.user_agent[:LONGEST], hit.network, hit.kind, hit.method, is_speculative(hit))
    own = _own(hit, message)
    if own:
        return Verdict(Class.OWN, (*own, *request.reasons))
    if hit.kind is Kind.CLICK and hit.link in message.hidden_links:
        return Verdict(Class.MACHINE, (Reason("hidden-link"), *request.reasons))
    soon = _too_soon(hit, message, request)
    if soon is None:
        spoken = request.klass is not Class.UNKNOWN and hit.user_agent not in _NAMELESS
        return request if spoken else _by_time(hit, message, request)
    reasons = (*request.reasons, soon) if request.klass is Class.MACHINE else (soon, *request.reasons)
    return Verdict(Class.MACHINE, reasons)


def _own(hit: Hit, message: MessageFacts) -> list[Reason]:
    own = []
    if hit.own_device:
        own.append(Reason("own-session"))
    if hit.address_hash in message.owner_address_hashes and network_kind(hit) not in _SHARED_EGRESS:
        own.append(Reason("own-network"))
    if message.sent_at is None:
        own.append(Reason("not-sent"))
    elif hit.at < message.sent_at:
        own.append(Reason("before-send", {"seconds": _seconds(message.sent_at - hit.at)}))
    return own


def _by_time(hit: Hit, message: MessageFacts, request: Verdict) -> Verdict:
    """Where the agent says nothing and the line little, time may: scanners come soon."""
    assert message.sent_at is not None
    since = hit.at - (message.delivered_at or message.sent_at)
    if request.klass is Class.UNKNOWN and since >= SCANNERS_ARE_THROUGH and _is_a_line_nobody_knows(hit):
        return Verdict(Class.HUMAN, (Reason("at-leisure", {"minutes": int(since.total_seconds() // 60)}), *request.reasons))
    if request.klass is Class.HUMAN and hit.kind is Kind.CLICK and since < NAMELESS_CLICK_SOON:
        return Verdict(Class.UNKNOWN, tuple(reversed(request.reasons)))
    return request


def _is_a_line_nobody_knows(hit: Hit) -> bool:
    """A network that is known, but not for anything, and an agent that does not say more."""
    found = hit.network
    nobodys = found is not None and found.asn is not None and found.kind is NetworkKind.UNKNOWN
    return nobodys and read_agent(hit.user_agent).agent in (Agent.NONE, Agent.APP)


def _too_soon(hit: Hit, message: MessageFacts, request: Verdict) -> Reason | None:
    assert message.sent_at is not None
    after_sending, after_delivery = _limits(hit, request)
    since_sending = hit.at - message.sent_at
    if message.delivered_at is None:
        early, elapsed = since_sending < after_sending, since_sending
    else:
        elapsed = hit.at - message.delivered_at
        early = elapsed < after_delivery
    return Reason("too-soon", {"seconds": max(0.0, _seconds(elapsed))}) if early else None


def _limits(hit: Hit, request: Verdict) -> tuple[timedelta, timedelta]:
    """How long after sending, and after delivery, is too soon."""
    if request.klass is Class.PROXY_HUMAN:
        if hit.user_agent in _NAMELESS:
            return NAMELESS_PROXY_TOO_SOON, NAMELESS_PROXY_TOO_SOON
        return PROXY_TOO_SOON_AFTER_SENDING, PROXY_TOO_SOON_AFTER_DELIVERY
    if is_suspect(hit):
        limit = SCANNERS_ARE_THROUGH if hit.kind is Kind.CLICK else SUSPECT_TOO_SOON
        return limit, limit
    return CLICK_TOO_SOON if hit.kind is Kind.CLICK else TOO_SOON_AFTER_SENDING, TOO_SOON_AFTER_DELIVERY


def _seconds(span: timedelta) -> float:
    return round(span.total_seconds(), 1)


@lru_cache(maxsize=16_384)
def _request(user_agent: str, network: Network | None, kind: Kind, method: str, speculative: bool) -> Verdict:
    """What request, agent and network mean together, whenever it came."""
    claim = read_agent(user_agent)
    klass, agent_reasons = _agent(claim, network, kind)
    sure = tuple(_sure(network, method, speculative))
    rest = tuple(reason for reason in _network(network, klass) if reason not in sure)
    if sure:
        return Verdict(Class.MACHINE, sure + agent_reasons + rest)
    if _nobody_is_there(claim.agent, network, kind):
        return Verdict(Class.MACHINE, rest + agent_reasons)
    if claim.agent is Agent.NONE and klass is Class.HUMAN:
        return Verdict(klass, rest + agent_reasons)
    return Verdict(klass, agent_reasons + rest)


def _sure(network: Network | None, method: str, speculative: bool) -> Iterator[Reason]:
    if method.upper() not in ("GET", "POST"):
        yield Reason("method-head", {"method": method.upper()[:16]})
    if speculative:
        yield Reason("prefetch-header")
    if network and network.kind is NetworkKind.SCANNER:
        yield _network_reason(network)


def _agent(claim: Claim, network: Network | None, kind: Kind) -> tuple[Class, tuple[Reason, ...]]:
    match claim.agent:
        case Agent.GMAIL_PROXY | Agent.YAHOO_PROXY:
            return _proxy(claim, network, kind)
        case Agent.GMAIL_PREFETCH if _is_google(network):
            return Class.MACHINE, (claim.reason,)
        case Agent.BARE | Agent.APPLE | Agent.NONE if kind is Kind.VIEW and _is_apples(claim.agent, network):
            return Class.MACHINE, (Reason("apple-mpp"),)
        case agent if agent in MACHINES:
            return Class.MACHINE, (claim.reason,)
        case Agent.NONE:
            return _nameless(network, kind), (claim.reason,)
        case Agent.APP if network and network.kind in _PEOPLES:
            return Class.HUMAN, (claim.reason,)
        case agent if agent in PEOPLE:
            return Class.HUMAN, (claim.reason,)
        case Agent.GMAIL_PREFETCH:
            return Class.UNKNOWN, (Reason("unknown-agent"),)
        case _:
            return Class.UNKNOWN, (claim.reason,)


def _nameless(network: Network | None, kind: Kind) -> Class:
    """An agent is often taken off on the way: then the line says who is likely."""
    if network is None:
        return Class.UNKNOWN
    if network.kind is NetworkKind.PROXY and kind is Kind.VIEW:
        return Class.PROXY_HUMAN
    return Class.HUMAN if network.kind in _PEOPLES else Class.UNKNOWN


def _proxy(claim: Claim, network: Network | None, kind: Kind) -> tuple[Class, tuple[Reason, ...]]:
    """An image proxy fetches images, and Google's only from Google: anything else borrows the name."""
    genuine = kind is Kind.VIEW and (claim.agent is Agent.YAHOO_PROXY or _is_google(network))
    if genuine:
        return Class.PROXY_HUMAN, (claim.reason,)
    data_centre = network is not None and network.kind in SUSPECT
    return (Class.MACHINE if data_centre else Class.UNKNOWN), (Reason("false-proxy"),)


def _is_google(network: Network | None) -> bool:
    """Also when nothing is known about the network, the agent then speaks for itself."""
    if network is None or network.asn is None:
        return network is None or network.kind in (NetworkKind.PROXY, NetworkKind.UNKNOWN)
    return network.asn in GOOGLE


def _is_apples(agent: Agent, network: Network | None) -> bool:
    """A bare Mozilla/5.0 from an unknown network too: nothing else that loads images is known to say only that."""
    if network is not None and network.kind is NetworkKind.RELAY:
        return True
    return agent is Agent.BARE and (network is None or (network.asn is None and network.kind is NetworkKind.UNKNOWN))


def _nobody_is_there(agent: Agent, network: Network | None, kind: Kind) -> bool:
    """In a data centre no mail program and no browser; at Microsoft a click of Outlook's, which leaves clicks to a browser, or
    of what says no name: checks at the time of a click come so."""
    if network is None:
        return False
    if network.kind is NetworkKind.HOSTING:
        return agent in (Agent.NONE, Agent.OTHER, Agent.APP, Agent.BARE, Agent.GMAIL_PREFETCH)
    return network.kind is NetworkKind.MICROSOFT and kind is Kind.CLICK and agent in (Agent.NONE, Agent.MAIL)


def _network(network: Network | None, klass: Class) -> Iterator[Reason]:
    if network is not None and network.kind in _NETWORK_CODES and klass is not Class.PROXY_HUMAN:
        yield _network_reason(network)


def _network_reason(network: Network) -> Reason:
    name = scanner_name(network) if network.kind is NetworkKind.SCANNER else network.organisation
    return Reason(_NETWORK_CODES[network.kind], {"organisation": name} if name else {})
