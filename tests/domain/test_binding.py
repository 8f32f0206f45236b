import pytest

from server.domain.binding import (
    Internal,
    Known,
    Mark,
    Owned,
    Reused,
    Untracked,
    base_subject,
    decide,
    is_internal,
    links_carried,
    marks_in,
)
from server.domain.messages import State

DRAFT = Known("m", "nora", State.DRAFTED)
SENT = Known("m", "nora", State.SENT, frozenset({0}))
COPIED = Known("m", "nora", State.SENT, frozenset({1}))


def read(token: str) -> Mark | None:
    return Mark("m", 0) if token == "good" else None


def test_pixels_and_links_outside_quotations_are_read_whatever_the_host() -> None:
    html = (
        '<a href="https://t.example/c/good">x</a><a href="https://t.example/c/bad">x</a>'
        '<img src="https://formerly.example/o/tag/good.gif">'
        '<div class="gmail_quote"><img src="https://t.example/o/tag/good.gif"></div>'
    )
    assert marks_in(html, read, lambda token: Mark("m", 0, 1) if token == "good" else None) == (Mark("m", 0), Mark("m", 0, 1))
    assert marks_in('<a href="https://[broken/c/good">x</a><img src="cid:1">', read, read) == ()
    assert marks_in('<blockquote type="cite"><img src="https://t.example/o/tag/good.gif"></blockquote>', read, read) == ()


@pytest.mark.parametrize(
    ("marks", "known", "decision"),
    [
        ((Mark("m", 0),), DRAFT, Owned("m", 0)),
        ((Mark("m", 0),), Known("m", "nora", State.EXPIRED), Owned("m", 0)),
        ((Mark("m", 0),), SENT, Reused("m", 0)),
        ((Mark("m", 2),), COPIED, Owned("m", 2)),
        ((Mark("m", 1),), COPIED, Reused("m", 1)),
        ((Mark("m", 0),), Known("m", "bram", State.DRAFTED), Untracked()),
        ((Mark("gone", 0),), DRAFT, Untracked()),
        ((), DRAFT, Untracked()),
    ],
)
def test_the_first_mail_with_a_token_of_its_owner_has_it(marks: tuple[Mark, ...], known: Known, decision: object) -> None:
    assert decide(marks, {known.message_id: known}, "nora", internal=False) == decision


def test_a_fresh_token_beside_an_old_one_decides() -> None:
    fresh = Known("n", "nora", State.DRAFTED)
    assert decide((Mark("m", 0), Mark("n", 0)), {"m": SENT, "n": fresh}, "nora", internal=False) == Owned("n", 0)


def test_mail_among_colleagues_without_a_token_is_left_alone() -> None:
    assert decide((), {}, "nora", internal=True) == Internal()
    assert is_internal(["a@f.example", "b@gmail.com"], frozenset({"f.example"}), frozenset({"b@gmail.com"}))
    assert not is_internal(["a@f.example", "c@x.example"], frozenset({"f.example"}), frozenset())
    assert not is_internal(["a@f.example"], frozenset(), frozenset())


def test_links_are_those_of_this_message() -> None:
    assert links_carried([Mark("m", 0, 2), Mark("m", 0), Mark("n", 0, 1)], "m") == {2}


@pytest.mark.parametrize(
    "subject", ["Pricing", "Re: Pricing", "RE: Fwd:  pricing", "AW: WG: Pricing", "Re[2]: Pricing", "回覆:Pricing"]
)
def test_prefixes_do_not_change_a_subject(subject: str) -> None:
    assert base_subject(subject) == "pricing"
