"""Any string: no exception, no byte changed elsewhere, the links an independent WHATWG parser lists."""

import re
from collections.abc import Iterable

import html5lib
from html5lib.constants import namespaces
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.instrument import Instrumented, Link, OwnAddresses, find_links, http_url, instrument

PIXEL = "https://t.example/o/x.gif"
OWN = OwnAddresses(
    target=lambda url: "https://target.example/" if url.startswith("https://t.example/c/") else None,
    is_pixel=lambda url: url.startswith("https://t.example/o/"),
    is_ours=lambda url: url.startswith("https://t.example/"),
)

spaces = st.sampled_from([" ", "\n", "\t", "\r\n", "  ", "/", "\f"])
quotes = st.sampled_from(['"{}"', "'{}'", "{}"])
schemes = st.sampled_from(
    ["http://", "https://", "HTTP://", "mailto:", "#", "", "tel:", " http://", "ht\ntp://", "&#104;ttp://"]
)
tails = st.sampled_from(["", "?a=1&b=2", "?a&amp;b", "&copy=1", "&copy;", "&#38;", "é", "&#x80;", "&#0;", "&nosuch;", "#f"])
other_attributes = st.sampled_from(
    ["", "class=x", "data-href=http://no.example/", "title='>'", 'title="<a href=http://no.example>"', "=", "x="]
)
cases = st.sampled_from(["href", "HREF", "hReF"])


@st.composite
def links(draw: st.DrawFn) -> str:
    value = draw(schemes) + f"e{draw(st.integers(0, 10**6))}.example/" + draw(tails)
    wrapped = draw(quotes).format(value.replace("\n", "") if "{}" else value)
    name = draw(st.sampled_from(["a", "A", "area"]))
    attributes = [
        draw(other_attributes),
        f"{draw(cases)}{draw(st.sampled_from(['=', ' = ', '=' + chr(10)]))}{wrapped}",
        draw(other_attributes),
    ]
    return f"<{name}{draw(spaces)}" + draw(spaces).join(attributes) + f"{draw(spaces)}>words</{name}>"


pieces = st.one_of(
    links(),
    st.sampled_from(
        [
            *(
                "text",
                "<p>",
                "</p>",
                "<div class=gmail_quote>",
                "</div>",
                "<blockquote type=cite>",
                "</blockquote>",
                "<table><tr><td>",
            ),
            *(
                "</table>",
                "<br>",
                "</body>",
                "</html>",
                "<!-- ",
                "-->",
                "--!>",
                "<!-->",
                "<style>",
                "</style>",
                "<title>",
                "</title>",
            ),
            *(
                "<textarea>",
                "</textarea>",
                "<script>",
                "</script>",
                "<!--<script>",
                "<!x>",
                "<?x?>",
                "</ x>",
                "<",
                "</",
                "&amp",
                "'",
                '"',
            ),
            *(
                "<xmp>",
                "</xmp>",
                "<iframe>",
                "</iframe>",
                "<template>",
                "</template>",
                "<noscript>",
                "</noscript>",
                "\0",
                "<b",
                ">",
            ),
            *(f'<img src="{PIXEL}">', '<img src="https://t.example/o/old.gif">', '<a href="https://t.example/c/old">'),
        ]
    ),
    st.text("<>/=\"'!-[]& ahref\n", max_size=12),
)
documents = st.lists(pieces, max_size=14).map("".join)


def new_address(link: Link) -> str:
    return f"https://t.example/c/{link.ordinal}"


def run(html: str) -> Instrumented:
    return instrument(html, tracked=new_address, pixel_url=PIXEL, own=OWN)


def tree_links(html: str) -> set[str]:
    tree = html5lib.parse(html, namespaceHTMLElements=True)
    names = {f"{{{namespaces[space]}}}{name}" for space in ("html", "svg") for name in ("a", "area")}
    values: Iterable[str] = (
        element.attrib["href"] for element in tree.iter() if element.tag in names and "href" in element.attrib
    )
    return {url for value in values if (url := http_url(value.replace("&", "&amp;")))}


@settings(max_examples=600, deadline=None)
@given(documents)
def test_links_are_those_of_a_whatwg_parser(html: str) -> None:
    assert tree_links(html) == {link.url for link in find_links(html)}


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        documents, st.text(max_size=200), st.binary(max_size=100).map(lambda data: data.decode("utf-8", "surrogateescape"))
    )
)
def test_no_byte_changes_elsewhere(html: str) -> None:
    done = run(html)
    at = position = 0
    for start, end, text in done.splices:
        assert html[at:start] == done.html[position : position + start - at]
        position += start - at + len(text)
        at = end
        removed = html[start:end]
        assert (
            removed.lower().startswith("<i")
            or not re.search(r"[<>]", removed)
            or removed in {html[link.start : link.end] for link in find_links(html)}
        )
    assert html[at:] == done.html[position:]


@settings(max_examples=400, deadline=None)
@given(documents)
def test_twice_is_once(html: str) -> None:
    once = run(html).html
    assert run(once).html == once


@settings(max_examples=300, deadline=None)
@given(documents)
def test_there_is_one_pixel_and_a_reader_sees_it(html: str) -> None:
    tree = html5lib.parse(run(html).html, namespaceHTMLElements=False)
    assert [element.attrib.get("src") for element in tree.iter("img")].count(PIXEL) == 1
