"""How a mail that is being written is told: whom it speaks to, what is known of them, whether it may be tracked."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.domain import placeholders
from server.domain.compositions import Composition, Mail, MailState, Recipients, Written
from server.domain.consent import Decision, Moment, Standing
from server.domain.drafts import Addressee
from server.domain.people import Person
from server.domain.placeholders import Reader
from server.domain.users import User
from server.services.person import time_text
from server.storage import compositions as stored
from server.storage import consent
from server.storage import people as stored_people
from server.storage.database import Transaction

Known = Mapping[str, Person]


def people(tx: Transaction, user: User, recipients: Recipients) -> Known:
    """By address in lower case, as far as they are known."""
    return stored_people.by_addresses(tx, user.workspace_id, {one.address.lower() for one in recipients})


def words_for(user: User, written: Written, recipients: Recipients, known: Known) -> dict[str, str]:
    """What stands for the placeholders of this mail."""

    def reader(one: Addressee) -> Reader:
        person = known.get(one.address.lower())
        name = (person.name if person else "") or one.name
        return Reader(name, person.title if person else None, person.account if person else None)

    # Copies are for others to see: the mail speaks to whom it is addressed.
    readers = [reader(one) for one in recipients.to or tuple(recipients)]
    return placeholders.values(placeholders.together(readers), user.name, written.sender or user.address)


def previewed(
    tx: Transaction, user: User, written: Written, recipients: Recipients, known: Known, address: str
) -> dict[str, Any]:
    words = words_for(user, written, recipients, known)
    everybody = list(recipients)
    standing = consent.standing_of(tx, user.workspace_id, {at: one.address for at, one in enumerate(everybody, start=1)})
    return {
        "to": [_person(one, known) for one in everybody],
        "from": address,
        "subject": placeholders.filled(written.subject, words, html=False),
        "html": placeholders.filled(written.body, words, html=True),
        "missing": list(placeholders.missing(words, written.subject, written.body)),
        "tracking": _decided(standing.decide(0, Moment.PREPARE)),
    }


def told(tx: Transaction, user: User, found: Composition) -> dict[str, Any]:
    return told_all(tx, user, [found])[0]


def told_all(tx: Transaction, user: User, found: Sequence[Composition]) -> list[dict[str, Any]]:
    mails = stored.mails(tx, [one.id for one in found])
    addresses = {each.address.lower() for one in found for each in one.written.recipients}
    known = stored_people.by_addresses(tx, user.workspace_id, addresses)
    return [_json(one, mails[one.id], known, _standing(tx, one)) for one in found]


def _standing(tx: Transaction, found: Composition) -> Standing:
    addresses = {at: one.address for at, one in enumerate(found.written.recipients, start=1)}
    return consent.standing_of(tx, found.workspace_id, addresses)


def _json(found: Composition, mails: Sequence[Mail], known: Known, standing: Standing) -> dict[str, Any]:
    written, recipients = found.written, found.written.recipients
    parts = {"to": recipients.to, "cc": recipients.cc, "bcc": recipients.bcc}
    failed = [mail for mail in mails if mail.state in (MailState.FAILED, MailState.STOPPED)]
    return {
        "id": found.id,
        "state": found.state.value,
        **{name: [_person(one, known) for one in part] for name, part in parts.items()},
        "subject": written.subject,
        "html": written.body,
        "from": written.sender,
        "tracked": written.tracked,
        "separate": written.separate,
        "signed": written.signed,
        "thread_id": written.thread_id,
        "send_at": time_text(found.send_at),
        "error": found.error,
        "version": found.version,
        "created_at": time_text(found.created_at),
        "updated_at": time_text(found.updated_at),
        "tracking": _tracking(written, recipients, standing),
        "mails": {
            "of": len(mails),
            "sent": sum(mail.state is MailState.SENT for mail in mails),
            "failed": [{"to": [_person(one, known) for one in mail.recipients], "error": mail.error} for mail in failed],
            "messages": [mail.message_id for mail in mails if mail.state is MailState.SENT],
        },
    }


def _tracking(written: Written, recipients: Recipients, standing: Standing) -> dict[str, Any]:
    """Of one mail for all of them, or of each one's own; `allowed` when at least one is tracked."""
    together = standing.decide(0, Moment.PREPARE)
    if not written.separate:
        return {**_decided(together), "recipients": []}
    each = [(one.address, standing.decide(at, Moment.PREPARE)) for at, one in enumerate(recipients, start=1)]
    allowed = any(decision.allowed for _, decision in each)
    reasons = next((decision for _, decision in each if decision.allowed == allowed), together).reasons
    told = [{"address": address, **_decided(decision)} for address, decision in each]
    return {"allowed": allowed, "reasons": [reason.to_json() for reason in reasons], "recipients": told}


def _decided(decision: Decision) -> dict[str, Any]:
    return {"allowed": decision.allowed, "reasons": [reason.to_json() for reason in decision.reasons]}


def _person(one: Addressee, known: Known) -> dict[str, Any]:
    person = known.get(one.address.lower())
    return {
        "name": one.name or (person.name if person else ""),
        "address": one.address,
        "person_id": person.id if person else None,
        "unsubscribed": person is not None and person.unsubscribed,
    }
