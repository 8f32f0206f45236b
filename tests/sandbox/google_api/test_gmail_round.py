"""One long round through the real client: each answer fits the client's own discovery document."""

import base64
import io
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import google.auth.exceptions
import google.auth.transport.requests
import google_auth_httplib2
import httplib2
import pytest
import requests
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload

from server.sandbox.failures import KINDS
from server.sandbox.letter import write_letter
from tests.fixtures_sandbox import BRAM, NORA, Sandbox
from tests.gmail_discovery import check, check_error

TOPIC = "projects/sandbox-project/topics/gmail"
OUTSIDER = "ada@customer.example"
FULL = "https://mail.google.com/"

ENVELOPES = [kind for kind in KINDS if kind[:3].isdigit() and kind.split("-")[1] not in ("html", "details", "plain")]


class Round:
    """Runs requests one after the other, checks each answer, counts."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.users = sandbox.gmail(NORA, FULL).users()
        self.steps = 0

    def ok(self, request: Any, http: Any = None) -> Any:
        answer = request.execute(http=http)
        check(request.methodId, answer)
        self.steps += 1
        return answer

    def refused(self, request: Any, code: int, reason: str) -> dict[str, Any]:
        with pytest.raises(HttpError) as caught:
            request.execute()
        error = check_error(caught.value.content)
        assert (error["code"], error["errors"][0]["reason"]) == (code, reason)
        assert caught.value.status_code == code
        self.steps += 1
        return error

    def letter(self, to: str = OUTSIDER, subject: str = "Pricing for 40 vehicles", **more: Any) -> dict[str, Any]:
        raw = write_letter(("Nora", NORA), [to], subject, html="<p>Hello <a href='https://x.example'>here</a></p>", **more)
        return {"raw": base64.urlsafe_b64encode(raw).decode()}


def test_a_long_round_through_the_real_client_fits_its_discovery_document(sandbox: Sandbox) -> None:
    it = Round(sandbox)
    _read_and_send(it)
    _draft(it)
    _change_and_look_back(it)
    _be_refused(it)
    _meet_every_failure(it)
    assert it.steps >= 40


def _read_and_send(it: Round) -> None:
    users, me = it.users, {"userId": "me"}
    start = it.ok(users.getProfile(**me))
    assert it.ok(users.messages().list(**me)) == {"resultSizeEstimate": 0}
    assert "history" not in it.ok(users.history().list(**me, startHistoryId=start["historyId"]))
    watch = it.ok(users.watch(**me, body={"topicName": TOPIC, "labelIds": ["SENT", "INBOX"], "labelFilterBehavior": "include"}))
    assert watch["historyId"] == start["historyId"]
    sent = it.ok(users.messages().send(**me, body=it.letter()))
    for format in ("minimal", "metadata", "full", "raw"):
        found = it.ok(users.messages().get(**me, id=sent["id"], format=format))
        assert ("payload" in found, "raw" in found) == (format in ("metadata", "full"), format == "raw")
    headers = it.ok(users.messages().get(**me, id=sent["id"], format="metadata", metadataHeaders=["Message-ID"]))
    assert [header["name"] for header in headers["payload"]["headers"]] == ["Message-ID"]
    masked = it.ok(users.messages().get(**me, id=sent["id"], fields="id,payload(headers/value,parts(body/size))"))
    assert set(masked) == {"id", "payload"}
    assert set(masked["payload"]["headers"][0]) == {"value"}
    message_id = headers["payload"]["headers"][0]["value"]
    found = it.ok(users.messages().list(**me, q=f"in:sent newer_than:7d rfc822msgid:{message_id}"))
    assert found["messages"] == [{"id": sent["id"], "threadId": sent["threadId"]}]
    upload = MediaIoBaseUpload(io.BytesIO(base64.urlsafe_b64decode(it.letter()["raw"])), "message/rfc822")
    assert it.ok(users.messages().send(**me, media_body=upload))["threadId"] != sent["threadId"]
    upload = MediaIoBaseUpload(io.BytesIO(_answer(it, message_id)), "message/rfc822")
    in_thread = it.ok(users.messages().send(**me, body={"threadId": sent["threadId"]}, media_body=upload))
    assert in_thread["threadId"] == sent["threadId"]
    for format in ("minimal", "metadata", "full"):
        assert len(it.ok(users.threads().get(**me, id=sent["threadId"], format=format))["messages"]) == 2
    assert it.ok(users.threads().list(**me, maxResults=1))["nextPageToken"]
    it.ok(users.settings().sendAs().list(**me))
    it.ok(users.settings().sendAs().get(**me, sendAsEmail="sales@fjordline.example"))
    it.ok(users.labels().list(**me))
    assert it.ok(users.stop(**me)) == ""


def _answer(it: Round, message_id: str) -> bytes:
    raw = base64.urlsafe_b64decode(it.letter(subject="Re: Pricing for 40 vehicles")["raw"])
    return f"In-Reply-To: {message_id}\r\nReferences: {message_id}\r\n".encode() + raw


def _draft(it: Round) -> None:
    drafts = it.users.drafts()
    made = it.ok(drafts.create(userId="me", body={"message": it.letter(subject="One")}))
    assert made["id"].startswith("r")
    saved = it.ok(drafts.update(userId="me", id=made["id"], body={"message": it.letter(subject="Two")}))
    assert (saved["id"], saved["message"]["id"] != made["message"]["id"]) == (made["id"], True)
    assert it.ok(drafts.get(userId="me", id=made["id"], format="raw"))["message"]["raw"]
    assert [draft["id"] for draft in it.ok(drafts.list(userId="me"))["drafts"]] == [made["id"]]
    left = it.ok(drafts.send(userId="me", body={"id": made["id"]}))
    assert left["labelIds"] == ["SENT"]
    it.refused(drafts.get(userId="me", id=made["id"]), 404, "notFound")
    thrown_away = it.ok(drafts.create(userId="me", body={"message": it.letter()}))
    it.ok(drafts.delete(userId="me", id=thrown_away["id"]))


def _change_and_look_back(it: Round) -> None:
    it.sandbox.world.receive(
        write_letter(("Ada", OUTSIDER), [NORA], "A drawing", text="see there").replace(
            b'Content-Type: text/plain; charset="utf-8"', b'Content-Type: text/plain; name="d.txt"; charset="utf-8"'
        ),
        NORA,
    )
    messages = it.users.messages()
    [arrived] = it.ok(messages.list(userId="me", labelIds=["INBOX"]))["messages"]
    body = it.ok(messages.get(userId="me", id=arrived["id"]))["payload"]["body"]
    content = it.ok(messages.attachments().get(userId="me", messageId=arrived["id"], id=body["attachmentId"]))
    assert base64.urlsafe_b64decode(content["data"]).strip() == b"see there"
    it.ok(messages.modify(userId="me", id=arrived["id"], body={"addLabelIds": ["STARRED"], "removeLabelIds": ["UNREAD"]}))
    it.ok(messages.trash(userId="me", id=arrived["id"]))
    it.ok(messages.untrash(userId="me", id=arrived["id"]))
    it.ok(messages.delete(userId="me", id=arrived["id"]))
    seen, page = set(), {"startHistoryId": "1", "maxResults": 3}
    while page:
        found = it.ok(it.users.history().list(userId="me", **page))
        seen |= {key for record in found["history"] for key in record}
        page = {**page, "pageToken": found["nextPageToken"]} if "nextPageToken" in found else {}
    assert seen == {"id", "messages", "messagesAdded", "messagesDeleted", "labelsAdded", "labelsRemoved"}


def _be_refused(it: Round) -> None:
    messages = it.users.messages()
    it.refused(messages.get(userId="me", id="not-hex"), 400, "invalidArgument")
    it.refused(messages.get(userId="me", id="abc123"), 404, "notFound")
    it.refused(messages.get(userId=BRAM, id="abc123"), 403, "forbidden")
    it.refused(messages.get(userId="me", id="abc123", fields="payload/header"), 400, "invalidParameter")
    it.refused(messages.list(userId="me", pageToken="nonsense"), 400, "invalidArgument")
    it.refused(messages.send(userId="me", body={}), 400, "invalidArgument")
    it.refused(messages.send(userId="me", body={"raw": "SGVsbG8"}), 400, "invalidArgument")
    it.refused(messages.send(userId="me", body={**it.letter(), "threadId": "abc123"}), 404, "notFound")
    it.refused(messages.send(userId="me", body={**it.letter(), "sendAt": "tomorrow"}), 400, "invalidArgument")
    it.refused(it.users.watch(userId="me", body={"topicName": "gmail"}), 400, "invalidArgument")
    it.refused(it.users.history().list(userId="me"), 400, "invalidArgument")


def _meet_every_failure(it: Round) -> None:
    met = {kind for kind, meet in _meetings().items() if meet(it, kind) is None}
    assert met == set(KINDS)


def _meetings() -> dict[str, Callable[[Round, str], None]]:
    token_kinds = ("invalid_grant", "invalid_client", "admin_policy_enforced", "invalid_rapt")
    ways: dict[str, Callable[[Round, str], None]] = {
        **dict.fromkeys(ENVELOPES, _envelope),
        **dict.fromkeys(("403-html", "500-html", "502-html", "503-html", "500-plain"), _no_envelope),
        "403-details-only": _details_only,
        "slow": _slow,
        "drop": _dropped,
        "drop-midway": _dropped_midway,
        "invalid-json": _half_json,
        **dict.fromkeys((*token_kinds, "temporarily_unavailable", "internal_failure"), _token_refused),
    }
    return ways


def _envelope(it: Round, kind: str) -> None:
    reason = {"concurrent": "rateLimitExceeded", "retry": "rateLimitExceeded"}.get(kind.split("-")[1], kind.split("-")[1])
    it.sandbox.fail("gmail.users.messages.list", kind, times=3 if kind.startswith("401") else 1)
    it.refused(it.users.messages().list(userId="me"), int(kind[:3]), reason)
    it.ok(it.users.messages().list(userId="me"))


def _no_envelope(it: Round, kind: str) -> None:
    it.sandbox.fail("gmail.users.getProfile", kind)
    with pytest.raises(HttpError) as caught:
        it.users.getProfile(userId="me").execute()
    assert caught.value.status_code == int(kind[:3])
    assert not caught.value.content.startswith(b"{")
    it.ok(it.users.getProfile(userId="me"))


def _details_only(it: Round, kind: str) -> None:
    it.sandbox.fail("gmail.users.getProfile", kind)
    with pytest.raises(HttpError) as caught:
        it.users.getProfile(userId="me").execute()
    assert caught.value.error_details[0]["reason"] == "RATE_LIMIT_EXCEEDED"


def _slow(it: Round, kind: str) -> None:
    it.sandbox.fail("gmail.users.getProfile", kind, seconds=30)
    http = google_auth_httplib2.AuthorizedHttp(it.sandbox.credentials(NORA, FULL), http=httplib2.Http(timeout=0.2))
    with pytest.raises(TimeoutError):
        it.ok(it.users.getProfile(userId="me"), http)
    http.close()


def _dropped(it: Round, kind: str) -> None:
    # httplib2 tries a dropped connection once more by itself.
    it.sandbox.fail("gmail.users.getProfile", kind, times=2)
    with pytest.raises((ConnectionError, httplib2.HttpLib2Error, OSError)):
        it.users.getProfile(userId="me").execute()
    it.ok(it.users.getProfile(userId="me"))


def _dropped_midway(it: Round, kind: str) -> None:
    it.sandbox.fail("gmail.users.getProfile", kind)
    with pytest.raises(Exception, match=r"IncompleteRead|more expected"):
        it.users.getProfile(userId="me").execute()


def _half_json(it: Round, kind: str) -> None:
    it.sandbox.fail("gmail.users.messages.list", kind)
    assert isinstance(it.users.messages().list(userId="me").execute(), str)


def _token_refused(it: Round, kind: str) -> None:
    it.sandbox.fail("oauth.token", kind, times=4)
    credentials = it.sandbox.credentials(NORA)
    with requests.Session() as session, pytest.raises(google.auth.exceptions.RefreshError) as caught:
        credentials.refresh(google.auth.transport.requests.Request(session=session))
    assert caught.value.retryable is (kind in ("temporarily_unavailable", "internal_failure"))
    if kind != "invalid_rapt":
        assert caught.value.args[1]["error"] == kind
    it.sandbox.control("DELETE", "failures")
    it.steps += 1


def test_what_lies_in_sent_has_the_bytes_that_were_given_but_for_its_header(sandbox: Sandbox) -> None:
    users = sandbox.gmail().users()
    body = b"--b\r\nContent-Type: text/html; charset=iso-2022-jp\r\n\r\n\x1b$B\x1b(B  trailing \r\n--b--\r\n"
    raw = b"From: x@y.example\r\nTo: a@b.example\r\nMessage-ID: <mine@here>\r\nX-Kept:  1\r\n"
    raw += b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    sent = users.messages().send(userId="me", body={"raw": base64.urlsafe_b64encode(raw + body).decode()}).execute()
    stored = base64.urlsafe_b64decode(users.messages().get(userId="me", id=sent["id"], format="raw").execute()["raw"])
    head, _, rest = stored.partition(b"\r\n\r\n")
    assert rest == body
    headers = message_from_bytes(head)
    assert b"X-Kept:  1" in head
    assert headers["Message-ID"] != "<mine@here>"
    assert (headers["From"], headers["X-Google-Original-From"]) == (f"Nora Lindqvist <{NORA}>", "x@y.example")


def test_text_comes_in_utf_8_under_a_header_that_says_otherwise(sandbox: Sandbox) -> None:
    raw = "From: a@b.example\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nCafé".encode("latin-1")
    [message] = sandbox.world.receive(raw, NORA)
    payload = sandbox.gmail().users().messages().get(userId="me", id=message.id).execute()["payload"]
    assert base64.urlsafe_b64decode(payload["body"]["data"]).decode() == "Café"
    assert {"name": "Content-Type", "value": "text/plain; charset=iso-8859-1"} in payload["headers"]
