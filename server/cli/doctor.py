"""Whether everything an installation needs is there and answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from server import app, logs, settings
from server.app import Product
from server.domain.places import Data
from server.errors import LivefeedError
from server.gmail.consent import Consent
from server.later import later
from server.services.trials import ASKED
from server.storage import migrations

if TYPE_CHECKING:
    import redis
else:
    redis = later("redis")

_SOON = timedelta(seconds=10)


class Mark(Enum):
    GOOD = ("ok", "green")
    ODD = ("warning", "yellow")
    BAD = ("wrong", "red")


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    mark: Mark
    says: str


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check database, keys, addresses, place data, and all services outside: Google, Redis, Marketo, Salesforce, mail server.
    Exit code 1 when something is wrong."""
    logs.configure("ERROR")
    product = app.build(settings.read())
    wrong = False
    for finding in examine(product):
        word, colour = finding.mark.value
        click.echo(f"{click.style(f'{word:8}', fg=colour)} {finding.part}: {finding.says}")
        wrong = wrong or finding.mark is Mark.BAD
    context.exit(1 if wrong else 0)


def examine(product: Product) -> Iterator[Finding]:
    for part, look in _LOOKS:
        try:
            mark, says = look(product)
        except LivefeedError as error:
            mark, says = Mark.BAD, error.detail or error.code
        yield Finding(part, mark, says)


Look = Callable[[Product], tuple[Mark, str]]


def _database(product: Product) -> tuple[Mark, str]:
    at, wanted = migrations.current(product.database), migrations.head()
    if at != wanted:
        return Mark.BAD, f"at {at or 'nothing'}, this version needs {wanted}: run `livefeed migrate`"
    return Mark.GOOD, f"{product.database.dialect}, at {at}"


def _keys(product: Product) -> tuple[Mark, str]:
    if migrations.current(product.database) is None:
        return Mark.ODD, "not compared: the database is empty"
    lost = product.configuration.lost()
    if lost:
        return Mark.BAD, f"{lost} stored secrets open with none of the keys: put removed keys back, at the end of the list"
    if not product.settings.secret_keys:
        return Mark.ODD, f"kept in {product.settings.data_dir / 'secret-keys'}: back this file up, links in sent mail need it"
    return Mark.GOOD, f"{len(product.settings.secret_keys)}, the first signs; never remove one: links in sent mail need it"


def _hits(product: Product) -> tuple[Mark, str]:
    if migrations.current(product.database) is None:
        return Mark.ODD, "not looked for: the database is empty"
    inbox, spooled = product.tracking.inbox(), product.tracking.spooled()
    if inbox.refused:
        return (
            Mark.BAD,
            f"{inbox.refused} could not be taken into the feed: the log says why; a worker tries again when it starts",
        )
    if spooled.size:
        return Mark.ODD, f"{spooled.size} bytes wait in {product.settings.spool} for a server to store them"
    if product.tracking.age(inbox.since) > _SOON:
        return Mark.ODD, f"{inbox.waiting} wait to be taken into the feed: is `livefeed worker` running?"
    return Mark.GOOD, "all of them are in the feed"


def _google(product: Product) -> tuple[Mark, str]:
    client, given = product.outside().google, product.settings
    if client is None:
        return Mark.ODD, "no client yet: `livefeed serve` prints a one-time set-up address"
    refused = Consent(given.google_auth_url, given.google_token_url, f"{given.public_url}/auth/google/callback").refusal(client)
    if refused:
        return Mark.BAD, f"Google refuses the client: {refused.error} {refused.says}".rstrip()
    return Mark.GOOD, "Google knows the client and its secret"


def _addresses(product: Product) -> tuple[Mark, str]:
    given = product.settings
    local = (urlsplit(given.public_url).hostname or "") in ("localhost", "127.0.0.1", "::1")
    if local:
        return Mark.ODD, f"{given.public_url}: only this machine can open it, recipients' mail programs can't"
    if not given.secure or not given.tracking_base.startswith("https://"):
        return Mark.BAD, "public and tracking address must begin with https:// outside of this machine"
    return Mark.GOOD, f"pages at {given.public_url}, pixels and links at {given.tracking_base}"


def _redis(product: Product) -> tuple[Mark, str]:
    if not product.settings.redis_url:
        return Mark.GOOD, "not used: one web process and a local socket"
    try:
        redis.Redis.from_url(product.settings.redis_url, socket_connect_timeout=5, socket_timeout=5).ping()
    except redis.RedisError as error:
        return Mark.BAD, f"does not answer: {type(error).__name__}"
    return Mark.GOOD, "answers"


def _marketo(product: Product) -> tuple[Mark, str]:
    marketo = product.connectors.marketo()
    if marketo is None:
        return Mark.ODD, f"not set up: at {product.settings.public_url}/admin/marketo, or by LIVEFEED_MARKETO_URL"
    known, usage = marketo.fields(), marketo.usage()
    missing = sorted({"email", "leadScore"} - known)
    if missing:
        return Mark.BAD, f"its people have no field {', '.join(missing)}"
    return Mark.GOOD, f"answers; {usage.used} of {usage.limit} calls used today"


def _salesforce(product: Product) -> tuple[Mark, str]:
    org = product.connectors.salesforce()
    if org is None:
        return Mark.ODD, f"not set up: at {product.settings.public_url}/admin/salesforce, or by LIVEFEED_SALESFORCE_CLIENT_ID"
    for sobject, fields in ASKED:
        next(iter(org.query(f"SELECT {fields} FROM {sobject} LIMIT 1")), None)  # noqa: S608  names of ours
    limits = org.limits
    used = f"; {limits.used} of {limits.limit} calls used in 24 hours" if limits else ""
    return Mark.GOOD, f"answers, and shows what we ask for{used}"


def _mail_server(product: Product) -> tuple[Mark, str]:
    server, login = product.connectors.mail(), product.outside().mail
    if server is None or login is None:
        return (
            Mark.ODD,
            f"not set up, no mails are sent: at {product.settings.public_url}/admin/mail, or by LIVEFEED_SMTP_URL",
        )
    server.check()
    parts = urlsplit(login.url)
    if parts.scheme == "smtp" and parts.username:
        return Mark.ODD, "answers, but the password goes there unencrypted: use starttls:// or smtps://"
    return Mark.GOOD, f"answers; mails come from {login.sender}"


def _once_migrated(look: Look) -> Look:
    """How a connection is doing is noted in the database."""

    def asked(product: Product) -> tuple[Mark, str]:
        if migrations.current(product.database) is None:
            return Mark.ODD, "not tried: the database is empty"
        return look(product)

    return asked


def _place_data(product: Product, data: Data, variable: str) -> tuple[Mark, str]:
    file = next(one for one in product.places.files() if one.data is data)
    where = f"in {file.path}" if file.given else "uploaded at /admin/tracking"
    if file.state == "none":
        return Mark.ODD, f"none: {variable} names no file, and none was uploaded at /admin/tracking"
    if file.state != "ok":
        return Mark.BAD, f"{'not there' if file.state == 'missing' else 'unreadable'}: {where}"
    return Mark.GOOD, f"{file.kind} {where}"


_LOOKS: tuple[tuple[str, Look], ...] = (
    ("database", _database),
    ("keys", _keys),
    ("views and clicks", _hits),
    ("Google", _once_migrated(_google)),
    ("addresses", _addresses),
    ("Redis", _redis),
    ("Marketo", _once_migrated(_marketo)),
    ("Salesforce", _once_migrated(_salesforce)),
    ("mail server", _once_migrated(_mail_server)),
    ("places", lambda product: _place_data(product, Data.CITY, "LIVEFEED_CITY_DB")),
    ("networks", lambda product: _place_data(product, Data.ASN, "LIVEFEED_ASN_DB")),
)
