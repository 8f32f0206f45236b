"""A rep's messages: prepared while they are written, sent, listed, looked at, archived."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.domain.consent import Moment, Standing
from server.domain.drafts import Addressee, Draft, Outgoing, Prepared, TrackedLink, Tracking, number_links, recipients_of
from server.domain.instrument import http_url
from server.domain.instrument.unsubscribe import leads_out
from server.domain.messages import DRAFT_LIFE, Link, Message, State
from server.domain.searches import ANY_OUTCOME, EVERYTHING, Outcome, Wanted
from server.domain.tasks import zone_of
from server.domain.users import User
from server.errors import BadInput, Conflict, NotFound
from server.gmail.addresses import normal_address
from server.services import engagement
from server.services.addresses import Addresses
from server.services.connections import Connections
from server.services.details import COLUMNS, Row, details, rows, summary, without_machines
from server.services.feed import page_at, read_page
from server.services.instrumenting import Instrumenting, Notices
from server.services.mailbox import Mailboxes
from server.services.sending import Failed, Sending
from server.storage import consent, narrowing, tracking
from server.storage import messages as stored
from server.storage.database import Transaction
from server.tokens import new_id

MOST_LINKS = 1000
MOST_RECIPIENTS = 500
MOST_A_PAGE = 200

Wake = Callable[[Iterable[str]], None]


class Messages:
    """Everything here is bound to the user's own messages; another's is NotFound."""

    def __init__(
        self, connections: Connections, mailboxes: Mailboxes, addresses: Addresses, wake: Wake, gmail_web_url: str
    ) -> None:
        self._database = connections.database
        self._clock = connections.clock
        self._mailboxes = mailboxes
        self._addresses = addresses
        self._wake = wake
        self._gmail_web_url = gmail_web_url
        self._notices = Notices(addresses)
        self._sending = Sending(connections, mailboxes.syncing, Instrumenting(addresses, self._notices), wake)

    def prepare(self, user: User, draft: Draft, message_id: str = "") -> Prepared:
        """`message_id`: what it shall be called; Conflict when there is one of that name."""
        _check(draft)
        made = self._database.write(self._prepare, user, _normal(draft), message_id)
        self._mailboxes.heat(user)
        return made

    def tracking(self, user: User, draft: Draft) -> Tracking:
        """Whom `prepare` would let be tracked; nothing is kept."""
        _check(draft)
        recipients = recipients_of(_normal(draft))
        addresses = {one.ordinal: one.address for one in recipients}
        return _tracking(self._database.read(consent.standing_of, user.workspace_id, addresses))

    def has(self, user: User, message_id: str) -> bool:
        return self._database.read(stored.get, message_id, user.id) is not None

    def give_up(self, user: User, message_id: str) -> None:
        """Forget a draft that never left the house."""
        self._database.write(stored.drop_draft, message_id, user.id)

    def update(self, user: User, message_id: str, draft: Draft) -> Prepared:
        """Conflict once the message was sent."""
        _check(draft)
        made = self._database.write(self._update, user, message_id, _normal(draft))
        self._mailboxes.heat(user)
        return made

    def send(self, user: User, message_id: str, mail: Outgoing) -> dict[str, Any]:
        """The message as `details` tells it, with `failed`: whose separate copies did not go out, and why. Submitted twice, it
        is sent once. A GmailError when nothing went out."""
        failed = self._sending.send(user, message_id, mail)
        return {**self.details(user, message_id), "failed": [_failed(one) for one in failed]}

    def list(
        self,
        user: User,
        before: str | None = None,
        limit: int = 50,
        wanted: Wanted = EVERYTHING,
        outcome: Outcome = ANY_OUTCOME,
    ) -> dict[str, Any]:
        """`{"items": […], "next": cursor | None}`, newest first; drafts are not in it."""
        after = read_page(before) if before else None
        return self._database.read(self._page, user, after, max(1, min(limit, MOST_A_PAGE)), wanted, outcome)

    def table(self, user: User, wanted: Wanted = EVERYTHING, outcome: Outcome = ANY_OUTCOME) -> Iterator[Row]:
        """The same messages as rows under COLUMNS, read as they are asked for."""
        yield COLUMNS
        after: tuple[datetime, str] | None = None
        while found := self._database.read(self._rows, user, after, wanted, outcome):
            yield from (row for _, row in found)
            after = found[-1][0]

    def details(self, user: User, message_id: str) -> dict[str, Any]:
        """Everything about one message, every hit with its reasons, own views too."""
        return self._database.read(self._details, user, message_id)

    def archive(self, user: User, message_id: str) -> dict[str, Any]:
        """No view or click of it is recorded any more. Conflict before it was sent."""
        return self._archive(user, message_id, archived=True)

    def unarchive(self, user: User, message_id: str) -> dict[str, Any]:
        return self._archive(user, message_id, archived=False)

    def archive_all(self, user: User, message_ids: Sequence[str], *, archived: bool) -> Sequence[str]:
        """Those it changed: not what was so before, was never sent, or is another's."""
        changed, users = self._database.write(self._set_all_archived, user, message_ids, archived)
        self._wake(users)
        return changed

    def expire(self) -> int:
        """Drafts never sent; how many were given up."""
        return self._database.write(stored.expire_drafts, self._clock())

    def _prepare(self, tx: Transaction, user: User, draft: Draft, message_id: str) -> Prepared:
        now = self._clock()
        if message_id and stored.get(tx, message_id, user.id) is not None:
            raise Conflict("this message was prepared already")
        links = number_links((), draft.links)
        message = Message(
            id=message_id or new_id(),
            workspace_id=user.workspace_id,
            user_id=user.id,
            subject=draft.subject,
            state=State.DRAFTED,
            tracked=True,
            created_at=now,
            recipients=recipients_of(draft),
            links=links,
        )
        stored.add(tx, message, now + DRAFT_LIFE)
        return self._prepared(tx, user, message, links, now + DRAFT_LIFE)

    def _update(self, tx: Transaction, user: User, message_id: str, draft: Draft) -> Prepared:
        # Locked before its links are read: two saves at once must not number two links alike.
        stored.lock(tx, message_id)
        former, expires_at = _own(tx, user, message_id), self._clock() + DRAFT_LIFE
        message = replace(former, subject=draft.subject, recipients=recipients_of(draft))
        if not stored.redraft(tx, message, expires_at):
            raise Conflict("this message was sent already")
        links = number_links(former.links, draft.links)
        stored.add_links(tx, message_id, user.workspace_id, links)
        return self._prepared(tx, user, message, links, expires_at)

    def _prepared(self, tx: Transaction, user: User, message: Message, links: Iterable[Link], expires_at: datetime) -> Prepared:
        standing = consent.standings(tx, [message.id])[message.id]
        tracking = _tracking(standing)
        allowed, address = tracking.together.allowed, self._addresses
        return Prepared(
            id=message.id,
            token=address.pixel_token(message.id) if allowed else None,
            pixel_url=address.pixel(user.tag, message.id) if allowed else None,
            links=tuple(
                TrackedLink(one.ordinal, one.url, self._tracked_url(message.id, one) if allowed else None) for one in links
            ),
            state=State.DRAFTED,
            expires_at=expires_at,
            tracking=tracking,
            opt_out_url=address.opt_out(message.id) if allowed else None,
            notice_html=self._notices.of(user, message.id, 0, standing).html if tracking.together.notice else None,
        )

    def _tracked_url(self, message_id: str, link: Link) -> str | None:
        """None for what `instrument` would leave alone too."""
        if self._addresses.is_ours(link.url) or leads_out(link.url, link.text):
            return None
        return self._addresses.click(message_id, 0, link.ordinal, link.url)

    def _page(
        self,
        tx: Transaction,
        user: User,
        after: tuple[datetime, str] | None,
        limit: int,
        wanted: Wanted,
        outcome: Outcome,
    ) -> dict[str, Any]:
        found = stored.latest(tx, user.id, after, limit + 1, _narrowed(tx, user, wanted, outcome))
        page = found[:limit]
        told = stored.tallies(tx, [message.id for message in page])
        items = [summary(message, told[message.id], user, self._gmail_web_url) for message in page]
        if tracking.hides_machines(tx, user.workspace_id):
            items = [without_machines(one) for one in items]
        return {"items": items, "next": _page_after(page[-1]) if len(found) > limit else None}

    def _rows(
        self, tx: Transaction, user: User, after: tuple[datetime, str] | None, wanted: Wanted, outcome: Outcome
    ) -> Sequence[tuple[tuple[datetime, str], Row]]:
        found = stored.latest(tx, user.id, after, MOST_A_PAGE, _narrowed(tx, user, wanted, outcome))
        hides = tracking.hides_machines(tx, user.workspace_id)
        return [((message.sent_at or message.created_at, message.id), row) for message, row in rows(tx, found, hides)]

    def _details(self, tx: Transaction, user: User, message_id: str) -> dict[str, Any]:
        told = details(tx, _own(tx, user, message_id), user, self._gmail_web_url)
        return without_machines(told) if tracking.hides_machines(tx, user.workspace_id) else told

    def _archive(self, user: User, message_id: str, *, archived: bool) -> dict[str, Any]:
        self._wake(self._database.write(self._set_archived, user, message_id, archived))
        return self.details(user, message_id)

    def _set_all_archived(
        self, tx: Transaction, user: User, message_ids: Sequence[str], archived: bool
    ) -> tuple[Sequence[str], set[str]]:
        changed = stored.set_archived_all(tx, message_ids, user.id, archived=archived)
        return changed, engagement.refresh(tx, changed, self._clock()) if changed else set()

    def _set_archived(self, tx: Transaction, user: User, message_id: str, archived: bool) -> set[str]:
        if stored.set_archived(tx, message_id, user.id, archived=archived):
            return engagement.refresh(tx, {message_id}, self._clock())
        if _own(tx, user, message_id).sent_at is None:
            raise Conflict("this message was not sent yet")
        return set()


def _tracking(standing: Standing) -> Tracking:
    each = [
        (standing.recipients[ordinal].address, standing.decide(ordinal, Moment.PREPARE))
        for ordinal in sorted(standing.recipients)
    ]
    return Tracking(standing.decide(0, Moment.PREPARE), tuple(each))


def _narrowed(tx: Transaction, user: User, wanted: Wanted, outcome: Outcome) -> Sequence[narrowing.Condition]:
    if wanted == EVERYTHING and outcome == ANY_OUTCOME:
        return ()
    return narrowing.of_messages(tx, user.workspace_id, wanted, outcome, wanted.span(zone_of(user.time_zone)))


def _own(tx: Transaction, user: User, message_id: str) -> Message:
    message = stored.get(tx, message_id, user.id)
    if message is None:
        raise NotFound("no such message")
    return message


def _check(draft: Draft) -> None:
    wrong = {
        f"links.{place}.url": "an address that begins with http:// or https://"
        for place, link in enumerate(draft.links)
        if http_url(link.url) is None
    }
    for field, addressees in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc)):
        bad = (place for place, one in enumerate(addressees) if not _is_address(one.address))
        wrong |= {f"{field}.{place}.address": "a mail address" for place in bad}
    if len(draft.links) > MOST_LINKS:
        wrong["links"] = f"at most {MOST_LINKS}"
    if len(draft.to) + len(draft.cc) + len(draft.bcc) > MOST_RECIPIENTS:
        wrong["to"] = f"at most {MOST_RECIPIENTS} recipients"
    if wrong:
        raise BadInput("this draft cannot be prepared", wrong)


def _normal(draft: Draft) -> Draft:
    """Addresses spelt one way, so that the recipient who replies is recognised."""

    def spelt(addressees: Iterable[Addressee]) -> tuple[Addressee, ...]:
        return tuple(Addressee(one.name, normal_address(one.address)) for one in addressees)

    return replace(draft, to=spelt(draft.to), cc=spelt(draft.cc), bcc=spelt(draft.bcc))


def _is_address(text: str) -> bool:
    return bool(normal_address(text)) and not any(letter.isspace() for letter in text.strip())


def _failed(one: Failed) -> dict[str, Any]:
    return {"addresses": [recipient.address for recipient in one.recipients], "detail": one.detail, "unsure": one.unsure}


def _page_after(message: Message) -> str:
    assert message.sent_at is not None
    return page_at(message.sent_at, message.id)
