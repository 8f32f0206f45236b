"""Every card but the one beside a thread, as a whole, in three languages."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.cards.compose import compose_card
from server.cards.connect import connect_card
from server.cards.draft import Letter, draft_card
from server.cards.failed import failed_card
from server.cards.gmail import gmail_missing_card
from server.cards.hits import hits_card
from server.cards.home import home_card
from server.cards.menu import menu_card
from server.cards.settings import settings_card
from server.cards.task import Kept, Written, task_card
from server.cards.widgets import does
from server.cards.words import Words
from server.domain.consent import Decision
from server.domain.drafts import DraftLink, Tracking
from server.domain.engagement import Kind, Reason
from server.domain.mailboxes import Connection
from server.domain.notifications import Quiet, Wishes
from server.domain.overview import Engagement, News, Opened, Ranking, Seen, Tab, Todos
from server.domain.tasks import Priority, TaskType, When
from server.i18n import LOCALES
from tests.cards.facts import (
    AISSATOU,
    LYON,
    NOW,
    SITE,
    a_line,
    a_moment,
    a_target,
    a_todo,
    actions,
    an_overview,
    words,
)
from tests.cards.lint import check, widgets_of

SAVED = Path(__file__).parent / "saved"
PICTURES = Path(__file__).parents[2] / "server/web/static/card"
MOST = 60
"""Widgets of any card: beyond 100 Google drops them without a word."""

Json = dict[str, Any]
Drawer = Callable[[Words], Json]


def home(**changes: Any) -> Drawer:
    where = {"in": "home", "tab": changes.get("tab", Tab.OVERVIEW).value, "position": 7, "since": None}
    where |= {"after": changes.pop("after")} if "after" in changes else {}
    return lambda said: home_card(an_overview(**changes), said, actions(**where), SITE)


def menu(opened: Opened) -> Drawer:
    return lambda said: menu_card(opened, said, actions(), SITE)


def task(written: Written, kept: Kept | None = None) -> Drawer:
    return lambda said: task_card(written, said, actions(), kept=kept, new_id="t9")


def compose(*recipients: tuple[str, str | None], notice: bool = False, wrong: str = "") -> Drawer:
    each = tuple((address, Decision(why is None, (Reason(why or "policy-always"),), notice)) for address, why in recipients)
    refused = [decision for _, decision in each if not decision.allowed]
    together = Decision(not refused, (), notice and not refused)
    link = DraftLink("ftp://x", "prices") if wrong else None
    names = {"k.sato@tanabe.example": "K. Sato"}
    tracking = Tracking(together, each)
    return lambda said: compose_card(tracking, names, said, actions(), SITE, link=link, wrong=wrong)


WRITTEN = Written(
    "Ask about the depot", TaskType.CALL, Priority.HIGH, NOW.date(), "Aïssatou <aissatou@baobab.example>", "By noon"
)
SEEN = [Seen(Kind.VIEW, NOW - timedelta(hours=hours), LYON if hours else None, "Gmail, iPhone") for hours in (0, 5, 30)]
THREE = {"person": None, "account": "Tanabe", "of": 4, "possible": [{"name": f"P{one}", "address": "p@t"} for one in range(4)]}

CARDS: dict[str, Drawer] = {
    "home": home(),
    "home-warned": home(connection=Connection.RECONNECT_NEEDED, engagement=Engagement()),
    "home-late": home(targets=None, tasks=None, slow=frozenset({Tab.TARGETS, Tab.TASKS})),
    "home-no-news": home(engagement=Engagement((a_line(),), News(NOW - timedelta(days=1)))),
    "home-engagement": home(tab=Tab.ENGAGEMENT, tasks=None, targets=None, after="2026-11-21T12:00:00+00:00 l0"),
    "home-tasks": home(tab=Tab.TASKS, engagement=None, targets=None, tasks=Todos((a_todo(done=True),), When.NEXT_7_DAYS, "x")),
    "home-no-tasks": home(tab=Tab.TASKS, engagement=None, targets=None, tasks=Todos((), When.TOMORROW)),
    "home-targets": home(tab=Tab.TARGETS, engagement=None, tasks=None, targets=Ranking((a_target(),), 20, more=True)),
    "blank": home(engagement=Engagement(), tasks=Todos(), targets=Ranking()),
    "menu": menu(Opened(a_line(count=5, place=LYON), "nora@fjordline.example", replace(AISSATOU, watched=False))),
    "menu-unknown": menu(
        Opened(a_line(Kind.REPLY), "nora@fjordline.example", replace(AISSATOU, known=False, id=None, phone=None))
    ),
    "menu-watched": menu(Opened(a_moment(), "nora@fjordline.example", replace(AISSATOU, watched=True, muted=True))),
    "menu-someone": menu(Opened(a_line(who=THREE), "nora@fjordline.example", None, message_muted=True)),
    "hits": lambda said: hits_card("5 views", SEEN, said, SITE),
    "hits-many": lambda said: hits_card("50 views", SEEN * 20, said, SITE),
    "task-new": task(Written()),
    "task-wrong": task(Written(details="x", wrong={"name": "wrong-name", "due": "wrong-date", "person": "wrong-person"})),
    "task-kept": task(WRITTEN, Kept("t1", 3, person_id="p1")),
    "task-done": task(WRITTEN, Kept("t1", 3, done=True)),
    "compose": compose(("a@b.example", None)),
    "compose-nobody": compose(),
    "compose-notice": compose(("a@b.example", None), notice=True),
    "compose-wrong": compose(("a@b.example", None), wrong="wrong-url"),
    "compose-refused": compose(
        ("a@b.example", None),
        ("k.sato@tanabe.example", "policy-only-with-consent"),
        *((f"c{one}@fjordline.example", "own-domain") for one in range(10)),
    ),
    "draft": lambda said: draft_card(Letter("a@b.example"), said, actions(), message_id="m9"),
    "draft-wrong": lambda said: draft_card(Letter("a@", "Hello", "", "wrong-body"), said, actions(), message_id="m9"),
    "settings": lambda said: settings_card(
        "nora@fjordline.example", Connection.OK, Wishes({"click": False}, Quiet(on=True)), said, actions(), SITE
    ),
    "settings-unconnected": lambda said: settings_card("nora@f.example", Connection.NONE, Wishes(), said, actions(), SITE),
    "connect": lambda said: connect_card(said, SITE, "https://feed.example/auth/sign-in?next=/"),
    "gmail-missing": lambda said: gmail_missing_card(said, SITE),
    "failed": lambda said: failed_card(said, does(actions()("refresh"))),
}


def drawn(case: str, locale: str = "en") -> Json:
    card = CARDS[case](words(locale))
    check(card)
    return card


def told(card: Any) -> str:
    return json.dumps(card, ensure_ascii=False)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("case", CARDS)
def test_the_whole_card_is_as_saved(case: str, locale: str) -> None:
    """A change that is meant: delete the file and look at what the next run writes."""
    file = SAVED / f"{case}-{locale}.json"
    found = json.dumps(drawn(case, locale), ensure_ascii=False, indent=1) + "\n"
    if not file.exists():
        file.write_text(found, "utf-8")
    assert file.read_text("utf-8") == found


@pytest.mark.parametrize("case", CARDS)
def test_no_card_comes_near_what_google_drops(case: str) -> None:
    assert len(list(widgets_of(drawn(case)))) <= MOST


@pytest.mark.parametrize("case", CARDS)
def test_every_picture_a_card_names_is_there(case: str) -> None:
    for url in (one for one in _strings(drawn(case)) if "/static/card/" in one):
        assert (PICTURES / url.rsplit("/", 1)[1]).exists(), url


@pytest.mark.parametrize("case", CARDS)
def test_no_card_depends_on_widgets_that_gmail_may_not_know(case: str) -> None:
    assert not {"chipList", "carousel", "overflowMenu", "MARKDOWN"} & set(_words(drawn(case)))


def test_the_parts_of_home_stand_in_the_order_that_never_changes() -> None:
    for case in ("home", "home-late"):
        headers = [section.get("header") for section in drawn(case)["sections"]]
        assert [header for header in headers if header][1:] in (["Tasks today", "Targets"], ["Tasks", "Targets"])


def test_home_tells_what_came_since_the_last_visit_and_marks_it() -> None:
    card = told(drawn("home"))
    assert "Since 09:40: <b>1 reply · 2 viewed mails</b>" in card
    assert "New · 2 min" in card
    assert "Nothing new since Fri 20 14:32" in told(drawn("home-no-news"))


def test_mail_and_marketing_have_discs_of_their_own() -> None:
    card = told(drawn("home"))
    assert '"https://feed.example/static/card/view.png", "altText": "Your mail: Viewed"' in card
    assert '"https://feed.example/static/card/moment-web.png", "altText": "Marketing: Web visit"' in card


def test_stars_and_flames_are_said_in_words() -> None:
    assert "92, up 14 · 3 stars, 1 flame" in told(drawn("home"))


def test_somebody_who_asked_not_to_be_called_has_no_telephone() -> None:
    called = home(targets=Ranking((a_target(do_not_call=True),)))(words())
    assert "tel:" in told(drawn("home"))
    assert "tel:" not in told(called)


def test_a_part_that_took_too_long_is_named_with_a_way_to_ask_again() -> None:
    sections = drawn("home-late")["sections"]
    late = [section for section in sections if "This part took too long." in told(section)]
    assert [section["header"] for section in late] == ["Tasks", "Targets"]
    assert all("action/refresh" in told(section) for section in late)


def test_all_paged_lists_lead_on_and_back() -> None:
    assert "Show more" in told(drawn("home-engagement"))
    assert "Back to the first" in told(drawn("home-engagement"))
    assert "Back to the first" not in told(drawn("home-tasks"))


def test_what_cannot_be_done_is_left_out_of_the_menu() -> None:
    assert "Add to people" not in told(drawn("menu"))
    unknown = told(drawn("menu-unknown"))
    assert "Add to people" in unknown
    assert "tel:" not in unknown
    assert "Mute this person" not in unknown
    assert "Email" not in told(drawn("menu-someone"))


def test_nobody_is_guessed_among_several() -> None:
    line = a_line(who=THREE)
    card = home(engagement=Engagement((line,)))(words())
    assert "<b>Someone of 4</b>" in told(card)
    assert "P0, P1, P2 …" in told(card)


def test_who_is_not_tracked_is_named_with_the_reason() -> None:
    card = told(drawn("compose-refused"))
    assert "K. Sato: no consent on record" in card
    assert "c0@fjordline.example: one of your own company" in card
    assert "1 more is not tracked." in card
    assert "insert-pixel" not in card


def test_signing_in_and_access_are_asked_for_on_a_page_that_brings_the_card_back() -> None:
    for case in ("connect", "gmail-missing"):
        assert '"openAs": "OVERLAY", "onClose": "RELOAD"' in told(drawn(case))


def test_times_are_those_of_the_place_where_the_card_is_read() -> None:
    assert drawn("home")["header"]["subtitle"] == "As of 14:32"


def _strings(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [one for value in found.values() for one in _strings(value)]
    if isinstance(found, list):
        return [one for value in found for one in _strings(value)]
    return [found] if isinstance(found, str) else []


def _words(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [*found, *(one for value in found.values() for one in _words(value))]
    if isinstance(found, list):
        return [one for value in found for one in _words(value)]
    return [found] if isinstance(found, str) else []
