"""That each measure runs, at tiny sizes: what it finds is no verdict here."""

import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from server.bench import edge, feed, fold, ground, load, places, quota, raw, screen, sockets, start
from server.bench.results import Row
from server.storage import arrivals
from server.storage.bench import count_waiting
from server.storage.database import Database
from server.web import tracking
from tests.chromium import needs_chromium
from tests.web.served import until


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.slow)])
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The one database that is there: PostgreSQL is that of the tests."""
    if request.param == "PostgreSQL":
        monkeypatch.setenv(places.POSTGRESQL, request.getfixturevalue("postgresql_url"))
    for other in {"SQLite", "PostgreSQL"} - {request.param}:
        monkeypatch.delitem(places.DATABASES, other)
    return str(request.param)


def measured(found: Iterable[Row]) -> dict[str, float]:
    """Values by name; rows that were left out are not among them."""
    rows = list(found)
    assert len({row.name for row in rows}) == len(rows)
    return {row.name: row.value for row in rows if row.value is not None}


@pytest.mark.slow
@pytest.mark.server
def test_the_edge_is_measured_beside_its_peers(name: str) -> None:
    found = measured(edge.measured(edge.Size(1, 0.2, 200)))
    for peer in ("constant Flask GIF", "constant raw WSGI GIF", "naive commit per hit"):
        assert found[f"durable pixel ÷ {peer}, {name}"] > 0
    assert found[f"durable click ÷ durable pixel, {name}"] > 0


@pytest.mark.slow
@pytest.mark.server
def test_the_edge_in_short_leaves_nothing_to_fold_but_the_burst_of_which_it_tells(name: str) -> None:
    found = measured(edge.measured(edge.Size(1, 0.2, 200, folded=False, burst=0.1)))
    assert found[f"durable pixel ÷ constant Flask GIF, {name}"] > 0
    assert found[f"hits answered and folded into feeds, {name}"] > 0


def test_hits_that_wait_are_thrown_away(tmp_path: Path) -> None:
    with ground.ground(1, 1, f"sqlite:///{tmp_path}/bench.db") as on:
        database = Database(on.url)
        database.write(arrivals.add, ["one", "two"])
        assert database.read(count_waiting) == 2
        ground.throw_away(on)
        assert database.read(count_waiting) == 0
        database.close()


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("tidy", [True, False])
def test_the_start_is_measured_with_hits_and_without(tidy: bool) -> None:
    found = measured(start.measured(start.Size(1_000, 1, 1, tidy)))
    assert found["start with them ÷ with none"] > 0
    assert found["memory of a web process before load (PSS)"] > 10


def test_a_server_ends_with_all_that_it_started(tmp_path: Path) -> None:
    told = tmp_path / "child"
    with places.running(["sh", "-c", f"sleep 60 & echo $! > {told}; wait"]):
        until(lambda: told.exists() and told.read_text().endswith("\n"), "it started another")
    until(lambda: _is_gone(told.read_text().strip()), "the other has ended too")


def _is_gone(process: str) -> bool:
    """Or waits for whoever takes up orphans to see that it is."""
    try:
        return Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.slow
@pytest.mark.server
def test_the_fold_is_measured(name: str) -> None:
    assert measured(fold.measured(fold.Size(0.2, 200)))[f"hits answered and folded into feeds, {name}"] > 0


@pytest.mark.slow
@pytest.mark.server
def test_the_stream_is_measured_in_one_process_and_by_redis() -> None:
    found = measured(sockets.measured(sockets.Size(20, 0.3, warm=5)))
    assert found["commit → socket, one process, p99"] > 0
    assert found["commit → socket, two processes by Redis, p99"] > 0
    assert found["memory a socket"] > 0
    assert "answer to a recipient → commit of the feed, p99" in found


def test_a_page_of_the_feed_is_measured_among_many_lines_and_few(name: str) -> None:
    found = measured(feed.measured(feed.Size(many=6_000, rounds=10, few=4_000)))
    assert found[f"latest 50 of many lines ÷ of few, {name}"] > 0


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.server
@needs_chromium
def test_the_way_to_the_pixels_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "PAUSE", 0.02)
    found = measured(screen.measured(screen.Size(lines=3, sockets=5)))
    assert 0 < found["commit → pixels on the screen, p50"] <= found["commit → pixels on the screen, p99"]


def test_a_mail_costs_what_google_asks_for_it() -> None:
    found = measured(quota.quota_rows(True))
    assert (found["Gmail units, a sent mail"], found["Gmail units, a reply"]) == (22, 20)


def test_the_constant_image_is_ours() -> None:
    assert raw.application({}, lambda *_: None) == [tracking.GIF]


@pytest.fixture
def answering() -> Iterator[tuple[int, list[str]]]:
    """The port of a server, and the paths it was asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404 if self.path == "/gone" else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port, asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_load_asks_for_every_target_in_turn(answering: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    port, asked = answering
    monkeypatch.setattr("shutil.which", lambda _name: None)
    found = load.load(port, ["/a", "/b", "/c"], 1, 0.2)
    assert found.requests > 3
    assert asked[:4] == ["/a", "/b", "/c", "/a"]
    assert found.p99 >= found.p50 > 0


def test_a_load_that_got_no_answer_can_be_compared_with() -> None:
    assert load.Load(0, 2.0, 0.0, 0.0).rate == 0.5
    assert load.Load(8, 2.0, 0.0, 0.0).rate == 4


def test_load_does_not_count_wrong_answers(answering: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    port, _ = answering
    with pytest.raises(SystemExit, match="unexpected answers"):
        load.load(port, ["/gone"], 1, 1.0)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(Exception, match="non-zero exit status"):
        load.load(port, ["/gone"], 1, 0.2)
