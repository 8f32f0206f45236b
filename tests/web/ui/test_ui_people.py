"""The list of people, a table brought in, and the page of one person: the product itself, in a real browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from server.services.person import Given
from tests.axe import violations, with_axe
from tests.web.ui.people import NOW, Stage, staged
from tests.web.ui.test_ui_pages import missing_texts

pytestmark = pytest.mark.browser
ROWS = ".people tbody tr:not(.gap)"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("people")) as found:
        yield found


@pytest.fixture
def visit(chromium: Browser, stage: Stage) -> Iterator[Open]:
    complaints: list[str] = []
    contexts = []

    def open_page(path: str, width: int = 1280, **more: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **more)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_cookies([stage.cookie()])  # type: ignore[list-item]
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.clock.set_fixed_time(NOW)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.goto(stage.url + path)
        page.get_by_text("Live", exact=True).first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [each for each in complaints if "Failed to load resource" not in each] == []


def of(stage: Stage) -> str:
    return f"/people/{stage.person['id']}"


def test_people_are_searched_filtered_and_the_search_is_saved(visit: Open) -> None:
    page = visit("/people")
    count = page.locator("lf-people p.count")
    expect(count).to_have_text(re.compile(r"\d+ people"))
    everybody = count.inner_text()
    page.get_by_role("button", name="Mine").click()
    expect(count).not_to_have_text(everybody)
    page.keyboard.press("Escape")
    page.get_by_label("Score from").fill("60")
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(ROWS)).to_contain_text("Aïssatou Diallo")
    page.get_by_role("button", name="Saved searches").click()
    page.get_by_placeholder("Name").fill("Hot and mine")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Clear filters").click()
    expect(count).to_have_text(everybody)
    page.locator("lf-searches > button").click()
    page.get_by_role("button", name="Hot and mine", exact=True).click()
    expect(page.locator(ROWS)).to_have_count(1)
    assert "whose=mine" in page.url
    page.reload()
    expect(page.locator(ROWS)).to_have_count(1)
    with page.expect_download() as waited:
        page.get_by_role("link", name="Export").click()
    assert waited.value.path().read_text("utf-8-sig").splitlines()[1].startswith("Aïssatou Diallo,aissatou.diallo@baobab")


def test_the_list_is_walked_and_opened_by_keys(visit: Open, stage: Stage) -> None:
    page = visit("/people")
    page.locator(ROWS).first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("diallo")
    expect(page.locator(ROWS)).to_have_count(1)
    page.keyboard.press("Tab")
    page.locator(ROWS).first.focus()
    page.keyboard.press(".")
    expect(page.get_by_role("menuitem", name="Person’s page")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(ROWS).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aïssatou Diallo")


def test_a_table_is_looked_at_before_it_is_stored(visit: Open, stage: Stage) -> None:
    page = visit("/people/import")
    table = "Email,Name,Score,Shoe size\nnew@firm.example,New One,40,44\nnobody,,,\np0@firm0.example,,high,\n"
    page.get_by_label("Choose a CSV file").set_input_files({"name": "t.csv", "mimeType": "text/csv", "buffer": table.encode()})
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    expect(page.locator(".figures dd")).to_have_text(["1", "0", "0", "2"])
    expect(page.get_by_text("Not used: Shoe size")).to_be_visible()
    wrong = page.locator(".tbl tbody tr")
    expect(wrong.nth(0)).to_have_text("3Email“nobody” is not a mail address, such as ana@firm.example")
    expect(wrong.nth(1)).to_have_text("4Score“high” is not a score; write a whole number, such as 87")
    page.get_by_role("button", name="Import 1 person").click()
    expect(page.get_by_text("The rows that were right are stored.")).to_be_visible()
    page.get_by_role("link", name="See the people").click()
    expect(page.get_by_role("link", name="New One")).to_be_visible()


def test_a_person_has_all_of_it_on_one_page(visit: Open, stage: Stage) -> None:
    page = visit(of(stage))
    rows = page.locator("lf-timeline .item")
    expect(rows).to_have_count(6)
    expect(rows.nth(1)).to_contain_text("3 views")
    expect(page.get_by_text("15:32, same as yours")).to_be_visible()
    page.get_by_role("button", name="Marketing", exact=True).click()
    expect(rows).to_have_count(3)
    page.get_by_placeholder("Search this timeline").fill("calculator")
    expect(rows).to_have_count(1)
    page.get_by_placeholder("Search this timeline").fill("")
    page.get_by_role("button", name="All", exact=True).click()
    expect(rows).to_have_count(6)
    stage.views(0, link=1, address="new")
    expect(rows.first).to_contain_text("2 clicks")  # live
    page.get_by_role("checkbox", name="Complete: Send the revised price for 40 vehicles").check()
    expect(page.locator("lf-timeline .item").filter(has_text="Send the revised price")).to_contain_text("Done")


def test_details_are_edited_in_place_and_nobody_is_overwritten(visit: Open, stage: Stage) -> None:
    page = visit(of(stage))
    page.get_by_role("button", name="Edit details").click()
    page.get_by_label("Title").fill("Head of fleet")
    now = stage.product.people.get(stage.bram, stage.person["id"])
    changed = Given(frozenset({"account"}), account="Baobab")
    stage.product.people.change(stage.bram, now["id"], now["version"], changed)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Account: Baobab")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator(".person-head")).to_contain_text("Head of fleet, Baobab")
    kept = stage.product.people.get(stage.nora, stage.person["id"])
    assert (kept["title"], kept["account"]) == ("Head of fleet", "Baobab")
    page.get_by_role("button", name="Edit details").click()
    page.get_by_label("Telephone numbers").fill("Mobile: 12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Numbers with + and the country’s code")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Edit details")).to_be_focused()


def test_a_yes_needs_its_purpose_and_its_proof(visit: Open, stage: Stage) -> None:
    page = visit("/people?q=kenji")
    page.get_by_role("link", name="Kenji Sato").click()
    page.get_by_role("button", name="Change consent").click()
    page.get_by_role("radio", name="Granted").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Say how this consent can be shown")
    page.get_by_label("Proof").fill("Web form of the autumn fair")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("lf-consent .state")).to_have_text("Granted")
    expect(page.locator("lf-consent")).to_contain_text("Engagement with sales mail")


def test_watching_shows_at_once_and_who_does_neither_sees_no_marketing(visit: Open, stage: Stage) -> None:
    stage.product.users.choose(stage.bram, "en", "Europe/Paris")
    page = visit("/people")
    page.context.clear_cookies()
    page.context.add_cookies([stage.cookie(stage.bram)])  # type: ignore[list-item]
    page.goto(stage.url + of(stage))
    expect(page.get_by_role("heading", name="Score")).to_have_count(0)
    expect(page.get_by_role("button", name="Marketing", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Watch", exact=True).click()
    expect(page.get_by_role("heading", name="Score")).to_be_visible()
    page.get_by_role("button", name="Stop watching").click()
    expect(page.get_by_role("heading", name="Score")).to_have_count(0)


@with_axe
def test_the_pages_are_for_everybody(visit: Open, stage: Stage) -> None:
    page = visit("/people", 1280, reduced_motion="reduce")
    for path, ready in (("/people", ROWS), ("/people/import", ".drop"), (of(stage), "lf-event")):
        page.goto(stage.url + path)
        page.locator(ready).first.wait_for()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert violations(page) == [], (path, scheme)
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.scrollingElement.scrollWidth <= 320"), path
        page.set_viewport_size({"width": 1280, "height": 900})
        assert missing_texts(page) == []
    page.get_by_role("button", name="Edit details").click()
    assert violations(page) == []
