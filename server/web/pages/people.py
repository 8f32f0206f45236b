"""People: the list, bringing them in from a table, and the page of each."""

from typing import Any

from flask import Blueprint

from server.domain.timeline import Asked
from server.web import sessions
from server.web.access import Access, access
from server.web.context import here
from server.web.pages.screens import framed

blueprint = Blueprint("people_pages", __name__, url_prefix="/people")


@blueprint.get("")
@access(Access.PERSON)
def people() -> str:
    return framed("people.html")


@blueprint.get("/import")
@access(Access.PERSON)
def bring_in() -> str:
    return framed("people-import.html")


@blueprint.get("/<person_id>")
@access(Access.PERSON)
def person(person_id: str) -> str:
    profiles, user = here().profiles, sessions.user()
    page: dict[str, Any] = {"profile": profiles.details(user, person_id)}
    page["timeline"] = profiles.timeline(user, person_id, Asked())
    page["tasks"] = profiles.tasks(user, person_id)
    return framed("person.html", page, person=page["profile"])
