from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client
from werkzeug.wrappers import Response

from server.domain.engagement import Kind
from server.services.tracking import Sighting
from server.tokens import ClickToken, PixelToken, Tokens, new_id
from server.web.tracking import GIF, OWN_COOKIE, Edge, own_cookie

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TOKENS = Tokens(["a" * 40])
MESSAGE = new_id()
PIXEL = f"/o/tag/{TOKENS.pixel(PixelToken(MESSAGE, 2))}.gif"
TARGET = "https://b.example/a?b=c&d=%20#e"


def click(url: str = TARGET, tokens: Tokens = TOKENS) -> str:
    return f"/c/{tokens.click(ClickToken(MESSAGE, 2, 3, url))}"


class Recipient:
    """What recipients' programs ask for, and what was noted of it."""

    def __init__(self) -> None:
        self.noted: list[Sighting] = []
        self.broken = False
        edge = Edge(self._app, TOKENS, self._record, [ip_network("10.0.0.0/8")], lambda: NOON)
        self._client = Client(edge, use_cookies=False)

    def get(self, path: str, method: str = "GET", peer: str = "203.0.113.9", **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(path, method=method, headers=named, environ_overrides={"REMOTE_ADDR": peer})

    def _record(self, sighting: Sighting) -> None:
        if self.broken:
            raise RuntimeError("everything is broken")
        self.noted.append(sighting)

    @staticmethod
    def _app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [b"the app"]


@pytest.fixture
def recipient() -> Recipient:
    return Recipient()


def test_a_pixel_is_a_gif_that_nobody_keeps_and_a_view(recipient: Recipient) -> None:
    answer = recipient.get(PIXEL, User_Agent="Mail/1")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/gif", GIF)
    assert answer.headers["Cache-Control"] == "no-store, no-cache, must-revalidate, max-age=0"
    [seen] = recipient.noted
    assert seen == Sighting(
        seen.id, MESSAGE, Kind.VIEW, NOON, "GET", "Mail/1", frozenset(), "203.0.113.9", 2, None, frozenset()
    )


def test_the_gif_is_an_image_of_one_pixel() -> None:
    assert GIF[:6] == b"GIF89a"
    assert (int.from_bytes(GIF[6:8], "little"), int.from_bytes(GIF[8:10], "little")) == (1, 1)
    assert GIF[-1:] == b"\x3b"


@pytest.mark.parametrize(
    "path",
    ["/o/tag/nonsense.gif", "/o/", "/o/tag/.gif", pytest.param(PIXEL[:-9] + "AAAAA.gif", id="changed"), "/o/tag/é.gif"],
)
def test_a_pixel_nobody_signed_is_a_gif_all_the_same(recipient: Recipient, path: str) -> None:
    answer = recipient.get(path)
    assert (answer.status_code, answer.data) == (200, GIF)
    assert recipient.noted == []


def test_a_link_leads_where_its_signature_says(recipient: Recipient) -> None:
    answer = recipient.get(click())
    assert (answer.status_code, answer.headers["Location"]) == (302, TARGET)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Referrer-Policy" in answer.headers
    [seen] = recipient.noted
    assert (seen.kind, seen.recipient, seen.link) == (Kind.CLICK, 2, 3)


def test_a_link_and_a_pixel_work_when_nothing_else_does(recipient: Recipient) -> None:
    recipient.broken = True
    assert recipient.get(click()).headers["Location"] == TARGET
    assert recipient.get(PIXEL).data == GIF


@pytest.mark.parametrize(
    ("language", "word"), [("en", "lead anywhere"), ("fr-CA", "ne mène nulle part"), ("zh-TW,en", "這個連結無效")]
)
def test_a_link_nobody_signed_leads_nowhere(recipient: Recipient, language: str, word: str) -> None:
    foreign = click(tokens=Tokens(["b" * 40]))
    answer = recipient.get(foreign, Accept_Language=language)
    assert answer.status_code == 404
    assert "Location" not in answer.headers
    assert word in answer.text.partition("<h1>")[2].partition("</h1>")[0]
    assert answer.text.count("<section lang=") == 2
    assert recipient.noted == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//b.example", "ftp://b.example", ""])
def test_even_a_signed_link_leads_only_to_the_web(recipient: Recipient, url: str) -> None:
    assert recipient.get(click(url)).status_code == 404


@given(url=st.text(max_size=80).map(lambda text: "https://b.example/" + text))
def test_no_target_writes_headers_of_its_own(url: str) -> None:
    recipient = Recipient()
    location = recipient.get(click(url)).headers["Location"]
    assert location.isascii()
    assert location.isprintable()
    assert " " not in location


def test_head_is_answered_without_a_body_and_noted_as_head(recipient: Recipient) -> None:
    answers = [recipient.get(path, method="HEAD") for path in (PIXEL, click())]
    assert [answer.data for answer in answers] == [b"", b""]
    assert [seen.method for seen in recipient.noted] == ["HEAD", "HEAD"]


def test_nothing_can_be_posted(recipient: Recipient) -> None:
    assert recipient.get(PIXEL, method="POST").status_code == 405
    assert recipient.noted == []


@pytest.mark.parametrize("header", [{"DNT": "1"}, {"Sec_GPC": "1"}])
def test_who_asks_not_to_be_tracked_leaves_no_view_but_a_click(recipient: Recipient, header: dict[str, str]) -> None:
    assert recipient.get(PIXEL, **header).data == GIF
    assert recipient.noted == []
    recipient.get(click(), **header)
    assert [seen.kind for seen in recipient.noted] == [Kind.CLICK]


def test_a_prefetch_says_so(recipient: Recipient) -> None:
    recipient.get(click(), Sec_Purpose="prefetch;prerender")
    assert recipient.noted[0].signs == {"prefetch", "prerender"}


def test_the_reps_own_browser_is_known_by_its_cookie(recipient: Recipient) -> None:
    recipient.get(PIXEL, Cookie=f"a=b; {OWN_COOKIE}={own_cookie(TOKENS, ['tag'])}")
    recipient.get(PIXEL, Cookie=f"{OWN_COOKIE}={own_cookie(Tokens(['b' * 40]), ['tag'])}")
    recipient.get(PIXEL, Cookie=f"{OWN_COOKIE}=nonsense")
    assert [seen.own_tags for seen in recipient.noted] == [{"tag"}, frozenset(), frozenset()]


def test_a_proxy_is_believed_only_when_it_is_ours(recipient: Recipient) -> None:
    recipient.get(PIXEL, peer="10.0.0.1", X_Forwarded_For="6.6.6.6, 2001:db8::17")
    recipient.get(PIXEL, X_Forwarded_For="6.6.6.6")
    assert [seen.address for seen in recipient.noted] == ["2001:db8::17", "203.0.113.9"]


def test_a_strange_agent_is_kept_readable(recipient: Recipient) -> None:
    recipient.get(PIXEL, User_Agent="x" * 900)
    assert len(recipient.noted[0].user_agent) == 500


def test_everything_else_is_the_apps(recipient: Recipient) -> None:
    assert recipient.get("/other").data == b"the app"
