"""The mail that begins a rep's day: what is due, and what happened since the morning before."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

from server.i18n import html_lang, text
from server.mails.envelope import Envelope, letter, one_line

_INK, _SOFT, _LATE, _LINE = "#16191f", "#626a77", "#b3261e", "#e7e9ed"


@dataclass(frozen=True, slots=True)
class Entry:
    """`note`: what stands behind it, softly; `late`: of a task whose day is over."""

    words: str
    url: str
    note: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """`more`: how many are only counted."""

    title: str
    entries: Sequence[Entry]
    more: int = 0


def digest(envelope: Envelope, summary: str, sections: Sequence[Section]) -> EmailMessage:
    """`summary` as in "3 tasks, 2 replies"; sections without entries are left out."""
    shown = [section for section in sections if section.entries]
    subject = text(envelope.locale, "digest.subject", summary=one_line(summary))
    return letter(envelope, subject, _plain(envelope, shown), _html(envelope, shown))


def _plain(envelope: Envelope, sections: Sequence[Section]) -> str:
    parts = []
    for section in sections:
        lines = [f"- {_whole(entry)}\n  {entry.url}" for entry in section.entries]
        parts.append("\n".join([section.title.upper(), *lines, *_more(envelope, section)]))
    parts.append(f"{text(envelope.locale, 'digest.open')}: {envelope.feed_url}")
    parts.append(f"{text(envelope.locale, 'digest.why')}\n{text(envelope.locale, 'digest.stop')}: {envelope.stop_url}")
    return "\n\n".join(parts) + "\n"


def _whole(entry: Entry) -> str:
    return f"{one_line(entry.words)} ({entry.note})" if entry.note else one_line(entry.words)


def _more(envelope: Envelope, section: Section) -> list[str]:
    return [text(envelope.locale, "digest.more", count=section.more)] if section.more else []


def _html(envelope: Envelope, sections: Sequence[Section]) -> str:
    locale = envelope.locale
    inside = "".join(_html_section(envelope, section) for section in sections)
    opened = f'<a href="{escape(envelope.feed_url)}" style="color:{_INK}">{escape(text(locale, "digest.open"))}</a>'
    stop = f'<a href="{escape(envelope.stop_url)}" style="color:{_SOFT}">{escape(text(locale, "digest.stop"))}</a>'
    return (
        f'<!doctype html><html lang="{html_lang(locale)}"><head><meta charset="utf-8"></head>'
        f'<body style="margin:0;padding:16px;font:14px/21px sans-serif;color:{_INK}">{inside}'
        f'<p style="margin:20px 0 0">{opened}</p>'
        f'<p style="margin:12px 0 0;padding:12px 0 0;border-top:1px solid {_LINE};color:{_SOFT}">'
        f"{escape(text(locale, 'digest.why'))} {stop}</p></body></html>"
    )


def _html_section(envelope: Envelope, section: Section) -> str:
    entries = "".join(_html_entry(entry) for entry in section.entries)
    more = "".join(f'<p style="margin:4px 0 0;color:{_SOFT}">{escape(words)}</p>' for words in _more(envelope, section))
    heading = f'<h2 style="margin:0 0 6px;font-size:15px;line-height:21px">{escape(section.title)}</h2>'
    return f'<div style="margin:0 0 20px">{heading}<ul style="margin:0;padding:0 0 0 18px">{entries}</ul>{more}</div>'


def _html_entry(entry: Entry) -> str:
    link = f'<a href="{escape(entry.url)}" style="color:{_INK}" dir="auto">{escape(one_line(entry.words))}</a>'
    note = f' <span style="color:{_LATE if entry.late else _SOFT}">{escape(entry.note)}</span>' if entry.note else ""
    return f'<li style="margin:0 0 4px">{link}{note}</li>'
