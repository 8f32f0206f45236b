"""What people write and paste."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.richtext import is_blank, plain, signature, written


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ('<p style="color:red" class="MsoNormal">Hi <b>there</b></p>', "<p>Hi <b>there</b></p>"),
        ("<script>alert(1)</script>ok<style>p{}</style>", "ok"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="https://b.example/{account}" onclick="x">x</a>', '<a href="https://b.example/{account}">x</a>'),
        ('<img src="https://spy.example/p.gif">x', "x"),
        ("<ul><li>one</li></ul>", "<ul><li>one</li></ul>"),
        ("<svg><script>x</script></svg><math><mi>y", ""),
    ],
)
def test_only_words_emphasis_links_and_lists_are_kept(pasted: str, kept: str) -> None:
    assert written(pasted) == kept


def test_a_signature_keeps_its_looks_and_nothing_that_runs() -> None:
    kept = signature(
        '<table width="1"><tr><td style="color:red"><img src="https://x.example/l.png" onerror="x">N</td></tr></table>'
    )
    assert 'style="color:red"' in kept
    assert "l.png" in kept
    assert "onerror" not in kept


def test_plain_words_keep_lines_lists_and_addresses() -> None:
    html = (
        "<p>Hello,</p><p>see <a href='https://a.example'>our prices</a> or <a href='https://b.example'>https://b.example</a></p>"
        "<ul><li>one</li><li>two</li></ul><ol><li>first<br>line</li></ol><div>Nora</div><div><br></div><div>&amp; Bram</div>"
    )
    assert plain(html) == (
        "Hello,\n\nsee our prices <https://a.example> or https://b.example\n\n- one\n- two\n\n1. first\nline\n\nNora\n\n& Bram"
    )


def test_plain_words_are_those_that_are_shown() -> None:
    html = (
        "<title>Mail</title><style>p{}</style>Hi<!-- not this --> &lt;b&gt;<!--[if mso]><b>nor this</b><![endif]-->"
        "<script>'<p>'</script> <a href='https://a.example/?a=1&amp;b=2'>a <a href=https://b.example>b</a></a><b x='"
    )
    assert plain(html) == "Hi <b> a b <https://b.example> <https://a.example/?a=1&b=2>"


@pytest.mark.parametrize(
    "unit",
    [
        "<b>x</b>",
        "<a ",
        "<a href='",
        "<!--",
        "</a ",
        "<![CDATA[",
        "<ul><li>x",
        "<a href=x>y",
        "<p",
        "<",
        "&",
        "x<br>",
        "<title>",
    ],
)
def test_the_work_of_plain_words_grows_with_the_size_alone(unit: str) -> None:
    """Of the processor: most of it is done inside single calls. 4 times would be linear, 16 the square."""
    few, many = (min(_seconds(unit * (size // len(unit))) for _ in range(5)) for size in (6_000, 24_000))
    assert many < 8 * few + 0.002


def _seconds(html: str) -> float:
    start = time.process_time()
    plain(html)
    return time.process_time() - start


def test_markup_without_a_word_is_blank() -> None:
    assert is_blank("<p><br></p> &nbsp;<ul><li></li></ul>")
    assert not is_blank("<p>ok</p>")


@given(st.text())
def test_no_text_breaks_it_and_cleaning_twice_changes_nothing(text: str) -> None:
    once = written(text)
    assert written(once) == once
    plain(text)
