"""What all of our own mails have in common. Nothing in one reports back that it was read."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from server.i18n import html_lang

_POLICY = SMTP.clone(max_line_length=900)
"""A folded address of a header is none any more: mail programs would not find the link in it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """`sender` as a From header has it. `message_id` with its angle brackets. `stop_url` also takes the one-click POST."""

    sender: str
    address: str
    name: str
    locale: str
    zone: tzinfo
    date: datetime
    message_id: str
    feed_url: str
    stop_url: str


def letter(envelope: Envelope, subject: str, plain: str, html: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = envelope.sender
    message["To"] = Address(one_line(envelope.name), addr_spec=envelope.address)
    message["Subject"] = subject
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = envelope.message_id
    message["Content-Language"] = html_lang(envelope.locale)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{envelope.stop_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message


def one_line(words: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
