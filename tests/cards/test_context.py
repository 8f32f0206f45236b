import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.cards.context import context_card
from server.domain.consent import State
from server.domain.context import Choice, Context, Somebody
from server.domain.engagement import Kind
from server.domain.tasks import Priority
from server.i18n import LOCALES
from tests.cards.facts import AISSATOU, NOW, SITE, THREAD, a_context, a_line, a_task, actions, words
from tests.cards.lint import check

SAVED = Path(__file__).parent / "saved"


def drawn(context: Context, locale: str = "en", **around: Any) -> dict[str, Any]:
    card = context_card(context, words(locale), actions(**around), SITE)
    check(card)
    return card


def told(card: dict[str, Any]) -> str:
    return json.dumps(card, ensure_ascii=False)


CASES: dict[str, Context] = {
    "whole": a_context(),
    "several": a_context(
        choices=(Choice(AISSATOU.address, AISSATOU.name), Choice("k.sato@tanabe.example")),
        tasks=(a_task(completed_at=NOW), a_task(id="t2", priority=Priority.HIGH, due_on=NOW.date())),
    ),
    "unknown": a_context(
        somebody=Somebody("new@somewhere.example", "New Name"), thread=replace(THREAD, archived=True), lines=(), tasks=()
    ),
    "nothing-yet": Context(),
    "says-no": a_context(
        somebody=replace(AISSATOU, consent=State.WITHDRAWN, do_not_call=True, unsubscribed=True, bounced=True, muted=True)
    ),
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("case", CASES)
def test_the_whole_card_is_as_saved(case: str, locale: str) -> None:
    """A change that is meant: delete the file and look at what the next run writes."""
    file = SAVED / f"context-{case}-{locale}.json"
    found = json.dumps(drawn(CASES[case], locale), ensure_ascii=False, indent=1) + "\n"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, "utf-8")
    assert file.read_text("utf-8") == found


def test_a_place_stands_beside_its_caveat() -> None:
    card = drawn(a_context())
    assert "near Lyon, France (by IP)" in told(card)
    assert "company’s network exit" in told(card["sections"][-1])
    assert "by IP" not in told(drawn(a_context(lines=(a_line(),))))


def test_machine_and_own_hits_are_named_but_not_counted() -> None:
    assert "3 machine hits and 2 own views not counted" in told(drawn(a_context()))


def test_one_of_several_is_chosen_from_a_list() -> None:
    options = drawn(CASES["several"])["sections"][0]["widgets"][0]["selectionInput"]["items"]
    assert [(one["text"], one["selected"]) for one in options] == [("Aïssatou Diallo", True), ("k.sato@tanabe.example", False)]


def test_an_unknown_address_can_be_added() -> None:
    card = drawn(CASES["unknown"])
    assert "Not in your people" in told(card)
    assert "action/add-person" in told(card)
    assert "action/add-person" not in told(drawn(a_context()))


def test_who_asked_not_to_be_called_is_called_only_after_a_warning() -> None:
    calls = [button for button in buttons(drawn(CASES["says-no"])) if button["text"] == "Call"]
    warning = calls[0]["onClick"]["card"]
    assert "Asked not to be called" in told(warning)
    assert "tel:+33478000000" in told(warning)


def test_a_done_task_is_ticked_and_can_be_unticked() -> None:
    tasks = drawn(CASES["several"])["sections"][-2]["widgets"]
    assert [one["decoratedText"]["switchControl"]["selected"] for one in tasks[:2]] == [True, False]
    assert tasks[0]["decoratedText"]["switchControl"]["onChangeAction"]["function"].endswith("/reopen")


def test_an_overdue_task_says_so() -> None:
    assert "Overdue: Yesterday · Call" in told(drawn(a_context()))


def test_someone_of_several_is_not_guessed() -> None:
    who = {"person": None, "account": None, "of": 3, "possible": []}
    assert "someone of 3" in told(drawn(a_context(lines=(a_line(who=who),))))


def test_no_score_no_row() -> None:
    assert "Score" not in told(drawn(a_context(somebody=replace(AISSATOU, score=None))))


def test_a_thread_without_mail_of_the_rep_says_so() -> None:
    assert "No mail of yours in this thread" in told(drawn(a_context(thread=None)))
    assert "This thread" not in told(drawn(a_context(thread=None, in_thread=False)))


def test_an_untracked_mail_counts_replies_only() -> None:
    card = drawn(a_context(thread=replace(THREAD, tracked=False)))
    thread = told(card["sections"][0])
    assert "0 replies" in thread
    assert "views" not in thread.replace("own views not counted", "")


def test_a_bounce_says_why() -> None:
    line = a_line(Kind.BOUNCE, detail={"text": "Mailbox full", "code": "5.2.2"})
    assert "Bounced · Mailbox full" in told(drawn(a_context(lines=(line,))))


def buttons(card: dict[str, Any]) -> list[dict[str, Any]]:
    widgets = [widget for section in card["sections"] for widget in section["widgets"]]
    return [button for widget in widgets for button in widget.get("buttonList", {}).get("buttons", [])]


def test_who_is_known_has_a_page_of_their_own() -> None:
    page = {"text": "Person’s page", "link": f"{SITE.url}/people/{AISSATOU.id}"}
    offered = {one["actionLabel"]: one["onClick"] for one in drawn(CASES["whole"])["cardActions"]}
    assert offered[page["text"]]["openLink"]["url"] == page["link"]
    assert page["text"] not in told(drawn(CASES["unknown"]))
