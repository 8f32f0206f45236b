"""What axe finds wrong with a page."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "server/web/frontend/node_modules/axe-core/axe.min.js"
with_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci in server/web/frontend")


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    return _told(page.evaluate("axe.run(document, { rules: { region: { enabled: false } } })"))


def contrasts(page: Page) -> list[str]:
    """All that another theme can make wrong, of a page that was looked at by `violations`."""
    return _told(page.evaluate("axe.run(document, { runOnly: ['color-contrast'] })"))


def _told(found: dict[str, Any]) -> list[str]:
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
