"""The language of this request: the one the user chose, else the browser's."""

from flask import g, request

from server import i18n


def locale() -> str:
    if "locale" not in g:
        caller = g.get("caller")
        g.locale = (caller.user.locale if caller else None) or i18n.best_locale(request.headers.get("Accept-Language", ""))
    found: str = g.locale
    return found


def t(key: str, /, count: int = 0, **values: object) -> str:
    return i18n.text(locale(), key, count=count, **values)


def has_text(key: str) -> bool:
    return key in i18n.catalogue("en")
