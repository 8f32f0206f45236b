"""What each kind of job does. Every handler is safe to run twice. It returns when it wants to be run again, or None."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from server.domain.jobs import Job
from server.gmail.errors import AdminBlocked, ReconnectNeeded, Refused
from server.jobs.parts import Parts
from server.services.alerts import SEND
from server.services.imports import SHOW
from server.services.mailbox import LOOK_AGAIN, SYNC, TEND

Handler = Callable[[Parts, Job], timedelta | None]

WHILE_BUSY = timedelta(seconds=2)
HOURLY = timedelta(hours=1)


def _sync(parts: Parts, job: Job) -> timedelta | None:
    try:
        if not parts.mailboxes.sync(job.key):
            return WHILE_BUSY
    except (ReconnectNeeded, AdminBlocked, Refused):
        return None  # trying again would not help; the connection's state tells the rep
    pushed = job.payload.get("pushed")
    if pushed is not None:
        parts.mailboxes.still_behind(job.key, int(pushed), int(job.payload.get("tries", 0)))
    return None


def _look_again(parts: Parts, job: Job) -> timedelta | None:
    try:
        parts.mailboxes.look_again(job.payload["mailbox"], job.payload["gmail_id"])
    except (ReconnectNeeded, AdminBlocked, Refused):
        return None
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
    return HOURLY


def _clear_sign_ins(parts: Parts, job: Job) -> timedelta | None:
    parts.users.clear_expired()
    return HOURLY


def _show_people(parts: Parts, job: Job) -> timedelta | None:
    parts.imports.show(job.workspace_id or "", job.payload["people"])
    return None


def _send_alerts(parts: Parts, job: Job) -> timedelta | None:
    return parts.alerts.send(job.workspace_id or "", job.key)


HANDLERS: Mapping[str, Handler] = {
    SYNC: _sync,
    LOOK_AGAIN: _look_again,
    TEND: _tend,
    SHOW: _show_people,
    SEND: _send_alerts,
    "ask-for-tending": _ask_for_tending,
    "expire-drafts": _expire_drafts,
    "clear-sign-ins": _clear_sign_ins,
}

SLOTS = ("ask-for-tending", "expire-drafts", "clear-sign-ins")
"""Periodic work: one row each in the table of jobs, claimed like any other, so that many workers run each slot once."""
