import tempfile
import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from server.domain.engagement import Kind
from server.services import engagement
from server.storage.database import Database
from server.storage.tables import engagements, hits, metadata
from server.tokens import new_id
from tests.scene import ANDROID, CHROME, IPHONE, LYON, NOON, OSLO, Scene, a_hit, a_mail


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def stored(scene: Scene) -> int:
    return scene.database.read(lambda tx: tx.execute(select(func.count()).select_from(engagements)).scalar_one())


def class_of(scene: Scene, hit_id: str) -> str:
    return scene.database.read(
        lambda tx: tx.execute(select(engagements.c["class"]).where(engagements.c.id == hit_id)).scalar_one()
    )


def test_a_view_becomes_a_line_that_says_who_what_and_where(scene: Scene) -> None:
    message = scene.message()
    assert scene.record(a_hit(message)) == {scene.nora.id}
    [item] = scene.shown()
    assert item["kind"] == "view"
    assert item["class"] == "human"
    assert item["count"] == 1
    assert item["message"] == {
        "id": message,
        "subject": "Pricing for 40 vehicles",
        "thread_url": f"https://mail.google.com/mail/u/?authuser={scene.nora.address}#all/18c0ffee",
        "archived": False,
        "muted": False,
    }
    assert item["who"]["person"]["name"] == "Aïssatou Diallo"
    assert item["who"]["account"] == "b.example"
    assert item["place"] == {"precision": "city", "city": "Lyon", "country": "FR"}
    assert item["device"] == {"client": "Chrome", "system": "Windows"}
    assert item["forwarded"] is None
    assert item["at"] == "2026-11-21T12:00:00.000000Z"


def test_a_shared_body_never_names_the_reader(scene: Scene) -> None:
    scene.record(a_hit(scene.message(to=("Ana", "Bo", "Cy"))))
    [item] = scene.shown()
    assert item["who"]["person"] is None
    assert item["who"]["of"] == 3
    assert [one["name"] for one in item["who"]["possible"]] == ["Ana", "Bo", "Cy"]


@pytest.mark.parametrize(
    ("accounts", "named"),
    [(("b.example", "b.example"), "b.example"), (("b.example", "c.example"), None), (("b.example", None), None)],
)
def test_readers_of_one_company_are_named_by_it(scene: Scene, accounts: tuple[str, ...], named: str | None) -> None:
    scene.record(a_hit(scene.message(to=("Ana", "Bo"), accounts=accounts)))
    assert [item["who"]["account"] for item in scene.shown()] == [named]


def test_a_personal_copy_names_its_reader_and_has_its_own_line(scene: Scene) -> None:
    message = scene.message(to=("Ana", "Bo"))
    scene.record(a_hit(message, recipient=2), a_hit(message, recipient=1, after=100, address="b"))
    assert [item["who"]["person"]["name"] for item in scene.shown()] == ["Ana", "Bo"]


def test_a_repeat_raises_the_count_of_its_line(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message))
    [before] = scene.shown()
    scene.record(a_hit(message, after=300, place=OSLO), a_hit(message, after=200))
    [item] = scene.shown()
    assert (item["id"], item["count"]) == (before["id"], 3)
    assert item["first_at"] == before["at"]
    assert item["at"] == "2026-11-21T12:05:00.000000Z"
    assert item["place"]["city"] == "Oslo"
    assert item["cursor"] != before["cursor"]


def test_each_link_has_a_line(scene: Scene) -> None:
    message = scene.message(links_count=9)
    scene.record(a_hit(message, link=1), a_hit(message, link=2, after=100))
    assert [item["link"]["text"] for item in scene.shown()] == ["page 2", "page 1"]


def test_the_same_batch_twice_stores_once(scene: Scene) -> None:
    message = scene.message()
    batch = [a_hit(message), a_hit(message, after=90)]
    scene.record(*batch)
    before = scene.shown()
    assert scene.record(*batch, *batch) == set()
    assert scene.shown() == before
    assert stored(scene) == 2


def test_a_scanner_that_follows_all_links_takes_its_first_click_off_the_screen(scene: Scene) -> None:
    message = scene.message(links_count=3)
    scene.record(a_hit(message, link=1, after=0))
    [line] = scene.shown()
    cursor = scene.feed.latest(scene.nora)["cursor"]
    scene.record(a_hit(message, link=2, after=1), a_hit(message, link=3, after=2))
    assert scene.shown() == []
    changes = scene.feed.since(scene.nora, cursor)["items"]
    assert [item["id"] for item in changes if item["removed"]] == [line["id"]]
    hidden = [item for item in changes if item["hidden"]]
    assert {item["link"]["ordinal"] for item in hidden} == {1, 2, 3}
    # The person who clicks two minutes later counts, on the same line again.
    scene.record(a_hit(message, link=1, after=125))
    [back] = scene.shown()
    assert (back["id"], back["count"], back["removed"]) == (line["id"], 1, False)


def test_views_from_two_places_at_once_hint_at_a_forward_from_the_first(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message, agent=ANDROID, after=3, place=OSLO), a_hit(message, agent=ANDROID, after=31))
    [line] = scene.shown()
    assert line["forwarded"] == {"reasons": [{"code": "places", "count": 2}]}


def test_a_hint_stays_while_another_mail_is_seen_elsewhere(scene: Scene) -> None:
    hinted, other = scene.message(), scene.message()
    scene.record(a_hit(hinted, place=LYON), a_hit(hinted, place=OSLO, after=30))
    scene.record(a_hit(other, place=LYON))
    # Told together: a view as before of the one, and one from a new place of the other.
    scene.record(a_hit(hinted, place=OSLO, after=60), a_hit(other, place=OSLO, after=61))
    assert [item["forwarded"]["reasons"][0]["count"] for item in scene.shown()] == [2, 2]  # type: ignore[index]
    assert scene.rejudge(hinted, other) == set()


def test_a_hint_looks_at_its_own_copy_alone(scene: Scene) -> None:
    message = scene.message(to=("Ana", "Bo"))
    scene.record(a_hit(message, place=LYON, recipient=1))
    scene.record(*(a_hit(message, recipient=2, address="b", after=60 + number) for number in range(400)))
    scene.record(a_hit(message, place=OSLO, recipient=1, after=500))
    [ana] = [item for item in scene.shown() if item["count"] == 2]
    assert ana["forwarded"] == {"reasons": [{"code": "places", "count": 2}]}
    assert scene.rejudge(message) == set()


def test_a_line_that_comes_back_hints_at_nothing_that_left_it(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message, place=LYON, address="a"), a_hit(message, place=OSLO, address="b", after=5))
    assert scene.shown()[0]["forwarded"]
    # Both turn out to be scanners that follow every link.
    links = [(link, address) for address in "ab" for link in (1, 2, 3)]
    scene.record(*(a_hit(message, link=link, address=address, after=6) for link, address in links))
    assert scene.shown() == []
    scene.record(a_hit(message, place=OSLO, address="c", after=600))
    [back] = scene.shown()
    assert (back["count"], back["forwarded"]) == (1, None)
    assert scene.rejudge(message) == set()


_HITS = st.tuples(
    st.one_of(st.integers(0, 40), st.integers(0, 900)),  # seconds: near each other, and far apart
    st.sampled_from([None, None, 1, 2, 3]),
    st.sampled_from([CHROME, IPHONE, ANDROID, "", "python-requests/2.32"]),
    st.sampled_from([LYON, OSLO, None]),
    st.sampled_from(["a", "b"]),
    st.integers(0, 2),
    st.integers(0, 1),  # of two mails, whose hits are told together
)


@settings(max_examples=25, deadline=None)
@given(batches=st.lists(st.lists(_HITS, min_size=1, max_size=6), min_size=1, max_size=6))
def test_growing_hit_by_hit_ends_where_telling_everything_anew_ends(batches: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/livefeed.db")
        metadata.create_all(database.engine)
        scene = Scene(database)
        mails = [scene.message(to=("Ana", "Bo")) for _ in range(2)]
        for batch in batches:
            scene.record(
                *(
                    a_hit(mails[mail], after=after, link=link, agent=agent, place=place, address=address, recipient=recipient)
                    for after, link, agent, place, address, recipient, mail in batch
                )
            )
        before = scene.everything()
        assert scene.rejudge(*mails) == set()
        assert scene.everything() == before
        database.close()


def test_own_views_are_in_no_feed(scene: Scene) -> None:
    message = scene.message()
    hit = a_hit(message, own_tags=frozenset({scene.nora.tag}))
    assert scene.record(hit) == set()
    assert scene.everything() == []
    assert class_of(scene, hit.hit.id) == "own"


def test_another_reps_device_is_not_own(scene: Scene) -> None:
    scene.record(a_hit(scene.message(), own_tags=frozenset({scene.rep("olav").tag})))
    assert len(scene.shown()) == 1


def test_hits_from_where_the_owner_was_just_signed_in_are_own(scene: Scene) -> None:
    scene.signed_in("desk", NOON - timedelta(minutes=20))
    scene.signed_in("hotel", NOON - timedelta(hours=2))
    message = scene.message()
    scene.record(a_hit(message, address="desk"))
    assert scene.everything() == []
    # Told by where she was then; a day later nobody knows any more, and it stays told.
    scene.now = NOON + timedelta(days=1)
    scene.rejudge(message)
    assert scene.everything() == []
    scene.record(a_hit(message, address="hotel", after=86_400))
    assert len(scene.shown()) == 1


def test_an_archived_message_leaves_no_row(scene: Scene) -> None:
    assert scene.record(a_hit(scene.message(state="archived"))) == set()
    assert scene.record(a_hit(scene.message(state="expired", sent_at=None))) == set()
    assert stored(scene) == 0


def test_a_mail_to_colleagues_alone_leaves_no_row(scene: Scene) -> None:
    assert scene.record(a_hit(scene.message(tracked=False))) == set()
    assert stored(scene) == 0


def test_what_came_before_a_mail_turned_out_to_go_to_colleagues_alone_is_forgotten(scene: Scene) -> None:
    message = scene.message(state="drafted", sent_at=None)
    scene.record(a_hit(message, after=60))
    scene.change(message, state="sent", sent_at=NOON, tracked=False)
    scene.receive(a_mail(scene, message))
    scene.rejudge(message)
    assert [item["kind"] for item in scene.everything()] == ["reply"]
    assert stored(scene) == 1


def test_an_unknown_message_leaves_no_row_and_takes_no_other_with_it(scene: Scene) -> None:
    scene.record(a_hit(new_id()), a_hit(scene.message()))
    assert stored(scene) == 1


def test_what_came_before_the_mail_was_bound_is_shown_once_it_was_sent(scene: Scene) -> None:
    message = scene.message(state="drafted", sent_at=None)
    preview, view = a_hit(message, after=0), a_hit(message, after=60, address="b")
    assert scene.record(preview, view) == set()
    scene.change(message, state="sent", sent_at=NOON + timedelta(seconds=30))
    assert scene.rejudge(message) == {scene.nora.id}
    [item] = scene.shown()
    assert item["count"] == 1
    assert (class_of(scene, preview.hit.id), class_of(scene, view.hit.id)) == ("own", "human")


def test_views_from_many_places_hint_at_forwarding(scene: Scene) -> None:
    message = scene.message()
    for number, (agent, place) in enumerate([(CHROME, LYON), (IPHONE, OSLO), (ANDROID, LYON)]):
        scene.record(a_hit(message, after=100 * number, agent=agent, place=place, address=str(number)))
    [item] = scene.shown()
    assert {reason["code"] for reason in item["forwarded"]["reasons"]} == {"places", "devices"}


def test_a_reply_names_who_wrote(scene: Scene) -> None:
    message = scene.message(to=("Aïssatou Diallo", "Bo"))
    mail = a_mail(scene, message, recipient=0)
    assert scene.receive(mail) == {scene.nora.id}
    [item] = scene.shown()
    assert (item["kind"], item["class"], item["count"]) == ("reply", "human", 1)
    person = item["who"]["person"]
    assert (person["id"], person["name"], person["address"]) == (None, "Aïssatou", "other@b.example")


def test_a_mail_read_twice_is_one_line(scene: Scene) -> None:
    message = scene.message()
    scene.receive(a_mail(scene, message))
    assert scene.receive(a_mail(scene, message)) == set()
    assert len(scene.shown()) == 1


def test_a_bounce_says_what_the_other_side_said(scene: Scene) -> None:
    scene.receive(a_mail(scene, scene.message(), Kind.BOUNCE))
    [item] = scene.shown()
    assert item["who"]["person"]["name"] == "Aïssatou Diallo"
    assert item["detail"] == {"text": "Mailbox full", "code": "5.2.2"}


def test_a_mail_for_another_workspaces_message_is_refused(scene: Scene) -> None:
    foreign = scene.message(rep=scene.rep("olav"))
    assert scene.receive(a_mail(scene, foreign)) == set()
    assert stored(scene) == 0


def test_archiving_shows_on_every_line_of_the_message(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message))
    scene.receive(a_mail(scene, message))
    cursor = scene.feed.latest(scene.nora)["cursor"]
    assert scene.refresh(message) == set()
    scene.change(message, state="archived")
    assert scene.refresh(message) == {scene.nora.id}
    assert [item["message"]["archived"] for item in scene.feed.since(scene.nora, cursor)["items"]] == [True, True]


def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(scene: Scene) -> None:
    few, many = [scene.message() for _ in range(2)], [scene.message() for _ in range(40)]
    scene.record(a_hit(scene.message()))  # the first ever opens the viewer's feed
    counted: list[str] = []
    event.listen(scene.database.engine, "before_cursor_execute", lambda *call: counted.append(call[2]))
    scene.record(*(a_hit(message) for message in few))
    small = len(counted)
    counted.clear()
    scene.record(*(a_hit(message) for message in many))
    assert len(counted) == small


def test_only_a_cut_address_is_kept(scene: Scene) -> None:
    scene.record(a_hit(scene.message()))
    kept = scene.database.read(lambda tx: tx.execute(select(hits.c.address)).scalar_one())
    assert kept == "192.0.2.0/24"


def test_two_writers_of_one_line_lose_none_of_each_others_counts(scene: Scene) -> None:
    message = scene.message()
    scene.record(a_hit(message))
    begun, errors = threading.Barrier(2), []

    def write(number: int) -> None:
        begun.wait(10)
        try:
            for step in range(5):
                arrival = a_hit(message, after=200 * (number * 5 + step + 1))
                scene.database.write(engagement.record_hits, [arrival], scene.now)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    [item] = scene.shown()
    assert item["count"] == 11
