"""How engagements become lines of a viewer's feed. A line is one group of engagements that belong together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from server.domain.devices import device
from server.domain.engagement import Class, Hit, Kind, MessageFacts, Verdict
from server.domain.forwarding import forwarding
from server.domain.location import shown
from server.domain.messages import Link, Recipient, State
from server.domain.people import Person

MOST_FOR_HINT = 200
"""So many of a copy's latest views by people are looked at for the forwarding hint."""

_HIDDEN = frozenset({Class.MACHINE, Class.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A hit on its way in. `address` is cut to its network; `own_tags`: the users whose own device it came from."""

    hit: Hit
    address: str
    own_tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    hit: Hit
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class InboundMail:
    """A reply, bounce or automatic reply to a message. `recipient` is the ordinal of who it is about, 0 when not known."""

    id: str
    workspace_id: str
    message_id: str
    mailbox_id: str
    gmail_id: str
    rfc_message_id: str
    from_name: str
    from_address: str
    kind: Kind
    at: datetime
    recipient: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def klass(self) -> Class:
        """A notice that a mail is only late, or there after all, is no mail that came back: a machine's talk."""
        return Class.MACHINE if self.kind is Kind.BOUNCE and delivery_state(self) != "failed" else Class.HUMAN


@dataclass(frozen=True, slots=True)
class Subject:
    """What the feed and the classes need to know of a message. `links` counts its tracked links."""

    id: str
    workspace_id: str
    user_id: str
    owner_tag: str
    subject: str
    thread_id: str | None
    state: State
    tracked: bool
    sent_at: datetime | None
    delivered_at: datetime | None
    links: int

    @property
    def records_hits(self) -> bool:
        return self.tracked and self.state in (State.DRAFTED, State.SENT)

    def facts(self, owner_address_hashes: frozenset[str]) -> MessageFacts:
        return MessageFacts(self.id, self.sent_at, self.delivered_at, self.links, owner_address_hashes=owner_address_hashes)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what a message is about. `people`: recipients and writers, by id; `writers`: the ids of these, by address."""

    recipients: tuple[Recipient, ...] = ()
    links: Mapping[int, Link] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    writers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """`facts` as stored: who, message, link, place, device, forwarded, detail; of a moment: who, moment.

    A line is about a message or about a moment of a person. `live` and `lead`: in which feeds it stands.
    """

    id: str
    workspace_id: str
    user_id: str
    key: str
    message_id: str | None
    kind: Kind
    klass: Class
    hidden: bool
    removed: bool
    count: int
    first_at: datetime
    at: datetime
    facts: Mapping[str, Any] = field(hash=False)
    moment_id: str | None = None
    person_id: str | None = None
    live: bool = True
    lead: bool = False

    def same_as(self, other: "Line") -> bool:
        """Nothing a screen shows differs."""
        return replace(self, id=other.id) == other


def key_of(judged: Judged) -> str | None:
    """The group a hit belongs to; None for the viewer's own, which are in no line."""
    if judged.verdict.klass is Class.OWN:
        return None
    hit = judged.hit
    side = "hidden" if judged.verdict.klass in _HIDDEN else "shown"
    return f"{hit.message_id}:{hit.kind}:{hit.link or 0}:{hit.recipient}:{side}"


def key_of_mail(mail: InboundMail) -> str:
    """Notices about one recipient's copy share a line: it tells what is true now."""
    return f"{mail.message_id}:{mail.kind}:{mail.recipient if mail.kind is Kind.BOUNCE else mail.id}"


def delivery_state(told: InboundMail | Line) -> str:
    """Of a notice, or of its line: failed, delayed, delivered or relayed."""
    detail = told.detail if isinstance(told, InboundMail) else told.facts.get("detail") or {}
    return str(detail.get("state") or "failed")


def grouped(hits: Iterable[Judged]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for judged in hits:
        key = key_of(judged)
        if key is not None:
            groups[key].append(judged)
    return groups


def new_line(line_id: str, key: str, hits: Sequence[Judged], subject: Subject, cast: Cast) -> Line:
    latest = _latest(hits)
    return Line(
        id=line_id,
        workspace_id=subject.workspace_id,
        user_id=subject.user_id,
        key=key,
        message_id=subject.id,
        kind=latest.hit.kind,
        klass=latest.verdict.klass,
        hidden=latest.verdict.klass in _HIDDEN,
        removed=False,
        count=len(hits),
        first_at=min(judged.hit.at for judged in hits),
        at=latest.hit.at,
        facts={
            "who": who(cast, latest.hit.recipient),
            "message": _message(subject),
            "link": link_fact(cast, latest.hit.link),
            **_circumstances(latest),
            "forwarded": None,
            "detail": None,
        },
    )


def grown(line: Line, hits: Sequence[Judged]) -> Line:
    """The line with hits it did not have before."""
    latest = _latest(hits)
    first_at = min(judged.hit.at for judged in hits)
    is_later = line.removed or latest.hit.at >= line.at
    return replace(
        line,
        removed=False,
        count=len(hits) + (0 if line.removed else line.count),
        first_at=first_at if line.removed else min(line.first_at, first_at),
        at=latest.hit.at if is_later else line.at,
        klass=latest.verdict.klass if is_later else line.klass,
        facts={**line.facts, **_circumstances(latest)} if is_later else line.facts,
    )


def tells_more(line: Line, hits: Sequence[Judged]) -> bool:
    """Whether hits on a line can change its hint: seen as before, from where it was before, they can not."""
    if line.kind is not Kind.VIEW or line.hidden:
        return False
    if line.removed:
        return True  # what it hinted at has left it
    before = {"place": line.facts["place"], "device": line.facts["device"]}
    return any(judged.verdict.klass is Class.HUMAN and _circumstances(judged) != before for judged in hits)


def mail_line(line_id: str, mail: InboundMail, subject: Subject, cast: Cast) -> Line:
    return Line(
        id=line_id,
        workspace_id=subject.workspace_id,
        user_id=subject.user_id,
        key=key_of_mail(mail),
        message_id=subject.id,
        kind=mail.kind,
        klass=Class.HUMAN,
        hidden=False,
        removed=False,
        count=1,
        first_at=mail.at,
        at=mail.at,
        facts={
            "who": _writer(mail, cast),
            "message": _message(subject),
            "link": None,
            "place": None,
            "device": None,
            "forwarded": None,
            "detail": dict(mail.detail) or None,
        },
    )


def gone(line: Line) -> Line:
    """Everything in it was classed otherwise: off the screen, but known, so that screens hear of it."""
    return replace(line, removed=True, count=0)


def hinted(line: Line, hint: Mapping[str, Any] | None) -> Line:
    """Only lines of views say that a mail may have been forwarded."""
    if line.kind is not Kind.VIEW or line.hidden or line.facts["forwarded"] == hint:
        return line
    return replace(line, facts={**line.facts, "forwarded": hint})


def forwarded_fact(hits: Iterable[Judged], readers: int) -> dict[str, Any] | None:
    """The hint about one copy; `readers` is how many known recipients that copy has."""
    latest = sorted(hits, key=lambda judged: (judged.hit.at, judged.hit.id))[-MOST_FOR_HINT:]
    if len(latest) < 2:
        return None
    reasons = forwarding([(judged.hit, judged.verdict) for judged in latest], max(1, readers))
    return {"reasons": [reason.to_json() for reason in reasons]} if reasons else None


def who(cast: Cast, ordinal: int) -> dict[str, Any]:
    """The person when it is known who it was, else how many and who it may have been, and the account if all are of one."""
    known = [recipient for recipient in cast.recipients if ordinal in (0, recipient.ordinal)]
    if len(known) == 1:
        one = known[0]
        return _told(cast, one.person_id, one.name, one.address)
    possible = [{"name": recipient.name, "address": recipient.address} for recipient in known]
    return {"person": None, "account": _common_account(known, cast), "of": len(known), "possible": possible}


def link_fact(cast: Cast, ordinal: int | None) -> dict[str, Any] | None:
    link = cast.links.get(ordinal) if ordinal else None
    return {"ordinal": link.ordinal, "url": link.url, "text": link.text} if link else None


def place_fact(judged: Judged) -> dict[str, Any] | None:
    place = shown(judged.hit.place, judged.verdict.klass, judged.hit.network)
    return {"precision": place.precision, "city": place.city, "country": place.country} if place else None


def device_fact(judged: Judged) -> dict[str, Any] | None:
    found = device(judged.hit.user_agent)
    return {"client": found.client, "system": found.system} if found else None


def thread_url(gmail_web_url: str, address: str, thread_id: str | None) -> str | None:
    return f"{gmail_web_url}/mail/u/?authuser={address}#all/{thread_id}" if thread_id else None


def _latest(hits: Sequence[Judged]) -> Judged:
    return max(hits, key=lambda judged: (judged.hit.at, judged.hit.id))


def _circumstances(judged: Judged) -> dict[str, Any]:
    return {"place": place_fact(judged), "device": device_fact(judged)}


def _message(subject: Subject) -> dict[str, Any]:
    archived = subject.state is State.ARCHIVED
    return {"subject": subject.subject, "thread_id": subject.thread_id, "archived": archived}


def _told(cast: Cast, person_id: str | None, name: str, address: str) -> dict[str, Any]:
    """Somebody by name, with what a quick action needs to know; a person who was deleted is nobody known."""
    return told(cast.people.get(person_id or ""), name, address)


def told(person: Person | None, name: str, address: str) -> dict[str, Any]:
    """Who it was, with what a quick action needs to know."""
    shown_person = {
        "id": person.id if person else None,
        "name": name,
        "address": address,
        "phone": person.phone.number if person and person.phone else None,
        "linkedin": person.linkedin if person else None,
        "do_not_call": bool(person and person.do_not_call),
        "unsubscribed": bool(person and person.unsubscribed),
        "known": bool(person and person.known),
    }
    return {"person": shown_person, "account": person.account if person else None, "of": 1, "possible": []}


def _common_account(recipients: Sequence[Recipient], cast: Cast) -> str | None:
    people = [cast.people.get(recipient.person_id or "") for recipient in recipients]
    accounts = {person.account if person else None for person in people}
    return accounts.pop() if len(accounts) == 1 else None


def _writer(mail: InboundMail, cast: Cast) -> dict[str, Any]:
    """Whoever wrote, by the address used; a bounce is written by a machine about a recipient."""
    if mail.kind is Kind.BOUNCE:
        return who(cast, mail.recipient)
    recipient = next((one for one in cast.recipients if one.ordinal == mail.recipient), None)
    writer = recipient.person_id if recipient else cast.writers.get(mail.from_address)
    person = cast.people.get(writer or "")
    # Names that somebody here gave stand above the one a mail program writes.
    name = (person.name if person else "") or mail.from_name or (recipient.name if recipient else "")
    return _told(cast, writer, name, mail.from_address)
