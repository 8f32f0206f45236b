import base64
from datetime import timedelta
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from server.sandbox.letter import write_letter
from tests.fixtures_sandbox import NORA, Sandbox
from tests.gmail_discovery import check

METADATA = "https://www.googleapis.com/auth/gmail.metadata"
READ = "https://www.googleapis.com/auth/gmail.readonly"


def send(sandbox: Sandbox) -> Any:
    return sandbox.world.send(NORA, write_letter(("Nora", NORA), ["ada@customer.example"], "Pricing", html="<p>Hello</p>"))


def receive(sandbox: Sandbox) -> Any:
    raw = write_letter(("Ada", "ada@customer.example"), [NORA], "Hello", text="Hello")
    return sandbox.world.receive(raw, NORA)[0]


def since(users: Any, start: str, **more: Any) -> Any:
    answer = users.history().list(userId="me", startHistoryId=start, **more).execute()
    check("gmail.users.history.list", answer)
    return answer


def added(answer: Any) -> list[str]:
    return [entry["message"]["id"] for record in answer.get("history", []) for entry in record.get("messagesAdded", [])]


def test_history_tells_what_came_and_where_to_go_on(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    start = users.getProfile(userId="me").execute()["historyId"]
    sent, received = send(sandbox), receive(sandbox)
    answer = since(users, start)
    assert added(answer) == [sent.id, received.id]
    assert answer["history"][0]["messagesAdded"][0]["message"]["labelIds"] == ["SENT"]
    assert "history" not in since(users, answer["historyId"])
    assert added(since(users, start, labelId="SENT", historyTypes="messageAdded")) == [sent.id]
    assert added(since(users, start, historyTypes="labelAdded")) == []


def test_an_old_id_is_answered_404(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    start = users.getProfile(userId="me").execute()["historyId"]
    send(sandbox)
    sandbox.control("POST", f"accounts/{NORA}/history/expire")
    with pytest.raises(HttpError) as caught:
        since(users, start)
    assert caught.value.status_code == 404
    assert "history" not in since(users, users.getProfile(userId="me").execute()["historyId"])


def test_an_id_is_forgotten_after_a_week(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    start = users.getProfile(userId="me").execute()["historyId"]
    send(sandbox)
    sandbox.world.clock.advance(timedelta(days=8))
    users = sandbox.gmail().users()
    with pytest.raises(HttpError) as caught:
        since(users, start)
    assert caught.value.status_code == 404


def test_a_lagging_index_shows_changes_later_and_loses_none(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    start = users.getProfile(userId="me").execute()["historyId"]
    sandbox.control("PUT", f"accounts/{NORA}/index", {"history_lag": 5})
    sent = send(sandbox)
    early = since(users, start)
    assert "history" not in early
    assert int(early["historyId"]) < int(users.getProfile(userId="me").execute()["historyId"])
    sandbox.world.clock.advance(5)
    assert added(since(users, early["historyId"])) == [sent.id]


def test_a_message_may_be_missing_right_after_it_was_announced(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    sandbox.control("PUT", f"accounts/{NORA}/index", {"message_lag": 3})
    sent = send(sandbox)
    with pytest.raises(HttpError) as caught:
        users.messages().get(userId="me", id=sent.id).execute()
    assert caught.value.status_code == 404
    sandbox.world.clock.advance(3)
    assert users.messages().get(userId="me", id=sent.id).execute()["id"] == sent.id


def test_a_page_without_history_may_have_a_next_page(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    start = users.getProfile(userId="me").execute()["historyId"]
    sandbox.control("PUT", f"accounts/{NORA}/index", {"empty_history_pages": 1})
    sent = send(sandbox)
    first = since(users, start)
    assert "history" not in first
    assert added(since(users, start, pageToken=first["nextPageToken"])) == [sent.id]


def test_pages_of_history_meet_without_a_gap(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    start = users.getProfile(userId="me").execute()["historyId"]
    sent = [send(sandbox).id for _ in range(7)]
    found, token = [], None
    while True:
        answer = since(users, start, maxResults=3, pageToken=token)
        found += added(answer)
        token = answer.get("nextPageToken")
        if token is None:
            break
    assert found == sent


def test_metadata_poisons_a_token_that_may_read_too(sandbox: Sandbox) -> None:
    messages = sandbox.gmail(NORA, METADATA, READ).users().messages()
    sent = send(sandbox)
    assert messages.get(userId="me", id=sent.id, format="metadata").execute()["payload"]["headers"]
    for request, said in (
        (messages.get(userId="me", id=sent.id, format="full"), "Metadata scope doesn't allow format FULL"),
        (messages.get(userId="me", id=sent.id, format="raw"), "Metadata scope doesn't allow format RAW"),
        (messages.list(userId="me", q="in:sent"), "Metadata scope does not support 'q' parameter"),
    ):
        with pytest.raises(HttpError) as caught:
            request.execute()
        assert (caught.value.status_code, caught.value.reason) == (403, said)


def test_a_batch_answers_each_part_by_itself(sandbox: Sandbox) -> None:
    service, sent = sandbox.gmail(), send(sandbox)
    answers: dict[str, Any] = {}
    batch = service.new_batch_http_request(callback=lambda id, answer, error: answers.update({id: answer or error.status_code}))
    messages = service.users().messages()
    batch.add(messages.get(userId="me", id=sent.id, format="minimal"), request_id="known")
    batch.add(messages.get(userId="me", id="abc123"), request_id="unknown")
    batch.add(messages.get(userId="other@fjordline.example", id=sent.id), request_id="delegated")
    batch.add(messages.list(userId="me", q="in:sent subject:Pricing"), request_id="search")
    raw = base64.urlsafe_b64encode(sent.raw).decode()
    batch.add(messages.send(userId="me", body={"raw": raw}), request_id="send")
    batch.execute()
    check("gmail.users.messages.get", answers["known"])
    assert (answers["unknown"], answers["delegated"]) == (404, 403)
    assert answers["search"]["messages"][0]["id"] == sent.id
    assert answers["send"]["labelIds"] == ["SENT"]
    assert sandbox.control("GET", "quota")["accounts"][NORA]["units"] == 20 + 20 + 5 + 100


def test_a_limited_part_of_a_batch_is_not_tried_again(sandbox: Sandbox) -> None:
    service, seen = sandbox.gmail(), []
    sandbox.fail("gmail.users.getProfile", "429-rateLimitExceeded")
    batch = service.new_batch_http_request(callback=lambda id, answer, error: seen.append(error and error.status_code))
    batch.add(service.users().getProfile(userId="me"))
    batch.add(service.users().getProfile(userId="me"))
    batch.execute()
    assert seen == [429, None]
