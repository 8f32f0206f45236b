"""The market's control API: slips are told, failures are documented, what happens by itself is paced."""

from pathlib import Path
from typing import Any

import pytest
import requests

from server.sandbox.app import create_sandbox
from server.sandbox.world import World
from tests.fixtures_crm import NORA, CrmSandbox, NoKeys, crm, crm_kept

__all__ = ["crm", "crm_kept"]
GUIDE = Path(__file__).parents[3] / "docs" / "sandbox.md"


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", "crm/people", {"email": "x@y.example"}),
        ("POST", "crm/people", {"email": "x@y.example", "name": "X", "kind": "prospect"}),
        ("POST", "crm/people", {"email": "x@y.example", "name": "X", "owner": "nobody@y.example"}),
        ("GET", "crm/people/nobody@y.example", None),
        ("GET", "crm/people/999999", None),
        ("PUT", "crm/people/1001", {"score": 5}),
        ("POST", "crm/people/1001/moment", {"type": "Fax", "description": "x"}),
        ("POST", "crm/people/1001/moment", {"type": "Web", "description": "x", "at": "yesterday"}),
        ("POST", "crm/people/1001/score", {}),
        ("POST", "crm/people/1001/owner", {"to": "nobody@y.example"}),
        ("POST", "crm/people/1001/merge", {"into": "1001"}),
        ("POST", "crm/people/1001/merge", {"into": "1003"}),
        ("POST", "crm/people/1003/convert", None),
        ("POST", "crm/people/1001/opportunity", None),
        ("POST", "crm/tasks", {"subject": "Call"}),
        ("PUT", "crm/tasks/00T", {"subject": "Call"}),
        ("PUT", "crm/life", {"every": "often"}),
        ("PUT", "marketo/limits", {"daily": "many"}),
        ("PUT", "marketo/moods", {"warnings": "loud"}),
        ("PUT", "marketo/role", {"permissions": ["Everything"]}),
        ("POST", "marketo/failures", {"method": "leads.list", "kind": "999"}),
        ("PUT", "salesforce/app", {"keys": ["no key"]}),
        ("POST", "salesforce/failures", {"method": "query", "kind": "418"}),
        ("PUT", "clock", {"speed": 0}),
    ],
)
def test_a_slip_is_told(crm_kept: CrmSandbox, verb: str, path: str, body: Any) -> None:
    answer = requests.request(verb, f"{crm_kept.url}/control/{path}", json=body, timeout=10)
    assert 400 <= answer.status_code < 500
    assert set(answer.json()) == {"error", "detail"}


def test_every_scripted_failure_is_documented(crm_kept: CrmSandbox) -> None:
    text = GUIDE.read_text()
    kinds = [kind for of in ("marketo", "salesforce") for kind in crm_kept.control("GET", f"{of}/failures")["kinds"]]
    assert len(kinds) > 50
    assert [kind for kind in kinds if f"`{kind}`" not in text and not kind.isdigit()] == []


def test_the_market_is_counted_and_paced(crm: CrmSandbox) -> None:
    counted = crm.control("GET", "crm")
    assert (counted["people"], counted["activities"], counted["tasks"]) == (40, 0, 0)
    assert crm.control("POST", "crm/life", {"times": 20})["distinct_activities"] > 5
    assert crm.control("PUT", "crm/life", {"every": 30}) == crm.control("GET", "crm/life") == {"every": 30.0}
    before = crm.control("GET", "crm")["activities"]
    for _ in range(20):
        crm.control("PUT", "clock", {"advance": 30})
        crm.control("POST", "idle", {"timeout": 10})
    assert crm.control("GET", "crm")["activities"] > before
    assert crm.control("PUT", "crm/life", {"every": None}) == {"every": None}
    assert crm.control("PUT", "clock", {"speed": 60})["speed"] == 60


def test_people_are_listed_by_owner_and_in_parts(crm_kept: CrmSandbox) -> None:
    first = crm_kept.control("GET", "crm/people", owner=NORA, most="3")["people"]
    rest = crm_kept.control("GET", "crm/people", owner=NORA, after=str(first[-1]["number"]))["people"]
    assert len(first) == 3
    assert {person["owner"] for person in first + rest} == {NORA}
    assert {person["number"] for person in first} < {person["number"] for person in first + rest}


def test_a_sandbox_without_a_market_says_so() -> None:
    client = create_sandbox(World(), keys=NoKeys()).test_client()
    for path in ("crm", "crm/life", "marketo", "salesforce"):
        assert client.get(f"/control/{path}").status_code == 404
    assert client.get("/rest/v1/leads.json").status_code == 404
