"""The extension's scripts hold to their types."""

import subprocess
from pathlib import Path

import pytest

EXTENSION = Path(__file__).parents[2] / "extension"
COMPILER = EXTENSION.parent / "server/web/frontend/node_modules/typescript/bin/tsc"


@pytest.mark.skipif(not COMPILER.exists(), reason="TypeScript is not installed: npm ci in server/web/frontend")
def test_types_are_strict() -> None:
    found = subprocess.run(["node", COMPILER, "-p", EXTENSION], check=False, capture_output=True, text=True)
    assert found.stdout == ""
