"""drafts.*: every save is a new message behind the same draft id."""

from flask import request

from server.sandbox.envelope import Refusal
from server.sandbox.gmail.call import Call, Json, flag, method, number
from server.sandbox.gmail.fields import DRAFT, DRAFTS, MESSAGE, NOTHING
from server.sandbox.gmail.messages import query, thread_of
from server.sandbox.gmail.pages import one_page
from server.sandbox.gmail.resources import draft_json, labelled, message_json, read_format, reference
from server.sandbox.gmail.routes import UPLOAD, USER, gmail
from server.sandbox.gmail.upload import needed, sent_draft


@gmail.get(USER + "/drafts")
@method("gmail.users.drafts.list", DRAFTS, "q", "maxResults", "pageToken", "includeSpamTrash")
def list_drafts(call: Call) -> Json:
    shown = {message.id for message in call.mailbox.messages(query(call), everywhere=flag("includeSpamTrash"))}
    found = [draft for draft in call.mailbox.drafts() if draft.message.id in shown]
    page, following = one_page(found, lambda draft: draft.id, request.args.get("pageToken"), number("maxResults", 100, 500))
    answer: Json = {"resultSizeEstimate": len(found)}
    if page:
        answer["drafts"] = [draft_json(draft, reference(draft.message)) for draft in page]
    return answer | ({"nextPageToken": following} if following else {})


@gmail.get(USER + "/drafts/<id>")
@method("gmail.users.drafts.get", DRAFT, "format")
def get_draft(call: Call, id: str) -> Json:
    format = read_format(call, request.args.get("format", "full"))
    draft = call.mailbox.draft(id)
    return draft_json(draft, message_json(draft.message, format))


@gmail.post(USER + "/drafts")
@gmail.post(UPLOAD + "/drafts")
@method("gmail.users.drafts.create", DRAFT)
def create_draft(call: Call) -> Json:
    raw, message, _ = sent_draft(call)
    return draft_json(call.mailbox.save_draft(needed(raw), thread_id=thread_of(call, message)))


@gmail.put(USER + "/drafts/<id>")
@gmail.put(UPLOAD + "/drafts/<id>")
@method("gmail.users.drafts.update", DRAFT)
def update_draft(call: Call, id: str) -> Json:
    raw, message, _ = sent_draft(call)
    return draft_json(call.mailbox.save_draft(needed(raw), id, thread_of(call, message)))


@gmail.post(USER + "/drafts/send")
@gmail.post(UPLOAD + "/drafts/send")
@method("gmail.users.drafts.send", MESSAGE)
def send_draft(call: Call) -> Json:
    raw, message, id = sent_draft(call)
    if not id:
        raise Refusal(400, "Missing draft id", "invalidArgument")
    if raw:
        call.mailbox.save_draft(raw, id, thread_of(call, message))
    return labelled(call.mailbox.dispatch(id))


@gmail.delete(USER + "/drafts/<id>")
@method("gmail.users.drafts.delete", NOTHING)
def delete_draft(call: Call, id: str) -> None:
    call.mailbox.delete_draft(id)
