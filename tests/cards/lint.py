"""Three judges of a card: Google's own parser, a strict schema of Google's Chat API, and the rules neither of them knows."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from google.apps.card_v1.types import Card
from google.protobuf.json_format import ParseDict
from jsonschema import Draft202012Validator

Json = dict[str, Any]

PREFIX = "GoogleAppsCardV1"
INPUTS = frozenset(["textInput", "selectionInput", "dateTimePicker"])
SHOWN = frozenset(["textParagraph", "image", "decoratedText", "buttonList", "divider"])
WIDGETS = INPUTS | SHOWN | {"grid", "columns", "carousel", "chipList"}
CLICKS = frozenset(["action", "openLink", "openDynamicLinkAction", "card", "overflowMenu"])
ICONS = frozenset(["knownIcon", "iconUrl", "materialIcon"])
CONTROLS = frozenset(["button", "switchControl", "endIcon"])
IN_COLUMNS = WIDGETS - {"grid", "divider", "columns", "carousel"}
HOSTS = ("feed.example", "www.linkedin.com", "mail.google.com")
LONGEST_TITLE = 200


def check(card: Json) -> None:
    """AssertionError that says what is wrong."""
    parsed(card)
    by_schema(card)
    wrong = list(lint(card))
    assert not wrong, wrong


def parsed(card: Json) -> None:
    ParseDict(card, Card.pb()())


def by_schema(card: Json) -> None:
    found = [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in _validator().iter_errors(card)]
    assert not found, found


@cache
def _validator() -> Draft202012Validator:
    file = files("googleapiclient") / "discovery_cache/documents/chat.v1.json"
    schemas = json.loads(file.read_text("utf-8"))["schemas"]
    named = {name: _strict(schema) for name, schema in schemas.items() if name.startswith(PREFIX)}
    return Draft202012Validator({"$ref": f"#/$defs/{PREFIX}Card", "$defs": named})


def _strict(schema: Json) -> Json:
    """Discovery's words into JSON Schema's: only known members, and numbers as JSON has them."""
    kind = schema.get("type")
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    if kind == "array":
        return {"type": "array", "items": _strict(schema["items"])}
    if kind == "object":
        return {
            "type": "object",
            "properties": {name: _strict(one) for name, one in schema.get("properties", {}).items()},
            "additionalProperties": False,
        }
    if kind == "any":
        return {}
    return {"type": kind, **({"enum": schema["enum"]} if "enum" in schema else {})}


def widgets_of(card: Json) -> Iterator[Json]:
    """Every widget, those in columns too."""
    for section in card["sections"]:
        for widget in section["widgets"]:
            yield widget
            for column in widget.get("columns", {}).get("columnItems", []):
                yield from column.get("widgets", [])


# What Google leaves unsaid in both, but refuses or drops


def lint(card: Json) -> Iterator[str]:
    if not card.get("name"):
        yield "a card without a name can't be come back to"
    yield from _header(card.get("header", {}))
    if not card.get("sections"):
        yield "no sections"
    if len(card.get("sections", [])) > 100:
        yield "more than 100 sections"
    names: list[str] = []
    for section in card.get("sections", []):
        yield from _section(section, names)
    if len(names) != len(set(names)):
        yield f"two inputs of one name: {names}"
    for action in card.get("cardActions", []):
        if not action.get("actionLabel"):
            yield "a card action without a label"
        yield from _click(action.get("onClick"))
    for button in card.get("fixedFooter", {}).values():
        yield from _button(button)


def _header(header: Json) -> Iterator[str]:
    if not header.get("title"):
        yield "a header without a title"
    for name in ("title", "subtitle"):
        if len(header.get(name, "")) > LONGEST_TITLE:
            yield f"{name} too long"
    if header.get("imageUrl"):
        yield from _https(header["imageUrl"])


def _section(section: Json, names: list[str]) -> Iterator[str]:
    widgets = section.get("widgets", [])
    if not widgets:
        yield "an empty section"
    if len(widgets) > 100:
        yield "more than 100 widgets"
    if section.get("uncollapsibleWidgetsCount", 0) >= len(widgets):
        yield "collapsible, but nothing collapses"
    for widget in widgets:
        yield from _widget(widget, names, WIDGETS)


def _widget(widget: Json, names: list[str], among: frozenset[str]) -> Iterator[str]:
    kinds = set(widget) - {"horizontalAlignment"}
    if len(kinds) != 1 or not kinds <= among:
        yield f"not exactly one widget: {sorted(widget)}"
        return
    kind = kinds.pop()
    given = widget[kind]
    for needed in _NEEDED.get(kind, ()):
        if given.get(needed) in (None, "", []):
            yield f"{kind} without {needed}"
    if kind in INPUTS:
        names.append(given.get("name", ""))
    yield from _inside(kind, given, names)


_NEEDED = {
    "textParagraph": ("text",),
    "image": ("imageUrl", "altText"),
    "decoratedText": ("text",),
    "buttonList": ("buttons",),
    "textInput": ("name", "label", "type"),
    "selectionInput": ("name", "type", "items"),
    "dateTimePicker": ("name", "label", "type"),
    "grid": ("items",),
    "columns": ("columnItems",),
    "carousel": ("carouselCards",),
    "chipList": ("chips",),
}


def _inside(kind: str, given: Json, names: list[str]) -> Iterator[str]:
    if kind == "decoratedText":
        yield from _decorated(given, names)
    for button in given.get("buttons", []) if kind == "buttonList" else []:
        yield from _button(button)
    if kind == "selectionInput" and any(not item.get("text") for item in given["items"]):
        yield "an item without text"
    chosen = [item for item in given.get("items", []) if item.get("selected")]
    if kind == "selectionInput" and given["type"] in ("DROPDOWN", "RADIO_BUTTON") and len(chosen) > 1:
        yield "several selected where one can be"
    for column in given.get("columnItems", []):
        for widget in column.get("widgets", []):
            yield from _widget(widget, names, IN_COLUMNS)
    for action in (given.get("onChangeAction"), given.get("autoCompleteAction")):
        yield from _action(action) if action else ()


def _decorated(given: Json, names: list[str]) -> Iterator[str]:
    if len(CONTROLS & set(given)) > 1:
        yield "two controls in one row"
    yield from _icon(given["startIcon"]) if "startIcon" in given else ()
    yield from _icon(given["endIcon"]) if "endIcon" in given else ()
    yield from _button(given["button"]) if "button" in given else ()
    yield from _click(given["onClick"]) if "onClick" in given else ()
    switch = given.get("switchControl")
    if switch:
        names.append(switch.get("name", ""))
        if not switch.get("name") or not switch.get("value"):
            yield "a switch without name or value"
        yield from _action(switch["onChangeAction"]) if "onChangeAction" in switch else ()


def _button(button: Json) -> Iterator[str]:
    if not button.get("text") and not button.get("icon", {}).get("altText") and not button.get("altText"):
        yield "a button without a name"
    yield from _icon(button["icon"]) if "icon" in button else ()
    yield from _click(button.get("onClick"))


def _icon(icon: Json) -> Iterator[str]:
    if len(ICONS & set(icon)) != 1:
        yield f"not exactly one icon: {icon}"
    if "iconUrl" in icon:
        yield from _https(icon["iconUrl"])


def _click(click: Json | None) -> Iterator[str]:
    if click is None or len(CLICKS & set(click)) != 1 or len(click) != 1:
        yield f"not exactly one click: {click}"
        return
    if "action" in click:
        yield from _action(click["action"])
    if "openLink" in click:
        yield from _link(click["openLink"].get("url", ""))
    if "card" in click:
        yield from lint(click["card"])


def _action(action: Json) -> Iterator[str]:
    yield from _https(action.get("function", ""))
    for one in action.get("parameters", []):
        if not one.get("key") or not isinstance(one.get("value"), str):
            yield f"a parameter that is no pair of texts: {one}"


def _link(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme in ("mailto", "tel"):
        if not parts.path or any(character in url for character in ' <>"\n\r?&'):
            yield f"a broken address: {url}"
        return
    yield from _https(url)
    if parts.hostname not in HOSTS:
        yield f"a link outside the allowed prefixes: {url}"


def _https(url: str) -> Iterator[str]:
    if not url.startswith("https://") or any(character in url for character in ' <>"\n\r'):
        yield f"no https address: {url}"
