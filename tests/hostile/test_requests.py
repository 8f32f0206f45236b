"""The first door: what is no request, or two at once, or too much of one."""

import pytest

from tests.hostile.conftest import House
from tests.hostile.wire import say

HOST = b"Host: feed.example\r\n"
POST = b"POST /opt-out/x HTTP/1.1\r\n" + HOST
FORM = POST + b"Content-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = FORM + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\n" + HOST
SECOND = GET + b"\r\n"

MALFORMED = {
    "a length and chunks": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd" + SECOND,
    "a negative length": POST + b"Content-Length: -4\r\n\r\nabcd" + SECOND,
    "a length with a sign": POST + b"Content-Length: +4\r\n\r\nabcd" + SECOND,
    "a length in other digits": POST + b"Content-Length: \xb2\r\n\r\nab" + SECOND,
    "a length of thousands of digits": POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nabcd",
    "a space before the colon": GET + b"Content-Length : 4\r\n\r\nabcd" + SECOND,
    "a folded header": GET + b"X-A: b\r\n Content-Length: 4\r\n\r\n" + SECOND,
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "chunked of HTTP/1.0": POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "chunks without a size": CHUNKED + b"\r\nabc\r\n0\r\n\r\n" + SECOND,
    "a size that is no number": CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n" + SECOND,
    "a negative size": CHUNKED + b"-1\r\nabc\r\n0\r\n\r\n" + SECOND,
    "a size written in Python": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n" + SECOND,
    "a size larger than any memory": CHUNKED + b"f" * 18 + b"\r\nabc\r\n0\r\n\r\n",
    "a body that ends early": FORM + b"Content-Length: 50\r\n\r\naddress=ana@b.exa",
    "chunks that end early": CHUNKED + b"10\r\naddress=",
    "a chunk longer than it says": CHUNKED + b"3\r\nabcdef\r\n0\r\n\r\n" + SECOND,
    "a size line without end": CHUNKED + b"3;" + b"a" * 200_000,
    "a trailer that names a host": CHUNKED + b"3\r\na=b\r\n0\r\nHost: evil.example\r\n\r\n" + SECOND,
    "bare line feeds": b"GET /healthz HTTP/1.1\nHost: feed.example\n\n" + SECOND,
    "a NUL in a header": GET + b"X: a\0b\r\n\r\n" + SECOND,
    "no name of a header": GET + b": a\r\n\r\n" + SECOND,
    "two hosts": GET + HOST + b"\r\n" + SECOND,
    "no version": b"GET /healthz\r\n\r\n" + SECOND,
    "HTTP/2 out of the blue": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "bytes in the path": b"GET /opt-out/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND,
    "bytes in the query": b"GET /?\xff HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND,
}


@pytest.mark.server
@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_is_refused_and_nothing_behind_it_is_served(house: House, raw: bytes) -> None:
    heard = say(house.port, raw)
    assert [one.status for one in heard] == [400]


@pytest.mark.server
def test_what_is_asked_for_is_refused_by_its_own_name(house: House) -> None:
    assert [one.status for one in say(house.port, POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND)] == [501]
    assert [one.status for one in say(house.port, POST + b"Expect: 200-ok\r\n\r\n" + SECOND)] == [417]
    assert [one.status for one in say(house.port, b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND)] == [404]


@pytest.mark.server
def test_a_body_nobody_reads_ends_where_it_says(house: House) -> None:
    """What stands in a refused body is no request."""
    inner = SECOND * 3
    raw = b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(inner) + inner + SECOND
    assert [one.status for one in say(house.port, raw)] == [405, 200]
    broken = b"POST /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + SECOND
    assert [one.status for one in say(house.port, broken)] == [405]


@pytest.mark.server
def test_too_long_an_address_is_told_so_and_a_long_one_still_lands(house: House) -> None:
    for size in (8_200, 16_000, 2_000_000):
        assert house.ask("/c/" + "a" * size).status == 414
    assert house.ask("/c/" + "a" * 8_000).status == 404
    assert house.ask("/o/tag/" + "a" * 8_000).header("Content-Type") == "image/gif"


@pytest.mark.server
def test_a_flood_of_headers_is_cut_off(house: House) -> None:
    assert house.ask("/healthz", *(f"X-{number}: a" for number in range(200))).status == 431
    assert house.ask("/healthz", "X: " + "a" * 9_000).status == 431
    # Each of them is short enough, and they are few enough: together they would take most of a megabyte.
    assert house.ask("/healthz", *(f"X-{number}: {'a' * 8_000}" for number in range(95))).status == 431
    assert house.ask("/healthz", *(f"X-{number}: {'a' * 500}" for number in range(90))).status == 200


@pytest.mark.server
def test_malformed_requests_do_not_fill_the_log_nor_write_in_it(house: House) -> None:
    before = len(house.lines())
    for _ in range(300):
        say(house.port, b"GET / HTTP/1.1\r\nX-Forged\x01: one line\r\n\r\n")
    said = house.lines()[before:]
    assert len(said) <= 1
    assert not any("127.0.0.1" in str(one) or "Forged" in str(one) for one in house.lines()[before:])
    assert house.serves_recipients()


STRANGE = {
    "a session in bytes": b'Cookie: lf_session=\xff\xfe; \xff="\\400; lf_form=\xff; lf_own=\xff',
    "a cookie of quotes": b'Cookie: lf_own="' + b"\\400" * 1_900,
    "a cookie of cookies": b"Cookie: " + b"lf_own=a;" * 900,
    "a bearer in bytes": b"Authorization: Bearer \xff\xfe",
    "a thousand languages": b"Accept-Language: \xff;q=\xb2," + b"a-b;q=0.1," * 700,
    "a thousand types": b"Accept: " + b"a/b;q=nan," * 700,
    "ranges": b"Range: bytes=" + b"0-1," * 1_900,
    "tags": b"If-None-Match: " + b'"a",' * 1_900,
    "a time in bytes": b"If-Modified-Since: \xff\xfe",
    "an id in bytes": b"X-Request-Id: \xff\xfe",
    "an agent in bytes": b"User-Agent: \xff\xfe" + b"\xc3" * 4_000,
    "an origin that is none": b"Origin: http://[",
    "a referer that is none": b"Referer: http://[",
}
PLACES = (
    "/auth/sign-in",
    "/api/v1/me",
    "/opt-out/x",
    "/static/ui/locales/en.json",
    "/ws/feed",
    "/o/tag/x.gif",
    "/c/x",
    "/nowhere",
)


@pytest.mark.server
@pytest.mark.parametrize("header", STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_header_breaks_nothing(house: House, header: bytes) -> None:
    before = len(house.lines())
    for place in PLACES:
        assert house.ask(place, header, "Accept: text/html").status < 500
    assert house.lines()[before:] == []


@pytest.mark.server
def test_bytes_that_are_no_text_break_nothing(house: House) -> None:
    before = len(house.lines())
    for place in PLACES:
        for wrong in ("%ff%fe", "%00", "%ed%a0%80", "%", "%zz", "%2e%2e%2f" * 20, "?next=%ff&%ff=%fe", "?ticket=%00", "?%00"):
            assert house.ask(f"{place}{wrong}", "Accept: text/html").status < 500
    assert house.lines()[before:] == []
    assert house.serves_recipients()
