"""Mails written here, and templates, by the API."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from server.app import Product
from server.domain.users import User
from server.gmail.credentials import READ, SEND
from server.storage.tables import mailboxes
from server.tokens import new_id
from tests.web.browser import Clock
from tests.web.test_api import Caller, bram, call, caller_of

__all__ = ["bram", "call", "caller_of"]

DRAFT: dict[str, Any] = {
    "to": [{"name": "Aïssatou Diallo", "address": "aissatou@baobab.example"}],
    "subject": "Pricing",
    "html": "<p>Dear {person.first}</p>",
}


@pytest.fixture
def connected(product: Product, nora: User, clock: Clock) -> None:
    row = {"id": new_id(), "workspace_id": nora.workspace_id, "user_id": nora.id, "address": nora.address, "aliases": []}
    row |= {"scopes": [READ, SEND], "credentials": "sealed", "state": "ok", "state_since": clock(), "created_at": clock()}
    product.database.write(lambda tx: tx.execute(insert(mailboxes).values(**row)))


def told(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.usefixtures("connected")
def test_a_mail_is_written_previewed_sent_and_taken_back(call: Caller) -> None:
    made = told(call("POST", "/compositions", DRAFT), 201)
    path = f"/compositions/{made['id']}"
    assert (made["state"], made["tracked"], made["signed"], made["from"]) == ("draft", True, True, None)
    made = told(call("PUT", path, DRAFT | {"version": 1, "tracked": False}))
    assert told(call("GET", f"{path}/preview"))["items"][0]["html"] == "<p>Dear Aïssatou</p>"
    sent = told(call("POST", f"{path}/send", {"version": made["version"]}))
    assert (sent["state"], sent["mails"]["of"]) == ("scheduled", 1)
    assert [one["id"] for one in told(call("GET", "/compositions"))["items"]] == [made["id"]]
    assert told(call("GET", "/compositions", state="draft"))["items"] == []
    back = told(call("POST", f"{path}/cancel"))
    assert (back["state"], back["send_at"]) == ("draft", None)
    assert call("DELETE", path, version=str(back["version"])).status_code == 204
    assert call("GET", path).status_code == 404


def test_an_older_window_is_told_what_stands_there(call: Caller) -> None:
    made = told(call("POST", "/compositions", DRAFT), 201)
    told(call("PUT", f"/compositions/{made['id']}", DRAFT | {"version": 1, "subject": "Mine"}))
    refused = told(call("PUT", f"/compositions/{made['id']}", DRAFT | {"version": 1, "subject": "Theirs"}), 409)
    assert refused["current"]["subject"] == "Mine"


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": [{"address": "nobody"}]},
        {"at": "tomorrow"},
        {"thread_id": "not hex"},
        {"from": "boss"},
        {"html": "x" * 500_001},
        {"subject": "\0"},
    ],
)
def test_what_does_not_fit_is_refused(call: Caller, wrong: dict[str, Any]) -> None:
    assert call("POST", "/compositions", DRAFT | wrong).status_code == 422


def test_without_gmail_it_is_kept_and_not_promised(call: Caller) -> None:
    made = told(call("POST", "/compositions", DRAFT), 201)
    assert told(call("POST", f"/compositions/{made['id']}/send", {"version": 1}), 403)["code"] == "not-allowed"
    assert call("POST", f"/compositions/{made['id']}/send", {"version": 1, "at": "2026-02-31T08:00"}).status_code == 422
    assert told(call("GET", "/compositions/senders")) == {"items": []}
    assert told(call("GET", "/compositions"))["items"][0]["state"] == "draft"


def test_templates_are_own_or_shared_and_changed_by_whoever_made_them(
    call: Caller, caller_of: Callable[[User], Caller], bram: User
) -> None:
    mine = told(call("POST", "/templates", {"name": " The  fair ", "html": "<p onclick=x>Hi</p>"}), 201)
    assert (mine["name"], mine["html"], mine["own"]) == ("The fair", "<p>Hi</p>", True)
    assert told(call("POST", "/templates", {"name": "The fair"}), 422)["errors"][0]["field"] == "name"
    shared = told(call("POST", "/templates", {"name": "Prices", "shared": True}), 201)
    colleague = caller_of(bram)
    seen = told(colleague("GET", "/templates"))["items"]
    assert [(one["name"], one["own"], one["by"]) for one in seen] == [("Prices", False, "Nora Lindqvist")]
    change = {"name": "Prices 2027", "version": 1}
    assert colleague("PUT", f"/templates/{shared['id']}", change).status_code == 404
    assert colleague("DELETE", f"/templates/{shared['id']}").status_code == 404
    assert told(call("PUT", f"/templates/{shared['id']}", change))["version"] == 2
    assert told(call("PUT", f"/templates/{shared['id']}", change), 409)["current"]["name"] == "Prices 2027"
    assert told(call("PUT", f"/templates/{shared['id']}", {"name": "The fair", "version": 2}), 422)
    assert call("DELETE", f"/templates/{mine['id']}").status_code == 204
    assert [one["name"] for one in told(call("GET", "/templates"))["items"]] == ["Prices 2027"]


def test_a_shared_template_stays_within_its_workspace(product: Product, call: Caller, bram: User) -> None:
    told(call("POST", "/templates", {"name": "Prices", "shared": True}), 201)
    assert product.templates.list(replace(bram, workspace_id="elsewhere")) == {"items": []}
