"""Searches saved for a view."""

from typing import Annotated, Any, Literal

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.searches import LONGEST_NAME, View
from server.web import sessions
from server.web.access import Access, access
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Id, Shape, Text, Time, problems
from server.web.context import here

api = Noun(
    "searches", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="searches")], abp_security=SECURITY, abp_responses=REFUSALS
)

Name = Annotated[Text, Field(min_length=1, max_length=LONGEST_NAME)]
Parameter = Annotated[Text, Field(min_length=1, max_length=30)]
Query = Annotated[dict[Parameter, Annotated[Text, Field(max_length=300)]], Field(max_length=20)]
SomeView = Literal["messages", "people", "feed"]


class SavedSearch(Shape):
    """`query`: the parameters with which its view is asked."""

    id: str
    view: SomeView
    name: str
    query: dict[str, str]
    created_at: Time


class SavedSearches(Shape):
    items: list[SavedSearch]


class SearchesQuery(Shape):
    view: SomeView


class SearchToSave(Shape):
    model_config = ConfigDict(extra="forbid")

    view: SomeView
    name: Name
    query: Query


class ChangedSearch(Shape):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    query: Query | None = None


class SearchPath(Shape):
    search_id: Id


@api.get("/searches", operation_id="listSearches", responses={200: SavedSearches})
@access(Access.CLIENT)
def list_searches(query: SearchesQuery) -> dict[str, Any]:
    """One's own, by name."""
    return {"items": here().searches.list(sessions.user(), View(query.view))}


@api.post("/searches", operation_id="saveSearch", responses={201: SavedSearch, **problems(409)})
@access(Access.CLIENT)
def save_search(body: SearchToSave) -> tuple[dict[str, Any], int]:
    return here().searches.save(sessions.user(), View(body.view), body.name, body.query), 201


@api.patch("/searches/<search_id>", operation_id="changeSearch", responses={200: SavedSearch, **problems(404, 409)})
@access(Access.CLIENT)
def change_search(path: SearchPath, body: ChangedSearch) -> dict[str, Any]:
    return here().searches.change(sessions.user(), path.search_id, body.name, body.query)


@api.delete("/searches/<search_id>", operation_id="deleteSearch", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def delete_search(path: SearchPath) -> Response:
    here().searches.remove(sessions.user(), path.search_id)
    return Response(status=204)
