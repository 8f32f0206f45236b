"""Mails that recipients and their mail servers write back: replies, forwards, automatic answers, bounces."""

from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP as _SMTP
from email.utils import format_datetime, formataddr, parseaddr
from html import escape

from .letter import Letter, header

# Message-IDs stay on one line, as mail servers write them.
SMTP = _SMTP.clone(max_line_length=900)

_REPLIES = {
    "fr": "Bonjour,\n\nMerci, cela nous intéresse. Pouvons-nous en parler jeudi matin ?\n\nBien à vous,\n{name}",
    "es": "Hola:\n\nGracias, nos interesa. ¿Podemos hablar el jueves por la mañana?\n\nUn saludo,\n{name}",
    "de": "Guten Tag,\n\nvielen Dank, das passt gut. Können wir am Donnerstag sprechen?\n\nViele Grüße\n{name}",
    "pl": "Dzień dobry,\n\ndziękuję, to nas interesuje. Czy możemy porozmawiać w czwartek?\n\nPozdrawiam\n{name}",
    "ja": "お世話になっております。\n\nご提案ありがとうございます。木曜日にお話しできますでしょうか。\n\n{name}",
    "zh-TW": "您好：\n\n謝謝來信，我們很有興趣。週四上午方便通話嗎？\n\n{name}",
    "en": "Hello,\n\nThank you, this is interesting for us. Could we talk on Thursday morning?\n\nBest regards,\n{name}",
}
_AWAY = {
    "fr": "Je suis absente jusqu'au lundi et lirai votre message à mon retour.",
    "de": "Ich bin bis Montag nicht im Büro und lese Ihre Nachricht danach.",
    "en": "I am out of the office until Monday and will read your message when I am back.",
}

# Shapes of automatic answers: RFC 3834 as it should be, and what programs really send.
AUTO_REPLIES: dict[str, tuple[tuple[str, str], ...]] = {
    "vacation": (("Auto-Submitted", "auto-replied"), ("Precedence", "bulk")),
    "outlook": (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")),
    "responder": (("X-Autoreply", "yes"), ("Precedence", "auto_reply")),
    "autorespond": (("X-Autorespond", "ticket received"), ("Precedence", "junk")),
}

# action, status, diagnostic, what the notice says
BOUNCES: dict[str, tuple[str, str, str, str]] = {
    "hard": (
        "failed",
        "5.1.1",
        "smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
        "Your message wasn't delivered to {address} because the address couldn't be found, or is unable to receive mail.",
    ),
    "full": (
        "failed",
        "5.2.2",
        "smtp; 552-5.2.2 The email account that you tried to reach is over quota. Mailbox full",
        "Your message wasn't delivered to {address} because the recipient's mailbox is full.",
    ),
    "delayed": (
        "delayed",
        "4.4.1",
        "smtp; The recipient server did not accept our requests to connect.",
        "There was a temporary problem delivering your message to {address}. Delivery will be tried again for 46 more hours.",
    ),
}


class Pen:
    """Writes for one moment: `now`, and `new_id()` for the local part of a Message-ID."""

    def __init__(self, now: datetime, new_id: Callable[[], str]) -> None:
        self._now = now
        self._new_id = new_id

    def reply(self, letter: Letter, name: str, address: str, language: str, words: str = "", to: str = "") -> bytes:
        text = words or _REPLIES.get(language, _REPLIES["en"]).format(name=name)
        mail = self._answer(letter, name, address, _subject("Re:", letter.subject), to)
        quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
        mail.set_content(f"{text}\n\n{letter.sender}:\n{quoted}\n")
        paragraphs = escape(text).replace("\n", "<br>")
        mail.add_alternative(
            f'<div dir="auto">{paragraphs}</div><div class="gmail_quote"><blockquote>{letter.html}</blockquote></div>',
            subtype="html",
        )
        return mail.as_bytes(policy=SMTP)

    def auto_reply(self, letter: Letter, name: str, address: str, language: str, shape: str) -> bytes:
        mail = self._answer(letter, name, address, _subject("Automatic reply:", letter.subject))
        for field, value in AUTO_REPLIES[shape]:
            mail[field] = value
        mail["Return-Path"] = "<>"
        mail.set_content(_AWAY.get(language, _AWAY["en"]) + f"\n\n{name}\n")
        return mail.as_bytes(policy=SMTP)

    def forward(self, letter: Letter, name: str, address: str, to: str, words: str = "") -> bytes:
        mail = self._new(name, address, to, _subject("Fwd:", letter.subject))
        # Most mail programs keep the references of what is forwarded.
        mail["References"] = letter.message_id
        mail.set_content(f"{words}\n\n---------- Forwarded message ---------\n{letter.text}\n")
        note = f'<div>{escape(words)}</div><div class="gmail_quote"><div>---------- Forwarded message ---------</div>'
        mail.add_alternative(f"{note}{letter.html}</div>", subtype="html")
        return mail.as_bytes(policy=SMTP)

    def bounce(self, letter: Letter, address: str, kind: str) -> bytes:
        """A delivery status notification (RFC 3464) as Gmail sends it to its own user."""
        action, status, diagnostic, words = BOUNCES[kind]
        report = MIMEMultipart("report", policy=SMTP)
        report.set_param("report-type", "delivery-status")
        report["From"] = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
        report["To"] = letter.sender
        report["Auto-Submitted"] = "auto-replied"
        report["Subject"] = f"Delivery Status Notification ({'Delay' if action == 'delayed' else 'Failure'})"
        report["References"] = report["In-Reply-To"] = letter.message_id
        report["X-Failed-Recipients"] = address
        report["Message-ID"] = f"<{self._new_id()}@mx.google.example>"
        report["Date"] = format_datetime(self._now)
        report["Return-Path"] = "<>"
        report.attach(MIMEText(words.format(address=address) + "\n", "plain", "utf-8", policy=SMTP))
        report.attach(self._status(address, action, status, diagnostic))
        report.attach(MIMEMessage(message_from_bytes(letter.raw)))
        return report.as_bytes(policy=SMTP)

    def _status(self, address: str, action: str, status: str, diagnostic: str) -> MIMEBase:
        host, recipient = Message(), Message()
        host["Reporting-MTA"] = "dns; googlemail.example"
        host["Arrival-Date"] = format_datetime(self._now)
        recipient["Final-Recipient"] = f"rfc822; {address}"
        recipient["Action"] = action
        recipient["Status"] = status
        recipient["Remote-MTA"] = f"dns; mx.{address.partition('@')[2]}"
        recipient["Diagnostic-Code"] = diagnostic
        recipient["Last-Attempt-Date"] = format_datetime(self._now)
        part = MIMEBase("message", "delivery-status")
        part.set_payload([host, recipient])
        return part

    def _answer(self, letter: Letter, name: str, address: str, subject: str, to: str = "") -> EmailMessage:
        wanted = header(letter.message, "Reply-To") or header(letter.message, "From")
        mail = self._new(name, address, to or parseaddr(wanted)[1] or letter.sender, subject)
        mail["In-Reply-To"] = letter.message_id
        mail["References"] = " ".join([*header(letter.message, "References").split(), letter.message_id])
        return mail

    def _new(self, name: str, address: str, to: str, subject: str) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = formataddr((name, address))
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(self._now)
        mail["Message-ID"] = f"<{self._new_id()}@{address.partition('@')[2]}>"
        return mail


def _subject(prefix: str, subject: str) -> str:
    plain = " ".join(subject.split())
    return plain if plain.lower().startswith(prefix.lower()) else f"{prefix} {plain}"
