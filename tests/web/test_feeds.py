"""The Lead Feed in feed readers: by the letter of its formats, conditional, secret, and only what its owner may see."""

import json
import re
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import TestResponse

from server import app as composition
from server import settings as settings_module
from server.app import Product
from server.domain.marketing import ContactField, Rss
from server.domain.moments import Moment, Type
from server.domain.syndication import Contact, Item, reader_of
from server.domain.users import User
from server.services import moments
from server.services.person import Given, PhoneGiven
from server.storage import users as stored_users
from server.storage.tables import people
from server.tokens import new_id
from server.web.feeds import LIMITS
from server.web.syndication import Channel, written
from tests.web.browser import Clock

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
ATOM = "{http://www.w3.org/2005/Atom}"
SINCE = datetime(2026, 11, 1, tzinfo=UTC)


class Shelf:
    """Nora's feed on a reader's shelf: an admin allows it, she has an address, things happen."""

    def __init__(self, product: Product, nora: User, client: FlaskClient, clock: Clock) -> None:
        self.product, self.nora, self.client, self.clock = product, nora, client, clock
        product.marketing.choose_rss(nora, Rss(True))
        self.urls: dict[str, str] = product.feed_addresses.renew(nora)["urls"]

    def person(self, name: str = "Hiroshi Tanabe", owner: User | None = None, **more: Any) -> str:
        said = {"name": name, "addresses": (f"{new_id()}@tanabe.example",), "owner": (owner or self.nora).id} | more
        made: str = self.product.people.add(self.nora, Given(frozenset(said), **said))["id"]
        return made

    def happens(self, person_id: str, text: str = "Visited the price list", kind: str = "web") -> None:
        now = self.clock()
        one = Moment(new_id(), self.nora.workspace_id, person_id, new_id(), Type(kind), text, None, now)
        self.product.database.write(moments.record, [one], now)

    def set(self, person_id: str, **values: Any) -> None:
        """What the syncs bring."""
        changed = people.update().where(people.c.id == person_id).values(updated_at=self.clock(), **values)
        self.product.database.write(lambda tx: tx.execute(changed))

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def get(self, form: str = "rss", method: str = "GET", **headers: str) -> TestResponse:
        path = self.urls[form].removeprefix("http://localhost")
        return self.client.open(path, method=method, headers={name.replace("_", "-"): one for name, one in headers.items()})

    def items(self) -> list[str]:
        return [item.findtext("title") or "" for item in ElementTree.fromstring(self.get().data).iter("item")]


@pytest.fixture
def shelf(product: Product, nora: User, client: FlaskClient, clock: Clock) -> Shelf:
    return Shelf(product, nora, client, clock)


@pytest.fixture
def full(shelf: Shelf) -> Shelf:
    """Two people, three moments, every contact field."""
    hiroshi = shelf.person(
        account="Tanabe & Sons <Express>",
        country="JP",
        phones=(
            PhoneGiven("phone", "+81 3-1234-5678"),
            PhoneGiven("mobile", "+81 90-1234-5678"),
            PhoneGiven("fax", "+81 3-1234-5679"),
        ),
    )
    shelf.set(hiroshi, website="www.tanabe.example", postal="1-2 Ōtemachi, Tokyo", stars=3, flames=3, priority=6)
    shelf.happens(hiroshi, "Visited “Prices < 100 & more”")
    shelf.later(minutes=1)
    shelf.happens(shelf.person("陳怡君"), "參加了網路研討會", "milestone")
    shelf.later(minutes=1)
    shelf.happens(hiroshi, "Opened the newsletter\nof November", "email")
    shelf.later(minutes=1)
    return shelf


# The rules of RSS 2.0 and of the RSS Best Practices Profile -----------------------------------


def channel_of(shelf: Shelf) -> ElementTree.Element:
    root = ElementTree.fromstring(shelf.get().data)
    assert root.tag == "rss"
    assert root.attrib == {"version": "2.0"}
    [channel] = root
    return channel


def test_it_is_well_formed_utf8_that_says_so(full: Shelf) -> None:
    answer = full.get()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert answer.data.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert b"<?xml-stylesheet" not in answer.data


def test_a_channel_has_what_it_must_have_once(full: Shelf) -> None:
    channel = channel_of(full)
    tags = [one.tag for one in channel if one.tag != "item"]
    assert {"title", "link", "description", "language", "lastBuildDate", "ttl", f"{ATOM}link"} <= set(tags)
    assert len(tags) == len(set(tags))
    assert channel.findtext("title") == "Lead Feed of Nora Lindqvist"
    assert channel.findtext("link") == "http://localhost/lead-feed"
    assert channel.findtext("ttl") == "5"
    tagged = [one.tag for one in channel]
    assert tagged.index("item") > max(tagged.index(tag) for tag in tags), "what describes the channel stands before its items"


def test_it_names_the_very_address_it_was_read_at(full: Shelf) -> None:
    own = channel_of(full).find(f"{ATOM}link")
    assert own is not None
    assert own.attrib == {"rel": "self", "href": full.urls["rss"], "type": "application/rss+xml"}


def test_dates_are_rfc_822_with_a_year_of_four_digits(full: Shelf) -> None:
    channel = channel_of(full)
    dates = [channel.findtext("lastBuildDate"), *(item.findtext("pubDate") for item in channel.iter("item"))]
    months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    for date in dates:
        assert date
        assert re.fullmatch(rf"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d ({months}) \d{{4}} \d\d:\d\d:\d\d GMT", date)
        assert parsedate_to_datetime(date) <= full.clock()


def test_an_item_has_each_element_once_and_in_the_profiles_order(full: Shelf) -> None:
    items = list(channel_of(full).iter("item"))
    assert len(items) == 3
    for item in items:
        tags = [one.tag for one in item]
        assert sorted(tags) == sorted(["title", "link", "description", CONTENT, CREATOR, "category", "pubDate", "guid"])
        assert tags.index("description") < tags.index(CONTENT), "the summary before the whole"
        assert all(len(one) == 0 for one in item), "no element in another"


def test_a_guid_is_no_link_and_never_changes(full: Shelf) -> None:
    def guids() -> list[tuple[str | None, dict[str, str]]]:
        return [(one.text, dict(one.attrib)) for one in channel_of(full).iter("guid")]

    before = guids()
    assert len({text for text, _ in before}) == 3
    assert all(attributes == {"isPermaLink": "false"} for _, attributes in before)
    full.urls = full.product.feed_addresses.renew(full.nora)["urls"]
    full.product.users.choose(full.nora, "fr", None)
    assert guids() == before


def test_names_are_creators_and_no_author_is_told(full: Shelf) -> None:
    channel = channel_of(full)
    assert {one.text for one in channel.iter(CREATOR)} == {"Hiroshi Tanabe", "陳怡君"}
    for tag in ("author", "managingEditor", "webMaster", "comments", "enclosure", "textInput", "cloud", "rating"):
        assert channel.find(f".//{tag}") is None


def test_plain_text_is_written_as_the_profile_wants_it(full: Shelf) -> None:
    raw = full.get().get_data(as_text=True)
    assert "&amp;" not in raw
    assert "&lt;" not in raw
    assert "<![CDATA[" not in raw
    title = "<title>★ Hiroshi Tanabe, Tanabe &#x26; Sons &#x3C;Express&gt;: Visited “Prices &#x3C; 100 &#x26; more”</title>"
    assert title in raw
    described = "<description>Visited “Prices &#x26;lt; 100 &#x26;amp; more”</description>"
    assert described in raw, "a description is shown as HTML, so its signs are written as HTML has them"


def test_links_are_whole_and_lead_to_our_pages(full: Shelf) -> None:
    channel = channel_of(full)
    addresses = [one.text or "" for one in channel.iter("link")]
    hrefs = [href for one in channel.iter(CONTENT) for href in re.findall(r'href="([^"]*)"', one.text or "")]
    assert len(hrefs) > 6
    for address in (*addresses, *hrefs):
        assert address.startswith(("http://localhost/", "mailto:", "tel:+", "https://www.tanabe.example"))
        assert full.urls["rss"].split("/")[4] not in address, "no page learns the secret"


IN = {"fr": "Flux des leads de Nora", "zh-TW": "Nora Lindqvist 的潛在客戶動態", "en": "Lead Feed of Nora"}


def test_its_language_is_its_owners(full: Shelf) -> None:
    for locale, says in IN.items():
        full.product.users.choose(full.nora, locale, None)
        channel = channel_of(full)
        assert channel.findtext("language") == locale.lower()
        assert says in (channel.findtext("title") or "")


def test_an_empty_feed_is_a_feed_too(shelf: Shelf) -> None:
    assert shelf.items() == []
    assert shelf.get().data == shelf.get().data
    for form in ("rss", "atom", "json"):
        assert feedparser.parse(shelf.get(form).data)["entries"] == [] or form == "json"


# What it tells ----------------------------------------------------------------------------------


def test_an_item_tells_all_that_the_lead_feed_tells(full: Shelf) -> None:
    [newest, other, _] = [one.text or "" for one in channel_of(full).iter(CONTENT)]
    for told in (
        "Opened the newsletter<br>of November",
        ">Hiroshi Tanabe</a>",
        "Account: Tanabe &amp; Sons &lt;Express&gt;",
        "Type: Email",
        "★ Best bet",
        'Phone: <a href="tel:+81312345678">+81 3-1234-5678</a>',
        'Mobile: <a href="tel:+819012345678">+81 90-1234-5678</a>',
        "Fax: +81 3-1234-5679",
        "Company address: 1-2 Ōtemachi, Tokyo",
        'Company website: <a href="https://www.tanabe.example">www.tanabe.example</a>',
        "/lead-feed?subscribe=",
    ):
        assert told in newest, told
    assert 'Email: <a href="mailto:' in newest
    for absent in ("Phone", "Mobile", "Fax", "Company address", "Company website", "★"):
        assert absent not in other, "what is not there is not told"


@pytest.mark.parametrize("switched_off", list(ContactField))
def test_each_contact_field_goes_by_the_admins_switch(full: Shelf, switched_off: ContactField) -> None:
    shown = {
        ContactField.EMAIL: "mailto:",
        ContactField.PHONE: "+81 3-1234-5678",
        ContactField.MOBILE: "+81 90-1234-5678",
        ContactField.FAX: "+81 3-1234-5679",
        ContactField.COMPANY_ADDRESS: "Ōtemachi",
        ContactField.COMPANY_URL: "www.tanabe.example",
    }
    full.product.marketing.choose_rss(full.nora, Rss(True, frozenset(ContactField) - {switched_off}))
    for form in ("rss", "atom", "json"):
        raw = full.get(form).get_data(as_text=True)
        assert {one for one, text in shown.items() if text not in raw} == {switched_off}


def test_who_asked_not_to_be_called_is_marked(shelf: Shelf) -> None:
    shelf.happens(shelf.person(do_not_call=True))
    assert "Asked not to be called" in shelf.get().get_data(as_text=True)


def test_whoever_leaves_the_owner_leaves_the_feed_at_once(shelf: Shelf) -> None:
    bram = shelf.product.members.invite(shelf.nora, "bram@okafor.example")
    person = shelf.person()
    shelf.happens(person)
    assert len(shelf.items()) == 1
    shelf.set(person, owner_id=bram.id)  # even before the lines are told
    assert shelf.items() == []
    shelf.product.watch_list.watch(shelf.nora, person)
    assert len(shelf.items()) == 1
    shelf.product.watch_list.unwatch(shelf.nora, person)
    assert shelf.items() == []


# The other forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_parser_finds_no_fault(full: Shelf, form: str) -> None:
    answer = full.get(form)
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.headers["Content-Type"]})
    assert found["bozo"] == 0
    assert found["version"] == {"rss": "rss20", "atom": "atom10"}[form]
    assert [one["author"] for one in found["entries"]] == ["Hiroshi Tanabe", "陳怡君", "Hiroshi Tanabe"]
    assert [one["id"].startswith("urn:livefeed:moment:") for one in found["entries"]] == [True] * 3
    assert "+81 3-1234-5678" in found["entries"][0]["content"][0]["value"]


def test_a_json_feed_has_the_same_items(full: Shelf) -> None:
    answer = full.get("json")
    assert answer.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    told = json.loads(answer.data)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["feed_url"] == full.urls["json"]
    assert [one["tags"] for one in told["items"]] == [["Email"], ["Milestone"], ["Web"]]
    assert all({"id", "url", "title", "content_html", "date_published", "authors"} <= one.keys() for one in told["items"])


# Conditional requests ------------------------------------------------------------------------------


def test_whoever_has_it_already_gets_304(full: Shelf) -> None:
    first = full.get()
    tag, when = first.headers["ETag"], first.headers["Last-Modified"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    day_before = "Fri, 20 Nov 2020 12:00:00 GMT"
    matrix = [
        ({"If_None_Match": tag}, 304),
        ({"If_None_Match": f'"other", {tag}'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_Modified_Since": when}, 304),
        ({"If_Modified_Since": day_before}, 200),
        ({"If_Modified_Since": "nonsense"}, 200),
        ({"If_None_Match": tag, "If_Modified_Since": day_before}, 304),
        ({"If_None_Match": '"other"', "If_Modified_Since": when}, 200),
    ]
    for headers, status in matrix:
        answer = full.get(**headers)
        assert answer.status_code == status, headers
        assert answer.headers["ETag"] == tag
        assert (answer.data == b"") == (status == 304)
        assert answer.headers["Cache-Control"] == "private, max-age=300"


def test_each_form_and_each_change_has_a_tag_of_its_own(full: Shelf) -> None:
    tags = {full.get(form).headers["ETag"] for form in ("rss", "atom", "json")}
    assert len(tags) == 3
    full.product.marketing.choose_rss(full.nora, Rss(True, frozenset()))
    assert full.get().headers["ETag"] not in tags


def test_by_time_alone_no_moment_is_missed(shelf: Shelf) -> None:
    """What comes within the second in which somebody read."""
    person = shelf.person()
    shelf.happens(person, "first")
    first = shelf.get()
    assert shelf.get(If_None_Match=first.headers["ETag"]).status_code == 304
    shelf.happens(person, "second")
    assert shelf.get(If_Modified_Since=first.headers["Last-Modified"]).status_code == 200
    shelf.later(seconds=10)
    settled = shelf.get(If_Modified_Since=first.headers["Last-Modified"])
    assert settled.status_code == 200
    assert shelf.get(If_Modified_Since=settled.headers["Last-Modified"]).status_code == 304
    shelf.later(seconds=1)
    shelf.happens(person, "third")
    assert shelf.get(If_Modified_Since=settled.headers["Last-Modified"]).status_code == 200


def test_head_has_the_headers_and_no_body(full: Shelf) -> None:
    whole, head = full.get(), full.get(method="HEAD")
    assert head.status_code == 200
    assert head.data == b""
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


def test_its_headers_keep_it_to_its_reader(full: Shelf) -> None:
    headers = full.get().headers
    assert headers["Cache-Control"] == "private, max-age=300"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


# The address --------------------------------------------------------------------------------------


def test_an_address_is_secret_and_stored_so_that_nobody_reads_it(shelf: Shelf) -> None:
    secret = shelf.urls["rss"].split("/")[4]
    assert len(secret) * 6 >= 128
    raw = shelf.product.database.read(lambda tx: str(tx.exec_driver_sql("SELECT * FROM feed_addresses").all()))
    assert secret not in raw
    assert shelf.product.tokens.digests("feed-address", secret)[0] in raw


def test_it_is_404_while_an_admin_has_it_off_or_for_a_wrong_address(shelf: Shelf) -> None:
    shelf.product.marketing.choose_rss(shelf.nora, Rss(False))
    assert shelf.get().status_code == 404
    shelf.product.marketing.choose_rss(shelf.nora, Rss(True))
    assert shelf.get().status_code == 200
    assert shelf.client.get("/feeds/" + "A" * 32 + "/lead-feed.rss").status_code == 404
    assert shelf.client.get(shelf.urls["rss"].removeprefix("http://localhost").replace(".rss", ".xml")).status_code == 404


def test_nobody_may_read_before_an_admin_allows_it(product: Product, nora: User, client: FlaskClient) -> None:
    urls = product.feed_addresses.renew(nora)["urls"]
    assert client.get(urls["rss"].removeprefix("http://localhost")).status_code == 404


def test_a_revoked_address_is_gone_and_a_new_one_works_at_once(shelf: Shelf) -> None:
    old = shelf.urls
    shelf.urls = shelf.product.feed_addresses.renew(shelf.nora)["urls"]
    assert shelf.get().status_code == 200
    for form in ("rss", "atom", "json"):
        assert shelf.client.get(old[form].removeprefix("http://localhost")).status_code == 410
    shelf.product.feed_addresses.revoke(shelf.nora)
    assert shelf.get().status_code == 410
    assert shelf.product.feed_addresses.of(shelf.nora)["urls"] is None


def test_it_is_gone_when_its_owner_is_let_go(shelf: Shelf) -> None:
    bram = shelf.product.members.invite(shelf.nora, "bram@okafor.example")
    shelf.urls = shelf.product.feed_addresses.renew(bram)["urls"]
    assert shelf.get().status_code == 200
    shelf.product.database.write(stored_users.deactivate, shelf.nora.workspace_id, bram.id, shelf.clock())
    assert shelf.get().status_code == 410


def test_it_is_still_found_when_a_new_key_signs(shelf: Shelf, environment: dict[str, str], clock: Clock) -> None:
    environment["LIVEFEED_SECRET_KEYS"] = "a newer key that is long enough to be one," + environment["LIVEFEED_SECRET_KEYS"]
    again = composition.build(settings_module.read(environment), clock)
    client = composition.create_app(again).test_client()
    assert client.get(shelf.urls["rss"].removeprefix("http://localhost")).status_code == 200
    again.close()


def test_when_it_was_last_read_is_noted_once_a_minute(shelf: Shelf) -> None:
    assert shelf.product.feed_addresses.of(shelf.nora)["read_at"] is None
    shelf.get(User_Agent="newsboat/2.21.0 (Linux x86_64)")
    first = shelf.product.feed_addresses.of(shelf.nora)
    assert first["reader"] == "Newsboat"
    shelf.later(seconds=59)
    shelf.get(User_Agent="Feedly/1.0")
    assert shelf.product.feed_addresses.of(shelf.nora) == first
    shelf.later(seconds=1)
    shelf.get(User_Agent="Feedly/1.0")
    assert shelf.product.feed_addresses.of(shelf.nora)["reader"] == "Feedly"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("rss2email/3.13.1 (https://github.com/rss2email/rss2email)", "rss2email"),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/128.0", "Thunderbird"),
        ("My Reader 2/1.0", "My Reader 2"),
        ("<script>alert(1)</script>", "?"),
        ("", "?"),
    ],
)
def test_a_reader_is_called_by_its_name(agent: str, name: str) -> None:
    assert reader_of(agent) == name


def test_one_address_is_not_read_without_end(shelf: Shelf) -> None:
    [short, _] = LIMITS
    answers = [shelf.get("rss" if at % 2 else "json") for at in range(short.amount + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    shelf.urls = shelf.product.feed_addresses.renew(shelf.nora)["urls"]
    assert shelf.get().status_code == 200, "another address is another reader"


# Whatever marketing wrote ---------------------------------------------------------------------------

SIGNS = ("]]>", "<!--", "&#0;", "\x00", "\x0b", "\x1f", "\u202e", "\u2066", "\ufffe", "😀", "ש", "</content>", "\x85", "&amp;")
HOSTILE = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(SIGNS)), max_size=12).map("".join)


def an_item(text: str, person: str = "A", account: str | None = None, *contacts: Contact) -> Item:
    return Item("1", "p", person, account, "web", text, SINCE, True, False, contacts, SINCE)


def a_channel(form: str) -> Channel:
    where = f"https://x.example/feeds/s/lead-feed.{form}"
    return Channel("u", "Nora", "en", UTC, where, "https://x.example", SINCE)


@given(st.lists(HOSTILE, min_size=3, max_size=3))
def test_nothing_written_breaks_a_reader(texts: list[str]) -> None:
    text, person, account = texts
    items = [an_item(text, person, account, Contact(ContactField.COMPANY_ADDRESS, text))]
    for form in ("rss", "atom"):
        raw = written(form, a_channel(form), items)
        root = ElementTree.fromstring(raw)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\ufffe\uffff]", raw.decode())
        assert len(list(root.iter("item" if form == "rss" else f"{ATOM}entry"))) == 1
        assert feedparser.parse(raw)["bozo"] == 0
    assert len(json.loads(written("json", a_channel("json"), items))["items"]) == 1


def test_a_description_is_never_markup() -> None:
    raw = written("rss", a_channel("rss"), [an_item("<script>alert(1)</script>]]><b>&amp;")])
    item = next(ElementTree.fromstring(raw).iter("item"))
    for tag in ("description", CONTENT):
        assert "&lt;script&gt;" in (item.findtext(tag) or "")
        assert "<script" not in (item.findtext(tag) or "")
    assert item.findtext("title") == "★ A: <script>alert(1)</script>]]><b>&amp;"


def test_a_link_leads_to_the_web_or_nowhere(shelf: Shelf) -> None:
    person = shelf.person()
    shelf.set(person, website="javascript:alert(1)")
    shelf.happens(person)
    told = next(ElementTree.fromstring(shelf.get().data).iter(CONTENT)).text or ""
    assert "Company website: javascript:alert(1)" in told
    assert 'href="javascript' not in told


# Real readers ---------------------------------------------------------------------------------------


@dataclass
class Served:
    """The product at a real port; `answers` are (path's end, status) of every request."""

    url: str
    answers: list[tuple[str, int]] = field(default_factory=list)


def served_at(environment: dict[str, str]) -> tuple[BaseWSGIServer, Served, Any]:
    holder: dict[str, Any] = {}
    server = make_server("127.0.0.1", 0, lambda *call: holder["app"](*call), threaded=True)
    served = Served(f"http://127.0.0.1:{server.server_port}")
    environment["LIVEFEED_PUBLIC_URL"] = served.url
    return server, served, holder


@pytest.fixture
def street(environment: dict[str, str]) -> Iterator[tuple[Served, Any]]:
    """Before `product`, whose public address it decides."""
    server, served, holder = served_at(environment)
    running = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    running.start()
    yield served, holder
    server.shutdown()
    running.join()
    server.server_close()


@pytest.fixture
def on_air(street: tuple[Served, Any], shelf: Shelf) -> tuple[Served, Shelf]:
    served, holder = street
    app = composition.create_app(shelf.product)

    def noted(environ: dict[str, Any], start: Any) -> Any:
        def begin(status: str, headers: Any, *more: Any) -> Any:
            served.answers.append((environ["PATH_INFO"].rsplit("/", 1)[-1], int(status[:3])))
            return start(status, headers, *more)

        return app(environ, begin)

    holder["app"] = noted
    person = shelf.person(account="Tanabe & Sons")
    shelf.happens(person, "Visited “Prices < 100”")
    shelf.happens(person, "參加了網路研討會")
    return served, shelf


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(*command: str, given: bytes | None = None, home: Path) -> str:
    environment = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "LANG": "C.UTF-8",
        "NO_PROXY": "*",
        "no_proxy": "*",
    }
    done = subprocess.run(command, input=given, capture_output=True, env=environment, cwd=home, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@needs("sfeed")
def test_sfeed_lists_the_items(on_air: tuple[Served, Shelf], tmp_path: Path) -> None:
    _, shelf = on_air
    for form in ("rss", "atom"):
        raw = shelf.product.lead_feed.issue(shelf.nora, SINCE)
        channel = Channel("u", "Nora", "en", UTC, shelf.urls[form], "https://x.example", raw.updated)
        listed = [
            line.split("\t") for line in run("sfeed", given=written(form, channel, raw.items), home=tmp_path).splitlines()
        ]
        assert [line[1] for line in listed] == [
            "Hiroshi Tanabe, Tanabe & Sons: 參加了網路研討會",
            "Hiroshi Tanabe, Tanabe & Sons: Visited “Prices < 100”",
        ]
        assert all(line[5].startswith("urn:livefeed:moment:") for line in listed)


@needs("newsboat")
def test_newsboat_lists_the_items(on_air: tuple[Served, Shelf], tmp_path: Path) -> None:
    served, shelf = on_air
    (tmp_path / "urls").write_text(f"{shelf.urls['rss']}\n")
    (tmp_path / "config").write_text("use-proxy no\n")
    cache = tmp_path / "cache.db"
    given = ("-u", str(tmp_path / "urls"), "-c", str(cache), "-C", str(tmp_path / "config"))
    run("newsboat", *given, "-x", "reload", home=tmp_path)
    with sqlite3.connect(cache) as read:
        found = read.execute("SELECT title, author FROM rss_item ORDER BY title").fetchall()
    read.close()
    assert found == [
        ("Hiroshi Tanabe, Tanabe & Sons: Visited “Prices < 100”", "Hiroshi Tanabe"),
        ("Hiroshi Tanabe, Tanabe & Sons: 參加了網路研討會", "Hiroshi Tanabe"),
    ]
    assert served.answers == [("lead-feed.rss", 200)]


@needs("r2e")
def test_rss2email_gets_a_304_the_second_time(on_air: tuple[Served, Shelf], tmp_path: Path) -> None:
    served, shelf = on_air
    given = ("r2e", "-c", str(tmp_path / "config"), "-d", str(tmp_path / "data.json"))
    run(*given, "new", "nora@fjordline.example", home=tmp_path)
    run(*given, "add", "lead", shelf.urls["rss"], home=tmp_path)
    for _ in range(2):
        run(*given, "run", "--no-send", home=tmp_path)
    assert served.answers == [("lead-feed.rss", 200), ("lead-feed.rss", 304)]
    seen = json.loads((tmp_path / "data.json").read_text())["feeds"][0]["seen"]
    assert len(seen) == 2
