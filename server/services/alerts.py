"""Mails about moments that somebody asked to hear of: raised with the moment, sent one by one or gathered, never twice."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from typing import Protocol

from server.connectors.errors import Away, Refused, Rejected
from server.domain.moments import Moment
from server.domain.subscriptions import GATHER, TOO_LATE, Kind, matches, meets
from server.domain.tasks import zone_of
from server.domain.users import User
from server.i18n import text
from server.logs import logger
from server.mails.alert import Told, alert
from server.mails.envelope import Envelope
from server.queue import Queue
from server.services.subscriptions import Subscriptions
from server.storage import jobs
from server.storage import subscriptions as stored
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.storage.subscriptions import Alert

SEND = "send-alerts"

_MOST_TAKEN = 1000
_MOST_TOLD = 50
_MOST_STOPPED_BY_ID = 8
_ADMIN_ACTS = timedelta(hours=1)

_log = logger(__name__)


class MailServer(Protocol):
    @property
    def sender(self) -> str: ...
    def send(self, message: EmailMessage) -> None: ...


def raise_for(tx: Transaction, fresh: Sequence[Moment], now: datetime) -> None:
    """In the transaction that stores these moments of one workspace: whoever asked for one of them will be written to."""
    news = [one.id for one in fresh if one.at >= now - TOO_LATE]
    if not news:
        return
    workspace_id = fresh[0].workspace_id
    happened = stored.occasions(tx, workspace_id, news)
    viewers = {user for one in happened for user in (one.owner_id, *one.watchers) if user}
    meant = stored.of_users(tx, workspace_id, viewers)
    raised = [(user, one.moment_id, by) for one in happened for user, by in matches(meant, one)]
    for user_id in sorted(stored.raise_alerts(tx, workspace_id, raised, now)):
        Queue(jobs, clock=lambda: now).ask(tx, SEND, user_id, workspace_id=workspace_id)


class Alerts:
    """`server` is asked each time; None: no mail goes out, and none is kept for later."""

    def __init__(
        self,
        database: Database,
        subscriptions: Subscriptions,
        server: Callable[[], MailServer | None],
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._subscriptions = subscriptions
        self._server = server
        self._public_url = public_url
        self._clock = clock

    def send(self, workspace_id: str, user_id: str) -> timedelta | None:
        """One mail with all that is to be told to this user; how long to wait, when there is to be another try, or None.
        Away when the mail server is, for now."""
        wait = self._database.read(self._wait, user_id)
        if wait is not None:
            return wait
        server = self._server()
        taken = self._database.write(self._take, workspace_id, user_id, server is not None)
        if taken is None or server is None:
            return None
        user, found = taken
        try:
            server.send(self._mail(user, found, server.sender))
        except Rejected as error:
            _log.warning("alerts.rejected", user=user_id, code=error.code, number=error.number)
        except Refused:
            self._give_back(found)
            return _ADMIN_ACTS
        except Away as error:
            # Where the server may have taken it already, trying again could bring the same mail twice.
            if error.maybe_done:
                _log.warning("alerts.uncertain", user=user_id, detail=error.detail)
            else:
                self._give_back(found)
                raise
        return None

    def _wait(self, tx: Transaction, user_id: str) -> timedelta | None:
        last = stored.mailed_at(tx, user_id)
        left = last + GATHER - self._clock() if last else timedelta()
        return left if left > timedelta() else None

    def _take(self, tx: Transaction, workspace_id: str, user_id: str, sends: bool) -> tuple[User, list[Alert]] | None:
        """Marked as sent before they are, so that no crash can send them twice; what must not be told any more is dropped."""
        now = self._clock()
        user = stored_users.by_id(tx, user_id)
        found = stored.unsent(tx, workspace_id, user_id, _MOST_TAKEN)
        good = [one for one in found if user and sends and _still(one, user, now)]
        stored.drop(tx, {one.id for one in found} - {one.id for one in good})
        taken = stored.take(tx, {one.id for one in good}, now)
        mine = [one for one in good if one.id in taken]
        return (user, mine) if user and mine else None

    def _give_back(self, found: Sequence[Alert]) -> None:
        self._database.write(stored.give_back, {one.id for one in found})

    def _mail(self, user: User, found: Sequence[Alert], sender: str) -> EmailMessage:
        latest = found[::-1][:_MOST_TOLD]
        locale = user.locale or "en"
        domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
        envelope = Envelope(
            sender=sender,
            address=user.address,
            name=user.name,
            locale=locale,
            zone=zone_of(user.time_zone),
            date=self._clock(),
            message_id=make_msgid(found[0].id, domain),
            feed_url=f"{self._public_url}/lead-feed",
            stop_url=f"{self._public_url}/subscriptions/stop/{self._stop_token(user, found)}",
        )
        return alert(envelope, [self._told(user, locale, one) for one in latest], len(found) - len(latest))

    def _stop_token(self, user: User, found: Sequence[Alert]) -> str:
        """Of more than fit into a header's line: all that this user gets."""
        ids = sorted({one.subscription.id for one in found})
        return self._subscriptions.stop_token(user.id, ids if len(ids) <= _MOST_STOPPED_BY_ID else [])

    def _told(self, user: User, locale: str, one: Alert) -> Told:
        subscription, happened = one.subscription, one.occasion
        is_type = subscription.kind is Kind.TYPE
        return Told(
            person=one.person_name,
            account=happened.account,
            type=happened.type,
            description=happened.description,
            at=happened.at,
            url=f"{self._public_url}/people/{happened.person_id}",
            why=text(locale, f"moment.{subscription.value}") if is_type else subscription.shown,
            subscriber=None if subscription.user_id == user.id else one.subscriber,
        )


def _still(one: Alert, user: User, now: datetime) -> bool:
    """Between the moment and its mail a person may have left the subscriber, or somebody said no."""
    wanted = one.subscriber is not None and one.subscription.reaches(user.id)
    return wanted and meets(one.subscription, one.occasion) and one.occasion.at >= now - TOO_LATE
