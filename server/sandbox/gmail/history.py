"""history.list: what changed since an id."""

from flask import request

from server.errors import NotFound
from server.sandbox.gmail.call import Call, Json, invalid, method, number
from server.sandbox.gmail.fields import HISTORY
from server.sandbox.gmail.pages import one_page
from server.sandbox.gmail.routes import USER, gmail
from server.sandbox.history import Change, Record

_KEYS = {
    Change.MESSAGE_ADDED: "messagesAdded",
    Change.MESSAGE_DELETED: "messagesDeleted",
    Change.LABEL_ADDED: "labelsAdded",
    Change.LABEL_REMOVED: "labelsRemoved",
}


@gmail.get(USER + "/history")
@method("gmail.users.history.list", HISTORY, "startHistoryId", "labelId", "historyTypes", "maxResults", "pageToken")
def list_history(call: Call) -> Json:
    history, now = call.mailbox.history, call.google.world.clock.now()
    found = history.since(_start(), now)
    if found is None:
        raise NotFound("Requested entity was not found.")
    answer: Json = {"historyId": str(history.visible(now))}
    token = request.args.get("pageToken")
    if history.empty_pages > 0 and found and token is None:
        history.empty_pages -= 1
        return answer | {"nextPageToken": "MA"}
    wanted = [record for record in found if _wanted(record)]
    page, following = one_page(
        wanted, lambda record: str(record.id), None if token == "MA" else token, number("maxResults", 100, 500)
    )
    if page:
        answer["history"] = [_json(record) for record in page]
    return answer | ({"nextPageToken": following} if following else {})


def _start() -> int:
    text = request.args.get("startHistoryId", "")
    if not text.isdigit():
        raise invalid("Missing or invalid startHistoryId", "startHistoryId")
    return int(text)


def _wanted(record: Record) -> bool:
    kinds, label = request.args.getlist("historyTypes"), request.args.get("labelId")
    for kind in kinds:
        if kind not in list(Change):
            raise invalid(f"Invalid value at 'history_types': \"{kind}\"", "historyTypes")
    return (not kinds or record.change in kinds) and (label is None or label in (*record.labels, *record.changed))


def _json(record: Record) -> Json:
    reference = {"id": record.message_id, "threadId": record.thread_id}
    entry: Json = {"message": reference | {"labelIds": list(record.labels)}}
    if record.changed:
        entry["labelIds"] = list(record.changed)
    return {"id": str(record.id), "messages": [reference], _KEYS[record.change]: [entry]}
