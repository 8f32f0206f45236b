"""Two reps of one company with cards before them: drawn, pressed, pressed again."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, update

from server.cards.site import Site
from server.domain.drafts import Addressee, Draft
from server.domain.users import Role, User
from server.gmail.credentials import GoogleAccess
from server.queue import Queue
from server.services.addresses import Addresses
from server.services.cards import Cards, Host, Services
from server.services.cards.parts import Parts
from server.services.connections import Connections
from server.services.directory import Directory
from server.services.drafts import Drafts
from server.services.mailbox import Mailboxes
from server.services.messages import Messages
from server.services.people import People
from server.services.subscriptions import Subscriptions
from server.services.targets import Targets
from server.services.users import Users
from server.services.watching import WatchList
from server.services.worklist import Worklist
from server.storage import jobs
from server.storage import people as stored_people
from server.storage.database import Database
from server.storage.tables import copies, mailboxes, people, recipients, users, workspaces
from server.tokens import Tokens
from tests.cards.lint import check
from tests.scene import NOON, Rep, Scene

THREAD = "18c0ffee"
AISSATOU = "aissatou@baobab.example"
SECRET = "a pretend key for tests, quite long enough"

Json = dict[str, Any]


class Desk(Scene):
    def __init__(self, database: Database, *, patience: float = 20.0) -> None:
        super().__init__(database)
        self.bram = self._colleague("bram")
        self.tokens = Tokens([SECRET])
        self.woken: list[set[str]] = []
        google = GoogleAccess("client", "secret", "http://127.0.0.1:9", "http://127.0.0.1:9/token", timeout=0.1)
        connections = Connections(database, self.tokens, lambda: google, self._clock, lambda seconds: None)
        queue = Queue(jobs, lambda: None, self._clock)
        self.mailboxes = Mailboxes(connections, queue, self._wake)
        addresses = Addresses(self.tokens, "https://t.fjordline.example", "https://feed.example")
        self.messages = Messages(connections, self.mailboxes, addresses, self._wake, "https://mail.google.com")
        self.worklist, self.targets = Worklist(database, self._clock), Targets(database, self._clock)
        self.people = People(database, self._wake, self._clock)
        self.directory = Directory(database, self._clock)
        self.users = Users(database, self.tokens, clock=self._clock)
        self.subscriptions = Subscriptions(database, self.tokens, lambda: True, self._clock)
        services = Services(
            database,
            self.worklist,
            self.people,
            self.directory,
            self.messages,
            Drafts(connections, self.messages, addresses),
            self.mailboxes,
            self.feed,
            self.targets,
            self.users,
            WatchList(database, self._wake, self._clock),
            self.subscriptions,
        )
        self.cards = Cards(services, self.tokens, Site("https://feed.example"), self._clock, Parts(patience))

    # Who and where

    def user(self, rep: Rep | None = None) -> User:
        rep = rep or self.nora
        found = self.users.user(rep.id)
        return found or User(rep.id, rep.workspace_id, rep.address, "Nora", frozenset({Role.REP}), rep.tag)

    def host(self, **changes: Any) -> Host:
        return replace(Host("en", lambda name: f"https://feed.example/addon/action/{name}", "Europe/Oslo"), **changes)

    # What there is

    def sent(self, address: str = AISSATOU, name: str = "Aïssatou Diallo", rep: Rep | None = None) -> str:
        """A message in a thread, to somebody who is a person. Its id."""
        rep = rep or self.nora
        message_id = self.message([name], rep=rep)
        person = self.met(address, name)
        own = recipients.c.message_id == message_id
        copy = {
            "mailbox_id": rep.mailbox_id,
            "gmail_id": message_id[:16],
            "workspace_id": rep.workspace_id,
            "message_id": message_id,
            "recipient": 0,
            "thread_id": THREAD,
            "rfc_message_id": f"<{message_id}@x>",
            "sent_at": NOON,
            "reused": False,
        }
        with self.database.engine.begin() as tx:
            tx.execute(update(recipients).where(own).values(address=address, person_id=person))
            tx.execute(insert(copies).values(**copy))
        return message_id

    def met(self, address: str = AISSATOU, name: str = "Aïssatou Diallo") -> str:
        """The id of a person of the workspace."""
        found = self.database.write(stored_people.ensure, self.nora.workspace_id, {address: name}, NOON)
        return found[address]

    def marketing_knows(self, person_id: str, owner: Rep | None = None, **values: Any) -> None:
        known = {"score": 92, "rise": 14, "rose_at": NOON, "stars": 3, "flames": 2, "owner_id": owner.id if owner else None}
        with self.database.engine.begin() as tx:
            tx.execute(update(people).where(people.c.id == person_id).values(**{**known, **values}))

    # Pressing

    def press(
        self,
        action: Json,
        inputs: Mapping[str, Any] | None = None,
        *,
        rep: Rep | None = None,
        draft: Draft | None = None,
        host: Host | None = None,
    ) -> Json:
        """Google's envelope; every card in it is valid."""
        name = action["function"].rsplit("/", 1)[1]
        parameters = {one["key"]: one["value"] for one in action["parameters"]}
        answer = self.cards.press(self.user(rep), host or self.host(), name, parameters, inputs or {}, draft)
        for step in answer.get("renderActions", {}).get("action", {}).get("navigations", []):
            if card := step.get("pushCard") or step.get("updateCard"):
                check(card)
        return answer

    def _colleague(self, name: str) -> Rep:
        made = self.rep(name)
        home = self.nora.workspace_id
        with self.database.engine.begin() as tx:
            tx.execute(update(users).where(users.c.id == made.id).values(workspace_id=home))
            tx.execute(update(mailboxes).where(mailboxes.c.user_id == made.id).values(workspace_id=home))
            tx.execute(workspaces.delete().where(workspaces.c.id == made.workspace_id))
        return replace(made, workspace_id=home)

    def _clock(self) -> Any:
        return self.now

    def _wake(self, user_ids: Any) -> None:
        self.woken.append(set(user_ids))


def actions(card: Any) -> list[Json]:
    """Every action of a card, however deep."""
    if isinstance(card, list):
        return [found for one in card for found in actions(one)]
    if not isinstance(card, dict):
        return []
    own = [card] if "function" in card else []
    return own + [found for value in card.values() for found in actions(value)]


def action(card: Json, name: str, nth: int = 0) -> Json:
    return [one for one in actions(card) if one["function"].endswith(f"/{name}")][nth]


def names(card: Json) -> set[str]:
    return {one["function"].rsplit("/", 1)[1] for one in actions(card)}


def top(answer: Json) -> Json:
    """The card that is on top then."""
    last = answer["renderActions"]["action"]["navigations"][-1]
    card: Json = last.get("updateCard") or last["pushCard"]
    return card


def notice(answer: Json) -> str:
    return str(answer["renderActions"]["action"].get("notification", {}).get("text", ""))


def told(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False)


def typed(**values: str) -> dict[str, Any]:
    return {name: {"stringInputs": {"value": [value]}} for name, value in values.items()}


def a_form(day: str = "1795392000000", **changes: str) -> dict[str, Any]:
    """A task as somebody fills it in, due on 23 November 2026."""
    filled = {"name": "Ask about Lyon", "type": "call", "priority": "high", "details": "", "person": AISSATOU, **changes}
    return {**typed(**filled), "due": {"dateInput": {"msSinceEpoch": day}}}


def to(*addresses: str) -> Draft:
    return Draft(to=tuple(Addressee("", address) for address in addresses))
