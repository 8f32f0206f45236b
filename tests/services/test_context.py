from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, update

from server.domain.engagement import Kind
from server.domain.users import Role, User
from server.services import engagement
from server.services.context import Asked, Contexts
from server.services.worklist import Wish, Worklist
from server.storage import people
from server.storage.database import Database, Transaction
from server.storage.tables import consents, copies, person_addresses, recipients
from tests.scene import NOON, Rep, Scene, a_hit, a_mail

THREAD = "18c0ffee"


class Office(Scene):
    """A scene whose messages lie in Gmail threads, with recipients who are people."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.contexts = Contexts(database)
        self.worklist = Worklist(database, lambda: self.now)

    def sent(self, address: str = "aissatou@b.example", rep: Rep | None = None, thread: str = THREAD) -> str:
        rep = rep or self.nora
        message_id = self.message(rep=rep)
        ids = self.database.write(people.ensure, rep.workspace_id, {address: "Aïssatou Diallo"}, NOON)
        self.database.write(_readdress, message_id, address, ids[address], rep, thread)
        return message_id

    def known(self, *addresses: str, rep: Rep | None = None, **asked: str) -> Any:
        return self.contexts.of(_user(rep or self.nora), Asked(addresses=addresses, **asked))


def _user(rep: Rep) -> User:
    return User(rep.id, rep.workspace_id, rep.address, "Nora", frozenset({Role.REP}), rep.tag, time_zone=rep.time_zone)


def _readdress(tx: Transaction, message_id: str, address: str, person_id: str, rep: Rep, thread: str) -> None:
    tx.execute(update(recipients).where(recipients.c.message_id == message_id).values(address=address, person_id=person_id))
    tx.execute(
        insert(copies).values(
            mailbox_id=rep.mailbox_id,
            gmail_id=message_id[:16],
            workspace_id=rep.workspace_id,
            message_id=message_id,
            recipient=0,
            thread_id=thread,
            rfc_message_id=f"<{message_id}@x>",
            sent_at=NOON,
            reused=False,
        )
    )


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_a_thread_tells_what_its_mails_brought(office: Office) -> None:
    message = office.sent()
    office.record(a_hit(message), a_hit(message, after=60, link=1), a_hit(message, after=90, agent="curl/8"))
    office.database.write(engagement.record_mail, replace(a_mail(office, message), from_address="aissatou@b.example"), NOON)
    found = office.known(thread=THREAD)
    counted = found.thread.counted
    assert (counted.views, counted.clicks, counted.replies, counted.machine) == (1, 1, 1, 1)
    assert found.somebody.name == "Aïssatou Diallo"
    assert found.somebody.known
    assert {line.kind for line in found.lines} == {Kind.VIEW, Kind.CLICK, Kind.REPLY}


def test_another_rep_learns_nothing_of_it(office: Office) -> None:
    message = office.sent()
    office.record(a_hit(message))
    ids = office.database.write(people.ensure, office.nora.workspace_id, {"aissatou@b.example": ""}, NOON)
    office.worklist.add(_user(office.nora), Wish("Call her", date(2026, 11, 21), person_id=ids["aissatou@b.example"]))
    bram = replace(office.rep("bram"), workspace_id=office.nora.workspace_id)
    found = office.known("aissatou@b.example", rep=bram, thread=THREAD)
    assert found.thread is None
    assert found.lines == ()
    assert found.tasks == ()
    assert found.somebody.id == ids["aissatou@b.example"]  # people are the workspace's


def test_another_workspace_does_not_even_know_the_person(office: Office) -> None:
    office.sent()
    found = office.known("aissatou@b.example", rep=office.rep("eve"), thread=THREAD)
    assert found.somebody.id is None
    assert not found.somebody.known


def test_the_newest_sender_is_chosen(office: Office) -> None:
    message = office.sent()
    mails = [
        replace(a_mail(office, message, gmail_id=str(number)), from_address=who, at=NOON.replace(minute=number))
        for number, who in enumerate(["first@b.example", "last@b.example"])
    ]
    for mail in mails:
        office.database.write(engagement.record_mail, mail, NOON)
    found = office.known(thread=THREAD)
    assert found.somebody.address == "last@b.example"
    assert [one.address for one in found.choices] == ["last@b.example", "first@b.example", "aissatou@b.example"]
    assert office.known(thread=THREAD, chosen="first@b.example").somebody.address == "first@b.example"
    assert office.known(thread=THREAD, chosen="stranger@b.example").somebody.address == "last@b.example"


def test_the_rep_is_nobody_to_be_told_about(office: Office) -> None:
    found = office.known(office.nora.address.upper())
    assert found.choices == ()
    assert found.somebody is None


def test_mails_in_other_threads_are_engagement_with_the_person(office: Office) -> None:
    other = office.sent(thread="18c0beef")
    office.record(a_hit(other))
    found = office.known("Aissatou@B.example")
    assert [line.message_id for line in found.lines] == [other]
    assert found.thread is None


def test_machine_traffic_is_not_among_the_lines(office: Office) -> None:
    message = office.sent()
    office.record(a_hit(message, agent="curl/8"))
    found = office.known(thread=THREAD)
    assert found.lines == ()
    assert found.thread.counted.machine == 1
    office.hide_machines()
    hidden = office.known("aissatou@b.example", thread=THREAD)
    assert hidden.thread.counted == replace(found.thread.counted, machine=0, unknown=0)


def test_open_tasks_are_shown_and_done_ones_only_just_after(office: Office) -> None:
    office.sent()
    user, person = _user(office.nora), office.known("aissatou@b.example").somebody.id
    made = office.worklist.add(user, Wish("Call her", date(2026, 11, 21), person_id=person))
    assert [task.id for task in office.known("aissatou@b.example").tasks] == [made["id"]]
    office.worklist.complete(user, made["id"])
    assert office.known("aissatou@b.example").tasks == ()
    assert [task.id for task in office.known("aissatou@b.example", just_done=made["id"]).tasks] == [made["id"]]


def test_what_they_said_under_another_of_their_addresses_counts(office: Office) -> None:
    office.sent()
    person, workspace = office.known("aissatou@b.example").somebody.id, office.nora.workspace_id
    said = {"state": "withdrawn", "at": NOON, "purpose": "engagement", "proof": "", "source": "opt-out-page"}
    with office.database.engine.begin() as tx:
        tx.execute(insert(person_addresses).values(workspace_id=workspace, address="home@b.example", person_id=person))
        tx.execute(insert(consents).values(workspace_id=workspace, address="home@b.example", person_id=person, **said))
    assert office.known("aissatou@b.example").somebody.consent == "withdrawn"
    assert office.known("other@b.example").somebody.consent == "unknown"


def test_a_muted_person_is_muted_for_that_rep_only(office: Office) -> None:
    office.sent()
    person = office.known("aissatou@b.example").somebody.id
    office.worklist.mute(_user(office.nora), "person", person)
    bram = replace(office.rep("bram"), workspace_id=office.nora.workspace_id)
    assert office.known("aissatou@b.example").somebody.muted
    assert not office.known("aissatou@b.example", rep=bram).somebody.muted
