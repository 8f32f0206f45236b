"""What is sent: packed, nested, huge, or no text at all."""

import gzip
import json
from typing import Any

import pytest
from sqlalchemy import select

from server.storage.tables import tasks
from tests.hostile.conftest import House, Inside

DEEP = b"[" * 100_000
LESS_DEEP = b'{"a":' * 900 + b"1" + b"}" * 900
HUGE = b'{"grant_type":' + b"9" * 90_000 + b"}"
HALF = b'{"grant_type": "refresh_token", "refresh_token": "\\ud800"}'
NOT_TEXT = b'{"grant_type": "\xff\xfe"}'
JSON = "Content-Type: application/json"
BODIES = {
    "nested a hundred thousand times": DEEP,
    "nested nine hundred times": LESS_DEEP,
    "a number of ninety thousand digits": HUGE,
    "1e999": b'{"grant_type": 1e999, "refresh_token": NaN}',
    "half a character": HALF,
    "no text": NOT_TEXT,
    "UTF-16": json.dumps({"grant_type": "x"}).encode("utf-16"),
    "UTF-7": b"+AHs-",
    "a NUL": b'{"grant_type": "refresh_token", "refresh_token": "\\u0000"}',
    "the same name often": b'{"a":1,' * 1 + b'"a":1,' * 9_000 + b'"a":1}',
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
}


@pytest.mark.server
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_json_that_is_none_is_refused_everywhere(house: House, body: bytes) -> None:
    before = len(house.lines())
    for path in ("/auth/token", "/webhooks/gmail", "/addon/home", "/api/v1/tickets"):
        assert house.ask(path, JSON, method="POST", body=body).status in (400, 401, 422, 429)
    assert house.lines()[before:] == []


class Rep:
    """Somebody signed in, whose browser may be anybody's."""

    def __init__(self, inside: Inside) -> None:
        session = inside.product.users.open_session(inside.nora, "extension", "test", "192.0.2.1")
        self._headers = {"Authorization": f"Bearer {inside.product.tokens.sign('access', session.id)}"}
        self._client = inside.client

    def send(self, path: str, body: bytes, verb: str = "POST", kind: str = "application/json", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(path, method=verb, data=body, content_type=kind, headers={**self._headers, **named})


@pytest.fixture
def rep(inside: Inside) -> Rep:
    return Rep(inside)


PLACES = (
    "/api/v1/tasks",
    "/api/v1/tickets",
    "/api/v1/compositions",
    "/api/v1/people",
    "/api/v1/searches",
    "/api/v1/cards/action/refresh",
)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_who_is_signed_in_is_refused_no_less_clearly(rep: Rep, body: bytes) -> None:
    for path in PLACES:
        answer = rep.send(path, body)
        # An empty wish is one for a ticket.
        assert answer.status_code in (400, 403, 404, 405, 422) or (path.endswith("tickets") and body == b""), (
            path,
            answer.text,
        )


@pytest.mark.parametrize("path", PLACES)
def test_numbers_that_no_column_holds_are_refused(rep: Rep, path: str) -> None:
    for number in (b"1e400", b"-1e400", b"9" * 30, b"NaN", b"Infinity", b"-0.0"):
        body = b'{"title": "x", "name": %s, "version": %s, "due": %s, "score": %s, "limit": %s}' % ((number,) * 5)
        assert rep.send(path, body).status_code < 500
    for value in ("9" * 400, "-1", "1e9", "\u0663", "NaN", "0x10", "99999999999999999999"):
        for name in ("limit", "page", "after", "before", "days", "since"):
            assert rep.send(f"{path}?{name}={value}", b"", "GET").status_code < 500


def test_a_packed_body_is_never_unpacked(rep: Rep, inside: Inside) -> None:
    """Nobody sends us any, and a bomb costs its sender a thousandth of what it costs us."""
    bomb = gzip.compress(b'{"title": "' + b"a" * 50_000_000 + b'"}')
    for encoding in ("gzip", "deflate", "br", "zstd"):
        assert rep.send("/api/v1/tasks", bomb, Content_Encoding=encoding).status_code in (400, 415, 422)
    assert inside.product.database.read(lambda tx: tx.execute(select(tasks)).all()) == []


def test_a_form_of_countless_fields_is_too_large_for_strangers(inside: Inside) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert inside.client.post("/auth/token", data=b"a=&" * 300_000, **form).status_code == 413
    assert inside.client.post("/auth/google", data=b"a=&" * 300_000, **form).status_code == 413
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(1_600)) + b"--x--"
    many = inside.client.post("/auth/token", data=parts, content_type="multipart/form-data; boundary=x")
    assert many.status_code == 413


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 5_000,
        "application/x-www-form-urlencoded; charset=utf-7",
        "x/y; " * 900,
    ],
)
def test_a_form_that_is_none_is_refused(inside: Inside, kind: str) -> None:
    assert inside.client.post("/auth/token", data=b"--x\r\n\xff\r\n--", content_type=kind).status_code in (400, 413, 422)
