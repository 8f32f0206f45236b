"""The clients against the sandbox, which was written from the vendors' documents and not from these clients."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization

from server.connectors.errors import Absent, Refused, Throttled
from server.connectors.http import Budget, Transport
from server.connectors.marketo import AT_ONCE, CALLS, WINDOW, Activity, Marketo
from server.connectors.salesforce import Login, Salesforce
from tests.connectors.test_salesforce import KEY, PEM
from tests.fixtures_crm import MARKETO_USER, NORA, START, CrmSandbox, running_crm


@pytest.fixture(scope="module")
def company() -> Iterator[CrmSandbox]:
    """A population that did a lot, and odd pages."""
    with running_crm(people=400, activities=6_000) as found:
        yield found


@pytest.fixture
def transport(company: CrmSandbox) -> Transport:
    """Whoever waits moves the sandbox's clock."""
    clock = company.world.clock
    passed = START.timestamp()

    def sleep(seconds: float) -> None:
        company.advance(seconds)

    budget = Budget(CALLS, WINDOW, AT_ONCE, monotonic=lambda: clock.now().timestamp() - passed, sleep=sleep)
    return Transport("outside", budget, sleep=sleep, chance=lambda: 0.5, clock=clock.now)


@pytest.fixture
def marketo(company: CrmSandbox, transport: Transport) -> Marketo:
    company.control("DELETE", "marketo/failures")
    return Marketo(company.url, MARKETO_USER.client_id, MARKETO_USER.client_secret, transport)


@pytest.fixture
def salesforce(company: CrmSandbox, transport: Transport) -> Salesforce:
    app = company.salesforce.app
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    app.keys = [public.decode()]
    return Salesforce(Login(company.url, app.key, user=NORA, key=PEM), transport)


def every_moment(marketo: Marketo) -> list[Activity]:
    token, found, more = marketo.paging_token(START - timedelta(days=90)), list[Activity](), True
    while more:
        page = marketo.activities(token, [46, 22])
        found, token, more = found + list(page.rows), page.token, page.more
    return found


def test_all_that_happened_is_read_whatever_the_pages_look_like(marketo: Marketo, company: CrmSandbox) -> None:
    found = every_moment(marketo)
    assert len(found) > 1_000
    assert {one.type_id for one in found} == {46, 22}
    assert len({one.guid for one in found}) < len(found)  # some come twice, and say so
    assert all("description" in one.attributes for one in found if one.type_id == 46)
    assert all(int(one.attributes["new value"]) >= 0 for one in found if one.type_id == 22)


@pytest.mark.parametrize("kind", ["606", "615", "608", "611", "713", "604", "502-html", "drop"])
def test_a_burst_of_trouble_is_survived(marketo: Marketo, company: CrmSandbox, kind: str) -> None:
    company.fail_marketo("activities.types", kind, times=3)
    assert 46 in marketo.activity_types()


def test_a_token_revoked_early_is_renewed(marketo: Marketo, company: CrmSandbox) -> None:
    marketo.campaigns()
    company.fail_marketo("campaigns.list", "602", times=1)
    assert any(campaign.active for campaign in marketo.campaigns())


def test_a_token_refused_for_ever_fails_cleanly(marketo: Marketo, company: CrmSandbox) -> None:
    company.fail_marketo("campaigns.list", "602", times=50)
    with pytest.raises(Refused, match="just given"):
        marketo.campaigns()


def test_the_days_calls_used_up_stop_until_midnight_central(marketo: Marketo, company: CrmSandbox) -> None:
    company.fail_marketo("campaigns.list", "607", times=1)
    with pytest.raises(Throttled) as found:
        marketo.campaigns()
    assert found.value.until.hour == 6


def test_people_are_found_by_id_and_by_address(marketo: Marketo) -> None:
    wanted = ["id", "email", "firstName", "leadScore"]
    assert set(wanted) <= marketo.fields()
    found = marketo.leads("id", list(range(1001, 1401)), wanted)
    assert len(found) > 300
    (again,) = marketo.leads("email", [found[0]["email"]], wanted)
    assert again["id"] == found[0]["id"]


def test_somebody_is_added_to_a_campaign(marketo: Marketo) -> None:
    campaign = next(one for one in marketo.campaigns() if one.active)
    marketo.trigger(campaign.id, [1001, 1002], {"my.message": "hello"})
    with pytest.raises(Absent):
        marketo.trigger(campaign.id, [9_999_999], {})


def test_salesforce_takes_a_signed_assertion_and_pages(salesforce: Salesforce, company: CrmSandbox) -> None:
    company.salesforce.batch = 50
    ids = [row["Id"] for row in salesforce.query("SELECT Id FROM Lead ORDER BY Id")]
    assert len(ids) == len(set(ids)) == salesforce.count("Lead") > 100
    assert salesforce.limits is not None


def test_a_task_is_made_changed_and_deleted(salesforce: Salesforce) -> None:
    task = salesforce.create("Task", {"Subject": "Call", "ActivityDate": "2026-11-24"})
    salesforce.update("Task", task, {"Status": "Completed"})
    (row,) = salesforce.query(f"SELECT Status, ActivityDate FROM Task WHERE Id = '{task}'")
    assert (row["Status"], row["ActivityDate"]) == ("Completed", "2026-11-24")
    salesforce.delete("Task", task)
    with pytest.raises(Absent):
        salesforce.update("Task", task, {"Status": "Not Started"})


def test_an_unapproved_user_is_for_an_admin(company: CrmSandbox, transport: Transport, salesforce: Salesforce) -> None:
    login = Login(company.url, company.salesforce.app.key, user="stranger@fjordline.example", key=PEM)
    with pytest.raises(Refused, match="hasn't approved"):
        Salesforce(login, transport).count("Lead")
