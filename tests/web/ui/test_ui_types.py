"""The elements' own checks: strict types, and their unit tests under Node."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parents[3] / "server/web/frontend"
ELEMENTS = FRONTEND.parent / "static/ui"
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="no Node here")
def test_unit_tests_pass() -> None:
    subprocess.run(["node", "--test", "tests/"], cwd=FRONTEND, check=True, capture_output=True)


@pytest.mark.skipif(
    not (FRONTEND / "node_modules/typescript").exists(), reason="TypeScript is not installed: npm ci in server/web/frontend"
)
@pytest.mark.parametrize("project", [".", "../../../extension"])
def test_types_are_strict(project: str) -> None:
    found = subprocess.run(
        ["node", "node_modules/typescript/bin/tsc", "-p", project], cwd=FRONTEND, check=False, capture_output=True, text=True
    )
    assert found.stdout == ""


def test_who_names_a_persons_page_asks_places_for_it() -> None:
    """The elements stand on other hosts than the web app too, where a bare path leads nowhere."""
    bare = re.compile(r"[`\"]/people/\$\{")
    assert [file.name for file in sorted(ELEMENTS.glob("*.js")) if bare.search(file.read_text("utf-8"))] == []
