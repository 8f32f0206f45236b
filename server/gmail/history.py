"""What came into a mailbox since we last looked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.gmail.client import Gmail, Page, Ref

SENT = "SENT"
INBOX = "INBOX"
_NOT_MAIL = frozenset({"DRAFT", "CHAT", "SCHEDULED"})
_CROWDS = frozenset({"CATEGORY_PROMOTIONS", "CATEGORY_SOCIAL", "CATEGORY_FORUMS", "SPAM", "TRASH"})

CHUNK = 50
"""Mails fetched and stored at a time: a long absence makes progress even if it is interrupted."""

RESYNC_DAYS = 7
"""As far back as Gmail's history usually reaches."""

_MOST_LISTED = 10_000


@dataclass(frozen=True, slots=True)
class Changes:
    """Every message once, oldest first, with labels. `history_id` is how far that reaches."""

    added: tuple[Ref, ...]
    history_id: int


def changes(gmail: Gmail, start: int) -> Changes:
    """One history.list where Google tells the labels (it usually does), else two more, one a label."""
    added, newest = _everything(gmail, start)
    if any(ref.labels is None for ref in added):
        added = _labelled(gmail, start, added)
    return Changes(tuple(added), max(newest, start))


def resync(gmail: Gmail, days: int = RESYNC_DAYS) -> Changes:
    """When Google forgot our history id: all mail of so many days, oldest first. The new id is asked for first, so that what
    arrives meanwhile is seen by the next look. What came in may have left the inbox since."""
    newest = gmail.profile().history_id
    ago = f"newer_than:{days}d"
    sent = gmail.search(f"in:sent {ago}", _MOST_LISTED)
    inbound = gmail.search(f"-in:sent -in:drafts -in:chats -in:scheduled {ago}", _MOST_LISTED)
    found = {ref.id: replace(ref, labels=frozenset({INBOX})) for ref in inbound}
    found |= {ref.id: replace(ref, labels=frozenset({SENT})) for ref in sent}
    # Gmail's ids grow with time.
    return Changes(tuple(sorted(found.values(), key=lambda ref: int(ref.id, 16))), newest)


def is_sent(ref: Ref) -> bool:
    return SENT in _labels(ref) and not _labels(ref) & _NOT_MAIL


def is_inbound(ref: Ref) -> bool:
    return not _labels(ref) & (_NOT_MAIL | {SENT})


def may_answer_elsewhere(ref: Ref) -> bool:
    """The first of its thread, and neither advertising nor spam: an answer whose subject was changed looks like this."""
    return ref.id == ref.thread_id and INBOX in _labels(ref) and not _labels(ref) & _CROWDS


def chunks(refs: list[Ref], start: int, end: int) -> Iterator[tuple[list[Ref], int]]:
    """Parts of `refs` in order, each with the history id reached once it is stored; one empty part when there is none."""
    for at in range(0, max(len(refs), 1), CHUNK):
        following = refs[at + CHUNK : at + CHUNK + 1]
        # Just before the next one, so that it is listed again should this be interrupted. A resync has no such places.
        reached = max(start, following[0].record - 1) if following else end
        yield refs[at : at + CHUNK], reached


def _everything(gmail: Gmail, start: int, label: str | None = None) -> tuple[list[Ref], int]:
    found: dict[str, Ref] = {}
    page: Page | None = None
    while page is None or page.next:
        page = gmail.history(start, page.next if page else None, label)
        for ref in page.added:
            found.setdefault(ref.id, ref)
    return list(found.values()), page.history_id


def _labelled(gmail: Gmail, start: int, added: list[Ref]) -> list[Ref]:
    told: dict[str, frozenset[str]] = {}
    for label in (SENT, INBOX):
        for ref in _everything(gmail, start, label)[0]:
            told[ref.id] = told.get(ref.id, frozenset()) | {label}
    return [ref if ref.labels is not None else replace(ref, labels=told.get(ref.id, frozenset({"DRAFT"}))) for ref in added]


def _labels(ref: Ref) -> frozenset[str]:
    return ref.labels or frozenset()
