"""The card beside an open thread, or beside the addresses a mail is written to."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.markup import bold, plain, quiet, safe
from server.cards.widgets import Click, Json, Option, Widget, icon
from server.cards.words import Words
from server.domain.consent import State
from server.domain.context import Choice, Context, Somebody, Thread
from server.domain.engagement import Kind
from server.domain.feed import Line
from server.domain.tasks import Priority, Task, is_overdue, today

NAME = "context"
PERSON_INPUT = "person"

_LINKEDIN_SEARCH = "https://www.linkedin.com/search/results/people/?"
_ICONS = {
    Kind.VIEW: "visibility",
    Kind.CLICK: "ads_click",
    Kind.REPLY: "reply",
    Kind.BOUNCE: "mail_off",
    Kind.AUTO_REPLY: "bedtime",
    Kind.MOMENT: "flag",
}
_CONSENT_ICONS = {
    State.GRANTED: "verified_user",
    State.UNKNOWN: "help",
    State.DENIED: "visibility_off",
    State.WITHDRAWN: "visibility_off",
}
_MOST_STAYING = 3


def context_card(context: Context, words: Words, act: Actions, message_page: Callable[[str], str]) -> Json:
    """`message_page` gives the address of a message's own page by its id."""
    somebody = context.somebody
    menu: list[tuple[str, Click]] = [(words("refresh"), widgets.does(act("refresh")))]
    if somebody is None:
        sections = [*_thread_section(context.thread, words, act), widgets.section([widgets.text(words("nobody"))])]
        return widgets.card(NAME, words("nobody-title"), sections, subtitle=_as_of(words), own_menu=menu)
    if somebody.id:
        deed = "unmute" if somebody.muted else "mute"
        menu.append((words(deed), widgets.does(act(deed, person=somebody.id))))
    sections = [
        widgets.section(_chooser(context, words, act)),
        *_thread_section(context.thread, words, act),
        widgets.section(_person(somebody, words, act), header=words("person")),
        _engagement(context.lines, words, message_page),
        _tasks(context.tasks, somebody, words, act),
        widgets.section(_caveat(context.lines, words)),
    ]
    subtitle = plain(words("list-comma").join(part for part in (somebody.title, somebody.account) if part)) or _as_of(words)
    return widgets.card(NAME, name_of(somebody, words), sections, subtitle=subtitle, own_menu=menu)


def name_of(somebody: Somebody | Choice, words: Words) -> str:
    """A name may be nothing that can be seen."""
    return plain(somebody.name, 100) or plain(somebody.address, 100) or words("no-name")


def _as_of(words: Words) -> str:
    return words("as-of", time=words.clock(words.now))


def _chooser(context: Context, words: Words, act: Actions) -> list[Widget]:
    somebody = context.somebody
    if somebody is None or len(context.choices) < 2:
        return []
    options = [Option(name_of(one, words), one.address, one.address == somebody.address) for one in context.choices]
    return [widgets.choice(PERSON_INPUT, words("about-whom"), options, changes=act("choose-person"))]


# This thread


def _thread_section(thread: Thread | None, words: Words, act: Actions) -> list[Json]:
    if thread is None:
        return [] if not act.around.get("thread") else [_untracked_thread(words)]
    counted = thread.counted
    rows = [*_counts(thread, words)]
    left_out = _left_out(thread, words)
    if left_out:
        rows.append(widgets.row(quiet(left_out), start=icon("smart_toy", words("not-counted-icon")), wrap=True))
    if counted.bounces:
        rows.append(widgets.row(bold(words("bounces", count=counted.bounces)), start=icon(_ICONS[Kind.BOUNCE])))
    if thread.tracked:
        rows.append(_tracking(thread, words, act))
    else:
        rows.append(widgets.text(quiet(words("untracked"))))
    return [widgets.section(rows, header=words("this-thread"))]


def _untracked_thread(words: Words) -> Json:
    return widgets.section([widgets.text(words("no-mail-here"))], header=words("this-thread"))


def _counts(thread: Thread, words: Words) -> list[Widget]:
    counted = thread.counted
    told = [
        (Kind.VIEW, "views", counted.views, counted.last_view),
        (Kind.CLICK, "clicks", counted.clicks, counted.last_click),
        (Kind.REPLY, "replies", counted.replies, counted.last_reply),
    ]
    rows = []
    for kind, key, count, last in told:
        if thread.tracked or kind is Kind.REPLY:
            number = bold(words(key, count=count))
            sentence = words("last", what=number, ago=words.ago(last)) if last else number
            rows.append(widgets.row(sentence, start=icon(_ICONS[kind]), wrap=True))
    return rows


def _left_out(thread: Thread, words: Words) -> str:
    """What was seen but not counted."""
    counted = thread.counted
    parts = [("machine", counted.machine), ("unknown", counted.unknown), ("own", counted.own)]
    named = [words(f"hits-{name}", count=count) for name, count in parts if count]
    return words.spaced(words("not-counted", what=words("list-and").join(named))) if named else ""


def _tracking(thread: Thread, words: Words, act: Actions) -> Widget:
    """Whether it goes on being tracked, and the button that changes it."""
    name = "unarchive" if thread.archived else "archive"
    press = widgets.does(act(name, messages=list(thread.message_ids)))
    told = words("archived" if thread.archived else "tracked")
    return widgets.row(told, control=widgets.at_end(widgets.button(words(name), press)))


# The person


def _person(somebody: Somebody, words: Words, act: Actions) -> list[Widget]:
    rows = [] if somebody.known else [_unknown(somebody, words, act)]
    if somebody.score is not None:
        rise = words("rise", rise=somebody.rise) if somebody.rise else ""
        score = bold(words("score", score=somebody.score))
        rows.append(widgets.row(score, bottom=rise, start=icon("trending_up" if rise else "leaderboard")))
    rows.append(widgets.row(words(f"consent-{somebody.consent}"), start=icon(_CONSENT_ICONS[somebody.consent])))
    rows += [
        widgets.row(words(key), start=icon(sign), wrap=True)
        for key, sign, holds in (
            ("do-not-call", "phone_disabled", somebody.do_not_call),
            ("unsubscribed", "unsubscribe", somebody.unsubscribed),
            ("bounced", "error", somebody.bounced),
            ("muted", "notifications_off", somebody.muted),
        )
        if holds
    ]
    return [*rows, widgets.buttons(_quick(somebody, words, act))]


def _unknown(somebody: Somebody, words: Words, act: Actions) -> Widget:
    add = widgets.button(words("add"), widgets.does(act("add-person")))
    return widgets.row(words("not-in-people"), start=icon("person_add"), wrap=True, control=widgets.at_end(add))


def _quick(somebody: Somebody, words: Words, act: Actions) -> list[Json]:
    made = []
    if somebody.phone:
        call = widgets.opens(f"tel:{quote(somebody.phone, safe='+', errors='replace')}")
        press = _warned(words, "call", call) if somebody.do_not_call else call
        made.append(widgets.button(words("call"), press, start=icon("phone")))
    if "@" in somebody.address:
        write = widgets.opens(f"mailto:{quote(somebody.address, safe='@', errors='replace')}")
        press = _warned(words, "email", write) if somebody.unsubscribed else write
        made.append(widgets.button(words("email"), press, start=icon("mail")))
    made.append(widgets.button(words("task"), widgets.does(act("new-task")), start=icon("add_task")))
    profile = _profile(somebody)
    if profile:
        made.append(widgets.button(words("linkedin"), widgets.opens(profile), start=icon("contact_page")))
    return made


def _warned(words: Words, what: str, press: Click) -> Click:
    """First a card that says what they asked for."""
    asked = words("do-not-call" if what == "call" else "unsubscribed")
    go_on = widgets.button(words(f"{what}-anyway"), press)
    warning = widgets.section([widgets.text(asked), widgets.buttons([go_on])])
    return widgets.shows(widgets.card(f"warning-{what}", words(what), [warning]))


def _profile(somebody: Somebody) -> str:
    """Their own profile, else a search by name."""
    if somebody.linkedin and somebody.linkedin.startswith("https://www.linkedin.com/"):
        return somebody.linkedin
    words = " ".join(part for part in (plain(somebody.name), plain(somebody.account or "")) if part)
    return _LINKEDIN_SEARCH + urlencode({"keywords": words}) if plain(somebody.name) else ""


# What happened


def _engagement(lines: Sequence[Line], words: Words, message_page: Callable[[str], str]) -> Json:
    rows = [_line(line, words, message_page) for line in lines] or [widgets.text(words("nothing-yet"))]
    return widgets.section(rows, header=words("engagement"), stay=_MOST_STAYING)


def _line(line: Line, words: Words, message_page: Callable[[str], str]) -> Widget:
    facts = line.facts
    subject = safe(facts["message"]["subject"]) or words("no-subject")
    counted = words(f"{line.kind}s", count=line.count) if line.count > 1 and line.kind in (Kind.VIEW, Kind.CLICK) else ""
    told = [
        words(f"did-{line.kind}"),
        _someone(facts["who"], words),
        plain(facts["link"]["text"] or facts["link"]["url"], 60) if facts["link"] else "",
        plain(str((facts["detail"] or {}).get("text", "")), 120),
        words.place(facts["place"]),
        words("forwarded") if facts["forwarded"] else "",
    ]
    return widgets.row(
        bold(subject),
        top=" · ".join(part for part in (words.short(line.at), counted) if part),
        bottom=" · ".join(part for part in told if part),
        start=icon(_ICONS[line.kind], words("your-mail", did=words(f"did-{line.kind}"))),
        wrap=True,
        press=widgets.opens(message_page(line.message_id or "")),
    )


def _someone(who: Any, words: Words) -> str:
    return "" if who["person"] else words("someone-of", count=who["of"])


def _caveat(lines: Sequence[Line], words: Words) -> list[Widget]:
    return [widgets.text(quiet(words("caveat")))] if any(line.facts["place"] for line in lines) else []


# What is to do


def _tasks(tasks: Sequence[Task], somebody: Somebody, words: Words, act: Actions) -> Json:
    rows = [_task(one, words, act) for one in tasks] or [widgets.text(words("no-tasks", name=escape(name_of(somebody, words))))]
    rows.append(widgets.buttons([widgets.button(words("new-task"), widgets.does(act("new-task")))]))
    return widgets.section(rows, header=words("tasks"))


def _task(task: Task, words: Words, act: Actions) -> Widget:
    name, done, high = safe(task.name) or words("no-name"), task.completed_at is not None, task.priority is Priority.HIGH
    is_late = is_overdue(task.due_on, task.completed_at, today(words.now, words.zone))
    due = words("overdue", due=words.due(task.due_on)) if is_late else words.due(task.due_on)
    parts = [words("high") if high else "", due, words(f"type-{task.type}")]
    changes = act("reopen" if done else "complete", task=task.id)
    return widgets.row(
        quiet(name) if done else bold(name) if high else name,
        top=" · ".join(part for part in parts if part),
        bottom=words("done-untick") if done else "",
        wrap=True,
        control=widgets.check_box(f"task-{task.id}", ticked=done, changes=changes),
    )
