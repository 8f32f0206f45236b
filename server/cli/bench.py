"""How fast it is here, as ratios that hold on other machines too."""

import os

import click

GROUPS = ("start", "edge", "stream", "screen", "feed", "views", "mail", "gmail")


@click.command()
@click.argument("groups", nargs=-1, type=click.Choice(GROUPS, case_sensitive=False))
@click.option("--json", "as_json", is_flag=True, help="A list of {name, value, unit, goal, ok}.")
@click.option("--quick", is_flag=True, help="Shorter, smaller and less exact.")
@click.option("--postgresql", metavar="URL", help="A PostgreSQL that may be filled; or LIVEFEED_BENCH_POSTGRESQL.")
@click.option("--redis", metavar="URL", help="A Redis to wake by; or LIVEFEED_BENCH_REDIS.")
@click.pass_context
def bench(
    context: click.Context, groups: tuple[str, ...], as_json: bool, quick: bool, postgresql: str | None, redis: str | None
) -> None:
    """Measure pixel, click and the way to the screen, on SQLite and PostgreSQL; GROUPS alone where some are named. Exit code 1
    when a goal is missed.

    Databases of its own are made and removed again. What is not installed here is named and left out. LIVEFEED_BENCH_PEERS
    names a Python interpreter that has what else is compared with."""
    # Imported only here: it brings load generators along that no other command needs.
    from server.bench import places, rows

    for variable, given in ((places.POSTGRESQL, postgresql), (places.REDIS, redis)):
        if given:
            os.environ[variable] = given
    context.exit(0 if rows.run(quick=quick, as_json=as_json, groups=groups) else 1)
