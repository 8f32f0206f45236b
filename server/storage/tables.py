"""Every table. Each row belongs to a workspace; each index names the query it serves."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware time, in UTC. SQLite would drop the zone without a word, so naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[str]:
    return Column("id", String(26), primary_key=True)


def _workspace() -> Column[str]:
    return Column("workspace_id", String(26), ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False)


def _to(target: str, name: str, *, ondelete: str = "CASCADE", **options: Any) -> Column[str]:
    return Column(name, String(26), ForeignKey(f"{target}.id", ondelete=ondelete), **{"nullable": False, **options})


# Ordered by code points everywhere: both databases sort, compare and cut a list alike.
_ORDERED = Text().with_variant(Text(collation="C"), "postgresql")

# The installation itself: the one table without a workspace --------------------

configuration = Table(
    "configuration",
    metadata,
    # What an operator set in the console; what the environment sets wins.
    Column("name", String(40), primary_key=True),  # a setting's, as `livefeed settings` lists it, without the prefix
    Column("value", Text, nullable=False),  # encrypted where `secret`
    Column("secret", Boolean, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("changed_by", String(26), ForeignKey("users.id", ondelete="SET NULL")),
)

# Who uses it -----------------------------------------------------------------

workspaces = Table(
    "workspaces",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("domain", Text, unique=True),  # of whoever founded it
    Column("domains", JSON(none_as_null=True)),  # whose mail is our own, and who joins by themselves; null: the one above
    Column("policy", JSON(none_as_null=True)),  # who may be tracked; null until an admin decides
    Column("marketing", JSON(none_as_null=True)),  # RSS, brackets of stars and flames, days of hiding; null: the defaults
    Column("tracking", JSON(none_as_null=True)),  # how machine traffic is shown; null: the defaults
    Column("tiers", JSON(none_as_null=True)),  # where stars and flames begin, as the last night found it
    Column("created_at", Utc, nullable=False),
)

users = Table(
    "users",
    metadata,
    _id(),
    _workspace(),
    Column("google_sub", Text, unique=True),  # null while only invited
    Column("address", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("roles", JSON, nullable=False),  # of rep, admin, operator
    Column("tag", String(16), nullable=False, unique=True),  # opaque, stands in the pixel's address
    Column("locale", String(5)),
    Column("time_zone", Text),
    Column("notifications", JSON(none_as_null=True)),  # which, and when not; null: the defaults
    Column("preferences", JSON(none_as_null=True)),  # suggestions, digest, how mail is sent; null: the defaults
    Column("shares_feed", Boolean, nullable=False, server_default=text("false")),  # with the team
    Column("salesforce_id", String(18)),
    Column("salesforce_by_hand", Boolean, nullable=False, server_default=text("false")),  # an admin said so
    Column("created_at", Utc, nullable=False),
    Column("deactivated_at", Utc),
    UniqueConstraint("workspace_id", "salesforce_id"),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id", index=True),
    Column("kind", String(12), nullable=False),  # web, extension
    Column("refresh_digest", String(64), unique=True),  # extension only; rotates
    Column("refreshed_at", Utc),  # when it last did
    Column("label", Text, nullable=False),
    Column("address_hash", String(24)),  # where it was last used from: own views come from there too
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("revoked_at", Utc),
)

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),  # setup, ticket, device, extension
    _to("users", "user_id", nullable=True),
    Column("payload", JSON, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),  # clearing away the unused
)

mailboxes = Table(
    "mailboxes",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id", unique=True),
    Column("address", Text, nullable=False, unique=True),
    Column("aliases", JSON, nullable=False),  # addresses this rep may send from
    Column("credentials", Text),  # encrypted; null once revoked
    Column("scopes", JSON, nullable=False),
    Column("state", String(20), nullable=False),  # ok, degraded, reconnect-needed, admin-blocked, not-granted
    Column("state_detail", Text, nullable=False, server_default=""),
    Column("state_since", Utc, nullable=False),
    Column("history_id", BigInteger),
    Column("watch_expires_at", Utc),
    Column("hot_until", Utc),  # a mail is being written: look every few seconds
    Column("watched_until", Utc),  # the owner is looking
    Column("synced_at", Utc),
    Column("tended_at", Utc),  # aliases read, watch renewed
    Column("claim", String(26)),  # the worker that syncs it
    Column("claimed_until", Utc),
    Column("created_at", Utc, nullable=False),
)

# Whom it is about ------------------------------------------------------------

people = Table(
    "people",
    metadata,
    _id(),
    _workspace(),
    Column("name", Text, nullable=False),
    Column("title", Text),
    Column("account", Text),
    Column("country", String(2)),  # ISO 3166
    Column("phones", JSON, nullable=False, server_default="[]"),
    Column("linkedin", Text),
    Column("owner_id", String(26), ForeignKey("users.id", ondelete="SET NULL")),
    Column("score", Integer),
    Column("scored_at", Utc),
    Column("rose_at", Utc),  # its last rise
    Column("rise", Integer),  # how much that was
    Column("do_not_call", Boolean, nullable=False, server_default=text("false")),
    Column("unsubscribed", Boolean, nullable=False, server_default=text("false")),
    Column("website", Text),
    Column("postal", Text),  # the company's address, in one line
    Column("marketo_id", BigInteger),
    Column("salesforce_id", String(18)),
    Column("salesforce_type", String(7)),  # lead, contact
    Column("salesforce_account", String(18)),
    Column("account_owner_id", String(26), ForeignKey("users.id", ondelete="SET NULL")),
    Column("opportunities", Integer, nullable=False, server_default="0"),  # open ones
    Column("urgency", Integer),  # how much the score changed lately
    Column("stars", SmallInteger),  # 0–3, null without a score
    Column("flames", SmallInteger),
    Column("priority", SmallInteger),  # of both: what best bets are sorted by
    Column("hidden_until", Utc),  # from the best bets, by the owner
    Column("source", String(10), nullable=False, server_default="mail"),  # mail, reply, hand, import, marketo, salesforce
    Column("version", Integer, nullable=False, server_default="1"),
    Column(
        "sort_name", _ORDERED, nullable=False, server_default=""
    ),  # name, or address: folded, and cut to what an index takes
    Column("found_by", Text, nullable=False, server_default=""),  # what one searches by, folded, cut for an index
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc),
    # The list, and searching it: all it needs stands in the index, which takes no entry above 2,700 bytes.
    Index("ix_people_by_name", "workspace_id", "sort_name", "id", "found_by"),
    Index("ix_people_of_owner", "owner_id", "sort_name", "id", "workspace_id", "found_by"),  # the same, of a rep's own
    Index(
        "ix_people_account", "workspace_id", "account", "sort_name", "id", "found_by"
    ),  # who works there, and which accounts there are
    Index("ix_people_linkedin", "workspace_id", "linkedin"),  # somebody pointed at a profile
    Index("ix_people_of_account", "workspace_id", "salesforce_account"),  # an account that changed its owner or name
    Index(
        "ix_people_targets",
        "owner_id",
        "score",
        "id",
        "rose_at",
        postgresql_where=text("rose_at IS NOT NULL"),
        sqlite_where=text("rose_at IS NOT NULL"),
    ),  # a rep's targets, read from its end
    Index(
        "ix_people_best",
        "owner_id",
        "priority",
        "score",
        "id",
        "urgency",
        "hidden_until",
        "salesforce_type",
        "account_owner_id",
        "opportunities",
        postgresql_where=text("priority IS NOT NULL"),
        sqlite_where=text("priority IS NOT NULL"),
    ),  # a rep's best bets, read from its end; filtered and counted without reading rows
    UniqueConstraint("workspace_id", "marketo_id"),
    UniqueConstraint("workspace_id", "salesforce_id"),
)

score_changes = Table(
    "score_changes",
    metadata,
    _id(),
    _workspace(),
    _to("people", "person_id"),
    Column("at", Utc, nullable=False),
    Column("old", Integer),  # null: nothing was known before
    Column("new", Integer, nullable=False),
    Column("source", String(10), nullable=False),
    Column("guid", Text),  # Marketo's name of the activity
    Index("ix_score_changes_of_person", "person_id", "at", "id"),  # a person's history
    UniqueConstraint("workspace_id", "guid"),  # a late or repeated row brings nothing twice
)

person_addresses = Table(
    "person_addresses",
    metadata,
    Column("workspace_id", String(26), ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("address", Text, primary_key=True),
    _to("people", "person_id", index=True),
    Column("primary", Boolean, nullable=False, server_default=text("false")),
    Column("bounced_at", Utc),
    Column("bounce", JSON),
    Column("replied_at", Utc),
)

# What they said about being tracked --------------------------------------------

_CHOICE = (
    ("state", String(10), False),  # granted, denied, withdrawn, unknown
    ("at", Utc, False),
    ("purpose", Text, False),
    ("proof", Text, False),
    ("source", String(16), False),
)

consents = Table(
    "consents",
    metadata,
    # By address, not by person: a no outlives the person it was said by.
    Column("workspace_id", String(26), ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("address", Text, primary_key=True),
    Column("person_id", String(26), ForeignKey("people.id", ondelete="SET NULL"), index=True),
    *(Column(name, kind, nullable=null) for name, kind, null in _CHOICE),
)

consent_changes = Table(
    "consent_changes",
    metadata,
    _id(),
    _workspace(),
    Column("address", Text, nullable=False),
    Column("person_id", String(26), ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("user_id", String(26), ForeignKey("users.id", ondelete="SET NULL")),  # who wrote it down; null: the recipient
    *(Column(name, kind, nullable=null) for name, kind, null in _CHOICE),
    Column("recorded_at", Utc, nullable=False),
    Index("ix_consent_changes_of_address", "workspace_id", "address", "id"),  # the history that proves it
)

# What was sent ---------------------------------------------------------------

messages = Table(
    "messages",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id"),
    Column("subject", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("tracked", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),  # of a draft
    Column("sent_at", Utc),
    Column("delivered_at", Utc),
    Column("thread_id", String(20)),  # in the owner's mailbox, hex
    Column("sending_until", Utc),  # the product is sending it: nobody else may until then
    Column("found_by", Text, nullable=False, server_default=""),  # the subject, folded: what a search looks through
    Column("opted_out_at", Utc),  # a reader of the body that all share said no: nobody's views and clicks are recorded
    Index("ix_messages_of_owner", "user_id", "sent_at", "id"),  # a rep's messages, newest first
    Index(
        "ix_messages_drafted", "expires_at", postgresql_where=text("state = 'drafted'"), sqlite_where=text("state = 'drafted'")
    ),
)

recipients = Table(
    "recipients",
    metadata,
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    _workspace(),
    Column("field", String(3), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("person_id", String(26), ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("bounced", JSON),
    Column("replied_at", Utc),
)

links = Table(
    "links",
    metadata,
    Column("message_id", String(26), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    _workspace(),
    Column("url", Text, nullable=False),
    Column("text", Text, nullable=False),
)

copies = Table(
    "copies",
    metadata,
    Column("mailbox_id", String(26), ForeignKey("mailboxes.id", ondelete="CASCADE"), primary_key=True),
    Column("gmail_id", String(20), primary_key=True),
    _workspace(),
    _to("messages", "message_id", index=True),
    Column("recipient", SmallInteger, nullable=False),
    Column("thread_id", String(20), nullable=False),
    Column("rfc_message_id", Text, nullable=False),
    Column("sent_at", Utc, nullable=False),
    Column("reused", Boolean, nullable=False),  # carries a token that an earlier mail owns
    Index("ix_copies_thread", "mailbox_id", "thread_id"),  # which inbound mail answers a tracked thread
    Index("ix_copies_rfc", "workspace_id", "rfc_message_id"),  # the same by References
)

# What came of it -------------------------------------------------------------

arrivals = Table(
    "arrivals",
    metadata,
    # Taken into the feed and gone within moments; whose workspace each is says the message it names.
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("lines", Text, nullable=False),  # one hit each, as `domain.arrivals` packs it
    Column("refused", Boolean, nullable=False),  # can't be taken in: kept until a newer version tries again
)

engagements = Table(
    "engagements",
    metadata,
    _id(),
    _workspace(),
    _to("messages", "message_id"),
    Column("kind", String(10), nullable=False),
    Column("class", String(11), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("at", Utc, nullable=False),
    Column("recipient", SmallInteger, nullable=False),
    Column("link", Integer),
    Index("ix_engagements_of_message", "message_id", "at"),  # details, neighbours of a hit, regrouping
)

hits = Table(
    "hits",
    metadata,
    Column("id", String(26), ForeignKey("engagements.id", ondelete="CASCADE"), primary_key=True),
    _workspace(),
    Column("method", String(8), nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("signs", JSON, nullable=False),
    Column("address", Text, nullable=False),  # cut to its network (/24, /48)
    Column("address_hash", String(24), nullable=False),
    Column("own_device", Boolean, nullable=False),
    Column("network", JSON(none_as_null=True)),
    Column("place", JSON(none_as_null=True)),
)

mails = Table(
    "mails",
    metadata,
    Column("id", String(26), ForeignKey("engagements.id", ondelete="CASCADE"), primary_key=True),
    _workspace(),
    _to("mailboxes", "mailbox_id"),
    Column("gmail_id", String(20), nullable=False),
    Column("rfc_message_id", Text, nullable=False),
    Column("from_name", Text, nullable=False),
    Column("from_address", Text, nullable=False),
    Column("detail", JSON),
    UniqueConstraint("mailbox_id", "gmail_id"),  # a change applied twice brings nothing twice
    Index("ix_mails_from", "workspace_id", "from_address"),  # the lines that show somebody who wrote
)

# What marketing tells ----------------------------------------------------------

moments = Table(
    "moments",
    metadata,
    _id(),
    _workspace(),
    _to("people", "person_id"),
    Column("guid", Text, nullable=False),  # Marketo's name of the activity
    Column("type", String(9), nullable=False),  # web, email, milestone
    Column("description", Text, nullable=False),
    Column("source", Text),  # how it was made
    Column("at", Utc, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    UniqueConstraint("workspace_id", "guid"),  # a late or repeated row brings nothing twice
    Index("ix_moments_of_person", "person_id", "at", "id"),  # somebody's timeline, their last moment
)

marketo_merges = Table(
    "marketo_merges",
    metadata,
    Column("workspace_id", String(26), ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("loser", BigInteger, primary_key=True),
    Column("winner", BigInteger, nullable=False, index=True),
)

watch_list = Table(
    "watch_list",
    metadata,
    Column("user_id", String(26), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String(26), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True),
    _workspace(),
    Column("created_at", Utc, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id", index=True),
    Column("kind", String(11), nullable=False),  # person, account, type, description
    _to("people", "person_id", nullable=True),
    Column("value", Text, nullable=False),  # what it is held against, folded
    Column("shown", Text, nullable=False),  # the same as somebody wrote it
    Column("receivers", JSON, nullable=False),  # users by id, each with whether they refused
    Column("created_at", Utc, nullable=False),
    Index("ix_subscriptions_met", "workspace_id", "kind", "value"),  # which a moment meets
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id"),  # who is written to
    _to("moments", "moment_id", index=True),
    _to("subscriptions", "subscription_id", index=True),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    UniqueConstraint("user_id", "moment_id"),  # no moment is mailed twice, whatever it meets
    Index(
        "ix_alerts_unsent",
        "user_id",
        "created_at",
        postgresql_where=text("sent_at IS NULL"),
        sqlite_where=text("sent_at IS NULL"),
    ),  # what the next mail tells
)

feed_addresses = Table(
    "feed_addresses",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id", index=True),
    Column("digest", String(64), nullable=False, unique=True),  # keyed hash of the secret in the path
    Column("secret", Text, nullable=False),  # encrypted, to be shown
    Column("created_at", Utc, nullable=False),
    Column("read_at", Utc),
    Column("reader", Text),  # the program that read it last
    Column("revoked_at", Utc),
)

# Where marketing and sales systems stand -----------------------------------------

integrations = Table(
    "integrations",
    metadata,
    Column("workspace_id", String(26), ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("service", String(10), primary_key=True),  # google, push, addon, marketo, salesforce, smtp, webpush
    Column("state", String(10), nullable=False),  # ok, degraded, refused, waiting
    # Of the last failure, also once it works again.
    Column("cause", String(40), nullable=False, server_default=""),
    Column("detail", Text, nullable=False),
    Column("since", Utc, nullable=False),
    Column("succeeded_at", Utc),
    Column("failed_at", Utc),
    Column("quota", JSON(none_as_null=True)),  # {used, limit, day}
    Column("progress", JSON(none_as_null=True)),  # of a first sync: {done, of, at}
)

sync_cursors = Table(
    "sync_cursors",
    metadata,
    # Stored in the transaction that stores what it brought.
    Column("workspace_id", String(26), ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("service", String(10), primary_key=True),
    Column("name", String(24), primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("at", Utc, nullable=False),  # up to when everything is here
    Column("stored_at", Utc, nullable=False),
)

# Where it is seen ------------------------------------------------------------

feed_items = Table(
    "feed_items",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id"),
    Column("position", BigInteger, nullable=False),
    Column("group_key", Text, nullable=False),
    _to("messages", "message_id", nullable=True, index=True),
    _to("moments", "moment_id", nullable=True, index=True),
    _to("people", "person_id", nullable=True),  # of a moment
    Column("live", Boolean, nullable=False, server_default=text("true")),  # stands in the Live Feed
    Column("lead", Boolean, nullable=False, server_default=text("false")),  # stands in the Lead Feed
    Column("kind", String(10), nullable=False),
    Column("class", String(11), nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("at", Utc, nullable=False),
    Column("facts", JSON, nullable=False),  # who, message, link, place, device, forwarded, detail as shown
    Column("found_by", Text, nullable=False, server_default=""),  # their words, folded: what a search looks through
    UniqueConstraint("user_id", "group_key"),  # a repeat finds its line
    Index("ix_feed_items_since", "user_id", "position", unique=True),  # since(cursor)
    Index("ix_feed_items_latest", "user_id", "at", "id"),  # machine traffic shown too
    Index(
        "ix_feed_items_shown",
        "user_id",
        "at",
        "id",
        postgresql_where=text("NOT hidden AND NOT removed"),
        sqlite_where=text("NOT hidden AND NOT removed"),
    ),  # the latest as people see them
    Index(
        "ix_feed_items_lead",
        "user_id",
        "at",
        "id",
        postgresql_where=text("lead AND NOT removed"),
        sqlite_where=text("lead AND NOT removed"),
    ),  # the Lead Feed
    Index("ix_feed_items_of_person", "person_id", "user_id"),  # moments that change hands
)

feed_heads = Table(
    "feed_heads",
    metadata,
    Column("user_id", String(26), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    _workspace(),
    # Taken by UPDATE inside the transaction that stores the items: the row's lock makes positions commit in order.
    Column("position", BigInteger, nullable=False),
    Column("seen_position", BigInteger),
    Column("seen_at", Utc),
    Column("notified_position", BigInteger),  # up to here it is decided who hears of what
)

# What a rep wants to do, and not to hear of --------------------------------------

tasks = Table(
    "tasks",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id"),  # the assignee
    _to("users", "created_by"),
    Column(
        "changed_by", String(26), ForeignKey("users.id", ondelete="SET NULL"), index=True
    ),  # null: Salesforce, or nobody yet
    Column("name", String(255), nullable=False),
    Column("type", String(6), nullable=False),  # email, call, inmail, custom
    Column("priority", String(6), nullable=False),  # high, normal: that they sort so is used
    Column("due_on", Date, nullable=False),  # a day without a zone: never shifted
    Column("details", Text, nullable=False),
    _to("people", "person_id", nullable=True, ondelete="SET NULL"),
    _to("messages", "message_id", nullable=True, ondelete="SET NULL", index=True),
    Column("version", Integer, nullable=False),  # grows with every change: who changes an older one is told
    Column("completed_at", Utc),
    Column("deleted_at", Utc),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("found_by", Text, nullable=False, server_default=""),  # name and details, folded: what a search looks through
    Column("salesforce_id", String(18)),
    Column("salesforce_seen", JSON(none_as_null=True)),  # its fields there as both sides last agreed on them
    UniqueConstraint("workspace_id", "salesforce_id"),
    Index(
        "ix_tasks_open",
        "user_id",
        "due_on",
        "priority",
        "id",
        postgresql_where=text("completed_at IS NULL AND deleted_at IS NULL"),
        sqlite_where=text("completed_at IS NULL AND deleted_at IS NULL"),
    ),  # what is to do, by day
    Index("ix_tasks_done", "user_id", "completed_at"),  # what was done lately
    Index("ix_tasks_given", "created_by", "due_on", "priority", "id"),  # what somebody gave to others, by day
    Index("ix_tasks_of_person", "person_id", "due_on"),  # what is to do about somebody
)

mutes = Table(
    "mutes",
    metadata,
    Column("user_id", String(26), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(7), primary_key=True),  # message, person
    Column("target_id", String(26), primary_key=True),
    _workspace(),
    Column("created_at", Utc, nullable=False),
)

# What the product proposes, and tells a rep of -------------------------------------

suggestions = Table(
    "suggestions",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id"),
    Column("rule", String(16), nullable=False),
    Column("key", Text, nullable=False),  # the same happening suggests once
    _to("people", "person_id", nullable=True, index=True),
    _to("messages", "message_id", nullable=True, index=True),
    Column("facts", JSON, nullable=False),
    Column("state", String(9), nullable=False),  # open, accepted, dismissed
    _to("tasks", "task_id", nullable=True, ondelete="SET NULL", index=True),
    Column("made_at", Utc, nullable=False),
    Column("decided_at", Utc),
    UniqueConstraint("user_id", "key"),
    Index("ix_suggestions_of_user", "user_id", "state", "made_at"),
)

notices = Table(
    "notices",
    metadata,
    # One row a happening somebody is to hear of, however many screens are open: the first that claims it shows it.
    _id(),
    _workspace(),
    _to("users", "user_id"),
    Column("key", Text, nullable=False),  # names the happening: it is decided once
    Column("kind", String(10), nullable=False),
    Column("facts", JSON, nullable=False),  # what it is about, worded only when it is told
    Column("position", BigInteger),  # of the feed's line it is about; null for what is no news to be counted
    Column("made_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),  # later than made in quiet hours
    Column("claimed_at", Utc),  # also of what is not to be told
    UniqueConstraint("user_id", "key"),
    Index(
        "ix_notices_due",
        "user_id",
        "due_at",
        postgresql_where=text("claimed_at IS NULL"),
        sqlite_where=text("claimed_at IS NULL"),
    ),
    Index("ix_notices_made_at", "made_at"),  # forgetting the old
)

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    # A browser that notifications are pushed to, for as long as its session lives.
    _id(),
    _workspace(),
    _to("users", "user_id", index=True),
    _to("sessions", "session_id", index=True),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("public_key", Text, nullable=False),
    Column("auth", Text, nullable=False),  # encrypted
    Column("label", Text, nullable=False),
    Column("locale", String(5)),  # of its pages, for a user who chose none
    Column("created_at", Utc, nullable=False),
    Column("used_at", Utc),
    Column("failures", Integer, nullable=False),
)

# What a rep writes and looks for ----------------------------------------------------

compositions = Table(
    "compositions",
    metadata,
    # What a rep writes here, until all its mails are out.
    _id(),
    _workspace(),
    _to("users", "user_id"),
    Column("state", String(9), nullable=False),  # draft, scheduled, sending, sent, failed
    Column("recipients", JSON, nullable=False),  # {to, cc, bcc}
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),  # HTML
    Column("sender", Text),  # one of the rep's own addresses; null: the mailbox's
    Column("tracked", Boolean, nullable=False),
    Column("separate", Boolean, nullable=False),
    Column("signed", Boolean, nullable=False),
    Column("thread_id", String(20)),  # the thread it answers
    Column("send_at", Utc),
    Column("error", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Index("ix_compositions_of_user", "user_id", "state", "updated_at"),
)

composition_mails = Table(
    "composition_mails",
    metadata,
    # One mail of a composition that goes or went out: the only one, or one for each recipient.
    _to("compositions", "composition_id", primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    _workspace(),
    _to("users", "user_id"),
    Column("state", String(7), nullable=False),  # waiting, sent, failed, stopped
    Column("recipients", JSON, nullable=False),
    Column("filled", JSON, nullable=False),  # what stands for each placeholder
    Column("anyway", Boolean, nullable=False),  # to somebody who unsubscribed
    Column("message_id", String(26), nullable=False),
    Column("tried_at", Utc),
    Column("error", Text, nullable=False, server_default=""),
    Index("ix_composition_mails_pace", "user_id", "tried_at"),
)

templates = Table(
    "templates",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id"),
    Column("shared", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    UniqueConstraint("user_id", "name"),
    Index("ix_templates_shared", "workspace_id", "shared"),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    _id(),
    _workspace(),
    _to("users", "user_id"),
    Column("view", String(10), nullable=False),  # messages, people, feed
    Column("name", Text, nullable=False),
    Column("query", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("user_id", "view", "name"),
)

# Who changed what in the console ------------------------------------------------------

audit = Table(
    "audit",
    metadata,
    _id(),
    _workspace(),
    Column("at", Utc, nullable=False),
    _to("users", "user_id", nullable=True, ondelete="SET NULL", index=True),
    Column("actor", Text, nullable=False),  # the address they had
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", JSON, nullable=False),  # never a secret
    Index("ix_audit_latest", "workspace_id", "id"),
)

# What is still to do ---------------------------------------------------------

jobs = Table(
    "jobs",
    metadata,
    _id(),
    Column("workspace_id", String(26), ForeignKey("workspaces.id", ondelete="CASCADE")),  # null: of the installation
    Column("kind", String(24), nullable=False),
    Column("key", Text, nullable=False),  # the same work asked for twice is one job
    Column("payload", JSON, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("claimed_until", Utc),
    Column("claim", String(26)),
    Column("attempts", Integer, nullable=False),
    Column("revision", Integer, nullable=False),  # grows when it is asked for again: then finishing it does not forget it
    Column("last_error", Text),
    UniqueConstraint("kind", "key"),
    Index("ix_jobs_due", "due_at"),  # claiming
)
