"""What Google is told about the add-on."""

import copy
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from google.cloud.gsuiteaddons_v1.types import Deployment
from google.protobuf import json_format

import server
from server.cli import cli
from server.sandbox.addon_host import SCOPES
from tests.cards.lint import HOSTS

PUBLIC = "https://livefeed.example.com"


@pytest.fixture(scope="module")
def deployment() -> dict[str, Any]:
    outcome = CliRunner().invoke(cli, ["addon-manifest", "--public-url", f"{PUBLIC}/"])
    assert outcome.exit_code == 0
    found: dict[str, Any] = json.loads(outcome.output)
    return found


def test_google_knows_every_field(deployment: dict[str, Any]) -> None:
    told = copy.deepcopy(deployment)
    # Documented, and needed to be offered partial grants; the published types do not have it.
    assert told["addOns"]["httpOptions"].pop("granularOauthPermissionSupport") == "OPT_IN"
    json_format.ParseDict(told, Deployment.pb()())


def test_every_address_is_of_this_installation(deployment: dict[str, Any]) -> None:
    assert "{" not in "".join(addresses(deployment))
    assert all(one.startswith(PUBLIC) for one in addresses(deployment["addOns"]["gmail"]))


def test_it_asks_for_no_more_than_it_uses(deployment: dict[str, Any]) -> None:
    assert sorted(deployment["oauthScopes"]) == sorted(SCOPES)


def test_what_google_demands_is_there(deployment: dict[str, Any]) -> None:
    common = deployment["addOns"]["common"]
    assert common["name"]
    assert common["logoUrl"].startswith("https://")
    assert common["useLocaleFromApp"] is True
    assert deployment["addOns"]["gmail"]["composeTrigger"]["draftAccess"] == "METADATA"


@pytest.mark.parametrize("url", ["http://livefeed.example.com", "livefeed.example.com", "https://", "https://a.example/?x=1"])
def test_an_address_that_google_would_not_call_is_refused(url: str) -> None:
    outcome = CliRunner().invoke(cli, ["addon-manifest", "--public-url", url])
    assert outcome.exit_code == 2
    assert "https://" in outcome.output


def addresses(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [one for value in part.values() for one in addresses(value)]
    if isinstance(part, list):
        return [one for value in part for one in addresses(value)]
    return [part] if isinstance(part, str) and "://" in part else []


def test_its_picture_is_one_we_serve(deployment: dict[str, Any]) -> None:
    name = deployment["addOns"]["common"]["logoUrl"].removeprefix(f"{PUBLIC}/static/")
    assert (Path(server.__file__).parent / "web/static" / name).is_file()


def test_every_link_of_a_card_may_be_opened(deployment: dict[str, Any]) -> None:
    prefixes = deployment["addOns"]["common"]["openLinkUrlPrefixes"]
    assert {urlsplit(prefix).hostname for prefix in prefixes} == {"livefeed.example.com", *HOSTS} - {"feed.example"}
