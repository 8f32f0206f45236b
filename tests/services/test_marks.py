from datetime import timedelta

import pytest
from sqlalchemy import insert

from server.domain.users import Role, User
from server.services.marks import Marks
from server.storage.database import Database
from server.storage.tables import copies
from tests.scene import NOON, Rep, Scene, a_hit

SENT_AT = "2026-11-21T11:00:00Z"


class Sent(Scene):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.marks = Marks(database)

    def mail(self, thread: str, *, copied: int = 1, rep: Rep | None = None, tracked: bool = True) -> str:
        rep = rep or self.nora
        message_id = self.message(rep=rep, tracked=tracked)
        with self.database.engine.begin() as tx:
            for number in range(copied):
                own = {"mailbox_id": rep.mailbox_id, "workspace_id": rep.workspace_id, "message_id": message_id}
                mail = {"gmail_id": f"{number}{message_id[-12:]}", "rfc_message_id": f"<{number}{message_id}@x>"}
                more = {"recipient": number, "thread_id": thread, "sent_at": NOON, "reused": False}
                tx.execute(insert(copies).values(**own, **mail, **more))
        return message_id

    def of(self, *threads: str, rep: Rep | None = None) -> dict[str, object]:
        rep = rep or self.nora
        user = User(rep.id, rep.workspace_id, rep.address, "Nora", frozenset({Role.REP}), rep.tag)
        return dict(self.marks.of(user, threads))


@pytest.fixture
def sent(database: Database) -> Sent:
    return Sent(database)


def test_a_thread_is_sent_until_a_person_views_it(sent: Sent) -> None:
    message = sent.mail("a1")
    assert sent.of("a1", "b2") == {"a1": {"state": "sent", "views": 0, "last_at": SENT_AT}}
    sent.record(a_hit(message, after=60), a_hit(message, after=7200, address="b"))
    assert sent.of("a1") == {"a1": {"state": "viewed", "views": 2, "last_at": "2026-11-21T14:00:00Z"}}


def test_own_views_and_machines_are_no_views(sent: Sent) -> None:
    message = sent.mail("a1")
    sent.record(a_hit(message, after=60, own_tags=frozenset({sent.nora.tag})), a_hit(message, after=61, agent="curl/8"))
    assert sent.of("a1") == {"a1": {"state": "sent", "views": 0, "last_at": SENT_AT}}


def test_a_view_of_a_mail_sent_in_several_copies_counts_once(sent: Sent) -> None:
    sent.record(a_hit(sent.mail("a1", copied=3), after=60))
    assert sent.of("a1") == {"a1": {"state": "viewed", "views": 1, "last_at": "2026-11-21T12:01:00Z"}}


def test_a_thread_adds_up_its_mails(sent: Sent) -> None:
    first, second = sent.mail("a1"), sent.mail("a1")
    sent.record(a_hit(first, after=60), a_hit(second, after=120, address="b"))
    assert sent.of("a1") == {"a1": {"state": "viewed", "views": 2, "last_at": "2026-11-21T12:02:00Z"}}


def test_untracked_mail_and_drafts_have_no_mark(sent: Sent) -> None:
    sent.mail("a1", tracked=False)
    sent.change(sent.mail("b2"), state="drafted")
    assert sent.of("a1", "b2") == {}


def test_nobody_sees_the_marks_of_somebody_else(sent: Sent) -> None:
    bram = sent.rep("bram")
    sent.mail("a1", rep=bram)
    assert sent.of("a1") == {}
    assert sent.of("a1", rep=bram) == {"a1": {"state": "sent", "views": 0, "last_at": SENT_AT}}


def test_an_archived_mail_keeps_its_mark(sent: Sent) -> None:
    message = sent.mail("a1")
    sent.record(a_hit(message, after=timedelta(minutes=1).total_seconds()))
    sent.change(message, state="archived")
    assert sent.of("a1") == {"a1": {"state": "viewed", "views": 1, "last_at": "2026-11-21T12:01:00Z"}}
