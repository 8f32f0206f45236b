"""threads.list and threads.get."""

from flask import request

from server.sandbox.gmail.call import Call, Json, method, number
from server.sandbox.gmail.fields import THREAD, THREADS
from server.sandbox.gmail.messages import checked_id, query
from server.sandbox.gmail.pages import one_page
from server.sandbox.gmail.resources import read_format, thread_json
from server.sandbox.gmail.routes import USER, gmail


@gmail.get(USER + "/threads")
@method("gmail.users.threads.list", THREADS, "q", "labelIds", "maxResults", "pageToken", "includeSpamTrash")
def list_threads(call: Call) -> Json:
    found = call.mailbox.threads(query(call), request.args.getlist("labelIds"))
    page, following = one_page(found, lambda thread: thread.id, request.args.get("pageToken"), number("maxResults", 100, 500))
    answer: Json = {"resultSizeEstimate": len(found)}
    if page:
        answer["threads"] = [
            {"id": thread.id, "snippet": thread.snippet, "historyId": str(thread.history_id)} for thread in page
        ]
    return answer | ({"nextPageToken": following} if following else {})


@gmail.get(USER + "/threads/<id>")
@method("gmail.users.threads.get", THREAD, "format", "metadataHeaders")
def get_thread(call: Call, id: str) -> Json:
    format = read_format(call, request.args.get("format", "full"), ("minimal", "full", "metadata"))
    return thread_json(call.mailbox.thread(checked_id(id)), format, request.args.getlist("metadataHeaders"))
