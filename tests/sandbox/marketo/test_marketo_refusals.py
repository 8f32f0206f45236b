"""Each way in which Marketo says no."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from server.sandbox.marketo.envelope import MESSAGES
from tests.fixtures_crm import CrmSandbox, crm

__all__ = ["crm"]
DESCRIBE = "/rest/v1/leads/describe.json"


def call(crm: CrmSandbox, verb: str = "GET", path: str = DESCRIBE, **more: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {crm.marketo_token()}", **more.pop("headers", {})}
    return requests.request(verb, f"{crm.url}{path}", headers=headers, timeout=20, **more)


def code(answer: requests.Response) -> str | None:
    """Of a refusal in Marketo's envelope, which is HTTP 200; None for a success."""
    told = answer.json()
    assert answer.status_code == 200
    assert told["requestId"]
    if told["success"]:
        assert "errors" not in told
        return None
    assert set(told) == {"requestId", "success", "errors"}
    [error] = told["errors"]
    assert set(error) == {"code", "message"}
    assert isinstance(error["code"], str)
    return str(error["code"])


def test_a_token_is_taken_from_the_header_only(crm: CrmSandbox) -> None:
    url, value = f"{crm.url}{DESCRIBE}", crm.marketo_token()
    assert code(requests.get(url, timeout=10)) == "600"
    assert code(requests.get(url, params={"access_token": value}, timeout=10)) == "600"
    assert code(call(crm, params={"access_token": value})) == "600"
    assert code(requests.get(url, headers={"Authorization": f"Basic {value}"}, timeout=10)) == "600"
    assert code(call(crm)) is None


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/rest/v1/leads.json?filterType=id&filterValues=1001", "Read-Only Lead"),
        ("/rest/v1/activities/types.json", "Read-Only Activity"),
        ("/rest/v1/salespersons.json?filterType=id&filterValues=1", "Read-Only Sales Person"),
        ("/rest/v1/campaigns.json", "Execute Campaign"),
    ],
)
def test_each_permission_is_needed(crm: CrmSandbox, path: str, permission: str) -> None:
    assert code(call(crm, path=path)) is None
    left = [one for one in crm.control("GET", "marketo")["permissions"] if one != permission]
    crm.control("PUT", "marketo/role", {"permissions": left})
    assert code(call(crm, path=path)) == "603"


def test_methods_paths_and_bodies_are_checked(crm: CrmSandbox) -> None:
    trigger = "/rest/v1/campaigns/1003/trigger.json"
    assert code(call(crm, "DELETE")) == "605"
    assert code(call(crm, "POST")) == "605"
    assert code(call(crm, path=trigger)) == "605"
    assert code(call(crm, path="/rest/v1/leed.json")) == "610"
    assert code(call(crm, "POST", trigger, data="{", headers={"Content-Type": "application/json"})) == "609"
    assert code(call(crm, "POST", trigger, data="input=1")) == "612"


def test_a_body_over_a_megabyte_is_a_413(crm: CrmSandbox) -> None:
    answer = call(crm, "POST", "/rest/v1/campaigns/1003/trigger.json", json={"input": "x" * 1_000_001})
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "text/html"


def test_a_long_address_is_a_414_and_goes_as_a_form(crm: CrmSandbox) -> None:
    emails = ",".join(f"{number:040}@long.example" for number in range(200))
    query = {"filterType": "email", "filterValues": emails}
    assert call(crm, path="/rest/v1/leads.json", params=query).status_code == 414
    assert code(call(crm, "POST", "/rest/v1/leads.json?_method=GET", data=query)) is None
    assert code(call(crm, "POST", "/rest/v1/leads.json?_method=GET", json=query)) == "612"


def test_a_hundred_calls_in_twenty_seconds_and_not_one_more(crm: CrmSandbox) -> None:
    answers = [code(call(crm)) for _ in range(50)]
    crm.advance(10)
    answers += [code(call(crm)) for _ in range(50)]
    assert answers == [None] * 100
    assert code(call(crm)) == "606"
    crm.advance(10)
    assert [code(call(crm)) for _ in range(51)] == [None] * 50 + ["606"]
    meters = crm.control("GET", "marketo")
    assert (meters["total"], meters["refused"], meters["burst_peak"]) == (150, {"606": 2}, 100)


def test_the_daily_quota_comes_back_at_midnight_central(crm: CrmSandbox) -> None:
    crm.control("PUT", "marketo/limits", {"daily": 2})
    assert [code(call(crm)) for _ in range(3)] == [None, None, "607"]
    crm.world.clock.set(datetime(2026, 11, 22, 5, 59, 59, tzinfo=UTC))  # 23:59:59 in Chicago
    assert code(call(crm)) == "607"
    crm.world.clock.set(datetime(2026, 11, 22, 6, 0, tzinfo=UTC))
    assert code(call(crm)) is None


def test_more_than_ten_at_once_are_too_many(crm: CrmSandbox) -> None:
    token = crm.marketo_token()
    crm.control("PUT", "marketo/limits", {"parallel": 2})
    crm.fail_marketo("leads.describe", "slow", times=3, seconds=1.0)

    def ask(_: int) -> str | None:
        headers = {"Authorization": f"Bearer {token}"}
        return code(requests.get(f"{crm.url}{DESCRIBE}", headers=headers, timeout=20))

    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(ask, range(3)))
    assert sorted(found, key=str) == ["615", None, None]
    assert crm.control("GET", "marketo")["parallel_peak"] == 3


def test_every_code_comes_on_request(crm: CrmSandbox) -> None:
    for kind in MESSAGES:
        crm.fail_marketo("leads.*", kind, times=1, after=1)
        assert [code(call(crm)) for _ in range(3)] == [None, kind, None]


def test_gateways_speak_html_and_connections_drop(crm: CrmSandbox) -> None:
    crm.fail_marketo("leads.describe", "502-html")
    answer = call(crm)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    crm.fail_marketo("leads.describe", "drop")
    with pytest.raises(requests.ConnectionError):
        call(crm)
    crm.fail_marketo("leads.describe", "invalid-json", times=None)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        call(crm).json()
    crm.control("DELETE", "marketo/failures")
    assert code(call(crm)) is None


def test_errors_are_counted_by_code(crm: CrmSandbox) -> None:
    call(crm, "DELETE")
    call(crm, path="/rest/v1/leed.json")
    [told] = call(crm, path="/rest/v1/stats/errors.json").json()["result"]
    assert told["total"] == 2
    assert {entry["errorCode"] for entry in told["errors"]} == {"605", "610"}
