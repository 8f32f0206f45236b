"""Mails that are written again and again."""

from typing import Any

from flask import Response
from flask_openapi3.models.tag import Tag
from pydantic import ConfigDict, Field

from server.domain.compositions import LONGEST_BODY, LONGEST_SUBJECT
from server.services.templates import LONGEST_NAME, Wish
from server.web import sessions
from server.web.access import Access, access
from server.web.api.compositions import Version
from server.web.api.noun import Noun
from server.web.api.shapes import REFUSALS, SECURITY, Shape, Text, Time, problems
from server.web.context import here

api = Noun(
    "templates",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="compositions")],
    abp_security=SECURITY,
    abp_responses=REFUSALS,
)


class WrittenTemplate(Shape):
    """`shared`: everybody of the workspace may use it."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=LONGEST_NAME)
    subject: Text = Field("", max_length=LONGEST_SUBJECT)
    html: Text = Field("", max_length=LONGEST_BODY)
    shared: bool = False

    def to_wish(self) -> Wish:
        return Wish(self.name, self.subject, self.html, self.shared)


class ChangedTemplate(WrittenTemplate):
    version: Version


class Template(Shape):
    """`own`: the viewer's, who alone may change it. `by`: whose it is."""

    id: str
    name: str
    subject: str
    html: str
    shared: bool
    own: bool
    by: str
    version: int
    updated_at: Time


class TemplateList(Shape):
    items: list[Template]


class TemplatePath(Shape):
    template_id: Text = Field(max_length=64)


@api.get("/templates", operation_id="listTemplates", responses={200: TemplateList})
@access(Access.CLIENT)
def list_templates() -> dict[str, Any]:
    return here().templates.list(sessions.user())


@api.post("/templates", operation_id="addTemplate", responses={201: Template})
@access(Access.CLIENT)
def add_template(body: WrittenTemplate) -> tuple[dict[str, Any], int]:
    return here().templates.add(sessions.user(), body.to_wish()), 201


@api.put("/templates/<template_id>", operation_id="changeTemplate", responses={200: Template, **problems(404, 409)})
@access(Access.CLIENT)
def change_template(path: TemplatePath, body: ChangedTemplate) -> dict[str, Any]:
    return here().templates.change(sessions.user(), path.template_id, body.version, body.to_wish())


@api.delete("/templates/<template_id>", operation_id="removeTemplate", responses={204: None, **problems(404)})
@access(Access.CLIENT)
def remove_template(path: TemplatePath) -> Response:
    here().templates.remove(sessions.user(), path.template_id)
    return Response(status=204)
