"""People in Marketo, campaigns, sales persons, and the day's use."""

from typing import Any

import pytest
import requests

from tests.fixtures_crm import BRAM, LIN, MARKETO_USER, NORA, CrmSandbox, crm, crm_kept, running_crm

__all__ = ["crm", "crm_kept"]


def code(told: dict[str, Any]) -> str:
    assert not told["success"]
    assert "result" not in told
    return str(told["errors"][0]["code"])


def found(crm: CrmSandbox, kind: str, *values: object, **more: Any) -> list[dict[str, Any]]:
    told = crm.ask("leads.json", filterType=kind, filterValues=",".join(map(str, values)), **more)
    assert told["success"], told
    return list(told["result"])


def trigger(crm: CrmSandbox, id: int, leads: list[int], **tokens: str) -> dict[str, Any]:
    sent = {"leads": [{"id": lead} for lead in leads], "tokens": [{"name": k, "value": v} for k, v in tokens.items()]}
    headers = {"Authorization": f"Bearer {crm.marketo_token()}"}
    url = f"{crm.url}/rest/v1/campaigns/{id}/trigger.json"
    return dict(requests.post(url, json={"input": sent}, headers=headers, timeout=10).json())


def test_people_come_with_six_fields_unless_others_are_asked_for(crm: CrmSandbox) -> None:
    [lead] = found(crm, "id", 1001)
    assert list(lead) == ["id", "email", "firstName", "lastName", "createdAt", "updatedAt"]
    [lead] = found(crm, "id", 1002, fields="leadScore,salutation,unsubscribed")
    assert lead == {"id": 1002, "leadScore": lead["leadScore"], "salutation": None, "unsubscribed": False}
    assert isinstance(lead["leadScore"], int)


def test_each_filter_finds_whom_it_should(crm: CrmSandbox) -> None:
    lead, contact = crm.person(1001), crm.person(1003)
    assert (lead["kind"], contact["kind"]) == ("Lead", "Contact")
    assert found(crm, "email", lead["email"].upper())[0]["id"] == 1001
    assert found(crm, "sfdcLeadId", lead["lead_id"], lead["lead_id"][:15])[0]["id"] == 1001
    assert [one["id"] for one in found(crm, "sfdcContactId", contact["contact_id"])] == [1003]
    [told] = found(crm, "id", 1003, fields="sfdcAccountId,sfdcType,sfdcLeadOwnerId")
    assert (told["sfdcType"], told["sfdcLeadOwnerId"]) == ("Contact", contact["owner_id"])
    assert 1003 in [one["id"] for one in found(crm, "sfdcAccountId", told["sfdcAccountId"])]
    owned = {one["id"] for one in found(crm, "sfdcLeadOwnerId", contact["owner_id"])}
    assert owned == {p["marketo_id"] for p in crm.control("GET", "crm/people", owner=contact["owner"])["people"]}
    for kind in ("cookies", "sfdcOpptyId", "linkedInId", "twitterId", "facebookId"):
        assert found(crm, kind, "x") == []
    assert len(found(crm, "leadPartitionId", 1)) == 40


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"filterValues": "1"}, "701"),
        ({"filterType": "id"}, "701"),
        ({"filterType": "shoeSize", "filterValues": "1"}, "1003"),
        ({"filterType": "lastName", "filterValues": "Rossi"}, "1003"),
        ({"filterType": "id", "filterValues": ",".join(str(id) for id in range(301))}, "1003"),
        ({"filterType": "id", "filterValues": "1001", "fields": "email,shoeSize"}, "1006"),
        ({"filterType": "id", "filterValues": "1001", "batchSize": "0"}, "1003"),
        ({"filterType": "id", "filterValues": "1001", "nextPageToken": "x"}, "1003"),
    ],
)
def test_what_is_asked_for_is_checked(crm_kept: CrmSandbox, query: dict[str, str], refusal: str) -> None:
    assert code(crm_kept.ask("leads.json", **query)) == refusal


def test_a_thousand_matches_come_in_pages_and_one_more_is_too_many() -> None:
    with running_crm(people=1_000) as crm:
        query = {"filterType": "leadPartitionId", "filterValues": "1", "fields": "email"}
        ids: list[int] = []
        told = crm.ask("leads.json", **query)
        while told.get("moreResult"):
            ids += [lead["id"] for lead in told["result"]]
            told = crm.ask("leads.json", **query, nextPageToken=told["nextPageToken"])
        ids += [lead["id"] for lead in told["result"]]
        assert ids == list(range(1001, 2001))
        crm.control("POST", "crm/people", {"email": "one@more.example", "name": "One More"})
        assert code(crm.ask("leads.json", **query)) == "1003"


def test_one_person_is_read_by_id(crm: CrmSandbox) -> None:
    assert crm.ask("lead/1001.json", fields="email")["result"] == [{"id": 1001, "email": crm.person(1001)["email"]}]
    assert code(crm.ask("lead/999999.json")) == "1004"
    assert code(crm.ask("lead/me.json")) == "1004"
    crm.control("DELETE", "crm/people/1001")
    assert code(crm.ask("lead/1001.json")) == "1004"
    assert found(crm, "id", 1001, 1002)[0]["id"] == 1002


def test_who_is_in_salesforce_only_is_not_in_marketo(crm: CrmSandbox) -> None:
    told = {"email": "only@crm.example", "name": "Only There", "owner": NORA, "kind": "contact", "in_marketo": False}
    assert crm.control("POST", "crm/people", told)["marketo_id"] is None
    assert found(crm, "email", "only@crm.example") == []
    assert crm.query("SELECT Id FROM Contact WHERE Email = 'only@crm.example'")["totalSize"] == 1


def test_describe_names_every_field_there_is(crm: CrmSandbox) -> None:
    fields = {row["rest"]["name"] for row in crm.ask("leads/describe.json")["result"]}
    told = crm.ask("lead/1001.json", fields=",".join(sorted(fields)))["result"][0]
    assert set(told) == fields
    assert {"leadScore", "priority", "relativeScore", "urgency", "mainPhone", "sfdcLeadOwnerId", "doNotCall"} <= fields
    [second] = crm.ask("leads/describe2.json")["result"]
    assert ["sfdcLeadOwnerId"] in second["searchableFields"]
    assert {field["name"] for field in second["fields"]} == fields


def test_sales_persons_are_found(crm: CrmSandbox) -> None:
    [row] = crm.ask("salespersons.json", filterType="email", filterValues=f"{BRAM},nobody@fjordline.example")["result"]
    assert (row["email"], row["firstName"], row["lastName"]) == (BRAM, "Bram de", "Wit")
    by_id = crm.ask("salespersons.json", filterType="id", filterValues=str(row["id"]))["result"]
    by_key = crm.ask("salespersons.json", filterType="externalSalesPersonId", filterValues=row["externalSalesPersonId"])
    assert by_id == by_key["result"] == [row]
    assert code(crm.ask("salespersons.json", filterType="name", filterValues="Bram")) == "1003"
    owned = crm.control("GET", "crm/people", owner=BRAM, most="1")["people"][0]["marketo_id"]
    [lead] = found(crm, "id", owned, fields="externalSalesPersonId")
    assert lead["externalSalesPersonId"] == row["externalSalesPersonId"]


def test_campaigns_that_can_be_asked_for(crm: CrmSandbox) -> None:
    everything = crm.ask("campaigns.json")["result"]
    offered = crm.ask("campaigns.json", isTriggerable="true")["result"]
    assert {"id", "name", "type", "active", "programName", "workspaceName"} <= set(offered[0])
    assert 0 < len(offered) < len(everything)
    assert all(campaign["type"] == "trigger" and campaign["active"] for campaign in offered)
    assert [row["id"] for row in crm.ask("campaigns.json", id="1003,1004")["result"]] == [1003, 1004]
    first = crm.ask("campaigns.json", batchSize="2")
    assert (
        len(crm.ask("campaigns.json", batchSize="300", nextPageToken=first["nextPageToken"])["result"]) == len(everything) - 2
    )


def test_a_campaign_is_asked_to_run(crm: CrmSandbox) -> None:
    token = crm.ask("activities/pagingtoken.json", sinceDatetime="2026-11-21T08:00:00Z")["nextPageToken"]
    assert trigger(crm, 1003, [1001, 1002], **{"{{my.message}}": "Hello"})["success"]
    [asked] = crm.control("GET", "marketo")["triggered"]
    assert asked == {"campaign": 1003, "leads": [1001, 1002], "tokens": {"{{my.message}}": "Hello"}}
    crm.control("PUT", "marketo/moods", {"empty_every": 0})
    rows = crm.ask("activities.json", nextPageToken=token, activityTypeIds="47")["result"]
    assert {row["leadId"] for row in rows} <= {1001, 1002}
    assert rows


def test_a_campaign_refuses(crm: CrmSandbox) -> None:
    assert code(trigger(crm, 1003, [1001, 999_999])) == "1004"
    assert code(trigger(crm, 4711, [1001])) == "1013"
    assert code(trigger(crm, 1006, [1001])) == "709"
    assert code(trigger(crm, 1007, [1001])) == "709"
    assert code(trigger(crm, 1003, [])) == "1003"
    assert code(trigger(crm, 1003, list(range(1001, 1102)))) == "1003"
    assert code(trigger(crm, 1003, [1001], **{"message": "no braces"})) == "1003"
    assert code(trigger(crm, 1003, [1001], **{f"{{{{my.{at}}}}}": "x" for at in range(101)})) == "1003"
    assert crm.control("GET", "marketo")["triggered"] == []


def test_the_days_use_is_told_by_user(crm: CrmSandbox) -> None:
    crm.ask("lead/1001.json")
    [today] = crm.ask("stats/usage.json")["result"]
    assert today == {"date": "2026-11-21", "total": 2, "users": [{"userId": MARKETO_USER.name, "count": 2}]}
    crm.advance(86_400)
    [today] = crm.ask("stats/usage.json")["result"]
    week = crm.ask("stats/usage/last7days.json")["result"]
    assert (today["total"], len(week), week[1]["total"]) == (1, 7, 2)
    assert len(crm.ask("stats/errors/last7days.json")["result"]) == 7


def test_an_owner_change_shows_in_both_systems(crm: CrmSandbox) -> None:
    crm.control("POST", "crm/people/1001/owner", {"to": LIN})
    [lead] = found(crm, "id", 1001, fields="sfdcLeadOwnerId")
    [record] = crm.query(f"SELECT OwnerId, Owner.Email FROM Lead WHERE Id = '{crm.person(1001)['lead_id']}'")["records"]
    assert lead["sfdcLeadOwnerId"] == record["OwnerId"]
    assert record["Owner"]["Email"] == LIN
