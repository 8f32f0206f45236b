"""What a start imports: each module here once cost it a tenth of a second, and memory for good."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import server.app  # all that promises
import server.cli.doctor  # noqa: F401
from server import wsgi
from server.later import promised

ROOT = Path(__file__).parents[1]

NOT_AT_START = {
    "alembic",
    "flufl",
    "google_auth_oauthlib",
    "googleapiclient",
    "html5lib",
    "http_ece",
    "httplib2",
    "mako",
    "phonenumbers",
    "py_vapid",
    "pygments",
    "redis",
    "requests",
    "rich",
}

SERVE = "import server.cli; server.cli.cli.get_command(None, 'serve')"
WEB = "from gevent import monkey; monkey.patch_all(); import server.wsgi, server.app, server.web.recorder, server.web.tracking"


def imported(words: str) -> set[str]:
    """Names of modules, in a process of their own."""
    program = f"{words}; import sys, json; print(json.dumps(list(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(said.stdout))


def tops(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_serve_hands_over_to_the_web_process_without_the_product() -> None:
    names = imported(SERVE)
    assert not {"server.app", "server.web", "server.services", "server.jobs", "server.sandbox", "server.bench"} & names
    assert not (NOT_AT_START | {"babel", "cryptography", "flask", "jinja2", "phonenumbers", "ua_parser"}) & tops(names)


def test_a_web_process_is_ready_without_what_it_may_need_later() -> None:
    names = imported(WEB)
    assert not NOT_AT_START & tops(names)
    assert {"server.app", "flask", "ua_parser"} <= names  # the first hit waits for no import


def test_everything_promised_is_there() -> None:
    assert set(promised()) > {"alembic.command", "redis", "requests", "server.gmail.wire"}
    for name in {*promised(), *wsgi.WARMED}:
        assert import_module(name).__name__ == name
