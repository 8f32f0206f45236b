"""Gmail's API for one mailbox: typed answers, one connection a call, errors of our own."""

import random
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from server.gmail.credentials import GoogleAccess, Grant
from server.gmail.errors import GmailError, HistoryExpired, Missing, RateLimited, Transient, translated
from server.later import later

if TYPE_CHECKING:
    from server.gmail import wire
else:
    wire = later("server.gmail.wire")

INLINE_LIMIT = 5_000_000
"""Bytes of a mail beyond which it is uploaded as media instead of standing in JSON."""


TRIES = 3
_LONGEST_PAUSE = 8.0

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Profile:
    address: str
    history_id: int


@dataclass(frozen=True, slots=True)
class Watch:
    history_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ref:
    """A message as lists name it; ids are hex. `labels` None: Google did not say. `record`: its change in the history."""

    id: str
    thread_id: str
    labels: frozenset[str] | None = None
    record: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of history. `history_id` is the mailbox's newest; it counts only on the last page."""

    added: tuple[Ref, ...]
    history_id: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft in the mailbox; the id of its message changes with every save."""

    id: str
    thread_id: str


@dataclass(frozen=True, slots=True)
class Alias:
    """`signature`: HTML that Gmail puts under what is written from this address."""

    address: str
    name: str
    primary: bool
    accepted: bool
    default: bool = False
    signature: str = ""


class Gmail:
    """One mailbox. Not to be shared by threads. `renewed` holds new tokens once Google gave some: store them."""

    def __init__(self, access: GoogleAccess, grant: Grant, sleep: Sleep = time.sleep) -> None:
        self._access = access
        self._grant = grant
        self._sleep = sleep
        client = (access.client_id, access.client_secret)
        self._credentials = wire.credentials(
            grant.access_token, grant.refresh_token, access.token_url, client, _naive(grant.expires_at)
        )
        self._users = wire.service(access.api_url).users()

    @property
    def renewed(self) -> Grant | None:
        token, expiry = self._credentials.token, self._credentials.expiry
        if not token or token == self._grant.access_token:
            return None
        refresh = str(self._credentials.refresh_token or self._grant.refresh_token)
        return Grant(refresh, str(token), expiry.replace(tzinfo=UTC) if expiry else None)

    def profile(self) -> Profile:
        answer = self._run(self._users.getProfile(userId="me"))
        return Profile(str(answer["emailAddress"]).lower(), int(answer["historyId"]))

    def watch(self, topic: str) -> Watch:
        body = {"topicName": topic, "labelIds": ["SENT", "INBOX"], "labelFilterBehavior": "include"}
        answer = self._run(self._users.watch(userId="me", body=body))
        expires = datetime.fromtimestamp(int(answer["expiration"]) / 1000, UTC)
        return Watch(int(answer["historyId"]), expires)

    def stop(self) -> None:
        self._run(self._users.stop(userId="me"))

    def history(self, start: int, page: str | None = None, label: str | None = None) -> Page:
        """Messages added since `start`; HistoryExpired when Google forgot that long ago."""
        asked = {"startHistoryId": str(start), "historyTypes": ["messageAdded"], "maxResults": 500}
        asked |= {"pageToken": page} if page else {}
        asked |= {"labelId": label} if label else {}
        try:
            answer = self._run(self._users.history().list(userId="me", **asked))
        except Missing as error:
            raise HistoryExpired(error.detail) from None
        # A page may lack `history` altogether and still have a next one.
        records = answer.get("history", ())
        added = tuple(_ref(one["message"], record["id"]) for record in records for one in record.get("messagesAdded", ()))
        return Page(added, int(answer["historyId"]), answer.get("nextPageToken"))

    def message(self, message_id: str) -> dict[str, Any]:
        """The whole mail as Gmail's JSON."""
        fields = "id,threadId,labelIds,internalDate,payload"
        return dict(self._run(self._users.messages().get(userId="me", id=message_id, format="full", fields=fields)))

    def headers(self, message_id: str) -> dict[str, Any]:
        """As `message`, with nothing of the mail but its headers."""
        fields = "id,threadId,labelIds,internalDate,payload(mimeType,headers)"
        return dict(self._run(self._users.messages().get(userId="me", id=message_id, format="metadata", fields=fields)))

    def raw(self, message_id: str) -> bytes:
        answer = self._run(self._users.messages().get(userId="me", id=message_id, format="raw", fields="raw"))
        return decoded(str(answer["raw"]))

    def search(self, query: str, limit: int = 500) -> list[Ref]:
        """Newest first, at most `limit`."""
        found: list[Ref] = []
        page: str | None = None
        while len(found) < limit:
            asked = {"q": query, "maxResults": min(500, limit - len(found))} | ({"pageToken": page} if page else {})
            answer = self._run(self._users.messages().list(userId="me", **asked))
            found += [_ref(one) for one in answer.get("messages", ())]
            page = answer.get("nextPageToken")
            if page is None:
                break
        return found

    def thread(self, thread_id: str) -> list[dict[str, Any]]:
        """The headers of a thread's mails, oldest first (40 units)."""
        asked = {"format": "metadata", "metadataHeaders": ["Subject", "Message-ID", "References"]}
        return list(self._run(self._users.threads().get(userId="me", id=thread_id, **asked)).get("messages", ()))

    def send(self, raw: bytes, thread_id: str | None = None) -> Ref:
        """Tried once more only where Google certainly did not send it. Transient with `sent_maybe`: nobody knows."""
        body: dict[str, Any] = {"threadId": thread_id} if thread_id else {}
        if len(raw) <= INLINE_LIMIT:
            body["raw"] = urlsafe_b64encode(raw).decode()
            return _ref(self._run(self._users.messages().send(userId="me", body=body), repeatable=False))
        return _ref(self._run(self._users.messages().send(userId="me", body=body, media_body=wire.mail(raw)), repeatable=False))

    def draft(self, raw: bytes) -> Draft:
        """Put a mail into the mailbox's drafts. Transient with `sent_maybe`: nobody knows whether it lies there."""
        body = {"message": {"raw": urlsafe_b64encode(raw).decode()}}
        answer = self._run(self._users.drafts().create(userId="me", body=body), repeatable=False)
        return Draft(str(answer["id"]), str(answer["message"]["threadId"]))

    def send_as(self) -> list[Alias]:
        """Addresses this rep may send from."""
        answer = self._run(self._users.settings().sendAs().list(userId="me"))
        return [_alias(one) for one in answer.get("sendAs", ())]

    def revoke(self) -> None:
        """Give the grant back to Google. A grant that is gone already is no error."""
        body = urlencode({"token": self._grant.refresh_token})
        with translated():
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            with closing(wire.Once(timeout=self._access.timeout)) as connection:
                answer, _ = connection.request(self._access.revoke_url, "POST", body=body, headers=form)
        if answer.status >= 500:
            raise Transient("revocation")

    def _run(self, request: Any, *, repeatable: bool = True) -> Any:
        for tried in range(1, TRIES + 1):
            try:
                with translated():
                    return _whole(wire.execute(request, self._credentials, self._access.timeout))
            except GmailError as error:
                pause = _pause(error, tried, repeatable)
                if pause is None:
                    raise
                self._sleep(pause)
        raise AssertionError("unreachable")


def _whole(answer: Any) -> Any:
    """The library hands over a 200 that is no JSON as text; an empty answer is the empty string."""
    if isinstance(answer, dict) or not answer:
        return answer
    raise ValueError("no JSON")


def _pause(error: GmailError, tried: int, repeatable: bool) -> float | None:
    """Seconds to wait before the next try; None when there shall be none here and the caller's back-off begins."""
    certain = isinstance(error, RateLimited) or (isinstance(error, Transient) and not error.sent_maybe)
    if not error.retryable or tried >= TRIES or not (repeatable or certain):
        return None
    pause = error.retry_after if error.retry_after is not None else 2.0 ** (tried - 1) * random.uniform(0.5, 1.0)  # noqa: S311
    return pause if pause <= _LONGEST_PAUSE else None


def decoded(data: str) -> bytes:
    """Gmail's base64url, with or without its padding."""
    return urlsafe_b64decode(data + "=" * (-len(data) % 4))


def _ref(answer: dict[str, Any], record: int | str = 0) -> Ref:
    labels = answer.get("labelIds")
    return Ref(str(answer["id"]), str(answer["threadId"]), None if labels is None else frozenset(labels), int(record))


def _alias(answer: dict[str, Any]) -> Alias:
    primary = bool(answer.get("isPrimary"))
    accepted = primary or answer.get("verificationStatus") == "accepted"
    default, signature = bool(answer.get("isDefault")), str(answer.get("signature", ""))
    return Alias(str(answer["sendAsEmail"]).lower(), str(answer.get("displayName", "")), primary, accepted, default, signature)


def _naive(moment: datetime | None) -> datetime | None:
    """google-auth compares with naive UTC times. Without a known end the token is asked for anew."""
    if moment is None:
        return datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)
    return moment.astimezone(UTC).replace(tzinfo=None)


def accepted_addresses(aliases: Iterable[Alias], primary: str) -> tuple[str, ...]:
    """Lower-case addresses other than the mailbox's own that Gmail lets this rep send from."""
    return tuple(sorted({alias.address for alias in aliases if alias.accepted} - {primary}))
