"""A rep, her mail and what recipients do with it: the smallest database in which something can happen."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from server.domain.engagement import Class, Hit, Kind, MessageFacts, Network, NetworkKind, Place, Reason, Verdict
from server.domain.feed import Arrival, InboundMail
from server.domain.people import found_by
from server.domain.tracking import Machines
from server.services import engagement
from server.services.feed import Feed
from server.storage import tracking
from server.storage.database import Database
from server.storage.tables import links, mailboxes, messages, people, recipients, sessions, users, workspaces
from server.tokens import new_id

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.1 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
)
LYON = Place("city", "Lyon", "FR")
OSLO = Place("city", "Oslo", "NO")
HOME = Network(64500, "Example Home", NetworkKind.HOME)


@dataclass(frozen=True)
class Rep:
    id: str
    workspace_id: str
    mailbox_id: str
    tag: str
    address: str
    time_zone: str | None = "Europe/Oslo"


class Scene:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOON
        self.feed = Feed(database, "https://mail.google.com", lambda: self.now)
        self.nora = self.rep("nora")

    def rep(self, name: str, beside: Rep | None = None) -> Rep:
        """In a workspace of their own, or in that of somebody else."""
        workspace_id, user_id, mailbox_id = beside.workspace_id if beside else new_id(), new_id(), new_id()
        address = f"{name}@{workspace_id}.example"
        with self.database.engine.begin() as tx:
            if beside is None:
                tx.execute(insert(workspaces).values(id=workspace_id, name="Fjordline", created_at=NOON))
            tx.execute(
                insert(users).values(
                    id=user_id,
                    workspace_id=workspace_id,
                    address=address,
                    name=name,
                    roles=["rep"],
                    tag=user_id[-16:],
                    created_at=NOON,
                )
            )
            tx.execute(
                insert(mailboxes).values(
                    id=mailbox_id,
                    workspace_id=workspace_id,
                    user_id=user_id,
                    address=address,
                    aliases=[],
                    scopes=[],
                    state="ok",
                    state_since=NOON,
                    created_at=NOON,
                )
            )
        return Rep(user_id, workspace_id, mailbox_id, user_id[-16:], address)

    def message(
        self,
        to: Sequence[str] = ("Aïssatou Diallo",),
        *,
        links_count: int = 3,
        state: str = "sent",
        tracked: bool = True,
        sent_at: datetime | None = NOON - timedelta(hours=1),
        rep: Rep | None = None,
        accounts: Sequence[str | None] = (),
    ) -> str:
        message_id, rep = new_id(), rep or self.nora
        own = {"message_id": message_id, "workspace_id": rep.workspace_id}
        with self.database.engine.begin() as tx:
            tx.execute(
                insert(messages).values(
                    id=message_id,
                    workspace_id=rep.workspace_id,
                    user_id=rep.id,
                    subject="Pricing for 40 vehicles",
                    state=state,
                    tracked=tracked,
                    created_at=NOON,
                    sent_at=sent_at,
                    thread_id="18c0ffee",
                )
            )
            for ordinal, name in enumerate(to, 1):
                person = new_id()
                account = accounts[ordinal - 1] if accounts else "b.example"
                found = found_by(name, account, [f"{ordinal}@b.example"])
                row = {"id": person, "workspace_id": rep.workspace_id, "name": name, "account": account}
                tx.execute(insert(people).values(**row, found_by=found, created_at=NOON))
                tx.execute(
                    insert(recipients).values(
                        **own,
                        ordinal=ordinal,
                        field="to",
                        name=name,
                        address=f"{ordinal}@b.example",
                        personal=False,
                        person_id=person,
                    )
                )
            for ordinal in range(1, links_count + 1):
                tx.execute(
                    insert(links).values(**own, ordinal=ordinal, url=f"https://b.example/{ordinal}", text=f"page {ordinal}")
                )
        return message_id

    def change(self, message_id: str, **values: object) -> None:
        with self.database.engine.begin() as tx:
            tx.execute(update(messages).where(messages.c.id == message_id).values(**values))

    def hide_machines(self) -> None:
        """As an admin does who wants nobody to see their traffic."""
        self.database.write(tracking.choose_machines, self.nora.workspace_id, Machines.HIDE)

    def signed_in(self, address_hash: str, seen_at: datetime) -> None:
        with self.database.engine.begin() as tx:
            tx.execute(
                insert(sessions).values(
                    id=new_id(),
                    workspace_id=self.nora.workspace_id,
                    user_id=self.nora.id,
                    kind="web",
                    label="Chrome",
                    address_hash=address_hash,
                    created_at=NOON,
                    seen_at=seen_at,
                    expires_at=NOON + timedelta(days=1),
                )
            )

    def record(self, *arrivals: Arrival) -> set[str]:
        return self.database.write(engagement.record_hits, arrivals, self.now)

    def receive(self, mail: InboundMail) -> set[str]:
        return self.database.write(engagement.record_mail, mail, self.now)

    def rejudge(self, *message_ids: str) -> set[str]:
        return self.database.write(engagement.rejudge, message_ids, self.now)

    def refresh(self, *message_ids: str) -> set[str]:
        return self.database.write(engagement.refresh, message_ids, self.now)

    def shown(self) -> list[dict[str, object]]:
        items: list[dict[str, object]] = self.feed.latest(self.nora)["items"]
        return items

    def everything(self) -> list[dict[str, object]]:
        items: list[dict[str, object]] = self.feed.latest(self.nora, hidden=True)["items"]
        return items


def a_hit(
    message_id: str,
    *,
    after: float = 0.0,
    link: int | None = None,
    agent: str = CHROME,
    place: Place | None = LYON,
    network: Network | None = HOME,
    address: str = "a",
    recipient: int = 0,
    own_tags: frozenset[str] = frozenset(),
    hit_id: str | None = None,
) -> Arrival:
    """A view, or a click when a link is given; `after` counts seconds from noon."""
    hit = Hit(
        id=hit_id or new_id(),
        message_id=message_id,
        kind=Kind.CLICK if link else Kind.VIEW,
        at=NOON + timedelta(seconds=after),
        method="GET",
        user_agent=agent,
        signs=frozenset(),
        network=network,
        place=place,
        address_hash=address,
        recipient=recipient,
        link=link,
        own_device=False,
    )
    return Arrival(hit, "192.0.2.0/24", own_tags)


@contextmanager
def older_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A version that took everybody for a person."""

    def everybody(message: MessageFacts, hits: Iterable[Hit]) -> dict[str, Verdict]:
        return {hit.id: Verdict(Class.HUMAN, (Reason("ua-browser"),)) for hit in hits}

    with monkeypatch.context() as patch:
        patch.setattr(engagement, "reclassify", everybody)
        yield


def a_mail(scene: Scene, message_id: str, kind: Kind = Kind.REPLY, recipient: int = 1, gmail_id: str = "1a") -> InboundMail:
    return InboundMail(
        id=new_id(),
        workspace_id=scene.nora.workspace_id,
        message_id=message_id,
        mailbox_id=scene.nora.mailbox_id,
        gmail_id=gmail_id,
        rfc_message_id="<a@b.example>",
        from_name="Aïssatou",
        from_address="other@b.example",
        kind=kind,
        at=NOON,
        recipient=recipient,
        detail={"text": "Mailbox full", "code": "5.2.2"} if kind is Kind.BOUNCE else {},
    )
