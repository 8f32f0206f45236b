"""Countries by their ISO codes, read from whatever people write: a code, or the name in one of our languages."""

from functools import cache

from server.domain.people import folded
from server.i18n import LOCALES, babel_locale

_ALSO = {"uk": "GB", "usa": "US", "u.s.a.": "US", "u.s.": "US", "england": "GB", "scotland": "GB", "wales": "GB", "台灣": "TW"}


def country_code(text: str) -> str | None:
    """None when it is no country we know."""
    return _codes().get(folded(text))


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in LOCALES:
        territories = babel_locale(locale).territories
        names = {code: str(name) for code, name in territories.items() if len(code) == 2 and code.isalpha()}
        for code, name in names.items():
            found.setdefault(folded(name), code)
    codes = {folded(code): code for code in list(found.values())}
    return found | codes | {folded(name): code for name, code in _ALSO.items()}
