"""Sandbox mail in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from server.sandbox.app import create_sandbox, running
from server.sandbox.clock import Clock
from server.sandbox.companion import Companions, Product
from server.sandbox.letter import write_letter
from server.sandbox.oauth.clients import Client
from server.sandbox.pages import pages
from server.sandbox.pages.bodies import clean
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

from .conftest import NORA
from .product import CLIENT_ID, CLIENT_SECRET, EXTENSION, FakeProduct, running_product

WHO = "aissatou.diallo@baobab.example"


@dataclass
class Stage:
    url: str
    world: World
    people: Recipients
    fake: FakeProduct


@pytest.fixture
def stage() -> Iterator[Stage]:
    # Stands still, so that a slow machine does not miss the seconds of Undo.
    clock = Clock()
    clock.freeze()
    world = World(clock=clock, seed=5)
    world.add_account(NORA, "Nora Lindqvist")
    people = Recipients(world.clock.now, world.receive, pace=None)
    world.on_delivery(people.on_delivery)
    with running_product() as fake:
        companions = Companions(Product(fake.url, EXTENSION))
        client = Client(CLIENT_ID, CLIENT_SECRET, (f"{fake.url}/auth/google/callback",), "Live Feed")
        with running(create_sandbox(world, pages(world, people, companions), clients=[client])) as sandbox:
            fake.google_url = sandbox.url
            yield Stage(sandbox.url, world, people, fake)


@pytest.fixture
def page(chromium: Browser, stage: Stage) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    found = context.new_page()
    found.set_default_timeout(10_000)
    problems: list[str] = []
    found.on("pageerror", lambda error: problems.append(str(error)))
    # A blocked picture is what keeps the rep's own browser from making views.
    found.on("console", lambda line: problems.append(line.text) if line.type == "error" and not _meant(line.text) else None)
    yield found
    context.close()
    assert problems == []


def _meant(line: str) -> bool:
    return "404" in line or line.startswith("Loading the image")


def write(page: Page, stage: Stage, *, to: str = WHO, subject: str = "Pricing for 40 vehicles") -> None:
    page.goto(f"{stage.url}/")
    page.get_by_role("link", name="Nora Lindqvist").click()
    page.get_by_role("link", name="Compose").click()
    page.get_by_label("To recipients").fill(to)
    page.get_by_label("Subject").fill(subject)
    page.get_by_role("textbox", name="Message Body").fill("Here is the ")
    page.get_by_role("button", name="Insert link").click()
    page.locator("[data-link-text]").fill("pricing page")
    page.locator("[data-link-url]").fill("https://www.fjordline.example/pricing")
    page.get_by_role("button", name="Add link").click()


@pytest.mark.browser
def test_a_mail_is_written_tracked_and_sent(page: Page, stage: Stage) -> None:
    write(page, stage)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("tracked")
    stage.world.clock.advance(10)
    expect(page.get_by_role("status")).to_contain_text("Message sent")
    (letter,) = stage.people.letters(WHO)
    assert [link.text for link in letter.links] == ["pricing page"]
    assert letter.links[0].url.startswith(f"{stage.fake.url}/c/")
    assert letter.images == (f"{stage.fake.url}/o/t/1.gif",)
    assert stage.fake.hits == []


@pytest.mark.browser
def test_sending_can_be_undone(page: Page, stage: Stage) -> None:
    write(page, stage)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("textbox", name="Message Body")).to_contain_text("pricing page")
    stage.world.clock.advance(60)
    assert stage.world.agenda.wait_idle(5)
    assert stage.people.letters(WHO) == []
    body = page.get_by_role("textbox", name="Message Body")
    assert body.locator("a").get_attribute("href") == "https://www.fjordline.example/pricing"


@pytest.mark.browser
def test_a_mail_leaves_when_it_is_scheduled_for(page: Page, stage: Stage) -> None:
    write(page, stage)
    page.get_by_text("Schedule send").click()
    later = page.evaluate(
        "() => { const d = new Date(Date.now() + 36e5); d.setMinutes(d.getMinutes() - d.getTimezoneOffset());"
        " return d.toISOString().slice(0, 16) }"
    )
    page.get_by_label("Send at").fill(later)
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.locator(".rows")).to_contain_text("Pricing for 40 vehicles")
    assert stage.people.letters(WHO) == []
    stage.world.clock.advance(timedelta(hours=2))
    expect(page.get_by_role("status")).to_contain_text("sent")
    assert len(stage.people.letters(WHO)) == 1


@pytest.mark.browser
def test_an_untracked_mail_says_why(page: Page, stage: Stage) -> None:
    stage.fake.broken = True
    write(page, stage)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("not tracked: 503 The database is away.")
    write(page, stage)
    page.get_by_label("Track").uncheck()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("not tracked: Track is switched off")


@pytest.mark.browser
def test_a_recipient_opens_clicks_and_replies_and_the_rep_answers(page: Page, stage: Stage) -> None:
    write(page, stage)
    page.get_by_role("button", name="Send", exact=True).click()
    stage.world.clock.advance(10)
    expect(page.get_by_role("status")).to_contain_text("Message sent")
    page.get_by_role("link", name="Recipients").click()
    page.get_by_role("link", name="Aïssatou Diallo").click()
    page.get_by_role("button", name="Pricing for 40 vehicles").click()
    expect(page.locator(".wire")).to_contain_text("200")
    assert [kind for kind, _, _ in stage.fake.hits] == ["view"]
    page.frame_locator("iframe").get_by_role("link", name="pricing page").click()
    expect(page.locator("dl")).to_contain_text("https://www.fjordline.example/pricing")
    assert [kind for kind, _, _ in stage.fake.hits] == ["view", "click"]
    assert all(address.startswith(("192.0.2.", "2001:db8:")) for _, _, address in stage.fake.hits)
    page.get_by_role("link", name="Back to the mail").click()
    page.get_by_label("Open with").select_option("gmail")
    page.get_by_role("button", name="Open again").click()
    expect(page.locator(".wire")).to_contain_text("198.51.100.")
    assert "GoogleImageProxy" in stage.fake.hits[-1][1]
    page.get_by_label("Words").fill("Merci !")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    page.goto(f"{stage.url}/mail/u/{NORA}/")
    page.get_by_role("link", name="Aïssatou Diallo").click()
    expect(page.locator("[data-legacy-thread-id]")).to_have_text("Pricing for 40 vehicles")
    assert page.locator("[data-message-id]").count() == 2
    page.get_by_role("link", name="Reply").last.click()
    assert page.get_by_label("Subject").input_value() == "Re: Pricing for 40 vehicles"
    page.get_by_role("textbox", name="Message Body").press("Control+Home")
    page.get_by_role("textbox", name="Message Body").type("Gladly.")
    views = len(stage.fake.hits)
    page.get_by_role("button", name="Send", exact=True).click()
    stage.world.clock.advance(10)
    expect(page.get_by_role("status")).to_contain_text("Message sent")
    newest = stage.people.letters(WHO)[0]
    assert len(newest.images) == 1
    assert newest.message["In-Reply-To"]
    assert len(stage.fake.hits) == views


@pytest.mark.browser
def test_a_mail_cannot_act_on_the_page(page: Page, stage: Stage) -> None:
    evil = '<p onclick="x()">Hi</p><script>parent.document.title="taken"</script><img src=x onerror="parent.document.title=1">'
    raw = write_letter(("Eve", "eve@north.example"), [NORA], "<b>Hi</b>", html=evil, text="Hi")
    stage.world.receive(raw, NORA)
    page.goto(f"{stage.url}/mail/u/{NORA}/")
    page.get_by_role("link", name="eve").click()
    expect(page.frame_locator("iframe").get_by_text("Hi")).to_be_visible()
    assert page.title() == "<b>Hi</b> – Sandbox mail"
    page.get_by_role("link", name="Reply").click()
    expect(page.get_by_role("textbox", name="Message Body")).to_contain_text("Hi")
    assert page.locator("[contenteditable] script, [contenteditable] [onclick], [contenteditable] [onerror]").count() == 0


@pytest.mark.browser
def test_gmails_own_addresses_lead_to_the_thread_and_to_a_new_mail(page: Page, stage: Stage) -> None:
    raw = write_letter(("Ana", "ana@north.example"), [NORA], "Pricing", text="Hi")
    [mail] = stage.world.receive(raw, NORA)
    page.goto(f"{stage.url}/mail/u/?authuser={NORA}#all/{mail.thread_id}")
    expect(page.locator("[data-legacy-thread-id]")).to_have_text("Pricing")
    page.goto(f"{stage.url}/mail/u/?authuser={NORA}#inbox?compose=new")
    expect(page.get_by_label("To recipients")).to_be_visible()


@pytest.mark.browser
def test_it_works_from_the_keyboard(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.get_by_role("link", name="Nora Lindqvist").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Compose").focus()
    page.keyboard.press("Enter")
    page.get_by_label("To recipients").press_sequentially(WHO)
    page.get_by_role("button", name="Send", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()


def test_cleaning_keeps_words_and_drops_what_acts() -> None:
    shown = clean(
        'a<script>x</script>b<!-- c -->d<form action="/x"><b onclick="y">e</b></form><a href="JAVA\nscript:z()">f</a>'
    )
    assert shown == 'abd<div action="/x"><b>e</b></div><a>f</a>'
