"""Activities: tokens, pages and their oddities."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import requests

from tests.fixtures_crm import START, CrmSandbox, crm, crm_kept, running_crm

__all__ = ["crm", "crm_kept"]
Row = dict[str, Any]


def start(crm: CrmSandbox, since: str = "2026-11-21T08:00:00Z") -> str:
    return str(crm.ask("activities/pagingtoken.json", sinceDatetime=since)["nextPageToken"])


def every(crm: CrmSandbox, token: str, path: str = "activities.json", **query: Any) -> tuple[list[list[Row]], str]:
    """All pages, and the token for what comes later."""
    pages: list[list[Row]] = []
    more = True
    while more:
        told = crm.ask(path, nextPageToken=token, **query)
        assert told["success"], told
        pages.append(told["result"])
        more, token = told["moreResult"], told["nextPageToken"]
    return pages, token


def code(told: dict[str, Any]) -> str:
    assert not told["success"]
    return str(told["errors"][0]["code"])


def rows(pages: list[list[Row]]) -> list[Row]:
    return [row for page in pages for row in page]


def test_a_moment_is_listed_once_and_the_token_goes_on(crm: CrmSandbox) -> None:
    token = start(crm)
    crm.control("POST", "crm/people/1001/moment", {"type": "Milestone", "description": "Attended the webinar"})
    pages, token = every(crm, token, activityTypeIds="46,22")
    [row] = rows(pages)
    assert (row["leadId"], row["activityTypeId"], row["primaryAttributeValue"]) == (1001, 46, "Milestone")
    assert "Attended the webinar" in [attribute["value"] for attribute in row["attributes"]]
    assert rows(every(crm, token, activityTypeIds="46,22")[0]) == []
    crm.control("POST", "crm/people/1002/score", {"by": 7})
    [row] = rows(every(crm, token, activityTypeIds="46,22")[0])
    told = {attribute["name"]: attribute["value"] for attribute in row["attributes"]}
    assert (row["primaryAttributeValue"], told["Change Value"]) == ("Lead Score", "+7")
    assert int(told["New Value"]) - int(told["Old Value"]) == 7
    assert crm.person(1002)["score"] == int(told["New Value"])


def test_pages_are_short_or_empty_though_more_is_to_come() -> None:
    with running_crm(activities=6_000) as crm:
        pages, _ = every(crm, start(crm, "2026-01-01T00:00:00Z"), activityTypeIds="1,2,10,11,22,46")
        assert any(not page for page in pages[:-1])
        assert any(0 < len(page) < 300 for page in pages[:-1])
        assert max(len(page) for page in pages) == 300
        found = rows(pages)
        assert len({row["marketoGUID"] for row in found}) < len(found), "some come twice"
        dates = [datetime.fromisoformat(row["activityDate"]) for row in found]
        assert any(later < earlier for earlier, later in pairwise(dates)), "some come late"
        assert {row["activityDate"][19:] for row in found} == {"Z", "+0000"}
        assert 0 < sum("id" not in row for row in found) < len(found)
        numbers = [row["id"] for row in found if "id" in row]
        assert len(set(numbers)) < len(numbers), "ids are not unique"
        assert min(numbers) > 2**32
        names = {attribute["name"] for row in found for attribute in row["attributes"]}
        assert {"Description", "Descriptioon", "Client IP Adddress"} <= names
        assert all(attribute["value"] != "" for row in found for attribute in row["attributes"])
        assert all("campaignId" not in row for row in found if row["activityTypeId"] == 1)


def test_every_page_has_a_token_that_must_be_encoded(crm: CrmSandbox) -> None:
    token = start(crm)
    assert token.endswith("=")
    assert code(crm.ask("activities.json", nextPageToken=token.rstrip("="), activityTypeIds="46")) == "1003"
    assert code(crm.ask("activities.json", nextPageToken="GE3TM===", activityTypeIds="46")) == "1003"
    told = crm.ask("activities.json", nextPageToken=token, activityTypeIds="46")
    assert (told["result"], told["moreResult"]) == ([], False)
    assert told["nextPageToken"]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({}, "701"),
        ({"activityTypeIds": ",".join(["1", "2", "3", "6", "7", "8", "9", "10", "11", "12", "13"])}, "1003"),
        ({"activityTypeIds": "46", "leadIds": ",".join(str(id) for id in range(1001, 1032))}, "1003"),
        ({"activityTypeIds": "46", "batchSize": "301"}, "1003"),
        ({"activityTypeIds": "moment"}, "1003"),
        ({"activityTypeIds": "99"}, "1003"),
        ({"activityTypeIds": "1,2", "assetIds": "1"}, "1003"),
        ({"activityTypeIds": "46", "listId": "7"}, "1013"),
    ],
)
def test_what_is_asked_for_is_checked(crm_kept: CrmSandbox, query: dict[str, str], refusal: str) -> None:
    assert code(crm_kept.ask("activities.json", nextPageToken=start(crm_kept), **query)) == refusal


def test_dates_and_tokens_are_needed(crm: CrmSandbox) -> None:
    assert code(crm.ask("activities/pagingtoken.json")) == "701"
    assert code(crm.ask("activities/pagingtoken.json", sinceDatetime="yesterday")) == "704"
    assert code(crm.ask("activities.json", activityTypeIds="46")) == "701"
    assert start(crm, "2026-11-21T09:00:00+01:00")


def test_leads_assets_and_lists_narrow(crm: CrmSandbox) -> None:
    token = start(crm)
    for id in (1001, 1005, 1010):
        crm.control("POST", f"crm/people/{id}/activity", {"type_id": 24, "primary": "Fair", "primary_id": id})
    ask = {"nextPageToken": token, "activityTypeIds": "24"}
    assert {row["leadId"] for row in crm.ask("activities.json", **ask, leadIds="1001,1010")["result"]} == {1001, 1010}
    assert {row["leadId"] for row in crm.ask("activities.json", **ask, assetIds="1005")["result"]} == {1005}
    assert {row["leadId"] for row in crm.ask("activities.json", **ask, listId="1002")["result"]} == {1005, 1010}
    assert len(crm.ask("activities.json", **ask, batchSize="2")["result"]) <= 2


def test_a_big_list_is_refused_from_the_end_of_2026() -> None:
    with running_crm(people=10_000) as crm:
        ask = {"nextPageToken": start(crm), "activityTypeIds": "46", "listId": "1001"}
        assert crm.ask("activities.json", **ask)["success"]
        crm.world.clock.set(datetime(2026, 12, 30, tzinfo=UTC))
        assert code(crm.ask("activities.json", **ask)) == "1003"


def test_a_row_may_come_late_twice_or_behind_the_reader(crm: CrmSandbox) -> None:
    token = start(crm)
    _, passed = every(crm, token, activityTypeIds="46")
    told = {"type": "Web", "description": "Pricing"}
    earlier = (START - timedelta(minutes=20)).isoformat()
    crm.control("POST", "crm/people/1001/moment", {**told, "at": earlier, "twice": True})
    late = rows(every(crm, passed, activityTypeIds="46")[0])
    assert len(late) == 2
    assert len({row["marketoGUID"] for row in late}) == 1
    assert late[0]["activityDate"].startswith("2026-11-21T08:40:00")
    _, passed = every(crm, passed, activityTypeIds="46")
    crm.control("POST", "crm/people/1002/moment", {**told, "at": earlier, "behind": True})
    assert rows(every(crm, passed, activityTypeIds="46")[0]) == []
    assert {row["leadId"] for row in rows(every(crm, token, activityTypeIds="46")[0])} == {1001, 1002}


def test_marketo_forgets_scores_after_90_days_and_moments_after_25_months(crm: CrmSandbox) -> None:
    crm.happen.score(crm.crm.people.find("1001"), 50)
    crm.happen.moment(crm.crm.people.find("1001"), "Web", "Pricing")
    found: dict[int, list[int]] = {}
    for days in (89, 91, 761):
        crm.world.clock.set(START + timedelta(days=days))
        pages, _ = every(crm, start(crm, "2024-01-01T00:00:00Z"), activityTypeIds="22,46")
        found[days] = sorted(row["activityTypeId"] for row in rows(pages))
    assert found == {89: [22, 46], 91: [46], 761: []}


def test_what_a_merged_person_did_is_the_survivors(crm: CrmSandbox) -> None:
    token = start(crm)
    crm.happen.moment(crm.crm.people.find("1001"), "Web", "Pricing")
    crm.control("POST", "crm/people/1001/merge", {"into": "1002"})
    pages, _ = every(crm, token, activityTypeIds="46,32")
    moment, merge = rows(pages)
    assert (moment["leadId"], merge["leadId"], merge["activityTypeId"]) == (1002, 1002, 32)
    assert {"name": "Merge IDs", "value": "[1001]"} in merge["attributes"]


def test_a_deleted_persons_deeds_vanish_and_the_deletion_is_listed(crm: CrmSandbox) -> None:
    token = start(crm)
    crm.happen.moment(crm.crm.people.find("1001"), "Web", "Pricing")
    crm.control("DELETE", "crm/people/1001")
    assert rows(every(crm, token, activityTypeIds="46")[0]) == []
    [row] = rows(every(crm, token, "activities/deletedleads.json")[0])
    assert (row["leadId"], row["activityTypeId"]) == (1001, 37)


def test_changes_of_data_are_listed_for_the_fields_asked_for(crm: CrmSandbox) -> None:
    token = start(crm)
    crm.control("PUT", "crm/people/1001", {"title": "CEO", "unsubscribed": True})
    [row] = rows(every(crm, token, "activities/leadchanges.json", fields="title")[0])
    [field] = row["fields"]
    assert (row["leadId"], row["activityTypeId"], field["name"], field["newValue"]) == (1001, 13, "title", "CEO")
    assert field["oldValue"]
    assert code(crm.ask("activities/leadchanges.json", nextPageToken=token)) == "701"
    assert code(crm.ask("activities/leadchanges.json", nextPageToken=token, fields="shoeSize")) == "1006"
    crm.control("POST", "crm/people", {"email": "new@new.example", "name": "Somebody New"})
    assert 12 in {row["activityTypeId"] for row in rows(every(crm, token, "activities/leadchanges.json", fields="email")[0])}


def test_the_types_of_this_instance_are_told(crm: CrmSandbox) -> None:
    types = {row["id"]: row for row in crm.ask("activities/types.json")["result"]}
    assert {1, 2, 10, 11, 13, 22, 23, 24, 25, 32, 37, 46, 47} <= set(types)
    assert types[46]["primaryAttribute"]["name"] == "Type"
    assert {"Description", "Source", "Date"} == {attribute["name"] for attribute in types[46]["attributes"]}
    assert max(types) > 100_000


@pytest.mark.parametrize(("kind", "shape"), [("objects", dict), ("strings", str)])
def test_warnings_come_in_two_shapes(crm: CrmSandbox, kind: str, shape: type) -> None:
    crm.control("PUT", "marketo/moods", {"warnings": kind})
    [warning] = crm.ask("activities.json", nextPageToken=start(crm), activityTypeIds="46")["warnings"]
    assert isinstance(warning, shape)


def test_a_token_of_one_caller_is_good_for_another(crm: CrmSandbox) -> None:
    token = start(crm)
    crm.control("POST", "marketo/tokens/end")
    headers = {"Authorization": f"Bearer {crm.marketo_token()}"}
    query = {"nextPageToken": token, "activityTypeIds": "46"}
    assert requests.get(f"{crm.url}/rest/v1/activities.json", params=query, headers=headers, timeout=10).json()["success"]
