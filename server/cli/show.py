"""What can be set."""

import click

from server import settings


@click.command("settings")
def show_settings() -> None:
    """List every setting with its meaning and default. They come from the environment and from a .env file."""
    for variable, default, meaning in settings.described():
        click.echo(click.style(variable, bold=True) + (f"  [{default}]" if default else ""))
        click.echo(f"    {meaning}")
