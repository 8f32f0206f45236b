"""What marketing and sales systems tell: moments, watch lists, subscriptions, feeds, ranks, and where each stands."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integrations",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("service", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quota", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("progress", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_integrations_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "service", name=op.f("pk_integrations")),
    )
    op.create_table(
        "marketo_merges",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("loser", sa.BigInteger(), nullable=False),
        sa.Column("winner", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_marketo_merges_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "loser", name=op.f("pk_marketo_merges")),
    )
    with op.batch_alter_table("marketo_merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_marketo_merges_winner"), ["winner"], unique=False)

    op.create_table(
        "sync_cursors",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("service", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_sync_cursors_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "service", "name", name=op.f("pk_sync_cursors")),
    )
    op.create_table(
        "feed_addresses",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reader", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_feed_addresses_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_feed_addresses_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_addresses")),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_addresses_digest")),
    )
    with op.batch_alter_table("feed_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_addresses_user_id"), ["user_id"], unique=False)

    op.create_table(
        "moments",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=9), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_moments_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_moments_workspace_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moments")),
        sa.UniqueConstraint("workspace_id", "guid", name=op.f("uq_moments_workspace_id_guid")),
    )
    with op.batch_alter_table("moments", schema=None) as batch_op:
        batch_op.create_index("ix_moments_of_person", ["person_id", "at", "id"], unique=False)

    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("receivers", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_subscriptions_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_subscriptions_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_subscriptions_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index("ix_subscriptions_met", ["workspace_id", "kind", "value"], unique=False)
        batch_op.create_index(batch_op.f("ix_subscriptions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "watch_list",
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_watch_list_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_watch_list_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_watch_list_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "person_id", name=op.f("pk_watch_list")),
    )
    with op.batch_alter_table("watch_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_list_person_id"), ["person_id"], unique=False)

    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("moment_id", sa.String(length=26), nullable=False),
        sa.Column("subscription_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["moment_id"], ["moments.id"], name=op.f("fk_alerts_moment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_alerts_subscription_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alerts_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_alerts_workspace_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("user_id", "moment_id", name=op.f("uq_alerts_user_id_moment_id")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_moment_id"), ["moment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_subscription_id"), ["subscription_id"], unique=False)
        batch_op.create_index(
            "ix_alerts_unsent",
            ["user_id", "created_at"],
            unique=False,
            postgresql_where=sa.text("sent_at IS NULL"),
            sqlite_where=sa.text("sent_at IS NULL"),
        )

    with op.batch_alter_table("feed_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moment_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("person_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("live", sa.Boolean(), server_default=sa.text("true"), nullable=False))
        batch_op.add_column(sa.Column("lead", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        batch_op.alter_column("message_id", existing_type=sa.VARCHAR(length=26), nullable=True)
        batch_op.create_index(
            "ix_feed_items_lead",
            ["user_id", "at", "id"],
            unique=False,
            postgresql_where=sa.text("lead AND NOT removed"),
            sqlite_where=sa.text("lead AND NOT removed"),
        )
        batch_op.create_index(batch_op.f("ix_feed_items_moment_id"), ["moment_id"], unique=False)
        batch_op.create_index("ix_feed_items_of_person", ["person_id", "user_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_feed_items_moment_id"), "moments", ["moment_id"], ["id"], ondelete="CASCADE")
        batch_op.create_foreign_key(batch_op.f("fk_feed_items_person_id"), "people", ["person_id"], ["id"], ondelete="CASCADE")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("website", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("postal", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("marketo_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("salesforce_id", sa.String(length=18), nullable=True))
        batch_op.add_column(sa.Column("salesforce_type", sa.String(length=7), nullable=True))
        batch_op.add_column(sa.Column("salesforce_account", sa.String(length=18), nullable=True))
        batch_op.add_column(sa.Column("account_owner_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("opportunities", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("urgency", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stars", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("flames", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("priority", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("hidden_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_people_best",
            [
                "owner_id",
                "priority",
                "score",
                "id",
                "urgency",
                "hidden_until",
                "salesforce_type",
                "account_owner_id",
                "opportunities",
            ],
            unique=False,
            postgresql_where=sa.text("priority IS NOT NULL"),
            sqlite_where=sa.text("priority IS NOT NULL"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_people_workspace_id_marketo_id"), ["workspace_id", "marketo_id"])
        batch_op.create_unique_constraint(batch_op.f("uq_people_workspace_id_salesforce_id"), ["workspace_id", "salesforce_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_people_account_owner_id"), "users", ["account_owner_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("score_changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guid", sa.Text(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_score_changes_workspace_id_guid"), ["workspace_id", "guid"])

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("salesforce_id", sa.String(length=18), nullable=True))
        batch_op.add_column(sa.Column("salesforce_seen", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_tasks_workspace_id_salesforce_id"), ["workspace_id", "salesforce_id"])

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notifications", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("salesforce_id", sa.String(length=18), nullable=True))
        batch_op.add_column(sa.Column("salesforce_by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        batch_op.create_unique_constraint(batch_op.f("uq_users_workspace_id_salesforce_id"), ["workspace_id", "salesforce_id"])

    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("marketing", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("tiers", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.drop_column("tiers")
        batch_op.drop_column("marketing")

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_users_workspace_id_salesforce_id"), type_="unique")
        batch_op.drop_column("salesforce_by_hand")
        batch_op.drop_column("salesforce_id")
        batch_op.drop_column("notifications")

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_tasks_workspace_id_salesforce_id"), type_="unique")
        batch_op.drop_column("salesforce_seen")
        batch_op.drop_column("salesforce_id")

    with op.batch_alter_table("score_changes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_score_changes_workspace_id_guid"), type_="unique")
        batch_op.drop_column("guid")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_people_account_owner_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_people_workspace_id_salesforce_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_people_workspace_id_marketo_id"), type_="unique")
        batch_op.drop_index(
            "ix_people_best", postgresql_where=sa.text("priority IS NOT NULL"), sqlite_where=sa.text("priority IS NOT NULL")
        )
        batch_op.drop_column("hidden_until")
        batch_op.drop_column("priority")
        batch_op.drop_column("flames")
        batch_op.drop_column("stars")
        batch_op.drop_column("urgency")
        batch_op.drop_column("opportunities")
        batch_op.drop_column("account_owner_id")
        batch_op.drop_column("salesforce_account")
        batch_op.drop_column("salesforce_type")
        batch_op.drop_column("salesforce_id")
        batch_op.drop_column("marketo_id")
        batch_op.drop_column("postal")
        batch_op.drop_column("website")

    with op.batch_alter_table("feed_items", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_feed_items_person_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_feed_items_moment_id"), type_="foreignkey")
        batch_op.drop_index("ix_feed_items_of_person")
        batch_op.drop_index(batch_op.f("ix_feed_items_moment_id"))
        batch_op.drop_index(
            "ix_feed_items_lead", postgresql_where=sa.text("lead AND NOT removed"), sqlite_where=sa.text("lead AND NOT removed")
        )
        batch_op.alter_column("message_id", existing_type=sa.VARCHAR(length=26), nullable=False)
        batch_op.drop_column("lead")
        batch_op.drop_column("live")
        batch_op.drop_column("person_id")
        batch_op.drop_column("moment_id")

    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_alerts_unsent", postgresql_where=sa.text("sent_at IS NULL"), sqlite_where=sa.text("sent_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_alerts_subscription_id"))
        batch_op.drop_index(batch_op.f("ix_alerts_moment_id"))

    op.drop_table("alerts")
    with op.batch_alter_table("watch_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_list_person_id"))

    op.drop_table("watch_list")
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscriptions_user_id"))
        batch_op.drop_index("ix_subscriptions_met")

    op.drop_table("subscriptions")
    with op.batch_alter_table("moments", schema=None) as batch_op:
        batch_op.drop_index("ix_moments_of_person")

    op.drop_table("moments")
    with op.batch_alter_table("feed_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_addresses_user_id"))

    op.drop_table("feed_addresses")
    op.drop_table("sync_cursors")
    with op.batch_alter_table("marketo_merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_marketo_merges_winner"))

    op.drop_table("marketo_merges")
    op.drop_table("integrations")
