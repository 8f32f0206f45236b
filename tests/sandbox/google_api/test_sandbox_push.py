import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from google.auth import jwt

from server.sandbox.letter import write_letter
from tests.fixtures_sandbox import NORA, Sandbox

TOPIC = "projects/sandbox-project/topics/gmail"


@dataclass
class Endpoint:
    """Takes what is pushed; answers `statuses` one after the other, then 204."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    pushed: list[tuple[dict[str, Any], str]] = field(default_factory=list)

    def take(self, body: bytes, authorization: str) -> int:
        self.pushed.append((json.loads(body), authorization))
        return self.statuses.pop(0) if self.statuses else 204

    @property
    def data(self) -> list[dict[str, Any]]:
        return [json.loads(base64.b64decode(body["message"]["data"])) for body, _ in self.pushed]


@pytest.fixture
def endpoint(sandbox: Sandbox) -> Iterator[Endpoint]:
    found = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(found.take(body, self.headers["Authorization"]))
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/push"
    sandbox.control(
        "PUT", "push", {"endpoint": found.url, "audience": "https://live.example/push", "service_account": "p@q.example"}
    )
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def watch(sandbox: Sandbox, endpoint: Endpoint, *labels: str) -> dict[str, Any]:
    """A watch whose first notice has come and is forgotten."""
    answer = sandbox.gmail().users().watch(userId="me", body={"topicName": TOPIC, "labelIds": labels or ("SENT", "INBOX")})
    found = answer.execute()
    sandbox.wait_idle()
    assert len(endpoint.pushed) == 1
    endpoint.pushed.clear()
    return dict(found)


def send(sandbox: Sandbox) -> Any:
    sent = sandbox.world.send(NORA, write_letter(("Nora", NORA), ["ada@customer.example"], "Pricing", html="<p>Hello</p>"))
    sandbox.wait_idle()
    return sent


def test_a_change_is_pushed_with_a_bearer_that_verifies(sandbox: Sandbox, endpoint: Endpoint) -> None:
    answer = watch(sandbox, endpoint)
    send(sandbox)
    [(body, authorization)] = endpoint.pushed
    certs = requests.get(f"{sandbox.url}/oauth2/v1/certs", timeout=10).json()
    signed = authorization.removeprefix("Bearer ")
    claims = jwt.decode(signed, certs=certs, verify=False)
    assert jwt.decode(signed, certs=certs, audience="https://live.example/push", clock_skew_in_seconds=10**9) == claims
    assert (claims["iss"], claims["email"], claims["email_verified"]) == ("https://accounts.google.com", "p@q.example", True)
    message = body["message"]
    assert message["messageId"] == message["message_id"]
    assert message["publishTime"] == message["publish_time"]
    assert body["subscription"] == "projects/sandbox-project/subscriptions/gmail-push"
    assert endpoint.data[0]["emailAddress"] == NORA
    assert int(endpoint.data[0]["historyId"]) > int(answer["historyId"])


def test_the_history_id_comes_as_number_and_as_string(sandbox: Sandbox, endpoint: Endpoint) -> None:
    watch(sandbox, endpoint)
    for _ in range(2):
        send(sandbox)
        sandbox.world.clock.advance(2)
    assert {type(data["historyId"]) for data in endpoint.data} == {int, str}


def test_more_than_one_a_second_is_dropped(sandbox: Sandbox, endpoint: Endpoint) -> None:
    watch(sandbox, endpoint)
    for _ in range(3):
        send(sandbox)
    assert len(endpoint.pushed) == 1
    assert sandbox.control("GET", "push")["tally"]["dropped"] == 2
    sandbox.world.clock.advance(1)
    send(sandbox)
    assert len(endpoint.pushed) == 2


def test_a_notice_comes_again_until_it_is_acknowledged(sandbox: Sandbox, endpoint: Endpoint) -> None:
    watch(sandbox, endpoint)
    endpoint.statuses = [500, 404]
    send(sandbox)
    for _ in range(3):
        sandbox.world.clock.advance(2)
        sandbox.wait_idle()
    ids = [body["message"]["messageId"] for body, _ in endpoint.pushed]
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert sandbox.control("GET", "push")["tally"]["acked"] == 2


def test_an_endpoint_that_is_away_gets_its_notice_later(sandbox: Sandbox, endpoint: Endpoint) -> None:
    watch(sandbox, endpoint)
    sandbox.control("PUT", "push", {"endpoint": "http://127.0.0.1:9/push"})
    send(sandbox)
    sandbox.control("PUT", "push", {"endpoint": endpoint.url})
    sandbox.world.clock.advance(2)
    sandbox.wait_idle()
    assert len(endpoint.pushed) == 1


def test_a_watch_sees_its_labels_only(sandbox: Sandbox, endpoint: Endpoint) -> None:
    watch(sandbox, endpoint, "INBOX")
    send(sandbox)
    assert endpoint.pushed == []


def test_a_watch_ends_after_a_week_and_when_stopped(sandbox: Sandbox, endpoint: Endpoint) -> None:
    ends = watch(sandbox, endpoint)["expiration"]
    assert int(ends) == int((sandbox.world.clock.now() + timedelta(days=7)).timestamp() * 1000)
    sandbox.world.clock.advance(timedelta(days=7))
    send(sandbox)
    assert endpoint.pushed == []
    watch(sandbox, endpoint)
    sandbox.gmail().users().stop(userId="me").execute()
    send(sandbox)
    assert endpoint.pushed == []


def test_notices_get_lost_doubled_and_delayed_on_request(sandbox: Sandbox, endpoint: Endpoint) -> None:
    watch(sandbox, endpoint)
    sandbox.control("PUT", "push", {"lose": 1})
    send(sandbox)
    assert endpoint.pushed == []
    sandbox.world.clock.advance(2)
    sandbox.control("PUT", "push", {"repeat": 1})
    send(sandbox)
    assert len(endpoint.pushed) == 2
    sandbox.world.clock.advance(2)
    sandbox.control("PUT", "push", {"delay": 30})
    send(sandbox)
    assert len(endpoint.pushed) == 2
    sandbox.world.clock.advance(30)
    sandbox.wait_idle()
    assert len(endpoint.pushed) == 3
