"""The mail that tells somebody of moments they asked to hear of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from html import escape

from server.i18n import html_lang, long_time, text
from server.mails.envelope import Envelope, letter, one_line

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


def alert(envelope: Envelope, told: Sequence[Told], more: int = 0) -> EmailMessage:
    """One moment, or several in one mail, the latest first; `more`: how many are only counted."""
    return letter(envelope, _subject(envelope.locale, told, more), _plain(envelope, told, more), _html(envelope, told, more))


def _subject(locale: str, told: Sequence[Told], more: int) -> str:
    first = told[0]
    if len(told) + more > 1:
        return text(locale, "alert.subject-several", count=len(told) + more, name=one_line(first.person))
    whole = text(locale, "alert.subject", name=one_line(first.person), description=one_line(first.description))
    return whole if len(whole) <= _LONGEST_SUBJECT else whole[: _LONGEST_SUBJECT - 1].rstrip() + "…"


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
        (_who(envelope.locale, one), one_line(one.description), _when(envelope, one), one.url, _why(envelope.locale, one))
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
        f'<p style="margin:2px 0 0" dir="auto">{escape(one_line(one.description))}</p>'
        f'<p style="margin:2px 0 0;color:{_SOFT}">{around}</p></div>'
    )


def _who(locale: str, one: Told) -> str:
    return f"{_name(locale, one)} ({one_line(one.account)})" if one.account else _name(locale, one)


def _name(locale: str, one: Told) -> str:
    return one_line(one.person) or text(locale, "alert.nameless")


def _when(envelope: Envelope, one: Told) -> str:
    return f"{text(envelope.locale, f'moment.{one.type}')}, {long_time(one.at, envelope.zone, envelope.locale)}"


def _why(locale: str, one: Told) -> str:
    if one.subscriber is None:
        return text(locale, "alert.why", what=one_line(one.why))
    return text(locale, "alert.why-shared", what=one_line(one.why), name=one_line(one.subscriber))
