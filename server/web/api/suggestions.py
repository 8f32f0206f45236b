"""Tasks that suggest themselves."""

from typing import Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag

from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.person import PersonShort
from server.web.api.shapes import REFUSALS, SECURITY, Id, Shape, Time, problems
from server.web.api.tasks import Task, Type
from server.web.context import here

api = Noun(
    "suggestions", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="tasks")], abp_security=SECURITY, abp_responses=REFUSALS
)


class Suggestion(Shape):
    """`name` is what the task will be called, `why` what it comes from: both in the user's language. `at`: when that was."""

    id: str
    rule: Literal["moment", "clicked", "revived", "bounced", "silent"]
    type: Type
    name: str
    why: str
    person: PersonShort
    message_id: str | None
    at: Time


class SuggestionList(Shape):
    """`on`: whether the user wants any; see their preferences."""

    items: list[Suggestion]
    on: bool


class SuggestionPath(Shape):
    suggestion_id: Id


@api.get("/suggestions", operation_id="listSuggestions", responses={200: SuggestionList})
@access(Access.CLIENT)
def list_suggestions() -> dict[str, Any]:
    """Found anew every few minutes; at most one a person."""
    return here().suggestions.overview(sessions.user())


@api.post("/suggestions/<suggestion_id>/accept", operation_id="acceptSuggestion", responses={200: Task, **problems(404, 409)})
@access(Access.CLIENT)
def accept_suggestion(path: SuggestionPath) -> dict[str, Any]:
    """Makes the task, due today."""
    return here().suggestions.accept(sessions.user(), path.suggestion_id)


@api.post("/suggestions/<suggestion_id>/dismiss", operation_id="dismissSuggestion", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def dismiss_suggestion(path: SuggestionPath) -> Response:
    """The same is not suggested again."""
    here().suggestions.dismiss(sessions.user(), path.suggestion_id)
    return Response(status=204)


@api.post("/suggestions/<suggestion_id>/reopen", operation_id="reopenSuggestion", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def reopen_suggestion(path: SuggestionPath) -> Response:
    """Takes back what was decided; a task that was made of it goes."""
    here().suggestions.reopen(sessions.user(), path.suggestion_id)
    return Response(status=204)
