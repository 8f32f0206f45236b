"""The address in our mails, asked over real sockets; each way it can be wrong says so."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.connectors.tracking_address import Trouble, look

GIF = b"GIF89a of ours"


class Answers(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []
    picture = GIF

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.picture)))
        self.end_headers()
        self.wfile.write(self.picture)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


class Another(Answers):
    picture = b"<html>It works!</html>"


@contextmanager
def serving(handler: type[Answers], context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def a_certificate(folder: Path, until: datetime) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For 127.0.0.1: (whoever shows it, whoever believes it)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(until - timedelta(days=90)).not_valid_after(until)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    made = builder.sign(key, hashes.SHA256())
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


def test_it_answers_as_a_recipients_mail_program_would_find_it() -> None:
    with serving(Answers) as port:
        found = look(f"http://127.0.0.1:{port}", GIF)
    assert (found.trouble, found.certificate_until) == (None, None)
    assert Answers.asked[-1] == "/o/check.gif"


def test_the_end_of_its_certificate_is_told(tmp_path: Path) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    shows, believes = a_certificate(tmp_path, until)
    with serving(Answers, shows) as port:
        assert look(f"https://127.0.0.1:{port}", GIF, context=believes).certificate_until == until
        assert look(f"https://127.0.0.1:{port}", GIF).trouble is Trouble.CERTIFICATE
        assert look(f"https://localhost:{port}", GIF, context=believes).trouble is Trouble.CERTIFICATE, "another name"


def test_a_certificate_whose_time_is_over_is_told_as_such(tmp_path: Path) -> None:
    shows, believes = a_certificate(tmp_path, datetime.now(UTC) - timedelta(days=1))
    with serving(Answers, shows) as port:
        assert look(f"https://127.0.0.1:{port}", GIF, context=believes).trouble is Trouble.EXPIRED


def test_what_is_not_ours_and_what_is_not_there_are_told_apart() -> None:
    with serving(Another) as port:
        assert look(f"http://127.0.0.1:{port}", GIF).trouble is Trouble.SOMEBODY_ELSE
        assert look(f"https://127.0.0.1:{port}", GIF).trouble is Trouble.BROKEN
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    assert look(f"http://127.0.0.1:{closed}", GIF).trouble is Trouble.REFUSED
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert look(f"http://127.0.0.1:{mute.getsockname()[1]}", GIF, timeout=0.2).trouble is Trouble.SILENT


def test_a_name_that_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert look("https://t.fjordline.example", GIF).trouble is Trouble.NAME
