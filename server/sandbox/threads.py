"""Which conversation a mail belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.sandbox.message import Message, plain_subject


@dataclass(frozen=True)
class Thread:
    """Its messages in the order of their time, oldest first."""

    id: str
    messages: tuple[Message, ...]

    @property
    def history_id(self) -> int:
        return max(message.history_id for message in self.messages)

    @property
    def subject(self) -> str:
        return self.messages[0].subject

    @property
    def snippet(self) -> str:
        return self.messages[-1].snippet


def fits(mail: Message, others: Iterable[Message]) -> bool:
    """Gmail's rule: it refers to one of them by Message-ID and has the same subject. A delivery notice keeps to its mail."""
    known = {other.message_id: other for other in others}
    return any(same_subject(mail, known[reference]) for reference in mail.references if reference in known)


def same_subject(mail: Message, other: Message) -> bool:
    notice = mail.sender[1].startswith("mailer-daemon@")
    return notice or plain_subject(mail.subject) == plain_subject(other.subject)


def thread_for(mail: Message, stored: Iterable[Message]) -> str | None:
    if not mail.references:
        return None
    known = {other.message_id: other for other in stored}
    for reference in mail.references:
        other = known.get(reference)
        if other is not None and same_subject(mail, other):
            return other.thread_id
    return None


def threads_of(messages: Iterable[Message]) -> list[Thread]:
    """Newest first."""
    grouped: dict[str, list[Message]] = {}
    for message in sorted(messages, key=lambda message: (message.internal_date, message.id)):
        grouped.setdefault(message.thread_id, []).append(message)
    threads = [Thread(id, tuple(found)) for id, found in grouped.items()]
    return sorted(threads, key=lambda thread: (thread.messages[-1].internal_date, thread.id), reverse=True)
