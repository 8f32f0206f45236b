"""Every text in every language, for everything the code can say."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from server.domain.classify import agents, alone
from server.domain.engagement import Kind

SERVER = Path(__file__).parents[1] / "server"
EXTENSION = SERVER.parent / "extension"
CATALOGUES = {"server": SERVER / "locales", "ui": SERVER / "web/static/ui/locales"}
LOCALES = {"en": Locale("en"), "fr": Locale("fr"), "zh-TW": Locale("zh", script="Hant", territory="TW")}
NAMES = re.compile(r"\{\w+\}|Live Feed|Gmail|Google|Apple Mail|Apple|[\d\W_]+")
"""What stays the same in every language."""

pytestmark = pytest.mark.parametrize("part", CATALOGUES)


@cache
def texts(part: str, locale: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CATALOGUES[part] / f"{locale}.json").read_text("utf-8"))
    return found


def forms(entry: Any) -> list[str]:
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def places(entry: Any) -> set[str]:
    return {name for form in forms(entry) for name in re.findall(r"\{(\w+)\}", form)}


def test_every_language_has_every_text_with_the_same_places(part: str) -> None:
    english = texts(part, "en")
    for locale in LOCALES:
        assert texts(part, locale).keys() == english.keys()
        wrong = {key for key, entry in texts(part, locale).items() if places(entry) != places(english[key])}
        assert wrong == set(), locale


def test_plural_forms_are_those_of_the_language(part: str) -> None:
    for name, locale in LOCALES.items():
        for key, entry in texts(part, name).items():
            if isinstance(entry, dict):
                # French has a form for millions, which nobody counts here.
                assert set(entry) == (set(locale.plural_form.tags) | {"other"}) - {"many"}, (name, key)


def test_nothing_is_still_english(part: str) -> None:
    english = texts(part, "en")
    for locale in ("fr", "zh-TW"):
        same = {key for key, entry in texts(part, locale).items() if entry == english[key] and _has_words(entry)}
        assert same - SAME_WORDS[locale] == set(), locale


def test_no_text_is_empty_or_unfinished(part: str) -> None:
    for locale in LOCALES:
        for key, entry in texts(part, locale).items():
            assert all(form.strip() or key == "list.space" for form in forms(entry)), (locale, key)


def test_every_text_is_asked_for_somewhere(part: str) -> None:
    literal, begun = _asked_for(part)
    unused = {key for key in texts(part, "en") if key not in literal and not any(rule.fullmatch(key) for rule in begun)}
    assert unused == set()


def test_every_text_that_is_asked_for_exists(part: str) -> None:
    asked = {key for key in _t_calls(part) if key not in texts(part, "en")}
    assert asked == set()


def test_every_reason_is_worded_with_what_it_carries(part: str) -> None:
    if part == "server":
        return
    said = _reasons()
    assert {"false-proxy", "net-relay", "not-sent", "twin-request", "ua-bot"} <= said.keys()
    for locale in LOCALES:
        catalogue = texts(part, locale)
        assert {key.removeprefix("reason.") for key in catalogue if key.startswith("reason.")} == said.keys()
        for code, values in said.items():
            assert places(catalogue[f"reason.{code}"]) <= values, (locale, code)


def test_every_kind_has_its_verb(part: str) -> None:
    if part == "ui":
        assert {f"verb.{kind}" for kind in Kind if kind is not Kind.MOMENT} <= texts(part, "en").keys()


SAME_WORDS = {
    "fr": {
        "people.score",
        "people.column-score",
        "people.column-acts",
        "people.engaged",
        "import.field-score",
        "import.field-mobile",
        "person.mobile",
        "person.score",
        "person.kind",
        "person.messages",
        "compose.cc",
        "task.type",
        "task.type-inmail",
        "card.type-inmail",
        "card.minutes",
        "card.linkedin",
        "card.engagement",
        "card.rank",
        "card.tab-engagement",
        "card.task-type",
        "card.score",
        "nav.messages",
        "hit.pixel",
        "mark.mktg",
        "time.day",
        "tab.engagement",
        "class.machine",
        "feed.label",
        "admin.service",
        "admin.version",
        "moment.web",
        "moment-type.web",
        "filter.moment",
        "subscription.type",
        "watched.moment",
        "best-bets.acts",
        "best-bets.column-kind",
        "best-bets.column-score",
        "best-bets.contacts",
        "best-bets.kind-contact",
        "best-bets.kind-lead",
        "best-bets.leads",
        "campaign.of",
        "help.marketing",
        "card.new-moment",
        "home.engagement",
        "count.moment",
        "today.moment",
        "today.overdue-and-due",
        "trend.moment",
        "search.messages",
        "options.title",
        "step.marketo",
        "step.salesforce",
        "setting.port",
        "setting.security-starttls",
        "setting.gmail_push_audience",
    },
    "zh-TW": {"task.type-inmail", "card.type-inmail", "card.linkedin", "step.marketo", "step.salesforce"},
}
"""Words that are the same in that language."""


def _has_words(entry: Any) -> bool:
    return any(NAMES.sub("", form) for form in forms(entry))


def _sources(part: str) -> Iterator[str]:
    web = SERVER / "web"
    for path in sorted(SERVER.rglob("*.py")) + sorted((web / "templates").rglob("*.html")) if part == "server" else []:
        yield path.read_text("utf-8")
    for path in sorted((web / "static").rglob("*.js")) + sorted(EXTENSION.rglob("*.js")) if part == "ui" else []:
        if "vendor" not in path.parts:
            yield path.read_text("utf-8")


@cache
def _asked_for(part: str) -> tuple[set[str], list[re.Pattern[str]]]:
    """Keys that stand in the sources as they are, and rules for those put together: "error." ~ code, `verb.${kind}`."""
    literal: set[str] = set()
    rules: set[str] = set()
    for source in _sources(part):
        literal |= set(re.findall(r"""["'`]([a-z][\w-]*\.[\w.-]+)["'`]""", source)) | set(
            re.findall(r'"(product|loading)"', source)
        )
        for begun in re.findall(r"""["'`]([a-z][\w-]*\.[\w-]*)(?:["'] ~|\$\{|\{)""", source):
            rules.add(re.escape(begun) + r"[\w.-]+")
        for ended in re.findall(r"\{\w+\}(\.[\w.-]+)\"", source):
            rules.add(r"[\w-]+" + re.escape(ended))
    # templates/legend.html: line(…, "help.view") shows help.view-text too
    literal |= {f"{key}-text" for key in literal if key.startswith("help.")}
    return literal, [re.compile(rule) for rule in rules]


def _t_calls(part: str) -> set[str]:
    return {key for source in _sources(part) for key in re.findall(r"\bt\(\s*[\"']([a-z][\w.-]+)[\"']\s*[,)]", source)}


def _reasons() -> dict[str, set[str]]:
    """Every code that the rules can give, with the values it always carries."""
    found: dict[str, set[str]] = {code: set() for code in alone._NETWORK_CODES.values()}
    found |= {code: set() if code == "ua-mail" else {"agent"} for _, code, _ in agents._TABLE}
    for path in sorted((SERVER / "domain/classify").glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Reason":
                values = call.args[1] if len(call.args) > 1 else ast.Dict([], [])
                names = (
                    {key.value for key in values.keys if isinstance(key, ast.Constant)}
                    if isinstance(values, ast.Dict)
                    else set()
                )
                for code in _codes(call.args[0]):
                    found[code] = found.get(code, names) & names
    return found


def _codes(told: ast.expr) -> set[str]:
    parts = (told.body, told.orelse) if isinstance(told, ast.IfExp) else (told,)
    return {part.value for part in parts if isinstance(part, ast.Constant)}


def test_french_and_chinese_are_set_as_print_sets_them(part: str) -> None:
    """A narrow space that does not break before French signs; full-width signs in Chinese, and a space beside Latin letters."""
    wrong = []
    for locale, rule in SETTING.items():
        for key, entry in texts(part, locale).items():
            wrong += [(locale, key, form) for form in forms(entry) if rule.search(re.sub(r"<[^>]+>|https?://\S*", "", form))]
    assert wrong == []


def test_one_thing_has_one_name(part: str) -> None:
    for locale, rule in DISUSED.items():
        found = {key for key, entry in texts(part, locale).items() for form in forms(entry) if rule.search(form)}
        assert found == set(), locale


SETTING = {
    "fr": re.compile(r"[ \u00a0][?!;:»]|\w[?!;»]|\w:(?![/\w\]])|«[^\u202f]|'"),
    "zh-TW": re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]|[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]"),
}
DISUSED = {
    "fr": re.compile(r"liste de surveillance|temps forts?|consultations?\b|S’identifier"),
    "zh-TW": re.compile(r"目標對象|關注清單|瀏覽(?!器)|會話串|[你妳]|默認|信息|用戶(?!端)|網絡|服務器|鏈接"),
}
"""Words for which another was settled on, or which are those of other places."""
