"""The mail that tells somebody of moments they asked to hear of. Nothing in it reports back that it was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from server.i18n import html_lang, long_time, text

_POLICY = SMTP.clone(max_line_length=900)
"""A folded address of a header is none any more: mail programs would not find the link in it."""

_LONGEST_SUBJECT = 150
_INK, _SOFT, _MARK, _LINE = "#16191f", "#626a77", "#9a3bcb", "#e7e9ed"


@dataclass(frozen=True, slots=True)
class Told:
    """One moment. `why`: the subscription, as it was written; `subscriber`: the colleague whose it is, None for one's own."""

    person: str
    account: str | None
    type: str
    description: str
    at: datetime
    url: str
    why: str
    subscriber: str | None


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


def alert(envelope: Envelope, told: Sequence[Told], more: int = 0) -> EmailMessage:
    """One moment, or several in one mail, the latest first; `more`: how many are only counted."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = envelope.sender
    message["To"] = Address(_one_line(envelope.name), addr_spec=envelope.address)
    message["Subject"] = _subject(envelope.locale, told, more)
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = envelope.message_id
    message["Content-Language"] = html_lang(envelope.locale)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{envelope.stop_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_plain(envelope, told, more))
    message.add_alternative(_html(envelope, told, more), subtype="html")
    return message


def _subject(locale: str, told: Sequence[Told], more: int) -> str:
    first = told[0]
    if len(told) + more > 1:
        return text(locale, "alert.subject-several", count=len(told) + more, name=_one_line(first.person))
    whole = text(locale, "alert.subject", name=_one_line(first.person), description=_one_line(first.description))
    return whole if len(whole) <= _LONGEST_SUBJECT else whole[: _LONGEST_SUBJECT - 1].rstrip() + "…"


def _one_line(words: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


def _plain(envelope: Envelope, told: Sequence[Told], more: int) -> str:
    locale = envelope.locale
    parts = [_plain_moment(envelope, one) for one in told]
    if more:
        parts.append(text(locale, "alert.more", count=more))
    parts.append(f"{text(locale, 'alert.feed')}: {envelope.feed_url}")
    parts.append(f"{text(locale, 'alert.stop')}: {envelope.stop_url}")
    return "\n\n".join(parts) + "\n"


def _plain_moment(envelope: Envelope, one: Told) -> str:
    return "\n".join(
        (_who(envelope.locale, one), _one_line(one.description), _when(envelope, one), one.url, _why(envelope.locale, one))
    )


def _html(envelope: Envelope, told: Sequence[Told], more: int) -> str:
    locale = envelope.locale
    moments = "".join(_html_moment(envelope, one) for one in told)
    rest = f"<p>{escape(text(locale, 'alert.more', count=more))}</p>" if more else ""
    feed = f'<a href="{escape(envelope.feed_url)}" style="color:{_INK}">{escape(text(locale, "alert.feed"))}</a>'
    stop = f'<a href="{escape(envelope.stop_url)}" style="color:{_SOFT}">{escape(text(locale, "alert.stop"))}</a>'
    return (
        f'<!doctype html><html lang="{html_lang(locale)}"><head><meta charset="utf-8"></head>'
        f'<body style="margin:0;padding:16px;font:14px/21px sans-serif;color:{_INK}">{moments}{rest}'
        f'<p style="margin:20px 0 0">{feed}</p>'
        f'<p style="margin:12px 0 0;padding:12px 0 0;border-top:1px solid {_LINE};color:{_SOFT}">{stop}</p></body></html>'
    )


def _html_moment(envelope: Envelope, one: Told) -> str:
    locale, bold = envelope.locale, f"color:{_INK};font-weight:600"
    name = f'<a href="{escape(one.url)}" style="{bold}"><bdi>{escape(_name(locale, one))}</bdi></a>'
    account = f' <bdi style="color:{_SOFT}">{escape(one.account)}</bdi>' if one.account else ""
    around = f"{escape(_when(envelope, one))}<br>{escape(_why(locale, one))}"
    return (
        f'<div style="margin:0 0 16px;padding:2px 0 2px 12px;border-left:3px dashed {_MARK}">'
        f'<p style="margin:0">{name}{account}</p>'
        f'<p style="margin:2px 0 0" dir="auto">{escape(_one_line(one.description))}</p>'
        f'<p style="margin:2px 0 0;color:{_SOFT}">{around}</p></div>'
    )


def _who(locale: str, one: Told) -> str:
    return f"{_name(locale, one)} ({_one_line(one.account)})" if one.account else _name(locale, one)


def _name(locale: str, one: Told) -> str:
    return _one_line(one.person) or text(locale, "alert.nameless")


def _when(envelope: Envelope, one: Told) -> str:
    return f"{text(envelope.locale, f'moment.{one.type}')}, {long_time(one.at, envelope.zone, envelope.locale)}"


def _why(locale: str, one: Told) -> str:
    if one.subscriber is None:
        return text(locale, "alert.why", what=_one_line(one.why))
    return text(locale, "alert.why-shared", what=_one_line(one.why), name=_one_line(one.subscriber))
