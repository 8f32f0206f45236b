"""Where things stand in Gmail's page, one attribute at a time; both whole layouts are tried where mails are written."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.extension.page import opened

pytestmark = pytest.mark.browser

SEND = '<div role="button" data-tooltip="Send \u202a(Ctrl-Enter)\u202c"></div>'
BODY = '<div g_editable="true" contenteditable="true"></div>'
DRAFT = '<input type="hidden" name="composeid">'

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    page = opened(chromium)
    yield page
    page.close()


@pytest.fixture
def gmail(page: Page) -> Ask:
    def ask(html: str, expression: str, title: str = "Gmail") -> Any:
        page.evaluate("([html, title]) => { document.body.innerHTML = html; document.title = title; }", [html, title])
        return page.evaluate(f"(({{gmail}}) => {expression})(LiveFeed)")

    return ask


@pytest.mark.parametrize(
    ("title", "button", "account"),
    [
        ("Inbox (3) - nora@fjordline.example - Fjordline Mail", "", "nora@fjordline.example"),
        ("Re: ann@x.example - Boîte - Nora.L@Fjordline.example - Fjordline Mail", "", "nora.l@fjordline.example"),
        ("Gmail", "Google Account: Nora L  \n(nora@fjordline.example)", "nora@fjordline.example"),
        ("Gmail", "", ""),
    ],
)
def test_the_account_is_that_of_the_tab(gmail: Ask, title: str, button: str, account: str) -> None:
    html = f'<a role="button" href="https://accounts.google.com/SignOutOptions" aria-label="{button}">N</a>' if button else ""
    assert gmail(html, "gmail.account()", title) == account


@pytest.mark.parametrize(
    ("attributes", "thread"),
    [
        ('data-legacy-thread-id="18f2c0ffee000001"', "18f2c0ffee000001"),
        ('data-thread-perm-id="thread-f:1798007562113417217"', "18f3ce59fb3c8001"),
        ('data-thread-perm-id="thread-a:r-123"', None),
        ("", None),
    ],
)
def test_a_thread_is_known_by_its_subject(gmail: Ask, attributes: str, thread: str | None) -> None:
    people = (
        '<div data-message-id="#1"><span email="Ann@x.example" name="Ann">A</span><span email="ann@x.example">me</span></div>'
    )
    found = gmail(f"<h2 {attributes}>Plan</h2>{people}<i email='no@x.example'></i>", "gmail.thread()")
    assert found == (thread and {"id": thread, "people": [{"name": "", "address": "ann@x.example"}]})


@pytest.mark.parametrize(
    ("button", "is_send"),
    [
        ('data-tooltip="Envoyer \u202a(⌘Entrée)\u202c"', True),
        ('aria-label="傳送 (Ctrl-Enter)"', True),
        ('data-tooltip="Send + archive (Ctrl-Shift-Enter)"', True),
        ('data-tooltip="Insert link (Ctrl-K)"', False),
        ('data-tooltip="Discard draft (Ctrl-Shift-D)"', False),
    ],
)
def test_send_is_known_by_its_keys_in_every_language(gmail: Ask, button: str, is_send: bool) -> None:
    html = f'<div>{DRAFT}{BODY}<div role="button" {button}>x</div></div>'
    assert gmail(html, "gmail.composes()[0].sendButtons().length") == int(is_send)


@pytest.mark.parametrize("word", ["Send", "Envoyer", "傳送"])
def test_without_its_label_send_is_known_by_its_word(gmail: Ask, word: str) -> None:
    assert gmail(f"<div>{BODY}<button>{word}</button></div>", "gmail.composes()[0].sendButtons().length") == 1


def test_recipients_are_chips_or_fields(gmail: Ask) -> None:
    chips = '<div name="to"><i role="option" data-hovercard-id="a@x.example" data-name="A"></i></div>'
    fields = (
        '<input name="cc" value=\'"B, C" &lt;b@x.example>, c@x.example\'><textarea name="bcc">D &lt;d@x.example&gt;</textarea>'
    )
    found = gmail(f"<div>{DRAFT}{chips}{fields}{BODY}{SEND}</div>", "gmail.composes()[0].recipients()")
    assert {field: [one["address"] for one in people] for field, people in found.items()} == {
        "to": ["a@x.example"],
        "cc": ["b@x.example", "c@x.example"],
        "bcc": ["d@x.example"],
    }


def test_two_mails_at_once_are_kept_apart(gmail: Ask) -> None:
    one = f'<div class="one">{DRAFT}<input name="subjectbox" value="%s"><div>{BODY}</div>{SEND}</div>'
    found = gmail(f"<div>{one % 'first'}{one % 'second'}</div>", "gmail.composes().map((one) => one.subject())")
    assert found == ["first", "second"]


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        (BODY, False),
        (BODY + '<input name="ishtml" value="0">', True),
        (BODY.replace('"true"></div>', '"plaintext-only"></div>'), True),
    ],
)
def test_plain_text_is_noticed(gmail: Ask, html: str, plain: bool) -> None:
    assert gmail(f"<div>{DRAFT}{html}{SEND}</div>", "gmail.composes()[0].isPlainText()") is plain


def test_the_self_test_names_what_is_missing_of_what_is_open(gmail: Ask) -> None:
    html = f'<div><input name="subject"><div name="to"></div>{BODY}<div role="button" data-tooltip="Go">Go</div></div>'
    assert gmail(html, "gmail.selfTest()") == {
        "account": "missing",
        "body": "found",
        "draft": "missing",
        "subject": "fallback",
        "recipients": "found",
        "send": "missing",
        "schedule": "missing",
    }
    assert gmail('<h2>x</h2><div data-message-id="1"></div>', "gmail.selfTest()") == {
        "account": "missing",
        "thread": "missing",
        "people": "missing",
    }


def test_a_box_to_write_in_that_is_no_mail_is_left_alone(gmail: Ask) -> None:
    assert gmail('<div><div contenteditable="true" role="textbox"></div></div>', "gmail.composes()") == []
