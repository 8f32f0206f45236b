"""The product beside its sandbox: a Google, reps who send, and people outside who read, click, forward and reply."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

import server
from server.domain.push import SERVICES
from server.errors import Unavailable

REP = "nora.lindqvist@fjordline.example"
CLIENT_ID = "sandbox-client.apps.example"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105  what the sandbox is told too
MARKETO_CLIENT_ID = "11111111-2222-4333-8444-555555555555"
MARKETO_CLIENT_SECRET = "sandbox-marketo-secret"  # noqa: S105  as the one above
SALESFORCE_CLIENT_ID = "sandbox-consumer-key"
SALESFORCE_CLIENT_SECRET = "sandbox-consumer-secret"  # noqa: S105  as the one above
EXTENSION_ID = "olennbngfhmneiaeeoeheoflohfeggjm"
_PATIENCE = 60.0
_GRACE = 10.0
_LOOK = 0.2


@click.command()
@click.option(
    "--port", type=click.IntRange(1024, 65534), default=8080, show_default=True, help="The sandbox takes the next one."
)
@click.option(
    "--db", type=click.Path(dir_okay=False, path_type=Path), help="Keep the database in this file; else it is gone at the end."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Makes people, their addresses and habits repeatable.")
@click.option("--quiet-recipients", is_flag=True, help="Nobody does anything by themselves.")
@click.option("--mailbox", type=click.Path(exists=True, path_type=Path), help="An mbox file whose mails the rep sends.")
def demo(port: int, db: Path | None, seed: int, quiet_recipients: bool, mailbox: Path | None) -> None:
    """Start the product with a sandbox around it: no account, no key, nothing outside this machine."""
    with tempfile.TemporaryDirectory(prefix="livefeed-demo-") as folder:
        home = Path(folder)
        database = db.resolve() if db else home / "livefeed.db"
        options = ["--seed", str(seed), *(["--quiet-recipients"] if quiet_recipients else [])]
        options += ["--mailbox", str(mailbox.resolve())] if mailbox else []
        with _ending_together() as processes:
            processes.append(_start(_sandbox(port, home, options), home, {}))
            _wait(f"{_google(port)}/oauth2/v3/certs", processes)
            command = [sys.executable, "-m", "server.cli", "serve", "--port", str(port)]
            processes.append(_start(command, home, environment(port, home, database)))
            _wait(f"http://localhost:{port}/readyz", processes)
            click.echo(_welcome(port))
            _watch(processes)


def environment(port: int, home: Path, database: Path) -> dict[str, str]:
    """Settings under which every address of Google's, Marketo's and Salesforce's is the sandbox's."""
    google, product = _google(port), f"http://localhost:{port}"
    values = {
        "PUBLIC_URL": product,
        "DATA_DIR": str(home),
        "DATABASE_URL": f"sqlite:///{database}",
        "ADMIN_EMAILS": REP,
        # Simulated recipients come from this machine and say where they pretend to be.
        "TRUSTED_PROXIES": "127.0.0.1,::1",
        "EXTENSION_IDS": EXTENSION_ID,
        "CITY_DB": str(home / "places.mmdb"),
        "ASN_DB": str(home / "networks.mmdb"),
        "LOG_LEVEL": "WARNING",
        "GOOGLE_CLIENT_ID": CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
        "GOOGLE_AUTH_URL": f"{google}/o/oauth2/v2/auth",
        "GOOGLE_TOKEN_URL": f"{google}/token",
        "GOOGLE_REVOKE_URL": f"{google}/revoke",
        "GOOGLE_CERTS_URL": f"{google}/oauth2/v1/certs",
        "GMAIL_API_URL": google,
        "GMAIL_WEB_URL": google,
        "GMAIL_TOPIC": "projects/sandbox-project/topics/gmail",
        "GMAIL_PUSH_ACCOUNT": "push@sandbox-project.iam.gserviceaccount.com",
        "ADDON_ACCOUNT": "service-1@gcp-sa-gsuiteaddons.iam.gserviceaccount.com",
        "ADDON_CLIENT_ID": "sandbox-addon.apps.example",
        "MARKETO_URL": google,
        "MARKETO_CLIENT_ID": MARKETO_CLIENT_ID,
        "MARKETO_CLIENT_SECRET": MARKETO_CLIENT_SECRET,
        "SALESFORCE_URL": google,
        "SALESFORCE_CLIENT_ID": SALESFORCE_CLIENT_ID,
        "SALESFORCE_CLIENT_SECRET": SALESFORCE_CLIENT_SECRET,
        "PUSH_SERVICES": f"{google},{','.join(SERVICES)}",
    }
    return {f"LIVEFEED_{name}": value for name, value in values.items()}


def _google(port: int) -> str:
    # By number, so that to a browser it is another site than the product at localhost, and shares no cookies with it.
    return f"http://127.0.0.1:{port + 1}"


def _sandbox(port: int, home: Path, options: Sequence[str]) -> list[str]:
    product = f"http://localhost:{port}"
    named = {
        "--port": str(port + 1),
        "--product-url": product,
        "--client-id": CLIENT_ID,
        "--client-secret": CLIENT_SECRET,
        "--extension-id": EXTENSION_ID,
        "--push-url": f"{product}/webhooks/gmail",
        "--places-dir": str(home),
    }
    return [sys.executable, "-m", "server.sandbox", *(word for pair in named.items() for word in pair), *options]


def _start(command: Sequence[str], home: Path, ours: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """In a folder of its own and without this machine's own settings: a demo must not touch a real installation."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFEED_")}
    source = str(Path(server.__file__).parents[1])
    paths = os.pathsep.join(filter(None, [source, inherited.get("PYTHONPATH", "")]))
    return subprocess.Popen(command, cwd=home, env={**inherited, **ours, "PYTHONPATH": paths}, start_new_session=True)  # noqa: S603


@contextlib.contextmanager
def _ending_together() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    former = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield processes
    except KeyboardInterrupt:
        click.echo("Ending.", err=True)
    finally:
        signal.signal(signal.SIGTERM, former)
        for process in reversed(processes):
            _end(process)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(url: str, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    latest = time.monotonic() + _PATIENCE
    while time.monotonic() < latest:
        _require_running(processes)
        try:
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(_LOOK)
    raise Unavailable(f"no answer from {url}")


def _watch(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    while True:
        _require_running(processes)
        time.sleep(_LOOK)


def _require_running(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    if any(process.poll() is not None for process in processes):
        raise Unavailable("a part of the demo ended; what it said stands above")


def _welcome(port: int) -> str:
    return f"""
Live Feed runs at  http://localhost:{port}
Its sandbox at     {_google(port)}  (a Gmail to write in, the people outside, a Marketo and a Salesforce)

What to try:
  1. Open the first address, sign in with Google and choose Nora Lindqvist.
  2. Let it see her (pretend) Gmail, and watch the Live Feed: recipients read, click and reply.
  3. Write a mail yourself in the sandbox's Gmail, then open it there as its recipient.
  4. Open the floating window: http://localhost:{port}/live
  5. Let something happen to one of her people: {_google(port)}/marketo/

Ctrl-C ends both."""
