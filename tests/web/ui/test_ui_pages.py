"""Every page: whole, in three languages, at every width, without a violation that axe can find."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.axe import AXE, violations_light_or_dark, with_axe
from tests.web.ui import facts
from tests.web.ui.conftest import Open
from tests.web.ui.pretend import Script

pytestmark = pytest.mark.browser

LETTERS = [
    "/auth/sign-in",
    "/auth/sign-in?notice=not-invited",
    "/auth/consent",
    "/auth/consent?notice=partial",
    "/auth/setup/once",
    "/auth/setup/once?notice=used",
    "/auth/setup/once?notice=wrong",
    "/error/400",
    "/error/401",
    "/error/403",
    "/error/404",
    "/error/405",
    "/error/409",
    "/error/410",
    "/error/413",
    "/error/422",
    "/error/429",
    "/error/500",
    "/error/502",
    "/error/503",
    "/bad-link",
    "/opt-out/on",
    "/opt-out/off",
    "/opt-out/none",
    "/opt-out/shared",
    "/opt-out/shared-off",
    "/opt-out/bad",
    "/privacy",
    "/stop/on",
    "/stop/off",
    "/stop/bad",
]
PAGES = [
    "/live",
    "/live?tab#tasks",
    "/live?tab#targets",
    "/",
    "/feed",
    "/tasks",
    "/targets",
    "/best-bets",
    "/lead-feed",
    "/watch-list",
    "/subscriptions",
    "/messages",
    "/messages/m-pricing-",
    "/messages/m-quiet",
    "/messages?viewed=no",
    "/team",
    "/settings",
    "/help",
    "/admin",
    "/admin/rss",
    "/admin/ranks",
    "/admin/ranks/wrong",
    "/admin/people",
    "/admin/people/wrong",
    "/admin/people/u-bram",
    "/admin/people/u-elias",
    "/admin/tracking",
    "/admin/tracking/asked",
    "/admin/privacy",
    "/admin/privacy/preview",
    "/admin/audit",
    "/admin/audit/none",
    "/admin/google",
    "/admin/salesforce",
    "/admin/mail",
    "/lead-feed/rss",
    "/lead-feed/rss/none",
]


def settled(page: Page) -> Page:
    if page.locator("[data-lf]").count():
        page.wait_for_selector(".conn:not(.waiting)")
    return page


def missing_texts(page: Page) -> list[str]:
    """A text nobody wrote shows as its key, such as `feed.viewed`."""
    words = page.locator("body").inner_text().split()
    return [
        word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z-]+", word) and not word.endswith((".pdf", ".example"))
    ]


@with_axe
def test_axe_finds_nothing_in_what_opens(visit: Open) -> None:
    page = settled(visit(reduced_motion="reduce", live=False))
    page.locator(".hidden-note button").click()
    page.locator("lf-row").nth(1).locator(".what").click()
    page.wait_for_selector(".hits li")
    assert violations_light_or_dark(page) == []
    page.get_by_role("button", name="Filter and machine traffic").click()
    assert violations_light_or_dark(page) == []
    page.keyboard.press("Escape")
    page.locator("lf-row").nth(1).locator(".side .ib").click()
    page.get_by_role("menuitem", name="Archive tracking").wait_for()
    assert violations_light_or_dark(page) == []
    page.get_by_role("menuitem", name="Archive tracking").click()
    page.locator(".toast").wait_for()
    assert violations_light_or_dark(page) == []


# French has the longest words; that nothing is missing in a catalogue is told by tests/test_catalogues.py.
@pytest.mark.parametrize("locale", [*(pytest.param(other, marks=pytest.mark.slow) for other in ("en", "zh-TW")), "fr"])
def test_every_page_is_whole(visit: Open, base: str, locale: str) -> None:
    page = visit("/help", 1280, 860, reduced_motion="reduce")
    for path in [*PAGES, *LETTERS]:
        page.set_viewport_size({"width": 640, "height": 640})
        place, _, tab = path.partition("#")
        page.goto(f"{base}{place}{'&' if '?' in path else '?'}locale={locale}#{tab}")
        settled(page)
        assert missing_texts(page) == [], path
        assert_no_sideways(page, path)
        # To load a page takes longer than to look at it: whoever is here looks for everything.
        if AXE.exists():
            page.set_viewport_size({"width": 1280, "height": 860})
            assert violations_light_or_dark(page) == [], path


def assert_no_sideways(page: Page, path: str) -> None:
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 640})
        # Segments that no longer fit become a select in the next frame.
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
        assert page.evaluate("[...document.querySelectorAll('.scroll')].every(box => box.scrollWidth <= box.clientWidth)"), (
            path,
            width,
        )


def test_a_message_tells_everything_and_keeps_itself_current(visit: Open, script: Script) -> None:
    page = visit("/messages/m-pricing-", 1280, 860)
    expect(page.locator(".figures dd")).to_have_text(["5", "1", "0", "3", "1", "2"])
    expect(page.locator(".note")).to_contain_text("It was read in 2 places and on 4 devices.")
    expect(page.get_by_role("button", name="Machine 3")).to_be_visible()
    expect(page.locator("tbody tr").filter(has_text="Followed a view by 9 s after-view")).to_have_count(1)
    page.get_by_role("button", name="Machine 3").click()
    expect(page.locator("table").first.locator("tbody tr")).to_have_count(3)
    known = script.messages["m-pricing-"]
    script.messages["m-pricing-"] = known | {"counts": known["counts"] | {"views": 6}}
    script.tell(facts.item(120, "view", facts.at(14, 31), facts.AISSATOU, "Baobab Énergie", "Pricing for 40 vehicles", count=6))
    expect(page.locator(".figures dd").first).to_have_text("6")


def test_a_message_can_be_archived_from_its_page(visit: Open) -> None:
    page = visit("/messages/m-pricing-", 1280, 860)
    page.get_by_role("button", name="Archive tracking").click()
    expect(page.get_by_text("Tracking is archived.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Tracking is archived.")).to_have_count(0)


def test_apple_mail_and_what_came_back_are_said_on_the_message(visit: Open) -> None:
    page = visit("/messages/m-quiet", 1280, 860)
    expect(page.get_by_text("Reached Apple Mail; reading can’t be known.")).to_be_visible()
    expect(page.locator(".mailrow")).to_have_count(2)
    expect(page.locator(".mailrow").nth(1)).to_contain_text("Mailbox full")


def test_the_language_is_saved_with_the_csrf_token(visit: Open) -> None:
    page = visit("/settings", 1280, 860)
    page.get_by_role("combobox", name="Language").select_option("fr")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Paramètres")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_the_machines_zone_holds_and_is_kept_until_another_is_chosen(visit: Open, script: Script) -> None:
    script.zone = None
    page = visit("/settings", 1280, 860, timezone_id="Europe/Oslo")
    expect(page.get_by_role("combobox", name="Time zone")).to_have_value("Europe/Oslo")
    assert script.zone == "Europe/Oslo"


@pytest.mark.parametrize(("path", "target"), [("/", None), ("/live", "_blank")])
def test_a_dead_grant_is_said_on_every_screen_until_it_is_mended(
    visit: Open, script: Script, path: str, target: str | None
) -> None:
    script.gmail = "reconnect-needed"
    page = visit(path, 1280, 860)
    note = page.locator("lf-mailbox")
    expect(note).to_contain_text("Google no longer lets us see your sent mail")
    expect(note).to_contain_text("Last look at your mailbox: 13:01.")
    link = note.get_by_role("link", name="Reconnect Gmail")
    assert (link.get_attribute("href"), link.get_attribute("target")) == ("/auth/gmail", target)
    script.gmail = "ok"
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the rep comes back from there
    expect(note).to_be_empty()
    page.evaluate(
        "Promise.all([...document.querySelectorAll('lf-window')].map(one => (one.requestUpdate(), one.updateComplete)))"
    )
    expect(note).to_be_empty()


def test_an_open_window_learns_that_gmail_is_slow_and_promises_no_remedy(visit: Open, script: Script) -> None:
    page = visit("/live?locale=fr", live=False)
    note = page.locator("lf-mailbox")
    expect(note).to_be_empty()
    script.gmail = "degraded"
    page.evaluate("document.querySelector('lf-mailbox').load()")
    expect(note).to_contain_text("Dernière lecture de votre messagerie\u202f: 13\u202fh\u202f01.")
    expect(note.get_by_role("link")).to_have_count(0)
    assert violations_light_or_dark(page) == []
    since = "element => { element.gmail = { ...element.gmail, since: new Date(Date.now() - %d * 1000).toISOString() } }"
    note.evaluate(since % 60)
    expect(note).to_be_empty()  # what mends itself at once is worth no word
    note.evaluate(since % 180)
    expect(note).to_contain_text("Gmail répond lentement")


def test_a_broken_tracked_link_speaks_three_languages_and_names_nobody(visit: Open) -> None:
    page = visit("/bad-link?locale=fr", live=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne mène nulle part")
    expect(page.get_by_role("heading", level=2)).to_have_text(["This link doesn’t lead anywhere", "這個連結無效"])
    assert "Live Feed" not in page.content()
