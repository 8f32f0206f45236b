"""What a notification says, and where it leads: worded when it is told, so that it tells of everything as it now is."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from server.domain.engagement import Kind
from server.domain.feed import Line, thread_url
from server.domain.occasions import is_about_people, is_calm
from server.domain.tasks import Span
from server.domain.users import User
from server.i18n import text
from server.storage import feed, worklist
from server.storage.database import Transaction
from server.storage.notices import Notice

DAY = "day"
_IN_A_SUM = (Kind.REPLY, Kind.CLICK, Kind.VIEW, Kind.MOMENT, Kind.BOUNCE)
_MOST_TASKS = 1000
_MOST_LINES = 500
_LONGEST = 200
_BLANKS = re.compile(r"[\t-\r ]+")  # spaces that keep words together stay
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Headline:
    """`url` leads to the thread in Gmail where there is one, `page` into the web app. `draft`: {"person", "subject",
    "message_id"} of a task about it. `actions`: (name, label). `sums`: how many of each kind of the feed it stands for."""

    id: str
    kind: str
    title: str
    text: str
    page: str
    url: str
    phone: str | None
    draft: Mapping[str, Any] | None
    actions: tuple[tuple[str, str], ...] = ()
    sums: tuple[tuple[Kind, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """In the shape of the API."""
        shown = {name: value for name, value in asdict(self).items() if name not in ("sums", "actions")}
        return shown | {"actions": [{"action": action, "title": title} for action, title in self.actions]}


class Headlines:
    """In the transaction of who asks."""

    def __init__(self, public_url: str, gmail_web_url: str) -> None:
        self._public_url = public_url
        self._gmail_web_url = gmail_web_url

    def of(self, tx: Transaction, user: User, locale: str, notices: Sequence[Notice]) -> list[Headline]:
        """Of those that are still worth a word: a line may have turned out to be a machine's meanwhile, a task be done."""
        ids = {one.facts["line"] for one in notices if "line" in one.facts}
        lines = {placed.line.id: placed.line for placed in feed.by_ids(tx, user.id, ids)}
        people = {(line.facts["who"]["person"] or {}).get("id") or "" for line in lines.values()}
        muted = worklist.muted(tx, user.id, people | {line.message_id or "" for line in lines.values()})
        told = []
        for one in notices:
            line = lines.get(one.facts.get("line", ""))
            if line and is_about_people(line) and not is_calm(line, muted):
                told.append(self._of_line(user, locale, one, line))
            elif DAY in one.facts and (headline := self._of_day(tx, user, locale, one)):
                told.append(headline)
        return told

    def in_one(self, locale: str, told: Sequence[Headline]) -> Headline | None:
        """What comes together is told in one; None of nothing."""
        if len(told) < 2:
            return told[0] if told else None
        sums: Counter[Kind] = Counter()
        for one in told:
            sums.update(dict(one.sums))
        words = [one.title for one in told if one.kind == DAY] + [counted(locale, sums)]
        last, page = told[-1], f"{self._public_url}/feed"
        title = text(locale, "notice.many", count=len(told))
        return Headline(
            f"several-{last.id}", "several", title, joined(locale, words), page, page, None, None, sums=_in_order(sums)
        )

    def of_a_try(self, locale: str) -> Headline:
        page = f"{self._public_url}/settings"
        return Headline("try", "try", text(locale, "notice.try"), text(locale, "notice.try-text"), page, page, None, None)

    def _of_line(self, user: User, locale: str, notice: Notice, line: Line) -> Headline:
        facts = line.facts
        person, message = facts["who"]["person"] or {}, facts.get("message") or {}
        page = self._page(line, person)
        thread = thread_url(self._gmail_web_url, user.address, message.get("thread_id"))
        phone = None if person.get("do_not_call") else person.get("phone")
        possible = (("task", True), ("call", phone), ("thread", thread))
        return Headline(
            id=notice.id,
            kind=notice.kind,
            title=line_text(locale, notice.kind, line, int(notice.facts.get("count", 0))),
            text=short(joined(locale, [facts["who"]["account"] or "", _why(line)])),
            page=page,
            url=thread or page,
            phone=phone,
            draft={
                "person": {name: person[name] for name in ("id", "name", "address")} if person.get("id") else None,
                "subject": message.get("subject", ""),
                "message_id": line.message_id,
            },
            actions=tuple((name, text(locale, f"notice.action-{name}")) for name, there in possible if there),
            sums=((line.kind, 1),),
        )

    def _page(self, line: Line, person: Mapping[str, Any]) -> str:
        if line.message_id:
            return f"{self._public_url}/messages/{line.message_id}"
        return f"{self._public_url}/people/{person['id']}" if person.get("id") else f"{self._public_url}/lead-feed"

    def _of_day(self, tx: Transaction, user: User, locale: str, notice: Notice) -> Headline | None:
        """A reminder of the tasks of the day; with the digest also what happened since the day before."""
        on = date.fromisoformat(notice.facts[DAY])
        is_digest = bool(notice.facts["digest"])
        tasks = worklist.to_do(tx, user.id, Span(None, on) if is_digest else Span(on, on), None, _MOST_TASKS)
        sums = Counter(line.kind for line in (happened(tx, user.id, notice.made_at) if is_digest else ()))
        if not tasks and not sums:
            return None
        due = text(locale, "notice.tasks", count=len(tasks)) if tasks else ""
        title = text(locale, "notice.day") if is_digest else due
        words = [due, counted(locale, sums)] if is_digest else [task.name for task in tasks[:3]]
        page = f"{self._public_url}/" if is_digest else f"{self._public_url}/tasks"
        return Headline(notice.id, DAY, title, short(joined(locale, words)), page, page, None, None)


def happened(tx: Transaction, user_id: str, now: datetime) -> list[Line]:
    """What the Live Feed shows of the last day, newest first."""
    found = feed.latest(tx, user_id, None, None, False, None, _MOST_LINES)
    return [one.line for one in found if one.line.at >= now - _A_DAY and one.line.kind in _IN_A_SUM]


def counted(locale: str, sums: Mapping[Kind, int]) -> str:
    """As in "1 reply, 2 views"."""
    return joined(locale, [text(locale, f"notice.count-{kind}", count=count) for kind, count in _in_order(sums)])


def joined(locale: str, words: Sequence[str]) -> str:
    return text(locale, "notice.comma").join(word for word in words if word)


def line_text(locale: str, kind: str, line: Line, count: int = 0) -> str:
    """In a sentence. `kind` is one of notifications.KINDS."""
    who, message, moment = line.facts["who"], line.facts.get("message") or {}, line.facts.get("moment") or {}
    person = who["person"] or {}
    name = person.get("name") or person.get("address") or text(locale, "notice.someone", count=who["of"])
    subject = message.get("subject") or moment.get("description") or text(locale, "notice.no-subject")
    if not person and kind == "bounce":
        return text(locale, "notice.bounce-someone", subject=subject)
    return short(text(locale, f"notice.{kind}", who=name, subject=subject, count=count))


def short(words: str) -> str:
    """One line, as much of it as screens show."""
    line = _BLANKS.sub(" ", words).strip()
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _why(line: Line) -> str:
    """Why a mail bounced."""
    return str((line.facts.get("detail") or {}).get("text") or "") if line.kind is Kind.BOUNCE else ""


def _in_order(sums: Mapping[Kind, int]) -> tuple[tuple[Kind, int], ...]:
    return tuple((kind, sums[kind]) for kind in _IN_A_SUM if sums.get(kind))
