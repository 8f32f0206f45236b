import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from server.sandbox.clock import Clock
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NORA = "nora.lindqvist@fjordline.example"
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Recorder:
    """A loopback server that answers pixels with a GIF and links with a redirect, and remembers who asked."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [f"{row.method} {row.path}" for row in self.seen]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    found = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.seen.append(Seen(self.command, self.path, dict(self.headers.items())))
            if self.path.startswith("/c/"):
                self.send_response(302)
                self.send_header("Location", "https://www.fjordline.example/landing")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "image/gif")
            self.send_header("Content-Length", str(len(PIXEL)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(PIXEL)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def world() -> World:
    made = World(clock=standing_clock(), seed=7)
    made.add_account(NORA, "Nora Lindqvist")
    return made


@pytest.fixture
def people(world: World) -> Recipients:
    return make_people(world)


def standing_clock() -> Clock:
    clock = Clock()
    clock.freeze(START)
    return clock


def make_people(world: World, *, seed: int = 1, pace: float | None = 1.0) -> Recipients:
    made = Recipients(world.clock.now, world.receive, seed=seed, pace=pace)
    world.on_delivery(made.on_delivery)
    return made


def tracked_html(base: str) -> str:
    return (
        f'<div>Hello, see <a href="{base}/c/one">the prices</a> and <a href="{base}/c/two">the terms</a>, '
        f'or <a href="mailto:nora@fjordline.example">write</a>.<img src="{base}/o/t/pixel.gif" width="1" height="1" alt="">'
        '<img src="https://images.elsewhere.example/logo.png" alt=""></div>'
    )


def live_through(world: World, people: Recipients, seconds: int) -> None:
    for _ in range(seconds * 2):
        world.clock.advance(timedelta(seconds=0.5))
        people.schedule.run_due()
