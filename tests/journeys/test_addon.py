"""The Gmail add-on in a real browser, where the sandbox plays its host: from what happened to a task, a person, and a draft."""

from playwright.sync_api import Browser, expect

from tests.journeys.installation import NORA, Stage, until
from tests.journeys.test_every_screen import LUCIA, SUBJECT, send
from tests.journeys.ways import a_page, in_chromium

pytestmark = in_chromium


def test_from_what_happened_to_a_task_a_person_and_a_tracked_draft(on_sqlite: Stage, chromium: Browser) -> None:
    send(on_sqlite)
    on_sqlite.sandbox.people.open(on_sqlite.letter(LUCIA[1]), fresh=True)
    thread = on_sqlite.line("view", SUBJECT)["message"]["thread_url"].rpartition("/")[2]
    cards = f"{on_sqlite.sandbox_url}/cards/?account={NORA}"
    with a_page(chromium, viewport={"width": 1100, "height": 900}) as page:
        card = page.frame_locator("iframe")
        page.goto(f"{cards}&card=home&platform=ANDROID")
        expect(card.locator("lf-card")).to_contain_text(LUCIA[0])
        card.get_by_role("button", name="New task").click()
        card.get_by_label("What is to do").fill("Call about the depots")
        card.get_by_role("button", name="Save").click()
        expect(card.locator("lf-card")).to_contain_text("Call about the depots")
        until(lambda: on_sqlite.nora.api("GET", "/api/v1/tasks?when=all")["items"], "the task is stored")

        page.goto(f"{cards}&card=message&thread={thread}")
        expect(card.locator("lf-card")).to_contain_text("1 view")
        card.get_by_role("button", name="Stop tracking").click()
        until(lambda: on_sqlite.line("view", SUBJECT)["message"]["archived"], "archived")

        page.goto(f"{cards}&card=compose&addresses={LUCIA[1]}")
        card.get_by_role("button", name="Insert tracking").click()
        expect(card.locator("#draft")).to_contain_text("/o/")
        expect(card.locator("#draft")).to_contain_text(".gif")
