"""messages.*: list, get, send, labels, attachments."""

import re

from flask import request

from server.errors import NotFound
from server.sandbox.envelope import Refusal
from server.sandbox.gmail.call import Call, Json, flag, invalid, method, number
from server.sandbox.gmail.fields import ATTACHMENT, MESSAGE, MESSAGES, NOTHING
from server.sandbox.gmail.pages import one_page
from server.sandbox.gmail.resources import attachment, encoded, labelled, message_json, read_format, reference
from server.sandbox.gmail.routes import UPLOAD, USER, gmail
from server.sandbox.gmail.upload import needed, sent_message
from server.sandbox.message import Message

_ID = re.compile(r"[0-9a-f]{1,16}")


def checked_id(id: str) -> str:
    if not _ID.fullmatch(id):
        raise invalid("Invalid id value")
    return id


def query(call: Call) -> str:
    text = request.args.get("q", "")
    if text and call.metadata_only:
        raise Refusal(403, "Metadata scope does not support 'q' parameter", "forbidden")
    return text


def settled(call: Call, message: Message) -> bool:
    """Whether the index already knows a message."""
    return message.internal_date <= call.google.world.clock.now() - call.mailbox.message_lag


def thread_of(call: Call, message: Json) -> str | None:
    """The thread a writer asks for; refused when there is none."""
    thread_id = message.get("threadId")
    if not thread_id:
        return None
    if not isinstance(thread_id, str) or not _ID.fullmatch(thread_id):
        raise invalid("Invalid thread_id value")
    if not call.mailbox.thread_exists(thread_id):
        raise NotFound("Requested entity was not found.")
    return thread_id


@gmail.get(USER + "/messages")
@method("gmail.users.messages.list", MESSAGES, "q", "labelIds", "maxResults", "pageToken", "includeSpamTrash")
def list_messages(call: Call) -> Json:
    labels = request.args.getlist("labelIds")
    found = call.mailbox.messages(query(call), labels, everywhere=flag("includeSpamTrash"))
    found = [message for message in found if settled(call, message)]
    page, following = one_page(found, lambda message: message.id, request.args.get("pageToken"), number("maxResults", 100, 500))
    answer: Json = {"resultSizeEstimate": len(found)}
    if page:
        answer["messages"] = [reference(message) for message in page]
    return answer | ({"nextPageToken": following} if following else {})


@gmail.get(USER + "/messages/<id>")
@method("gmail.users.messages.get", MESSAGE, "format", "metadataHeaders")
def get_message(call: Call, id: str) -> Json:
    format = read_format(call, request.args.get("format", "full"))
    message = call.mailbox.message(checked_id(id))
    if not settled(call, message):
        raise NotFound("Requested entity was not found.")
    return message_json(message, format, request.args.getlist("metadataHeaders"))


@gmail.post(USER + "/messages/send")
@gmail.post(UPLOAD + "/messages/send")
@method("gmail.users.messages.send", MESSAGE)
def send(call: Call) -> Json:
    raw, message = sent_message(call)
    sent = call.google.world.send(call.mailbox.account.address, needed(raw), thread_id=thread_of(call, message))
    return labelled(sent)


@gmail.post(USER + "/messages/<id>/modify")
@method("gmail.users.messages.modify", MESSAGE)
def modify(call: Call, id: str) -> Json:
    body = call.body("addLabelIds", "removeLabelIds")
    return labelled(call.mailbox.modify(checked_id(id), _labels(body, "addLabelIds"), _labels(body, "removeLabelIds")))


@gmail.post(USER + "/messages/<id>/trash")
@method("gmail.users.messages.trash", MESSAGE)
def trash(call: Call, id: str) -> Json:
    return labelled(call.mailbox.trash(checked_id(id)))


@gmail.post(USER + "/messages/<id>/untrash")
@method("gmail.users.messages.untrash", MESSAGE)
def untrash(call: Call, id: str) -> Json:
    return labelled(call.mailbox.modify(checked_id(id), remove=("TRASH",)))


@gmail.delete(USER + "/messages/<id>")
@method("gmail.users.messages.delete", NOTHING)
def delete(call: Call, id: str) -> None:
    call.mailbox.delete(checked_id(id))


@gmail.get(USER + "/messages/<message_id>/attachments/<id>")
@method("gmail.users.messages.attachments.get", ATTACHMENT)
def get_attachment(call: Call, message_id: str, id: str) -> Json:
    content = attachment(call.mailbox.message(checked_id(message_id)), id)
    return {"size": len(content), "data": encoded(content)}


def _labels(body: Json, name: str) -> list[str]:
    labels = body.get(name, [])
    if not isinstance(labels, list) or {"SENT", "DRAFT"} & set(labels):
        raise invalid(f"Invalid label: {labels}")
    return [str(label) for label in labels]
