"""Gmail's discovery document as the real client carries it, and strict JSON schemas made from it."""

import copy
import functools
import json
from pathlib import Path
from typing import Any

import googleapiclient
import jsonschema

_FORMATS = {
    "uint64": r"^[0-9]{1,20}$",
    "int64": r"^-?[0-9]{1,19}$",
    "byte": r"^[A-Za-z0-9_-]*={0,2}$",
}
_STATUSES = (
    *("INVALID_ARGUMENT", "FAILED_PRECONDITION", "UNAUTHENTICATED", "PERMISSION_DENIED"),
    *("NOT_FOUND", "RESOURCE_EXHAUSTED", "INTERNAL", "UNAVAILABLE"),
)
ERROR = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "errors", "status"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "status": {"enum": [*_STATUSES]},
                "details": {"type": "array"},
                "errors": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["domain", "reason", "message"],
                        "additionalProperties": False,
                        "properties": {
                            name: {"type": "string"} for name in ("domain", "reason", "message", "location", "locationType")
                        },
                    },
                },
            },
        }
    },
}


def discovery() -> dict[str, Any]:
    return copy.deepcopy(_document())


def check(method: str, body: Any) -> None:
    """`method` as gmail.users.messages.get; raises when an answer has a field, type or form the document does not know."""
    response = _methods()[method].get("response")
    if response is None:
        assert body in ("", None), body
        return
    _validator(response["$ref"]).validate(body)


def check_error(content: bytes) -> dict[str, Any]:
    body = json.loads(content)
    jsonschema.Draft202012Validator(ERROR).validate(body)
    return body["error"]


@functools.cache
def _document() -> dict[str, Any]:
    path = Path(googleapiclient.__path__[0]) / "discovery_cache" / "documents" / "gmail.v1.json"
    return json.loads(path.read_text())


@functools.cache
def _methods() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}

    def walk(resource: dict[str, Any]) -> None:
        found.update({method["id"]: method for method in resource.get("methods", {}).values()})
        for inner in resource.get("resources", {}).values():
            walk(inner)

    walk(_document())
    return found


@functools.cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    defs = {name: _strict(schema) for name, schema in _document()["schemas"].items()}
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": defs})


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    kept: dict[str, Any] = {"type": schema["type"]}
    if "enum" in schema:
        kept["enum"] = schema["enum"]
    if schema.get("format") in _FORMATS and schema["type"] == "string":
        kept["pattern"] = _FORMATS[schema["format"]]
    if schema["type"] == "array":
        kept["items"] = _strict(schema["items"])
    if schema["type"] == "object" and "properties" in schema:
        kept |= {"properties": {k: _strict(v) for k, v in schema["properties"].items()}, "additionalProperties": False}
    return kept
