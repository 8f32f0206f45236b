"""Google's side of the add-on, before a product in this process."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask.testing import FlaskClient

from server.errors import OutsideError
from server.sandbox.addon_host import AddonHost
from server.sandbox.keys import Keys
from server.sandbox.world import World

Json = dict[str, Any]
PRODUCT = "https://feed.example"


class NearHost(AddonHost):
    """As Google, but through Flask's own client."""

    def __init__(self, world: World, keys: Keys, client: FlaskClient) -> None:
        super().__init__(world, keys, PRODUCT)
        self._client = client

    def post(self, path: str, event: Mapping[str, Any], bearer: str | None = None) -> Json:
        token = self.bearer(self.product_url + path) if bearer is None else bearer
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = self._client.post(path, data=json.dumps(event), headers=headers, base_url=PRODUCT)
        if answer.status_code != 200:
            raise OutsideError("addon", answer.get_data(as_text=True), status=answer.status_code)
        found: Json = answer.get_json()
        return found


def actions_in(part: Any) -> Iterator[Json]:
    """Every action of a card that asks its add-on, wherever it stands."""
    if isinstance(part, dict):
        if "function" in part:
            yield part
        for value in part.values():
            yield from actions_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from actions_in(value)


def texts_in(part: Any) -> str:
    if isinstance(part, dict):
        return "\n".join(texts_in(value) for value in part.values())
    if isinstance(part, list):
        return "\n".join(texts_in(value) for value in part)
    return part if isinstance(part, str) else ""


def inputs_of(card: Json) -> Json:
    """What its fields hold when they are left as they are, as Google would send it."""
    return {name: value for widget in _widgets(card) for name, value in _filled(widget)}


def _widgets(part: Any) -> Iterator[Json]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from _widgets(value)
    elif isinstance(part, list):
        for value in part:
            yield from _widgets(value)


def _filled(widget: Json) -> Iterator[tuple[str, Json]]:
    if "textInput" in widget:
        one = widget["textInput"]
        written = one.get("value", "" if "autoCompleteAction" in one else "written")
        yield one["name"], {"stringInputs": {"value": [written]}}
    if "selectionInput" in widget:
        one = widget["selectionInput"]
        chosen = [item["value"] for item in one["items"] if item.get("selected")] or [one["items"][0]["value"]]
        yield one["name"], {"stringInputs": {"value": chosen}}
    if "dateTimePicker" in widget:
        one = widget["dateTimePicker"]
        yield one["name"], {"dateInput": {"msSinceEpoch": str(one.get("valueMsEpoch", "1795305600000"))}}
    if "switchControl" in widget:
        one = widget["switchControl"]
        if one.get("selected"):
            yield one["name"], {"stringInputs": {"value": [one.get("value", "on")]}}
