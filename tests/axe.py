"""What axe finds wrong with a page."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "server/web/frontend/node_modules/axe-core/axe.min.js"
with_axe = pytest.mark.skipif(
    not AXE.exists(), reason="axe-core comes by npm, and Python alone must do: npm ci in server/web/frontend"
)


_AT_REST = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity).map((one) => one.finished)).then(() => undefined)"""


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    return _told(page, {"rules": {"region": {"enabled": False}}})


def violations_light_or_dark(page: Page) -> list[str]:
    page.emulate_media(color_scheme="light")
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    # All that another theme can make wrong.
    return found + _told(page, {"runOnly": ["color-contrast"]})


def _told(page: Page, options: dict[str, Any]) -> list[str]:
    # Colours on their way are neither. What is well is most of the answer, and takes long to bring here.
    asked = {"resultTypes": ["violations"], "preload": False, **options}
    page.evaluate(_AT_REST)
    found = page.evaluate("(asked) => axe.run(document, asked).then(({ violations }) => violations)", asked)
    return [f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for rule in found for node in rule["nodes"]]
