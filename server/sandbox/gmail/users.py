"""Profile, watch and stop, labels."""

import re

from server.sandbox.envelope import Refusal
from server.sandbox.gmail.call import Call, Json, invalid, method
from server.sandbox.gmail.fields import LABELS, NOTHING, PROFILE, WATCH
from server.sandbox.gmail.routes import USER, gmail

_TOPIC = re.compile(r"projects/[a-z][a-z0-9-]{4,28}[a-z0-9]/topics/[A-Za-z][A-Za-z0-9._~%+-]{2,254}")
_CATEGORIES = tuple(f"CATEGORY_{name}" for name in ("PERSONAL", "SOCIAL", "PROMOTIONS", "UPDATES", "FORUMS"))
_SYSTEM = ("INBOX", "SENT", "DRAFT", "UNREAD", "STARRED", "IMPORTANT", "TRASH", "SPAM", "CHAT", *_CATEGORIES)


@gmail.get(USER + "/profile")
@method("gmail.users.getProfile", PROFILE)
def profile(call: Call) -> Json:
    messages = call.mailbox.messages(everywhere=True)
    return {
        "emailAddress": call.mailbox.account.address,
        "messagesTotal": len(messages),
        "threadsTotal": len({message.thread_id for message in messages}),
        "historyId": str(call.mailbox.history.latest),
    }


@gmail.post(USER + "/watch")
@method("gmail.users.watch", WATCH)
def watch(call: Call) -> Json:
    body = call.body("topicName", "labelIds", "labelFilterBehavior", "labelFilterAction")
    topic = str(body.get("topicName", ""))
    _check_topic(call, topic)
    labels = body.get("labelIds") or []
    if not isinstance(labels, list) or not all(label in _SYSTEM for label in labels):
        raise invalid(f"Invalid label: {labels}")
    behaviour = str(body.get("labelFilterBehavior") or body.get("labelFilterAction") or "include").lower()
    if behaviour not in ("include", "exclude"):
        raise invalid(f"Invalid value at 'label_filter_behavior': \"{behaviour}\"")
    ends = call.google.push.watch(call.mailbox.account.address, topic, frozenset(labels), behaviour == "exclude")
    return {"historyId": str(call.mailbox.history.latest), "expiration": str(int(ends.timestamp() * 1000))}


@gmail.post(USER + "/stop")
@method("gmail.users.stop", NOTHING)
def stop(call: Call) -> None:
    call.google.push.stop(call.mailbox.account.address)


@gmail.get(USER + "/labels")
@method("gmail.users.labels.list", LABELS)
def labels(_call: Call) -> Json:
    return {"labels": [{"id": name, "name": name, "type": "system"} for name in _SYSTEM]}


def _check_topic(call: Call, topic: str) -> None:
    if not _TOPIC.fullmatch(topic):
        raise invalid("Invalid topicName does not match projects/[a-z0-9-]+/topics/[A-Za-z0-9._~%+-]+")
    if topic != call.google.push.settings.topic:
        message = f"Error sending test message to Cloud PubSub {topic} : Resource not found (resource={topic.split('/')[-1]})."
        raise Refusal(404, message, "notFound")
    if not call.google.push.settings.may_publish:
        message = f"Error sending test message to Cloud PubSub {topic} : User not authorized to perform this action."
        raise Refusal(403, message, "forbidden")
