"""Names, subjects and places come from strangers: whatever they are, the card stays valid and says only what they say."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.cards.context import context_card
from server.cards.task import Written, read, task_card
from server.domain.consent import State
from server.domain.context import MOST_PEOPLE, Choice, Counted, Somebody
from server.domain.engagement import Kind
from server.domain.tasks import Priority, TaskType
from server.i18n import LOCALES
from tests.cards.facts import SITE, THREAD, a_context, a_line, a_task, actions, words
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
TASKS = st.lists(
    st.builds(
        lambda number, name, kind, priority, due: (number, a_task(name=name, type=kind, priority=priority, due_on=due)),
        st.integers(),
        WORDS,
        st.sampled_from(TaskType),
        st.sampled_from(Priority),
        st.dates(date(1990, 1, 1), date(2200, 1, 1)),
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
    card = context_card(context, words(locale), actions(), SITE)
    check(card)
    assert "<" not in ALLOWED_MARKUP.sub("", markup_of(card))
    json.dumps(card, ensure_ascii=False).encode()  # a lone surrogate could not be sent


@settings(max_examples=100, deadline=None)
@given(WORDS, WORDS, WORDS, st.sampled_from(LOCALES))
def test_any_words_give_a_valid_form(name: str, details: str, about: str, locale: str) -> None:
    given_in = {"name": {"stringInputs": {"value": [name]}}, "details": {"stringInputs": {"value": [details]}}}
    written = read(given_in)
    assert "due" in written.wrong
    card = task_card(replace(written, person=about), words(locale), actions())
    check(card)
    json.dumps(card, ensure_ascii=False).encode()


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["stringInputs", "value", "dateInput", "msSinceEpoch"]), inner, max_size=3),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "type", "priority", "due", "details"]), JUNK))
def test_inputs_of_any_shape_are_read(inputs: dict[str, Any]) -> None:
    assert isinstance(read(inputs), Written)
