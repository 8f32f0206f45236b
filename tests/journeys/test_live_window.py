"""What the product is for, in a real browser: mail leaves Gmail, somebody acts, the window shows it without a reload."""

from playwright.sync_api import Browser, expect

from tests.journeys.installation import Stage
from tests.journeys.ways import a_page, compose, connect_gmail, in_chromium, sign_in

pytestmark = in_chromium
LUCIA = "lucia.fernandez@ebro.example"
SUBJECT = "Pilot plan, two depots"


def test_from_compose_to_the_live_window_through_a_crash(on_sqlite: Stage, chromium: Browser) -> None:
    stage, people = on_sqlite, on_sqlite.sandbox.people
    with a_page(chromium) as nora:
        sign_in(nora, stage)
        connect_gmail(nora, stage)
        window = nora.context.new_page()
        window.set_viewport_size({"width": 380, "height": 640})
        window.goto(f"{stage.product.url}/live")
        lines = window.get_by_role("region", name="Engagement").get_by_role("listitem")
        footer = window.locator("footer")
        expect(footer).to_contain_text("Live")
        window.evaluate("window.neverReloaded = true")

        compose(nora, stage, LUCIA, SUBJECT)
        letter = stage.letter(LUCIA)
        people.open(letter, fresh=True)
        expect(lines.filter(has_text="Viewed").filter(has_text=SUBJECT)).to_be_visible()
        people.click(letter, 1)
        expect(lines.filter(has_text="Clicked").filter(has_text="pilot plan")).to_be_visible()

        stage.product.kill()
        expect(footer).to_contain_text("Offline")
        people.reply(letter, "Gladly.")
        stage.product.start()
        people.open(letter, fresh=True)
        # The longer it was away, the longer the window waits before it asks again.
        expect(footer).to_contain_text("Live", timeout=60_000)
        expect(lines.filter(has_text="Replied").filter(has_text="Lucía")).to_be_visible()
        expect(lines.filter(has_text="2 views")).to_be_visible()
        assert window.evaluate("window.neverReloaded")
