import re
import sys
from types import FrameType

import pytest

from server.domain.instrument import Link, Notice, OwnAddresses, find_links, instrument, pixel_tag

PIXEL = "https://t.example/o/tag/new.gif"
OWN = OwnAddresses(
    target=lambda url: (
        {"https://t.example/c/old": "https://shop.example/?a=1&b=2"}.get(url)
        or ("https://known.example/" if re.match(r"https://t\.example/c/new\d", url) else None)
    ),
    is_pixel=lambda url: url.startswith("https://t.example/o/"),
    is_ours=lambda url: url.startswith("https://t.example/"),
)


def new_address(link: Link) -> str:
    return f"https://t.example/c/new{link.ordinal}"


def tracked(html: str, pixel: str | None = None, **more: object) -> str:
    return instrument(html, tracked=new_address, pixel_url=pixel, own=OWN, **more).html


def urls(html: str) -> list[str]:
    return [link.url for link in find_links(html)]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="https://a.example/x">x</a>', ["https://a.example/x"]),
        ("<a href='https://a.example/x'>x</a>", ["https://a.example/x"]),
        ("<A HREF=https://a.example/x>x</A>", ["https://a.example/x"]),
        ('<a\n\tclass="b"\r\n href\n=\n"https://a.example/x"\n>x</a>', ["https://a.example/x"]),
        ('<a href="https://a.example/1" href="https://a.example/2">x</a>', ["https://a.example/1"]),
        ('<a data-href="https://a.example/no" data-x-href=https://a.example/no>x</a>', []),
        ('<a href="https://a.example/?a=1&amp;b=2&copy=3&#x26;c">x</a>', ["https://a.example/?a=1&b=2&copy=3&c"]),
        ('<a href=" \n https://a.exa\nmple/x\t ">x</a>', ["https://a.example/x"]),
        ('<a href="HTTPS:\\\\a.example/x">x</a>', ["https://a.example/x"]),
        ('<area shape=rect href="http://a.example/map">', ["http://a.example/map"]),
        ('<a href="mailto:a@b.example">x</a><a href="tel:+1">x</a><a href="#top">x</a><a href="/x">x</a><a href>x</a>', []),
        ("</body></html><a href=http://a.example/after>x</a>", ["http://a.example/after"]),
        ('<div title="<a href=http://no.example>"><a href=http://a.example/>x</a>', ["http://a.example/"]),
        ("<script>'<a href=http://no.example>'</script><a href=http://a.example/>x</a>", ["http://a.example/"]),
        ("<script><!--<script></script><a href=http://no.example></script><a href=http://a.example/>", ["http://a.example/"]),
        ("<style><a href=http://no.example></STYLE ><a href=http://a.example/>", ["http://a.example/"]),
        ("<textarea><a href=http://no.example></textarea><title><a href=http://no.example></title>", []),
        ("<!-- <a href=http://no.example> --><a href=http://a.example/>", ["http://a.example/"]),
        ("<!--><a href=http://a.example/1>--><!--->.<a href=http://a.example/2>", ["http://a.example/1", "http://a.example/2"]),
        ("<!doctype html '<a href=http://no.example>'<a href=http://a.example/>", ["http://a.example/"]),
        ("<svg><style><a href=http://a.example/></a></style></svg>", ["http://a.example/"]),
        ("<svg><![CDATA[><a href=http://no.example>]]></svg><svg><![cdata[><a href=http://a.example/>", ["http://a.example/"]),
        ("\u0130<A HREF=http://a.example/\u0130>x</A>\u0130", ["http://a.example/\u0130"]),
        ("<\u212a><\u0130frame><a href=http://a.example/K>x", ["http://a.example/K"]),
        ("<a href=http://no.example", []),
    ],
)
def test_links_are_those_a_browser_would_follow(html: str, found: list[str]) -> None:
    assert urls(html) == found


def test_links_in_outlooks_conditional_comments_are_found() -> None:
    html = (
        '<!--[if mso]><style>a{}</style><a href="http://a.example/mso">x</a><v:roundrect href="http://a.example/vml"/><![endif]-->'
        '<!--[if !mso]><!--><a href="http://a.example/rest">x</a><!--<![endif]-->'
        '<![if !vml]><a href="http://a.example/revealed">x</a><![endif]>'
    )
    assert urls(html) == [f"http://a.example/{name}" for name in ("mso", "vml", "rest", "revealed")]


def test_a_base_makes_relative_links_whole() -> None:
    html = (
        '<head><base href="http://a.example/dir/"></head><a href="page?x">p</a><a href="#top">t</a><a href="mailto:x@y">m</a>'
    )
    assert urls(html) == ["http://a.example/dir/page?x"]


def test_words_of_a_link_are_what_is_shown() -> None:
    html = '<a href="http://a.example/">Our&nbsp;<b>price</b>\n list<!-- no --><img alt="!"></a> after '
    html += "<area href=http://a.example/2 alt=Map>"
    assert [link.text for link in find_links(html)] == ["Our price list!", "Map"]


def test_every_other_byte_stays() -> None:
    html = "\ufeff<P CLASS = x >A<a  HREF = 'http://a.example/?x=1&y'  >b</a >\r\n&nbsp;<br/><a href=http://b.example>é</a>"
    assert tracked(html) == (
        "\ufeff<P CLASS = x >A<a  HREF = 'https://t.example/c/new1'  >b</a >\r\n&nbsp;<br/><a href=https://t.example/c/new2>é</a>"
    )


def test_a_new_address_is_escaped_for_its_quotes() -> None:
    html = "<a href=\"http://a.example\">1</a><a href='http://a.example'>2</a><a href=http://a.example>3</a>"
    done = instrument(html, tracked=lambda link: "https://t.example/c/a&b\"c'd e", pixel_url=None)
    assert urls(done.html) == ["https://t.example/c/a&b\"c'd e"] * 3
    assert len(re.findall("<a ", done.html)) == 3


def test_repeated_links_each_have_their_place() -> None:
    html = "<a href=http://a.example>1</a><a href=http://a.example>2</a>"
    assert [link.ordinal for link in instrument(html, tracked=new_address, pixel_url=None).links] == [1, 2]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="http://a.example/x">Unsubscribe</a>',
        '<a href="http://a.example/x">click here to unsubscribe</a>',
        '<a href="http://a.example/x">Me désabonner</a>',
        '<a href="http://a.example/x">Cliquez ici pour vous désinscrire</a>',
        '<a href="http://a.example/x">取消訂閱</a>',
        '<a href="http://a.example/list/unsubscribe/77">x</a>',
        '<a href="http://a.example/?action=optout&amp;u=1">x</a>',
        '<a href="http://listed.example/leave">x</a>',
        '<a href="https://t.example/opt-out/abc">x</a>',
        '<a href="https://t.example/c/old">x</a>',
    ],
)
def test_ways_out_and_our_own_links_are_left_alone(html: str) -> None:
    assert tracked(html, leave={"http://listed.example/leave"}) == html


@pytest.mark.parametrize(
    "words", ["Why people opt out", "reduce unsubscribe rates", "Le désabonnement : un risque ?"[3:5], "Offers"]
)
def test_a_link_about_leaving_is_a_link_like_others(words: str) -> None:
    assert "new1" in tracked(f'<a href="http://a.example/blog/reduce-unsubscribe-rates">{words}</a>')


QUOTES = {
    "gmail": '<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On</div><blockquote class="gmail_quote">',
    "gmail-attribution": '<div class="gmail_attr">On Mon</div>',
    "apple": '<blockquote type="cite"><div>On Mon',
    "outlook-web": '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr"><b>From:</b>',
    "outlook": '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>From:</b>',
    "yahoo": '<div id="yahoo_quoted_1" class="yahoo_quoted">',
    "thunderbird": '<div class="moz-cite-prefix">On Mon</div><blockquote type=cite>',
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES.keys())
def test_the_pixel_stands_above_quoted_text(quote: str) -> None:
    html = f'<html><body><div dir="ltr">Hello</div>{quote}old</body></html>'
    assert tracked(html, PIXEL) == f'<html><body><div dir="ltr">Hello</div>{pixel_tag(PIXEL)}{quote}old</body></html>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<body><p>Hi", "</body></html><a href=x>after</a>"),
        ("<html><p>Hi", "</html>"),
        ("Hi", ""),
        ("Hi", "<!-- never closed"),
        ("Hi", "<style>never closed"),
        ("Hi", "<style></style\n/ never closed"),
        ("Hi", "<script>x</script <a href=http://no.example"),
        ("Hi", "<a href='never closed"),
        ("Hi", "</"),
        ("<body>Hi<!--[if mso]></body><![endif]-->", "</body>"),
    ],
)
def test_the_pixel_stands_at_the_end_of_the_body(before: str, after: str) -> None:
    assert tracked(before + after, PIXEL) == before + pixel_tag(PIXEL) + after


QUOTED_TRACKING = (
    '<p>New</p><div class="gmail_quote"><div><a href="https://t.example/c/old">shop</a></div>'
    '<img src="https://t.example/o/tag/old.gif" width=1><img src="http://b.example/logo.gif"></div><p>below '
    '<a href="https://t.example/c/old">pasted</a>'
)


def test_old_tracking_in_quoted_text_becomes_this_mails() -> None:
    assert tracked(QUOTED_TRACKING, PIXEL) == (
        f'<p>New</p>{pixel_tag(PIXEL)}<div class="gmail_quote"><div><a href="https://t.example/c/new1">shop</a></div>'
        '<img src="http://b.example/logo.gif"></div><p>below <a href="https://t.example/c/old">pasted</a>'
    )
    done = instrument(QUOTED_TRACKING, tracked=new_address, pixel_url=PIXEL, own=OWN)
    assert [link.url for link in done.links] == ["https://shop.example/?a=1&b=2"]


def test_old_links_in_quoted_text_get_their_targets_back() -> None:
    done = instrument(QUOTED_TRACKING, tracked=lambda link: None, pixel_url=None, own=OWN)
    assert done.html == (
        '<p>New</p><div class="gmail_quote"><div><a href="https://shop.example/?a=1&amp;b=2">shop</a></div>'
        '<img src="http://b.example/logo.gif"></div><p>below <a href="https://t.example/c/old">pasted</a>'
    )


def test_doing_it_twice_changes_nothing_more() -> None:
    html = '<a href="http://a.example">a</a><blockquote type="cite"><a href="http://b.example">b</a></blockquote>'
    once = tracked(html, PIXEL)
    assert once.count("new") == 3
    assert tracked(once, PIXEL) == once


HEAVY = {
    "links": ("", '<p>Hello <a href="https://a.example/path?x=1&amp;y=2" style="color:red">a link</a></p>\n', "", 3_125),
    "deep": ("", "<div><table><tr><td>", "", 12_500),
    "deep quotes": ("", '<blockquote type="cite">', "", 10_000),
    "open tags": ("", "<a ", "", 75_000),
    "open comments": ("", "<!--", "", 62_500),
    "open conditionals": ("", "<!--[if mso]>", "", 18_750),
    "open quotes": ("", "<a href='", "", 27_500),
    "angles": ("", "<", "", 250_000),
    "ends": ("", "</", "", 125_000),
    "ampersands": ("<a href='http://a.example/", "&a", "'>", 125_000),
    "digits": ("<a href='http://a.example/&#", "9", ";'>", 250_000),
    "equals": ("<a ", "=", ">", 250_000),
    "titles": ("", "<title>", "", 35_000),
    "scripts": ("", "<script><!--<script>", "", 12_500),
    "svgs": ("", "<svg>", "</svg>" * 1000, 50_000),
    "foreign": ("", "<svg><title>", "", 22_500),
    "blanks": ("<a", " ", "href", 250_000),
    "one unclosed link": ("<a href=http://a.example/>", "x<b>", "", 62_500),
    "many unclosed links": ("", "<a href=http://a.example/>x", "", 10_000),
    "slashes": ("<a href='http:", "/", "'>", 250_000),
    "attributes": ("<a ", "x=1 ", "href=http://a.example>", 62_500),
    "uninteresting": ("", "<td x=1 y>", "", 25_000),
    "ways out": ("<a href='http://a.example/unsub", "?%75nsub&", "'>to", 25_000),
}


@pytest.mark.parametrize(("before", "unit", "after", "count"), HEAVY.values(), ids=HEAVY.keys())
def test_work_is_linear_in_size(before: str, unit: str, after: str, count: int) -> None:
    """Counted, not timed: four times the text takes about four times the steps. `livefeed bench` has the time."""
    few, many = (_steps(before + unit * times + after) for times in (count // 16, count // 4))
    assert many < 4.5 * few + 300


def _steps(html: str) -> int:
    """Calls of functions, ours and built-in ones."""
    steps = 0

    def counted(frame: FrameType, event: str, called: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        tracked(html, PIXEL)
    finally:
        sys.setprofile(None)
    return steps


@pytest.mark.slow
def test_ten_megabytes_with_a_hundred_thousand_links() -> None:
    html = HEAVY["links"][1] * 100_000 + "x" * 1_500_000
    assert len(html) > 9_000_000
    assert len(instrument(html, tracked=new_address, pixel_url=PIXEL).links) == 100_000


def test_fifty_thousand_elements_deep_is_a_mail_like_others() -> None:
    html = "<div class=gmail_quote>" * 50_000 + '<a href="http://a.example/">x</a>'
    assert [link.quoted for link in find_links(html)] == [True]


ANGLES = [
    '<td title="a > b"><a href="http://a.example/1">x</a>',
    "<td title='<a href=http://no.example>'><a href=\"http://a.example/1\">x</a>",
    '<td <a href="http://no.example"><a href="http://a.example/1">x</a>',
    '<td x=y"><a href="http://a.example/1">x</a>',
    '<td x=y"z b="q>w"><a href="http://a.example/1">x</a>',
    '<td ="x>"><a href="http://a.example/1">x</a>',
    '<td a = "<">"<a href="http://a.example/1">x</a>',
    '<svg><p><style><a href="http://no.example"></style><a href="http://a.example/1">',
    '<svg><td></svg><a href="http://a.example/1">x</a><td title="<a href=',
    '<p>x="<b>y</b><a href="http://a.example/1" title=">">',
]


@pytest.mark.parametrize("html", ANGLES)
def test_angle_brackets_inside_tags_lead_nobody_astray(html: str) -> None:
    assert urls(html) == ["http://a.example/1"]


@pytest.mark.parametrize(
    "html",
    [
        '<DIV CLASS="gmail_quote"><DIV></DIV>{}</DIV>',
        '<section class="yahoo_quoted"><div></div><section></section>{}</section>',
        "<p>about citing</p><blockquote TYPE = cite><p>{}</blockquote>",
        "<address class=gmail_quote><p>{}</address>",
        '<div title="a>b" class=moz-cite-prefix>{}</div>',
    ],
)
def test_quotations_end_where_their_element_ends(html: str) -> None:
    link = '<a href="http://a.example/">x</a>'
    assert [found.quoted for found in find_links(link + html.format(link) + link)] == [False, True, False]


def test_a_letter_that_only_looks_like_another_case_of_one_of_ours_names_no_element() -> None:
    html = '<bloc\u212aquote type="cite"><blockquote data-quoted><a href="http://a.example/">x</a>'
    assert [found.quoted for found in find_links(html)] == [False]


def test_a_notice_stands_once_above_the_pixel_and_the_quoted_text() -> None:
    notice = Notice('<div>Tracked. <a href="https://t.example/opt-out/x">Stop</a></div>', "https://t.example/opt-out/x")
    quote = '<div class="gmail_quote">earlier <a href="https://t.example/opt-out/x">Stop</a></div>'
    once = tracked(f"<p>Hi</p>{quote}", PIXEL, notice=notice)
    assert once == f"<p>Hi</p>{notice.html}{pixel_tag(PIXEL)}{quote}"
    assert tracked(once, PIXEL, notice=notice) == once
