"""SOQL: what it finds, how it pages, and what it refuses."""

from typing import Any

import pytest

from tests.fixtures_crm import BRAM, NORA, CrmSandbox, crm, crm_kept, running_crm

__all__ = ["crm", "crm_kept"]


def records(crm: CrmSandbox, soql: str, *, deleted: bool = False) -> list[dict[str, Any]]:
    told = crm.query(soql, deleted=deleted)
    assert isinstance(told, dict), told
    assert told["done"]
    return list(told["records"])


def emails(crm: CrmSandbox, where: str, table: str = "Lead") -> set[str]:
    return {row["Email"] for row in records(crm, f"SELECT Email FROM {table} WHERE {where}")}


def test_leads_tell_their_owner(crm: CrmSandbox) -> None:
    lead = crm.person(1001)
    [row] = records(
        crm, f"SELECT Id, OwnerId, Owner.Email, Owner.Type, Email, Name, Company FROM Lead WHERE Id IN ('{lead['lead_id']}')"
    )
    assert row["attributes"] == {"type": "Lead", "url": f"/services/data/v62.0/sobjects/Lead/{lead['lead_id']}"}
    assert (row["OwnerId"], row["Owner"]["Email"], row["Owner"]["Type"]) == (lead["owner_id"], lead["owner"], "User")
    assert list(row) == ["attributes", "Id", "OwnerId", "Owner", "Email", "Name", "Company"]


def test_contacts_tell_their_account_and_its_owner(crm: CrmSandbox) -> None:
    contact = crm.person(1003)
    soql = "SELECT Id,OwnerId,Owner.Email,Email,Name,AccountId,Account.Name,Account.OwnerId FROM Contact"
    [row] = records(crm, f"{soql} WHERE Email = '{contact['email'].upper()}'")
    assert (row["Id"], row["Account"]["Name"]) == (contact["contact_id"], contact["company"])
    [account] = records(crm, f"SELECT OwnerId FROM Account WHERE Id = '{row['AccountId']}'")
    assert account["OwnerId"] == row["Account"]["OwnerId"]


def test_what_a_queue_owns_has_no_email(crm: CrmSandbox) -> None:
    crm.control("POST", "crm/people/1001/owner", {"to": ""})
    [row] = records(crm, f"SELECT OwnerId, Owner.Email, Owner.Name FROM Lead WHERE Id = '{crm.person(1001)['lead_id']}'")
    assert row["OwnerId"].startswith("00G")
    assert (row["Owner"]["Email"], bool(row["Owner"]["Name"])) == (None, True)
    queued = emails(crm, f"OwnerId = '{row['OwnerId'][:15]}'")
    assert crm.person(1001)["email"] in queued
    assert emails(crm, "Owner.Type = 'Queue'") == queued


def test_conditions_join_and_compare(crm: CrmSandbox) -> None:
    first, second = crm.person(1001)["email"], crm.person(1002)["email"]
    assert emails(crm, f"Email = '{first}' OR Email = '{second}'") == {first, second}
    assert emails(crm, f"(Email = '{first}' OR Email = '{second}') AND Name LIKE 'elif %'") == {first}
    assert emails(crm, f"Email IN ('{first}', '{second}') AND NOT Email = '{first}'") == {second}
    everybody = emails(crm, "Name != null")
    assert emails(crm, f"Email NOT IN ('{first}')") == everybody - {first}
    assert emails(crm, "IsConverted = false AND CreatedDate < 2026-11-21T00:00:00Z") == everybody
    assert emails(crm, "CreatedDate > 2026-11-21T00:00:00Z") == set()
    assert emails(crm, "CreatedDate = LAST_N_DAYS:7") < everybody
    assert emails(crm, "Phone = null") | emails(crm, "Phone != null") == everybody
    assert emails(crm, "Email LIKE '%\\_%'") == set()


def test_an_apostrophe_is_escaped(crm: CrmSandbox) -> None:
    crm.control("POST", "crm/people", {"email": "o@hara.example", "name": "Scarlett O'Hara", "owner": NORA})
    assert emails(crm, "LastName = 'O\\'Hara'") == {"o@hara.example"}


def test_changes_since_a_moment_are_in_whole_seconds(crm: CrmSandbox) -> None:
    crm.world.clock.advance(60.7)
    crm.control("PUT", "crm/people/1001", {"title": "CEO"})
    [row] = records(
        crm, "SELECT SystemModstamp, LastModifiedDate, Title FROM Lead WHERE LastModifiedDate > 2026-11-21T09:00:59Z"
    )
    assert row["SystemModstamp"] == row["LastModifiedDate"] == "2026-11-21T09:01:00.000+0000"
    assert records(crm, "SELECT Id FROM Lead WHERE LastModifiedDate > 2026-11-21T09:01:00Z") == []
    assert len(records(crm, "SELECT Id FROM Lead WHERE LastModifiedDate >= 2026-11-21T09:01:00.000+00:00")) == 1
    keyset = "SystemModstamp > {0} OR (SystemModstamp = {0} AND Id > '{1}')"
    at, id = "2026-11-21T09:01:00Z", crm.person(1001)["lead_id"]
    assert records(crm, f"SELECT Id FROM Lead WHERE {keyset.format(at, id)}") == []
    assert len(records(crm, f"SELECT Id FROM Lead WHERE {keyset.format(at, '00Q000000000000')}")) == 1


def test_order_limit_and_offset(crm: CrmSandbox) -> None:
    names = [row["LastName"] for row in records(crm, "SELECT LastName FROM Lead ORDER BY LastName DESC, Id LIMIT 5")]
    assert names == sorted(names, reverse=True)
    rest = [row["LastName"] for row in records(crm, "SELECT LastName FROM Lead ORDER BY LastName DESC, Id LIMIT 3 OFFSET 2")]
    assert rest == names[2:]
    phones = [row["Phone"] for row in records(crm, "SELECT Phone FROM Lead ORDER BY Phone")]
    assert phones[0] is None
    assert records(crm, "SELECT Phone FROM Lead ORDER BY Phone NULLS LAST")[0]["Phone"] is not None
    assert crm.query("SELECT COUNT() FROM Lead") == {"totalSize": len(phones), "done": True, "records": []}


def test_a_long_answer_comes_in_pages() -> None:
    with running_crm(people=4_000) as crm:
        crm.control("PUT", "salesforce/limits", {"batch": 1_000})
        told = crm.query("SELECT Id FROM Lead ORDER BY Id")
        ids = [row["Id"] for row in told["records"]]
        assert (told["totalSize"], told["done"], len(ids)) == (2_400, False, 1_000)
        pages = 1
        while not told["done"]:
            assert told["nextRecordsUrl"].startswith("/services/data/v62.0/query/01g")
            told = crm.salesforce_call("GET", told["nextRecordsUrl"].removeprefix("/services/data/v62.0/")).json()
            ids += [row["Id"] for row in told["records"]]
            pages += 1
        assert (pages, len(set(ids)), "nextRecordsUrl" in told) == (3, 2_400, False)
        wished = crm.salesforce_call(
            "GET", "query", params={"q": "SELECT Id FROM Lead"}, headers={"Sforce-Query-Options": "batchSize=200"}
        ).json()
        assert len(wished["records"]) == 200
        crm.control("DELETE", "salesforce/queries")
        gone = crm.salesforce_call("GET", wished["nextRecordsUrl"].removeprefix("/services/data/v62.0/"))
        assert (gone.status_code, gone.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_opportunities_and_their_contacts(crm: CrmSandbox) -> None:
    [role] = records(crm, "SELECT ContactId, OpportunityId, Opportunity.IsClosed, Contact.Email FROM OpportunityContactRole")
    soql = "SELECT Id, Email FROM Contact WHERE Id IN (SELECT ContactId FROM OpportunityContactRole)"
    assert [row["Id"] for row in records(crm, soql)] == [role["ContactId"]]
    opportunity = f"SELECT Name, StageName, IsClosed, IsWon, CloseDate FROM Opportunity WHERE Id = '{role['OpportunityId']}'"
    assert records(crm, opportunity)[0]["IsClosed"] is role["Opportunity"]["IsClosed"] is False
    crm.control("POST", "crm/people/1003/opportunity", {"name": "Big one"})
    assert len(records(crm, "SELECT Id FROM OpportunityContactRole WHERE Opportunity.IsClosed = false")) == 2


def test_deleted_rows_are_in_query_all_for_15_days(crm: CrmSandbox) -> None:
    lead = crm.person(1001)["lead_id"]
    crm.control("DELETE", "crm/people/1001", **{"in": "salesforce"})
    soql = f"SELECT Id, IsDeleted FROM Lead WHERE Id = '{lead}'"
    assert records(crm, soql) == []
    assert records(crm, soql, deleted=True)[0]["IsDeleted"] is True
    assert records(crm, "SELECT Id FROM Lead WHERE IsDeleted = true", deleted=True)[0]["Id"] == lead
    assert crm.person(1001)["deleted"] == ["salesforce"]
    crm.advance(16 * 86_400)
    assert records(crm, soql, deleted=True) == []


def test_a_merged_lead_names_its_master(crm: CrmSandbox) -> None:
    loser, winner = crm.person(1001), crm.person(1002)
    crm.control("POST", "crm/tasks", {"owner": NORA, "subject": "Call", "who": "1001"})
    crm.control("POST", "crm/people/1001/merge", {"into": "1002"})
    soql = f"SELECT IsDeleted, MasterRecordId FROM Lead WHERE Id = '{loser['lead_id']}'"
    [row] = records(crm, soql, deleted=True)
    assert (row["IsDeleted"], row["MasterRecordId"]) == (True, winner["lead_id"])
    assert records(crm, "SELECT WhoId, Who.Type FROM Task")[0]["WhoId"] == winner["lead_id"]


def test_a_converted_lead_names_its_contact(crm: CrmSandbox) -> None:
    lead = crm.person(1001)["lead_id"]
    contact = crm.control("POST", "crm/people/1001/convert")["contact_id"]
    soql = f"SELECT IsConverted, ConvertedContactId, ConvertedAccountId FROM Lead WHERE Id = '{lead}'"
    [row] = records(crm, soql)
    assert (row["IsConverted"], row["ConvertedContactId"]) == (True, contact)
    assert records(crm, f"SELECT AccountId FROM Contact WHERE Id = '{contact}'")[0]["AccountId"] == row["ConvertedAccountId"]


def test_users_come_by_email_and_may_be_inactive(crm: CrmSandbox) -> None:
    crm.control("POST", "salesforce/users", {"email": BRAM, "active": False})
    rows = records(crm, f"SELECT Id, Email, IsActive FROM User WHERE Email IN ('{NORA}', '{BRAM}')")
    assert {row["Email"]: row["IsActive"] for row in rows} == {NORA: True, BRAM: False}
    assert crm.control("POST", "salesforce/users", {"email": "new@fjordline.example", "name": "New Rep"})["id"]
    assert crm.query("SELECT COUNT() FROM User")["totalSize"] == 4


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("", "MALFORMED_QUERY"),
        ("SELECT Id", "MALFORMED_QUERY"),
        ("SELECT * FROM Lead", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE Email = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE LastName = 'O'Hara'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE LastName = 'O\\Hara'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE Email IN ()", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-11-21T09:00:00 0000", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-13-21T09:00:00Z", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead LIMIT many", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead; DROP", "MALFORMED_QUERY"),
        ("SELECT Id FROM Leads", "INVALID_TYPE"),
        ("SELECT Id, ShoeSize FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Lead ORDER BY ShoeSize", "INVALID_FIELD"),
        ("SELECT Id, id FROM Lead", "INVALID_FIELD"),
        ("SELECT Account.Name FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE CreatedDate > '2026-11-21T09:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-11-21", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Email = 3", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE IsDeleted = 'true'", "INVALID_FIELD"),
        ("SELECT Id FROM Task WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Task WHERE ActivityDate = 2026-11-21T00:00:00Z", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Lead WHERE OwnerId LIKE '005%'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_a_wrong_query_is_refused(crm_kept: CrmSandbox, soql: str, code: str) -> None:
    answer = crm_kept.salesforce_call("GET", "query", params={"q": soql})
    assert answer.status_code == 400
    [error] = answer.json()
    assert error["errorCode"] == code
    assert error["message"]
