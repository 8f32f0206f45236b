"""What the worker decides by itself: words for the switch, rules against own opens."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.extension.page import WORKER

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "fr", "zh-TW")
REASONS = ["own-domain", "consent-denied", "consent-withdrawn", "policy-never", "consent-unknown"]

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(chromium: Browser) -> Iterator[Ask]:
    """`ask(file, function, *given)` of a module of the worker's."""
    page = chromium.new_page()

    def call(file: str, function: str, *given: object) -> Any:
        return page.evaluate(
            "async ([code, name, given]) => (await import(`data:text/javascript,${code}`))[name](...given)",
            [quote((WORKER / file).read_text("utf-8")), function, list(given)],
        )

    yield call
    page.close()


def tracking(*codes: str, address: str = "ann@x.example") -> dict[str, Any]:
    reasons = [{"code": code} for code in codes]
    return {"allowed": False, "reasons": reasons, "recipients": [{"address": address, "allowed": False, "reasons": reasons}]}


def test_every_language_says_everything_in_words_of_its_own(ask: Ask) -> None:
    said = {language: ask("words.js", "signs", language) for language in LANGUAGES}
    assert said["fr"].keys() == said["zh-TW"].keys() == said["en"].keys()
    for key, english in said["en"].items():
        assert len({english, said["fr"][key], said["zh-TW"][key]}) == 3, key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", REASONS)
def test_every_refusal_is_worded_and_names_who_it_is_about(ask: Ask, language: str, code: str) -> None:
    said = ask("words.js", "refused", tracking("policy-only-with-consent", code), language)
    assert "ann@x.example" in said["why"]
    assert "ann@x.example" not in said["text"]
    assert "{" not in said["text"] + said["why"]


def test_a_refusal_not_known_yet_is_still_one(ask: Ask) -> None:
    assert ask("words.js", "refused", tracking("of-tomorrow"), "en") == {"text": "Not tracked", "why": "Not tracked"}


def test_another_language_of_gmails_gets_english(ask: Ask) -> None:
    assert ask("words.js", "signs", "pl")["on"] == "Tracked"


def test_the_rules_are_about_the_pixels_of_who_is_signed_in_and_nobody_else(ask: Ask) -> None:
    owners = [
        {"tags": ["a1", "a2"], "tracking_url": "https://t.example"},
        None,
        {"tags": ["b1"], "tracking_url": "https://u.example:8443"},
    ]
    rules = ask("rules.js", "rulesFor", owners)
    assert [rule["id"] for rule in rules] == [1, 2, 3, 4, 5, 6]
    assert {rule["action"]["type"] for rule in rules} == {"block"}
    proxied = [rule["condition"]["urlFilter"] for rule in rules[::2]]
    assert proxied == ["#https://t.example/o/a1/", "#https://t.example/o/a2/", "#https://u.example:8443/o/b1/"]
    assert [rule["condition"]["initiatorDomains"] for rule in rules[1::2]] == [["mail.google.com"]] * 3
    assert ask("rules.js", "rulesFor", []) == []
    assert json.dumps(rules).count("block") == 6
