"""`livefeed`: every command says what it does with --help. Exit codes: 0 done, 1 could not, 2 asked or set wrongly."""

import sys

import click

from server.cli.addon import addon_manifest
from server.cli.bench import bench
from server.cli.demo import demo
from server.cli.doctor import doctor
from server.cli.operate import migrate, sync
from server.cli.reclassify import reclassify
from server.cli.serve import serve, worker
from server.cli.show import show_settings
from server.errors import BadInput, LivefeedError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="livefeed", prog_name="livefeed")
def cli() -> None:
    """Live Feed for sales reps inside Gmail: who viewed, clicked and replied, in real time."""


for command in (serve, demo, worker, migrate, sync, reclassify, doctor, show_settings, addon_manifest, bench):
    cli.add_command(command)


def main() -> None:
    try:
        sys.exit(cli(standalone_mode=False))
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BadInput as error:
        click.echo(f"livefeed: {error.detail}", err=True)
        sys.exit(2)
    except LivefeedError as error:
        cause = error.facts.get("cause")
        click.echo(f"livefeed: {error.detail or error.code}" + (f" ({cause})" if cause else ""), err=True)
        sys.exit(1)
