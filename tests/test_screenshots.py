"""What `make pictures` takes."""

import re
from pathlib import Path

import pytest

from tests.screenshots import real_views, views

SHELL = Path(__file__).parents[1] / "server" / "web" / "templates" / "shell.html"
PLACES = re.findall(r'entry\("(/[^"]*)"', SHELL.read_text("utf-8"))


@pytest.mark.parametrize("path", [*PLACES, "/people/somebody", "/people/import", "/messages/m-pricing-", "/compose"])
def test_every_place_of_the_web_app_is_pictured_in_five_forms(path: str) -> None:
    taken = [view for view in (*views(), *real_views("somebody")) if view.path == path and view.act is None]
    forms = {(view.locale, view.scheme, view.size[0] == 320) for view in taken}
    assert forms >= {
        ("en", "light", False),
        ("fr", "light", False),
        ("zh-TW", "light", False),
        ("en", "dark", False),
        ("en", "light", True),
    }
