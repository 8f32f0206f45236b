"""A real mailbox file sent again to sandbox recipients: every mail arrives as it was written but for links and pixel, and
every open and click shows.
"""

import email
import email.policy
import mailbox
import re
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import html5lib
import pytest

from server.sandbox.mailbox_file import mails_in, readdressed
from server.sandbox.recipients.letter import Letter
from tests.corpus import corpus_mails, needs_corpus
from tests.journeys.installation import NORA, Stage, stage, until

pytestmark = [pytest.mark.server, needs_corpus]
SENDER = ("Nora Lindqvist", NORA)


def a_mailbox(path: Path, count: int) -> Path:
    """HTML mails of the corpus, each with a subject of its own."""
    box = mailbox.mbox(path)
    subjects: set[str] = set()
    for _, raw in corpus_mails("hard-ham-1", "easy-ham-1", each=1):
        subject = _subject(raw)
        if _has_html(raw) and subject and subject not in subjects and len(subjects) < count:
            subjects.add(subject)
            box.add(raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw)
    box.close()
    return path


@pytest.mark.parametrize("count", [15, pytest.param(150, marks=pytest.mark.slow)])
def test_real_mail_arrives_as_written_and_is_followed(tmp_path: Path, count: int) -> None:
    file = a_mailbox(tmp_path / "takeout.mbox", count)
    originals = {_subject(raw): readdressed(raw, SENDER) for raw in mails_in(file)}
    assert len(originals) == count
    with stage(tmp_path, mailbox=file) as made:
        # Fifty mails a minute are what Gmail's quota allows one rep; its limit is tried elsewhere.
        made.google.control("PUT", "quota", {"per_user": 1_000_000})
        sent = until(lambda: _all_sent(made, len(originals)), "all mails sent", seconds=count * 3 + 60)
        letters = until(lambda: _delivered(made, {_plain(message["subject"]) for message in sent}), "all mails delivered")
        tracked = [message for message in sent if message["tracked"]]
        assert len(tracked) >= 0.9 * count
        for message in sent:
            links = made.nora.api("GET", f"/api/v1/messages/{message['id']}")["links"]
            delivered = _letter(letters, message["subject"])
            _assert_only_links_and_pixel_differ(
                _original(originals, message["subject"]), delivered.raw, links, made.product.url
            )
        _read_and_click(made, [_letter(letters, message["subject"]) for message in tracked])
        for message in tracked:
            counts = made.nora.api("GET", f"/api/v1/messages/{message['id']}")["counts"]
            assert counts["views"] == 1, message["subject"]
            assert counts["clicks"] == (1 if _followed(_letter(letters, message["subject"]), made) else 0), message["subject"]
        seen = {item["message"]["id"] for item in _whole_feed(made) if item["kind"] == "view"}
        assert seen == {message["id"] for message in tracked}


def _all_sent(made: Stage, count: int) -> list[dict[str, Any]] | None:
    found = list(_pages(made, "/api/v1/messages?limit=100"))
    sent = [message for message in found if message["state"] == "sent"]
    return sent if len(sent) == count else None


def _whole_feed(made: Stage) -> list[dict[str, Any]]:
    return list(_pages(made, "/api/v1/feed?limit=100"))


def _pages(made: Stage, path: str) -> Iterator[dict[str, Any]]:
    more = ""
    while more is not None:
        page = made.nora.api("GET", f"{path}{more and f'&before={more}'}")
        yield from page["items"]
        more = page["next"]


def _letters(made: Stage) -> list[Letter]:
    people = made.sandbox.people
    return [letter for address in people.addresses() for letter in people.letters(address)]


def _delivered(made: Stage, subjects: set[str]) -> dict[str, Letter] | None:
    """Letters by subject, once there is one of each: Gmail shows a mail as sent a moment before it arrives."""
    letters = {_plain(letter.subject): letter for letter in _letters(made)}
    return letters if subjects <= letters.keys() else None


def _read_and_click(made: Stage, letters: list[Letter]) -> None:
    for letter in letters:
        made.sandbox.people.open(letter, client="thunderbird", fresh=True)
        if (link := _followed(letter, made)) is not None:
            made.sandbox.people.click(letter, link, client="firefox-mac")


def _followed(letter: Letter, made: Stage) -> int | None:
    """The place of the first link that is tracked."""
    ours = (place for place, link in enumerate(letter.links, start=1) if link.url.startswith(f"{made.product.url}/c/"))
    return next(ours, None)


def _assert_only_links_and_pixel_differ(original: bytes, delivered: bytes, links: list[dict[str, Any]], product: str) -> None:
    before, after = (list(email.message_from_bytes(raw).walk()) for raw in (original, delivered))
    assert [part.get_content_type() for part in before] == [part.get_content_type() for part in after]
    for written, arrived in zip(before, after, strict=True):
        if product in _text(arrived):
            _assert_same_but_for_links(_text(written), _text(arrived), [link["url"] for link in links], product)
        elif not written.is_multipart():
            assert written.get_payload() == arrived.get_payload()


def _assert_same_but_for_links(written: str, arrived: str, urls: list[str], product: str) -> None:
    """Walk both texts side by side: where one of our addresses stands now, the link's own address stood before."""
    without_pixel = re.sub(rf'<img[^>]*src="{product}/o/[^>]*>', "", arrived, count=1)
    assert without_pixel != arrived
    pieces = re.split(rf"{product}/c/[\w.-]+", without_pixel)
    place, targets = 0, []
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        assert written[place : place + len(piece)] == piece
        place += len(piece)
        if following:
            end = written.index(following[0], place)
            targets.append(_attribute(written[place:end], following[0]))
            place = end
    assert place == len(written)
    assert {re.sub(r"[\t\r\n]", "", target) for target in targets} <= set(urls)


def _attribute(written: str, end: str) -> str:
    """The value as a browser reads it: `&section` in an address is no entity."""
    mark = end if end in "\"'" else '"'
    (link,) = html5lib.parseFragment(f"<a href={mark}{written}{mark}></a>", namespaceHTMLElements=False)
    return str(link.get("href")).strip()


def _has_html(raw: bytes) -> bool:
    return any(part.get_content_type() == "text/html" for part in email.message_from_bytes(raw).walk())


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("latin-1") if isinstance(payload, bytes) else ""


def _subject(raw: bytes) -> str:
    return _plain(str(email.message_from_bytes(raw, policy=email.policy.default).get("Subject", "")))


def _plain(subject: str) -> str:
    return " ".join(subject.split())


def _letter(letters: dict[str, Letter], subject: str) -> Letter:
    return letters[_plain(subject)]


def _original(originals: dict[str, bytes], subject: str) -> bytes:
    return next(raw for name, raw in originals.items() if _plain(name) == _plain(subject))
