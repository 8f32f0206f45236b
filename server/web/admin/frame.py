"""What the console's pages share: who may see them, how they are drawn, and what follows a form."""

from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from server.domain.tasks import zone_of
from server.domain.users import Role, User
from server.errors import NotAllowed
from server.i18n import long_date, long_time, short_time
from server.web import sessions
from server.web.languages import locale
from server.web.pages.screens import framed

MOST_TYPED = 12
"""Characters of a number that is worth reading."""


def admin() -> User:
    """Who asks; NotAllowed unless they are an admin."""
    user = sessions.user()
    if Role.ADMIN not in user.roles:
        raise NotAllowed()
    return user


def console(template: str, *, wrong: Mapping[str, str] | None = None, **shown: Any) -> str:
    """A page of the console. `wrong`: fields whose typed value does not fit, with what is the matter."""
    admin()
    told: dict[str, Any] = {"wrong": wrong or {}, "typed": request.form, "saved": request.args.get("saved", "")}
    return framed(f"admin/{template}", **told, version=version("livefeed"), **shown)


def typed(name: str, most: int = 400) -> str:
    """What stands in a field of the form, as a database can keep it."""
    return request.form.get(name, "").replace("\0", "").strip()[:most]


def saved(path: str, what: str) -> Response:
    """Back to the page, which then says that it was stored."""
    return redirect(f"{path}?saved={what}#{what}", 303)


def shown_time(at: datetime | None) -> str:
    """As the admin reads it; empty where there is none."""
    return long_time(at, zone_of(sessions.user().time_zone), locale()) if at else ""


def brief_time(at: datetime | None) -> str:
    """Day, hour and minute; empty where there is none."""
    return short_time(at, zone_of(sessions.user().time_zone), locale()) if at else ""


def shown_day(at: datetime | None) -> str:
    """The day alone."""
    return long_date(at, zone_of(sessions.user().time_zone), locale()) if at else ""


def number(written: str) -> int | None:
    """None for what is none, or too long to be meant."""
    try:
        return int(written.strip()) if len(written) <= MOST_TYPED else None
    except ValueError:
        return None
