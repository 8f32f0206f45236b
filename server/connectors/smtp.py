"""Handing mails to a mail server, over smtp://, starttls:// or smtps://, with a name and a password or without."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from server.connectors.errors import Away, ConnectorError, Refused, Rejected
from server.connectors.http import TIMEOUT, Told
from server.domain import causes

_SERVICE = "smtp"
_PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}


class RecipientRefused(Rejected):
    """The mail server will not take mail for this address, now or later."""

    code = "recipient-refused"


class Smtp:
    """`url`: scheme://name:password@host:port. `starttls` insists on TLS, `smtps` begins with it, `smtp` has none. `sender`:
    whom our mails come from, as a From header has it. `context` decides which certificates are believed: by default this
    machine's."""

    def __init__(
        self,
        url: str,
        told: Told = lambda outcome: None,
        *,
        sender: str = "",
        context: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            says = "the address given for it must begin with smtp://, starttls:// or smtps://"
            raise Refused(_SERVICE, says, cause=causes.ADDRESS)
        self._scheme, self._host, self._port = parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]
        self._name, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._context = context or ssl.create_default_context()
        self._told, self._timeout = told, timeout
        self.sender = sender

    def send(self, message: EmailMessage) -> None:
        """From and to whom is in the message's headers. RecipientRefused and Rejected: this mail never; Refused: an admin must
        act; Away: later (`maybe_done`: the server may have taken it). Nobody of several gets it when one is refused."""
        self._reported(lambda: self._send(message))

    def check(self) -> None:
        """Sign in and out again; raises as `send`."""
        self._reported(self._look)

    def _reported(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ConnectorError as error:
            # What is wrong with one mail or one address says nothing about the server.
            self._told(None if isinstance(error, Rejected) else error)
            raise
        self._told(None)

    def _send(self, message: EmailMessage) -> None:
        with self._signed_in() as server, _translated(maybe_done=True):
            server.send_message(message)

    def _look(self) -> None:
        with self._signed_in() as server, _translated(maybe_done=False):
            server.noop()

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        with _translated(maybe_done=False):
            server = self._open()
        try:
            with _translated(maybe_done=False):
                if self._scheme == "starttls":
                    server.starttls(context=self._context)
                if self._name:
                    server.login(self._name, self._password)
            yield server
        finally:
            _leave(server)

    def _open(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=self._context)
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout)


@contextmanager
def _translated(*, maybe_done: bool) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _of_recipients(error) from None
    except smtplib.SMTPAuthenticationError as error:
        raise _of_reply(error.smtp_code, "name or password is refused", Refused, causes.SMTP_PASSWORD) from None
    except smtplib.SMTPNotSupportedError:
        says = "the mail server does not offer what its address asks for: TLS, or signing in"
        raise Refused(_SERVICE, says, cause=causes.SMTP_OFFER) from None
    except smtplib.SMTPSenderRefused as error:
        raise _of_reply(error.smtp_code, "the sender's address is refused", Refused, causes.SMTP_SENDER) from None
    except smtplib.SMTPDataError as error:
        raise _of_reply(error.smtp_code, "the mail is refused", Rejected) from None
    except smtplib.SMTPResponseException as error:
        raise _of_reply(error.smtp_code, "the mail server refuses", Refused, causes.SMTP_REFUSED) from None
    except ssl.SSLCertVerificationError:
        raise Refused(_SERVICE, "its certificate is not one to trust", cause=causes.CERTIFICATE) from None
    except ssl.SSLError:
        raise Refused(
            _SERVICE, "TLS does not begin: another port, or another kind of security", cause=causes.SMTP_TLS
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        says = f"the mail server broke off: {type(error).__name__}"
        raise Away(_SERVICE, says, cause=causes.UNREACHABLE, maybe_done=maybe_done) from None


def _of_recipients(error: smtplib.SMTPRecipientsRefused) -> ConnectorError:
    """Their sentences quote addresses: the number says enough."""
    numbers = [int(reply[0]) for reply in error.recipients.values()]
    lasting = next((number for number in numbers if number >= 500), None)
    if lasting is None:
        return Away(_SERVICE, "the recipient can't be reached now", number=str(numbers[0]), maybe_done=False)
    return RecipientRefused(_SERVICE, "the recipient is refused", number=str(lasting))


def _of_reply(number: int, says: str, lasting: type[Refused] | type[Rejected], cause: str = "") -> ConnectorError:
    """By its first digit: 4 passes, 5 stays."""
    if 400 <= number < 500:
        return Away(_SERVICE, f"{says} for now ({number})", number=str(number), cause=cause, maybe_done=False)
    return lasting(_SERVICE, f"{says} ({number})", number=str(number), cause=cause)


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
