"""How fast it is here, as ratios that hold on other machines too."""

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A list of {name, value, unit, goal, ok}.")
@click.option("--quick", is_flag=True, help="Shorter, and less exact.")
@click.pass_context
def bench(context: click.Context, as_json: bool, quick: bool) -> None:
    """Measure pixel, click and the way to the screen. Exit code 1 when a goal is missed."""
    # Imported only here: it brings load generators along that no other command needs.
    from server.bench import rows

    context.exit(0 if rows.run(quick=quick, as_json=as_json) else 1)
