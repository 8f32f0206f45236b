from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.installation import Stage, stage


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        yield made
