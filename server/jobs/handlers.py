"""What each kind of job does. Every handler is safe to run twice. It returns when it wants to be run again, or None."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from server.connectors.errors import Refused as RefusedOutside
from server.domain.jobs import Job
from server.gmail.errors import AdminBlocked, ReconnectNeeded, Refused
from server.jobs.parts import Parts
from server.services.alerts import SEND
from server.services.compositions import SEND as SEND_MAILS
from server.services.days import TELL_DAY
from server.services.handover import HAND_OVER
from server.services.imports import SHOW
from server.services.mailbox import SYNC, TEND
from server.services.notices import DECIDE, TELL
from server.services.sync import LOOK_AGAIN, WHILE_DEAD

Handler = Callable[[Parts, Job], timedelta | None]

WHILE_BUSY = timedelta(seconds=2)
WHILE_OFF = timedelta(seconds=20)
"""An operator may set it up at any time."""

HOURLY = timedelta(hours=1)
WHEN_REFUSED = timedelta(minutes=5)


def _sync(parts: Parts, job: Job) -> timedelta | None:
    try:
        if not parts.mailboxes.sync(job.key):
            return WHILE_BUSY
    except ReconnectNeeded:
        return None  # trying again would not help; the connection's state tells the rep
    except AdminBlocked:
        return WHILE_DEAD
    pushed = job.payload.get("pushed")
    if pushed is not None:
        parts.mailboxes.still_behind(job.key, int(pushed), int(job.payload.get("tries", 0)))
    return None


def _look_again(parts: Parts, job: Job) -> timedelta | None:
    told = job.payload
    try:
        return parts.mailboxes.look_again(
            told["mailbox"], told["gmail_id"], told.get("thread", ""), sent=told.get("sent", False)
        )
    except (ReconnectNeeded, AdminBlocked):
        return WHILE_DEAD
    except Refused:
        return None


def _tend(parts: Parts, job: Job) -> timedelta | None:
    try:
        parts.mailboxes.tend(job.key)
    except (ReconnectNeeded, AdminBlocked):
        return None
    return None


def _ask_for_tending(parts: Parts, job: Job) -> timedelta | None:
    parts.mailboxes.ask_for_tending()
    return HOURLY


def _expire_drafts(parts: Parts, job: Job) -> timedelta | None:
    parts.messages.expire()
    parts.compositions.forget_sent()
    return HOURLY


def _clear_sign_ins(parts: Parts, job: Job) -> timedelta | None:
    parts.users.clear_expired()
    return HOURLY


def _reseal(parts: Parts, job: Job) -> timedelta | None:
    parts.configuration.reseal()
    return HOURLY


def _show_people(parts: Parts, job: Job) -> timedelta | None:
    parts.imports.show(job.workspace_id or "", job.payload["people"])
    return None


def _read_moments(parts: Parts, job: Job) -> timedelta | None:
    return _read_on(parts.marketo_sync.moments, timedelta(seconds=25))


def _read_people(parts: Parts, job: Job) -> timedelta | None:
    """And what was before Marketo was connected, in one job: moments of now need a thread too."""
    marketo = parts.marketo_sync
    return _read_on(lambda: any([marketo.people(), marketo.history()]), timedelta(minutes=2))


def _read_late(parts: Parts, job: Job) -> timedelta | None:
    return _read_on(parts.marketo_sync.late, timedelta(minutes=10))


def _meter_marketo(parts: Parts, job: Job) -> timedelta | None:
    return _read_on(parts.marketo_sync.meter, timedelta(minutes=30))


def _read_on(work: Callable[[], bool | None], pause: timedelta) -> timedelta:
    """`work` tells whether there is more to read at once."""
    try:
        return timedelta() if work() else pause
    except RefusedOutside:
        return WHEN_REFUSED  # until an admin did something; what it is stands on their page


def _sync_salesforce(parts: Parts, job: Job) -> timedelta | None:
    salesforce = parts.salesforce_sync()
    if salesforce is None:
        return WHILE_OFF
    try:
        return salesforce.sync()
    except RefusedOutside:
        return WHEN_REFUSED


def _find_tiers(parts: Parts, job: Job) -> timedelta | None:
    parts.ranks.find_tiers()
    return timedelta(minutes=1)


def _suggest_tasks(parts: Parts, job: Job) -> timedelta | None:
    parts.suggestions.find()
    return timedelta(minutes=10)


def _send_alerts(parts: Parts, job: Job) -> timedelta | None:
    return parts.alerts.send(job.workspace_id or "", job.key)


def _decide_notices(parts: Parts, job: Job) -> timedelta | None:
    return timedelta() if parts.notices.decide() else None


def _tell_notices(parts: Parts, job: Job) -> timedelta | None:
    return parts.pushes.tell(job.key)


def _tell_day(parts: Parts, job: Job) -> timedelta | None:
    return parts.days.tell(job.key)


def _open_days(parts: Parts, job: Job) -> timedelta | None:
    parts.days.open()
    return HOURLY


def _forget_notices(parts: Parts, job: Job) -> timedelta | None:
    parts.notices.forget()
    return HOURLY


def _send_mails(parts: Parts, job: Job) -> timedelta | None:
    return parts.outbox.send_due(job.key)


def _hand_over(parts: Parts, job: Job) -> timedelta | None:
    return timedelta() if parts.handover.go_on(job) else None


_GMAIL: Mapping[str, Handler] = {SYNC: _sync, LOOK_AGAIN: _look_again, TEND: _tend, SEND_MAILS: _send_mails}
_MARKETO: Mapping[str, Handler] = {
    "read-moments": _read_moments,
    "read-people": _read_people,
    "read-late": _read_late,
    "meter-marketo": _meter_marketo,
}
_SALESFORCE: Mapping[str, Handler] = {"sync-salesforce": _sync_salesforce}
_TELLING: Mapping[str, Handler] = {SEND: _send_alerts, TELL: _tell_notices, TELL_DAY: _tell_day}
_OURS: Mapping[str, Handler] = {
    SHOW: _show_people,
    DECIDE: _decide_notices,
    HAND_OVER: _hand_over,
    "ask-for-tending": _ask_for_tending,
    "expire-drafts": _expire_drafts,
    "clear-sign-ins": _clear_sign_ins,
    "reseal": _reseal,
    "find-tiers": _find_tiers,
    "suggest-tasks": _suggest_tasks,
    "open-days": _open_days,
    "forget-notices": _forget_notices,
}
HANDLERS: Mapping[str, Handler] = {**_GMAIL, **_MARKETO, **_SALESFORCE, **_TELLING, **_OURS}


@dataclass(frozen=True, slots=True)
class Lane:
    """`threads` that do any work but the kinds of `leaves`."""

    name: str
    threads: int
    leaves: frozenset[str]


def _lane(name: str, threads: int, handlers: Mapping[str, Handler]) -> Lane:
    return Lane(name, threads, frozenset(HANDLERS.keys() - handlers.keys()))


LANES = (
    _lane("gmail", 3, _GMAIL),
    _lane("marketo", 2, _MARKETO),
    _lane("salesforce", 1, _SALESFORCE),
    _lane("telling", 2, _TELLING),
    _lane("ours", 2, _OURS),
)
"""Whoever waits for a service that does not answer holds up nothing but what needs that service too."""

SLOTS = (
    "ask-for-tending",
    "expire-drafts",
    "clear-sign-ins",
    "reseal",
    "read-moments",
    "read-people",
    "read-late",
    "meter-marketo",
    "sync-salesforce",
    "find-tiers",
    "suggest-tasks",
    "open-days",
    "forget-notices",
)
"""Periodic work: one row each in the table of jobs, claimed like any other, so that many workers run each slot once."""
