"""Real mail: every byte but links and pixel stays, every link is found."""

import email
import re

import html5lib

from server.domain.instrument import Instrumented, find_links, http_url, instrument
from server.domain.replies import AutoReply, Bounce, Reply, judge
from server.gmail.inbound import inbound_from_raw
from server.gmail.mime import html_of, instrument_message
from tests.corpus import EACH, corpus_mails, needs_corpus

pytestmark = needs_corpus
PIXEL = "https://t.example/o/x.gif"
HTML_PART = re.compile(rb"^content-type:\s*text/html", re.IGNORECASE | re.MULTILINE)


def run(html: str) -> Instrumented:
    return instrument(html, tracked=lambda link: f"https://t.example/c/{link.ordinal}", pixel_url=PIXEL)


def tracked_mails() -> list[tuple[str, bytes, bytes, str]]:
    found = []
    for name, raw in corpus_mails():
        done = instrument_message(raw, lambda html: run(html).splices)
        html = html_of(raw)
        if done.tracked and html is not None:
            found.append((name, raw, done.raw, html))
    return found


def test_every_html_mail_is_tracked_or_says_why() -> None:
    reasons: dict[str, int] = {}
    for _, raw in corpus_mails():
        if HTML_PART.search(raw):
            reason = instrument_message(raw, lambda html: run(html).splices).reason or "tracked"
            reasons[reason] = reasons.get(reason, 0) + 1
    tracked = reasons.pop("tracked")
    assert tracked > 1000 / EACH
    assert tracked > 0.95 * (tracked + sum(reasons.values()))
    assert set(reasons) <= {"charset", "encoding", "signed", "no-html"}


def test_nothing_but_links_and_pixel_changes() -> None:
    for name, raw, changed, html in tracked_mails():
        done = run(html)
        assert html_of(changed) == done.html, name
        plain = done.html
        for start, end, text in reversed(done.splices):
            shift = sum(len(before.text) - (before.end - before.start) for before in done.splices if before.start < start)
            assert plain[start + shift : start + shift + len(text)] == text
            plain = plain[: start + shift] + html[start:end] + plain[start + shift + len(text) :]
        assert plain == html, name
        before, after = email.message_from_bytes(raw), email.message_from_bytes(changed)
        assert before.items() == after.items() or before.get_content_type() == "text/html", name
        others = [
            [part.get_payload() for part in mail.walk() if part.get_content_maintype() not in ("multipart", "text")]
            for mail in (before, after)
        ]
        assert str(others[0]) == str(others[1]), name


def test_links_are_those_of_a_whatwg_parser() -> None:
    for name, _, _, html in tracked_mails():
        if "<base" in html.lower():
            continue
        tree = html5lib.parse(html, namespaceHTMLElements=False)
        values = [
            element.attrib["href"] for element in tree.iter() if element.tag in ("a", "area") and "href" in element.attrib
        ]
        listed = {url for value in values if (url := http_url(value.replace("&", "&amp;")))}
        assert listed == {link.url for link in find_links(html)}, name


def test_doing_it_twice_changes_nothing_more() -> None:
    own_host = "https://t.example/"
    for name, _, _, html in tracked_mails():
        once = run(html).html
        again = instrument(once, tracked=lambda link: link.url if link.url.startswith(own_host) else None, pixel_url=PIXEL)
        assert again.html == once, name


def test_no_person_is_taken_for_a_machine() -> None:
    """In the corpus no automatic mail answers another but a mail system's, and two that nobody wrote went out to many."""
    mails = [(name, inbound_from_raw(raw)) for name, raw in corpus_mails("easy-ham-1", "easy-ham-2", "hard-ham-1")]
    people = [(name, mail) for name, mail in mails if not re.match(r"mailer-daemon|postmaster", mail.sender)]
    assert [name for name, mail in people if isinstance(judge(mail), Bounce)] == []
    machines = {name for name, mail in people if isinstance(judge(mail), AutoReply)}
    assert {name[:5] for name in machines} <= {"00161", "00207"}


def test_people_who_answer_through_a_list_are_heard() -> None:
    mails = [(name, inbound_from_raw(raw)) for name, raw in corpus_mails("easy-ham-1", "easy-ham-2")]
    answers = [(name, mail) for name, mail in mails if re.match(r"(?i)re:", mail.first("subject") or "")]
    assert len(answers) > 1500 / EACH
    lost = [name for name, mail in answers if judge(mail) != Reply() and not re.match(r"mailer-daemon|postmaster", mail.sender)]
    assert lost == []
