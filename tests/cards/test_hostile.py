"""Names, subjects and places come from strangers: whatever they are, the card stays valid and says only what they say."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.cards import inputs
from server.cards.compose import compose_card, read_link
from server.cards.context import context_card
from server.cards.draft import draft_card
from server.cards.draft import read as read_letter
from server.cards.hits import hits_card
from server.cards.home import home_card
from server.cards.menu import menu_card
from server.cards.settings import settings_card
from server.cards.task import Written, read, task_card
from server.domain.consent import Decision, State
from server.domain.context import MOST_PEOPLE, Choice, Counted, Somebody
from server.domain.drafts import Tracking
from server.domain.engagement import Kind, Reason
from server.domain.letters import html_of
from server.domain.mailboxes import Connection
from server.domain.notifications import Wishes
from server.domain.overview import Engagement, News, Opened, Overview, Ranked, Ranking, Seen, Tab, Todo, Todos
from server.domain.tasks import Priority, TaskType
from server.i18n import LOCALES
from tests.cards.facts import NOW, SITE, THREAD, a_context, a_line, a_moment, a_task, actions, words
from tests.cards.lint import check

HOSTILE = st.sampled_from(
    [
        "",
        " ",
        "<script>alert(1)</script>",
        '<a href="https://evil.example">press</a>',
        "</b><br><font color='red'>",
        "&lt;b&gt;",
        "a\u202etxt.exe",
        "שלום <b>עולם</b>",
        "\u0627\u0644\u0633\u0644\u0627\u0645" * 40,
        "👩‍👩‍👧‍👦" * 60,
        "\0\x1b[2J",
        "{count} {name} {0} {}",
        "x" * 3000,
        "line\nbreak\r\nand\u2028more",
        "\ud83d",
    ]
)
WORDS = st.one_of(HOSTILE, st.text(max_size=300))
ADDRESSES = WORDS.filter(lambda word: "\ud83d" not in word)  # stored, which no surrogate can be
SHORT = st.one_of(st.none(), WORDS)
PLACES = st.one_of(
    st.none(),
    st.fixed_dictionaries({"precision": st.just("city"), "city": SHORT, "country": st.sampled_from(["FR", "ZZ", "", "<b>"])}),
    st.fixed_dictionaries({"precision": st.just("country"), "city": st.none(), "country": st.sampled_from(["TW", "XK"])}),
)
PERSON = st.builds(
    Somebody,
    address=st.one_of(st.just("a@b.example"), ADDRESSES),
    name=WORDS,
    id=st.sampled_from([None, "p1"]),
    known=st.booleans(),
    title=SHORT,
    account=SHORT,
    phone=SHORT,
    linkedin=st.sampled_from([None, "javascript:alert(1)", "https://www.linkedin.com/in/x"]),
    score=st.one_of(st.none(), st.integers()),
    rise=st.one_of(st.none(), st.integers(min_value=0)),
    consent=st.sampled_from(State),
    do_not_call=st.booleans(),
    unsubscribed=st.booleans(),
    bounced=st.booleans(),
    muted=st.booleans(),
    stars=st.one_of(st.none(), st.integers(0, 3)),
    flames=st.one_of(st.none(), st.integers(0, 3)),
    watched=st.sampled_from([None, True, False]),
)
COUNTS = st.integers(min_value=0, max_value=10**9)
THREADS = st.builds(
    lambda counted, tracked, archived: replace(THREAD, counted=counted, tracked=tracked, archived=archived),
    st.builds(Counted, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
    st.booleans(),
    st.booleans(),
)
LINES = st.lists(
    st.builds(
        lambda kind, count, subject, place, link, detail, of: a_line(
            kind,
            count=count,
            message={"subject": subject, "thread_id": None, "archived": False},
            place=place,
            link={"ordinal": 1, "url": link, "text": ""} if link else None,
            detail={"text": detail} if detail else None,
            who={"person": None, "account": None, "of": of, "possible": []},
        ),
        st.sampled_from(Kind),
        st.integers(1, 10**6),
        WORDS,
        PLACES,
        SHORT,
        SHORT,
        st.integers(0, 40),
    ),
    max_size=6,
)
DAYS = st.dates(date(1990, 1, 1), date(2200, 1, 1))
TASKS = st.lists(
    st.builds(
        lambda number, name, kind, priority, due: (number, a_task(name=name, type=kind, priority=priority, due_on=due)),
        st.integers(),
        WORDS,
        st.sampled_from(TaskType),
        st.sampled_from(Priority),
        DAYS,
    ),
    max_size=3,
)
CHOICES = st.lists(st.builds(Choice, ADDRESSES, WORDS), max_size=MOST_PEOPLE, unique_by=lambda one: one.address)
ALLOWED_MARKUP = re.compile(r'</?b>|<br>|<font color="#626a77">|</font>')


def markup_of(card: Any) -> str:
    """Every text that Google reads as HTML, together."""
    if isinstance(card, dict):
        own = [value for name, value in card.items() if name in ("text", "header") and isinstance(value, str)]
        kinds = {"textParagraph", "decoratedText"} & card.keys()
        inside = [card[kind]["text"] for kind in kinds]
        return "".join([*(inside or own[:0]), *(markup_of(value) for value in card.values())])
    return "".join(markup_of(one) for one in card) if isinstance(card, list) else ""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PERSON, CHOICES, THREADS, LINES, TASKS, st.sampled_from(LOCALES))
def test_any_words_give_a_valid_card(person: Somebody, choices: Any, thread: Any, lines: Any, tasks: Any, locale: str) -> None:
    numbered = tuple(replace(task, id=f"t{place}") for place, (_, task) in enumerate(tasks))
    context = a_context(choices=tuple(choices), somebody=person, thread=thread, lines=tuple(lines), tasks=numbered)
    _is_harmless(context_card(context, words(locale), actions(), SITE))


@settings(max_examples=100, deadline=None)
@given(WORDS, WORDS, WORDS, st.sampled_from(LOCALES))
def test_any_words_give_a_valid_form(name: str, details: str, about: str, locale: str) -> None:
    given_in = {"name": {"stringInputs": {"value": [name]}}, "details": {"stringInputs": {"value": [details]}}}
    written = read(given_in)
    assert "due" in written.wrong
    _is_harmless(task_card(replace(written, person=about), words(locale), actions()))


TODOS = st.lists(
    st.builds(
        Todo, st.just(""), WORDS, st.sampled_from(TaskType), st.sampled_from(Priority), DAYS, done=st.booleans(), person=WORDS
    ),
    max_size=20,
)
RANKS = st.one_of(st.none(), st.integers(0, 3))
TARGETS = st.lists(
    st.builds(
        Ranked,
        st.just("p1"),
        WORDS,
        ADDRESSES,
        SHORT,
        SHORT,
        st.booleans(),
        st.one_of(st.none(), st.integers()),
        st.one_of(st.none(), st.integers(min_value=0)),
        RANKS,
        RANKS,
        WORDS,
    ),
    max_size=20,
)
MOMENTS = st.builds(
    lambda kind, told, name: a_moment(
        kind, moment={"id": "x", "type": kind, "description": told, "source": None}, who=_who(name, "", account=told)
    ),
    st.sampled_from(["web", "email", "milestone", "<b>"]),
    WORDS,
    WORDS,
)


def _who(name: str, address: str, account: str | None) -> dict[str, Any]:
    return {"person": {"id": "p1", "name": name, "address": address}, "account": account, "of": 1, "possible": []}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.lists(MOMENTS, max_size=3), TODOS, TARGETS, st.sampled_from(Tab), st.sampled_from(LOCALES))
def test_any_words_give_a_valid_home(lines: Any, moments: Any, todos: Any, targets: Any, tab: Tab, locale: str) -> None:
    numbered = tuple(replace(todo, id=f"t{place}") for place, todo in enumerate(todos))
    overview = Overview(
        tab=tab,
        engagement=Engagement((*lines, *moments), News(NOW, {kind: 3 for kind in Kind})),
        tasks=Todos(numbered),
        targets=Ranking(tuple(targets)),
    )
    _is_harmless(home_card(overview, words(locale), actions(**{"in": "home"}), SITE))


@settings(max_examples=100, deadline=None)
@given(PERSON, st.one_of(LINES.filter(bool).map(lambda lines: lines[0]), MOMENTS), WORDS, st.sampled_from(LOCALES))
def test_any_words_give_a_valid_menu(person: Somebody, line: Any, device: str, locale: str) -> None:
    opened = Opened(line, "a@b.example", person)
    _is_harmless(menu_card(opened, words(locale), actions(), SITE))
    seen = Seen(Kind.CLICK, NOW, line.facts.get("place"), device)
    _is_harmless(hits_card("5 views", [seen], words(locale), SITE))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(ADDRESSES, WORDS, st.booleans()), max_size=15), WORDS, WORDS, WORDS, st.sampled_from(LOCALES))
def test_any_words_give_valid_cards_beside_a_mail(people: Any, url: str, shown: str, body: str, locale: str) -> None:
    each = tuple((address, Decision(yes, (Reason("own-domain"),))) for address, _, yes in people)
    tracking = Tracking(Decision(all(yes for _, _, yes in people), ()), each)
    names = {address: name for address, name, _ in people}
    link, wrong = read_link({"url": _typed(url), "text": _typed(shown)})
    _is_harmless(compose_card(tracking, names, words(locale), actions(), SITE, link=link, wrong=wrong))
    letter = read_letter({"to": _typed(url), "subject": _typed(shown), "body": _typed(body)})
    _is_harmless(draft_card(letter, words(locale), actions(), message_id="m"))


@settings(max_examples=50, deadline=None)
@given(WORDS, st.sampled_from(LOCALES))
def test_any_address_gives_valid_settings(address: str, locale: str) -> None:
    _is_harmless(settings_card(address, Connection.OK, Wishes(), words(locale), actions(), SITE))


@settings(max_examples=100, deadline=None)
@given(st.text(), st.text())
def test_any_words_become_a_mail_that_says_only_them(text: str, more: str) -> None:
    html = html_of(f"{text}https://b.example/?a=1&b=<i>\n{more}")
    assert "<" not in re.sub(r"</?div>|<br>|<a href=\"[^\"<>]*\">|</a>", "", html)


def _typed(text: str) -> dict[str, Any]:
    return {"stringInputs": {"value": [text]}}


def _is_harmless(card: dict[str, Any]) -> None:
    check(card)
    assert "<" not in ALLOWED_MARKUP.sub("", markup_of(card))
    json.dumps(card, ensure_ascii=False).encode()  # a lone surrogate could not be sent


MEMBERS = ["stringInputs", "value", "dateInput", "msSinceEpoch", "timeInput", "hours", "minutes"]
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "type", "priority", "due", "details", "person", "time"]), JUNK))
def test_inputs_of_any_shape_are_read(given_in: dict[str, Any]) -> None:
    assert isinstance(read(given_in), Written)
    assert inputs.clock(given_in, "time") is None or ":" in str(inputs.clock(given_in, "time"))
    assert isinstance(inputs.several(given_in, "name"), frozenset)
