"""The card beside an open thread, beside the addresses a mail is written to, or about one person."""

from collections.abc import Sequence
from html import escape

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.gmail import warning
from server.cards.markup import bold, plain, quiet
from server.cards.person import chooser, name_of, own_menu, person_rows
from server.cards.rows import duty, happened_with
from server.cards.site import Site
from server.cards.widgets import Click, Json, Widget, icon
from server.cards.words import Words
from server.domain.context import Context, Somebody, Thread
from server.domain.engagement import Kind
from server.domain.feed import Line
from server.domain.overview import todo_of
from server.domain.tasks import Task

NAME = "context"
_MOST_STAYING = 3


def context_card(context: Context, words: Words, act: Actions, site: Site, name: str = NAME) -> Json:
    somebody = context.somebody
    menu: list[tuple[str, Click]] = [(words("refresh"), widgets.does(act("refresh")))]
    about = [*_warned(context, words, site), *_thread_section(context, words, act, site)]
    if somebody is None:
        sections = [*about, widgets.section([widgets.text(words("nobody"))])]
        return widgets.card(name, words("nobody-title"), sections, subtitle=words.as_of(), own_menu=menu)
    sections = [
        widgets.section(chooser(context, words, act)),
        *about,
        widgets.section(person_rows(somebody, words, act, site), header=words("person")),
        _engagement(context.lines, words, act, site),
        _tasks(context.tasks, somebody, words, act),
        widgets.section(_caveat(context.lines, words)),
    ]
    subtitle = plain(words("list-comma").join(part for part in (somebody.title, somebody.account) if part)) or words.as_of()
    menu += own_menu(somebody, words, act, site)
    return widgets.card(name, name_of(somebody, words), sections, subtitle=subtitle, own_menu=menu)


def _warned(context: Context, words: Words, site: Site) -> list[Json]:
    """Without Gmail nothing is known of the thread."""
    rows = warning(context.connection, words, site) if context.in_thread else []
    return [widgets.section(rows)] if rows else []


# This thread


def _thread_section(context: Context, words: Words, act: Actions, site: Site) -> list[Json]:
    thread = context.thread
    if thread is None:
        return [_untracked_thread(words)] if context.in_thread else []
    counted = thread.counted
    rows = [*_counts(thread, words, site)]
    left_out = _left_out(thread, words)
    if left_out:
        rows.append(widgets.row(quiet(left_out), start=site.picture("machine", words("not-counted-icon")), wrap=True))
    if counted.bounces:
        rows.append(widgets.row(bold(words("bounces", count=counted.bounces)), start=_sign(Kind.BOUNCE, words, site)))
    if thread.tracked:
        rows.append(_tracking(thread, words, act))
    else:
        rows.append(widgets.row(quiet(words("untracked")), start=site.picture("untracked", words("not-tracked")), wrap=True))
    return [widgets.section(rows, header=words("this-thread"))]


def _untracked_thread(words: Words) -> Json:
    return widgets.section([widgets.text(words("no-mail-here"))], header=words("this-thread"))


def _counts(thread: Thread, words: Words, site: Site) -> list[Widget]:
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
            rows.append(widgets.row(sentence, start=_sign(kind, words, site), wrap=True))
    return rows


def _sign(kind: Kind, words: Words, site: Site) -> widgets.Icon:
    return site.picture(str(kind), words("your-mail", did=words(f"did-{kind}")))


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
    sign = icon("archive" if thread.archived else "check_circle")
    return widgets.row(told, start=sign, control=widgets.at_end(widgets.button(words(name), press)))


# What happened


def _engagement(lines: Sequence[Line], words: Words, act: Actions, site: Site) -> Json:
    rows = [happened_with(line, words, act, site) for line in lines] or [widgets.text(words("nothing-yet"))]
    return widgets.section(rows, header=words("engagement"), stay=_MOST_STAYING)


def _caveat(lines: Sequence[Line], words: Words) -> list[Widget]:
    return [widgets.text(quiet(words("caveat")))] if any(line.facts.get("place") for line in lines) else []


# What is to do


def _tasks(tasks: Sequence[Task], somebody: Somebody, words: Words, act: Actions) -> Json:
    rows = [duty(todo_of(one), words, act) for one in tasks]
    rows = rows or [widgets.text(words("no-tasks", name=escape(name_of(somebody, words))))]
    rows.append(widgets.buttons([widgets.button(words("new-task"), widgets.does(act("new-task")))]))
    return widgets.section(rows, header=words("tasks"))
