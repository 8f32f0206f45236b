"""The real thing: web processes, and the worker beside them. They import the product; what begins them does without."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from server import logs, serving, settings
from server.errors import LivefeedError
from server.later import later
from server.settings import Settings
from server.storage import migrations
from server.storage.database import Database

if TYPE_CHECKING:
    from server import tokens
    from server.services import users
else:
    tokens = later("server.tokens")
    users = later("server.services.users")

BEHIND = "the database is behind this version: run `livefeed migrate`"


class Behind(LivefeedError):
    """The schema is not the one this program needs."""

    def __init__(self) -> None:
        super().__init__(BEHIND)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for every one.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Web processes; more than one need Redis."
)
@click.option("--jobs/--no-jobs", "with_jobs", default=True, help="Run the worker beside it, or leave it to `livefeed worker`.")
def serve(host: str, port: int, workers: int, with_jobs: bool) -> None:
    """Serve the product, from settings.

    Migrates an SQLite database by itself; refuses a PostgreSQL one that is behind.
    """
    given = settings.read()
    logs.configure(given.log_level)
    database = _prepared(given)
    click.echo(f"Live Feed serves {given.public_url} at {host}:{port}", err=True)
    _say_how_to_begin(given, database)
    database.close()
    command = [sys.executable, "-m", "server.cli", "worker"] if with_jobs else []
    serving.serve(
        host,
        port,
        workers,
        redis=bool(given.redis_url),
        metrics_dir=(given.data_dir / f"metrics-{port}").resolve(),
        worker_command=command,
        log_level=given.log_level,
    )


def _prepared(given: Settings) -> Database:
    """What processes need that begin together: the folder, its key and the tables."""
    given.data_dir.mkdir(parents=True, exist_ok=True)
    settings.secret_keys(given)
    given.require_readable()
    database = Database(given.database)
    if database.dialect == "sqlite":
        migrations.migrate(database)
    require_current(database)
    return database


def require_current(database: Database) -> None:
    if not migrations.is_current(database):
        raise Behind


def _say_how_to_begin(given: Settings, database: Database) -> None:
    if given.google_client_id and given.admin_emails:
        return
    keys = tokens.Tokens(settings.secret_keys(given))
    secret = users.Users(database, keys, given.admin_emails, lambda: datetime.now(UTC)).open_setup()
    if secret is not None:
        click.echo(f"Nobody administers this installation yet. Open once: {given.public_url}/auth/setup/{secret}", err=True)
