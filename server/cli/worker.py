"""The worker, where it is not inside `serve`."""

import os

import click

from server import app, logs, serving, settings
from server.cli.serve import require_current
from server.jobs import worker as jobs


@click.command()
def worker() -> None:
    """Do the jobs and the schedule, where they are not inside `serve`."""
    given = settings.read()
    logs.configure(given.log_level)
    product = app.build(given)
    require_current(product.database)
    parent = os.environ.get(serving.PARENT, "")
    jobs.run(product, int(parent) if parent.isdigit() else None)
    product.close()
