"""A rep with mail, the worker that decides what she is called for, and what her screens and browsers then do."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import insert, select, update

from server.connectors.errors import ConnectorError
from server.domain import notifications, preferences
from server.domain.jobs import Job
from server.domain.notifications import Quiet, Wishes
from server.domain.push import Browser
from server.domain.tasks import Priority, Task, TaskType
from server.domain.users import Session, User
from server.errors import OutsideError
from server.queue import Queue
from server.services.days import TELL_DAY, Days
from server.services.headlines import Headlines
from server.services.notices import DECIDE, TELL, Notices
from server.services.push import Pushes
from server.storage import jobs, worklist
from server.storage import users as stored_users
from server.storage.database import Database
from server.storage.tables import jobs as job_rows
from server.storage.tables import sessions, users
from server.tokens import Tokens, new_id
from tests.scene import Scene

PUBLIC = "https://livefeed.fjordline.example"
SERVICES = ("push.example",)
KEYS = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
)


class PushService:
    """Takes what it is given, or refuses as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Mapping[str, Any]]] = []
        self.refusals: dict[str, ConnectorError] = {}

    def send(self, key: str, to: Browser, message: Mapping[str, Any], lifetime: timedelta, topic: str = "") -> None:
        if to.endpoint in self.refusals:
            raise self.refusals[to.endpoint]
        assert to.auth == KEYS[1]
        self.taken.append((to.endpoint, message))

    @property
    def titles(self) -> list[str]:
        return [message["title"] for _, message in self.taken]


class Post:
    sender = "Live Feed <livefeed@fjordline.example>"

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusal: Exception | None = None

    def send(self, message: EmailMessage) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.mails.append(message)


class Called(Scene):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.rung: list[str] = []
        self.queue = Queue(jobs, clock=self.clock)
        self.tokens = Tokens(["a key of the tests that is long enough"])
        self.service, self.post = PushService(), Post()
        headlines = Headlines(PUBLIC, "https://mail.google.com")
        self.notices = Notices(database, self.queue, self.ring, headlines, self.clock)
        self.pushes = Pushes(database, self.tokens, self.service, headlines, self.ring, SERVICES, self.clock)
        self.days = Days(database, self.tokens, self.queue, self.ring, lambda: self.post, PUBLIC, self.clock)

    def clock(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def ring(self, names: Iterable[str]) -> None:
        self.rung += names

    @property
    def user(self) -> User:
        found = self.database.read(stored_users.by_id, self.nora.id)
        assert found
        return found

    def is_in(self, zone: str | None) -> None:
        self._set(time_zone=zone)

    def wishes(self, quiet: Quiet | None = None, again_after: int = 3, **kinds: bool) -> None:
        given = {name.replace("_", "-"): on for name, on in kinds.items()}
        self._set(notifications=notifications.written(Wishes(given, quiet or Quiet(), again_after)))

    def prefers(self, **said: Any) -> None:
        self._set(preferences=preferences.written(preferences.Preferences(**said)))

    def _set(self, **values: Any) -> None:
        self.database.write(lambda tx: tx.execute(update(users).where(users.c.id == self.nora.id).values(**values)))

    def mute(self, kind: str, target: str) -> None:
        self.database.write(worklist.mute, self.nora.workspace_id, self.nora.id, kind, target, self.now)

    def task(self, name: str, due: str, **more: Any) -> None:
        on = datetime.fromisoformat(due).date()
        made = Task(
            id=new_id(),
            workspace_id=self.nora.workspace_id,
            user_id=self.nora.id,
            created_by=self.nora.id,
            name=name,
            type=TaskType.CALL,
            priority=Priority.NORMAL,
            due_on=on,
            details="",
            person_id=None,
            message_id=None,
            version=1,
            completed_at=more.get("completed_at"),
            deleted_at=None,
            created_at=self.now,
            updated_at=self.now,
        )
        self.database.write(worklist.add, made)

    def session(self) -> Session:
        session_id = new_id()
        row = {"id": session_id, "workspace_id": self.nora.workspace_id, "user_id": self.nora.id, "kind": "web"}
        times = {"created_at": self.now, "seen_at": self.now, "expires_at": self.now + timedelta(days=90)}
        self.database.write(lambda tx: tx.execute(insert(sessions).values(**row, label="Chrome", **times)))
        return Session(session_id, "web", self.user, None, self.now, self.now + timedelta(days=90))

    def browser(self, name: str = "laptop", session: Session | None = None) -> Session:
        session = session or self.session()
        self.pushes.keep(session, f"https://push.example/{name}", *KEYS, "Chrome", "fr")
        return session

    def work(self) -> None:
        """What the worker does now: it looks, then does each job that is due once."""
        self.notices.ask_for_looks()
        for job in list(iter(lambda: self.database.write(self.queue.claim), None)):
            self._do(job)
        if self.notices.ask_for_looks():
            self.work()

    def _do(self, job: Job) -> None:
        try:
            again = {
                DECIDE: lambda: timedelta() if self.notices.decide() else None,
                TELL: lambda: self.pushes.tell(job.key),
                TELL_DAY: lambda: self.days.tell(job.key),
            }[job.kind]()
        except OutsideError as error:
            self.database.write(self.queue.fail, job, error.code, error.retry_after)
            return
        if again is None:
            self.database.write(self.queue.finish, job)
        else:
            self.database.write(self.queue.again, job, again)

    def due(self, kind: str = TELL) -> datetime | None:
        """When the worker does this for her next."""
        asked = select(job_rows.c.due_at).where(job_rows.c.kind == kind, job_rows.c.key == self.nora.id)
        found: datetime | None = self.database.read(lambda tx: tx.execute(asked).scalar())
        return found

    def waiting(self, locale: str = "en") -> list[str]:
        return [one["title"] for one in self.notices.waiting(self.user, locale)["items"]]

    def unread(self) -> int:
        return int(self.notices.waiting(self.user, "en")["unread"])

    def claimed(self, locale: str = "en") -> dict[str, Any] | None:
        """What a screen shows that claims everything it is offered."""
        ids = [one["id"] for one in self.notices.waiting(self.user, locale)["items"]]
        found: dict[str, Any] | None = self.notices.claim(self.user, ids, locale)["show"] if ids else None
        return found
