"""What a rep looks for in their messages and in their feed; several archived at once; the table of what came of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.engagement import Kind
from server.domain.searches import Outcome, Wanted
from server.domain.users import User
from server.services.addresses import Addresses
from server.services.connections import Connections
from server.services.details import COLUMNS
from server.services.mailbox import Mailboxes
from server.services.messages import Messages
from server.storage import messages as stored
from server.storage.database import Database
from server.tokens import Tokens
from tests.scene import NOON, Rep, Scene, a_hit, a_mail

SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
def desk(scene: Scene) -> Messages:
    tokens = Tokens(["a" * 32])
    connections = Connections(scene.database, tokens, lambda: None, lambda: scene.now)  # type: ignore[arg-type, return-value]
    mailboxes = Mailboxes(connections, None, lambda _: None, "")  # type: ignore[arg-type]
    return Messages(connections, mailboxes, Addresses(tokens, "http://t", "http://p"), scene_woken(scene), "http://mail")


def scene_woken(scene: Scene) -> Callable[[Any], None]:
    return lambda users: setattr(scene, "woken", {*getattr(scene, "woken", set()), *users})


def user_of(rep: Rep, zone: str | None = "Europe/Oslo") -> User:
    return User(rep.id, rep.workspace_id, rep.address, "", frozenset(), rep.tag, time_zone=zone)


def sent(
    scene: Scene, subject: str = "Pricing", name: str = "Aïssatou Diallo", account: str = "Baobab Énergie", **more: Any
) -> str:
    message = scene.message([name], accounts=[account], **more)
    scene.change(message, subject=subject, found_by=subject.lower())
    return message


def found(desk: Messages, scene: Scene, outcome: Outcome = Outcome(), **wanted: Any) -> list[str]:  # noqa: B008
    return [one["id"] for one in desk.list(user_of(scene.nora), wanted=Wanted(**wanted), outcome=outcome)["items"]]


def test_words_are_found_in_subject_name_and_company_whatever_their_accents(scene: Scene, desk: Messages) -> None:
    pricing, terms = sent(scene), sent(scene, "Terms", "Bode Okafor", "Okafor Ltd")
    assert found(desk, scene, text="pric") == [pricing]
    assert found(desk, scene, text="aissatou ENERGIE") == [pricing]
    assert found(desk, scene, text="okafor terms") == [terms]
    assert found(desk, scene, text="okafor pricing") == []
    assert found(desk, scene, text="100%") == []


def test_a_company_is_found_by_its_own_name_only(scene: Scene, desk: Messages) -> None:
    baobab = sent(scene)
    sent(scene, name="Baobab Smith", account="Elsewhere")
    assert found(desk, scene, account="baobab energie") == [baobab]


def test_mail_to_a_person_is_found_by_who_they_are(scene: Scene, desk: Messages) -> None:
    message = sent(scene)
    sent(scene, name="Bode Okafor")
    [recipient] = desk.details(user_of(scene.nora), message)["recipients"]
    assert recipient["account"] == "Baobab Énergie"
    assert found(desk, scene, person_id=recipient["person_id"]) == [message]


def test_what_people_did_decides_and_no_machine(scene: Scene, desk: Messages) -> None:
    viewed, clicked, scanned, untracked = (sent(scene) for _ in range(4))
    scene.change(untracked, tracked=False)
    scene.record(a_hit(viewed), a_hit(clicked, link=1), a_hit(scanned, agent=SCANNER, address="b"))
    scene.receive(a_mail(scene, viewed))
    assert found(desk, scene, Outcome(viewed=True)) == [viewed]
    assert set(found(desk, scene, Outcome(viewed=False))) == {clicked, scanned}
    assert found(desk, scene, Outcome(clicked=True)) == [clicked]
    assert set(found(desk, scene, Outcome(clicked=False))) == {viewed, scanned}
    assert found(desk, scene, Outcome(replied=True)) == [viewed]
    assert set(found(desk, scene, Outcome(replied=False))) == {clicked, scanned, untracked}
    assert found(desk, scene, Outcome(viewed=True, replied=False)) == []


def test_days_are_those_of_the_viewer(scene: Scene, desk: Messages) -> None:
    """23:30 UTC is the next day in Oslo already."""
    late = sent(scene, sent_at=NOON.replace(day=19, hour=23, minute=30))
    noon = sent(scene, sent_at=NOON.replace(day=19))
    day = date(2026, 11, 19)
    assert found(desk, scene, first=day, last=day) == [noon]
    assert found(desk, scene, first=day + timedelta(days=1)) == [late]
    in_utc = desk.list(user_of(scene.nora, None), wanted=Wanted(first=day, last=day))["items"]
    assert [one["id"] for one in in_utc] == [late, noon]


def test_a_search_goes_on_where_its_page_ended(scene: Scene, desk: Messages) -> None:
    mine = [sent(scene, sent_at=NOON - timedelta(hours=number)) for number in range(5)]
    sent(scene, "Terms")
    seen: list[str] = []
    cursor = None
    while not seen or cursor:
        page = desk.list(user_of(scene.nora), cursor, 2, Wanted(text="pricing"))
        seen, cursor = [*seen, *(one["id"] for one in page["items"])], page["next"]
    assert seen == mine


def test_nobody_finds_a_colleagues_mail(scene: Scene, desk: Messages) -> None:
    sent(scene, rep=scene.rep("bram"))
    assert found(desk, scene) == found(desk, scene, text="pricing") == found(desk, scene, account="baobab") == []


def test_several_are_archived_at_once_and_come_back(scene: Scene, desk: Messages) -> None:
    one, other, kept = sent(scene), sent(scene), sent(scene)
    theirs = sent(scene, rep=scene.rep("bram"))
    draft = sent(scene, state="drafted", sent_at=None)
    scene.record(a_hit(one))
    nora = user_of(scene.nora)
    assert set(desk.archive_all(nora, [one, other, theirs, draft], archived=True)) == {one, other}
    assert found(desk, scene, Outcome(archived=False)) == [kept]
    assert scene.shown()[0]["message"]["archived"]  # type: ignore[index]
    assert scene.woken == {scene.nora.id}  # type: ignore[attr-defined]
    assert desk.archive_all(nora, [one], archived=True) == []
    assert desk.archive_all(nora, [one, kept], archived=False) == [one]
    assert found(desk, scene, Outcome(archived=True)) == [other]


def test_the_table_has_a_row_a_message_and_what_came_of_it(scene: Scene, desk: Messages) -> None:
    message = sent(scene)
    sent(scene, "Terms")
    scene.record(a_hit(message), a_hit(message, after=60), a_hit(message, agent=SCANNER, address="b"))
    headings, row = desk.table(user_of(scene.nora), Wanted(text="pricing"))
    told = dict(zip(headings, row, strict=True))
    assert headings == COLUMNS
    assert (told["Subject"], told["Company"], told["To"]) == ("Pricing", "Baobab Énergie", "Aïssatou Diallo <1@b.example>")
    assert (told["Views"], told["Clicks"], told["Replies"], told["Machine hits"]) == (2, 0, 0, 1)
    assert (told["First view"], told["Last view"]) == ("2026-11-21T12:00:00.000000Z", "2026-11-21T12:01:00.000000Z")
    assert (told["Last click"], told["Message"]) == (None, message)
    scene.hide_machines()
    told = dict(zip(*desk.table(user_of(scene.nora), Wanted(text="pricing")), strict=True))
    assert (told["Views"], told["Machine hits"], told["Unknown hits"]) == (2, None, None)


def test_the_table_is_read_in_pages(scene: Scene, desk: Messages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.messages.MOST_A_PAGE", 2)
    mine = {sent(scene) for _ in range(5)}
    rows = list(desk.table(user_of(scene.nora)))
    assert len(rows) == 6
    assert {row[-1] for row in rows[1:]} == mine


# In the feed


def lines(scene: Scene, kind: str | None = None, **wanted: Any) -> list[tuple[str, Any]]:
    page = scene.feed.latest(scene.nora, kind=kind, wanted=Wanted(**wanted))
    return [(item["kind"], item["message"]["id"]) for item in page["items"]]


def test_a_line_is_found_by_its_words_company_and_person(scene: Scene) -> None:
    message = scene.message(["Aïssatou Diallo"], accounts=["Baobab Énergie"])
    other = scene.message(["Bode Okafor"], accounts=["Baobabs"])
    scene.record(a_hit(message), a_hit(message, link=2, after=100), a_hit(other, after=200))
    assert lines(scene, text="aissatou page") == [("click", message)]
    assert lines(scene, text="pricing", account="Baobab énergie") == [("click", message), ("view", message)]
    assert lines(scene, text="fleet") == []
    [person] = {item["who"]["person"]["id"] for item in scene.feed.latest(scene.nora, message=message)["items"]}
    assert lines(scene, "view", person_id=person) == [("view", message)]


def test_who_may_have_been_one_of_several_is_found_too(scene: Scene) -> None:
    message = scene.message(["Aïssatou Diallo", "Bode Okafor"])
    scene.record(a_hit(message), a_hit(message, recipient=2, after=100))
    [shared, bode] = reversed(scene.feed.latest(scene.nora)["items"])
    persons = [one.person_id for one in scene.database.read(stored.recipients_of, message)]
    assert shared["who"]["person"] is None
    assert len(lines(scene, person_id=persons[0])) == 1
    assert len(lines(scene, person_id=persons[1])) == 2
    assert bode["who"]["person"]["id"] == persons[1]


def test_a_reply_is_found_and_days_are_the_viewers(scene: Scene) -> None:
    message = scene.message()
    scene.receive(a_mail(scene, message))
    scene.record(a_hit(message, after=60))
    assert lines(scene, Kind.REPLY.value, text="pricing") == [("reply", message)]
    assert len(lines(scene, first=NOON.date(), last=NOON.date())) == 2
    assert lines(scene, first=NOON.date() + timedelta(days=1)) == []
    assert lines(scene, last=NOON.date() - timedelta(days=1)) == []
