"""The bus of several web processes: Redis pub/sub. While Redis is away, this process still wakes its own screens."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from uuid import uuid4

from server.later import later
from server.logs import logger
from server.realtime.bus import Callback, Listeners

if TYPE_CHECKING:
    import redis
else:
    redis = later("redis")

CHANNEL = "livefeed:wake"
_TIMEOUT = 5.0
_PING = 10.0
_LOOK = 1.0
_RETRY = 1.0

_log = logger(__name__)


class RedisBus:
    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=_TIMEOUT, socket_timeout=_TIMEOUT, retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0)
        )
        self._name = uuid4().hex
        self._listeners = Listeners()
        self._pending: set[str] = set()
        self._asked = threading.Condition()
        self._closed = threading.Event()
        self._publisher: threading.Thread | None = None
        self._subscriber: threading.Thread | None = None
        self._publishing = True
        self._subscribed = threading.Event()

    def wake(self, user_ids: Iterable[str]) -> None:
        awake = frozenset(user_ids)
        self._listeners.call(awake)
        with self._asked:
            self._pending |= awake
            self._publisher = self._publisher or self._start(self._publish)
            self._asked.notify()

    def listen(self, callback: Callback) -> None:
        self._listeners.add(callback)
        with self._asked:
            self._subscriber = self._subscriber or self._start(self._subscribe)

    def healthy(self) -> bool:
        return self._publishing and (self._subscriber is None or self._subscribed.is_set())

    def close(self) -> None:
        self._closed.set()
        with self._asked:
            self._asked.notify()
        for thread in (self._publisher, self._subscriber):
            if thread is not None:
                thread.join(_TIMEOUT)
        self._redis.close()

    def _start(self, target: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=target, name="wake-ups", daemon=True)
        thread.start()
        return thread

    def _publish(self) -> None:
        while not self._closed.is_set():
            with self._asked:
                self._asked.wait_for(lambda: self._pending or self._closed.is_set())
                awake, self._pending = self._pending, set()
            try:
                # What was asked for while the last one was under way goes out together.
                self._redis.publish(CHANNEL, f"{self._name} {' '.join(sorted(awake))}")
                self._publishing = True
            except (redis.RedisError, OSError) as error:
                self._fail("publish", error)
                with self._asked:
                    self._pending |= awake

    def _subscribe(self) -> None:
        while not self._closed.is_set():
            try:
                with self._redis.pubsub() as subscription:  # type: ignore[no-untyped-call]
                    subscription.subscribe(CHANNEL)
                    self._take(subscription)
            except (redis.RedisError, OSError) as error:
                self._fail("subscribe", error)
            finally:
                self._subscribed.clear()

    def _take(self, subscription: "redis.client.PubSub") -> None:
        heard_at = time.monotonic()
        while not self._closed.is_set():
            message = subscription.get_message(timeout=_LOOK)
            silent = time.monotonic() - heard_at
            if message is None and silent > 2 * _PING:
                return  # not even an answer to a ping: a dead connection
            if message is None:
                if silent > _PING:
                    subscription.ping()
                continue
            heard_at = time.monotonic()
            if message["type"] == "subscribe":
                self._subscribed.set()
            elif message["type"] == "message":
                self._hear(message["data"])

    def _hear(self, data: bytes) -> None:
        sender, *user_ids = data.decode("ascii", "replace").split()
        if sender != self._name:
            self._listeners.call(frozenset(user_ids))

    def _fail(self, doing: str, error: Exception) -> None:
        if self._closed.is_set():
            return
        if doing == "publish":
            self._publishing = False
        _log.warning("redis is away", doing=doing, error=type(error).__name__)
        self._closed.wait(_RETRY)
