"""Smart campaigns, and asking one to run for some people."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response

from server.sandbox.crm import activity as kinds
from server.sandbox.crm.happenings import Happenings
from server.sandbox.crm.people import number_of
from server.sandbox.marketo.envelope import Refusal, succeeded
from server.sandbox.marketo.fields import stamp
from server.sandbox.marketo.routes import Call, endpoint, sent_json

_MOST = 100


@dataclass(frozen=True)
class Campaign:
    """`requestable`: active, with trigger "Campaign is Requested", source Web Service API."""

    id: int
    name: str
    program: str
    type: str = "trigger"
    active: bool = True
    requestable: bool = True


CAMPAIGNS = {
    campaign.id: campaign
    for campaign in (
        Campaign(1001, "Interesting moments", "Scoring", requestable=False),
        Campaign(1002, "Score: web visits", "Scoring", requestable=False),
        Campaign(1003, "Send the fleet guide", "Sales requests"),
        Campaign(1004, "Invite to the depot tour", "Sales requests"),
        Campaign(1005, "Nurture: electric fleets", "Nurture"),
        Campaign(1006, "Last year's newsletter", "Newsletter", "batch", False, False),
        Campaign(1007, "Invite to the 2025 fair", "Sales requests", active=False, requestable=False),
    )
}


@endpoint("campaigns.list", "/campaigns.json", "Execute Campaign")
def campaigns(call: Call) -> Response:
    ids, names = set(call.numbers("id", 300)), set(call.words("name", 300))
    only = call.given.get("isTriggerable", "").lower()
    if only not in ("", "true", "false", "1", "0"):
        raise Refusal("1003", "Invalid value for isTriggerable")
    found = [
        campaign
        for campaign in CAMPAIGNS.values()
        if (not ids or campaign.id in ids)
        and (not names or campaign.name in names)
        and (only not in ("true", "1") or campaign.requestable)
    ]
    size = call.batch_size()
    start = call.numbers("nextPageToken", 1) or [0]
    rows = [_row(call, campaign) for campaign in found[start[0] : start[0] + size]]
    if start[0] + size < len(found):
        return succeeded(result=rows, nextPageToken=str(start[0] + size), moreResult=True)
    return succeeded(result=rows)


@endpoint("campaigns.trigger", "/campaigns/<id>/trigger.json", "Execute Campaign", "POST")
def trigger(call: Call, id: str) -> Response:
    campaign = CAMPAIGNS.get(int(id) if id.isdigit() else 0)
    leads, tokens = _ordered(sent_json())
    if campaign is None:
        raise Refusal("1013", f"Campaign with id '{id}' not found")
    if not campaign.requestable:
        raise Refusal("709", "The campaign is not active, or has no trigger 'Campaign is Requested' of source Web Service API")
    happenings = Happenings(call.crm)
    people = [call.crm.people.get(number_of(lead)) for lead in leads]
    if any(person is None or person.gone_at is not None or not person.in_marketo for person in people):
        raise Refusal("1004", "Lead not found")
    for person in people:
        if person is not None:
            content = (campaign.name, campaign.id, {"Source": "Web service API"})
            happenings.activity(person, kinds.REQUEST, content, campaign=campaign.id)
    call.marketo.triggered.append({"campaign": campaign.id, "leads": leads, "tokens": tokens})
    return succeeded(result=[{"id": campaign.id}])


def _ordered(sent: Mapping[str, object]) -> tuple[list[int], dict[str, str]]:
    given = sent.get("input")
    if not isinstance(given, dict) or set(sent) != {"input"}:
        raise Refusal("1003", "input is needed")
    leads, tokens = given.get("leads"), given.get("tokens", [])
    if not isinstance(leads, list) or not leads or not all(_is_lead(lead) for lead in leads):
        raise Refusal("1003", "leads: a list of objects with an id")
    if not isinstance(tokens, list) or not all(_is_token(token) for token in tokens):
        raise Refusal("1003", "tokens: a list of objects with name {{my.…}} and value")
    if len(leads) > _MOST or len(tokens) > _MOST:
        raise Refusal("1003", f"at most {_MOST} leads and {_MOST} tokens")
    return [int(lead["id"]) for lead in leads], {token["name"]: token["value"] for token in tokens}


def _is_lead(found: object) -> bool:
    return isinstance(found, dict) and set(found) == {"id"} and isinstance(found["id"], int)


def _is_token(found: object) -> bool:
    if not isinstance(found, dict) or set(found) != {"name", "value"}:
        return False
    name = found["name"]
    return isinstance(name, str) and name.startswith("{{my.") and name.endswith("}}") and isinstance(found["value"], str)


def _row(call: Call, campaign: Campaign) -> dict[str, object]:
    born = stamp(call.crm.born)
    named = {"id": campaign.id, "name": campaign.name, "type": campaign.type, "active": campaign.active}
    return named | {"programName": campaign.program, "workspaceName": "Default", "createdAt": born, "updatedAt": born}
