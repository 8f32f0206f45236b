import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.connectors.errors import Absent, Away, Refused, Rejected, Throttled, TooMany
from server.connectors.http import Budget
from server.connectors.marketo import Marketo
from tests.connectors.conftest import NOW, Hands
from tests.connectors.remote import Remote, Reply


@pytest.fixture
def marketo(identity: Remote, hands: Hands) -> Marketo:
    return Marketo(identity.url, "client ", " secret", hands.transport("marketo"))


def fine(**more: Any) -> dict[str, Any]:
    return {"requestId": "e42b#14272d07d78", "success": True, **more}


def refusal(code: str, message: str = "told so") -> dict[str, Any]:
    return {"requestId": "e42b#1", "success": False, "errors": [{"code": code, "message": message}]}


def a_row(**said: Any) -> dict[str, Any]:
    return {"marketoGUID": "g-1", "leadId": 7, "activityDate": "2026-11-21T08:59:00Z", "activityTypeId": 46, **said}


# Tokens --------------------------------------------------------------------------


def test_the_token_stands_in_the_header_and_is_asked_for_once(marketo: Marketo, identity: Remote) -> None:
    identity.tells(fine(result=[]), fine(result=[]))
    marketo.usage()
    marketo.usage()
    assert [one.bearer for one in identity.calls] == ["token-1", "token-1"]
    assert not any("access_token" in one.query for one in identity.asked)
    asked = identity.token_calls
    assert len(asked) == 1
    assert asked[0].query == {}
    assert asked[0].form == {"grant_type": "client_credentials", "client_id": "client", "client_secret": "secret"}


def test_a_token_that_ran_out_is_not_used(marketo: Marketo, identity: Remote, hands: Hands) -> None:
    identity.tells(fine(result=[]), fine(result=[]))
    marketo.usage()
    hands.now += timedelta(hours=1)
    marketo.usage()
    assert [one.bearer for one in identity.calls] == ["token-1", "token-2"]


@pytest.mark.parametrize("code", ["601", "602"])
def test_a_refused_token_is_renewed_once(marketo: Marketo, identity: Remote, hands: Hands, code: str) -> None:
    identity.tells(refusal(code), fine(result=[]))
    marketo.usage()
    assert [one.bearer for one in identity.calls] == ["token-1", "token-2"]
    assert {type(one) for one in hands.heard} == {type(None)}


def test_refused_for_ever_it_fails_and_says_so(marketo: Marketo, identity: Remote, hands: Hands) -> None:
    identity.tells(refusal("602"), refusal("602"))
    with pytest.raises(Refused, match="just given is refused"):
        marketo.usage()
    assert len(identity.calls) == 2
    assert hands.slept == []
    assert isinstance(hands.heard[-1], Refused)


def test_wrong_credentials_are_for_an_admin(marketo: Marketo, identity: Remote) -> None:
    identity.tokens.append(Reply(401, {"error": "unauthorized", "error_description": "no client with id client"}))
    with pytest.raises(Refused, match="does not know this client id"):
        marketo.usage()


def test_threads_whose_token_died_ask_for_one_new_token(marketo: Marketo, identity: Remote) -> None:
    identity.tells(fine(result=[]))
    marketo.usage()
    identity.dead_tokens, identity.refusal = {"token-1"}, Reply(body=refusal("602"))
    identity.tells(fine(result=[]), fine(result=[]))
    threads = [threading.Thread(target=marketo.usage) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(identity.token_calls) == 2


# What is tried again --------------------------------------------------------------


@pytest.mark.parametrize("code", ["502", "604", "608", "611", "713"])
def test_what_passes_is_tried_again_after_a_growing_while(marketo: Marketo, identity: Remote, hands: Hands, code: str) -> None:
    identity.tells(refusal(code), refusal(code), refusal(code), fine(result=[]))
    marketo.usage()
    assert hands.slept == [0.75, 1.5, 3.0]
    assert hands.heard[-1] is None


def test_a_page_of_a_gateway_is_tried_again(marketo: Marketo, identity: Remote) -> None:
    html = "<html><h1>502 Bad Gateway</h1></html>"
    identity.tells(Reply(502, html), Reply(200, html), Reply(drops=True), fine(result=[]))
    assert marketo.usage().used == 0


def test_away_for_long_it_gives_up_and_says_so(marketo: Marketo, identity: Remote, hands: Hands) -> None:
    identity.tells(*[refusal("608", "API temporarily unavailable")] * 5)
    with pytest.raises(Away, match="temporarily unavailable"):
        marketo.usage()
    assert isinstance(hands.heard[-1], Away)
    assert len(hands.heard) == 2  # the token, and the call: not each try


def test_too_many_calls_wait(marketo: Marketo, identity: Remote, hands: Hands) -> None:
    identity.tells(refusal("606"), refusal("615"), fine(result=[]))
    marketo.usage()
    assert hands.slept[0] >= 5.0
    assert all(one.bearer == "token-1" for one in identity.calls)


def test_a_burst_that_lasts_is_told_with_its_end(marketo: Marketo, identity: Remote) -> None:
    identity.tells(*[refusal("606", "Max rate limit '100' exceeded with in '20' secs")] * 5)
    with pytest.raises(Throttled) as found:
        marketo.usage()
    assert found.value.retryable


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (NOW, datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 5, 59, tzinfo=UTC), datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), datetime(2026, 7, 2, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_days_calls_come_back_at_midnight_us_central(
    marketo: Marketo, identity: Remote, hands: Hands, now: datetime, until: datetime
) -> None:
    hands.now = now
    identity.tells(refusal("607"))
    with pytest.raises(Throttled) as found:
        marketo.usage()
    assert found.value.until == until
    assert found.value.retry_after == (until - now).total_seconds()
    assert hands.slept == []


def test_the_services_own_word_about_when_counts(marketo: Marketo, identity: Remote, hands: Hands) -> None:
    identity.tells(Reply(503, headers={"Retry-After": "7"}), Reply(429, headers={"Retry-After": "9"}), fine(result=[]))
    marketo.usage()
    assert hands.slept == [7.0, 9.0]


@pytest.mark.parametrize(
    ("code", "message", "meant"),
    [
        ("603", "Access denied", Refused),
        ("610", "Requested resource not found", Refused),
        ("1006", "Field 'x' not found", Refused),
        ("609", "Invalid JSON", Rejected),
        ("1003", "Invalid data", Rejected),
        ("1004", "Lead not found", Absent),
    ],
)
def test_what_will_not_change_is_not_tried_again(
    marketo: Marketo, identity: Remote, hands: Hands, code: str, message: str, meant: type[Exception]
) -> None:
    identity.tells(refusal(code, message))
    with pytest.raises(meant, match=message):
        marketo.usage()
    assert len(identity.calls) == 1


def test_an_address_without_marketo_is_for_an_admin(marketo: Marketo, identity: Remote) -> None:
    identity.tells(Reply(404, "<html>nothing here</html>"))
    with pytest.raises(Refused, match="no Marketo at the address"):
        marketo.usage()


def test_a_redirection_is_not_followed_with_the_token(marketo: Marketo, identity: Remote) -> None:
    identity.tells(Reply(302, headers={"Location": f"{identity.url}/elsewhere"}))
    with pytest.raises(Refused, match="leads elsewhere"):
        marketo.usage()


def test_nobody_there_is_away_and_nothing_was_done(hands: Hands) -> None:
    with pytest.raises(Away, match="can't be reached") as found:
        Marketo("http://127.0.0.1:9", "client", "secret", hands.transport("marketo")).usage()
    assert not found.value.maybe_done


def test_a_users_netrc_does_not_replace_the_token(
    marketo: Marketo, identity: Remote, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    identity.tells(fine(result=[]))
    marketo.usage()
    assert identity.calls[0].bearer == "token-1"


# Activities ------------------------------------------------------------------------


def test_a_row_is_read_however_it_is_spelt(marketo: Marketo, identity: Remote) -> None:
    attributes = [
        {"name": "Descriptioon", "value": "Visited pricing"},
        {"name": "Client  IP Adddress", "value": "192.0.2.1"},
        {"name": "Is Bot Activity", "value": False},
        {"name": "Source", "value": None},
        {"name": "Own Thing", "value": 3},
    ]
    row = a_row(activityDate="2026-11-21T08:59:00+0000", primaryAttributeValue="Web", attributes=attributes)
    identity.tells(fine(result=[row], moreResult=True, nextPageToken="next="))
    page = marketo.activities("first=", [46, 22])
    (activity,) = page.rows
    assert (activity.guid, activity.lead_id, activity.type_id, activity.primary) == ("g-1", 7, 46, "Web")
    assert activity.at == datetime(2026, 11, 21, 8, 59, tzinfo=UTC)
    assert activity.attributes == {
        "description": "Visited pricing",
        "client ip address": "192.0.2.1",
        "is bot activity": "false",
        "own thing": "3",
    }
    assert (page.token, page.more) == ("next=", True)
    assert identity.calls[0].query == {"nextPageToken": "first=", "activityTypeIds": "46,22"}


def test_a_page_may_be_empty_with_more_to_come(marketo: Marketo, identity: Remote) -> None:
    identity.tells(fine(moreResult=True, nextPageToken="b"))
    page = marketo.activities("a", [46])
    assert (page.rows, page.token, page.more) == ((), "b", True)


def test_no_data_is_an_empty_page_that_is_asked_for_again(marketo: Marketo, identity: Remote) -> None:
    identity.tells(refusal("702", "No data found"))
    page = marketo.activities("a", [46])
    assert (page.rows, page.token, page.more) == ((), "a", False)


def test_a_row_without_ids_has_a_name_that_stays(marketo: Marketo, identity: Remote) -> None:
    row = {name: value for name, value in a_row(attributes=[]).items() if name != "marketoGUID"}
    identity.tells(fine(result=[row], nextPageToken="b"), fine(result=[dict(row)], nextPageToken="b"))
    first, second = (marketo.activities("a", [46]).rows[0].guid for _ in range(2))
    assert first == second
    assert first.startswith("made-")


def test_changes_of_several_fields_are_told_one_by_one(marketo: Marketo, identity: Remote) -> None:
    fields = [{"name": "leadScore", "oldValue": "10", "newValue": "30"}, {"name": "urgency", "newValue": "2"}]
    row = a_row(activityTypeId=13, fields=fields, attributes=[{"name": "Reason", "value": "form"}])
    identity.tells(fine(result=[row], nextPageToken="b"))
    told = marketo.lead_changes("a", ["leadScore", "urgency"]).rows
    assert [(one.guid, one.primary) for one in told] == [("g-1/leadScore", "leadScore"), ("g-1/urgency", "urgency")]
    assert told[0].attributes == {"reason": "form", "new value": "30", "old value": "10"}


def test_a_paging_token_is_asked_for_in_utc(marketo: Marketo, identity: Remote) -> None:
    identity.tells(fine(nextPageToken="GIYDAOBN="))
    assert marketo.paging_token(NOW) == "GIYDAOBN="
    assert identity.calls[0].query == {"sinceDatetime": "2026-11-21T09:00:00Z"}


@pytest.mark.parametrize("warnings", [[{"code": 1037, "message": "late"}], ["late"]])
def test_warnings_of_both_shapes_are_no_errors(marketo: Marketo, identity: Remote, warnings: list[Any]) -> None:
    identity.tells(fine(result=[], warnings=warnings))
    assert marketo.usage().used == 0


# People ------------------------------------------------------------------------------


def test_people_are_asked_for_in_parts_and_pages(marketo: Marketo, identity: Remote) -> None:
    identity.tells(
        fine(result=[{"id": 1}], nextPageToken="b"),
        fine(result=[{"id": 2}, {"status": "skipped", "reasons": []}]),
        fine(result=[{"id": 301}]),
    )
    found = marketo.leads("id", list(range(301)), ["email"])
    assert [row["id"] for row in found] == [1, 2, 301]
    assert len(identity.calls[0].query["filterValues"].split(",")) == 300
    assert identity.calls[1].query["nextPageToken"] == "b"
    assert identity.calls[2].query["filterValues"] == "300"


def test_a_long_question_goes_as_a_form(marketo: Marketo, identity: Remote) -> None:
    identity.tells(fine(result=[]))
    marketo.leads("email", [f"somebody-with-a-long-name-{at}@b.example" for at in range(300)], ["id"])
    (asked,) = identity.calls
    assert (asked.verb, asked.query) == ("POST", {"_method": "GET"})
    assert asked.form["filterType"] == "email"


def test_a_question_found_too_long_goes_as_a_form(marketo: Marketo, identity: Remote) -> None:
    identity.tells(Reply(414, "<html>URI too long</html>"), fine(result=[{"id": 1}]))
    assert marketo.leads("id", [1], ["email"]) == [{"id": 1}]
    assert [one.verb for one in identity.calls] == ["GET", "POST"]


def test_too_many_matches_are_asked_for_by_halves(marketo: Marketo, identity: Remote) -> None:
    too_many = refusal("1003", "Too many results match the filter")
    identity.tells(too_many, fine(result=[{"id": 1}]), fine(result=[{"id": 2}]))
    assert [row["id"] for row in marketo.leads("company", ["a", "b"], ["id"])] == [1, 2]
    identity.tells(too_many)
    with pytest.raises(TooMany):
        marketo.leads("company", ["a"], ["id"])


def test_what_marketo_knows_is_asked_for_once_a_day(marketo: Marketo, identity: Remote, hands: Hands) -> None:
    describe = fine(result=[{"id": 2, "rest": {"name": "leadScore"}, "soap": {"name": "LeadScore"}}, {"id": 3, "soap": {}}])
    identity.tells(describe, describe, fine(result=[{"id": 46, "name": "Interesting Moment"}]))
    assert marketo.fields() == marketo.fields() == {"leadScore"}
    hands.now += timedelta(days=1)
    assert marketo.fields() == {"leadScore"}
    assert marketo.activity_types() == {46: "Interesting Moment"}
    assert len(identity.calls) == 3


# Campaigns -----------------------------------------------------------------------------


def test_a_campaign_is_asked_for_a_hundred_people_at_a_time(marketo: Marketo, identity: Remote) -> None:
    identity.tells(fine(result=[{"id": 9}]), fine(result=[{"id": 9}]))
    marketo.trigger(9, list(range(101)), {"my.message": "hello"})
    first, second = (one.json["input"] for one in identity.calls)
    assert (len(first["leads"]), second["leads"]) == (100, [{"id": 100}])
    assert first["tokens"] == [{"name": "{{my.message}}", "value": "hello"}]


def test_nobody_is_added_twice_because_an_answer_was_lost(marketo: Marketo, identity: Remote) -> None:
    identity.tells(Reply(drops=True))
    with pytest.raises(Away) as found:
        marketo.trigger(9, [1], {})
    assert found.value.maybe_done
    assert len(identity.calls) == 1


def test_a_refusal_before_anything_was_done_is_tried_again(marketo: Marketo, identity: Remote) -> None:
    identity.tells(refusal("606"), fine(result=[{"id": 9}]))
    marketo.trigger(9, [1], {})
    assert len(identity.calls) == 2


def test_campaigns_are_listed(marketo: Marketo, identity: Remote) -> None:
    identity.tells(fine(result=[{"id": 9, "name": "Call me", "type": "trigger", "active": True, "programName": "Sales"}]))
    (found,) = marketo.campaigns()
    assert (found.id, found.name, found.active, found.program, found.workspace) == (9, "Call me", True, "Sales", None)
    assert identity.calls[0].query == {"isTriggerable": "true"}


# Budgets -------------------------------------------------------------------------------


def test_never_more_than_fifty_calls_in_twenty_seconds(identity: Remote, hands: Hands) -> None:
    begun: list[float] = []
    budget = Budget(50, 20.0, 5, monotonic=lambda: hands.now.timestamp(), sleep=hands.sleep)
    marketo = Marketo(identity.url, "client", "secret", hands.transport("marketo", budget))
    identity.tells(*[fine(result=[])] * 110)
    for _ in range(110):
        marketo.usage()
        begun.append(hands.now.timestamp())
    assert all(later - earlier >= 20.0 for earlier, later in zip(begun, begun[50:], strict=False))


def test_never_more_than_five_at_once(identity: Remote, hands: Hands) -> None:
    marketo = Marketo(identity.url, "client", "secret", hands.transport("marketo", Budget(1000, 20.0, 5)))
    identity.tells(*[fine(result=[])] * 13)
    marketo.usage()
    identity.gate = threading.Event()
    threads = [threading.Thread(target=marketo.usage) for _ in range(12)]
    for thread in threads:
        thread.start()
    with identity.arrivals:
        assert identity.arrivals.wait_for(lambda: identity.at_once == 5, timeout=5)
    identity.gate.set()
    for thread in threads:
        thread.join()
    assert identity.most_at_once == 5


def test_the_days_use_is_told_by_user(marketo: Marketo, identity: Remote) -> None:
    identity.tells(fine(result=[{"date": "2026-11-21", "total": 120, "users": [{"userId": "feed@x", "count": 20}]}]))
    usage = marketo.usage()
    assert (usage.used, usage.limit, usage.users) == (120, 50_000, {"feed@x": 20})
