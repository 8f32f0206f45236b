"""From what the edge saw to the feed: durable first, folded afterwards, once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from server.domain.arrivals import unpacked
from server.domain.engagement import Kind, Network, NetworkKind, Place
from server.realtime import LocalBus
from server.services import engagement
from server.services.tracking import Sighting, Tracking
from server.storage import arrivals
from server.storage.database import Database
from server.storage.spool import Spool
from server.tokens import new_id
from tests.scene import CHROME, NOON, Scene


class Here:
    """Every address is in Lyon, at home."""

    def network(self, address: str) -> Network | None:
        return Network(3215, "Orange", NetworkKind.HOME) if address else None

    def place(self, address: str) -> Place | None:
        return Place("city", "Lyon", "FR") if address else None


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
def tracking(scene: Scene, database: Database, tmp_path: Path) -> Iterator[Tracking]:
    bus = LocalBus(tmp_path)
    yield Tracking(database, Here(), lambda address: f"hash of {address}"[:24], bus, lambda: scene.now, tmp_path / "spool")
    bus.close()


def a_sighting(message_id: str, after: float = 60.0, address: str = "198.51.100.7") -> Sighting:
    at = NOON + timedelta(seconds=after)
    return Sighting(new_id(), message_id, Kind.VIEW, at, "GET", CHROME, frozenset(), address, 0, None, frozenset())


def test_a_line_says_all_of_a_sighting_but_its_address(tracking: Tracking) -> None:
    line = tracking.line(a_sighting("m" * 26)._replace(user_agent="Zoë\u2028\x7f", own_tags=frozenset({"tag"})))
    assert line.isascii()
    assert "\n" not in line
    assert "198.51.100.7" not in line.replace("hash of 198.51.100.7", "")
    arrival = unpacked(line)
    assert arrival.address == "198.51.100.0/24"
    assert arrival.own_tags == {"tag"}
    assert arrival.hit.user_agent == "Zoë\u2028\x7f"
    assert arrival.hit.place == Place("city", "Lyon", "FR")
    assert arrival.hit.network == Network(3215, "Orange", NetworkKind.HOME)


def test_what_was_received_is_in_the_feed_once_it_is_folded(tracking: Tracking, scene: Scene) -> None:
    message = scene.message()
    tracking.receive([tracking.line(a_sighting(message)), tracking.line(a_sighting(message, 90))])
    assert not scene.shown()
    assert tracking.inbox().waiting == 2
    assert tracking.fold() == 2
    assert [item["count"] for item in scene.shown()] == [2]
    assert (tracking.fold(), tracking.inbox().waiting) == (0, 0)


def test_hits_pour_while_many_share_each_batch_and_a_second_longer(tracking: Tracking, scene: Scene) -> None:
    """The jobs worker then leaves processor and lock to those who answer. A pause may be its own doing: it held the lock."""
    message = scene.message()

    def after_batches_of(size: int, seconds: float) -> bool:
        for _ in range(4):
            tracking.receive([tracking.line(a_sighting(message))] * size)
        scene.now = NOON + timedelta(seconds=60 + seconds)
        return tracking.pouring()

    assert not tracking.pouring()
    assert not after_batches_of(8, 0)
    assert after_batches_of(9, 0.9)
    assert not after_batches_of(9, 1.1)


def test_a_hit_received_twice_counts_once(tracking: Tracking, scene: Scene) -> None:
    message = scene.message()
    line = tracking.line(a_sighting(message))
    tracking.receive([line, line])
    tracking.receive([line])
    tracking.fold()
    tracking.receive([line])
    tracking.fold()
    assert [item["count"] for item in scene.shown()] == [1]


def test_the_oldest_are_folded_first_and_rows_stay_whole(tracking: Tracking, scene: Scene) -> None:
    message = scene.message()
    for batch in (2, 2, 2):
        tracking.receive([tracking.line(a_sighting(message, 60 + at)) for at in range(batch)])
    assert [tracking.fold(3), tracking.fold(3), tracking.fold(3)] == [4, 2, 0]


def test_one_that_cannot_be_taken_in_holds_up_nobody_and_is_kept(
    tracking: Tracking, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = scene.message()
    good, bad = a_sighting(message), a_sighting(message, 90)
    tracking.receive([tracking.line(good), tracking.line(bad)])
    whole = engagement.record_hits

    def strict(tx: object, given: list[object], now: datetime) -> set[str]:
        if any(one.hit.id == bad.id for one in given):  # type: ignore[attr-defined]
            raise ValueError("a rule does not know this")
        return whole(tx, given, now)  # type: ignore[arg-type]

    with monkeypatch.context() as older:
        older.setattr(engagement, "record_hits", strict)
        assert tracking.fold() == 2
        assert tracking.fold() == 0
    assert [item["count"] for item in scene.shown()] == [1]
    assert tracking.inbox().refused == 1
    tracking.readmit()
    tracking.fold()
    assert [item["count"] for item in scene.shown()] == [2]
    assert tracking.inbox() == (0, None, 0)


def test_a_fold_that_is_rolled_back_leaves_the_inbox_as_it_was(tracking: Tracking, scene: Scene, database: Database) -> None:
    tracking.receive([tracking.line(a_sighting(scene.message()))])

    def crash(tx: object) -> None:
        assert len(arrivals.take(tx, 10)) == 1  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.write(crash)
    assert tracking.fold() == 1


def test_how_long_hits_wait_is_told(tracking: Tracking, scene: Scene, tmp_path: Path) -> None:
    assert (tracking.lag(), tracking.spooled()) == (timedelta(), (0, None))
    seen = a_sighting(scene.message(), after=-30)
    tracking.receive([tracking.line(seen)])
    assert tracking.inbox().since == seen.at
    assert tracking.lag() == scene.now - seen.at
    spool = Spool(tmp_path / "spool")
    spool.append([tracking.line(seen)])
    assert tracking.spooled().since == seen.at
    spool.close()
