"""Real mailbox files sent again inside the sandbox."""

import email
import email.policy
from pathlib import Path

import pytest

from server.errors import BadInput, OutsideError
from server.sandbox.mailbox_file import mails_in, play, readdressed, sandbox_address

NORA = ("Nora Lindqvist", "nora.lindqvist@fjordline.example")
ONE = (
    b"From sender@somewhere.example Sat Nov 21 10:00:00 2026\nReturn-Path: <x@y.example>\nReceived: by host\n"
    b"From: Shop <shop@somewhere.example>\nTo: =?utf-8?q?A=C3=AFda?= <real.person@somewhere.example>,\n"
    b" other@somewhere.example\n"
    b"Subject: Offer\nDKIM-Signature: v=1\nMIME-Version: 1.0\nContent-Type: text/html;\n charset=iso-8859-1\n\n"
    b"<p>Caf\xe9 <a href='https://x.example'>x</a></p>\n\n"
)


def test_every_mail_of_an_mbox_is_found(tmp_path: Path) -> None:
    file = tmp_path / "takeout.mbox"
    file.write_bytes(ONE + ONE.replace(b"Offer", b"Second"))
    assert [b"Second" in raw for raw in mails_in(file)] == [False, True]


def test_a_folder_of_eml_files_is_a_mailbox_too(tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml"):
        (tmp_path / name).write_bytes(name.encode())
    assert list(mails_in(tmp_path)) == [b"a.eml", b"b.eml"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="neither"):
        list(mails_in(tmp_path / "nothing"))


def test_the_body_stays_and_the_people_change() -> None:
    sent = readdressed(ONE, NORA)
    assert sent.partition(b"\n\n")[2] == ONE.partition(b"\n\n")[2]
    mail = email.message_from_bytes(sent, policy=email.policy.default)
    assert mail["From"] == "Nora Lindqvist <nora.lindqvist@fjordline.example>"
    assert mail["Subject"] == "Offer"
    assert mail.get_content_charset() == "iso-8859-1"
    assert not set(mail) & {"Received", "Return-Path", "DKIM-Signature"}
    assert "somewhere.example" not in mail["To"]
    assert mail["To"].addresses[0].display_name == "Aïda"
    assert sandbox_address("real.person@somewhere.example") in mail["To"]


def test_a_person_of_the_file_is_always_the_same_recipient() -> None:
    assert sandbox_address("A@b.example") == sandbox_address("a@B.example")
    assert sandbox_address("a@b.example") != sandbox_address("a@c.example")


def test_a_mail_to_nobody_gets_a_reader() -> None:
    mail = email.message_from_bytes(readdressed(b"Subject: x\n\nbody", NORA))
    assert mail["To"].endswith("@readers.example")


def test_a_refused_mail_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(b"Subject: %d\n\nbody" % number)
    steps: list[tuple[int, int]] = []

    def send(raw: bytes) -> None:
        if b"Subject: 1" in raw:
            raise OutsideError("product", "422 no")

    outcome = play(tmp_path, NORA, send, lambda done, total: steps.append((done, total)))
    assert (outcome.sent, outcome.skipped) == (2, {2: "422 no"})
    assert steps == [(1, 3), (2, 3), (3, 3)]
