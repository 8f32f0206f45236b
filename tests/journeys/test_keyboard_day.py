"""A rep's whole day by keyboard, in a real browser; and what two reps do to one task at the same time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from server.sandbox.demo import StoryMail, send_by_hand
from server.sandbox.stories import MATEO
from server.services.suggestions import Suggestions
from server.services.worklist import Worklist
from server.storage.database import Database
from tests.journeys.hands import Hands, refuse_the_mouse
from tests.journeys.installation import Stage, stage, until
from tests.journeys.ways import a_page, in_chromium, sign_in

pytestmark = in_chromium
LUCIA = ("Lucía Fernández Ortega", "lucia.fernandez@ebro.example")
TOMASZ = ("Tomasz Wójcik", "tomasz.wojcik@wisla.example")
PLAN, ANSWERS = "Pilot plan, two depots", "Security questionnaire"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two mails went out; the one was read, in the other a link was clicked twice, of which a suggestion came."""
    home = tmp_path_factory.mktemp("day")
    with stage(home) as made:
        html = '<p>Here is the <a href="https://www.fjordline.example/pricing">pricing</a>.</p>'
        for to, subject in ((LUCIA, PLAN), (TOMASZ, ANSWERS)):
            send_by_hand(made.sandbox.world, made.nora, StoryMail((to,), subject, html))
        made.sandbox.people.open(made.letter(LUCIA[1]), fresh=True)
        for _ in range(2):
            made.sandbox.people.click(made.letter(TOMASZ[1]), 1)
        made.line("view", PLAN)
        until(lambda: made.line("click", ANSWERS)["count"] == 2, "two clicks")
        made.sandbox.companions.of(MATEO).sign_in()
        look_for_suggestions(home / "livefeed.db")
        yield made


def look_for_suggestions(path: Path) -> None:
    """As the job does that comes every ten minutes."""
    database = Database(f"sqlite:///{path}")

    def now() -> datetime:
        return datetime.now(UTC)

    Suggestions(database, Worklist(database, now), now).find()
    database.close()


def go(hands: Hands, name: str, shows: str) -> None:
    """By the navigation to another page, and once all around it."""
    page = hands.page
    hands.choose(
        page.get_by_role("navigation", name="Main").get_by_role("list").get_by_role("link", name=re.compile(f"^{name}"))
    )
    arrive(hands, page.locator(shows))


def arrive(hands: Hands, shown: Locator) -> None:
    expect(shown.first).to_be_visible()
    assert hands.all_around() > 15


def toast(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


def task(page: Page, name: str) -> Locator:
    return page.locator("lf-task").filter(has_text=name)


def test_the_whole_day_is_done_by_keyboard(day: Stage, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_the_mouse(monkeypatch)
    with a_page(chromium) as page:
        hands = Hands(page)
        come_in(hands, day)
        follow_the_feed(hands)
        do_what_is_due(hands, day)
        write_a_mail(hands, day)
        keep_a_person(hands, day)
        keep_messages(hands, day)
        set_and_leave(hands, day)


def come_in(hands: Hands, day: Stage) -> None:
    page = hands.page
    page.goto(f"{day.product.url}/")
    hands.choose(page.get_by_role("button", name="Sign in with Google"))
    hands.choose(page.get_by_role("button", name="Nora Lindqvist"))
    arrive(hands, page.locator("lf-glance lf-row, lf-glance li"))
    hands.press("/")
    hands.at(page.get_by_role("combobox", name="Search people and messages"))
    hands.write("pilot")
    expect(page.get_by_role("option", name=PLAN)).to_be_visible()
    hands.press("ArrowDown", "Escape")
    expect(page.get_by_role("option")).to_have_count(0)


def follow_the_feed(hands: Hands) -> None:
    page = hands.page
    go(hands, "Live Feed", "lf-row")
    clicked, read = (page.locator("lf-row").filter(has_text=name).first for name in (TOMASZ[0], LUCIA[0]))
    hands.press("j", "j", "k")
    hands.at(clicked)
    hands.press("Enter")
    expect(clicked.get_by_role("list")).to_be_visible()
    hands.press("Escape", ".")
    hands.at(page.get_by_role("menuitem").first)
    hands.to(page.get_by_role("menuitem", name="New task"), "ArrowDown")
    hands.press("Enter")
    hands.at(page.get_by_role("dialog", name="New task").get_by_label("Name"))
    hands.write_anew("Call about the prices")
    hands.press("Enter")
    expect(toast(page, "Task saved")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    hands.at(clicked)
    hands.press("j")
    hands.at(read)
    hands.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(PLAN)
    arrive(hands, page.locator("lf-message"))


def do_what_is_due(hands: Hands, day: Stage) -> None:
    page = hands.page
    go(hands, "Tasks", "lf-task")
    hands.press("n")
    hands.at(page.get_by_role("dialog", name="New task").get_by_label("Name"))
    hands.write("Book the hall")
    hands.press("Enter")
    expect(task(page, "Book the hall")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)

    suggestion = page.locator(".suggestion").first
    name = suggestion.locator(".name").inner_text()
    hands.to(suggestion, "k")
    hands.press("a")
    expect(task(page, name)).to_be_visible()

    hall, prices = task(page, "Book the hall"), task(page, "Call about the prices")
    hands.to(hall, "j")
    hands.press("Tab")
    hands.at(hall.get_by_role("checkbox"))
    hands.press("Space")
    expect(toast(page, "Task completed")).to_be_visible()
    hands.press("z")
    expect(hall.get_by_role("checkbox")).not_to_be_checked()
    hands.to(prices, "k")
    hands.press(".")
    hands.at(page.get_by_role("menuitem").first)
    hands.to(page.get_by_role("menuitem", name="Snooze until tomorrow"), "ArrowDown")
    hands.press("Enter")
    expect(toast(page, "Put off to")).to_be_visible()


def write_a_mail(hands: Hands, day: Stage) -> None:
    page = hands.page
    hands.press("c")
    letter = page.get_by_role("dialog", name="New mail")
    hands.at(letter.get_by_role("combobox", name="To"))
    hands.write("lucia")
    expect(letter.get_by_role("option").first).to_contain_text(LUCIA[0])
    hands.press("ArrowDown", "Enter")
    hands.to(letter.get_by_label("Subject"))
    hands.write("The second depot")
    hands.to(letter.get_by_role("textbox", name="Text"))
    hands.write("When shall we meet there?")
    hands.choose(letter.get_by_role("button", name="Send", exact=True))
    expect(toast(page, "Sent to")).to_be_visible()
    hands.press("z")
    hands.at(letter.get_by_role("textbox", name="Text"))
    hands.choose(letter.get_by_role("button", name="Send", exact=True))
    expect(toast(page, "Sent to")).to_be_visible()


def keep_a_person(hands: Hands, day: Stage) -> None:
    page = hands.page
    go(hands, "Home", "lf-trend svg")
    hands.press("/")
    hands.write("lucia")
    expect(page.get_by_role("option", name=LUCIA[0]).first).to_be_visible()
    hands.press("ArrowDown", "Enter")
    arrive(hands, page.get_by_role("button", name="Change consent"))
    hands.choose(page.get_by_role("button", name="Edit details"))
    hands.at(page.get_by_label("Name", exact=True))
    hands.to(page.get_by_label("Title", exact=True))
    hands.write_anew("Head of fleet")
    hands.press("Enter")
    expect(toast(page, "Details saved")).to_be_visible()
    hands.at(page.get_by_role("button", name="Edit details"))
    hands.choose(page.get_by_role("button", name="Change consent"))
    hands.to(page.get_by_role("radio", name="Granted"), "ArrowDown")
    hands.to(page.get_by_label("Proof", exact=True))
    hands.write("She said so on the phone")
    hands.choose(page.locator("lf-consent").get_by_role("button", name="Save"))
    expect(toast(page, "Consent saved")).to_be_visible()
    hands.at(page.get_by_role("button", name="Change consent"))
    found = day.nora.api("GET", f"/api/v1/people/{page.url.rpartition('/')[2]}")
    assert found["title"] == "Head of fleet"
    assert day.nora.api("GET", f"/api/v1/people/{found['id']}/consent")["state"] == "granted"


def keep_messages(hands: Hands, day: Stage) -> None:
    page = hands.page
    go(hands, "Messages", ".messages tbody tr")
    hands.press("/")
    hands.at(page.get_by_role("searchbox"))
    hands.write("pilot")
    rows = page.locator(".messages tbody tr")
    expect(rows).to_have_count(1)
    hands.choose(page.get_by_role("button", name="Saved searches"))
    hands.at(page.get_by_role("dialog", name="Saved searches").get_by_role("textbox"))
    hands.write("Pilots")
    hands.press("Enter")
    expect(toast(page, "Search saved")).to_be_visible()
    hands.at(page.get_by_role("button", name="Pilots"))
    box = page.get_by_role("checkbox", name=f"Select “{PLAN}”")
    hands.to(box)
    hands.press("Space")
    hands.choose(page.get_by_role("button", name="Archive tracking"))
    expect(rows.get_by_text("Not tracked any more")).to_be_visible()
    hands.at(box)


def set_and_leave(hands: Hands, day: Stage) -> None:
    page = hands.page
    go(hands, "Settings", "lf-devices li, lf-devices p")
    hands.to(page.get_by_role("switch", name="Suggest tasks from engagement"))
    hands.press("Space")
    until(lambda: not day.nora.api("GET", "/api/v1/me")["preferences"]["suggestions"], "nothing is suggested any more")
    hands.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_text("Undo what was done last")).to_be_visible()
    hands.press("Escape")
    expect(keys).to_have_count(0)
    hands.at(page.get_by_role("switch", name="Suggest tasks from engagement"))
    hands.all_around()
    hands.choose(page.get_by_role("button", name="Sign out", exact=True))
    expect(page.get_by_role("button", name="Sign in with Google")).to_be_visible()
    assert day.letter(LUCIA[1], "The second depot")


def test_two_reps_at_one_task_lose_nothing_unseen(day: Stage, chromium: Browser) -> None:
    mateo_id = day.sandbox.companions.of(MATEO).api("GET", "/api/v1/me")["id"]
    today = day.nora.api("GET", "/api/v1/tasks?when=all")["today"]
    written = {"name": "Visit the depot", "type": "call", "priority": "normal", "due_on": today, "details": ""}
    made = day.nora.api("POST", "/api/v1/tasks", written | {"assignee": mateo_id})
    with a_page(chromium) as nora, a_page(chromium) as mateo:
        for page, name in ((nora, "Nora Lindqvist"), (mateo, "Mateo Rivas")):
            sign_in(page, day, name)
            page.goto(f"{day.product.url}/tasks")
        nora.get_by_role("button", name="Given to others").click()
        for page in (nora, mateo):
            task(page, "Visit the depot").locator(".name").click()
            expect(beside(page).get_by_label("Name", exact=True)).to_be_focused()
        beside(nora).get_by_label("Details").fill("Bring the plan")
        beside(nora).get_by_label("Name", exact=True).fill("Visit both depots")
        beside(mateo).get_by_label("Name", exact=True).fill("Visit the depot in Zaragoza")
        beside(mateo).get_by_label("Priority").select_option("high")
        beside(mateo).get_by_role("button", name="Save").click()
        expect(toast(mateo, "Task saved")).to_be_visible()

        beside(nora).get_by_role("button", name="Save").click()
        conflict = beside(nora).get_by_role("alert")
        expect(conflict).to_contain_text("Mateo Rivas")
        expect(conflict).to_contain_text("Visit the depot in Zaragoza")
        expect(beside(nora).get_by_label("Details")).to_have_value("Bring the plan")
        conflict.get_by_role("button", name="Keep mine").click()
        expect(toast(nora, "Task given to Mateo Rivas")).to_be_visible()

        beside(mateo).get_by_label("Details").fill("Call first")
        beside(mateo).get_by_role("button", name="Save").click()
        conflict = beside(mateo).get_by_role("alert")
        expect(conflict).to_contain_text("Nora Lindqvist")
        expect(conflict).to_contain_text("Bring the plan")
        conflict.get_by_role("button", name="Take theirs").click()
        expect(beside(mateo).get_by_label("Details")).to_have_value("Bring the plan")
    kept = day.nora.api("GET", f"/api/v1/tasks/{made['id']}")
    assert (kept["name"], kept["details"], kept["priority"]) == ("Visit both depots", "Bring the plan", "high")


def beside(page: Page) -> Locator:
    return page.get_by_role("region", name="Edit task")
