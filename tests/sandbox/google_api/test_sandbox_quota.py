from datetime import timedelta
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from server.sandbox.letter import write_letter
from tests.fixtures_sandbox import BRAM, NORA, Sandbox


def send(sandbox: Sandbox) -> Any:
    return sandbox.world.send(NORA, write_letter(("Nora", NORA), ["ada@customer.example"], "Pricing", html="<p>Hello</p>"))


def test_seeing_one_sent_mail_costs_22_units(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    start = users.getProfile(userId="me").execute()["historyId"]
    sandbox.control("DELETE", "quota")
    send(sandbox)
    found = users.history().list(userId="me", startHistoryId=start).execute()
    users.messages().get(userId="me", id=found["history"][0]["messages"][0]["id"]).execute()
    assert sandbox.control("GET", "quota")["accounts"] == {
        NORA: {
            "units": 22,
            "by_method": {"gmail.users.history.list": 2, "gmail.users.messages.get": 20},
            "calls": {"gmail.users.history.list": 1, "gmail.users.messages.get": 1},
        }
    }


def test_three_hundred_messages_a_minute_and_not_one_more(sandbox: Sandbox) -> None:
    sandbox.control("PUT", "quota", {"per_user": 100})
    sent, messages = send(sandbox), sandbox.gmail().users().messages()
    for _ in range(5):
        messages.get(userId="me", id=sent.id, format="minimal").execute()
    codes = []
    for _ in range(2):
        with pytest.raises(HttpError) as caught:
            messages.get(userId="me", id=sent.id).execute()
        codes.append(caught.value.status_code)
        assert caught.value.error_details[0]["reason"] == "rateLimitExceeded"
    assert sorted(codes) == [403, 429]
    assert sandbox.gmail(BRAM).users().getProfile(userId="me").execute()
    sandbox.world.clock.advance(timedelta(minutes=1))
    assert messages.get(userId="me", id=sent.id).execute()


def test_the_project_has_a_limit_of_its_own(sandbox: Sandbox) -> None:
    sandbox.control("PUT", "quota", {"per_project": 1, "refuses_with": 429})
    sandbox.gmail(NORA).users().getProfile(userId="me").execute()
    with pytest.raises(HttpError) as caught:
        sandbox.gmail(BRAM).users().getProfile(userId="me").execute()
    assert caught.value.status_code == 429
    assert sandbox.control("GET", "quota")["refused"] == 1


def test_what_is_refused_before_the_work_costs_nothing(sandbox: Sandbox) -> None:
    messages = sandbox.gmail(NORA, "https://www.googleapis.com/auth/gmail.send").users().messages()
    with pytest.raises(HttpError):
        messages.list(userId="me").execute()
    sandbox.fail("gmail.users.*", "503-backendError")
    with pytest.raises(HttpError):
        messages.list(userId="me").execute()
    assert sandbox.control("GET", "quota")["accounts"] == {}
