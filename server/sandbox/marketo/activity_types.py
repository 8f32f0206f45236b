"""The activity types of this instance, with their attributes as they are sent."""

from dataclasses import dataclass
from datetime import timedelta

SHORT, LONG = timedelta(days=90), timedelta(days=760)


@dataclass(frozen=True)
class Type:
    """`kept`: how long Marketo remembers such activities. `primary` as (name, data type)."""

    id: int
    name: str
    primary: tuple[str, str] | None = None
    attributes: tuple[str, ...] = ()
    kept: timedelta = LONG


_SEEN = ("Campaign Run ID", "Choice Number", "Device", "Is Mobile Device", "Platform", "Step ID", "Test Variant", "User Agent")
_BOT = ("Is Bot Activity", "Bot Activity Pattern")
_RAN = ("Campaign Run ID", "Choice Number", "Has Predictive", "Step ID", "Test Variant")
_BROWSED = ("Client IP Address", "Query Parameters", "Referrer URL", "User Agent")
_BOUNCED = ("Campaign Run ID", "Category", "Details", "Email", "Step ID", "Subcategory")
_SCORED = ("Priority", "Urgency", "Relative Score", "Relative Urgency")
_MAILING, _LIST = ("Mailing ID", "integer"), ("List ID", "integer")
_SALES = ("Artifact Type", "Campaign Run ID", "Sent By", "Source", "Template ID", "Email Subject", "Marketo Sales Person ID")

_ALL = (
    Type(
        1,
        "Visit Webpage",
        ("Webpage ID", "integer"),
        (*_BROWSED, "Search Engine", "Search Query", "Webpage URL", "Personalized URL"),
        SHORT,
    ),
    Type(2, "Fill Out Form", ("Webform ID", "integer"), (*_BROWSED, "Form Fields", "Webpage ID")),
    Type(3, "Click Link", ("Link ID", "integer"), (*_BROWSED, "Link ID", "Webpage ID"), SHORT),
    Type(6, "Send Email", _MAILING, _RAN),
    Type(7, "Email Delivered", _MAILING, ("Campaign Run ID", "Choice Number", "Has Predictive", "Step ID", "Test Variant")),
    Type(8, "Email Bounced", _MAILING, _BOUNCED),
    Type(9, "Unsubscribe Email", _MAILING, ("Campaign Run ID", "Client IP Address", "Form Fields", "User Agent")),
    Type(10, "Open Email", _MAILING, (*_SEEN, *_BOT)),
    Type(11, "Click Email", _MAILING, (*_SEEN, "Is Predictive", "Link", "Link ID", *_BOT)),
    Type(12, "New Lead", None, ("Source Type", "Form Name", "List Name", "Lead Source", "SFDC Type", "Created Date")),
    Type(13, "Change Data Value", ("Attribute Name", "string"), ("New Value", "Old Value", "Reason", "Source"), SHORT),
    Type(22, "Change Score", ("Score Name", "string"), ("Change Value", "New Value", "Old Value", "Reason", *_SCORED), SHORT),
    Type(23, "Change Owner", None, ("New Owner", "Old Owner")),
    Type(24, "Add to List", _LIST, ("Source",)),
    Type(25, "Remove from List", _LIST, ("Source",)),
    Type(27, "Email Bounced Soft", _MAILING, _BOUNCED),
    Type(32, "Merge Leads", ("Lead ID", "integer"), ("Master Updated", "Merge IDs", "Merge Source", "Merged in Sales")),
    Type(37, "Delete Lead", ("Lead ID", "integer"), ("Campaign", "Reason")),
    Type(39, "Send Sales Email", ("Sales Email ID", "string"), _SALES),
    Type(40, "Open Sales Email", ("Sales Email ID", "string"), _SALES),
    Type(41, "Click Sales Email", ("Sales Email ID", "string"), (*_SALES, "Link")),
    Type(45, "Receive Sales Email", ("Sales Email ID", "string"), (*_SALES, "Received By")),
    Type(46, "Interesting Moment", ("Type", "string"), ("Date", "Description", "Source")),
    Type(47, "Request Campaign", ("Campaign ID", "integer"), ("Source",)),
    Type(48, "Sales Email Bounced", ("Sales Email ID", "string"), _SALES),
    Type(100001, "Attended depot tour", ("Depot", "string"), ("Guide",)),
)
TYPES = {type.id: type for type in _ALL}
