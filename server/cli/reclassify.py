"""`livefeed reclassify`: what is stored, classed by the rules of this version."""

import json
import sys
from datetime import UTC, datetime

import click

from server import app, logs, settings
from server.cli.serve import require_current
from server.domain.replays import Scope, Tally
from server.errors import LivefeedError
from server.services.replays import Replays


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would move.")
@click.option("--workspace", metavar="NAME", help="Only this workspace: its id, domain or name.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only messages with a hit on this day (UTC) or later.")
@click.option("--after", metavar="ID", default="", help="Go on behind this message, where an earlier run stopped.")
@click.option("--json", "as_json", is_flag=True, help="{messages, hits, moved, reasoned, lines, moves} and nothing else.")
@click.pass_context
def reclassify(
    context: click.Context, dry_run: bool, workspace: str | None, since: datetime | None, after: str, as_json: bool
) -> None:
    """Class all stored views and clicks by the rules of this version, and say what moved.

    For after an update that changed rules (docs/classification.md). It may run while the product serves, open screens
    follow, and a second run finds nothing to do. Stopped half-way, what was done stays done.
    """
    given = settings.read()
    logs.configure("ERROR")
    product = app.build(given)
    require_current(product.database)
    workspace_id = product.replays.workspace(workspace) if workspace else None
    if workspace and workspace_id is None:
        raise click.BadParameter("there is no such workspace, or more than one", param_hint="--workspace")
    scope = Scope(workspace_id, since.replace(tzinfo=UTC) if since else None)
    try:
        tally, reached, trouble = _run(product.replays, scope, after, dry_run)
    finally:
        product.close()
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "complete": trouble is None, "reached": reached, **tally.to_json()}))
    else:
        _say(tally, dry_run)
    if trouble is not None:
        click.echo(f"livefeed: {trouble}. Go on with --after {reached}" if reached else f"livefeed: {trouble}", err=True)
        context.exit(1)


def _run(replays: Replays, scope: Scope, after: str, dry: bool) -> tuple[Tally, str, str | None]:
    """What was done, how far that reaches, and what stopped it."""
    tally, reached = Tally(), after
    _, hits = replays.extent(scope, after)
    try:
        with click.progressbar(length=hits, label="Hits", show_pos=True, file=sys.stderr) as bar:
            for step in replays.run(scope, after, dry=dry):
                tally.add(step.tally)
                reached = step.reached
                bar.update(step.tally.hits)
    except KeyboardInterrupt:
        return tally, reached, "stopped"
    except LivefeedError as error:
        return tally, reached, error.detail or error.code
    return tally, reached, None


def _say(tally: Tally, dry: bool) -> None:
    move, follow = ("would move", "would follow") if dry else ("moved", "followed")
    click.echo(f"{tally.hits:,} hits of {tally.messages:,} messages: {tally.moved:,} {move}, {tally.lines:,} lines {follow}.")
    for before, after, codes in tally.by_class():
        why = ", ".join(f"{code} {count:,}" for code, count in codes.most_common())
        way = f"{before} → {after}" if before is not after else f"{before}, for another reason"
        click.echo(f"  {way:<28} {codes.total():>9,}   {why}")
