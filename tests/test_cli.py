import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from server.cli import cli
from server.settings import described
from tests.fixtures_sandbox import CLIENT, NORA, Sandbox, sandbox

__all__ = ["sandbox"]

ROOT = Path(__file__).parents[1]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFEED_")}
    return clean | {"PYTHONPATH": str(ROOT), "LIVEFEED_DATA_DIR": str(tmp_path / "data")}


def livefeed(*words: str, environment: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server.cli", *words]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_every_command_explains_itself() -> None:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        said = CliRunner().invoke(cli, [name, "--help"])
        assert said.exit_code == 0
        assert "Usage:" in said.output
        assert command is not None
        assert command.help


def test_a_bad_setting_is_one_line_and_code_2(environment: dict[str, str], tmp_path: Path) -> None:
    for name, value in (("LIVEFEED_PUBLIC_URL", "localhost"), ("LIVEFEED_PUBLIK_URL", "x")):
        said = livefeed("serve", environment=environment | {name: value}, cwd=tmp_path)
        assert said.returncode == 2
        assert said.stderr.count("\n") == 1
        assert name in said.stderr


def test_an_unknown_command_is_code_2(environment: dict[str, str], tmp_path: Path) -> None:
    assert livefeed("sell", environment=environment, cwd=tmp_path).returncode == 2


def test_settings_are_all_listed() -> None:
    said = CliRunner().invoke(cli, ["settings"]).output
    assert all(variable in said for variable, _, _ in described())


def test_migrate_says_what_it_did(environment: dict[str, str], tmp_path: Path) -> None:
    assert livefeed("migrate", "--check", environment=environment, cwd=tmp_path).returncode == 1
    first, second = (livefeed("migrate", environment=environment, cwd=tmp_path) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert "went from nothing to" in first.stdout
    assert "nothing to do" in second.stdout


def test_a_postgresql_that_is_behind_stops_the_start(environment: dict[str, str], tmp_path: Path, postgresql_url: str) -> None:
    from sqlalchemy import MetaData

    from server.storage.database import Database

    database = Database(postgresql_url)
    everything = MetaData()
    everything.reflect(database.engine)
    everything.drop_all(database.engine)
    database.close()
    said = livefeed("serve", environment=environment | {"LIVEFEED_DATABASE_URL": postgresql_url}, cwd=tmp_path)
    assert said.returncode == 1
    assert "livefeed migrate" in said.stderr


def test_more_web_processes_want_redis(environment: dict[str, str], tmp_path: Path) -> None:
    said = livefeed("serve", "--workers", "2", environment=environment, cwd=tmp_path)
    assert said.returncode == 2
    assert "LIVEFEED_REDIS_URL" in said.stderr


def test_the_doctor_finds_what_is_wrong(environment: dict[str, str], tmp_path: Path) -> None:
    missing = environment | {"LIVEFEED_CITY_DB": str(tmp_path / "none.mmdb")}
    said = livefeed("doctor", environment=missing, cwd=tmp_path)
    assert said.returncode == 1
    assert "livefeed migrate" in said.stdout
    livefeed("migrate", environment=environment, cwd=tmp_path)
    well = livefeed("doctor", environment=environment, cwd=tmp_path)
    assert well.returncode == 0, well.stdout + well.stderr
    assert "set-up address" in well.stdout


def test_the_doctor_says_when_a_key_was_removed(environment: dict[str, str], tmp_path: Path) -> None:
    old, new = "an older key that is long enough for it", "a newer key that is long enough for it"
    from server import app
    from server import settings as settings_module
    from server.storage import migrations

    product = app.build(settings_module.read(environment | {"LIVEFEED_SECRET_KEYS": old}))
    migrations.migrate(product.database)
    secret = product.users.open_setup()
    assert secret is not None
    product.configuration.begin(secret, {"google_client_id": "a-client", "google_client_secret": "its-secret"})
    product.close()
    said = livefeed("doctor", environment=environment | {"LIVEFEED_SECRET_KEYS": new}, cwd=tmp_path)
    assert said.returncode == 1
    assert "put removed keys back" in said.stdout


@pytest.fixture
def with_google(environment: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """An installation whose Google is the sandbox's."""
    sandbox.world.clock.set(datetime.now(UTC))
    return environment | {
        "LIVEFEED_SECRET_KEYS": "one key of the tests that is long enough",
        "LIVEFEED_GOOGLE_CLIENT_ID": CLIENT.id,
        "LIVEFEED_GOOGLE_CLIENT_SECRET": CLIENT.secret,
        "LIVEFEED_GOOGLE_AUTH_URL": f"{sandbox.url}/o/oauth2/v2/auth",
        "LIVEFEED_GOOGLE_TOKEN_URL": f"{sandbox.url}/token",
        "LIVEFEED_PUBLIC_URL": "http://localhost",
        "LIVEFEED_GOOGLE_REVOKE_URL": f"{sandbox.url}/revoke",
        "LIVEFEED_GMAIL_API_URL": sandbox.url,
    }


def test_the_doctor_asks_google_whether_it_knows_the_client(with_google: dict[str, str], tmp_path: Path) -> None:
    livefeed("migrate", environment=with_google, cwd=tmp_path)
    well = livefeed("doctor", environment=with_google, cwd=tmp_path)
    assert well.returncode == 0, well.stdout + well.stderr
    assert "Google knows the client and its secret" in well.stdout
    wrong = livefeed("doctor", environment=with_google | {"LIVEFEED_GOOGLE_CLIENT_SECRET": "another-secret"}, cwd=tmp_path)
    assert wrong.returncode == 1
    assert "Google refuses the client" in wrong.stdout


def test_sync_brings_in_what_was_sent_meanwhile(with_google: dict[str, str], sandbox: Sandbox, tmp_path: Path) -> None:
    from server import app
    from server import settings as settings_module
    from server.domain.users import Identity
    from server.gmail.credentials import READ, SEND, Grant
    from server.sandbox.letter import write_letter
    from server.storage import migrations

    product = app.build(settings_module.read(with_google))
    migrations.migrate(product.database)
    nora = product.users.sign_in(Identity("1", NORA, "Nora", "fjordline.example"), product.users.open_setup())
    access, refresh = sandbox.google.grants.issue(CLIENT, sandbox.world.mailbox(NORA).account, (READ, SEND))
    product.mailboxes.connect(nora, Grant(refresh.value, access.value), (READ, SEND))
    sandbox.world.send(NORA, write_letter(("Nora", NORA), ["Ana <ana@b.example>"], "Pricing", text="Bonjour"))
    said = livefeed("sync", environment=with_google, cwd=tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "1 of 1 mailboxes are up to date" in said.stdout
    assert [one["subject"] for one in product.messages.list(nora)["items"]] == ["Pricing"]
    product.close()
    nobody = livefeed("sync", "--address", "nobody@b.example", environment=with_google, cwd=tmp_path)
    assert nobody.returncode == 1
    sandbox.fail("gmail.users.history.list", "403-domainPolicy", times=9)
    failed = livefeed("sync", environment=with_google, cwd=tmp_path)
    assert failed.returncode == 1
    assert "0 of 1 mailboxes" in failed.stdout


def test_reclassify_moves_what_older_rules_told_and_wakes_the_screens(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server import app
    from server import settings as settings_module
    from server.storage import migrations
    from tests.scene import Scene, a_hit, older_rules

    product = app.build(settings_module.read(environment))
    migrations.migrate(product.database)
    scene = Scene(product.database)
    with older_rules(monkeypatch):
        message = scene.message()
        scene.record(a_hit(message, after=100), a_hit(message, after=200, agent="curl/8.5.0"))
    cursor = scene.feed.latest(scene.nora)["cursor"]
    heard, awake = threading.Event(), set[str]()
    product.bus.listen(lambda users: (awake.update(users), heard.set())[1])
    monkeypatch.setattr("server.logs.configure", lambda level: None)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ahead = CliRunner().invoke(cli, ["reclassify", "--dry-run"])
    assert "2 hits of 1 messages: 1 would move, 2 lines would follow." in ahead.output, ahead.output
    assert "human → machine" in ahead.output
    assert CliRunner().invoke(cli, ["reclassify", "--workspace", "nobody"]).exit_code == 2
    assert scene.feed.since(scene.nora, cursor)["items"] == []
    done = livefeed("reclassify", "--json", environment=environment, cwd=tmp_path)
    told = json.loads(done.stdout)
    assert (done.returncode, told["hits"], told["moved"], told["complete"]) == (0, 2, 1, True)
    assert heard.wait(10)
    assert scene.nora.id in awake
    shown = [(item["hidden"], item["count"]) for item in scene.feed.since(scene.nora, cursor)["items"]]
    assert shown == [(False, 1), (True, 1)]
    product.close()


class Started:
    """A command that runs until it is ended, and what it says."""

    def __init__(self, *words: str, environment: dict[str, str], cwd: Path) -> None:
        command = [sys.executable, "-m", "server.cli", *words]
        self.process = subprocess.Popen(
            command, env=environment, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []
        self._said = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._said:
                self.lines.append(line)
                self._said.notify_all()

    def wait_for(self, words: str, seconds: float = 60) -> str:
        with self._said:
            assert self._said.wait_for(lambda: any(words in line for line in self.lines), seconds), "".join(self.lines)
            return next(line for line in self.lines if words in line)

    def end(self, by: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(by)
        code = self.process.wait(30)
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture
def port() -> Iterator[int]:
    """Free, and the next one too."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            found: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", found + 1))
            except OSError:
                continue
        yield found
        return
    raise AssertionError("no two ports in a row are free")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def until_ready(url: str) -> None:
    waiting = threading.Event()
    assert any(answers(url) or waiting.wait(0.1) for _ in range(300))


def test_serve_prints_a_setup_address_that_opens(environment: dict[str, str], tmp_path: Path, port: int) -> None:
    url = f"http://localhost:{port}"
    started = Started("serve", "--port", str(port), environment=environment | {"LIVEFEED_PUBLIC_URL": url}, cwd=tmp_path)
    try:
        address = started.wait_for("/auth/setup/").split()[-1]
        until_ready(f"{url}/readyz")
        assert answers(address)
        assert not answers(f"{url}/auth/setup/wrong")
    finally:
        started.end()
    assert not answers(f"{url}/healthz")


@pytest.mark.slow
def test_the_demo_starts_both_and_ends_both(environment: dict[str, str], tmp_path: Path, port: int) -> None:
    database = tmp_path / "kept.db"
    started = Started(
        "demo", "--port", str(port), "--quiet-recipients", "--db", str(database), environment=environment, cwd=tmp_path
    )
    try:
        started.wait_for("Ctrl-C ends both")
        assert answers(f"http://localhost:{port}/readyz")
        assert answers(f"http://127.0.0.1:{port + 1}/oauth2/v3/certs")
    finally:
        started.end(signal.SIGINT)
    assert not answers(f"http://localhost:{port}/healthz")
    assert not answers(f"http://127.0.0.1:{port + 1}/oauth2/v3/certs")
    assert database.exists()
