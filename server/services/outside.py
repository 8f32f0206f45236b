"""The services outside as they are set up now, and the connectors to them: what an operator changes counts at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from server.connectors import marketo, salesforce
from server.connectors.http import TRIES, Budget, Told, Transport
from server.connectors.marketo import Marketo
from server.connectors.salesforce import Login, Salesforce
from server.connectors.smtp import Smtp
from server.domain.users import GoogleClient
from server.errors import OutsideError
from server.gmail.credentials import GoogleAccess
from server.services.live import Live


@dataclass(frozen=True, slots=True)
class Push:
    """`topic` is empty while Gmail is only polled; `account` signs the pushes, for `audience`."""

    topic: str = ""
    audience: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class AddOn:
    """Who calls for the Gmail add-on, and whom its users' tokens are made for; empty: it is let in nowhere."""

    account: str = ""
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class MarketoLogin:
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    daily_calls: int = 50_000


@dataclass(frozen=True, slots=True)
class MailLogin:
    """`sender` as a From header has it."""

    url: str = field(repr=False)
    sender: str = ""

    @property
    def address(self) -> str:
        """Without the name and the password in it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@dataclass(frozen=True, slots=True)
class Systems:
    """Where people open Marketo and Salesforce; empty when that is not known."""

    marketo: str = ""
    salesforce: str = ""


@dataclass(frozen=True, slots=True)
class Google:
    """Where Google, or a sandbox of it, answers."""

    api: str = "https://gmail.googleapis.com"
    token: str = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
    revoke: str = "https://oauth2.googleapis.com/revoke"


@dataclass(frozen=True, slots=True)
class Outside:
    """None, or empty: it is not set up."""

    google: GoogleClient | None = None
    push: Push = Push()
    add_on: AddOn = AddOn()
    marketo: MarketoLogin | None = None
    salesforce: Login | None = None
    mail: MailLogin | None = None
    systems: Systems = Systems()
    push_services: tuple[str, ...] = ()

    def addresses(self) -> dict[str, str]:
        """Where each service is that is set up, as an admin may read it: without names and secrets."""
        found = {
            "google": self.google.id if self.google else "",
            "push": self.push.topic,
            "addon": self.add_on.account,
            "marketo": self.marketo.url if self.marketo else "",
            "salesforce": self.salesforce.url if self.salesforce else "",
            "smtp": self.mail.address if self.mail else "",
            "webpush": ", ".join(self.push_services),
        }
        return {service: address for service, address in found.items() if address}


class Connectors:
    """Each is None while its service is not set up. `hearing` gives who is told how a service's calls end."""

    def __init__(
        self,
        outside: Callable[[], Outside],
        google: Google,
        hearing: Callable[[str], Told],
        clock: Callable[[], datetime],
        *,
        tries: int = TRIES,
    ) -> None:
        self._outside = outside
        self._google = google
        self._hearing = hearing
        self._clock = clock
        self._tries = tries
        self.marketo: Live[MarketoLogin | None, Marketo | None] = Live(lambda: outside().marketo, self._marketo)
        self.salesforce: Live[Login | None, Salesforce | None] = Live(lambda: outside().salesforce, self._salesforce)
        self.mail: Live[MailLogin | None, Smtp | None] = Live(lambda: outside().mail, self._mail)

    def once(self) -> Self:
        """The same anew, told nothing yet, and trying each call once: for somebody who waits to see what is wrong."""
        return type(self)(self._outside, self._google, self._hearing, self._clock, tries=1)

    def google(self) -> GoogleAccess:
        """OutsideError while no client is set up."""
        client = self._outside().google
        if client is None:
            raise OutsideError("google", "no Google client is set up")
        return GoogleAccess(client.id, client.secret, self._google.api, self._google.token, self._google.revoke)

    def _marketo(self, login: MarketoLogin | None) -> Marketo | None:
        if login is None:
            return None
        transport = self._transport("marketo", Budget(marketo.CALLS, marketo.WINDOW, marketo.AT_ONCE))
        return Marketo(login.url, login.client_id, login.client_secret, transport, login.daily_calls)

    def _salesforce(self, login: Login | None) -> Salesforce | None:
        if login is None:
            return None
        limits = Budget(salesforce.CALLS, salesforce.WINDOW, salesforce.AT_ONCE)
        return Salesforce(login, self._transport("salesforce", limits))

    def _mail(self, login: MailLogin | None) -> Smtp | None:
        return Smtp(login.url, self._hearing("smtp"), sender=login.sender) if login else None

    def _transport(self, service: str, limits: Budget) -> Transport:
        return Transport(service, limits, self._hearing(service), tries=self._tries, clock=self._clock)
