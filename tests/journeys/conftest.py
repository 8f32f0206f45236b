from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.installation import Stage, stage


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Stage]:
    """A product of its own, which a test may kill."""
    with stage(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One product for tests that leave each other alone: each has a recipient and a subject of its own."""
    with stage(tmp_path_factory.mktemp("company")) as made:
        yield made
