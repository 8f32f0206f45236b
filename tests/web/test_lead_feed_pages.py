"""Pages and calls around the Lead Feed: the API, a rep's address for readers, stopping mails, the admin's switches."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import Product
from server.domain.marketing import ContactField, Rss
from server.domain.ranks import Brackets
from server.domain.subscriptions import Kind
from server.domain.users import User
from server.services.person import Given
from server.services.subscriptions import Wish

HTML = {"Accept": "text/html"}


def signed_in_as(client: FlaskClient, product: Product, user: User) -> FlaskClient:
    session = product.users.open_session(user, "web", "a browser", None)
    client.set_cookie("lf_session", product.tokens.sign("session", session.id))
    return client


@pytest.fixture
def signed_in(client: FlaskClient, product: Product, nora: User) -> FlaskClient:
    return signed_in_as(client, product, nora)


@pytest.fixture
def rep(product: Product, nora: User) -> User:
    return product.members.invite(nora, "bram@okafor.example", "Bram")


def post(client: FlaskClient, path: str, page: str, data: dict[str, Any] | None = None) -> TestResponse:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(page, headers=HTML).text)
    assert found
    return client.post(path, data={"csrf_token": found[1], **(data or {})}, headers=HTML)


def call(client: FlaskClient, product: Product, user: User, method: str, path: str, **more: Any) -> TestResponse:
    session = product.users.open_session(user, "extension", "Chrome", None)
    bearer = {"Authorization": f"Bearer {product.tokens.sign('access', session.id)}"}
    return client.open(f"/api/v1{path}", method=method, headers=bearer, **more)


# The API, held against its description ---------------------------------------------------------


def test_subscriptions_watch_list_and_address_by_the_api(client: FlaskClient, product: Product, nora: User) -> None:
    said = {"name": "Hiroshi", "addresses": ("h@tanabe.example",), "owner": nora.id}
    person = product.people.add(nora, Given(frozenset(said), **said))["id"]

    def ask(method: str, path: str, **more: Any) -> TestResponse:
        return call(client, product, nora, method, path, **more)

    assert ask("PUT", f"/watch-list/{person}").status_code == 204
    assert [one["own"] for one in ask("GET", "/watch-list").json["items"]] == [True]  # type: ignore[index]
    assert ask("DELETE", f"/watch-list/{person}").status_code == 204
    made = ask("POST", "/subscriptions", json={"kind": "person", "value": person})
    assert made.status_code == 201
    again = ask("POST", "/subscriptions", json={"kind": "person", "value": person})
    assert (again.status_code, again.json["current"]["id"]) == (409, made.json["id"])  # type: ignore[index]
    path = f"/subscriptions/{made.json['id']}"  # type: ignore[index]
    assert ask("PUT", f"{path}/refusal").status_code == 204
    assert ask("DELETE", f"{path}/refusal").status_code == 204
    assert ask("PATCH", path, json={"receivers": [nora.id]}).status_code == 200
    assert ask("GET", "/subscriptions").json["sends"] is False  # type: ignore[index]
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", "/lead-feed?type=web").json["items"] == []  # type: ignore[index]
    assert ask("GET", "/lead-feed/items/none").status_code == 404
    assert ask("GET", "/lead-feed/address").json["urls"] is None  # type: ignore[index]
    assert ask("POST", "/lead-feed/address").json["urls"]["rss"].endswith("/lead-feed.rss")  # type: ignore[index]
    assert ask("DELETE", "/lead-feed/address").status_code == 204


# The address for readers -------------------------------------------------------------------------


def test_a_rep_makes_renews_and_revokes_an_address(signed_in: FlaskClient, product: Product, nora: User) -> None:
    page = signed_in.get("/lead-feed/rss", headers=HTML).text
    assert "An administrator has to turn RSS on" in page
    assert "You have no address yet." in page
    product.marketing.choose_rss(nora, Rss(True))
    assert post(signed_in, "/lead-feed/rss/renew", "/lead-feed/rss").location == "/lead-feed/rss"
    page = signed_in.get("/lead-feed/rss", headers=HTML).text
    first = product.feed_addresses.of(nora)["urls"]
    for form, kind in (("rss", "application/rss+xml"), ("atom", "application/atom+xml"), ("json", "application/feed+json")):
        assert f"<code>{first[form]}</code>" in page
        assert re.search(rf'<link rel="alternate" type="{re.escape(kind)}" title="[^"]+" href="{first[form]}">', page)
    assert "Not read yet." in page
    signed_in.get(first["rss"].removeprefix("http://localhost"), headers={"User-Agent": "newsboat/2.21"})
    assert re.search(r"Last read .+ by Newsboat\.", signed_in.get("/lead-feed/rss", headers=HTML).text)
    post(signed_in, "/lead-feed/rss/renew", "/lead-feed/rss")
    assert product.feed_addresses.of(nora)["urls"] != first
    assert signed_in.get(first["rss"].removeprefix("http://localhost")).status_code == 410
    post(signed_in, "/lead-feed/rss/revoke", "/lead-feed/rss")
    assert product.feed_addresses.of(nora)["urls"] is None


@pytest.mark.parametrize("path", ["/lead-feed/rss/renew", "/lead-feed/rss/revoke", "/admin/rss", "/admin/tasks"])
def test_no_form_is_taken_from_elsewhere(signed_in: FlaskClient, product: Product, nora: User, path: str) -> None:
    before = product.feed_addresses.renew(nora)
    assert signed_in.post(path, data={"on": "1"}, headers=HTML).status_code == 400
    assert product.feed_addresses.of(nora) == before


# Stopping mails ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "says"), [("en", "Stop these mails?"), ("fr", "Ne plus recevoir"), ("zh-TW", "要停止接收這些郵件嗎")]
)
def test_the_page_of_a_mails_link_is_in_the_receivers_language(
    client: FlaskClient, product: Product, nora: User, locale: str, says: str
) -> None:
    product.users.choose(nora, locale, None)
    made = product.subscriptions.add(nora, Wish(Kind.DESCRIPTION, "<b>price</b>"))
    path = f"/subscriptions/stop/{product.subscriptions.stop_token(nora.id, [made['id']])}"
    page = client.get(path, headers=HTML)
    assert says in unescape(page.text)
    assert "&lt;b&gt;price" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not product.subscriptions.overview(nora)["items"][0]["receivers"][0]["refused"], "looking changes nothing"


def test_one_click_stops_the_mails_without_signing_in(client: FlaskClient, product: Product, nora: User) -> None:
    made = product.subscriptions.add(nora, Wish(Kind.TYPE, "web"))
    path = f"/subscriptions/stop/{product.subscriptions.stop_token(nora.id, [made['id']])}"
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert product.subscriptions.overview(nora)["items"][0]["receivers"][0]["refused"]
    assert "These mails have stopped" in client.get(path, headers=HTML).text
    client.post(path, data={"action": "resume"})
    assert not product.subscriptions.overview(nora)["items"][0]["receivers"][0]["refused"]
    product.subscriptions.remove(nora, made["id"])
    gone = client.get(path, headers=HTML)
    assert gone.status_code == 404
    assert "This link does not work any more" in gone.text


# The admin's page ------------------------------------------------------------------------------------


def test_only_admins_see_and_use_it(client: FlaskClient, product: Product, rep: User) -> None:
    signed_in_as(client, product, rep)
    assert client.get("/admin", headers=HTML).status_code == 403
    assert 'href="/admin"' not in client.get("/help", headers=HTML).text
    for path in ("rss", "ranks", "hiding", "tasks"):
        assert post(client, f"/admin/{path}", "/help", {"days": "3", "stars": ["1", "2", "3"]}).status_code == 403
    assert not product.feed_addresses.of(rep)["on"]


@pytest.mark.parametrize(("locale", "says"), [("en", "Connections"), ("fr", "Connexions"), ("zh-TW", "連線")])
def test_it_speaks_the_admins_language(signed_in: FlaskClient, product: Product, nora: User, locale: str, says: str) -> None:
    product.users.choose(nora, locale, None)
    page = signed_in.get("/admin", headers=HTML)
    assert page.status_code == 200
    assert says in page.text
    assert page.text.count('aria-current="page"') == 2, "its place in the product, and in the console"


def test_rss_and_its_fields_are_switched(signed_in: FlaskClient, product: Product, nora: User) -> None:
    answer = post(signed_in, "/admin/rss", "/admin/rss", {"on": "1", "field": ["email", "company-url", "salary"]})
    assert answer.location == "/admin/rss?saved=rss#rss"
    assert product.marketing.choices(nora).rss == Rss(True, frozenset({ContactField.EMAIL, ContactField.COMPANY_URL}))
    page = signed_in.get("/admin/rss?saved=rss", headers=HTML).text
    assert "Saved" in page
    assert page.count(" checked") == 3, "RSS, two fields"
    post(signed_in, "/admin/rss", "/admin/rss")
    assert product.marketing.choices(nora).rss == Rss(False, frozenset())


def test_brackets_are_kept_when_they_rise(signed_in: FlaskClient, product: Product, nora: User) -> None:
    form = {"method": "static", "stars": ["10", "40", "80"], "flames": ["-5", "10", "30"], "score_field": "Person Score"}
    assert post(signed_in, "/admin/ranks", "/admin/ranks", form).location == "/admin/ranks?saved=ranks#ranks"
    assert product.marketing.choices(nora).ranks == Brackets("static", (10, 40, 80), (-5, 10, 30), "Person Score")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stars": ["40", "40", "90"]}, "Three numbers, each higher than the one before"),
        ({"stars": ["40", "70"]}, "Three numbers, each higher than the one before"),
        ({"flames": ["40", "70", "190"]}, "Between 0 and 100 percent"),
        ({"flames": ["40", "x", "90"]}, "Whole numbers"),
        ({"method": "static", "stars": ["1", "2", "99999999"]}, "Scores between"),
        ({"score_field": " "}, "The name of a Marketo score field"),
    ],
)
def test_brackets_that_do_not_fit_are_shown_with_what_would_be_right(
    signed_in: FlaskClient, product: Product, nora: User, change: dict[str, Any], says: str
) -> None:
    form = {"method": "dynamic", "stars": ["40", "70", "90"], "flames": ["40", "70", "90"], "score_field": "Lead Score"}
    answer = post(signed_in, "/admin/ranks", "/admin/ranks", form | change)
    assert answer.status_code == 422
    assert says in unescape(answer.text)
    assert 'aria-invalid="true"' in answer.text
    for typed in (form | change)["stars"]:
        assert f'value="{typed}"' in answer.text, "what was typed stays"
    assert product.marketing.choices(nora).ranks == Brackets()


def test_hiding_and_tasks_are_chosen(signed_in: FlaskClient, product: Product, nora: User) -> None:
    assert post(signed_in, "/admin/hiding", "/admin/ranks", {"days": "30"}).status_code == 303
    for wrong in ("0", "366", "soon", "9" * 40):
        answer = post(signed_in, "/admin/hiding", "/admin/ranks", {"days": wrong})
        assert answer.status_code == 422
        assert "A whole number from 1 to 365" in answer.text
    assert post(signed_in, "/admin/tasks", "/admin", {"on": "1"}).status_code == 303
    choices = product.marketing.choices(nora)
    assert (choices.hide_days, choices.salesforce_tasks) == (30, True)


def test_it_shows_how_connections_are_doing(signed_in: FlaskClient) -> None:
    page = signed_in.get("/admin", headers=HTML).text
    assert page.count("Not connected") == 4
    for name in ("Gmail push", "Marketo", "Salesforce", "Mail server"):
        assert f"<b>{name}</b>" in page
