"""What Gmail does to a mail on its way out and in."""

import email.utils
from datetime import datetime
from email.header import Header
from random import Random

from server.errors import BadInput
from server.sandbox.accounts import Account
from server.sandbox.headers import Headers

# A writer in the web page can set these and nothing else.
_WEB_FIELDS = frozenset({"from", "to", "cc", "bcc", "subject", "in-reply-to", "references", "mime-version"})


def new_message_id(random: Random) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
    return f"<CA{''.join(random.choices(alphabet, k=48))}@mail.gmail.com>"


def leaving(raw: bytes, account: Account, now: datetime, random: Random) -> bytes:
    """The copy that lies in SENT: own Message-ID and Date, an allowed From, Bcc still in it."""
    headers = Headers(raw)
    if not headers.addresses("To", "Cc", "Bcc"):
        raise BadInput("Recipient address required")
    _allow_sender(headers, account)
    headers.remove("Return-Path", "Received", "Delivered-To", "Sender")
    headers.set("Date", email.utils.format_datetime(now))
    headers.set("Message-ID", new_message_id(random))
    if headers.get("MIME-Version") is None:
        headers.set("MIME-Version", "1.0")
    return headers.raw()


def _allow_sender(headers: Headers, account: Account) -> None:
    senders = headers.addresses("From")
    if len(senders) == 1 and account.owns(senders[0][1]):
        return
    asked = headers.get("From")
    headers.set("From", email.utils.formataddr((account.name, account.address)))
    if asked:
        headers.set("X-Google-Original-From", Header(asked, maxlinelen=998).encode())


def without_bcc(raw: bytes) -> bytes:
    headers = Headers(raw)
    headers.remove("Bcc")
    return headers.raw()


def written_on_the_page(raw: bytes) -> bytes:
    """Nobody can add headers in the web page: whatever else is there goes."""
    headers = Headers(raw)
    headers.keep(_WEB_FIELDS, "content-")
    return headers.raw()


def arriving(raw: bytes, to: str, now: datetime, random: Random) -> bytes:
    """The copy in the recipient's mailbox, with what the receiving server notes on top."""
    headers = Headers(raw)
    if headers.get("Message-ID") is None:
        headers.put_first("Message-ID", new_message_id(random))
    if headers.get("Date") is None:
        headers.put_first("Date", email.utils.format_datetime(now))
    if headers.get("Return-Path") is None:
        sender = next(iter(headers.addresses("Sender", "From")), ("", ""))[1]
        headers.put_first("Return-Path", f"<{sender}>")
    headers.put_first("Received", f"by 2002:a05:6214:1c8a:0:0:0:0 with SMTP id x10; {email.utils.format_datetime(now)}")
    headers.put_first("Delivered-To", to)
    return headers.raw()
