"""Tasks and mutes, as programs ask for them."""

from collections.abc import Callable
from typing import Any

import pytest

from server.app import Product
from server.domain.users import Identity, User
from tests.fixtures_sandbox import BRAM
from tests.web.test_api import Caller, call, caller_of

__all__ = ["call", "caller_of"]

CALL: dict[str, Any] = {"name": "Call Lucía", "due_on": "2099-01-05", "type": "call", "priority": "high"}


@pytest.fixture
def task(call: Caller) -> dict[str, Any]:
    answer = call("POST", "/tasks", CALL)
    assert answer.status_code == 201
    assert answer.json is not None
    return dict(answer.json)


def test_a_task_from_its_making_to_its_end(call: Caller, task: dict[str, Any], nora: User) -> None:
    path = f"/tasks/{task['id']}"
    assert task | CALL == task
    assert task["assignee"] == {"id": nora.id, "name": "Nora Lindqvist"}
    assert call("PATCH", path, {"version": 1, "details": "the depot", "type": "inmail"}).json["type"] == "inmail"  # type: ignore[index]
    assert call("POST", f"{path}/complete").json["completed_at"]  # type: ignore[index]
    assert call("GET", "/tasks").json["items"] == []  # type: ignore[index]
    assert len(call("GET", "/tasks", done="true").json["items"]) == 1  # type: ignore[index]
    assert call("POST", f"{path}/reopen").json["completed_at"] is None  # type: ignore[index]
    assert call("POST", f"{path}/snooze", {"until": "2099-01-06"}).json["due_on"] == "2099-01-06"  # type: ignore[index]
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404
    restored = call("POST", f"{path}/restore").json
    assert restored is not None
    assert (restored["details"], restored["due_on"], restored["version"]) == ("the depot", "2099-01-06", 7)


def test_who_changes_an_old_version_gets_the_task_as_it_is(call: Caller, task: dict[str, Any]) -> None:
    path = f"/tasks/{task['id']}"
    current = call("PATCH", path, {"version": 1, "name": "Call Lucía Fernández"}).json
    late = {"version": 1, "name": "Call her"}
    for answer in (
        call("PATCH", path, late),
        call("POST", f"{path}/snooze", {"until": "2099-02-01", "version": 1}),
        call("DELETE", path, version="1"),
    ):
        assert answer.status_code == 409
        assert answer.mimetype == "application/problem+json"
        assert answer.json is not None
        assert (answer.json["code"], answer.json["current"]) == ("conflict", current)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \n "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"due_on": "tomorrow"}, "due_on"),
        ({"due_on": "2026-02-30"}, "due_on"),
        ({"type": "fax"}, "type"),
        ({"priority": "low"}, "priority"),
        ({"details": "x" * 32_001}, "details"),
        ({"person_id": "0" * 26}, "person_id"),
        ({"assignee": "0" * 26}, "assignee"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_does_not_fit_is_said_by_field(call: Caller, wrong: dict[str, str], field: str) -> None:
    answer = call("POST", "/tasks", CALL | wrong)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]  # type: ignore[index]


@pytest.mark.parametrize("query", [{"when": "yesterday"}, {"done": "perhaps"}, {"limit": "0"}, {"before": "nonsense"}])
def test_a_question_that_is_none_is_refused(call: Caller, query: dict[str, str]) -> None:
    assert call("GET", "/tasks", **query).status_code == 422


def test_a_colleague_sees_only_what_is_theirs(
    call: Caller, caller_of: Callable[[User], Caller], product: Product, task: dict[str, Any]
) -> None:
    bram = product.users.sign_in(Identity("sub-bram", BRAM, "Bram de Wit", "fjordline.example"))
    theirs = caller_of(bram)
    assert theirs("GET", f"/tasks/{task['id']}").status_code == 404
    assert theirs("PATCH", f"/tasks/{task['id']}", {"version": 1, "name": "mine"}).status_code == 404
    assert [one["name"] for one in call("GET", "/tasks/assignees").json["items"]] == ["Bram de Wit", "Nora Lindqvist"]  # type: ignore[index]
    assert call("PATCH", f"/tasks/{task['id']}", {"version": 1, "assignee": bram.id}).status_code == 200
    assert theirs("GET", f"/tasks/{task['id']}").status_code == 200


def test_a_message_is_muted_and_heard_of_again(call: Caller) -> None:
    made = call("POST", "/messages", {"subject": "Pricing", "to": [{"address": "a@b.example"}]}).json
    assert made is not None
    for method in ("PUT", "PUT", "DELETE", "DELETE"):
        assert call(method, f"/mutes/message/{made['id']}").status_code == 204
    assert call("PUT", f"/mutes/person/{made['id']}").status_code == 404
    assert call("PUT", f"/mutes/thread/{made['id']}").status_code == 422
