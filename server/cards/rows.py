"""The rows that several cards share: what happened, what is to do, whom to call."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.markup import bold, plain, quiet, safe
from server.cards.site import Site
from server.cards.widgets import Click, Icon, Widget, icon
from server.cards.words import Words
from server.domain.engagement import Kind
from server.domain.feed import Line, delivery_state
from server.domain.overview import Ranked, Todo
from server.domain.tasks import Priority, is_overdue, today

_COUNTED = {Kind.VIEW: "views", Kind.CLICK: "clicks"}
_MOMENTS = frozenset({"web", "email", "milestone"})
_MOST_NAMES = 3


# What happened


def happened(line: Line, words: Words, act: Actions, site: Site, *, new: bool = False) -> Widget:
    """Whose it was first: in a list of everything."""
    who = line.facts["who"]
    name = bold(_who(who, words))
    account = safe(who["account"] or "", 60)
    told = [_verb(line, words), _about(line), *_more(line, words), _possible(who, words)]
    return widgets.row(
        f"{name}  {quiet(account)}" if account else name,
        top=_when(line, words, new=new),
        bottom=_joined(told),
        start=sign_of(line, words, site),
        press=widgets.does(act("open-line", line=line.id)),
    )


def happened_with(line: Line, words: Words, act: Actions, site: Site) -> Widget:
    """What it was about first: in a list about one person."""
    who = line.facts["who"]
    verb = words(_of_moment(line)) if line.kind is Kind.MOMENT else words(_did(line))
    told = [verb, "" if who["person"] else words("someone-of", count=who["of"]), *_more(line, words)]
    return widgets.row(
        bold(escape(_about(line)) or words("no-subject")),
        top=_when(line, words),
        bottom=_joined(told),
        start=sign_of(line, words, site),
        wrap=True,
        press=widgets.does(act("open-line", line=line.id)),
    )


def sign_of(line: Line, words: Words, site: Site) -> Icon:
    """Shape and colour of its disc say where it came from; the glyph in it what it was."""
    if line.kind is Kind.MOMENT:
        kind = _of_moment(line)
        return site.picture(kind, words("marketing", did=words(kind)))
    picture = str(line.kind) if _did(line) == f"did-{line.kind}" else "sent"
    return site.picture(picture, words("your-mail", did=words(_did(line))))


def did(line: Line, words: Words) -> str:
    """One or two words: "Replied", "5 views", "Web visit"."""
    if line.kind is Kind.MOMENT:
        return words(_of_moment(line))
    return _counted(line, words) or words(_did(line))


def _did(line: Line) -> str:
    """A mail that is late, or there after all, did not come back."""
    state = delivery_state(line) if line.kind is Kind.BOUNCE else "failed"
    return f"did-{line.kind}" if state == "failed" else "did-delay" if state == "delayed" else "did-arrive-late"


def _of_moment(line: Line) -> str:
    """Which picture and which words: of a web visit, a mail, a milestone."""
    kind = (line.facts.get("moment") or {}).get("type")
    return f"moment-{kind if kind in _MOMENTS else 'milestone'}"


def _who(who: Mapping[str, Any], words: Words) -> str:
    person = who["person"]
    if person is None:
        return words("somebody-of", count=who["of"])
    return safe(person["name"], 100) or safe(person["address"], 100) or words("no-name")


def _possible(who: Mapping[str, Any], words: Words) -> str:
    """Never a guess, only who it may have been."""
    if who["person"] is not None:
        return ""
    names = [plain(one["name"], 60) or plain(one["address"], 60) for one in who["possible"]]
    shown = words("list-comma").join(name for name in names[:_MOST_NAMES] if name)
    return f"{shown} …" if shown and len(names) > _MOST_NAMES else shown


def _when(line: Line, words: Words, *, new: bool = False) -> str:
    return _joined([words("new") if new else "", words.short(line.at), _counted(line, words)])


def _counted(line: Line, words: Words) -> str:
    return words(_COUNTED[line.kind], count=line.count) if line.count > 1 and line.kind in _COUNTED else ""


def _verb(line: Line, words: Words) -> str:
    """From two on the number stands in its place."""
    if line.kind is Kind.MOMENT:
        return words(_of_moment(line))
    return "" if _counted(line, words) else words(_did(line))


def _about(line: Line) -> str:
    moment, message = line.facts.get("moment"), line.facts.get("message")
    if moment:
        return plain(str(moment["description"]), 120)
    return plain(message["subject"]) if message else ""


def _more(line: Line, words: Words) -> list[str]:
    facts = line.facts
    return [
        plain(facts["link"]["text"] or facts["link"]["url"], 60) if facts.get("link") else "",
        plain(str((facts.get("detail") or {}).get("text", "")), 120),
        words.place(facts.get("place")),
        words("forwarded") if facts.get("forwarded") else "",
    ]


def _joined(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)


# What is to do


def duty(todo: Todo, words: Words, act: Actions) -> Widget:
    """Its box completes it, or opens it again; a press on the words opens it."""
    name, high = safe(todo.name) or words("no-name"), todo.priority is Priority.HIGH
    is_late = not todo.done and is_overdue(todo.due_on, None, today(words.now, words.zone))
    due = words("overdue", due=words.due(todo.due_on)) if is_late else words.due(todo.due_on)
    changes = act("reopen" if todo.done else "complete", task=todo.id)
    return widgets.row(
        quiet(name) if todo.done else bold(name) if high else name,
        top=_joined([words("high") if high else "", due, words(f"type-{todo.type}")]),
        bottom=_joined([plain(todo.person, 100), words("done-untick") if todo.done else ""]),
        wrap=True,
        press=widgets.does(act("open-task", task=todo.id)),
        control=widgets.check_box(f"task-{todo.id}", ticked=todo.done, changes=changes),
    )


# Whom to call


def target(one: Ranked, words: Words, act: Actions, site: Site) -> Widget:
    score = "" if one.score is None else str(one.score)
    risen = words("score-risen", score=score, rise=one.rise) if score and one.rise else score
    name = bold(safe(one.name, 100) or safe(one.address, 100) or words("no-name"))
    account = safe(one.account or "", 60)
    call = one.phone and not one.do_not_call
    dial = widgets.button("", dials(one.phone or ""), start=icon("phone", words("call-whom", name=plain(one.name, 60))))
    return widgets.row(
        f"{name}  {quiet(account)}" if account else name,
        top=_joined([risen, words.rank(one.stars, one.flames)]),
        bottom=plain(one.moment, 120),
        start=site.picture("target", words("marketing", did=words("target"))),
        press=widgets.does(act("open-person", person=one.person_id)),
        control=widgets.at_end(dial) if call else None,
    )


def dials(phone: str) -> Click:
    return widgets.opens(f"tel:{quote(phone, safe='+', errors='replace')}")


def writes(address: str) -> Click:
    return widgets.opens(f"mailto:{quote(address, safe='@', errors='replace')}")
