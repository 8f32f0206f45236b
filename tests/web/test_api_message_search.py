"""Searching messages, archiving several, and the table of them, as programs ask for it."""

import csv
import io

import pytest

from tests.web.test_api import Caller, call, caller_of

__all__ = ["call", "caller_of"]

DRAFT = {"subject": "Pricing", "to": [{"name": "Aïssatou", "address": "aissatou@baobab.example"}]}


def test_every_filter_of_a_list_is_understood(call: Caller) -> None:
    wanted = {"q": "pricing", "account": "baobab", "person": "0" * 26, "from": "2026-11-01", "to": "2026-11-30"}
    outcome = dict.fromkeys(["viewed", "clicked", "replied", "archived"], "no")
    assert call("GET", "/messages", **wanted, **outcome).json == {"items": [], "next": None}
    answer = call("GET", "/feed", **wanted, kind="click").json
    assert answer is not None
    assert answer["items"] == []


@pytest.mark.parametrize("path", ["/messages", "/feed", "/messages/export"])
@pytest.mark.parametrize("wrong", [{"from": "yesterday"}, {"to": "0001-01-01"}, {"q": "x" * 201}])
def test_a_filter_that_is_none_is_refused(call: Caller, path: str, wrong: dict[str, str]) -> None:
    assert call("GET", path, **wrong).status_code == 422


def test_an_outcome_is_yes_or_no(call: Caller) -> None:
    assert call("GET", "/messages", viewed="perhaps").status_code == 422


def test_the_table_is_what_spreadsheets_open(call: Caller) -> None:
    answer = call("GET", "/messages/export")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="messages.csv"'
    [headings] = csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
    assert headings[:3] == ["Sent", "Subject", "To"]


def test_only_what_was_sent_is_archived(call: Caller) -> None:
    made = call("POST", "/messages", DRAFT).json
    assert made is not None
    answer = call("POST", "/messages/archive", {"messages": [made["id"], "0" * 26], "archived": True})
    assert (answer.status_code, answer.json) == (200, {"changed": []})
    for wrong in ([], ["0" * 26] * 201):
        assert call("POST", "/messages/archive", {"messages": wrong, "archived": True}).status_code == 422
