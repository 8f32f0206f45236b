"""A mail about moments, in every language and whatever marketing wrote."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mails.alert import Told, alert
from server.mails.envelope import Envelope

STOP = "https://livefeed.fjordline.example/subscriptions/stop/" + "t" * 500


def envelope(locale: str = "en", zone: str = "Europe/Oslo", name: str = "Nora Lindqvist") -> Envelope:
    return Envelope(
        sender="Live Feed <livefeed@fjordline.example>",
        address="nora@fjordline.example",
        name=name,
        locale=locale,
        zone=ZoneInfo(zone),
        date=datetime(2026, 11, 21, 12, 1, tzinfo=UTC),
        message_id="<1.2@fjordline.example>",
        feed_url="https://livefeed.fjordline.example/lead-feed",
        stop_url=STOP,
    )


HOME = "https://livefeed.fjordline.example/lead-feed"


def told(description: str = "Visited the price list", person: str = "Hiroshi Tanabe", account: str | None = "Tanabe") -> Told:
    at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    return Told(person, account, "web", description, at, f"{HOME}?person=p1", "Tanabe", None)


def body(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    content: str = found.get_content()
    return content


@pytest.mark.parametrize(
    ("locale", "zone", "says"),
    [
        ("en", "Europe/Oslo", ("Stop these mails", "November 21, 2026", "1:00:00\u202fPM")),
        ("fr", "Europe/Paris", ("Ne plus recevoir ces e-mails", "21 novembre 2026", "13:00:00")),
        ("zh-TW", "Asia/Taipei", ("停止接收這些郵件", "2026年11月21日", "晚上8:00:00")),
    ],
)
def test_it_speaks_the_receivers_language_at_their_time(locale: str, zone: str, says: tuple[str, ...]) -> None:
    mail = alert(envelope(locale, zone), [told()])
    for kind in ("plain", "html"):
        for words in says:
            assert words in body(mail, kind)


def test_its_headers_are_those_of_a_mail_one_can_stop() -> None:
    mail = alert(envelope(), [told()])
    raw = mail.as_bytes()
    assert f"\nList-Unsubscribe: <{STOP}>\r\n".encode() in raw, "one line, so that every mail program finds the address"
    assert b"\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Sat, 21 Nov 2026 12:01:00 +0000"
    assert mail["Message-ID"] == "<1.2@fjordline.example>"


class Refers(HTMLParser):
    """Everything a mail program would fetch by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        elif tag in ("img", "link", "script", "iframe", "object", "video", "audio", "source") or "src" in found:
            self.fetched.append(tag)
        if "url(" in (found.get("style") or ""):
            self.fetched.append("style")


def test_nothing_in_it_tells_that_it_was_read() -> None:
    seen = Refers()
    seen.feed(body(alert(envelope(), [told(), told()], 3), "html"))
    assert seen.fetched == []
    ours = {f"{HOME}?person=p1", HOME, STOP}
    assert set(seen.links) == ours, "each as it is, with nothing of the mail in it"


def test_several_are_one_mail_and_the_rest_is_counted() -> None:
    mail = alert(envelope(), [told("one"), told("two")], 7)
    assert mail["Subject"] == "9 new moments: Hiroshi Tanabe and others"
    assert "7 more are in the Lead Feed." in body(mail, "plain")


@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=80))
def test_whatever_marketing_wrote_stays_text(description: str, person: str, account: str) -> None:
    mail = alert(envelope(name=person), [told(description, person, account)])
    parsed = message_from_bytes(mail.as_bytes(), policy=default)
    assert [name for name, _ in parsed.items()].count("Subject") == 1
    assert not re.search(r"[\r\n]", parsed["Subject"])
    assert len(parsed.defects) == 0
    html = parsed.get_body(("html",))
    assert html is not None
    seen = Refers()
    seen.feed(html.get_content())
    assert seen.fetched == []
    assert len(seen.links) == 3


def test_a_hostile_line_neither_adds_a_header_nor_markup() -> None:
    mail = alert(envelope(), [told("x\r\nBcc: all@x.example\r\n\r\n<img src=//x.example>", "<b>A</b>\nB")])
    raw = mail.as_bytes()
    assert b"\nBcc" not in raw
    assert "<img" not in body(mail, "html")
    assert "<b>A" not in body(mail, "html")
