"""Writing a mail as Gmail's compose window writes it."""

import email.policy
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formataddr

from server.sandbox.message import Message


def write_letter(
    sender: tuple[str, str],
    to: Sequence[str],
    subject: str,
    *,
    html: str = "",
    text: str = "",
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    answers: Message | None = None,
) -> bytes:
    """Raw RFC 822 bytes with CRLF. `sender` is (name, address); `answers` adds In-Reply-To and References."""
    letter = EmailMessage(policy=email.policy.SMTP.clone(cte_type="7bit"))
    letter["From"] = formataddr(sender)
    for name, values in (("To", to), ("Cc", cc), ("Bcc", bcc)):
        if values:
            letter[name] = ", ".join(values)
    letter["Subject"] = subject
    if answers is not None and answers.message_id:
        letter["In-Reply-To"] = answers.message_id
        letter["References"] = " ".join([*answers.references[::-1], answers.message_id])
    letter.set_content(text or "\r\n")
    if html:
        letter.add_alternative(html, subtype="html")
    return letter.as_bytes()
