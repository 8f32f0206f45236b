"""Mail in, mail out, and what a person does on Gmail's page."""

import base64
from datetime import timedelta

from flask import Response, request

from server.sandbox.control.routes import Json, body, control, mailbox_of, moment, seconds, text, texts
from server.sandbox.google import here
from server.sandbox.headers import Headers
from server.sandbox.letter import write_letter
from server.sandbox.mailbox import Draft, Mailbox
from server.sandbox.message import Message

_LETTER = ("raw", "to", "cc", "bcc", "subject", "html", "text", "answers")


@control.get("/accounts/<address>/messages")
def list_messages(address: str) -> Json:
    """Everything, also trash and spam; `q` as in Gmail's search."""
    found = mailbox_of(address).messages(request.args.get("q", ""), everywhere=True)
    return {"messages": [_json(message) for message in found]}


@control.get("/accounts/<address>/messages/<id>")
def read_message(address: str, id: str) -> Json:
    message = mailbox_of(address).message(id)
    whole = {"text": message.text, "html": message.html, "raw": base64.b64encode(message.raw).decode()}
    return _json(message) | whole


@control.post("/accounts/<address>/messages/<id>/labels")
def relabel(address: str, id: str) -> Json:
    found = body("add", "remove")
    return _json(mailbox_of(address).modify(id, texts(found, "add"), texts(found, "remove")))


@control.delete("/accounts/<address>/messages/<id>")
def delete_message(address: str, id: str) -> Response:
    mailbox_of(address).delete(id)
    return Response(status=204)


@control.post("/accounts/<address>/receive")
def receive(address: str) -> tuple[Json, int]:
    """An outside mail arrives: the body is RFC 822 as it is (message/rfc822), or JSON to write one from."""
    mailbox = mailbox_of(address)
    raw = request.get_data() if request.mimetype == "message/rfc822" else _incoming(mailbox)
    [message] = here().world.receive(raw, mailbox.account.address)
    return _json(message), 201


@control.get("/accounts/<address>/drafts")
def list_drafts(address: str) -> Json:
    return {"drafts": [_draft_json(draft) for draft in mailbox_of(address).drafts()]}


@control.post("/accounts/<address>/drafts")
def compose(address: str) -> tuple[Json, int]:
    return _compose(mailbox_of(address), None), 201


@control.put("/accounts/<address>/drafts/<id>")
def autosave(address: str, id: str) -> Json:
    return _compose(mailbox_of(address), id)


@control.delete("/accounts/<address>/drafts/<id>")
def discard(address: str, id: str) -> Response:
    mailbox_of(address).delete_draft(id)
    return Response(status=204)


@control.post("/accounts/<address>/drafts/<id>/send")
def press_send(address: str, id: str) -> Json:
    """`undo_window` in seconds; by default the world's."""
    found = body("undo_window")
    window = timedelta(seconds=seconds(found, "undo_window")) if "undo_window" in found else None
    return _draft_json(mailbox_of(address).send_draft(id, window))


@control.post("/accounts/<address>/drafts/<id>/schedule")
def schedule(address: str, id: str) -> Json:
    return _draft_json(mailbox_of(address).schedule(id, moment(body("at"), "at")))


@control.post("/accounts/<address>/drafts/<id>/undo")
def undo(address: str, id: str) -> Json:
    return _draft_json(mailbox_of(address).undo(id))


def _compose(mailbox: Mailbox, draft_id: str | None) -> Json:
    found = body(*_LETTER)
    answers = mailbox.message(text(found, "answers")) if "answers" in found else None
    account = mailbox.account
    raw = _raw(found, (account.name, account.address), texts(found, "to"), answers)
    return _draft_json(mailbox.compose(raw, draft_id, answers.thread_id if answers else None))


def _incoming(mailbox: Mailbox) -> bytes:
    found = body(*_LETTER, "from", "name", "headers")
    answers = mailbox.message(text(found, "answers")) if "answers" in found else None
    if "raw" not in found:
        text(found, "from")
    to = texts(found, "to") or [mailbox.account.address]
    headers = Headers(_raw(found, (str(found.get("name", "")), str(found.get("from", ""))), to, answers))
    extra = found.get("headers", {})
    for name, value in extra.items() if isinstance(extra, dict) else ():
        headers.set(str(name), str(value))
    return headers.raw()


def _raw(found: Json, sender: tuple[str, str], to: list[str], answers: Message | None) -> bytes:
    """`raw` (base64) as it is, or a letter from the parts."""
    if "raw" in found:
        return base64.b64decode(text(found, "raw"))
    return write_letter(
        sender,
        to,
        str(found.get("subject", "")),
        html=str(found.get("html", "")),
        text=str(found.get("text", "")),
        cc=texts(found, "cc"),
        bcc=texts(found, "bcc"),
        answers=answers,
    )


def _json(message: Message) -> Json:
    return {
        "id": message.id,
        "thread_id": message.thread_id,
        "labels": sorted(message.labels),
        "message_id": message.message_id,
        "subject": message.subject,
        "from": message.sender[1],
        "to": [address for _, address in message.recipients],
        "at": message.internal_date.isoformat(),
        "history_id": str(message.history_id),
    }


def _draft_json(draft: Draft) -> Json:
    """`sent` is the mail that left, once it did."""
    return {
        "id": draft.id,
        "message": _json(draft.message),
        "leaves_at": draft.leaves_at.isoformat() if draft.leaves_at else None,
        "scheduled": draft.scheduled,
        "sent": _json(draft.sent) if draft.sent else None,
    }
