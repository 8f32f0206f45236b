"""What an operator does by hand now and then."""

import click

from server import app, logs, settings
from server.cli.serve import require_current
from server.errors import LivefeedError
from server.storage import mailboxes, migrations


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 when the database is behind.")
@click.pass_context
def migrate(context: click.Context, check: bool) -> None:
    """Bring the database to this version's tables."""
    product = app.build(settings.read())
    before, wanted = migrations.current(product.database), migrations.head()
    if before == wanted:
        click.echo(f"The database is at {wanted}: nothing to do.")
    elif check:
        click.echo(f"The database is at {before or 'nothing'}, this version needs {wanted}.")
        context.exit(1)
    else:
        migrations.migrate(product.database)
        click.echo(f"The database went from {before or 'nothing'} to {wanted}.")


@click.command()
@click.option("--address", help="Only this mailbox.")
@click.pass_context
def sync(context: click.Context, address: str | None) -> None:
    """Bring in at once what changed in the connected mailboxes."""
    given = settings.read()
    logs.configure("ERROR")
    product = app.build(given)
    require_current(product.database)
    found = [one for one in product.database.read(mailboxes.connected) if address in (None, one[1])]
    failed = 0
    with click.progressbar(found, label="Mailboxes", show_pos=True) as waiting:
        for mailbox_id, mailbox_address in waiting:
            try:
                product.mailboxes.sync(mailbox_id)
            except LivefeedError as error:
                failed += 1
                click.echo(f"\n{mailbox_address}: {error.detail or error.code}", err=True)
    click.echo(f"{len(found) - failed} of {len(found)} mailboxes are up to date.")
    context.exit(1 if failed or (address and not found) else 0)
