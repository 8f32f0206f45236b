"""Saved searches, as programs ask for them."""

from typing import Any

import pytest

from tests.web.test_api import Caller, call, caller_of

__all__ = ["call", "caller_of"]

UNREAD: dict[str, Any] = {"view": "messages", "name": "Unread", "query": {"viewed": "no"}}


def test_a_search_from_its_making_to_its_end(call: Caller) -> None:
    made = call("POST", "/searches", UNREAD)
    assert made.status_code == 201
    assert made.json is not None
    assert made.json | UNREAD == made.json
    assert call("GET", "/searches", view="messages").json == {"items": [made.json]}
    path = f"/searches/{made.json['id']}"
    assert call("PATCH", path, {"name": "Never read"}).json == made.json | {"name": "Never read"}
    assert call("DELETE", path).status_code == 204
    assert call("DELETE", path).status_code == 404


def test_a_name_that_is_taken_is_a_conflict(call: Caller) -> None:
    assert [call("POST", "/searches", UNREAD).status_code for _ in range(2)] == [201, 409]


@pytest.mark.parametrize(
    "wrong",
    [
        {"view": "tasks"},
        {"name": ""},
        {"name": " "},
        {"name": "x" * 81},
        {"query": {"viewed": 1}},
        {"query": {"q": "x" * 301}},
        {"query": {f"p{number}": "" for number in range(21)}},
        {"colour": "blue"},
    ],
)
def test_what_does_not_fit_is_refused(call: Caller, wrong: dict[str, Any]) -> None:
    assert call("POST", "/searches", UNREAD | wrong).status_code == 422
