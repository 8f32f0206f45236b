"""What every screen shares, in a real browser: a task from a line, a target that rises, a card, a no."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import Browser, expect

from server.sandbox.companion import Mailto
from server.sandbox.demo import StoryMail, send_by_hand
from server.sandbox.stories import REPS
from tests.journeys.installation import NORA, Stage, until
from tests.journeys.ways import a_page, in_chromium, sign_in

pytestmark = in_chromium
LUCIA = ("Lucía Fernández Ortega", "lucia.fernandez@ebro.example")
TOMASZ = ("Tomasz Wójcik", "tomasz.wojcik@wisla.example")
CLAIRE = ("Claire Dubois", "claire.dubois@atelier.example")
SUBJECT, CARD, NO = "Pilot plan, two depots", "For a card", "Sent yesterday"
MATEO = REPS[1][0]


def send(stage: Stage, subject: str = SUBJECT, to: tuple[str, str] = LUCIA) -> None:
    html = '<p>Here is the <a href="https://www.fjordline.example/pilot">pilot plan</a>.</p>'
    send_by_hand(stage.sandbox.world, stage.nora, StoryMail((to,), subject, html))


def task_of(stage: Stage) -> dict[str, Any]:
    items: list[dict[str, Any]] = stage.nora.api("GET", "/api/v1/tasks?when=all&done=true")["items"]
    return next(one for one in items if one["name"] == "Call about the depots")


def test_a_task_is_made_from_a_line_done_and_undone(company: Stage, chromium: Browser) -> None:
    send(company)
    company.sandbox.people.open(company.letter(LUCIA[1]), fresh=True)
    with a_page(chromium, viewport={"width": 380, "height": 640}) as nora:
        sign_in(nora, company)
        nora.goto(f"{company.product.url}/live")
        nora.get_by_role("button", name=f"Actions for {LUCIA[0]}").first.click()
        nora.get_by_role("menuitem", name="New task").click()
        sheet = nora.get_by_role("dialog", name="New task")
        expect(sheet.get_by_label("Person")).to_have_value(LUCIA[0])
        sheet.get_by_label("Name").fill("Call about the depots")
        sheet.get_by_role("button", name="Save").click()
        nora.get_by_role("tab", name="Tasks").click()
        task = nora.locator("lf-task").filter(has_text="Call about the depots")
        task.get_by_role("checkbox").check()
        until(lambda: task_of(company)["completed_at"], "done")
        nora.get_by_role("button", name="Undo").click()
        expect(task.get_by_role("checkbox")).not_to_be_checked()
        until(lambda: not task_of(company)["completed_at"], "open again")


def test_a_target_appears_when_a_score_rises_and_not_when_it_falls(company: Stage, chromium: Browser) -> None:
    api = company.nora.api
    me = api("GET", "/api/v1/me")["id"]
    rising, falling = (
        api("POST", "/api/v1/people", {"name": name, "addresses": [f"{name.lower()}@ebro.example"], "owner": me})
        for name in ("Rising", "Falling")
    )
    with a_page(chromium, viewport={"width": 380, "height": 640}) as nora:
        sign_in(nora, company)
        nora.goto(f"{company.product.url}/live")
        nora.get_by_role("tab", name="Targets").click()
        for person, scores in ((rising, (40, 55)), (falling, (90, 60))):
            for score in scores:
                api("POST", f"/api/v1/people/{person['id']}/score", {"score": score})
        nora.reload()
        nora.get_by_role("tab", name="Targets").click()
        targets = nora.locator("lf-targets")
        expect(targets).to_contain_text("Rising")
        expect(targets).to_contain_text("55")
        expect(targets).not_to_contain_text("Falling")


def test_a_card_is_right_for_its_rep_and_empty_for_another(company: Stage, chromium: Browser) -> None:
    send(company, CARD, TOMASZ)
    company.sandbox.people.open(company.letter(TOMASZ[1]), fresh=True)
    thread = company.line("view", CARD)["message"]["thread_url"].rpartition("/")[2]
    company.sandbox.companions.of(MATEO).sign_in()
    with a_page(chromium) as page:
        page.goto(f"{company.sandbox_url}/cards/?account={NORA}&card=message&thread={thread}")
        card = page.frame_locator("iframe")
        expect(card.get_by_text(TOMASZ[0]).first).to_be_visible()
        expect(card.locator("lf-card")).to_contain_text("1 view")
        page.goto(f"{company.sandbox_url}/cards/?account={MATEO}&card=compose&addresses={TOMASZ[1]}")
        expect(card.locator("lf-card")).not_to_be_empty()
        expect(card.locator("lf-card")).not_to_contain_text("1 view")
        expect(card.locator("lf-card")).not_to_contain_text(CARD)


def test_a_no_in_french_silences_a_mail_sent_yesterday(company: Stage, chromium: Browser) -> None:
    stage, people = company, company.sandbox.people
    policy = stage.nora.api("GET", "/api/v1/privacy/policy")
    stage.nora.api("PUT", "/api/v1/privacy/policy", policy | {"default": "notice-and-opt-out"})
    stage.sandbox.world.clock.advance(timedelta(days=-1))
    send(stage, NO, CLAIRE)
    stage.sandbox.world.clock.advance(timedelta(days=1))
    letter = stage.letter(CLAIRE[1])
    people.open(letter, fresh=True)
    message = stage.line("view", NO)["message"]["id"]
    way_out = next(link.url for link in letter.links if "/opt-out/" in link.url)
    with a_page(chromium, locale="fr-FR") as page:
        page.goto(way_out)
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        page.get_by_role("button", name="Désactiver le suivi").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Le suivi est désactivé")
    (picture,) = people.open(letter, fresh=True)
    clicked = people.click(letter, 1)
    assert picture.status == 200
    assert clicked.location == "https://www.fjordline.example/pilot"
    counts = stage.nora.api("GET", f"/api/v1/messages/{message}")["counts"]
    assert (counts["views"], counts["clicks"]) == (1, 0)
    refused = stage.nora.track("Again", [Mailto(*CLAIRE)], '<a href="https://www.fjordline.example/">here</a>')
    assert "/c/" not in refused.html
    stage.nora.api("PUT", "/api/v1/privacy/policy", policy)
