from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import Product
from server.domain.users import Identity, User
from tests.fixtures_sandbox import BRAM
from tests.web.test_api import Caller

ANA: dict[str, Any] = {"name": "Ana Lee", "addresses": ["ana@firm.example"], "title": "Buyer"}


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


def json_of(answer: TestResponse) -> dict[str, Any]:
    found = answer.json
    assert isinstance(found, dict)
    return found


def imported(call: Caller, table: bytes, **query: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {call.token}", "Content-Type": "text/csv", "Accept-Language": "fr"}
    return call.client.post("/api/v1/people/import", data=table, query_string=query, headers=headers)


def test_somebody_is_added_changed_found_and_deleted(call: Caller) -> None:
    answer = call("POST", "/people", ANA | {"phones": [{"kind": "mobile", "number": "+33 6 12 34 56 78"}]})
    assert answer.status_code == 201
    person = json_of(answer)
    assert person["phones"] == [{"kind": "mobile", "number": "+33612345678", "shown": "+33 6 12 34 56 78"}]
    changed = json_of(call("PATCH", f"/people/{person['id']}", {"version": 1, "title": None, "unsubscribed": True}))
    assert (changed["title"], changed["unsubscribed"], changed["version"]) == (None, True, 2)
    assert json_of(call("GET", "/people", query="lee"))["items"] == [changed]
    assert json_of(call("GET", f"/people/{person['id']}")).items() >= changed.items()
    assert call("DELETE", f"/people/{person['id']}").status_code == 204
    assert call("GET", f"/people/{person['id']}").status_code == 404


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        ("https://fr.linkedin.com/in/ana-lee?trk=x", 1),
        ("linkedin.com/in/ana-lee/", 1),
        ("https://www.linkedin.com/in/ana", 0),
        ("https://www.linkedin.com/company/firm", 0),
        ("javascript:alert(1)", 0),
    ],
)
def test_somebody_is_found_by_their_linkedin_profile(call: Caller, profile: str, found: int) -> None:
    call("POST", "/people", ANA | {"linkedin": "https://www.linkedin.com/in/ana-lee"})
    assert len(json_of(call("GET", "/people", linkedin=profile))["items"]) == found
    card = json_of(call("GET", "/cards/context", linkedin=profile))["card"]
    assert ("Ana Lee" in str(card)) is bool(found)


def test_a_change_of_an_old_version_is_answered_with_the_current_one(call: Caller) -> None:
    person = json_of(call("POST", "/people", ANA))
    current = json_of(call("PATCH", f"/people/{person['id']}", {"version": 1, "name": "Ana"}))
    answer = call("PATCH", f"/people/{person['id']}", {"version": 1, "name": "Lee"})
    assert (answer.status_code, json_of(answer)["code"], json_of(answer)["current"]) == (409, "conflict", current)


def test_a_second_holder_of_an_address_is_told_the_first(call: Caller) -> None:
    person = json_of(call("POST", "/people", ANA))
    answer = call("POST", "/people", {"addresses": ["ANA@firm.example"]})
    assert (answer.status_code, json_of(answer)["current"]) == (409, person)


@pytest.mark.parametrize(
    "wrong",
    [
        {"addresses": []},
        {"addresses": ["nobody"]},
        {"country": "France"},
        {"linkedin": "https://evil.example"},
        {"phones": [{"number": "12"}]},
        {"phones": [{"number": "+33612345678", "kind": "pigeon"}]},
        {"name": "two\nlines"},
        {"name": "half a letter \ud800"},
        {"owner": "nobody"},
        {"shoe_size": 42},
    ],
)
def test_a_person_that_is_none_is_refused(call: Caller, wrong: dict[str, Any]) -> None:
    answer = call("POST", "/people", ANA | wrong)
    assert (answer.status_code, json_of(answer)["code"]) == (422, "bad-input")
    assert json_of(call("GET", "/people"))["items"] == []


def test_somebody_of_a_colleague_is_not_given_away(
    call: Caller, caller_of: Callable[[User], Caller], bram: User, nora: User
) -> None:
    person = json_of(call("POST", "/people", ANA | {"owner": nora.id}))
    theirs = caller_of(bram)
    answer = theirs("PATCH", f"/people/{person['id']}", {"version": 1, "owner": bram.id})
    assert (answer.status_code, json_of(answer)["code"]) == (403, "not-allowed")
    assert theirs("DELETE", f"/people/{person['id']}").status_code == 403


def test_two_entries_of_one_person_are_joined(call: Caller) -> None:
    kept = json_of(call("POST", "/people", ANA))
    other = json_of(call("POST", "/people", {"addresses": ["ana@home.example"]}))
    joined = json_of(call("POST", f"/people/{kept['id']}/join", {"person": other["id"], "version": 1}))
    assert [one["address"] for one in joined["addresses"]] == ["ana@firm.example", "ana@home.example"]


def test_a_rise_makes_a_target(call: Caller, nora: User) -> None:
    person = json_of(call("POST", "/people", ANA | {"owner": nora.id}))
    assert json_of(call("GET", "/targets")) == {"items": [], "connected": False}
    for score, at in ((40, "2026-11-20T10:00:00+02:00"), (54, None)):
        assert call("POST", f"/people/{person['id']}/score", {"score": score} | ({"at": at} if at else {})).status_code == 200
    (target,) = json_of(call("GET", "/targets"))["items"]
    assert (target["person"]["name"], target["score"], target["rise"]) == ("Ana Lee", 54, 14)


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": 1.5},
        {"score": 10**7},
        {"score": 5, "at": "2026-11-20T10:00:00"},
        {"score": 5, "at": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_score_that_is_none_is_refused(call: Caller, wrong: dict[str, Any]) -> None:
    person = json_of(call("POST", "/people", ANA))
    assert call("POST", f"/people/{person['id']}/score", wrong).status_code == 422


def test_a_table_is_looked_at_first_and_then_stored(call: Caller) -> None:
    table = "Nom;Courriel;Téléphone;Pointure\nZoé;zoe@firme.example;+33199001234;37\nNemo;;;\n".encode("cp1252")
    preview = json_of(imported(call, table, preview="true"))
    assert json_of(call("GET", "/people"))["items"] == []
    report = json_of(imported(call, table))
    assert preview | {"preview": False} == report
    assert (report["created"], report["updated"], report["ignored"]) == (1, 0, ["Pointure"])
    assert report["columns"] == {"name": "Nom", "address": "Courriel", "phone": "Téléphone"}
    assert report["rows"] == [{"line": 3, "field": "address", "code": "no-address", "error": "L’adresse e-mail manque"}]
    assert json_of(call("GET", "/people", query="zoe"))["items"][0]["name"] == "Zoé"


def test_what_is_no_table_is_refused(call: Caller) -> None:
    assert imported(call, b"\x89PNG\r\n\x1a\n\0\0\0").status_code == 422
    assert imported(call, b"x" * 5_000_001).status_code == 413


def test_people_are_filtered_and_taken_along_by_the_same_words(call: Caller, nora: User) -> None:
    mine = json_of(call("POST", "/people", ANA | {"owner": nora.id, "account": "=Firm"}))
    call("POST", "/people", {"name": "Bo", "addresses": ["bo@firm.example"]})
    call("POST", f"/people/{mine['id']}/score", {"score": 60})
    asked = {"whose": "mine", "account": "=Firm", "score": "60", "consent": "unknown", "query": "lee"}
    page = json_of(call("GET", "/people", **asked))
    assert ([one["name"] for one in page["items"]], page["count"]) == (["Ana Lee"], 1)
    assert json_of(call("GET", "/people", engaged_since="2026-11-01T00:00:00Z"))["items"] == []
    table = call("GET", "/people/export", **asked)
    assert (table.mimetype, table.headers["Content-Disposition"]) == ("text/csv", 'attachment; filename="people.csv"')
    heading, row = table.data.decode("utf-8-sig").splitlines()
    assert heading.startswith("Name,Email,")
    assert row == f"Ana Lee,ana@firm.example,Buyer,'=Firm,,,,,,{nora.address},60"
    nobody = call("GET", "/people/export", linkedin="https://firm.example")
    assert nobody.data.decode("utf-8-sig") == ""
    assert json_of(call("GET", "/people/accounts", query="firm"))["items"] == ["=Firm", "firm.example"]


@pytest.mark.parametrize(
    "asked", [{"whose": "theirs"}, {"score": "high"}, {"consent": "yes"}, {"engaged_since": "2026-11-01"}, {"account": ""}]
)
def test_a_filter_that_is_none_is_refused(call: Caller, asked: dict[str, str]) -> None:
    for path in ("/people", "/people/export"):
        assert call("GET", path, **asked).status_code == 422


def test_a_person_has_a_page_of_what_happened(call: Caller, caller_of: Callable[[User], Caller], bram: User) -> None:
    person = json_of(call("POST", "/people", ANA))
    task = {"name": "Call Ana", "type": "call", "due_on": "2026-11-23", "person_id": person["id"]}
    call("POST", "/tasks", task)
    page = json_of(call("GET", f"/people/{person['id']}/timeline", query="ana", kind="task"))
    assert [(one["kind"], one["task"]["name"]) for one in page["items"]] == [("task", "Call Ana")]
    assert [one["name"] for one in json_of(call("GET", f"/people/{person['id']}/tasks"))["items"]] == ["Call Ana"]
    assert json_of(caller_of(bram)("GET", f"/people/{person['id']}/timeline"))["items"] == []
    told = json_of(call("GET", f"/people/{person['id']}"))
    assert (told["may_decide"], told["muted"], told["owned_elsewhere"]) == (True, False, False)
