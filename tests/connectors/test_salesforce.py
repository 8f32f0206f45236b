import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from server.connectors.errors import Absent, Away, Refused, Rejected, Throttled
from server.connectors.salesforce import Limits, Login, Salesforce
from tests.connectors.conftest import NOW, Hands
from tests.connectors.remote import Remote, Reply

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


@pytest.fixture
def salesforce(org: Remote, hands: Hands) -> Salesforce:
    return Salesforce(Login(org.url, "consumer", secret="shh"), hands.transport("salesforce"))


def error(code: str, message: str = "told so", status: int = 400, **more: Any) -> Reply:
    return Reply(status, [{"errorCode": code, "message": message, **more}])


def records(*ids: str, **more: Any) -> dict[str, Any]:
    return {"totalSize": len(ids), "done": True, "records": [{"Id": one} for one in ids], **more}


def test_client_credentials_go_as_a_form(salesforce: Salesforce, org: Remote) -> None:
    org.tells(records("1"))
    assert [row["Id"] for row in salesforce.query("SELECT Id FROM Lead")] == ["1"]
    assert org.token_calls[0].form == {
        "grant_type": "client_credentials",
        "client_id": "consumer",
        "client_secret": "shh",
    }
    assert org.calls[0].bearer == "token-1"
    assert org.calls[0].query == {"q": "SELECT Id FROM Lead"}


def test_with_a_key_it_signs_for_its_user(org: Remote, hands: Hands) -> None:
    login = Login(org.url, "consumer", user="sync@fjordline.example", key=PEM, audience="https://test.salesforce.com")
    org.tells(records())
    list(Salesforce(login, hands.transport("salesforce")).query("SELECT Id FROM Lead"))
    form = org.token_calls[0].form
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    head, claims, signature = form["assertion"].split(".")
    assert opened(head) == {"alg": "RS256", "typ": "JWT"}
    assert opened(claims) == {
        "iss": "consumer",
        "sub": "sync@fjordline.example",
        "aud": "https://test.salesforce.com",
        "exp": int((NOW + timedelta(minutes=3)).timestamp()),
    }
    raw = base64.urlsafe_b64decode(signature + "==")
    KEY.public_key().verify(raw, f"{head}.{claims}".encode(), padding.PKCS1v15(), SHA256())


def opened(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=="))


@pytest.mark.parametrize("key", ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_a_key_that_is_none_is_for_an_admin(org: Remote, hands: Hands, key: str) -> None:
    login = Login(org.url, "consumer", user="sync@fjordline.example", key=key)
    with pytest.raises(Refused, match="no private RSA key"):
        list(Salesforce(login, hands.transport("salesforce")).query("SELECT Id FROM Lead"))
    assert org.asked == []


def test_a_sign_in_that_is_refused_says_why(salesforce: Salesforce, org: Remote) -> None:
    why = {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}
    org.tokens.append(Reply(400, why))
    with pytest.raises(Refused, match="hasn't approved"):
        list(salesforce.query("SELECT Id FROM Lead"))


def test_a_session_that_ended_is_renewed_once(salesforce: Salesforce, org: Remote, hands: Hands) -> None:
    ended = error("INVALID_SESSION_ID", "Session expired or invalid", 401)
    org.tells(ended, records("1"))
    assert len(list(salesforce.query("SELECT Id FROM Lead"))) == 1
    org.tells(ended, ended)
    with pytest.raises(Refused, match="just given"):
        list(salesforce.query("SELECT Id FROM Lead"))
    assert len(org.token_calls) == 3
    assert isinstance(hands.heard[-1], Refused)


def test_pages_follow_the_address_of_the_next(salesforce: Salesforce, org: Remote) -> None:
    following = "/services/data/v62.0/query/01g-2000"
    org.tells(records("1", done=False, nextRecordsUrl=following), records("2"))
    assert [row["Id"] for row in salesforce.query("SELECT Id FROM Lead")] == ["1", "2"]
    assert org.calls[1].path == following


def test_a_next_page_elsewhere_does_not_get_the_token(salesforce: Salesforce, org: Remote) -> None:
    org.tells(records("1", done=False, nextRecordsUrl="@evil.example/services/data/"))
    with pytest.raises(Refused):
        list(salesforce.query("SELECT Id FROM Lead"))


def test_deleted_records_are_asked_for_elsewhere(salesforce: Salesforce, org: Remote) -> None:
    org.tells(records("1"))
    list(salesforce.query_all("SELECT Id FROM Task WHERE IsDeleted = true"))
    assert org.calls[0].path.endswith("/queryAll")


def test_each_answer_tells_how_many_calls_are_used(salesforce: Salesforce, org: Remote) -> None:
    assert salesforce.limits is None
    usage = {"Sforce-Limit-Info": "api-usage=18/5000; per-app-api-usage=17/250(appName=feed)"}
    org.tells(Reply(200, records(), usage))
    list(salesforce.query("SELECT Id FROM Lead"))
    assert salesforce.limits == Limits(18, 5000)


def test_used_up_it_waits_for_the_window_to_move(salesforce: Salesforce, org: Remote, hands: Hands) -> None:
    org.tells(error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403))
    with pytest.raises(Throttled) as found:
        list(salesforce.query("SELECT Id FROM Lead"))
    assert found.value.until == NOW + timedelta(hours=1)
    assert hands.slept == []


def test_others_long_calls_are_waited_for(salesforce: Salesforce, org: Remote, hands: Hands) -> None:
    org.tells(error("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", 403), records())
    list(salesforce.query("SELECT Id FROM Lead"))
    assert hands.slept == [10.0]


@pytest.mark.parametrize(
    ("reply", "meant"),
    [
        (error("MALFORMED_QUERY"), Rejected),
        (error("INVALID_FIELD", "No such column 'Website' on entity 'Lead'"), Refused),
        (error("INVALID_TYPE", "sObject type 'Opportunity' is not supported."), Refused),
        (error("INSUFFICIENT_ACCESS", status=403), Refused),
        (error("API_DISABLED_FOR_ORG", status=403), Refused),
        (error("NOT_FOUND", status=404), Absent),
        (error("ENTITY_IS_DELETED", status=404), Absent),
        (error("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Due date is needed"), Rejected),
        (error("STRING_TOO_LONG", "too long", fields=["Subject"]), Rejected),
        (error("CONFLICT", status=409), Rejected),
        (Reply(414, "<html>URI too long</html>"), Rejected),
        (Reply(431, "<html>Too large</html>"), Rejected),
    ],
)
def test_what_will_not_change_is_not_tried_again(
    salesforce: Salesforce, org: Remote, reply: Reply, meant: type[Exception]
) -> None:
    org.tells(reply)
    with pytest.raises(meant) as found:
        salesforce.update("Task", "00T1", {"Status": "Completed"})
    assert type(found.value) is meant
    assert len(org.calls) == 1


def test_what_passes_is_tried_again(salesforce: Salesforce, org: Remote) -> None:
    org.tells(Reply(503, "<html>maintenance</html>"), error("UNABLE_TO_LOCK_ROW"), Reply(204))
    salesforce.update("Task", "00T1", {"Status": "Completed"})
    assert [(one.verb, one.path) for one in org.calls] == [("PATCH", "/services/data/v62.0/sobjects/Task/00T1")] * 3


def test_nothing_is_made_twice_because_an_answer_was_lost(salesforce: Salesforce, org: Remote) -> None:
    org.tells(Reply(drops=True))
    with pytest.raises(Away) as found:
        salesforce.create("Task", {"Subject": "Call"})
    assert found.value.maybe_done
    assert len(org.calls) == 1


def test_records_are_made_and_deleted(salesforce: Salesforce, org: Remote) -> None:
    org.tells(Reply(201, {"id": "00T1", "success": True, "errors": []}), Reply(204))
    assert salesforce.create("Task", {"Subject": "Call"}) == "00T1"
    salesforce.delete("Task", "00T1")
    assert [one.verb for one in org.calls] == ["POST", "DELETE"]
    assert org.calls[0].json == {"Subject": "Call"}
