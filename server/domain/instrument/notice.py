"""The line in a mail that says it is tracked and leads to the page that stops it."""

from html import escape

from server import i18n

_LANGUAGES = {"FR": "fr", "MC": "fr", "TW": "zh-TW", "HK": "zh-TW", "MO": "zh-TW", "GB": "en", "IE": "en", "US": "en"}
_STYLE = "margin-top:16px;font-size:12px;line-height:18px"


def notice_html(locale: str, sender: str, url: str) -> str:
    """In ASCII, so that it fits into a mail of any charset. It takes the colours of the mail."""
    words = escape(i18n.text(locale, "notice.text", sender=sender))
    link = f'<a href="{escape(url)}">{escape(i18n.text(locale, "notice.link"))}</a>'
    whole = f'<div style="{_STYLE}">{words} {link}</div>'
    return whole.encode("ascii", "xmlcharrefreplace").decode()


def notice_locale(countries: list[str | None], sender: str | None) -> str:
    """The readers' language where their countries tell one, else the sender's."""
    spoken = {_LANGUAGES.get(country or "") for country in countries}
    only = next(iter(spoken)) if len(spoken) == 1 else None
    return only or (sender if sender in i18n.LOCALES else "en")
