import gzip
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.app import Product
from server.domain.drafts import Draft
from server.domain.mailboxes import Connection
from server.domain.users import User
from server.web import assets, problems
from tests.fixtures_sandbox import NORA
from tests.web.browser import FakeMailboxes

HTML = {"Accept": "text/html"}


@pytest.fixture
def signed_in(client: FlaskClient, product: Product, nora: User) -> FlaskClient:
    session = product.users.open_session(nora, "web", "a browser", None)
    client.set_cookie("lf_session", product.tokens.sign("session", session.id))
    return client


def boot_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="boot"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert found
    boot: dict[str, Any] = json.loads(found[1])
    return boot


@pytest.mark.parametrize("path", ["/", "/feed", "/live", "/subscriptions", "/messages", "/compose", "/settings", "/help"])
def test_a_page_carries_what_its_script_begins_with(signed_in: FlaskClient, nora: User, path: str) -> None:
    answer = signed_in.get(path, headers=HTML)
    assert answer.status_code == 200
    boot = boot_of(answer.text)
    assert boot["me"]["id"] == nora.id
    assert boot["csrf"]
    assert boot["locale"] == "en"


def test_the_feed_is_there_before_its_script_asks(signed_in: FlaskClient) -> None:
    for path in ("/", "/feed", "/live"):
        page = boot_of(signed_in.get(path, headers=HTML).text)["page"]
        assert page["feed"]["items"] == []
        assert page["feed"]["cursor"]
        assert page["compose_url"].startswith("https://mail.google.com/mail/u/?authuser=nora@fjordline.example")


def test_a_message_has_its_page_and_another_has_none(signed_in: FlaskClient, product: Product, nora: User) -> None:
    made = product.messages.prepare(nora, Draft("Pricing </script><script>alert(1)</script>"))
    answer = signed_in.get(f"/messages/{made.id}", headers=HTML)
    assert boot_of(answer.text)["page"]["message"]["subject"] == "Pricing </script><script>alert(1)</script>"
    assert "<script>alert" not in answer.text
    lost = signed_in.get(f"/messages/{'0' * 26}", headers=HTML)
    assert lost.status_code == 404
    assert "There is no such page" in lost.text


@pytest.mark.parametrize(
    ("accepted", "lang", "title"), [("fr", "fr", "Se connecter"), ("zh-Hant-HK", "zh-Hant-TW", "登入"), ("de", "en", "Sign in")]
)
def test_a_strangers_page_is_in_the_browsers_language(client: FlaskClient, accepted: str, lang: str, title: str) -> None:
    page = client.get("/auth/sign-in", headers=HTML | {"Accept-Language": accepted}).text
    assert f'<html lang="{lang}">' in page
    assert title in page


def test_the_chosen_language_wins_over_the_browsers(signed_in: FlaskClient, product: Product, nora: User) -> None:
    product.users.choose(nora, "zh-TW", None)
    page = signed_in.get("/help", headers=HTML | {"Accept-Language": "fr"}).text
    assert '<html lang="zh-Hant-TW">' in page


def test_a_page_that_is_not_there(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers=HTML)
    assert answer.status_code == 404
    assert "<h1>" in answer.text
    assert client.get("/nowhere", headers={"Accept": "application/json"}).mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "Sign in first"),
        (405, "This can’t be done this way"),
        (409, "It has changed meanwhile"),
        (410, "It is no longer there"),
        (413, "That is too much at once"),
        (418, "This can’t be done this way"),
        (422, "Something given does not fit"),
        (502, "Google does not answer as it should"),
        (504, "This page failed"),
    ],
)
def test_a_page_says_what_went_wrong(client: FlaskClient, status: int, says: str) -> None:
    with client.application.test_request_context(headers=HTML):
        answer = problems.answer("any", status)
    assert answer.status_code == status
    assert f"<h1>{says}</h1>" in answer.get_data(as_text=True)


def test_a_page_that_fails_says_its_request_and_nothing_more(signed_in: FlaskClient, product: Product) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of ours")

    signed_in.application.config["PROPAGATE_EXCEPTIONS"] = False
    object.__setattr__(product.feed, "latest", fail)
    answer = signed_in.get("/", headers=HTML)
    assert answer.status_code == 500
    assert "a secret of ours" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_files_under_their_version_are_kept_by_browsers(client: FlaskClient) -> None:
    page = client.get("/auth/sign-in", headers=HTML).text
    found = re.search(r'href="(/static/v-[0-9a-f]+/app\.css)"', page)
    assert found
    kept = client.get(found[1], buffered=True)
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept.mimetype == "text/css"
    for path in ("/static/app.css", "/static/v-0123456789ab/app.css"):
        assert client.get(path, buffered=True).headers["Cache-Control"] == "no-cache"


def test_they_are_small_for_who_takes_them_packed(client: FlaskClient) -> None:
    script = f"/static/{assets.version()}/ui/index.js"
    plain, packed = (client.get(script, headers={"Accept-Encoding": coding}, buffered=True) for coding in ("", "br, gzip"))
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert gzip.decompress(packed.data) == plain.data == (assets.FOLDER / "ui/index.js").read_bytes()
    assert client.head(script).data == b""
    assert client.post(script).status_code == 405


def test_a_page_names_every_module_it_will_want(signed_in: FlaskClient) -> None:
    page = signed_in.get("/tasks", headers=HTML).text
    named = re.findall(r'modulepreload" href="/static/v-[0-9a-f]+/([^"]+)"', page)
    assert len(named) == len(set(named)) > 50
    assert {"ui/index.js", "ui/lf-task.js", "ui/vendor/lit.js"} <= set(named)


def test_modules_have_the_type_browsers_insist_on(client: FlaskClient) -> None:
    assert client.get("/static/ui/index.js", buffered=True).mimetype == "text/javascript"
    assert client.get("/static/ui/icons.svg", buffered=True).mimetype == "image/svg+xml"


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/v-x/../../edge.py", "/static/%2e%2e/edge.py", "/static/"])
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "was last looked at on Nov 21, 2026 08:30."),
        ("fr", "a été consultée pour la dernière fois le 21 nov. 2026 08:30."),
        ("zh-TW", "上次查看您的信箱：2026年11月21日 08:30。"),
    ],
)
def test_while_gmail_is_slow_settings_tell_how_old_the_news_is(
    signed_in: FlaskClient, product: Product, language: str, told: str
) -> None:
    assert isinstance(product.mailboxes, FakeMailboxes)
    product.mailboxes.states[NORA] = Connection.DEGRADED
    product.mailboxes.looked_at = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    assert told in signed_in.get("/settings", headers=HTML | {"Accept-Language": language}).text


def test_disconnecting_gmail(signed_in: FlaskClient, product: Product) -> None:
    token = boot_of(signed_in.get("/settings", headers=HTML).text)["csrf"]
    answer = signed_in.post("/settings/gmail/disconnect", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/settings")
