"""Every way of writing a mail in Gmail, in both layouts: it leaves tracked, its reader opens it, the sidebar says so."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from server.sandbox.recipients.letter import Letter
from tests.chromium import needs_chromium
from tests.extension.stage import LUCIA, NORA, URL, Stage, until
from tests.extension.ways import CHINESE, ENGLISH, FRENCH, LINK, Words, Writing, compose

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]
# What the server decides has nothing to do with how Gmail's page is built.
once = pytest.mark.parametrize("layout", ["boxes"])
# The adapter's own tests try both; the second one here is for `make soak`.
either = pytest.mark.parametrize("layout", ["tables", pytest.param("boxes", marks=pytest.mark.slow)])
TOM = "tomasz.wojcik@wisla.example"


def pixels(letter: Letter) -> list[str]:
    return [url for url in letter.images if url.startswith(f"{URL}/o/")]


def assert_tracked(letter: Letter, links: int = 1) -> None:
    assert len(pixels(letter)) == 1
    assert [link.url.startswith(f"{URL}/c/") for link in letter.links].count(True) == links


def assert_plain(letter: Letter) -> None:
    assert f"{URL}/" not in letter.html + letter.text


def answering(page: Page, subject: str, kind: str = "Reply") -> Writing:
    page.get_by_text(subject).filter(visible=True).first.click()
    page.get_by_text(kind, exact=True).or_(page.get_by_role("button", name=kind, exact=True)).last.click()
    return Writing(page)


def test_a_new_mail(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Pilot plan, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    writing.send()
    letter = there.letter(LUCIA, subject)
    assert_tracked(letter)
    assert (letter.links[0].text, " ".join(letter.text.split())) == ("pilot plan", "Here is the pilot plan")
    there.viewed(gmail, letter)
    there.demo.people.click(letter, 1)
    expect(there.chrome.sidebar(gmail).get_by_role("listitem").filter(has_text="Clicked").first).to_be_visible()
    expected = {"views": 1, "clicks": 1, "own": 0}
    until(lambda: there.message(subject)["counts"].items() >= expected.items(), "the click is counted, and nothing else")
    assert there.pixels() == []


@either
def test_sent_with_the_keyboard(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"By keyboard, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    writing.body.press("Control+Enter")
    writing.left()
    there.viewed(gmail, there.letter(LUCIA, subject))


@either
def test_send_pressed_with_enter(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"By Enter on the button, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    gmail.get_by_text("Send", exact=True).last.press("Enter")
    writing.left()
    assert_tracked(there.letter(LUCIA, subject))


def test_a_reply_in_the_thread(there: Stage, gmail: Page, layout: str) -> None:
    # In nobody else's subject: all tests here share one inbox, and a text is found as part of another too.
    subject = f"Which hall, {layout}"
    asked = there.incoming(subject)
    writing = answering(gmail, subject)
    writing.write()
    writing.ready()
    writing.send()
    letter = there.letter(LUCIA, f"Re: {subject}")
    assert_tracked(letter)
    assert there.sent(f"Re: {subject}").thread_id == asked.thread_id
    assert letter.html.index("/o/") < letter.html.index("gmail_quote"), "the pixel stands above the quote"
    there.viewed(gmail, letter)


def test_a_reply_popped_out(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Popped out, {layout}"
    there.incoming(subject)
    writing = answering(gmail, subject)
    writing.write()
    writing.button(ENGLISH.pop_out).click()
    writing.ready()
    writing.send()
    letter = there.letter(LUCIA, f"Re: {subject}")
    assert_tracked(letter)
    there.viewed(gmail, letter)


@either
def test_a_forward(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"To pass on, {layout}"
    there.incoming(subject, html=f'<p>See <a href="{LINK}">this</a></p>')
    writing = answering(gmail, subject, "Forward")
    writing.address(TOM)
    writing.write()
    writing.ready()
    writing.send()
    letter = there.letter(TOM, f"Fwd: {subject}")
    assert_tracked(letter)
    assert LINK in [link.url for link in letter.links], "a link of the quoted mail stays as it is"
    there.viewed(gmail, letter)


@either
def test_full_screen(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"On the whole screen, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.button(ENGLISH.full).click()
    writing.body.click()
    gmail.keyboard.type("And more. ")
    writing.ready()
    writing.send()
    letter = there.letter(LUCIA, subject)
    assert "And more." in letter.text
    assert_tracked(letter)
    there.viewed(gmail, letter)


@either
def test_several_at_once(there: Stage, gmail: Page, layout: str) -> None:
    subjects = [f"First of two, {layout}", f"Second of two, {layout}"]
    for subject, to in zip(subjects, (LUCIA, TOM), strict=True):
        compose(gmail, to, subject)
    expect(gmail.get_by_role("switch")).to_have_count(2)
    for switch in gmail.get_by_role("switch").all():
        expect(switch).to_have_accessible_description("Tracked")
    for _ in subjects:
        Writing(gmail).body.press("Control+Enter")
    letters = [there.letter(to, subject) for subject, to in zip(subjects, (LUCIA, TOM), strict=True)]
    for letter in letters:
        assert_tracked(letter)
    assert pixels(letters[0]) != pixels(letters[1])
    there.viewed(gmail, letters[1])


@either
def test_plain_text_leaves_untracked_and_says_so(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"In plain text, {layout}"
    gmail.get_by_text("Compose", exact=True).click()
    writing = Writing(gmail)
    writing.address(LUCIA)
    writing.button(ENGLISH.options).click()
    gmail.get_by_role("menuitemcheckbox", name=ENGLISH.plain).click()
    writing.write(subject, text="Just words.", link="")
    writing.ready("Not tracked: plain text")
    writing.send()
    letter = there.letter(LUCIA, subject)
    assert (letter.html, letter.text.strip()) == ("", "Just words.")


def test_scheduled(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Tomorrow, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    writing.button(ENGLISH.more).click()
    gmail.get_by_role("menuitem", name=ENGLISH.schedule).click()
    gmail.get_by_role("menuitem", name=ENGLISH.tomorrow).or_(gmail.get_by_role("button", name=ENGLISH.tomorrow)).click()
    expect(gmail.get_by_role("alert")).to_contain_text("Send scheduled")
    mailbox = there.world.mailbox(NORA)
    [draft] = [one for one in mailbox.drafts() if one.scheduled]
    there.world.clock.advance(timedelta(hours=20))
    try:
        letter = there.letter(LUCIA, subject)
    finally:
        there.world.clock.advance(timedelta(hours=-20))
    assert draft.message.html.count("/o/") == 1
    assert_tracked(letter)


def test_taken_back_changed_and_sent_again(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Second thoughts, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    there.world.undo_window = timedelta(seconds=30)
    writing.send()
    there.world.undo_window = timedelta(seconds=0.4)
    gmail.get_by_role("alert").get_by_text("Undo").click()
    again = Writing(gmail)
    expect(again.body).to_contain_text("Here is the pilot plan")
    again.write(text="Wait. ", link="https://www.fjordline.example/terms")
    again.ready()
    again.send()
    letter = there.letter(LUCIA, subject)
    assert_tracked(letter, links=2)
    there.viewed(gmail, letter)


@pytest.mark.parametrize(
    ("layout", "language", "words", "tracked"),
    [("tables", "fr", FRENCH, "Suivi"), ("boxes", "zh-TW", CHINESE, "追蹤中")],
    ids=["fr", "zh-TW"],
)
def test_gmail_in_another_language(there: Stage, layout: str, language: str, words: Words, tracked: str) -> None:
    subject = f"{language}, {layout}"
    page = there.gmail(layout=layout, hl=language)
    writing = compose(page, LUCIA, subject, words)
    writing.ready(tracked)
    writing.send()
    letter = there.letter(LUCIA, subject)
    assert_tracked(letter)
    there.viewed(page, letter)


@once
def test_a_mail_switched_off_leaves_as_it_was_written(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Off, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    writing.switch.press("Space")
    writing.ready("Not tracked")
    writing.send()
    assert_plain(there.letter(LUCIA, subject))


@once
def test_what_the_server_did_not_acknowledge_leaves_as_it_was_written_and_at_once(
    there: Stage, gmail: Page, layout: str
) -> None:
    subject = f"Too fast, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    there.front.closed.add("livefeed.example.test")
    try:
        writing.insert_link("terms", "https://www.fjordline.example/terms")
        writing.body.press("Control+Enter")
        letter = there.letter(LUCIA, subject)
    finally:
        there.front.closed.clear()
    assert sorted(link.url.startswith(f"{URL}/c/") for link in letter.links) == [False, True]


@once
def test_a_colleague_is_not_tracked_and_the_switch_says_why(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Among us, {layout}"
    writing = compose(gmail, "mateo.rivas@fjordline.example", subject)
    expect(writing.switch).to_have_accessible_description("Not tracked: mateo.rivas@fjordline.example is a colleague")
    writing.send()
    sent = there.sent(subject)
    assert f"{URL}/" not in sent.html


def test_old_pixels_and_links_of_ours_are_taken_out_of_quoted_text(there: Stage, gmail: Page, layout: str) -> None:
    subject = f"Back and forth, {layout}"
    writing = compose(gmail, LUCIA, subject)
    writing.ready()
    writing.send()
    first = there.letter(LUCIA, subject)
    quoted = f"<p>Thanks.</p><div class='gmail_quote'><blockquote class='gmail_quote'>{first.html}</blockquote></div>"
    there.incoming(f"Re: {subject}", html=quoted)
    gmail.evaluate("location.hash = 'inbox'")
    answer = answering(gmail, f"Re: {subject}")
    answer.write(text="Gladly. ", link="")
    answer.ready()
    answer.send()
    second = there.letter(LUCIA, f"Re: {subject}")
    assert len(pixels(second)) == 1
    assert pixels(second) != pixels(first)
    assert LINK in [link.url for link in second.links]
