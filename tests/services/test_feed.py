import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server.domain.engagement import Kind
from server.domain.people import Source
from server.domain.users import Role, User
from server.errors import BadInput, NotFound
from server.services import engagement
from server.services.feed import Feed, cursor_of
from server.services.people import People
from server.storage import people as stored_people
from server.storage import worklist
from server.storage.database import Database
from server.storage.tables import recipients
from tests.scene import NOON, Scene, a_hit, a_mail
from tests.team import given as given_person

SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def test_pages_follow_each_other_without_gap_or_repeat(scene: Scene) -> None:
    messages = [scene.message() for _ in range(7)]
    # Two at the same moment: their order must be the same on every page.
    scene.record(*(a_hit(message, after=100.0 * (number // 2)) for number, message in enumerate(messages)))
    first = scene.feed.latest(scene.nora, limit=3)
    second = scene.feed.latest(scene.nora, before=first["next"], limit=3)
    third = scene.feed.latest(scene.nora, before=second["next"], limit=3)
    ids = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert ids == [item["id"] for item in scene.shown()]
    assert len(ids) == 7
    assert third["next"] is None


def test_the_cursor_of_a_page_brings_exactly_what_comes_later(scene: Scene) -> None:
    one, other = scene.message(), scene.message()
    scene.record(a_hit(one))
    cursor = scene.feed.latest(scene.nora)["cursor"]
    assert scene.feed.since(scene.nora, cursor) == {"items": [], "cursor": cursor, "more": False}
    scene.record(a_hit(other, after=60))
    scene.record(a_hit(one, after=120))
    assert scene.feed.behind(scene.nora, cursor) == 2
    part = scene.feed.since(scene.nora, cursor, limit=1)
    rest = scene.feed.since(scene.nora, part["cursor"], limit=1)
    assert (part["more"], rest["more"]) == (True, False)
    assert [item["message"]["id"] for page in (part, rest) for item in page["items"]] == [other, one]


def test_machine_traffic_is_hidden_until_asked_for(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message), a_hit(message, agent=SCANNER, after=200, address="b"))
    assert [item["hidden"] for item in scene.shown()] == [False]
    machine, person = scene.everything()
    assert [item["hidden"] for item in (machine, person)] == [True, False]
    assert [hit["class"] for hit in scene.feed.hits(scene.nora, str(machine["id"]))] == ["machine"]
    scene.hide_machines()
    assert scene.everything() == [person]
    with pytest.raises(NotFound):
        scene.feed.hits(scene.nora, str(machine["id"]))


def test_hidden_lines_are_counted_by_the_viewers_own_day(scene: Scene) -> None:
    """23:30 in Oslo yesterday is 22:30 UTC, and not today."""
    last_night = (timedelta(hours=-13, minutes=-30)).total_seconds()
    sent_at = NOON - timedelta(days=2)
    for after in (last_night, last_night + 3600, 0):
        scene.record(a_hit(scene.message(sent_at=sent_at), agent=SCANNER, after=after))
    assert scene.feed.latest(scene.nora)["hidden_today"] == 2


def test_a_page_can_be_of_one_kind_or_one_message(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message), a_hit(scene.message()), a_hit(message, link=1, after=100))
    assert [item["kind"] for item in scene.feed.latest(scene.nora, kind="click")["items"]] == ["click"]
    assert len(scene.feed.latest(scene.nora, message=message)["items"]) == 2


def test_one_viewer_sees_nothing_of_anothers_feed(scene: Scene) -> None:
    olav = scene.rep("olav")
    message = scene.message(rep=olav)
    scene.record(a_hit(message))
    assert scene.everything() == []
    [item] = scene.feed.latest(olav)["items"]
    with pytest.raises(NotFound):
        scene.feed.hits(scene.nora, item["id"])


def test_the_hits_of_a_line_come_with_their_reasons(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message), a_hit(message, after=100), a_hit(message, link=1, after=300))
    view = scene.feed.latest(scene.nora, kind="view")["items"][0]
    hits = scene.feed.hits(scene.nora, view["id"])
    assert [hit["at"] for hit in hits] == ["2026-11-21T12:01:40.000000Z", "2026-11-21T12:00:00.000000Z"]
    assert hits[0]["reasons"][0]["code"] == "ua-browser"
    assert hits[0]["recipient"]["name"] == "Aïssatou Diallo"
    assert hits[0]["method"] == "GET"


def test_what_was_seen_is_remembered_and_never_beyond_what_there_is(scene: Scene) -> None:
    scene.record(a_hit(scene.message()))
    page = scene.feed.latest(scene.nora)
    assert page["seen"] is None
    scene.feed.seen(scene.nora, cursor_of(999))
    assert scene.feed.latest(scene.nora)["seen"] == {"cursor": page["cursor"], "at": "2026-11-21T12:00:00.000000Z"}


def test_a_cursor_of_a_feed_that_was_longer_is_refused(scene: Scene) -> None:
    with pytest.raises(BadInput):
        scene.feed.since(scene.nora, cursor_of(7))


def test_several_feeds_are_read_at_once_and_a_wrong_cursor_harms_no_other(scene: Scene) -> None:
    other = scene.rep("olga")
    scene.record(a_hit(scene.message()), a_hit(scene.message(), after=60))
    start = cursor_of(0)
    asks = [(scene.nora, start), (scene.nora, "nonsense"), (other, start), (scene.nora, None), (other, cursor_of(9))]
    first, wrong, empty, newest, longer = scene.feed.pages(asks)
    assert first == scene.feed.since(scene.nora, start)
    assert empty == {"items": [], "cursor": start, "more": False}
    assert newest == {"items": [], "cursor": cursor_of(2), "more": False}
    assert isinstance(wrong, BadInput)
    assert isinstance(longer, BadInput)


@given(cursor=st.text(max_size=60))
def test_a_cursor_nobody_gave_is_bad_input(cursor: str) -> None:
    feed = Feed(Database("sqlite://"), "", lambda: NOON)
    for ask in (feed.since, feed.behind):
        with pytest.raises(BadInput):
            ask(None, cursor)  # type: ignore[arg-type]  # refused before anybody looks at the viewer
    if cursor:
        with pytest.raises(BadInput):
            feed.latest(None, before=cursor)  # type: ignore[arg-type]


def test_readers_beside_three_writers_skip_nothing_and_see_nothing_twice(scene: Scene) -> None:
    reps = [scene.nora, scene.rep("olav")]
    messages = {rep.id: [scene.message(rep=rep) for _ in range(6)] for rep in reps}
    rounds, finished, errors = 12, threading.Event(), []
    seen: dict[int, list[tuple[str, str]]] = {}

    def write(writer: int) -> None:
        for step in range(rounds):
            # Both viewers in one transaction, in both orders: writers must not wait for each other in a circle.
            chosen = [messages[rep.id][(writer + step) % 6] for rep in (reps if writer % 2 else reversed(reps))]
            after = 200.0 * (writer * rounds + step)
            batch = [a_hit(message, after=after, address=str(writer)) for message in chosen]
            scene.database.write(engagement.record_hits, batch, scene.now)

    def read(reader: int) -> None:
        rep, cursor, items = reps[reader % 2], cursor_of(0), seen.setdefault(reader, [])
        done = False
        while not done:
            done = finished.is_set()
            page = scene.feed.since(rep, cursor, limit=3)
            while page["items"]:
                items.extend((item["cursor"], item["id"]) for item in page["items"])
                cursor = page["cursor"]
                page = scene.feed.since(rep, cursor, limit=3)

    def guarded(work: object, number: int) -> None:
        try:
            work(number)  # type: ignore[operator]
        except Exception as error:
            errors.append(error)

    writers = [threading.Thread(target=guarded, args=(write, number)) for number in range(3)]
    readers = [threading.Thread(target=guarded, args=(read, number)) for number in range(4)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    finished.set()
    for thread in readers:
        thread.join()
    assert errors == []
    for reader, items in seen.items():
        final = scene.feed.since(reps[reader % 2], cursor_of(0))["items"]
        assert len(set(items)) == len(items)
        # Whatever a line's newest position is, every reader got it.
        assert {(item["cursor"], item["id"]) for item in final} <= set(items)
        assert sum(item["count"] for item in final) == 3 * rounds


def test_replies_stand_beside_views(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message, after=-60))
    scene.receive(a_mail(scene, message, Kind.REPLY))
    assert [item["kind"] for item in scene.shown()] == ["reply", "view"]


def test_what_is_muted_is_said_to_whoever_muted_it(scene: Scene) -> None:
    message, other = scene.message(), scene.message(to=("Ana", "Bo"))
    scene.record(a_hit(message), a_hit(other, after=60))
    target = scene.shown()[1]["who"]["person"]["id"]  # type: ignore[index]
    for viewer in (scene.nora, scene.rep("olav")):
        for kind, muted in (("message", other), ("person", target)):
            scene.database.write(worklist.mute, viewer.workspace_id, viewer.id, kind, muted, NOON)
        scene.database.write(worklist.unmute, viewer.id, "message", message)
    shown = scene.shown()
    assert [item["message"]["muted"] for item in shown] == [True, False]  # type: ignore[index]
    assert shown[1]["who"]["person"]["muted"]  # type: ignore[index]


# People as lines show them


def a_person(scene: Scene, message_id: str, **said: object) -> User:
    """The recipient of the message, changed by an admin of the rep's workspace."""
    admin = User(scene.nora.id, scene.nora.workspace_id, scene.nora.address, "Nora", frozenset({Role.ADMIN}), scene.nora.tag)
    people = People(scene.database, lambda _: None, lambda: scene.now)
    person_id = scene.database.read(
        lambda tx: tx.execute(select(recipients.c.person_id).where(recipients.c.message_id == message_id)).scalar_one()
    )
    known = people.get(admin, person_id)
    people.change(admin, person_id, known["version"], given_person(**said))
    return admin


def test_a_line_tells_how_to_reach_the_person(scene: Scene) -> None:
    message = scene.message()
    a_person(
        scene,
        message,
        addresses=("1@b.example",),
        phones=[("mobile", "+33612345678")],
        linkedin="linkedin.com/in/aissatou",
        do_not_call=True,
    )
    scene.record(a_hit(message))
    person = scene.shown()[0]["who"]["person"]  # type: ignore[index]
    assert (person["phone"], person["linkedin"]) == ("+33612345678", "https://www.linkedin.com/in/aissatou")
    assert (person["do_not_call"], person["unsubscribed"], person["known"]) == (True, False, True)


def test_a_new_name_is_told_anew_on_every_line_of_the_person(scene: Scene) -> None:
    message, other = scene.message(), scene.message()
    scene.record(a_hit(message), a_hit(other))
    scene.receive(a_mail(scene, message))
    cursor = scene.feed.latest(scene.nora)["cursor"]
    a_person(scene, message, name="Aïssatou Diallo-Sy", account="Baobab", unsubscribed=True)
    items = scene.feed.since(scene.nora, cursor)["items"]
    assert {(item["kind"], item["who"]["person"]["name"]) for item in items} == {
        ("reply", "Aïssatou Diallo-Sy"),
        ("view", "Aïssatou Diallo-Sy"),
    }
    assert {item["message"]["id"] for item in items} == {message}
    assert {item["who"]["account"] for item in items} == {"Baobab"}
    assert all(item["who"]["person"]["unsubscribed"] for item in items)


def test_who_answered_from_elsewhere_is_a_person_not_yet_known(scene: Scene) -> None:
    message = scene.message()
    scene.database.write(stored_people.ensure, scene.nora.workspace_id, {"other@b.example": "Other"}, NOON, Source.REPLY)
    scene.receive(a_mail(scene, message, recipient=0))
    person = scene.shown()[0]["who"]["person"]  # type: ignore[index]
    assert (person["address"], person["known"]) == ("other@b.example", False)
    cursor = scene.feed.latest(scene.nora)["cursor"]
    People(scene.database, lambda _: None, lambda: scene.now).add(
        User(scene.nora.id, scene.nora.workspace_id, scene.nora.address, "Nora", frozenset(), scene.nora.tag),
        given_person(addresses=("other@b.example",), name="Olga"),
    )
    told = scene.feed.since(scene.nora, cursor)["items"][0]["who"]["person"]
    assert (told["id"], told["name"], told["known"]) == (person["id"], "Olga", True)


def test_a_deleted_person_stays_a_name_on_the_line(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message))
    admin = a_person(scene, message, title="Buyer")
    person = scene.shown()[0]["who"]["person"]  # type: ignore[index]
    People(scene.database, lambda _: None, lambda: scene.now).delete(admin, person["id"])
    left = scene.shown()[0]["who"]["person"]  # type: ignore[index]
    assert (left["id"], left["name"], left["known"]) == (None, "Aïssatou Diallo", False)


def test_joining_moves_lines_to_the_person_kept(scene: Scene) -> None:
    message, other = scene.message(), scene.message()
    scene.record(a_hit(message), a_hit(other))
    admin = a_person(scene, message, addresses=("kept@b.example",), name="Kept")
    a_person(scene, other, addresses=("joined@b.example",), name="Joined")
    ids = {item["message"]["id"]: item["who"]["person"]["id"] for item in scene.shown()}  # type: ignore[index]
    people = People(scene.database, lambda _: None, lambda: scene.now)
    people.join(admin, ids[message], people.get(admin, ids[message])["version"], ids[other])
    assert {item["who"]["person"]["name"] for item in scene.shown()} == {"Kept"}  # type: ignore[index]
    assert {item["who"]["person"]["id"] for item in scene.shown()} == {ids[message]}  # type: ignore[index]
