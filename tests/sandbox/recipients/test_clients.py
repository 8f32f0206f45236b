"""What each client looks like to the product, over real HTTP."""

from ipaddress import ip_address, ip_network
from pathlib import Path

import maxminddb
import pytest

from server.sandbox import places
from server.sandbox.letter import write_letter
from server.sandbox.recipients.clients import CLIENTS
from server.sandbox.recipients.letter import Letter
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

from .conftest import NORA, Recorder, make_people, tracked_html

DOCUMENTATION = [ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
IMAGES = [client.key for client in CLIENTS.values() if client.images]
SCANNERS = [client.key for client in CLIENTS.values() if client.nature == "scanner"]


@pytest.fixture
def quiet(world: World) -> Recipients:
    return make_people(world, pace=None)


def sent_to(address: str, world: World, people: Recipients, recorder: Recorder) -> Letter:
    raw = write_letter(("Nora Lindqvist", NORA), [address], "Prices", html=tracked_html(recorder.url), text="Prices")
    world.send(NORA, raw)
    return people.letters(address)[0]


@pytest.mark.parametrize("key", IMAGES)
def test_a_client_shows_its_own_agent_and_a_documentation_address(
    key: str, world: World, quiet: Recipients, recorder: Recorder
) -> None:
    letter = sent_to("nobody@north.example", world, quiet, recorder)
    made = quiet.open(letter, key) if not CLIENTS[key].by_itself else quiet.scan(letter, key)
    seen = recorder.seen[0]
    assert seen.headers["User-Agent"] == CLIENTS[key].agent
    assert "Cookie" not in seen.headers
    address = ip_address(seen.headers["X-Forwarded-For"])
    assert any(address in network for network in DOCUMENTATION if network.version == address.version)
    assert made[0].status == 200


def test_the_agents_are_those_the_products_rules_know() -> None:
    assert CLIENTS["gmail"].agent.endswith("(via ggpht.com GoogleImageProxy)")
    assert CLIENTS["gmail-prefetch"].agent.endswith("Edge/12.246 Mozilla/5.0")
    assert CLIENTS["apple-privacy"].agent == "Mozilla/5.0"
    assert CLIENTS["yahoo"].agent.startswith("YahooMailProxy")


def test_pictures_of_strangers_are_never_fetched(world: World, quiet: Recipients, recorder: Recorder) -> None:
    letter = sent_to("nobody@north.example", world, quiet, recorder)
    made = quiet.open(letter, "chrome-windows")
    assert [row.skipped for row in made] == ["", "not on this machine"]
    assert recorder.paths == ["GET /o/t/pixel.gif"]


def test_a_reader_who_asks_not_to_be_tracked_says_so(world: World, quiet: Recipients, recorder: Recorder) -> None:
    quiet.open(sent_to("private@north.example", world, quiet, recorder))
    assert recorder.seen[0].headers["DNT"] == "1"
    assert recorder.seen[0].headers["Sec-GPC"] == "1"


@pytest.mark.parametrize("key", SCANNERS)
def test_a_scanner_visits_every_link(key: str, world: World, quiet: Recipients, recorder: Recorder) -> None:
    quiet.scan(sent_to("nobody@north.example", world, quiet, recorder), key)
    assert {row.path for row in recorder.seen} >= {"/c/one", "/c/two"}
    assert ("HEAD" in {row.method for row in recorder.seen}) == CLIENTS[key].head_first


def test_a_link_in_gmail_is_followed_by_the_readers_own_browser_from_home(
    world: World, quiet: Recipients, recorder: Recorder
) -> None:
    letter = sent_to("gmail@north.example", world, quiet, recorder)
    quiet.open(letter)
    made = quiet.click(letter, 2)
    assert made.location == "https://www.fjordline.example/landing"
    view, click = recorder.seen
    assert "GoogleImageProxy" in view.headers["User-Agent"]
    assert click.path == "/c/two"
    assert "GoogleImageProxy" not in click.headers["User-Agent"]
    assert click.headers["Sec-Fetch-User"] == "?1"
    assert click.headers["X-Forwarded-For"] != view.headers["X-Forwarded-For"]


def test_gmail_keeps_pictures_and_asks_again_only_sometimes(world: World, quiet: Recipients, recorder: Recorder) -> None:
    letter = sent_to("gmail@north.example", world, quiet, recorder)
    for _ in range(20):
        quiet.open(letter)
    assert 1 < len(recorder.seen) < 20
    quiet.open(letter, fresh=True)
    assert quiet.requests()[-2].status == 200


def test_a_caller_can_name_the_address(world: World, quiet: Recipients, recorder: Recorder) -> None:
    quiet.open(sent_to("nobody@north.example", world, quiet, recorder), "firefox-mac", "203.0.113.9")
    assert recorder.seen[0].headers["X-Forwarded-For"] == "203.0.113.9"


def test_places_and_networks_are_read_by_the_usual_reader(tmp_path: Path) -> None:
    cities, networks = places.write(tmp_path)
    with maxminddb.open_database(cities) as database:
        lyon = database.get(places.address("lyon", 3))
        six = database.get(places.address("lyon", 3, six=True))
        google = database.get(places.address("google", 1))
        assert database.get(places.address("nowhere", 1)) is None
    assert isinstance(lyon, dict)
    assert lyon == six
    assert lyon["city"] == {"names": {"en": "Lyon"}}
    assert lyon["country"]["iso_code"] == "FR"  # type: ignore[index,call-overload]
    assert lyon["location"]["accuracy_radius"] == 5  # type: ignore[index,call-overload]
    assert isinstance(google, dict)
    assert "city" not in google
    with maxminddb.open_database(networks) as database:
        numbers = {
            key: database.get(places.address(key, 5)) for key in ("google", "microsoft", "apple", "proofpoint", "mimecast")
        }
    found = {key: row["autonomous_system_number"] for key, row in numbers.items() if isinstance(row, dict)}
    assert found == {"google": 15169, "microsoft": 8075, "apple": 36183, "proofpoint": 22843, "mimecast": 30031}


def test_every_line_has_an_address_of_its_own() -> None:
    assert len({places.address(line.key, 4) for line in places.LINES}) == len(places.LINES)
