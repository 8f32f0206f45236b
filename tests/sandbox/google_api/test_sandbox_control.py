import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fixtures_sandbox import BRAM, CLIENT, NORA, START, Sandbox

GUIDE = Path(__file__).parents[3] / "docs" / "sandbox.md"
WRITTEN = {"to": ["ada@customer.example"], "subject": "Pricing", "html": "<p>Hello</p>", "text": "Hello"}


def test_every_call_of_the_control_api_is_documented(sandbox: Sandbox) -> None:
    from server.sandbox.app import create_sandbox

    text = GUIDE.read_text()
    app = create_sandbox(sandbox.world)
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/control/")]
    calls = {(verb, rule.rule) for rule in rules for verb in rule.methods or () if verb in ("GET", "POST", "PUT", "DELETE")}
    assert len(calls) > 25
    missing = [call for call in calls if f"{call[0]} {call[1].replace('<', '{').replace('>', '}')}" not in text]
    assert missing == []


def test_every_scripted_failure_is_documented(sandbox: Sandbox) -> None:
    text = GUIDE.read_text()
    assert [kind for kind in sandbox.control("GET", "failures")["kinds"] if f"`{kind}`" not in text] == []


def test_the_clock_is_moved_by_hand(sandbox: Sandbox) -> None:
    assert sandbox.control("GET", "clock")["now"] == START.isoformat()
    assert sandbox.control("PUT", "clock", {"advance": 90})["now"] == (START + timedelta(seconds=90)).isoformat()
    assert sandbox.control("PUT", "clock", {"at": "2027-01-01T00:00:00+01:00"})["now"] == "2026-12-31T23:00:00+00:00"
    assert sandbox.control("PUT", "clock", {"frozen": False})["frozen"] is False


def test_an_account_comes_and_goes(sandbox: Sandbox) -> None:
    made = sandbox.control("POST", "accounts", {"address": "Eva@Gmail.com", "name": "Eva Maria Smit", "aliases": "e@gmail.com"})
    assert (made["address"], made["hd"], made["aliases"]) == ("eva@gmail.com", None, ["e@gmail.com"])
    credentials = sandbox.credentials("eva@gmail.com")
    assert [account["address"] for account in sandbox.control("GET", "accounts")["accounts"]] == [NORA, BRAM, "eva@gmail.com"]
    sandbox.control("DELETE", "accounts/eva@gmail.com")
    assert len(sandbox.control("GET", "accounts")["accounts"]) == 2
    assert sandbox.google.grants.access(credentials.token) is None


def test_a_mail_is_written_sent_and_read(sandbox: Sandbox) -> None:
    draft = sandbox.control("POST", f"accounts/{NORA}/drafts", WRITTEN)
    draft = sandbox.control("PUT", f"accounts/{NORA}/drafts/{draft['id']}", WRITTEN | {"subject": "Prices"})
    pressed = sandbox.control("POST", f"accounts/{NORA}/drafts/{draft['id']}/send", {"undo_window": 20})
    assert pressed["leaves_at"] == (START + timedelta(seconds=20)).isoformat()
    sandbox.control("PUT", "clock", {"advance": 20})
    assert sandbox.control("POST", "idle", {"timeout": 10}) == {"idle": True}
    [sent] = sandbox.control("GET", f"accounts/{NORA}/messages", q="in:sent")["messages"]
    whole = sandbox.control("GET", f"accounts/{NORA}/messages/{sent['id']}")
    assert (whole["subject"], whole["html"].strip()) == ("Prices", "<p>Hello</p>")
    assert b"Message-ID" in base64.b64decode(whole["raw"])
    at_once = sandbox.control("POST", f"accounts/{NORA}/drafts", WRITTEN)
    assert sandbox.control("POST", f"accounts/{NORA}/drafts/{at_once['id']}/send", {"undo_window": 0})["sent"]["labels"] == [
        "SENT"
    ]


def test_a_mail_is_scheduled_taken_back_and_thrown_away(sandbox: Sandbox) -> None:
    path = f"accounts/{NORA}/drafts/{sandbox.control('POST', f'accounts/{NORA}/drafts', WRITTEN)['id']}"
    later = sandbox.control("POST", f"{path}/schedule", {"at": "2026-12-01T08:00:00Z"})
    assert later["scheduled"]
    assert sandbox.control("POST", f"{path}/undo")["message"]["labels"] == ["DRAFT"]
    sandbox.control("DELETE", path)
    assert sandbox.control("GET", f"accounts/{NORA}/drafts") == {"drafts": []}


def test_a_mail_arrives_from_its_parts_or_as_it_is(sandbox: Sandbox) -> None:
    sent = sandbox.world.send(NORA, b"To: ada@customer.example\r\nSubject: Pricing\r\n\r\nHello")
    body = {"from": "ada@customer.example", "subject": "Re: Pricing", "text": "Yes", "answers": sent.id}
    body |= {"headers": {"Auto-Submitted": "auto-replied"}}
    arrived = sandbox.control("POST", f"accounts/{NORA}/receive", body)
    assert arrived["thread_id"] == sent.thread_id
    raw = b"From: x@y.example\r\nTo: somebody\r\nSubject: As it is\r\n\r\nbody \xe9"
    answer = requests.post(
        f"{sandbox.url}/control/accounts/{NORA}/receive", raw, headers={"Content-Type": "message/rfc822"}, timeout=10
    )
    whole = sandbox.control("GET", f"accounts/{NORA}/messages/{answer.json()['id']}")
    assert base64.b64decode(whole["raw"]).endswith(raw)
    labels = sandbox.control("POST", f"accounts/{NORA}/messages/{arrived['id']}/labels", {"remove": "UNREAD"})["labels"]
    assert labels == ["INBOX"]
    sandbox.control("DELETE", f"accounts/{NORA}/messages/{arrived['id']}")


def test_access_tokens_end_on_request_and_grants_are_listed(sandbox: Sandbox) -> None:
    asked = {"account": NORA, "client_id": CLIENT.id, "scopes": ["https://www.googleapis.com/auth/gmail.send"]}
    made = sandbox.control("POST", "grants", asked)
    assert sandbox.control("GET", "grants")["grants"][0]["account"] == NORA
    assert sandbox.control("POST", "grants/expire", {"account": NORA}) == {"expired": 1}
    assert sandbox.google.grants.access(made["access_token"]) is None
    assert sandbox.control("GET", "clients")["clients"][0]["secret"] == "…"


def test_a_failure_waits_counts_down_and_keeps_to_its_account(sandbox: Sandbox) -> None:
    sandbox.fail("gmail.users.getProfile", "503-backendError", after=1, times=2, account=NORA)

    def status(address: str) -> int:
        headers = {"Authorization": f"Bearer {sandbox.credentials(address).token}"}
        return requests.get(f"{sandbox.url}/gmail/v1/users/me/profile", headers=headers, timeout=10).status_code

    assert [status(address) for address in (BRAM, NORA, NORA, BRAM, NORA, NORA)] == [200, 200, 503, 200, 503, 200]
    sandbox.fail("batch", "500-html", times=None)
    sandbox.control("DELETE", "failures", method="batch")
    assert sandbox.control("GET", "failures")["failures"] == []


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", "accounts", {"address": "x@y.example"}),
        ("POST", "accounts", {"address": NORA, "name": "Twice"}),
        ("PUT", "clock", {"at": "yesterday"}),
        ("PUT", "clock", {"forward": 3}),
        ("POST", "failures", {"method": "batch", "kind": "418"}),
        ("POST", "grants", {"account": NORA, "client_id": CLIENT.id, "scopes": ["gmail"]}),
        ("POST", "accounts/nobody@y.example/drafts", WRITTEN),
        ("PUT", "quota", {"per_user": "many"}),
        ("PUT", "push", {"endpoints": "x"}),
    ],
)
def test_a_slip_is_told(sandbox: Sandbox, verb: str, path: str, body: Any) -> None:
    answer = requests.request(verb, f"{sandbox.url}/control/{path}", json=body, timeout=10)
    assert 400 <= answer.status_code < 500
    assert set(answer.json()) == {"error", "detail"}
