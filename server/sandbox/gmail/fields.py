"""The `fields` mask: parts of an answer by name, as `id,payload(headers,parts/body)`."""

import re
from collections.abc import Mapping, Sequence

from server.sandbox.envelope import Refusal

Shape = Mapping[str, "Shape | None"]
Mask = dict[str, "Mask"]

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*|[*/,()]")


def _leaves(names: str) -> dict[str, Shape | None]:
    return dict.fromkeys(names.split())


_PART: dict[str, Shape | None] = {**_leaves("partId mimeType filename"), "headers": _leaves("name value")}
_PART |= {"body": _leaves("attachmentId size data")}
_PART["parts"] = _PART
MESSAGE: Shape = {**_leaves("id threadId labelIds snippet historyId internalDate sizeEstimate raw"), "payload": _PART}
_IN_HISTORY: Shape = {"message": MESSAGE}
_LABELS_IN_HISTORY: Shape = {"message": MESSAGE, "labelIds": None}
THREAD: Shape = {**_leaves("id snippet historyId"), "messages": MESSAGE}
DRAFT: Shape = {"id": None, "message": MESSAGE}
_PAGE = _leaves("nextPageToken resultSizeEstimate")
MESSAGES: Shape = {**_PAGE, "messages": MESSAGE}
THREADS: Shape = {**_PAGE, "threads": THREAD}
DRAFTS: Shape = {**_PAGE, "drafts": DRAFT}
HISTORY: Shape = {
    **_leaves("nextPageToken historyId"),
    "history": {
        "id": None,
        "messages": MESSAGE,
        "messagesAdded": _IN_HISTORY,
        "messagesDeleted": _IN_HISTORY,
        "labelsAdded": _LABELS_IN_HISTORY,
        "labelsRemoved": _LABELS_IN_HISTORY,
    },
}
PROFILE: Shape = _leaves("emailAddress messagesTotal threadsTotal historyId")
WATCH: Shape = _leaves("historyId expiration")
ATTACHMENT: Shape = _leaves("attachmentId size data")
SEND_AS: Shape = _leaves(
    "sendAsEmail displayName replyToAddress signature isPrimary isDefault treatAsAlias smtpMsa verificationStatus"
)
SEND_ASES: Shape = {"sendAs": SEND_AS}
LABELS: Shape = {"labels": _leaves("id name type messageListVisibility labelListVisibility")}
NOTHING: Shape = {}


def read_mask(text: str, shape: Shape) -> Mask:
    """Refuses a name the answer can't have, as Google does. An empty mask names everything."""
    mask = _Parser(text).parse() if text else {}
    _check(mask, shape, text)
    return mask


class _Parser:
    def __init__(self, mask: str) -> None:
        self._mask = mask
        self._words = _WORD.findall(mask)
        self._at = 0
        if "".join(self._words) != mask.replace(" ", ""):
            raise _invalid(mask)

    def parse(self) -> Mask:
        found = self._list()
        if self._at < len(self._words):
            raise _invalid(self._mask)
        return found

    def _list(self) -> Mask:
        found: Mask = {}
        while True:
            name, below = self._item()
            _join(found.setdefault(name, {}), below)
            if not self._eat(","):
                return found

    def _item(self) -> tuple[str, Mask]:
        name = self._words[self._at] if self._at < len(self._words) else ""
        if not name or name in "/,()":
            raise _invalid(self._mask)
        self._at += 1
        if self._eat("/"):
            below, under = self._item()
            return name, {below: under}
        if self._eat("("):
            inner = self._list()
            if not self._eat(")"):
                raise _invalid(self._mask)
            return name, inner
        return name, {}

    def _eat(self, sign: str) -> bool:
        fits = self._at < len(self._words) and self._words[self._at] == sign
        self._at += fits
        return fits


def _join(mask: Mask, more: Mask) -> None:
    for name, below in more.items():
        _join(mask.setdefault(name, {}), below)


def _check(mask: Mask, shape: Shape | None, whole: str) -> None:
    for name, below in mask.items():
        if name == "*":
            continue
        if shape is None or name not in shape:
            raise _invalid(whole)
        _check(below, shape[name], whole)


def pick(body: object, mask: Mask) -> object:
    """The body with only what the mask names."""
    if not mask or "*" in mask:
        return body
    if isinstance(body, Mapping):
        return {name: pick(value, mask[name]) for name, value in body.items() if name in mask}
    if isinstance(body, Sequence) and not isinstance(body, str):
        return [pick(entry, mask) for entry in body]
    return body


def _invalid(mask: str) -> Refusal:
    return Refusal(400, f"Invalid field selection {mask}", "invalidParameter", location="fields")
