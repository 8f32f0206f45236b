"""Replies, automatic replies and bounces, counted for the message they answer in the caller's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from server.domain.bounces import BouncedRecipient
from server.domain.bounces import State as DeliveryState
from server.domain.deliveries import ARRIVED
from server.domain.engagement import Kind
from server.domain.feed import InboundMail
from server.domain.mailboxes import Mailbox
from server.domain.messages import Copy, Recipient
from server.domain.people import Source
from server.domain.replies import AutoReply, Bounce, Other, Reply
from server.gmail.reading import Answer
from server.services import engagement
from server.storage import copies, people
from server.storage import messages as stored
from server.storage.database import Transaction
from server.tokens import new_id


def record(tx: Transaction, mailbox: Mailbox, answer: Answer, now: datetime) -> set[str]:
    """The users whose screens must wake. A mail that answers nothing of ours, or was stored before, brings nothing."""
    copy = _answered(tx, mailbox, answer)
    if copy is None or copies.seen(tx, mailbox.id, [answer.gmail_id]):
        return set()
    to = stored.recipients_of(tx, copy.message_id)
    woken: set[str] = set()
    match answer.verdict:
        case Reply():
            _note_reply(tx, mailbox, copy, answer, now)
            _end_delays(tx, copy, to, {answer.from_address})
            mail = _mail(mailbox, copy, answer, Kind.REPLY, _ordinal(to, answer.from_address), {})
        case AutoReply(sign):
            _end_delays(tx, copy, to, {answer.from_address})
            mail = _mail(mailbox, copy, answer, Kind.AUTO_REPLY, _ordinal(to, answer.from_address), {"sign": sign})
        case Bounce(told, state):
            arrived = [one for one in told if one.state in ARRIVED and _ordinal(to, one.address)]
            _end_delays(tx, copy, to, {one.address for one in arrived})
            woken = _note_delivery(tx, copy, to, arrived, answer, now)
            bounced = _bounced(told, state, to, copy)
            if told and not bounced and not arrived:
                return set()
            _note_bounces(tx, mailbox, copy, to, bounced, answer.at)
            bounced = bounced or arrived
            first = bounced[0] if bounced else None
            mail = _mail(
                mailbox, copy, answer, Kind.BOUNCE, _ordinal(to, first.address) if first else 0, _detail(bounced, state)
            )
        case Other():
            return set()
    return woken | engagement.record_mail(tx, mail, now)


def _answered(tx: Transaction, mailbox: Mailbox, answer: Answer) -> Copy | None:
    """By Message-ID first, the likeliest of them; else the last mail of its thread sent before it."""
    referred = copies.referred_to(tx, mailbox.workspace_id, answer.references)
    own = [referred[reference] for reference in answer.references if reference in referred]
    for copy in own:
        if copy.mailbox_id == mailbox.id:
            return copy
    in_thread = [copy for copy in copies.in_thread(tx, mailbox.id, answer.thread_id) if copy.sent_at <= answer.at]
    return in_thread[-1] if in_thread else None


def _mail(mailbox: Mailbox, copy: Copy, answer: Answer, kind: Kind, recipient: int, detail: dict[str, Any]) -> InboundMail:
    return InboundMail(
        id=new_id(),
        workspace_id=mailbox.workspace_id,
        message_id=copy.message_id,
        mailbox_id=mailbox.id,
        gmail_id=answer.gmail_id,
        rfc_message_id=answer.rfc_message_id,
        from_name=answer.from_name,
        from_address=answer.from_address,
        kind=kind,
        at=answer.at,
        recipient=recipient,
        detail=detail,
    )


def _note_reply(tx: Transaction, mailbox: Mailbox, copy: Copy, answer: Answer, now: datetime) -> None:
    people.ensure(tx, mailbox.workspace_id, {answer.from_address: answer.from_name}, now, Source.REPLY)
    people.mark_replied(tx, mailbox.workspace_id, answer.from_address, answer.at)
    stored.mark_replied(tx, copy.message_id, answer.from_address, answer.at)


def _bounced(
    told: Sequence[BouncedRecipient], state: DeliveryState, to: Sequence[Recipient], copy: Copy
) -> list[BouncedRecipient]:
    """Those it failed for before those it is only late for. Told no name, it is about the only recipient there is."""
    if not told:
        only = [one for one in to if copy.recipient in (0, one.ordinal)]
        code = "other" if state == "failed" else state
        return [BouncedRecipient(only[0].address, only[0].address, state, code, "", "")] if len(only) == 1 else []
    bad = [one for one in told if one.state in ("failed", "delayed")]
    return sorted(bad, key=lambda one: one.state != "failed")


def _note_bounces(
    tx: Transaction, mailbox: Mailbox, copy: Copy, to: Sequence[Recipient], bounced: Sequence[BouncedRecipient], at: datetime
) -> None:
    failed_before = {one.address for one in to if (one.bounced or {}).get("state") == "failed"}
    for one in bounced:
        if one.state == "delayed" and one.address in failed_before:
            continue  # a late notice about an attempt before the end
        bounce = {**_fields(one), "at": at.isoformat()}
        stored.mark_bounced(tx, copy.message_id, one.address, bounce)
        if one.state == "failed":
            people.mark_bounced(tx, mailbox.workspace_id, one.address, at, bounce)


def _end_delays(tx: Transaction, copy: Copy, to: Sequence[Recipient], addresses: Collection[str]) -> None:
    """These have the mail: it is late for them no more."""
    for one in to:
        if one.address in addresses and (one.bounced or {}).get("state") == "delayed":
            stored.clear_bounce(tx, copy.message_id, one.ordinal)


def _note_delivery(
    tx: Transaction,
    copy: Copy,
    to: Sequence[Recipient],
    arrived: Sequence[BouncedRecipient],
    answer: Answer,
    now: datetime,
) -> set[str]:
    """When it came to its only recipient: with several, what is too soon for one is late for another. A server's clock that
    runs ahead would make machines of people, so it counts only up to the notice's own arrival."""
    at = arrived[0].attempted_at if arrived else None
    if at is None or len(to) != 1 or not copy.sent_at <= at <= answer.at:
        return set()
    if not stored.mark_delivered(tx, copy.message_id, at):
        return set()
    return set(engagement.replay(tx, {copy.message_id}, now).users)


def _detail(bounced: Sequence[BouncedRecipient], state: DeliveryState) -> dict[str, Any]:
    """Of the first; `others` counts the rest. Nobody is named: the state and nothing more."""
    if not bounced:
        return {"state": state, "text": "", "code": "", "address": "", "reason": "other" if state == "failed" else state}
    others = {"others": len(bounced) - 1} if len(bounced) > 1 else {}
    return {**_fields(bounced[0]), **others}


def _fields(one: BouncedRecipient) -> dict[str, Any]:
    return {"state": one.state, "reason": one.code, "code": one.status, "text": one.diagnostic[:500], "address": one.address}


def _ordinal(to: Sequence[Recipient], address: str) -> int:
    return next((one.ordinal for one in to if one.address == address), 0)
