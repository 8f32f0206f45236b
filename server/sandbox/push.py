"""Notices of mailbox changes, pushed as Pub/Sub pushes them."""

import base64
import http.client
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from server.logs import logger
from server.sandbox.keys import ISSUER, Keys
from server.sandbox.world import World

WATCH_LIFE = timedelta(days=7)
SHORTEST_GAP = timedelta(seconds=1)
RETENTION = timedelta(days=7)
ACKS = frozenset({102, 200, 201, 202, 204})
log = logger(__name__)


@dataclass(frozen=True)
class PushSettings:
    """Where notices go and who signs them. Empty `endpoint`: nothing is pushed. Times in seconds.

    `audience` empty means the endpoint itself. `history_id_as`: "string", "number", or "alternate" as seen in the field.
    `backoff` is the first wait before a redelivery, doubled up to `longest_backoff`. `delay` holds every notice back.
    `may_publish`: whether Gmail's own service account is a publisher of the topic.
    `lose` and `repeat` count notices that get lost or come twice.
    """

    endpoint: str = ""
    audience: str = ""
    service_account: str = "push@sandbox-project.iam.gserviceaccount.com"
    topic: str = "projects/sandbox-project/topics/gmail"
    may_publish: bool = True
    subscription: str = "projects/sandbox-project/subscriptions/gmail-push"
    history_id_as: str = "alternate"
    ack_deadline: float = 10.0
    backoff: float = 0.5
    longest_backoff: float = 600.0
    delay: float = 0.0
    paused: bool = False
    lose: int = 0
    repeat: int = 0


@dataclass(frozen=True)
class Watch:
    topic: str
    labels: frozenset[str]
    exclude: bool
    expires_at: datetime

    def covers(self, touched: Iterable[str]) -> bool:
        if not self.labels:
            return True
        return bool(self.labels & set(touched)) != self.exclude


@dataclass(frozen=True)
class Notice:
    """`message_id` stays the same through redeliveries."""

    address: str
    history_id: int
    message_id: str
    published_at: datetime
    as_number: bool
    tries: int = 0


@dataclass
class Tally:
    published: int = 0
    acked: int = 0
    refused: int = 0
    dropped: int = 0
    lost: int = 0


class Push:
    def __init__(self, world: World, keys: Keys, settings: PushSettings | None = None) -> None:
        self._world, self._keys = world, keys
        self.settings = settings or PushSettings()
        self.tally = Tally()
        self._lock = threading.Lock()
        self._watches: dict[str, Watch] = {}
        self._last: dict[str, datetime] = {}
        self._count = 0
        world.on_change(self._mailbox_changed)

    def watch(self, address: str, topic: str, labels: frozenset[str], exclude: bool) -> datetime:
        """Replaces a former watch; the first notice comes at once. Returns when it ends."""
        ends = self._world.clock.now() + WATCH_LIFE
        with self._lock:
            self._watches[address] = Watch(topic, labels, exclude, ends)
        self._publish(address, self._world.mailbox(address).history.latest)
        return ends

    def stop(self, address: str) -> None:
        with self._lock:
            self._watches.pop(address, None)

    def watches(self) -> dict[str, Watch]:
        with self._lock:
            return dict(self._watches)

    def configure(self, **changes: object) -> PushSettings:
        with self._lock:
            self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
            return self.settings

    def _mailbox_changed(self, address: str, history_id: int, touched: frozenset[str]) -> None:
        now = self._world.clock.now()
        with self._lock:
            watch = self._watches.get(address)
            if watch is None or watch.expires_at <= now or not watch.covers(touched):
                return
            if now - self._last.get(address, now - SHORTEST_GAP) < SHORTEST_GAP:
                self.tally.dropped += 1
                return
            self._last[address] = now
        self._publish(address, history_id)

    def _publish(self, address: str, history_id: int) -> None:
        now = self._world.clock.now()
        with self._lock:
            settings = self.settings
            if not settings.endpoint or settings.paused:
                return
            if settings.lose > 0:
                self.settings = replace(settings, lose=settings.lose - 1)
                self.tally.lost += 1
                return
            copies = 2 if settings.repeat > 0 else 1
            self.settings = replace(settings, repeat=max(0, settings.repeat - 1))
            self._count += 1
            as_number = settings.history_id_as == "number" or (settings.history_id_as == "alternate" and self._count % 2 == 0)
            notice = Notice(address, history_id, str(10**15 + self._count), now, as_number)
            self.tally.published += 1
        for _ in range(copies):
            self._deliver_at(notice, now + timedelta(seconds=settings.delay))

    def _deliver_at(self, notice: Notice, moment: datetime) -> None:
        if moment > self._world.clock.now():
            self._world.agenda.at(moment, lambda: self._deliver_soon(notice))
        else:
            self._deliver_soon(notice)

    def _deliver_soon(self, notice: Notice) -> None:
        # Busy from here on, so that "idle" means: everything due was pushed and answered.
        self._world.agenda.begin()
        threading.Thread(target=self._deliver, args=(notice,), name="sandbox-push", daemon=True).start()

    def _deliver(self, notice: Notice) -> None:
        try:
            status = self._post(notice)
            with self._lock:
                if status in ACKS:
                    self.tally.acked += 1
                    return
                self.tally.refused += 1
            self._try_again(notice)
        except Exception:
            log.exception("sandbox.push_failed")
        finally:
            self._world.agenda.end()

    def _try_again(self, notice: Notice) -> None:
        settings, now = self.settings, self._world.clock.now()
        if now - notice.published_at < RETENTION:
            wait = min(settings.backoff * 2**notice.tries, settings.longest_backoff)
            self._deliver_at(replace(notice, tries=notice.tries + 1), now + timedelta(seconds=wait))

    def _post(self, notice: Notice) -> int:
        """The endpoint's status; 0 when it can't be reached or takes too long."""
        settings = self.settings
        target = urlsplit(settings.endpoint)
        kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
        connection = kind(target.hostname or "", target.port, timeout=settings.ack_deadline)
        headers = {"Content-Type": "application/json", "User-Agent": "APIs-Google", "Authorization": f"Bearer {self.bearer()}"}
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        try:
            connection.request("POST", path, body(notice, settings.subscription), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def bearer(self) -> str:
        """The OIDC token Pub/Sub sends along."""
        settings, now = self.settings, int(self._world.clock.now().timestamp())
        number = "110000000000000000000"
        return self._keys.sign(
            {
                "aud": settings.audience or settings.endpoint,
                "azp": number,
                "email": settings.service_account,
                "email_verified": True,
                "exp": now + 3600,
                "iat": now,
                "iss": ISSUER,
                "sub": number,
            }
        )


def body(notice: Notice, subscription: str) -> bytes:
    """Ids and times in both spellings, as real pushes have them."""
    history_id = notice.history_id if notice.as_number else str(notice.history_id)
    data = json.dumps({"emailAddress": notice.address, "historyId": history_id}).encode()
    moment = notice.published_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    message = {
        "data": base64.b64encode(data).decode(),
        "messageId": notice.message_id,
        "message_id": notice.message_id,
        "publishTime": moment,
        "publish_time": moment,
        "attributes": {},
    }
    return json.dumps({"message": message, "subscription": subscription}).encode()
