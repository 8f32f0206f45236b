import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from server.connectors.errors import Away, ConnectorError, Refused, Rejected
from server.connectors.smtp import RecipientRefused, Smtp

CA = trustme.CA()


class Office:
    """A mail server. `rcpt` and `data` are what it says to a recipient and to a mail."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.rcpt = "250 OK"
        self.data = "250 OK"
        self.encrypted: list[bool] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data.startswith("250"):
            self.mails.append(envelope)
            self.encrypted.append(session.ssl is not None)
        return self.data


def server_context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    CA.issue_cert("localhost").configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


def authenticated(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    fits = isinstance(given, LoginPassword) and (given.login, given.password) == (b"feed", b"p@ss/word")
    return AuthResult(success=fits, handled=False)


class Counted(SMTP):
    """Tells its server when a connection has ended."""

    def __init__(self, server: "MailServer", *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._server = server
        self._counted = False

    def connection_made(self, transport: Any) -> None:
        if not self._counted:  # STARTTLS makes it anew
            self._counted = True
            self._server.count(1)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._server.count(-1)


class MailServer(Controller):
    """At a port of its own. The library's check that it answers knows neither that nor TLS."""

    def __init__(self, *given: Any, **options: Any) -> None:
        self._open = 0
        self._ended = threading.Condition()
        super().__init__(*given, **options)

    def factory(self) -> SMTP:
        return Counted(self, self.handler, **self.SMTP_kwargs)

    def count(self, by: int) -> None:
        with self._ended:
            self._open += by
            self._ended.notify_all()

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        socket.create_connection((self.hostname, self.port), timeout=5).close()

    def stop(self, no_assert: bool = False) -> None:
        with self._ended:
            assert self._ended.wait_for(lambda: self._open == 0, timeout=5)
        super().stop(no_assert)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def open_at() -> Iterator[Callable[..., int]]:
    with ExitStack() as stack:

        def begin(office: Office, **options: Any) -> int:
            controller = MailServer(office, hostname="localhost", port=0, **options)
            stack.callback(controller.stop)
            controller.start()
            return controller.port

        yield begin


def a_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Live Feed <feed@fjordline.example>", "nora@fjordline.example", "Élan 動態"
    mail.set_content("Somebody looked.")
    return mail


def test_a_mail_arrives(office: Office, open_at: Callable[..., int]) -> None:
    heard: list[ConnectorError | None] = []
    Smtp(f"smtp://localhost:{open_at(office)}", heard.append).send(a_mail())
    assert office.mails[0].rcpt_tos == ["nora@fjordline.example"]
    assert office.mails[0].mail_from == "feed@fjordline.example"
    assert heard == [None]


def test_starttls_encrypts_before_it_signs_in(office: Office, open_at: Callable[..., int]) -> None:
    secured = {"tls_context": server_context(), "require_starttls": True, "auth_require_tls": True}
    port = open_at(office, **secured, authenticator=authenticated, auth_required=True)
    Smtp(f"starttls://feed:p%40ss%2Fword@localhost:{port}", context=trusting()).send(a_mail())
    assert office.encrypted == [True]


def test_smtps_begins_encrypted(office: Office, open_at: Callable[..., int]) -> None:
    port = open_at(office, ssl_context=server_context())
    Smtp(f"smtps://localhost:{port}", context=trusting()).send(a_mail())
    assert len(office.mails) == 1


def test_starttls_never_sends_where_there_is_none(office: Office, open_at: Callable[..., int]) -> None:
    with pytest.raises(Refused, match="does not offer"):
        Smtp(f"starttls://localhost:{open_at(office)}").send(a_mail())
    assert office.mails == []


def test_an_unknown_certificate_is_not_trusted(office: Office, open_at: Callable[..., int]) -> None:
    port = open_at(office, tls_context=server_context())
    with pytest.raises(Refused, match="certificate"):
        Smtp(f"starttls://localhost:{port}").send(a_mail())


def test_a_wrong_password_is_for_an_admin(office: Office, open_at: Callable[..., int]) -> None:
    port = open_at(office, tls_context=server_context(), authenticator=authenticated, auth_required=True)
    heard: list[ConnectorError | None] = []
    with pytest.raises(Refused, match="name or password"):
        Smtp(f"starttls://feed:wrong@localhost:{port}", heard.append, context=trusting()).check()
    assert isinstance(heard[0], Refused)


@pytest.mark.parametrize(
    ("rcpt", "data", "meant"),
    [
        ("550 5.1.1 no such user", "250 OK", RecipientRefused),
        ("450 4.2.0 try later", "250 OK", Away),
        ("250 OK", "552 5.3.4 too big", Rejected),
        ("250 OK", "451 4.3.0 later", Away),
    ],
)
def test_what_a_refusal_means(
    office: Office, open_at: Callable[..., int], rcpt: str, data: str, meant: type[ConnectorError]
) -> None:
    office.rcpt, office.data = rcpt, data
    heard: list[ConnectorError | None] = []
    with pytest.raises(meant) as found:
        Smtp(f"smtp://localhost:{open_at(office)}", heard.append).send(a_mail())
    assert type(found.value) is meant
    assert "nora" not in found.value.detail
    assert (heard[0] is None) == (meant is not Away)


def test_nobody_there_is_away_and_nothing_was_sent() -> None:
    with pytest.raises(Away) as found:
        Smtp("smtp://127.0.0.1:9").send(a_mail())
    assert not found.value.maybe_done


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(Refused, match="smtp://"):
        Smtp("https://mail.fjordline.example")
