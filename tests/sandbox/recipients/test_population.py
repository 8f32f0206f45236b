"""What people do, by themselves and when told."""

import email
import email.policy
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flufl.bounce import all_failures
from hypothesis import given
from hypothesis import strategies as st

from server.sandbox.letter import write_letter
from server.sandbox.message import Message
from server.sandbox.recipients.answers import AUTO_REPLIES, BOUNCES
from server.sandbox.recipients.letter import Letter, read_letter
from server.sandbox.recipients.people import CAST, person_at
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

from .conftest import NORA, START, Recorder, live_through, make_people, standing_clock, tracked_html

Send = Callable[..., Message]


@pytest.fixture
def send(world: World, recorder: Recorder) -> Send:
    def sent(*to: str, html: str = "") -> Message:
        raw = write_letter(("Nora", NORA), to, "Pricing", html=html or tracked_html(recorder.url), text="Pricing")
        return world.send(NORA, raw)

    return sent


def inbox(world: World) -> list[EmailMessage]:
    return [
        email.message_from_bytes(row.raw, policy=email.policy.default) for row in world.mailbox(NORA).messages(labels=["INBOX"])
    ]  # type: ignore[misc]


def test_the_first_view_comes_within_ten_seconds(world: World, people: Recipients, send: Send, recorder: Recorder) -> None:
    send("gmail@north.example")
    live_through(world, people, 5)
    assert recorder.seen == []
    live_through(world, people, 5)
    assert recorder.paths == ["GET /o/t/pixel.gif"]


def test_a_letter_is_read_clicked_and_answered(world: World, people: Recipients, send: Send, recorder: Recorder) -> None:
    sent = send("reply@north.example")
    live_through(world, people, 60)
    assert recorder.paths[0] == "GET /o/t/pixel.gif"
    assert any(path.startswith("GET /c/") for path in recorder.paths)
    (reply,) = inbox(world)
    assert reply["In-Reply-To"] == sent.message_id
    assert reply["References"] == sent.message_id
    assert reply["Auto-Submitted"] is None
    assert world.mailbox(NORA).thread(sent.thread_id).messages[-1].sender[1] == "reply@north.example"


def test_somebody_may_answer_from_another_address(world: World, people: Recipients, send: Send) -> None:
    sent = send("alias@north.example")
    live_through(world, people, 60)
    (reply,) = inbox(world)
    assert "assistant@reply.example" in reply["From"]
    assert reply["In-Reply-To"] == sent.message_id


def test_the_next_reader_opens_the_same_body_elsewhere(
    world: World, people: Recipients, send: Send, recorder: Recorder
) -> None:
    send("forward@north.example")
    live_through(world, people, 60)
    first = people.letters("forward@north.example")[0]
    second = people.letters("colleague@forwarded.example")[0]
    assert set(first.images) == set(second.images)
    assert [link.url for link in first.links] == [link.url for link in second.links]
    agents = {row.headers["User-Agent"] for row in recorder.seen}
    addresses = {row.headers["X-Forwarded-For"] for row in recorder.seen}
    assert len(agents) == len(addresses) == 2


@pytest.mark.parametrize("kind", list(BOUNCES))
def test_a_bounce_is_a_delivery_status_notification(kind: str, world: World, people: Recipients, send: Send) -> None:
    sent = send("nobody@north.example")
    people.bounce(people.letters("nobody@north.example")[0], kind)
    (notice,) = inbox(world)
    assert notice.get_content_type() == "multipart/report"
    assert notice.get_param("report-type") == "delivery-status"
    assert notice["In-Reply-To"] == sent.message_id
    assert notice["X-Failed-Recipients"] == "nobody@north.example"
    status = next(part for part in notice.walk() if part.get_content_type() == "message/delivery-status")
    blocks = status.get_payload()
    assert isinstance(blocks, list)
    action, code, _, _ = BOUNCES[kind]
    assert (blocks[1]["Action"], blocks[1]["Status"]) == (action, code)
    assert blocks[1]["Final-Recipient"] == "rfc822; nobody@north.example"
    temporary, permanent = all_failures(email.message_from_bytes(notice.as_bytes()))
    assert (temporary or permanent) == {b"nobody@north.example"}
    assert bool(permanent) == (action == "failed")


def test_a_letter_that_bounces_is_never_read(world: World, people: Recipients, send: Send, recorder: Recorder) -> None:
    send("full@north.example")
    live_through(world, people, 60)
    assert recorder.seen == []
    assert len(inbox(world)) == 1


@pytest.mark.parametrize("shape", list(AUTO_REPLIES))
def test_an_automatic_answer_says_so(shape: str, world: World, people: Recipients, send: Send) -> None:
    sent = send("nobody@north.example")
    people.auto_reply(people.letters("nobody@north.example")[0], shape)
    (answer,) = inbox(world)
    for name, value in AUTO_REPLIES[shape]:
        assert answer[name] == value
    assert answer["In-Reply-To"] == sent.message_id


def test_people_click_well_after_a_scanner(world: World, people: Recipients, send: Send) -> None:
    send("tomasz.wojcik@wisla.example")
    live_through(world, people, 60)
    clicks = [row for row in people.requests() if "/c/" in row.url]
    scanned = max(row.at for row in clicks if row.client == "mimecast")
    assert min(row.at for row in clicks if row.client != "mimecast") - scanned >= timedelta(seconds=20)


def test_nobody_does_nothing(world: World, people: Recipients, send: Send, recorder: Recorder) -> None:
    send("nobody@north.example")
    live_through(world, people, 120)
    assert recorder.seen == []
    assert people.schedule.waiting == 0


def test_quiet_people_act_only_when_told(world: World, send: Send, recorder: Recorder) -> None:
    quiet = make_people(world, pace=None)
    send("gmail@north.example")
    live_through(world, quiet, 120)
    assert recorder.seen == []
    quiet.open(quiet.letters("gmail@north.example")[0])
    assert len(recorder.seen) == 1


def test_two_people_outside_do_not_chat_for_ever(world: World, people: Recipients, send: Send) -> None:
    send("nobody@north.example")
    forwarded, _ = people.forward(people.letters("nobody@north.example")[0], "reply@south.example")
    people.reply(forwarded)
    assert [letter.sender for letter in people.letters("nobody@north.example")] == ["reply@south.example", NORA]
    assert people.schedule.waiting == 0


def test_the_next_reader_may_write_to_the_rep(world: World, people: Recipients, send: Send) -> None:
    sent = send("nobody@north.example")
    forwarded, _ = people.forward(people.letters("nobody@north.example")[0], "colleague@south.example")
    people.reply(forwarded, to=NORA)
    (reply,) = inbox(world)
    assert sent.message_id in reply["References"]


def story(seed: int, recorder: Recorder) -> list[tuple[str, str, str, str]]:
    world = World(clock=standing_clock(), seed=seed)
    world.add_account(NORA, "Nora")
    people = make_people(world, seed=seed)
    html = tracked_html(recorder.url)
    for number in range(6):
        world.send(NORA, write_letter(("Nora", NORA), [f"somebody{number}@north.example"], "Hello", html=html, text="Hello"))
    live_through(world, people, 90)
    return [(row.at.isoformat(), row.who, row.client, row.url) for row in people.requests()]


def test_the_same_seed_tells_the_same_story(recorder: Recorder) -> None:
    assert story(3, recorder) == story(3, recorder)
    assert story(3, recorder) != story(4, recorder)


def test_a_slow_reader_is_slow_and_a_pace_stretches_people_but_not_machines(
    world: World, send: Send, recorder: Recorder
) -> None:
    people = make_people(world, pace=60.0)
    send("scanner@north.example", "gmail@north.example")
    live_through(world, people, 30)
    assert {row.who for row in people.requests()} == {"scanner@north.example"}


def test_the_thread_follows_the_worlds_clock(world: World, people: Recipients, send: Send, recorder: Recorder) -> None:
    people.schedule.start()
    try:
        send("gmail@north.example")
        world.clock.advance(timedelta(minutes=10))
        assert people.schedule.wait_idle(10)
    finally:
        people.schedule.stop()
    assert recorder.paths[0] == "GET /o/t/pixel.gif"


def test_one_failed_deed_does_not_stop_the_others(world: World, people: Recipients) -> None:
    done: list[str] = []
    people.schedule.after(1, lambda: done.append(str(1 / 0)))
    people.schedule.after(2, lambda: done.append("second"))
    assert people.schedule.run_all() == 2
    assert done == ["second"]


def test_a_server_that_is_away_is_written_down(people: Recipients, world: World, send: Send) -> None:
    send("nobody@north.example", html='<img src="http://127.0.0.1:9/o/t/x.gif">')
    (made,) = people.open(people.letters("nobody@north.example")[0])
    assert (made.status, made.skipped) == (0, "ConnectionRefusedError")


@given(st.emails(), st.integers())
def test_every_address_is_somebody(address: str, seed: int) -> None:
    assert person_at(address, seed) == person_at(address, seed)
    assert person_at(address, seed).name


@given(st.binary(max_size=400))
def test_any_bytes_are_a_letter(raw: bytes) -> None:
    letter = read_letter("1", "a@b.example", raw, "c@d.example", START)
    assert isinstance(letter, Letter)
    assert isinstance(letter.subject, str)


def test_the_cast_reads_in_several_languages() -> None:
    assert len(CAST) >= 12
    assert {"en", "fr", "zh-TW", "de", "pl"} <= {person.language for person in CAST}
    assert all(person.address.endswith(".example") for person in CAST)
