"""Everything an operator can set: `LIVEFEED_*` variables and a `.env` file. Read once, by app and cli."""

import os
import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from server.domain.push import SERVICES
from server.errors import BadInput
from server.later import later

if TYPE_CHECKING:
    from server.services import configuration
else:
    configuration = later("server.services.configuration")

PREFIX = "LIVEFEED_"

IN_CONSOLE = (
    "google_client_id",
    "google_client_secret",
    "gmail_topic",
    "gmail_push_audience",
    "gmail_push_account",
    "addon_account",
    "addon_client_id",
    "marketo_url",
    "marketo_client_id",
    "marketo_client_secret",
    "marketo_web_url",
    "marketo_daily_calls",
    "salesforce_url",
    "salesforce_client_id",
    "salesforce_client_secret",
    "salesforce_user",
    "salesforce_private_key",
    "salesforce_audience",
    "salesforce_web_url",
    "smtp_url",
    "mail_from",
)
"""What an operator may set in the console too. The rest is needed before there is a database, or is Google's own."""

_SECRETS = frozenset(
    {"google_client_secret", "marketo_client_secret", "salesforce_client_secret", "salesforce_private_key", "smtp_url"}
)


def _words(value: Any) -> Any:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


def _networks(value: Any) -> Any:
    return tuple(ip_network(word, strict=False) for word in _words(value))


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_networks)]


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    public_url: str = Field(
        "http://localhost:8080", description="Where people open the product; also the OAuth redirect's base"
    )
    tracking_url: str = Field("", description="Base of pixels and tracked links in mail; the public URL when empty")
    data_dir: Path = Field(Path("data"), description="Folder for the SQLite database, keys and sockets")
    database_url: str = Field("", description="SQLAlchemy URL; an SQLite file in the data folder when empty")
    redis_url: str = Field("", description="Redis for wake-ups and jobs; needed by more than one web process")
    secret_keys: Words = Field((), description="Comma-separated, the first signs; made once in the data folder when empty")
    admin_emails: Words = Field((), description="Comma-separated addresses that become admin and operator when they sign in")
    trusted_proxies: Networks = Field((), description="Comma-separated networks whose X-Forwarded-For is believed")
    extension_ids: Words = Field((), description="Comma-separated ids of Chrome extensions that may sign in")
    city_db: Path | None = Field(None, description="Place database (.mmdb)")
    asn_db: Path | None = Field(None, description="Network database (.mmdb)")
    metrics_token: str = Field("", description="Bearer that /metrics asks for; only this machine may read it when empty")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    google_client_id: str = Field("", description="OAuth client of the Google Cloud project")
    google_client_secret: str = Field("", description="Its secret")
    google_auth_url: str = Field("https://accounts.google.com/o/oauth2/v2/auth", description="Google's consent page")
    google_token_url: str = Field("https://oauth2.googleapis.com/token", description="Google's token endpoint")
    google_revoke_url: str = Field("https://oauth2.googleapis.com/revoke", description="Google's revocation endpoint")
    google_certs_url: str = Field("https://www.googleapis.com/oauth2/v1/certs", description="Keys of Google's ID tokens")
    google_issuer: str = Field("https://accounts.google.com", description="Who signs Google's ID tokens")
    gmail_api_url: str = Field("https://gmail.googleapis.com", description="Gmail API")
    gmail_web_url: str = Field("https://mail.google.com", description="Where threads are opened")
    gmail_topic: str = Field("", description="Pub/Sub topic for Gmail push (projects/P/topics/T); polling alone when empty")
    gmail_push_audience: str = Field("", description="Audience of the push's OIDC token; the push URL when empty")
    gmail_push_account: str = Field("", description="Service account that signs pushes")
    addon_account: str = Field("", description="Service account that calls for the Gmail add-on, as get-authorization names it")
    addon_client_id: str = Field("", description="OAuth client of the Gmail add-on, as get-authorization names it")

    marketo_url: str = Field("", description="Marketo's REST address (https://123-ABC-456.mktorest.com); no Marketo when empty")
    marketo_client_id: str = Field("", description="Client id of Marketo's custom service")
    marketo_client_secret: str = Field("", description="Its secret")
    marketo_web_url: str = Field(
        "", description="Where people open Marketo (https://app-ab12.marketo.com); no links to it when empty"
    )
    marketo_daily_calls: int = Field(50_000, gt=0, description="API calls a day that the Marketo subscription allows")
    salesforce_url: str = Field(
        "https://login.salesforce.com",
        description="Where Salesforce tokens are asked for; the My Domain host when there is a secret",
    )
    salesforce_client_id: str = Field(
        "", description="Consumer key of Salesforce's External Client App; no Salesforce when empty"
    )
    salesforce_client_secret: str = Field("", description="Its secret, for client credentials")
    salesforce_user: str = Field("", description="Salesforce user to sign in as, for JWT bearer")
    salesforce_key: Path | None = Field(None, description="Private key (PEM file) that signs for that user")
    salesforce_private_key: str = Field("", description="The private key itself (PEM), instead of a file")
    salesforce_audience: str = Field(
        "https://login.salesforce.com", description="Audience of the JWT: https://test.salesforce.com for a Salesforce sandbox"
    )
    salesforce_web_url: str = Field(
        "", description="Where people open Salesforce (https://example.my.salesforce.com); no links to it when empty"
    )
    smtp_url: str = Field(
        "", description="Mail server: smtp://, starttls:// or smtps://name:password@host:port; no mails when empty"
    )
    mail_from: str = Field("", description="Address that our own mails come from, such as Live Feed <livefeed@example.com>")
    push_services: Words = Field(
        SERVICES, description="Comma-separated hosts of push services that browsers may name; none: nothing is pushed"
    )

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(key) < 32 for key in keys):
            raise ValueError("each key needs at least 32 characters of chance")
        return keys

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level.upper()

    @field_validator(
        "public_url",
        "tracking_url",
        "google_auth_url",
        "google_token_url",
        "google_revoke_url",
        "marketo_url",
        "marketo_web_url",
        "salesforce_url",
        "salesforce_web_url",
    )
    @classmethod
    def _web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must be an address that begins with http:// or https://")
        return url.rstrip("/")

    @field_validator("marketo_url", mode="after")
    @classmethod
    def _instance(cls, url: str) -> str:
        """Marketo shows two addresses, each with a path: what is in front of it counts."""
        return url.removesuffix("/rest").removesuffix("/identity")

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"smtp", "starttls", "smtps"} or not parts.hostname):
            raise ValueError("must begin with smtp://, starttls:// or smtps:// and name a host")
        return url

    @field_validator("mail_from")
    @classmethod
    def _mail_address(cls, written: str) -> str:
        if written and "@" not in parseaddr(written)[1]:
            raise ValueError("must be a mail address")
        return written

    def require_whole(self) -> None:
        """A service set by half would fail later and less clearly."""
        if self.marketo_url and not (self.marketo_client_id and self.marketo_client_secret):
            raise ValueError("LIVEFEED_MARKETO_URL needs LIVEFEED_MARKETO_CLIENT_ID and LIVEFEED_MARKETO_CLIENT_SECRET")
        signed = bool(self.salesforce_user and (self.salesforce_key or self.salesforce_private_key))
        if self.salesforce_client_id and not (signed or self.salesforce_client_secret):
            raise ValueError(
                "LIVEFEED_SALESFORCE_CLIENT_ID needs LIVEFEED_SALESFORCE_CLIENT_SECRET, "
                "or LIVEFEED_SALESFORCE_USER and LIVEFEED_SALESFORCE_KEY or LIVEFEED_SALESFORCE_PRIVATE_KEY"
            )
        if self.smtp_url and not self.mail_from:
            raise ValueError("LIVEFEED_SMTP_URL needs LIVEFEED_MAIL_FROM")

    def require_readable(self) -> None:
        """A file that can't be read stops the start."""
        _ = self.salesforce_pem

    @property
    def salesforce_pem(self) -> str:
        """What is in the key's file."""
        try:
            return self.salesforce_key.read_text("ascii") if self.salesforce_key else ""
        except (OSError, ValueError):
            raise BadInput(f"LIVEFEED_SALESFORCE_KEY: {self.salesforce_key} can't be read") from None

    @property
    def tracking_base(self) -> str:
        return self.tracking_url or self.public_url

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'livefeed.db'}"

    @property
    def spool(self) -> Path:
        """Where hits lie that the database does not take."""
        return self.data_dir / "spool"

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")


def read(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """The settings; BadInput with one line that names the variable when one is wrong or unknown."""
    file_values = {name: value for name, value in dotenv_values(env_file).items() if value is not None}
    given = {**file_values, **(os.environ if environment is None else environment)}
    named = {name.removeprefix(PREFIX).lower(): value for name, value in given.items() if name.startswith(PREFIX)}
    try:
        found = Settings(**named)  # type: ignore[arg-type]  # pydantic reads the words
    except ValidationError as error:
        raise BadInput("; ".join(_sentence(one) for one in error.errors())) from None
    found.require_whole()
    return found


def _sentence(error: Any) -> str:
    if not error["loc"]:
        return str(error["msg"]).removeprefix("Value error, ")
    variable = PREFIX + str(error["loc"][0]).upper()
    if error["type"] == "extra_forbidden":
        return f"{variable} is no setting of Live Feed: `livefeed settings` lists them all"
    return f"{variable}: {error['msg'].removeprefix('Value error, ')}"


def effective(given: Settings, stored: Mapping[str, str]) -> Settings:
    """The settings that count: `stored` by an operator wherever the environment says nothing. What does not fit any more is
    left out."""
    wrong = _wrong(given, stored)
    fitting = {name: value for name, value in stored.items() if name in IN_CONSOLE and name not in wrong}
    return Settings(**{**fitting, **_said(given)})


def rules(given: Settings) -> "configuration.Rules":
    """What the console may do beside this environment."""

    def check(stored: Mapping[str, str]) -> None:
        wrong = _wrong(given, stored)
        if wrong:
            raise BadInput("a setting does not fit", wrong)

    fields = Settings.model_fields
    said = {name: str(value) for name, value in _said(given).items() if name in IN_CONSOLE}
    if given.salesforce_key is not None:
        said.setdefault("salesforce_private_key", str(given.salesforce_key))
    return configuration.Rules({name: _shown(fields[name].default) for name in IN_CONSOLE}, said, _SECRETS, check)


def _said(given: Settings) -> dict[str, Any]:
    """An empty variable says nothing."""
    said = {name: getattr(given, name) for name in given.model_fields_set}
    return {name: value for name, value in said.items() if value not in ("", (), None)}


def _wrong(given: Settings, stored: Mapping[str, str]) -> dict[str, str]:
    """Why stored ones do not fit, by name."""
    try:
        Settings(**{**{name: value for name, value in stored.items() if value}, **_said(given)})
    except ValidationError as error:
        return {str(one["loc"][0]): str(one["msg"]).removeprefix("Value error, ") for one in error.errors() if one["loc"]}
    return {}


def described() -> list[tuple[str, str, str]]:
    """(variable, default, meaning) of every setting."""
    return [
        (PREFIX + name.upper(), _shown(field.default), field.description or "") for name, field in Settings.model_fields.items()
    ]


def _shown(default: object) -> str:
    return "" if default in ((), None) else str(default)


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The configured keys, or the one kept in the data folder, made at the first start."""
    if settings.secret_keys:
        return settings.secret_keys
    path = settings.data_dir / "secret-keys"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two first starts at once only one makes the key.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return tuple(path.read_text("ascii").split())
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    return tuple(path.read_text("ascii").split())
