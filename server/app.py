"""Composition root: settings → adapters → services → Flask app. The worker builds the same bundle."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask

from server.domain.users import GoogleClient
from server.gmail.consent import Consent
from server.gmail.identity import IdentityTokens
from server.queue import Queue
from server.realtime.bus import Bus
from server.realtime.local import LocalBus
from server.realtime.redis import RedisBus
from server.services.feed import Feed
from server.services.mailbox import Mailboxes
from server.services.messages import Messages
from server.services.tracking import Tracking
from server.services.users import Users
from server.settings import Settings, secret_keys
from server.storage import jobs, migrations
from server.storage.database import Database
from server.storage.places import Places
from server.tokens import Tokens
from server.web import edge
from server.web.context import Context


@dataclass(frozen=True, slots=True)
class Product:
    """Everything that runs, built once a process. Nothing below `app` and `cli` sees the settings."""

    settings: Settings
    database: Database
    tokens: Tokens
    bus: Bus
    queue: Queue
    users: Users
    messages: Messages
    mailboxes: Mailboxes
    feed: Feed
    tracking: Tracking

    def close(self) -> None:
        self.bus.close()
        self.database.close()


def build(settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Product:
    tokens = Tokens(secret_keys(settings))
    database = Database(settings.database)
    bus: Bus = RedisBus(settings.redis_url) if settings.redis_url else LocalBus(settings.data_dir)
    given = GoogleClient(settings.google_client_id, settings.google_client_secret) if settings.google_client_id else None
    users = Users(database, tokens, settings.admin_emails, given, clock)
    places = Places([path for path in (settings.city_db,) if path], [path for path in (settings.asn_db,) if path])
    return Product(
        settings=settings,
        database=database,
        tokens=tokens,
        bus=bus,
        queue=Queue(jobs, clock=clock),
        users=users,
        messages=Messages(),
        mailboxes=Mailboxes(),
        feed=Feed(database, settings.gmail_web_url, clock),
        tracking=Tracking(database, places, tokens.hash_address, bus, clock),
    )


def create_app(product: Product, *, validate: bool = False) -> Flask:
    """`validate` holds each answer of the API against its described shape: for tests."""
    app = edge.create(
        _context(product), form_key=product.tokens.key("forms"), redis_url=product.settings.redis_url, validate=validate
    )
    return edge.seal(app)


def _context(product: Product) -> Context:
    settings = product.settings
    return Context(
        users=product.users,
        messages=product.messages,
        mailboxes=product.mailboxes,
        feed=product.feed,
        tokens=product.tokens,
        consent=Consent(settings.google_auth_url, settings.google_token_url, f"{settings.public_url}/auth/google/callback"),
        identity_tokens=IdentityTokens(settings.google_certs_url, settings.google_issuer),
        public_url=settings.public_url,
        tracking_url=settings.tracking_base,
        auth_url=settings.google_auth_url,
        gmail_web_url=settings.gmail_web_url.rstrip("/"),
        push_audience=settings.gmail_push_audience or f"{settings.public_url}/webhooks/gmail",
        push_account=settings.gmail_push_account,
        metrics_token=settings.metrics_token,
        extension_ids=frozenset(settings.extension_ids),
        trusted_proxies=settings.trusted_proxies,
        checks={
            "database": lambda: migrations.current(product.database) is not None,
            "migrations": lambda: migrations.is_current(product.database),
            "bus": product.bus.healthy,
        },
    )
