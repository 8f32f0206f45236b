"""Runs inside the transaction of `server.storage.migrations`, or of a developer's `livefeed migrate --revision`."""

from alembic import context

from server.storage.tables import Utc, metadata


def _render(kind: str, item: object, _context: object) -> str | bool:
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Utc) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can't alter a table in place
    render_item=_render,
    compare_type=True,
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
