"""Mails about moments: prompt, gathered, never twice, and never of somebody who left."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from server.connectors.errors import Away, Refused
from server.connectors.smtp import RecipientRefused, Smtp
from server.domain.subscriptions import Kind
from server.storage import users as stored_users
from server.storage.database import Database
from server.storage.tables import alerts
from tests.leadfeed import SENDER, LeadTeam


@pytest.fixture
def team(database: Database) -> LeadTeam:
    return LeadTeam(database)


@pytest.fixture
def hiroshi(team: LeadTeam) -> dict[str, Any]:
    return team.add("hiroshi@tanabe.example", name="Hiroshi Tanabe", account="Tanabe Express", owner=team.nora.id)


def waiting(team: LeadTeam) -> int:
    return len(team.database.read(lambda tx: tx.execute(select(alerts.c.id).where(alerts.c.sent_at.is_(None))).all()))


def test_the_first_moment_is_mailed_at_once(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.PERSON, hiroshi["id"])
    team.happens(hiroshi, "Visited the price list")
    team.work()
    assert team.mailed() == [("Nora", "Hiroshi Tanabe: Visited the price list")]


def test_what_follows_within_a_quarter_of_an_hour_goes_into_one_mail(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.TYPE, "web")
    for minute in range(14):
        team.happens(hiroshi, f"Visited page {minute}")
        team.work()
        team.later(minutes=1)
    assert len(team.outbox.mails) == 1
    team.later(minutes=1)
    team.work()
    assert [subject for _, subject in team.mailed()] == [
        "Hiroshi Tanabe: Visited page 0",
        "13 new moments: Hiroshi Tanabe and others",
    ]
    digest = team.outbox.mails[1].get_body(("plain",))
    assert digest is not None
    text = digest.get_content()
    assert [f"Visited page {at}" in text for at in (0, 1, 13)] == [False, True, True]
    assert text.index("Visited page 13") < text.index("Visited page 1\n")
    team.later(hours=1)
    team.work()
    assert len(team.outbox.mails) == 2


def test_many_at_once_are_counted_not_listed(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.TYPE, "web")
    team.marketing.record(*(team.marketing.moment(hiroshi, f"Visited page {at}") for at in range(60)))
    team.work()
    [mail] = team.outbox.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert "10 more are in the Lead Feed" in body.get_content()
    assert waiting(team) == 0


def test_no_mail_is_sent_twice(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.PERSON, hiroshi["id"])
    team.subscribe(team.nora, Kind.TYPE, "web")
    team.subscribe(team.ada, Kind.TYPE, "web", team.nora)
    moment = team.marketing.moment(hiroshi)
    for _ in range(2):
        team.marketing.record(moment)
        team.work()
        team.later(minutes=20)
    assert len(team.outbox.mails) == 1


def test_a_colleague_is_told_whose_subscription_it_is(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.ACCOUNT, "Tanabe Express", team.bram)
    team.happens(hiroshi)
    team.work()
    [mail] = team.outbox.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Nora Lindqvist subscribed you to “Tanabe Express”." in body.get_content()
    assert mail["To"].addresses[0].addr_spec == team.bram.address


@pytest.mark.parametrize("kind", list(Kind))
def test_of_people_one_neither_owns_nor_watches_no_mail_comes(team: LeadTeam, hiroshi: dict[str, Any], kind: Kind) -> None:
    value = {Kind.PERSON: hiroshi["id"], Kind.ACCOUNT: "Tanabe Express", Kind.TYPE: "web", Kind.DESCRIPTION: "price"}[kind]
    team.subscribe(team.nora, kind, value)
    team.change(hiroshi, owner=team.bram.id)
    team.happens(hiroshi)
    team.work()
    assert team.outbox.mails == []
    assert waiting(team) == 0


def test_who_watches_is_mailed_by_person_and_account_not_by_type(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.watch_list.watch(team.bram, hiroshi["id"])
    team.subscribe(team.bram, Kind.TYPE, "web")
    team.happens(hiroshi, "first")
    team.subscribe(team.bram, Kind.ACCOUNT, "tanabe express")
    team.happens(hiroshi, "second")
    team.work()
    assert team.mailed() == [("Bram", "Hiroshi Tanabe: second")]


@pytest.mark.parametrize("what", ["owner", "refused", "subscriber-out", "receiver-out", "removed", "deleted"])
def test_what_must_not_be_told_any_more_is_not_sent(team: LeadTeam, hiroshi: dict[str, Any], what: str) -> None:
    """Between a moment and its mail."""
    made = team.subscribe(team.nora, Kind.ACCOUNT, "Tanabe Express", team.bram)
    team.happens(hiroshi)
    if what == "owner":
        team.change(hiroshi, owner=team.ada.id)
    elif what == "refused":
        team.subscriptions.refuse(team.bram, made["id"])
    elif what == "removed":
        team.subscriptions.remove(team.nora, made["id"])
    elif what == "deleted":
        team.people.delete(team.nora, hiroshi["id"])
    else:
        out = team.nora if what == "subscriber-out" else team.bram
        team.database.write(stored_users.deactivate, team.workspace_id, out.id, team.now)
    team.work()
    assert team.outbox.mails == []
    assert waiting(team) == 0


def test_old_news_raises_no_mail(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.TYPE, "web")
    team.happens(hiroshi, "long ago", ago=timedelta(days=2))
    team.happens(hiroshi, "late", ago=timedelta(hours=23))
    team.work()
    assert team.mailed() == [("Nora", "Hiroshi Tanabe: late")]


def test_a_server_that_is_away_is_tried_again(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.TYPE, "web")
    team.happens(hiroshi)
    team.outbox.refusal = Away("smtp", "broke off", maybe_done=False)
    team.work()
    assert waiting(team) == 1
    team.work()  # not yet due
    team.outbox.refusal = None
    team.work()
    assert team.outbox.mails == []
    team.later(seconds=3)
    team.work()
    assert len(team.outbox.mails) == 1


def test_where_the_server_may_have_it_already_it_is_not_sent_again(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.TYPE, "web")
    team.happens(hiroshi)
    team.outbox.refusal = Away("smtp", "broke off", maybe_done=True)
    team.work()
    team.outbox.refusal = None
    team.later(hours=2)
    team.work()
    assert team.outbox.mails == []


def test_what_an_admin_must_mend_waits_for_a_day(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.TYPE, "web")
    team.happens(hiroshi)
    team.outbox.refusal = Refused("smtp", "name or password is refused")
    team.work()
    team.later(hours=3)
    team.outbox.refusal = None
    team.work()
    assert len(team.outbox.mails) == 1
    team.happens(hiroshi, "again")
    team.outbox.refusal = Refused("smtp", "name or password is refused")
    team.later(hours=1)
    team.work()
    team.later(hours=25)
    team.outbox.refusal = None
    team.work()
    assert len(team.outbox.mails) == 1
    assert waiting(team) == 0


def test_a_refused_address_is_not_tried_again(team: LeadTeam, hiroshi: dict[str, Any]) -> None:
    team.subscribe(team.nora, Kind.TYPE, "web")
    team.happens(hiroshi)
    team.outbox.refusal = RecipientRefused("smtp", "the recipient is refused", number="550")
    team.work()
    team.outbox.refusal = None
    team.later(hours=2)
    team.work()
    assert team.outbox.mails == []


# Through a real server -------------------------------------------------------------------


class Postbox:
    """An SMTP server's handler. `answers` are given to the next recipients, else they are taken."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.got: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append(envelope.content)
        return "250 OK"


class Server(Controller):
    """At whichever port is free: the library's own look whether it answers knows only the port it was given."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        socket.create_connection((self.hostname, self.port), timeout=5).close()


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, str]]:
    handler = Postbox()
    running = Server(handler, hostname="127.0.0.1", port=0)
    running.start()
    yield handler, f"smtp://127.0.0.1:{running.port}"
    running.stop()


def test_a_mail_comes_out_of_a_real_server_as_it_was_built(database: Database, postbox: tuple[Postbox, str]) -> None:
    handler, url = postbox
    team = LeadTeam(database, Smtp(url, sender=SENDER))
    person = team.add("yijun@formosa.example", name="陳怡君", account="Formosa Freight", owner=team.nora.id)
    team.subscribe(team.nora, Kind.DESCRIPTION, "路線")
    team.happens(person, "參加了網路研討會：大規模路線規劃")
    handler.answers = ["450 4.2.1 later"]
    team.work()
    assert handler.got == []
    team.later(seconds=5)
    team.work()
    [raw] = handler.got
    mail = message_from_bytes(raw, policy=default)
    assert mail["Subject"] == "陳怡君: 參加了網路研討會：大規模路線規劃"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert raw.count(b"List-Unsubscribe: <https://livefeed.fjordline.example/subscriptions/stop/") == 1
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert "大規模路線規劃" in body.get_content()
