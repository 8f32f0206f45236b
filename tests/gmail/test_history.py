import pytest

from server.gmail.client import Page, Ref
from server.gmail.errors import HistoryExpired
from server.gmail.history import changes, chunks, is_inbound, is_sent, may_answer_elsewhere, resync
from server.sandbox.letter import write_letter
from tests.fixtures_sandbox import NORA, Sandbox
from tests.gmail.test_client import open_gmail

LETTER = write_letter(("Nora", NORA), ["ada@customer.example"], "Pricing", html="<p>Hello</p>")


def test_what_came_is_told_once_with_its_labels(sandbox: Sandbox) -> None:
    gmail = open_gmail(sandbox)
    start = gmail.profile().history_id
    sent = sandbox.world.send(NORA, LETTER)
    sandbox.world.mailbox(NORA).modify(sent.id, add=("STARRED",))
    [inbound] = sandbox.world.receive(LETTER, NORA)
    found = changes(gmail, start)
    assert [(ref.id, is_sent(ref), is_inbound(ref)) for ref in found.added] == [
        (sent.id, True, False),
        (inbound.id, False, True),
    ]
    assert changes(gmail, found.history_id).added == ()


def test_drafts_are_neither_sent_nor_received(sandbox: Sandbox) -> None:
    gmail = open_gmail(sandbox)
    start = gmail.profile().history_id
    sandbox.world.mailbox(NORA).compose(LETTER)
    assert not any(is_sent(ref) or is_inbound(ref) for ref in changes(gmail, start).added)


def test_empty_pages_are_passed_over(sandbox: Sandbox) -> None:
    gmail = open_gmail(sandbox)
    start = gmail.profile().history_id
    sandbox.world.mailbox(NORA).history.empty_pages = 2
    sent = sandbox.world.send(NORA, LETTER)
    assert [ref.id for ref in changes(gmail, start).added] == [sent.id]


def test_many_changes_come_in_pages(sandbox: Sandbox) -> None:
    gmail = open_gmail(sandbox)
    start = gmail.profile().history_id
    sent = [sandbox.world.send(NORA, LETTER).id for _ in range(510)]
    assert [ref.id for ref in changes(gmail, start).added] == sent


def test_without_labels_both_folders_are_asked_for() -> None:
    class Forgetful:
        """A Gmail that tells labels only when asked by label."""

        def history(self, start: int, page: str | None = None, label: str | None = None) -> Page:
            everything = {"SENT": Ref("a", "a"), "INBOX": Ref("b", "a"), "DRAFT": Ref("c", "c")}
            return Page(tuple(ref for name, ref in everything.items() if label in (None, name)), 9, None)

    found = changes(Forgetful(), 1)  # type: ignore[arg-type]
    assert [(ref.id, is_sent(ref), is_inbound(ref)) for ref in found.added] == [
        ("a", True, False),
        ("b", False, True),
        ("c", False, False),
    ]


def test_the_history_id_never_goes_back() -> None:
    class Lagging:
        def history(self, start: int, page: str | None = None, label: str | None = None) -> Page:
            return Page((), start - 5, None)

    assert changes(Lagging(), 100).history_id == 100  # type: ignore[arg-type]


def test_a_resync_lists_both_folders_and_takes_the_newest_id(sandbox: Sandbox) -> None:
    gmail = open_gmail(sandbox)
    sent = sandbox.world.send(NORA, LETTER)
    [inbound] = sandbox.world.receive(LETTER, NORA)
    sandbox.world.mailbox(NORA).history.expire()
    with pytest.raises(HistoryExpired):
        changes(gmail, 1)
    found = resync(gmail)
    assert {(ref.id, is_sent(ref)) for ref in found.added} == {(sent.id, True), (inbound.id, False)}
    assert found.history_id == sandbox.world.mailbox(NORA).history.latest


def test_a_first_mail_of_a_thread_may_be_an_answer_unless_it_is_advertising() -> None:
    assert may_answer_elsewhere(Ref("a", "a", frozenset({"INBOX", "UNREAD"})))
    assert not may_answer_elsewhere(Ref("b", "a", frozenset({"INBOX"})))
    assert not may_answer_elsewhere(Ref("a", "a", frozenset({"INBOX", "CATEGORY_PROMOTIONS"})))
    assert not may_answer_elsewhere(Ref("a", "a", frozenset({"SPAM"})))


def test_a_part_reaches_to_just_before_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.gmail.history.CHUNK", 2)
    refs = [Ref(str(at), str(at), frozenset(), record) for at, record in enumerate((10, 20, 20, 30, 40))]
    assert [(len(part), reached) for part, reached in chunks(refs, 5, 50)] == [(2, 19), (2, 39), (1, 50)]
    assert list(chunks([], 5, 50)) == [([], 50)]


def test_parts_of_a_resync_keep_the_old_place_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.gmail.history.CHUNK", 2)
    refs = [Ref(str(at), str(at), frozenset()) for at in range(3)]
    assert [reached for _, reached in chunks(refs, 5, 50)] == [5, 50]
