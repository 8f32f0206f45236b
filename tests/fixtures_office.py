"""A rep of Fjordline with a connected mailbox, against the sandbox's Google over real HTTP, on both databases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from server.domain.drafts import Addressee, Draft, DraftLink, Outgoing, Prepared
from server.domain.users import Role, User
from server.gmail.credentials import READ, SEND, GoogleAccess, Grant
from server.jobs.worker import Worker
from server.queue import Queue
from server.sandbox.letter import write_letter
from server.sandbox.message import Message as Mail
from server.services.addresses import Addresses
from server.services.compositions import Compositions
from server.services.configuration import Configuration
from server.services.connections import Connections
from server.services.days import Days
from server.services.feed import Feed
from server.services.handover import Handover
from server.services.headlines import Headlines
from server.services.integrations import Integrations
from server.services.mailbox import Mailboxes
from server.services.marketo import MarketoSync
from server.services.members import Members
from server.services.messages import Messages
from server.services.notices import Notices
from server.services.outbox import Outbox
from server.services.ranks import Ranks
from server.services.tracking import Tracking
from server.settings import Settings, rules
from server.storage import jobs
from server.storage.database import Database
from server.storage.places import Places
from server.storage.tables import mailboxes, users, workspaces
from server.tokens import Tokens, new_id
from tests.fixtures_sandbox import BRAM, CLIENT, NORA, Sandbox

TRACKING = "https://t.fjordline.example"
AISSATOU = ("Aïssatou Diallo", "aissatou@dialloetfils.example")
HTML = '<html><body><p>Bonjour,</p><p><a href="https://fjordline.example/prices">prices</a></p></body></html>'


class Office:
    """Also what a worker needs (`database`, `queue`, `bus`, `mailboxes`, `messages`, `users`)."""

    def __init__(self, database: Database, sandbox: Sandbox) -> None:
        self.database = database
        self.sandbox = sandbox
        self.world = sandbox.world
        self.tokens = Tokens(["a pretend key for tests, quite long enough"])
        self.woken: list[set[str]] = []
        self.slept: list[float] = []
        self.rung = 0
        self.queue = Queue(jobs, ring=self._ring, clock=self.now)
        self.google = GoogleAccess(
            CLIENT.id, CLIENT.secret, sandbox.url, f"{sandbox.url}/token", f"{sandbox.url}/revoke", timeout=5.0
        )
        self.connections = Connections(database, self.tokens, lambda: self.google, self.now, self.slept.append)
        self.mailboxes = Mailboxes(self.connections, self.queue, self._wake)
        addresses = Addresses(self.tokens, TRACKING, "https://app.fjordline.example")
        self.messages = Messages(self.connections, self.mailboxes, addresses, self._wake, "https://mail.google.com")
        self.compositions = Compositions(self.connections, self.queue, self.now)
        self.outbox = Outbox(self.connections, self.messages, self.mailboxes)
        self.feed = Feed(database, "https://mail.google.com", self.now)
        self.bus = self
        self.marketo_sync = MarketoSync(
            database, lambda: None, lambda: None, Integrations(database, dict, self.now), self._wake, self.now
        )
        self.salesforce_sync = lambda: None
        self.configuration = Configuration(database, self.tokens, rules(Settings()), self.now)
        self.ranks = Ranks(database, self.now)
        headlines = Headlines("https://app.fjordline.example", "https://mail.google.com")
        self.notices = Notices(database, self.queue, self._wake, headlines, self.now)
        self.days = Days(database, self.tokens, self.queue, self._wake, lambda: None, "https://app.fjordline.example", self.now)
        self.users = self
        self.handover = Handover(database, self.queue, self._wake, self.now)
        self.members = Members(database, self.mailboxes, self.handover, self.now)
        nowhere = Path("/nonexistent")
        self.tracking = Tracking(database, Places(), self.tokens.hash_address, self, self.now, nowhere)
        self.workspace_id = new_id()
        database.write(self._open)
        self.nora = self._user(NORA, "Nora Lindqvist")
        self.bram = self._user(BRAM, "Bram de Wit")

    def now(self) -> datetime:
        return self.world.clock.now()

    def later(self, **by: float) -> None:
        self.world.clock.advance(timedelta(**by))

    def listen(self, callback: Any) -> None:
        """As a bus that nobody rings."""

    def wake(self, user_ids: Any) -> None:
        self._wake(user_ids)

    def healthy(self) -> bool:
        return True

    def close(self) -> None:
        pass

    def clear_expired(self) -> None:
        """As users without sessions."""

    # The rep

    def connect(self, user: User | None = None, *scopes: str) -> str:
        """The mailbox's id."""
        user = user or self.nora
        self.mailboxes.connect(user, self.grant(user.address, *scopes), scopes or (READ, SEND))
        return self.mailbox_of(user)

    def grant(self, address: str = NORA, *scopes: str) -> Grant:
        access, refresh = self.sandbox.google.grants.issue(CLIENT, self.world.mailbox(address).account, scopes or (READ, SEND))
        return Grant(refresh.value, access.value)

    def mailbox_of(self, user: User) -> str:
        query = select(mailboxes.c.id).where(mailboxes.c.user_id == user.id)
        return str(self.database.read(lambda tx: tx.execute(query).scalar_one()))

    def prepare(
        self, to: Sequence[tuple[str, str]] = (AISSATOU,), subject: str = "Pricing", user: User | None = None
    ) -> Prepared:
        return self.messages.prepare(user or self.nora, a_draft(to, subject))

    def sends(
        self,
        prepared: Prepared | None = None,
        to: Sequence[tuple[str, str]] = (AISSATOU,),
        *,
        subject: str = "Pricing",
        user: User | None = None,
        html: str | None = None,
        thread: str | None = None,
    ) -> Mail:
        """As from Gmail's own page: with the tokens of `prepared`, if any."""
        user = user or self.nora
        html = html or (with_tokens(prepared) if prepared else HTML)
        raw = write_letter((user.name, user.address), [f"{name} <{address}>" for name, address in to], subject, html=html)
        return self.world.send(user.address, raw, thread_id=thread, in_thread=thread is not None)

    def product_sends(self, prepared: Prepared, **how: Any) -> dict[str, Any]:
        return self.messages.send(self.nora, prepared.id, Outgoing(html=HTML, text="Bonjour,", **how))

    def sync(self, user: User | None = None) -> bool:
        return self.mailboxes.sync(self.mailbox_of(user or self.nora))

    # Those outside

    def replies(
        self, to: Mail, by: tuple[str, str] = AISSATOU, *, subject: str | None = None, headers: str = "", rep: str = NORA
    ) -> Mail:
        raw = write_letter(by, [rep], subject or f"Re: {to.subject}", text="Merci", answers=to)
        return self.world.receive(headers.replace("\n", "\r\n").encode() + raw, rep)[0]

    def bounces(
        self, of: Mail, address: str, *, action: str = "failed", status: str = "5.1.1", at: datetime | None = None
    ) -> Mail:
        return self.world.receive(a_bounce(of, address, action, status, at), NORA)[0]

    # What came of it

    def details(self, message_id: str) -> dict[str, Any]:
        return self.messages.details(self.nora, message_id)

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.messages.list(self.nora)["items"]
        return found

    def shown(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.feed.latest(self.nora)["items"]
        return items

    def spent(self, address: str = NORA) -> int:
        """Quota units since the last time."""
        units = self.sandbox.google.quota.read().get(address, {"units": 0})["units"]
        self.sandbox.google.quota.reset()
        assert isinstance(units, int)
        return units

    def work(self) -> None:
        """Everything due by now."""
        worker = Worker(self)
        while worker.work_once():
            pass

    def _user(self, address: str, name: str) -> User:
        user = User(new_id(), self.workspace_id, address, name, frozenset({Role.REP}), new_id()[-16:])
        row = {"id": user.id, "workspace_id": user.workspace_id, "address": address, "name": name, "tag": user.tag}
        self.database.write(lambda tx: tx.execute(insert(users).values(**row, roles=["rep"], created_at=self.now())))
        return user

    def _open(self, tx: Any) -> None:
        tx.execute(
            insert(workspaces).values(id=self.workspace_id, name="Fjordline", domain="fjordline.example", created_at=self.now())
        )

    def _wake(self, user_ids: Any) -> None:
        self.woken.append(set(user_ids))

    def _ring(self) -> None:
        self.rung += 1


def a_draft(to: Sequence[tuple[str, str]] = (AISSATOU,), subject: str = "Pricing", *urls: str) -> Draft:
    links = urls or ("https://fjordline.example/prices",)
    return Draft(subject, tuple(Addressee(*one) for one in to), links=tuple(DraftLink(url) for url in links))


def with_tokens(prepared: Prepared) -> str:
    links = "".join(f'<a href="{link.tracked_url}">page</a>' for link in prepared.links)
    return f'<html><body><p>Bonjour,</p>{links}<img src="{prepared.pixel_url}" width="1" height="1" alt=""></body></html>'


def a_bounce(of: Mail, address: str, action: str, status: str, at: datetime | None = None) -> bytes:
    lines = [
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        f"To: {NORA}",
        "Subject: Delivery Status Notification",
        f"In-Reply-To: {of.message_id}",
        f"References: {of.message_id}",
        "Auto-Submitted: auto-replied",
        f"Message-ID: <notice-{status}-{action}@googlemail.com>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "It did not work.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; googlemail.com",
        "",
        f"Final-Recipient: rfc822; {address}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; 550 {status} user unknown",
        *([f"Last-Attempt-Date: {format_datetime(at)}"] if at else []),
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


@pytest.fixture
def office(database: Database, sandbox: Sandbox) -> Office:
    made = Office(database, sandbox)
    made.connect()
    made.spent()
    return made
