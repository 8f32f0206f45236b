"""A rep's day and the admin's first hour: what is proposed and told, written and looked for, set and changed in the console."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.domain.people import folded
from server.domain.searches import line_text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_user_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_audit_workspace_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_latest", ["workspace_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_user_id"), ["user_id"], unique=False)

    op.create_table(
        "configuration",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_configuration_changed_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_configuration")),
    )
    for name, secret in (("google_client_id", False), ("google_client_secret", True)):
        op.execute(
            "INSERT INTO configuration (name, value, secret, changed_at) "  # noqa: S608  names of ours
            f"SELECT '{name}', {name}, {str(secret).lower()}, changed_at FROM installation"
        )
    op.drop_table("installation")
    with op.batch_alter_table("integrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", sa.String(length=40), server_default="", nullable=False))

    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_notices_workspace_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notices_user_id_key")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notices_due",
            ["user_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("claimed_at IS NULL"),
            sqlite_where=sa.text("claimed_at IS NULL"),
        )
        batch_op.create_index("ix_notices_made_at", ["made_at"], unique=False)

    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_push_subscriptions_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_push_subscriptions_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_push_subscriptions_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_push_subscriptions_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_push_subscriptions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "saved_searches",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("view", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_searches_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_saved_searches_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("user_id", "view", "name", name=op.f("uq_saved_searches_user_id_view_name")),
    )
    op.create_table(
        "templates",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_templates_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_templates_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_templates_user_id_name")),
    )
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.create_index("ix_templates_shared", ["workspace_id", "shared"], unique=False)

    op.create_table(
        "compositions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("tracked", sa.Boolean(), nullable=False),
        sa.Column("separate", sa.Boolean(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("thread_id", sa.String(length=20), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_compositions_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_compositions_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compositions")),
    )
    with op.batch_alter_table("compositions", schema=None) as batch_op:
        batch_op.create_index("ix_compositions_of_user", ["user_id", "state", "updated_at"], unique=False)

    op.create_table(
        "composition_mails",
        sa.Column("composition_id", sa.String(length=26), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("filled", sa.JSON(), nullable=False),
        sa.Column("anyway", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["composition_id"], ["compositions.id"], name=op.f("fk_composition_mails_composition_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_composition_mails_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_composition_mails_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("composition_id", "ordinal", name=op.f("pk_composition_mails")),
    )
    with op.batch_alter_table("composition_mails", schema=None) as batch_op:
        batch_op.create_index("ix_composition_mails_pace", ["user_id", "tried_at"], unique=False)

    op.create_table(
        "suggestions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("message_id", sa.String(length=26), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("task_id", sa.String(length=26), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_suggestions_message_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_suggestions_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_suggestions_task_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_suggestions_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_suggestions_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_suggestions_user_id_key")),
    )
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestions_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_suggestions_of_user", ["user_id", "state", "made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestions_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestions_task_id"), ["task_id"], unique=False)

    with op.batch_alter_table("feed_heads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notified_position", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index("ix_people_account", ["workspace_id", "account", "sort_name", "id", "found_by"], unique=False)
        batch_op.create_index("ix_people_of_owner", ["owner_id", "sort_name", "id", "workspace_id", "found_by"], unique=False)

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("found_by", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("feed_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("found_by", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preferences", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("shares_feed", sa.Boolean(), server_default=sa.text("false"), nullable=False))

    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tracking", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("domains", sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_by", sa.String(length=26), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_tasks_changed_by"), "users", ["changed_by"], ["id"], ondelete="SET NULL")
        batch_op.drop_index(batch_op.f("ix_tasks_created_by"))
        batch_op.create_index(batch_op.f("ix_tasks_changed_by"), ["changed_by"], unique=False)
        batch_op.create_index("ix_tasks_given", ["created_by", "due_on", "priority", "id"], unique=False)
        batch_op.add_column(sa.Column("found_by", sa.Text(), server_default="", nullable=False))

    _make_findable()


def _make_findable() -> None:
    """What was stored before gets the words by which a search finds it."""
    connection = op.get_bind()
    messages = sa.table("messages", sa.column("id"), sa.column("subject"), sa.column("found_by"))
    items = sa.table("feed_items", sa.column("id"), sa.column("facts", sa.JSON()), sa.column("found_by"))
    tasks = sa.table(
        "tasks", sa.column("id"), sa.column("name", sa.Text()), sa.column("details", sa.Text()), sa.column("found_by")
    )
    _fill(connection, messages, messages.c.subject, folded)
    _fill(connection, tasks, tasks.c.name + " " + tasks.c.details, folded)
    _fill(connection, items, items.c.facts, line_text)


def _fill(connection: sa.Connection, table: sa.TableClause, source: sa.ColumnElement[Any], words: Callable[[Any], str]) -> None:
    last, change = "", sa.update(table).where(table.c.id == sa.bindparam("row")).values(found_by=sa.bindparam("words"))
    while rows := connection.execute(
        sa.select(table.c.id, source).where(table.c.id > last).order_by(table.c.id).limit(1000)
    ).all():
        connection.execute(change, [{"row": row_id, "words": words(value)} for row_id, value in rows])
        last = rows[-1][0]


def downgrade() -> None:
    with op.batch_alter_table("feed_items", schema=None) as batch_op:
        batch_op.drop_column("found_by")

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_column("found_by")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_column("found_by")
        batch_op.drop_index("ix_tasks_given")
        batch_op.drop_index(batch_op.f("ix_tasks_changed_by"))
        batch_op.create_index(batch_op.f("ix_tasks_created_by"), ["created_by"], unique=False)
        batch_op.drop_constraint(batch_op.f("fk_tasks_changed_by"), type_="foreignkey")
        batch_op.drop_column("changed_by")

    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.drop_column("domains")
        batch_op.drop_column("tracking")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index("ix_people_of_owner")
        batch_op.drop_index("ix_people_account")

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("shares_feed")
        batch_op.drop_column("preferences")

    with op.batch_alter_table("feed_heads", schema=None) as batch_op:
        batch_op.drop_column("notified_position")

    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestions_task_id"))
        batch_op.drop_index(batch_op.f("ix_suggestions_person_id"))
        batch_op.drop_index("ix_suggestions_of_user")
        batch_op.drop_index(batch_op.f("ix_suggestions_message_id"))

    op.drop_table("suggestions")
    with op.batch_alter_table("composition_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_composition_mails_pace")

    op.drop_table("composition_mails")
    with op.batch_alter_table("compositions", schema=None) as batch_op:
        batch_op.drop_index("ix_compositions_of_user")

    op.drop_table("compositions")
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.drop_index("ix_templates_shared")

    op.drop_table("templates")
    op.drop_table("saved_searches")
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_push_subscriptions_user_id"))
        batch_op.drop_index(batch_op.f("ix_push_subscriptions_session_id"))

    op.drop_table("push_subscriptions")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_made_at")
        batch_op.drop_index(
            "ix_notices_due", postgresql_where=sa.text("claimed_at IS NULL"), sqlite_where=sa.text("claimed_at IS NULL")
        )

    op.drop_table("notices")
    with op.batch_alter_table("integrations", schema=None) as batch_op:
        batch_op.drop_column("cause")

    op.create_table(
        "installation",
        sa.Column("google_client_id", sa.Text(), nullable=False),
        sa.Column("google_client_secret", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("google_client_id", name=op.f("pk_installation")),
    )
    op.execute(
        "INSERT INTO installation (google_client_id, google_client_secret, changed_at) SELECT known.value, kept.value, "
        "kept.changed_at FROM configuration known, configuration kept "
        "WHERE known.name = 'google_client_id' AND kept.name = 'google_client_secret'"
    )
    op.drop_table("configuration")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_user_id"))
        batch_op.drop_index("ix_audit_latest")

    op.drop_table("audit")
