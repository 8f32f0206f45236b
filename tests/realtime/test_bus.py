import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.realtime import LocalBus, RedisBus
from server.realtime.bus import Bus
from server.realtime.local import FOLDER
from tests.redis_server import Redis
from tests.web.served import until


class Ear:
    """Remembers who was woken."""

    def __init__(self, bus: Bus) -> None:
        self.heard: set[str] = set()
        self._news = threading.Condition()
        bus.listen(self._hear)

    def hears(self, *user_ids: str) -> bool:
        with self._news:
            return self._news.wait_for(lambda: self.heard >= set(user_ids), timeout=15)

    def _hear(self, user_ids: frozenset[str]) -> None:
        with self._news:
            self.heard |= user_ids
            self._news.notify_all()


def test_a_wake_up_reaches_this_process_at_once(tmp_path: Path) -> None:
    bus = LocalBus(tmp_path)
    ear = Ear(bus)
    bus.wake({"nora"})
    assert ear.heard == {"nora"}
    bus.close()


@pytest.mark.parametrize("depth", [1, 30])
def test_the_worker_wakes_the_web_process_also_from_a_deep_folder(tmp_path: Path, depth: int) -> None:
    folder = tmp_path.joinpath(*["folder"] * depth)
    web, worker = LocalBus(folder), LocalBus(folder)
    ear = Ear(web)
    worker.wake(f"user{number}" for number in range(300))
    assert ear.hears(*(f"user{number}" for number in range(300)))
    web.close()


def test_the_worker_needs_nobody_to_listen(tmp_path: Path) -> None:
    LocalBus(tmp_path / "not there").wake({"nora"})


def test_web_process_and_worker_wake_each_other_and_each_hears_once(tmp_path: Path) -> None:
    web, worker = LocalBus(tmp_path), LocalBus(tmp_path)
    times: list[str] = []
    web.listen(lambda _user_ids: times.append("web"))
    ears = [Ear(web), Ear(worker)]
    web.wake({"nora"})
    assert ears[1].hears("nora")
    worker.wake({"olav"})
    assert ears[0].hears("olav")
    assert times == ["web", "web"]
    for bus in (web, worker):
        bus.close()


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / FOLDER / "left"
    left.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(left))
    web = LocalBus(tmp_path)
    ear = Ear(web)
    LocalBus(tmp_path).wake({"nora"})
    assert ear.hears("nora")
    assert web.healthy()
    assert not left.exists()
    web.close()


def test_a_listener_that_fails_keeps_no_other_from_hearing(tmp_path: Path) -> None:
    bus = LocalBus(tmp_path)

    def fail(_user_ids: frozenset[str]) -> None:
        raise RuntimeError

    bus.listen(fail)
    ear = Ear(bus)
    bus.wake({"nora"})
    assert ear.heard == {"nora"}
    bus.close()


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    with Redis.running() as server:
        yield server


def test_redis_wakes_other_processes_and_comes_back_after_a_fall(redis_server: Redis) -> None:
    here, there = RedisBus(redis_server.url), RedisBus(redis_server.url)
    ear = Ear(there)
    until(there.healthy, "subscribed")
    here.wake({"nora"})
    assert ear.hears("nora")
    redis_server.stop()
    until(lambda: not there.healthy(), "the fall is seen")
    own = Ear(here)
    here.wake({"olav"})
    assert own.heard == {"olav"}  # this process needs no Redis to wake its own
    redis_server.start()
    until(lambda: here.healthy() and there.healthy(), "both are back")
    here.wake({"ida"})
    assert ear.hears("ida")
    for bus in (here, there):
        bus.close()
