"""Who is signed in, and how their mailbox is doing."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field, field_validator

from server.domain import notifications, preferences
from server.domain.notifications import CLOCK, KINDS, LONGEST_PAUSE
from server.domain.preferences import MOST_A_MINUTE, Density
from server.domain.users import User
from server.i18n import LOCALES
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text, Time
from server.web.context import here
from server.web.languages import locale

VERSION = 1

api = Noun("me", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="me")], abp_security=SECURITY, abp_responses=REFUSALS)


class WorkspaceName(Shape):
    id: str
    name: str


class GmailState(Shape):
    """`connect_url` is the page where Gmail access is given (again)."""

    state: str = Field(description="ok, degraded, reconnect-needed, admin-blocked, not-granted or none")
    since: Time | None
    looked_at: Time | None = Field(description="When all there was to see in the mailbox was last seen")
    detail: str
    connect_url: str


Clock = Annotated[str, Field(pattern=f"^{CLOCK.pattern}$", description="Where the user is")]


class Quiet(Shape):
    """No notification from `start` to `end`, over midnight if `end` comes first."""

    model_config = ConfigDict(extra="forbid")

    on: bool
    start: Clock
    end: Clock


class Notifications(Shape):
    """`kinds`: whether to tell of each."""

    kinds: dict[str, bool] = Field(description=", ".join(KINDS))
    quiet: Quiet
    again_after: int = Field(description="Days without a view after which the next is one more", ge=1, le=LONGEST_PAUSE)


class ChosenNotifications(Shape):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    kinds: dict[Literal["first-view", "view-again", "view-often", "click", "reply", "bounce", "moment"], bool] = {}  # noqa: RUF012  # pydantic copies it
    quiet: Quiet | None = None
    again_after: Annotated[int, Field(ge=1, le=LONGEST_PAUSE)] | None = None


class Preferences(Shape):
    """How the product works for the user."""

    suggestions: bool = Field(description="Tasks are suggested from engagement")
    reminders: bool = Field(description="A due task is told of on its day")
    digest: bool = Field(description="One mail a day says what happened and what is due")
    digest_at: Clock
    density: Density
    sends_a_minute: int = Field(description="How fast separate copies leave", ge=1, le=MOST_A_MINUTE)


class ChosenPreferences(Shape):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    suggestions: bool | None = None
    reminders: bool | None = None
    digest: bool | None = None
    digest_at: Clock | None = None
    density: Density | None = None
    sends_a_minute: Annotated[int, Field(ge=1, le=MOST_A_MINUTE)] | None = None


class Me(Shape):
    """`tags` and `tracking_url` tell which pixels are the rep's own: `<tracking_url>/o/<tag>/…`."""

    id: str
    name: str
    address: str
    roles: list[str]
    workspace: WorkspaceName
    locale: str
    time_zone: str | None
    api_version: int
    tags: list[str]
    tracking_url: str
    gmail: GmailState
    notifications: Notifications
    preferences: Preferences


class Choices(Shape):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    locale: Text | None = Field(None, max_length=5, description=", ".join(LOCALES))
    time_zone: Text | None = Field(None, max_length=64, description="IANA name, such as Europe/Paris")
    notifications: ChosenNotifications | None = None
    preferences: ChosenPreferences | None = None

    @field_validator("locale")
    @classmethod
    def _is_ours(cls, locale: str | None) -> str | None:
        if locale is not None and locale not in LOCALES:
            raise ValueError(f"must be one of {', '.join(LOCALES)}")
        return locale

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, zone: str | None) -> str | None:
        try:
            return zone if zone is None else ZoneInfo(zone).key
        except (KeyError, ValueError, OSError):
            raise ValueError("must be the IANA name of a time zone") from None


@api.get("/me", operation_id="getMe", responses={200: Me})
@access(Access.CLIENT)
def get_me() -> dict[str, object]:
    return me_of(sessions.user())


@api.patch("/me", operation_id="changeMe", responses={200: Me})
@access(Access.CLIENT)
def change_me(body: Choices) -> dict[str, object]:
    told = body.notifications or ChosenNotifications()
    quiet = notifications.Quiet(**told.quiet.model_dump()) if told.quiet else None
    kinds = {str(kind): on for kind, on in told.kinds.items()}
    user = here().users.choose(sessions.user(), body.locale, body.time_zone, kinds, quiet, told.again_after)
    preferred = body.preferences.model_dump(exclude_none=True) if body.preferences else {}
    if preferred:
        user = here().users.prefer(user, preferred)
    if body.notifications or body.time_zone:
        here().notices.rearrange(user)
    if preferred or body.time_zone:
        here().days.plan(user)
    return me_of(user)


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def me_of(user: User) -> dict[str, object]:
    workspace = here().users.workspace(user)
    connection = here().mailboxes.state(user)
    return {
        "id": user.id,
        "name": user.name,
        "address": user.address,
        "roles": sorted(user.roles),
        "workspace": {"id": workspace.id, "name": workspace.name},
        "locale": user.locale or locale(),
        "time_zone": user.time_zone,
        "api_version": VERSION,
        "tags": [user.tag],
        "tracking_url": here().tracking_url,
        "gmail": {
            "state": connection.state.value,
            "since": _told(connection.since),
            "looked_at": _told(connection.looked_at),
            "detail": connection.detail,
            "connect_url": f"{here().public_url}/auth/gmail",
        },
        "notifications": notifications.written(user.notifications),
        "preferences": preferences.written(user.preferences),
    }
