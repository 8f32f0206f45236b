"""The sandbox's small Marketo and Salesforce in a browser's eyes, and the demo's market behind them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Browser, expect

from server.sandbox.app import create_sandbox, life_of, running
from server.sandbox.clock import Clock
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.reps import QUEUE
from server.sandbox.keys import Keys
from server.sandbox.market import PROSPECTS, market, prospects
from server.sandbox.pages import pages
from server.sandbox.recipients.population import Recipients
from server.sandbox.stories import FIRST_MAILS, MATEO, NORA, REPS
from server.sandbox.world import World
from tests.fixtures_crm import START


@dataclass
class Stage:
    url: str
    crm: Crm

    def text(self, path: str) -> str:
        return requests.get(f"{self.url}{path}", timeout=10).text


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    world = World(clock=Clock(START, frozen=True), seed=1)
    for address, name in REPS:
        world.add_account(address, name)
    crm = market(world.clock, 1)
    people = Recipients(world.clock.now, world.receive, pace=None)
    app = create_sandbox(world, pages(world, people), keys=Keys(), crm=crm)
    life_of(app).favourites = prospects(crm)
    with running(app) as served:
        yield Stage(served.url, crm)


def test_recipients_of_the_reps_mails_are_people_of_the_market(stage: Stage) -> None:
    known = {prospect.email for prospect in PROSPECTS}
    assert sum(any(address in known for _, address in mail.to) for mail in FIRST_MAILS) >= 6
    owners = {prospect.owner for prospect in PROSPECTS}
    assert {NORA, MATEO, ""} == owners
    assert stage.crm.people.find("jakub.novak@moravia.example").owner == QUEUE
    assert [task.subject for task in stage.crm.tasks]


@pytest.mark.browser
def test_a_button_lets_a_moment_happen(chromium: Browser, stage: Stage) -> None:
    page = chromium.new_page()
    page.goto(stage.url)
    page.get_by_role("main").get_by_role("link", name="Marketo").click()
    page.get_by_label("Find").fill("diallo")
    page.get_by_label("Find").press("Enter")
    page.get_by_role("link", name="Aïssatou Diallo").click()
    page.get_by_label("Interesting moment").select_option("Milestone")
    page.get_by_label("Description").fill("Signed <b>today</b>")
    page.get_by_role("button", name="Let it happen").click()
    expect(page.get_by_role("listitem").first).to_contain_text("Interesting Moment: Signed <b>today</b>")
    page.close()
    [newest] = stage.crm.stream.newest(1)
    assert (newest.type_id, newest.primary) == (46, "Milestone")


def test_every_button_of_a_person_does_its_deed(stage: Stage) -> None:
    id = prospects(stage.crm)[3] + 1000
    for deed in ("browse", "form", "warmer", "colder", "convert", "delete"):
        answer = requests.post(f"{stage.url}/marketo/people/{id}/{deed}", timeout=10)
        assert answer.ok, deed
    person = stage.crm.people.known(id - 1000)
    assert (person.kind, person.gone_at) == ("Contact", START)
    assert requests.post(f"{stage.url}/marketo/people/{id}/dance", timeout=10).status_code == 404
    before = len(stage.crm.stream)
    for _ in range(5):
        requests.post(f"{stage.url}/marketo/anything", timeout=10)
    assert len(stage.crm.stream) > before


def test_salesforces_page_hands_over_and_changes_tasks(stage: Stage) -> None:
    shown = stage.text("/salesforce/")
    task = next(iter(stage.crm.tasks))
    assert str(task.subject) in shown
    requests.post(f"{stage.url}/salesforce/tasks/{task.id}", data={"status": "Deferred"}, timeout=10)
    assert stage.crm.tasks.get(task.id).status == "Deferred"
    person = stage.crm.people.find("r.iyer@kaveri.example")
    mateo = stage.crm.people.rep(MATEO).id
    requests.post(f"{stage.url}/salesforce/people/{person.number}/owner", data={"to": mateo}, timeout=10)
    assert stage.crm.people.known(person.number).owner == mateo


def test_the_originals_own_addresses_lead_here(stage: Stage) -> None:
    person = stage.crm.people.find("m.nair@kaveri.example")
    for path in (
        f"/leadDatabase/loadLeadDetail?leadId={person.number + 1000}",
        f"/lightning/r/Contact/{person.contact_id}/view",
        f"/lightning/r/{person.contact_id}/view",
    ):
        assert "Manu Nair" in stage.text(path)


def test_another_site_may_not_press_buttons(stage: Stage) -> None:
    before = len(stage.crm.stream)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert requests.post(f"{stage.url}/marketo/anything", headers=headers, timeout=10).status_code == 403
    assert len(stage.crm.stream) == before
    assert re.search("Marketo", stage.text("/"))
