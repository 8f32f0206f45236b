"""The first card: what happened since the last visit, what is to do today, whom to call; and each of these in full."""

from collections.abc import Sequence

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.blank import blank_card
from server.cards.gmail import warning
from server.cards.markup import bold, quiet
from server.cards.rows import duty, happened, target
from server.cards.site import Site
from server.cards.widgets import Json, Option, Widget, icon
from server.cards.words import Words
from server.domain.engagement import Kind
from server.domain.feed import Line
from server.domain.overview import Engagement, News, Overview, Ranking, Tab, Todos
from server.domain.tasks import When

NAME = "home"
WHEN_INPUT = "when"

MOST_LINES, MOST_TODOS, MOST_TARGETS = 8, 6, 5
"""In the overview; more stands behind "All …"."""

A_PAGE = 20
"""Of one tab: what a telephone scrolls through, and far from Google's limit."""

_STAY_LINES, _STAY_TODOS, _STAY_TARGETS = 4, 3, 3
_IN_ORDER = (Kind.REPLY, Kind.CLICK, Kind.VIEW, Kind.MOMENT, Kind.BOUNCE, Kind.AUTO_REPLY)
"""The louder the intent, the earlier."""


def home_card(overview: Overview, words: Words, act: Actions, site: Site) -> Json:
    if overview.blank:
        return blank_card(overview.connection, words, act, site)
    top = [*warning(overview.connection, words, site), *_news(overview.engagement, words), _tabs(overview.tab, words, act)]
    sections = [widgets.section(top), *_parts(overview, words, act, site), widgets.section(_caveat(overview, words))]
    menu = [(words("refresh"), widgets.does(act("refresh"))), (words("open-live"), widgets.opens(site.live))]
    return widgets.card(NAME, words("product"), sections, subtitle=words.as_of(), image=site.sign, own_menu=menu)


def _tabs(chosen: Tab, words: Words, act: Actions) -> Widget:
    """Buttons, since not every Gmail knows chips."""
    return widgets.buttons(
        widgets.button(
            words(f"tab-{tab}"),
            widgets.does(act("tab", tab=tab.value)),
            kind="FILLED_TONAL" if tab is chosen else "BORDERLESS",
            alt=words("tab-chosen", tab=words(f"tab-{tab}")) if tab is chosen else "",
        )
        for tab in Tab
    )


def _news(engagement: Engagement | None, words: Words) -> list[Widget]:
    if engagement is None or engagement.news.since is None:
        return []
    return [widgets.row(_since(engagement.news, words), start=icon("schedule"), wrap=True)]


def _since(news: News, words: Words) -> str:
    assert news.since is not None
    since = words.since(news.since)
    told = [words(f"new-{kind}", count=news.counts[kind]) for kind in _IN_ORDER if news.counts.get(kind)]
    return words("news", since=since, what=bold(" · ".join(told))) if told else quiet(words("no-news", since=since))


def _parts(overview: Overview, words: Words, act: Actions, site: Site) -> list[Json]:
    """In the order that never changes."""
    whole = overview.tab is not Tab.OVERVIEW
    made = {
        Tab.ENGAGEMENT: overview.engagement and _engagement(overview.engagement, words, act, site, whole=whole),
        Tab.TASKS: overview.tasks and _tasks(overview.tasks, words, act, whole=whole),
        Tab.TARGETS: overview.targets and _targets(overview.targets, words, act, site, whole=whole),
    }
    late = {tab: _late(tab, words, act) for tab in overview.slow}
    return [section for tab in Tab if (section := made.get(tab) or late.get(tab))]


def _late(tab: Tab, words: Words, act: Actions) -> Json:
    again = widgets.button(words("refresh"), widgets.does(act("refresh")))
    row = widgets.row(words("late"), start=icon("schedule"), wrap=True, control=widgets.at_end(again))
    return widgets.section([row], header=words(f"tab-{tab}"))


# What happened


def _engagement(part: Engagement, words: Words, act: Actions, site: Site, *, whole: bool) -> Json:
    rows = [happened(line, words, act, site, new=line.id in part.new) for line in part.lines]
    rows = rows or [widgets.text(words("nothing-lately"))]
    live = widgets.button(words("open-live"), widgets.opens(site.live))
    leading = _paging(Tab.ENGAGEMENT, part.more, words, act) if whole else [_all(Tab.ENGAGEMENT, words, act)]
    rows.append(widgets.buttons([*leading, live]))
    return widgets.section(rows, header=words("engagement"), stay=0 if whole else _STAY_LINES)


# What is to do


def _tasks(part: Todos, words: Words, act: Actions, *, whole: bool) -> Json:
    choice = [_when(part.when, words, act)] if whole else []
    rows = [duty(todo, words, act) for todo in part.todos]
    rows = rows or [widgets.text(words("no-task-then") if whole else words("no-task-today"))]
    new = widgets.button(words("new-task"), widgets.does(act("new-task")))
    following = _paging(Tab.TASKS, part.more, words, act) if whole else [_all(Tab.TASKS, words, act)]
    header = words("tasks") if whole else words("tasks-today")
    whole_section = [*choice, *rows, widgets.buttons([new, *following])]
    return widgets.section(whole_section, header=header, stay=0 if whole else _STAY_TODOS)


def _when(chosen: When, words: Words, act: Actions) -> Widget:
    options = [Option(words(f"when-{when}"), when.value, when is chosen) for when in When]
    return widgets.choice(WHEN_INPUT, words("when"), options, changes=act("choose-when"))


# Whom to call


def _targets(part: Ranking, words: Words, act: Actions, site: Site, *, whole: bool) -> Json:
    rows = [target(one, words, act, site) for one in part.targets] or [widgets.text(words("no-targets"))]
    following = str(part.first + len(part.targets)) if part.more else None
    leading = _paging(Tab.TARGETS, following, words, act) if whole else [_all(Tab.TARGETS, words, act)]
    folded = [*rows, widgets.buttons(leading)] if leading else rows
    return widgets.section(folded, header=words("targets"), stay=0 if whole else _STAY_TARGETS)


# What leads on


def _all(tab: Tab, words: Words, act: Actions) -> Json:
    return widgets.button(words(f"all-{tab}"), widgets.does(act("tab", tab=tab.value)))


def _paging(tab: Tab, following: str | None, words: Words, act: Actions) -> list[Json]:
    first = widgets.button(words("to-first"), widgets.does(act("tab", tab=tab.value)))
    later = widgets.button(words("to-next"), widgets.does(act("tab", tab=tab.value, after=following)))
    return [*([first] if act.around["at"].get("after") else []), *([later] if following else [])]


def _caveat(overview: Overview, words: Words) -> list[Widget]:
    lines: Sequence[Line] = overview.engagement.lines if overview.engagement else ()
    return [widgets.text(quiet(words("caveat")))] if any(line.facts.get("place") for line in lines) else []
