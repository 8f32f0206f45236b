"""What happens when a rep presses Send, Save or Schedule."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import getaddresses

from server.errors import BadInput
from server.sandbox.companion import Companions, Mailto
from server.sandbox.letter import write_letter
from server.sandbox.mailbox import Draft
from server.sandbox.message import Message
from server.sandbox.world import World

from .bodies import clean, plain

UNDO = timedelta(seconds=5)


@dataclass(frozen=True)
class Written:
    """What stands in the compose window. `answers` is the id of the message it replies to or forwards."""

    to: str
    cc: str
    bcc: str
    subject: str
    html: str
    track: bool
    draft_id: str = ""
    answers: str = ""
    forwards: bool = False


class Outbox:
    def __init__(self, world: World, companions: Companions | None) -> None:
        self._world = world
        self._companions = companions
        self._written: dict[str, Written] = {}
        self._notices: dict[str, str] = {}

    def save(self, account: str, written: Written) -> Draft:
        draft = self._store(account, written, written.html)
        self._written[draft.id] = written
        return draft

    def send(self, account: str, written: Written) -> Draft:
        draft = self._tracked(account, written)
        return self._world.mailbox(account).send_draft(draft.id, UNDO)

    def schedule(self, account: str, written: Written, at: datetime) -> Draft:
        if at <= self._world.clock.now():
            raise BadInput("Choose a time in the future.")
        draft = self._tracked(account, written)
        return self._world.mailbox(account).schedule(draft.id, at)

    def written(self, draft_id: str) -> Written | None:
        """As the rep wrote it, before links and pixel."""
        return self._written.get(draft_id)

    def notice(self, draft_id: str) -> str:
        """What became of tracking: "tracked", "not tracked: …"."""
        return self._notices.get(draft_id, "")

    def _tracked(self, account: str, written: Written) -> Draft:
        to, cc, bcc = (_people(field) for field in (written.to, written.cc, written.bcc))
        if not to + cc + bcc:
            raise BadInput("Give at least one address.")
        html, notice = written.html, "not tracked: Track is switched off"
        if written.track and self._companions is None:
            notice = "not tracked: this sandbox has no product beside it"
        elif written.track and self._companions is not None:
            result = self._companions.of(account).track(written.subject, to, written.html, cc=cc, bcc=bcc)
            html, notice = result.html, f"not tracked: {result.problem}" if result.problem else "tracked"
        draft = self._store(account, written, html)
        self._written[draft.id], self._notices[draft.id] = written, notice
        return draft

    def _store(self, account: str, written: Written, html: str) -> Draft:
        mailbox = self._world.mailbox(account)
        answered = self._answered(account, written)
        raw = write_letter(
            (mailbox.account.name, mailbox.account.address),
            _split(written.to),
            written.subject,
            html=f'<div dir="ltr">{html}</div>',
            text=plain(written.html),
            cc=_split(written.cc),
            bcc=_split(written.bcc),
            answers=answered,
        )
        thread_id = answered.thread_id if answered and not written.forwards else None
        return mailbox.compose(raw, written.draft_id or None, thread_id)

    def _answered(self, account: str, written: Written) -> Message | None:
        return self._world.mailbox(account).message(written.answers) if written.answers else None


def answer_to(message: Message, account: str) -> Written:
    """A reply, with the former mail quoted."""
    name, address = message.sender
    to = address if address != account else ", ".join(address for _, address in message.recipients)
    return Written(
        to, "", "", _prefixed("Re: ", message.subject), _quoted(message, f"{name or address} wrote:"), True, "", message.id
    )


def forward_of(message: Message) -> Written:
    quoted = _quoted(message, "---------- Forwarded message ---------")
    return Written("", "", "", _prefixed("Fwd: ", message.subject), quoted, True, "", message.id, True)


def from_draft(draft: Draft) -> Written:
    """A draft that did not come from this page."""
    headers = draft.message.headers
    to, cc, bcc = (", ".join(address for _, address in headers.addresses(name)) for name in ("To", "Cc", "Bcc"))
    return Written(to, cc, bcc, draft.message.subject, clean(draft.message.html, styles=False), True, draft.id)


def _quoted(message: Message, intro: str) -> str:
    body = clean(message.html, styles=False) if message.html else clean(_lines(message.text))
    head = clean(_lines(intro))
    return f'<br><br><div class="gmail_quote"><div>{head}</div><blockquote class="gmail_quote_body">{body}</blockquote></div>'


def _lines(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def _prefixed(prefix: str, subject: str) -> str:
    return subject if subject.lower().startswith(prefix.lower()) else prefix + subject


def _people(field: str) -> list[Mailto]:
    return [Mailto(name, address) for name, address in getaddresses([field]) if "@" in address]


def _split(field: str) -> list[str]:
    return [f"{name} <{address}>" if name else address for name, address in getaddresses([field]) if "@" in address]
