"""The card API: whose card it is, and what its buttons do for whom."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.app import Product
from server.domain.users import Identity, User
from server.storage.tables import people, person_addresses, tasks
from server.tokens import Tokens
from tests.cards.lint import by_schema, parsed
from tests.fixtures_sandbox import BRAM
from tests.web.browser import SECRET_KEY

AISSATOU = "aissatou@baobab.example"
SATO = "k.sato@tanabe.example"


class Caller:
    """A rep's extension: reads cards, and presses what is on them."""

    def __init__(self, client: FlaskClient, product: Product, user: User) -> None:
        self.client = client
        self.user = user
        session = product.users.open_session(user, "extension", "test", "192.0.2.1")
        self.headers = {"Authorization": f"Bearer {product.tokens.sign('access', session.id)}"}

    def answer(self, **query: str) -> TestResponse:
        return self.client.get("/api/v1/cards/context", query_string=query, headers=self.headers)

    def card(self, **query: str) -> dict[str, Any]:
        answered = self.answer(**query)
        assert answered.status_code == 200, answered.text
        card: dict[str, Any] = answered.json["card"]  # type: ignore[index]
        parsed(card)
        by_schema(card)
        return card

    def posts(self, action: dict[str, Any], inputs: dict[str, Any] | None = None, name: str = "") -> TestResponse:
        called = name or action["function"].rsplit("/", 1)[1]
        body = {"parameters": {one["key"]: one["value"] for one in action["parameters"]}, "inputs": inputs or {}}
        return self.client.post(f"/api/v1/cards/action/{called}", json=body, headers=self.headers)

    def presses(self, action: dict[str, Any], inputs: dict[str, Any] | None = None) -> dict[str, Any]:
        """The card that is on top then."""
        answered = self.posts(action, inputs)
        assert answered.status_code == 200, answered.text
        rendered = answered.json["renderActions"]["action"]  # type: ignore[index]
        last = rendered["navigations"][-1]
        card: dict[str, Any] = last.get("updateCard") or last["pushCard"]
        parsed(card)
        by_schema(card)
        return {**card, "notice": rendered.get("notification", {}).get("text", "")}


@pytest.fixture
def caller(product: Product, client: FlaskClient, nora: User) -> Caller:
    return Caller(client, product, nora)


@pytest.fixture
def colleague(product: Product, caller: Caller) -> Caller:
    bram = product.users.sign_in(Identity("sub-bram", BRAM, "Bram de Wit", "fjordline.example"))
    return Caller(caller.client, product, bram)


def actions(card: Any) -> list[dict[str, Any]]:
    """Every action of a card, however deep."""
    if isinstance(card, list):
        return [found for one in card for found in actions(one)]
    if not isinstance(card, dict):
        return []
    own = [card] if "function" in card else []
    return own + [found for value in card.values() for found in actions(value)]


def action(card: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in actions(card) if one["function"].endswith(f"/{name}"))


def form(name: str = "Ask about Lyon", due: str = "2026-11-23", kind: str = "call", person: str = AISSATOU) -> dict[str, Any]:
    stamp = str(int(datetime.fromisoformat(due).replace(tzinfo=UTC).timestamp()) * 1000)
    texts = {"name": name, "type": kind, "priority": "high", "details": "in French", "person": person}
    return {key: {"stringInputs": {"value": [value]}} for key, value in texts.items()} | {
        "due": {"dateInput": {"msSinceEpoch": stamp}}
    }


def stored_tasks(product: Product) -> list[Any]:
    return product.database.read(lambda tx: list(tx.execute(select(tasks))))


def with_task(caller: Caller) -> dict[str, Any]:
    form_card = caller.presses(action(caller.card(addresses=AISSATOU), "new-task"))
    return caller.presses(action(form_card, "create-task"), form())


def test_a_stranger_gets_no_card(client: FlaskClient) -> None:
    assert client.get("/api/v1/cards/context").status_code == 401
    assert client.post("/api/v1/cards/action/refresh", json={}).status_code in (400, 401)


def test_a_task_is_made_done_and_undone(caller: Caller, product: Product) -> None:
    made = with_task(caller)
    assert made["notice"] == "Task saved."
    assert "Ask about Lyon" in json.dumps(made)
    done = caller.presses(action(made, "complete"))
    assert stored_tasks(product)[0].completed_at is not None
    caller.presses(action(done, "reopen"))
    assert stored_tasks(product)[0].completed_at is None


@pytest.mark.parametrize("broken", [{"name": "  "}, {"kind": "fax"}, {"due": "1969-13"}])
def test_a_form_that_is_wrong_comes_back_with_what_was_written(
    caller: Caller, product: Product, broken: dict[str, str]
) -> None:
    form_card = caller.presses(action(caller.card(addresses=AISSATOU), "new-task"))
    filled = form(**{key: value for key, value in broken.items() if key != "due"})
    if "due" in broken:
        del filled["due"]
    again = caller.presses(action(form_card, "create-task"), filled)
    assert again["name"] == "task"
    assert "in French" in json.dumps(again)
    assert stored_tasks(product) == []


def test_a_person_is_added_from_their_address(caller: Caller, product: Product) -> None:
    card = caller.card(addresses=AISSATOU)
    added = caller.presses(action(card, "add-person"))
    assert "Not in your people" not in json.dumps(added)
    found = product.database.read(lambda tx: tx.execute(select(person_addresses.c.address)).scalars().all())
    assert found == [AISSATOU]
    again = caller.presses(action(card, "add-person"))  # pressed twice: still one
    assert "one of your people" in again["notice"]
    assert len(product.database.read(lambda tx: list(tx.execute(select(people))))) == 1


def test_somebody_else_of_the_thread_can_be_chosen(caller: Caller) -> None:
    card = caller.card(addresses=f"{AISSATOU},{SATO}")
    assert card["header"]["title"] == AISSATOU
    chosen = caller.presses(action(card, "choose-person"), {"person": {"stringInputs": {"value": [SATO]}}})
    assert chosen["header"]["title"] == SATO
    assert caller.presses(action(chosen, "refresh"))["header"]["title"] == SATO
    foreign = caller.presses(action(card, "choose-person"), {"person": {"stringInputs": {"value": ["x@y.example"]}}})
    assert foreign["header"]["title"] == AISSATOU


def test_a_muted_person_is_heard_of_again(caller: Caller) -> None:
    added = caller.presses(action(caller.card(addresses=AISSATOU), "add-person"))
    muted = caller.presses(action(added, "mute"))
    assert "no more of" in muted["notice"]
    assert "hear of" in caller.presses(action(muted, "unmute"))["notice"]


def test_another_reps_card_is_without_the_task(caller: Caller, colleague: Caller) -> None:
    with_task(caller)
    card = colleague.card(addresses=AISSATOU)
    assert "Ask about Lyon" not in json.dumps(card)
    assert "Not in your people" not in json.dumps(card)  # people are the workspace's


@pytest.mark.parametrize("name", ["refresh", "new-task", "complete", "create-task", "mute", "add-person"])
def test_no_button_of_one_rep_works_for_another(caller: Caller, colleague: Caller, product: Product, name: str) -> None:
    card = with_task(caller) if name not in ("add-person", "create-task") else caller.card(addresses=AISSATOU)
    if name == "create-task":
        card = caller.presses(action(card, "new-task"))
    before = stored_tasks(product)
    answered = colleague.posts(action(card, name), form())
    assert answered.status_code == 403
    assert answered.json["code"] == "not-allowed"  # type: ignore[index]
    assert stored_tasks(product) == before


EDITS: dict[str, Callable[[str], str]] = {
    "none": lambda _: "",
    "one letter": lambda state: ("A" if state[0] != "A" else "B") + state[1:],
    "another key": lambda _: Tokens(["another key of the tests, long enough too"]).sign("card", {"user": "x"}),
    "another purpose": lambda _: Tokens([SECRET_KEY]).sign("session", {"user": "x"}),
    "no object": lambda _: Tokens([SECRET_KEY]).sign("card", ["user"]),
}


@pytest.mark.parametrize("edit", EDITS)
def test_edited_parameters_are_refused(caller: Caller, edit: str) -> None:
    found = action(caller.card(addresses=AISSATOU), "new-task")
    changed = {**found, "parameters": [{"key": "state", "value": EDITS[edit](found["parameters"][0]["value"])}]}
    assert caller.posts(changed).status_code == 403


def test_the_state_of_one_action_is_worth_nothing_for_another(caller: Caller) -> None:
    assert caller.posts(action(with_task(caller), "complete"), name="reopen").status_code == 403


def test_an_action_there_is_not_is_not_found(caller: Caller) -> None:
    assert caller.posts(action(caller.card(addresses=AISSATOU), "refresh"), name="erase-all").status_code == 404


def test_a_task_gone_meanwhile_is_told_not_failed(caller: Caller, product: Product) -> None:
    card = with_task(caller)
    product.worklist.delete(caller.user, stored_tasks(product)[0].id)
    shown = caller.presses(action(card, "complete"))
    assert "changed somewhere else" in shown["notice"]
    assert "Ask about Lyon" not in json.dumps(shown)


@pytest.mark.parametrize("query", [{"thread": "msg-f:12"}, {"thread": "z"}, {"thread": "1" * 17}, {"addresses": "a" * 7000}])
def test_what_is_no_thread_or_no_address_is_refused(caller: Caller, query: dict[str, str]) -> None:
    assert caller.answer(**query).status_code == 422


def test_without_anybody_the_card_says_what_would_stand_here(caller: Caller) -> None:
    assert "Nobody else here" in json.dumps(caller.card())
    assert "Nobody else here" in json.dumps(caller.card(addresses=caller.user.address))


def test_the_card_speaks_the_reps_language(caller: Caller, product: Product) -> None:
    product.users.choose(caller.user, "zh-TW", None)
    assert "不在您的聯絡人中" in json.dumps(caller.card(addresses=AISSATOU), ensure_ascii=False)
