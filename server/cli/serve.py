"""The real thing: web processes, and the worker beside them."""

import os
import sys

import click

from server import app, logs, serving, settings
from server.app import Product
from server.errors import LivefeedError
from server.jobs import worker as jobs
from server.settings import Settings
from server.storage import migrations

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
    product = app.build(given)
    prepare(product)
    click.echo(f"Live Feed serves {given.public_url} at {host}:{port}", err=True)
    _say_how_to_begin(product)
    product.close()
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


def prepare(product: Product) -> None:
    if product.database.dialect == "sqlite":
        migrations.migrate(product.database)
    require_current(product)


def require_current(product: Product) -> None:
    if not migrations.is_current(product.database):
        raise Behind


def _say_how_to_begin(product: Product) -> None:
    given: Settings = product.settings
    if given.google_client_id and given.admin_emails:
        return
    secret = product.users.open_setup()
    if secret is not None:
        click.echo(f"Nobody administers this installation yet. Open once: {given.public_url}/auth/setup/{secret}", err=True)


@click.command()
def worker() -> None:
    """Do the jobs and the schedule, where they are not inside `serve`."""
    given = settings.read()
    logs.configure(given.log_level)
    product = app.build(given)
    require_current(product)
    parent = os.environ.get(serving.PARENT, "")
    jobs.run(product, int(parent) if parent.isdigit() else None)
    product.close()
