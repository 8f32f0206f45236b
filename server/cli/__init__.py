"""`livefeed`: every command says what it does with --help. Exit codes: 0 done, 1 could not, 2 asked or set wrongly."""

import sys
from importlib import import_module

import click

from server.errors import BadInput, LivefeedError

_COMMANDS = {
    "serve": "serve",
    "demo": "demo",
    "worker": "worker",
    "migrate": "operate",
    "sync": "operate",
    "reclassify": "reclassify",
    "doctor": "doctor",
    "settings": "show",
    "addon-manifest": "addon",
    "bench": "bench",
}
"""The module of each. Only the one that is called is imported: `serve` shall be there at once, and needs little."""

_FUNCTIONS = {"settings": "show_settings", "addon-manifest": "addon_manifest"}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"{__name__}.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, _FUNCTIONS.get(cmd_name, cmd_name))
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="livefeed", prog_name="livefeed")
def cli() -> None:
    """Live Feed for sales reps inside Gmail: who viewed, clicked and replied, in real time."""


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
