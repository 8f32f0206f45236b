from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import Product
from server.domain.mailboxes import Connection
from server.domain.users import Identity, User
from server.storage import people
from tests.fixtures_sandbox import BRAM, NORA
from tests.web.browser import Clock, FakeMailboxes


@dataclass
class Caller:
    """The extension of one user."""

    client: FlaskClient
    token: str

    def __call__(self, method: str, path: str, body: object = None, **query: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.open(f"/api/v1{path}", method=method, json=body, query_string=query, headers=headers)


@pytest.fixture
def caller_of(client: FlaskClient, product: Product) -> Callable[[User], Caller]:
    def made(user: User) -> Caller:
        session = product.users.open_session(user, "extension", "Chrome", "192.0.2.1")
        return Caller(client, product.tokens.sign("access", session.id))

    return made


@pytest.fixture
def call(caller_of: Callable[[User], Caller], nora: User) -> Caller:
    return caller_of(nora)


@pytest.fixture
def bram(product: Product, nora: User) -> User:
    return product.users.sign_in(Identity("sub-bram", BRAM, "Bram de Wit", "fjordline.example"))


DRAFT: dict[str, Any] = {
    "subject": "Pricing for 40 vehicles",
    "to": [{"name": "Aïssatou Diallo", "address": "aissatou@baobab.example"}],
    "links": [{"url": "https://www.fjordline.example/pricing", "text": "pricing page"}],
}


def test_me(call: Caller, nora: User, product: Product) -> None:
    assert isinstance(product.mailboxes, FakeMailboxes)
    product.mailboxes.states[NORA] = Connection.RECONNECT_NEEDED
    product.mailboxes.looked_at = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    me = call("GET", "/me").json
    assert me is not None
    assert (me["id"], me["address"], me["roles"]) == (nora.id, NORA, ["admin", "operator", "rep"])
    assert me["tags"] == [nora.tag]
    assert me["tracking_url"] == "http://localhost"
    assert me["api_version"] == 1
    assert me["gmail"]["state"] == "reconnect-needed"
    assert me["gmail"]["looked_at"] == "2026-11-21T08:30:00Z"
    assert me["gmail"]["connect_url"] == "http://localhost/auth/gmail"


def test_language_and_zone_are_chosen(call: Caller) -> None:
    assert call("PATCH", "/me", {"locale": "zh-TW"}).json["locale"] == "zh-TW"  # type: ignore[index]
    me = call("PATCH", "/me", {"time_zone": "Asia/Taipei"}).json
    assert me is not None
    assert (me["locale"], me["time_zone"]) == ("zh-TW", "Asia/Taipei")


def test_what_to_be_told_of_is_chosen_one_by_one(call: Caller) -> None:
    assert all(call("GET", "/me").json["notifications"]["kinds"].values())  # type: ignore[index]
    quiet = {"on": True, "start": "18:30", "end": "07:00"}
    call("PATCH", "/me", {"notifications": {"kinds": {"click": False}}})
    me = call("PATCH", "/me", {"notifications": {"kinds": {"bounce": False}, "quiet": quiet}}).json
    assert me is not None
    assert me["notifications"]["quiet"] == quiet
    assert [kind for kind, on in me["notifications"]["kinds"].items() if not on] == ["click", "bounce"]
    assert call("GET", "/me").json == me


def test_how_the_product_works_is_chosen_one_by_one(call: Caller) -> None:
    assert call("GET", "/me").json["preferences"]["suggestions"]  # type: ignore[index]
    call("PATCH", "/me", {"preferences": {"suggestions": False}})
    me = call("PATCH", "/me", {"preferences": {"digest": True, "digest_at": "06:45"}}).json
    assert me is not None
    assert me["preferences"] == {
        "suggestions": False,
        "reminders": True,
        "digest": True,
        "digest_at": "06:45",
        "density": "cosy",
        "sends_a_minute": 10,
    }
    assert call("GET", "/me").json == me


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"preferences": {"density": "packed"}}, "preferences.density"),
        ({"preferences": {"digest_at": "7:30"}}, "preferences.digest_at"),
        ({"preferences": {"sends_a_minute": 0}}, "preferences.sends_a_minute"),
        ({"preferences": {"colour": "red"}}, "preferences.colour"),
        ({"locale": "de"}, "locale"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc"}, "time_zone"),
        ({"x": 1}, "x"),
        ({"notifications": {"kinds": {"fax": True}}}, "notifications.kinds.fax.[key]"),
        ({"notifications": {"quiet": {"on": True, "start": "25:00", "end": "08:00"}}}, "notifications.quiet.start"),
    ],
)
def test_what_does_not_fit_is_said_by_field(call: Caller, body: dict[str, Any], field: str) -> None:
    answer = call("PATCH", "/me", body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem is not None
    assert set(problem) == {"type", "title", "status", "detail", "code", "request_id", "errors"}
    assert problem["code"] == "bad-input"
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert [one["field"] for one in problem["errors"]] == [field]


def test_titles_are_in_the_readers_language(client: FlaskClient) -> None:
    answer = client.get("/api/v1/me", headers={"Accept-Language": "fr-FR,en;q=0.5"})
    assert answer.json["title"] == "Connectez-vous d’abord"  # type: ignore[index]


def test_only_an_admin_says_who_may_be_tracked(call: Caller, caller_of: Callable[[User], Caller], product: Product) -> None:
    bram = product.users.sign_in(Identity("sub-bram", BRAM, "Bram", "fjordline.example"))
    assert caller_of(bram)("PUT", "/privacy/policy", {"default": "always"}).status_code == 403
    policy = call("GET", "/privacy/policy").json
    assert policy is not None
    assert (policy["default"], policy["countries"]["FR"]) == ("always", "only-with-consent")
    wanted = {"default": "always", "countries": {"TW": "never"}, "domains": {"Firm.Example": "never"}, "contact": ""}
    kept = call("PUT", "/privacy/policy", wanted).json
    assert kept == call("GET", "/privacy/policy").json == wanted | {"domains": {"firm.example": "never"}}
    refused = call("POST", "/messages", {"to": [{"address": "a@firm.example"}], "links": [{"url": "https://x.example"}]}).json
    assert refused is not None
    told = [refused[name] for name in ("token", "pixel_url", "opt_out_url", "notice_html")] + [
        refused["links"][0]["tracked_url"]
    ]
    assert told == [None] * 5
    assert refused["tracking"]["reasons"] == [{"code": "policy-never", "by": "domain", "value": "firm.example"}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"default": "sometimes"},
        {"default": "never", "countries": {"fr": "never"}},
        {"default": "never", "domains": {"x": "never"}},
    ],
)
def test_a_policy_that_is_none_is_refused(call: Caller, wrong: dict[str, Any]) -> None:
    assert call("PUT", "/privacy/policy", wrong).status_code == 422


def test_a_reps_word_about_a_person_needs_its_proof(call: Caller, product: Product, nora: User) -> None:
    made = product.database.write(people.ensure, nora.workspace_id, {"a@b.example": "A"}, datetime.now(UTC))
    path = f"/people/{made['a@b.example']}/consent"
    assert call("GET", path).json["state"] == "unknown"  # type: ignore[index]
    refused = call("PUT", path, {"state": "granted", "purpose": "engagement"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "proof")  # type: ignore[index]
    kept = call("PUT", path, {"state": "withdrawn", "proof": "mail of today"}).json
    assert kept is not None
    assert (kept["state"], kept["history"][0]["recorded_by"]) == ("withdrawn", nora.name)
    assert call("PUT", path, {"state": "unknown"}).status_code == 409
    assert call("GET", "/people/nobody/consent").status_code == 404


def test_a_message_is_prepared_and_kept_up_to_date(call: Caller) -> None:
    answer = call("POST", "/messages", DRAFT)
    assert answer.status_code == 201
    made = answer.json
    assert made is not None
    assert made["state"] == "drafted"
    assert made["pixel_url"].startswith("http://localhost/o/")
    assert made["links"][0]["tracked_url"].startswith("http://localhost/c/")
    again = call("PUT", f"/messages/{made['id']}", DRAFT | {"links": [*DRAFT["links"], {"url": "https://x.example"}]}).json
    assert again is not None
    assert again["pixel_url"] == made["pixel_url"]
    assert [link["ordinal"] for link in again["links"]] == [1, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"links": [{"url": "javascript:alert(1)"}]},
        {"to": [{"address": "nobody"}]},
        {"subject": "a\0b"},
        {"subject": 3},
        {"colour": "blue"},
    ],
)
def test_a_draft_that_is_none_is_refused(call: Caller, wrong: dict[str, Any]) -> None:
    assert call("POST", "/messages", DRAFT | wrong).status_code == 422


def test_anothers_message_is_not_found(call: Caller, caller_of: Callable[[User], Caller], bram: User) -> None:
    made = call("POST", "/messages", DRAFT).json
    assert made is not None
    theirs = caller_of(bram)
    for method, path in (("GET", ""), ("PUT", ""), ("POST", "/archive"), ("POST", "/unarchive")):
        body = DRAFT if method == "PUT" else None
        answer = theirs(method, f"/messages/{made['id']}{path}", body)
        assert answer.status_code == 404, path
    assert theirs("POST", f"/messages/{made['id']}/send", {"text": "x"}).status_code == 404


def test_a_mail_to_send_has_one_body(call: Caller) -> None:
    made = call("POST", "/messages", DRAFT).json
    assert made is not None
    for wrong in ({}, {"raw": "eA", "html": "<p>x"}, {"raw": "§§"}):
        assert call("POST", f"/messages/{made['id']}/send", wrong).status_code == 422


def test_an_empty_feed(call: Caller) -> None:
    page = call("GET", "/feed").json
    assert page is not None
    assert page["items"] == []
    assert page["next"] is None
    assert page["hidden_today"] == 0
    since = call("GET", "/feed", after=page["cursor"]).json
    assert since == {"items": [], "cursor": page["cursor"], "more": False}
    assert call("PUT", "/feed/seen", {"cursor": page["cursor"]}).status_code == 204


@pytest.mark.parametrize(
    "query", [{"after": "nonsense"}, {"before": "nonsense"}, {"limit": "0"}, {"kind": "open"}, {"hidden": "x"}]
)
def test_a_question_that_is_none_is_refused(call: Caller, query: dict[str, str]) -> None:
    assert call("GET", "/feed", **query).status_code == 422


def test_hits_of_an_unknown_item(call: Caller) -> None:
    assert call("GET", f"/feed/{'0' * 26}/hits").status_code == 404


def test_a_ticket_opens_once_and_for_its_user(call: Caller, product: Product, nora: User) -> None:
    answer = call("POST", "/tickets", {})
    assert answer.status_code == 201
    ticket = answer.json
    assert ticket is not None
    assert (ticket["expires_in"], ticket["behind"]) == (30, 0)
    assert product.users.redeem_ticket(ticket["ticket"]) == nora
    assert product.users.redeem_ticket(ticket["ticket"]) is None


def test_a_session_ends_at_once_when_its_user_is_let_go(
    call: Caller, caller_of: Callable[[User], Caller], bram: User, nora: User, product: Product
) -> None:
    theirs = caller_of(bram)
    assert theirs("GET", "/me").status_code == 200
    product.members.let_go(nora, bram.id)
    assert theirs("GET", "/me").status_code == 401


def test_an_access_token_lives_an_hour(call: Caller, product: Product, nora: User) -> None:
    from freezegun import freeze_time

    with freeze_time(Clock().now + timedelta(minutes=61)):
        assert call("GET", "/me").status_code == 401


def test_the_extension_signs_out(call: Caller) -> None:
    headers = {"Authorization": f"Bearer {call.token}"}
    assert call.client.post("/auth/sign-out", headers=headers).status_code == 204
    assert call("GET", "/me").status_code == 401


def test_messages_are_listed_without_drafts(call: Caller) -> None:
    call("POST", "/messages", DRAFT)
    assert call("GET", "/messages").json == {"items": [], "next": None}
