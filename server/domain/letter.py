"""A mail of the product's own, written as RFC 822."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from server.domain.messages import Field, Recipient

_NAMES = {Field.TO: "To", Field.CC: "Cc", Field.BCC: "Bcc"}


@dataclass(frozen=True, slots=True)
class Answering:
    """What a mail answers: `message_id` of the mail itself, `references` of the conversation up to it, the oldest first."""

    message_id: str
    references: tuple[str, ...] = ()


def write_letter(
    *,
    sender: tuple[str, str],
    recipients: Sequence[Recipient],
    subject: str,
    html: str,
    text: str,
    answering: Answering | None = None,
) -> bytes:
    """`sender` is (name, address). Gmail adds Date and Message-ID, and takes Bcc off on the way."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = _address(*sender)
    for field, name in _NAMES.items():
        found = [_address(one.name, one.address) for one in recipients if one.field is field]
        if found:
            letter[name] = found
    letter["Subject"] = " ".join(subject.splitlines())
    if answering is not None:
        letter["In-Reply-To"] = answering.message_id
        letter["References"] = " ".join((*answering.references, answering.message_id))
    if text or not html:
        letter.set_content(text)
        if html:
            letter.add_alternative(html, subtype="html")
    else:
        letter.set_content(html, subtype="html")
    return letter.as_bytes()


def _address(name: str, address: str) -> Address:
    return Address(display_name=" ".join(name.splitlines()), addr_spec=address)
