"""What the extension does to the body of a mail is what the server does to mail that it sends itself."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from server.domain.instrument import Link, OwnAddresses, find_links, instrument
from server.domain.instrument.notice import notice_html
from server.domain.instrument.unsubscribe import leads_out
from server.services.addresses import Addresses
from server.tokens import Tokens, new_id
from tests.extension.page import HOME, letter, opened

pytestmark = pytest.mark.browser

ADDRESSES = Addresses(Tokens(["k" * 40]), HOME, "https://app.example")
OWN = OwnAddresses(ADDRESSES.target, ADDRESSES.is_pixel, ADDRESSES.is_ours)
FORMER, THIS = new_id(), new_id()
TAG = "a1b2c3"
PIXEL = ADDRESSES.pixel(TAG, THIS)
OLD_PIXEL = ADDRESSES.pixel("d4e5f6", FORMER)
PROXIED = f"https://ci3.googleusercontent.com/meips/abc=s0-d-e1-ft#{OLD_PIXEL}"
QUOTED = '<div class="gmail_quote"><div class="gmail_attr">On Monday</div><blockquote class="gmail_quote">{}</blockquote></div>'


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    page = opened(chromium, "letter")
    yield page
    page.close()


def tracked_url(url: str) -> str:
    return ADDRESSES.click(THIS, 0, 1, url)


def old(url: str) -> str:
    return ADDRESSES.click(FORMER, 0, 3, url)


def marks(page: Page, html: str, notice: str | None = None) -> dict[str, Any]:
    """What the server answers to the links found."""
    links: dict[str, list[dict[str, str | None]]] = {}
    for link in letter(page, "links", html)["said"]:
        left = ADDRESSES.is_ours(link["url"]) or leads_out(link["url"], link["text"])
        links.setdefault(link["url"], []).append({"tracked_url": None if left else tracked_url(link["url"])})
    return {"pixel": PIXEL, "notice": notice, "links": links}


def tracked(page: Page, html: str, notice: str | None = None) -> str:
    return str(letter(page, "track", html, marks(page, html, notice))["html"])


def by_the_server(page: Page, html: str) -> str:
    """Its bytes as a browser reads them. In quoted text the extension leaves links plain."""

    def address(link: Link) -> str | None:
        return None if link.quoted else tracked_url(link.url)

    done = instrument(html, tracked=address, pixel_url=PIXEL, own=OWN)
    return str(letter(page, "links", done.html)["html"])


def shape(html: str) -> str:
    return re.sub(r'href="[^"]*"', "href", html)


def urls(html: str) -> list[str]:
    return [found.url for found in find_links(html)]


def link(url: str, text: str = "here") -> str:
    return f'<a href="{escape(url)}">{text}</a>'


URLS = st.sampled_from(
    [
        "https://a.example/?x=1&y=é",
        "http://a.example",
        " https://a.example/\n",
        "mailto:a@b.example",
        "tel:+1",
        "#top",
        "/relative",
        "javascript:alert(1)",
        "https://a.example/unsubscribe?u=1",
        f"{HOME}/opt-out/abc",
        "https://app.example/live",
    ]
)
TEXTS = st.sampled_from(["here", "Unsubscribe", "se désabonner", "取消訂閱", "<b>bold</b> words", "", "https://a.example/?x=1"])
PIECES = st.one_of(
    st.builds(link, URLS, TEXTS),
    st.text("aé <&x\u00a0", max_size=8).map(escape),
    st.sampled_from(["<br>", "<hr>", '<img src="https://a.example/logo.png" alt="A">', "<div><br></div>"]),
)
WRITTEN = st.lists(PIECES, max_size=6).map("".join)
OLD = st.one_of(PIECES, st.sampled_from([f'<img src="{OLD_PIXEL}">', f'<a href="{old("https://b.example/?q=1&r=2")}">b</a>']))
QUOTE = st.lists(OLD, max_size=5).map("".join)
MAILS = st.builds(
    lambda above, inside, wrap, below: f"<div>{above}</div>{wrap.format(inside)}{below}",
    WRITTEN,
    QUOTE,
    st.sampled_from([QUOTED, '<blockquote type="CITE">{}</blockquote>', "<p>{}</p>"]),
    st.one_of(st.just(""), WRITTEN),
)


@settings(max_examples=40)
@given(html=MAILS)
def test_the_extension_and_the_server_make_the_same_mail(page: Page, html: str) -> None:
    unquoted_own = [found for found in find_links(html) if not found.quoted and ADDRESSES.target(found.url)]
    if not unquoted_own:
        assert tracked(page, html) == by_the_server(page, html)


@settings(max_examples=40)
@given(html=MAILS)
def test_nothing_but_addresses_and_the_pixel_changes_and_all_of_it_can_be_taken_back(page: Page, html: str) -> None:
    plain = letter(page, "restore", html)
    notice = notice_html("en", "Nora", ADDRESSES.opt_out(THIS))
    once = letter(page, "track", html, marks(page, html))
    assert once["text"] == letter(page, "links", html)["text"]
    back = letter(page, "restore", once["html"])
    assert (back["said"], shape(back["html"]), urls(back["html"])) == (THIS, shape(plain["html"]), urls(plain["html"]))
    given = marks(page, html, notice)
    with_notice = letter(page, "track", html, given)["html"]
    assert letter(page, "restore", with_notice)["html"] == back["html"]
    assert letter(page, "track", with_notice, given)["html"] == with_notice


def test_the_pixel_and_the_notice_stand_above_the_quote_and_old_ones_are_gone(page: Page) -> None:
    quote = QUOTED.format(f'<img src="{PROXIED}">{link(old("https://shop.example/?a=1&b=2"))}<img src="{OLD_PIXEL}">')
    notice = notice_html("fr", "Nora", ADDRESSES.opt_out(THIS))
    html = tracked(page, f"<div>Hello {link('https://a.example/')}</div><br>{quote}", notice)
    above, _, below = html.partition('<div class="gmail_quote">')
    assert above.endswith(f'</div><img src="{PIXEL}" width="1" height="1" alt="" style="border:0;width:1px;height:1px">')
    assert ADDRESSES.opt_out(THIS) in above
    assert tracked_url("https://a.example/") in above
    assert HOME not in below
    assert "https://shop.example/?a=1&amp;b=2" in below


def test_a_link_that_the_server_does_not_know_yet_stays_as_it_is(page: Page) -> None:
    known = marks(page, link("https://a.example/"))
    html = letter(page, "track", link("https://a.example/") + link("https://new.example/") + link("https://a.example/"), known)[
        "html"
    ]
    assert urls(html) == [tracked_url("https://a.example/"), "https://new.example/", "https://a.example/"]


def test_the_same_address_twice_is_two_links(page: Page) -> None:
    two = [ADDRESSES.click(THIS, 0, number, "https://a.example/") for number in (1, 2)]
    given = {"pixel": PIXEL, "notice": None, "links": {"https://a.example/": [{"tracked_url": url} for url in two]}}
    html = letter(page, "track", link("https://a.example/") * 2, given)["html"]
    assert urls(html) == two


def test_the_words_of_a_link_are_told_with_its_address(page: Page) -> None:
    html = f"{link(' https://a.example/x ', 'see<br>  <b>this</b>')}{link('https://b.example', '<img alt=picture>')}"
    assert letter(page, "links", html)["said"] == [
        {"url": "https://a.example/x", "text": "see this"},
        {"url": "https://b.example", "text": "picture"},
    ]


def test_a_forged_token_leads_nowhere_but_to_a_web_address(page: Page) -> None:
    bad = [
        f"{HOME}/c/{ADDRESSES.click(THIS, 0, 1, target).rpartition('/')[2]}" for target in ("javascript:alert(1)", "mailto:a@b")
    ]
    html = "".join(map(link, [*bad, f"{HOME}/c/%%%.x", f"{HOME}/c/AAAA.x", f"https://evil.example/{HOME}/c/x"]))
    assert letter(page, "restore", html)["html"] == letter(page, "links", html)["html"]


def test_a_long_mail_is_made_ready_in_under_five_milliseconds(page: Page) -> None:
    html = "".join(f"<p>{'word ' * 40}{link(f'https://a.example/{number}')}</p>" for number in range(50)) + QUOTED.format(
        "<p>x</p>" * 500
    )
    given = marks(page, html)
    taken = page.evaluate(
        """([home, marks]) => {
          marks.links = new Map(Object.entries(marks.links));
          return Array.from({ length: 9 }, () => {
            const from = performance.now();
            LiveFeed.letter.track(document.body, home, marks);
            return performance.now() - from;
          }).sort((a, b) => a - b)[4];
        }""",
        [HOME, given],
    )
    assert taken < 5
