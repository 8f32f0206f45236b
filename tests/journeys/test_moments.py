"""What marketing notices, from Marketo to every screen of the rep whose person it is, and away again with the person."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import create_engine, update

from server.sandbox.app import life_of
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.happenings import Happenings
from server.sandbox.stories import MATEO, NORA
from server.storage.tables import jobs
from tests.journeys.installation import Stage, adjacent_ports, stage, until
from tests.journeys.ways import a_page, in_chromium, sign_in

pytestmark = in_chromium
TOMASZ = ("Tomasz Wójcik", "tomasz.wojcik@wisla.example")


class Inbox:
    """What a mail server took."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str, str]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain",))
        self.mails.append((envelope.rcpt_tos, str(mail["Subject"]), body.get_content() if body else ""))
        return "250 OK"


@contextmanager
def listening() -> Iterator[tuple[Inbox, int]]:
    inbox, port = Inbox(), adjacent_ports()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield inbox, port
    finally:
        server.stop()


@pytest.fixture
def mail() -> Iterator[tuple[Inbox, int]]:
    with listening() as found:
        yield found


@pytest.fixture
def played(tmp_path: Path, mail: tuple[Inbox, int]) -> Iterator[Stage]:
    with stage(tmp_path, smtp_url=f"smtp://127.0.0.1:{mail[1]}", mail_from="feed@fjordline.example") as made:
        # Marketo's clock is right; the stage has it late for those who read mail.
        made.sandbox.world.clock.advance(timedelta(minutes=5))
        yield made


def hurry(played: Stage, kind: str) -> None:
    """A round that comes by itself every so often comes at once."""
    engine = create_engine(f"sqlite:///{played.product.home / 'livefeed.db'}", connect_args={"timeout": 20})
    with engine.begin() as database:
        database.execute(update(jobs).where(jobs.c.kind == kind).values(due_at=datetime.now(UTC) - timedelta(seconds=1)))
    engine.dispose()


def crm_of(played: Stage) -> Crm:
    return life_of(played.sandbox.app).crm


def row(page: Page, text: str) -> Locator:
    return page.locator("lf-row").filter(has_text=text)


def known(played: Stage) -> None:
    """Salesforce told whose person it is."""
    me = played.nora.api("GET", "/api/v1/me")["id"]

    def look() -> bool:
        found = played.nora.api("GET", "/api/v1/people?query=Wisla%20Cargo&limit=5")["items"]
        found += played.nora.api("GET", "/api/v1/people?query=Tomasz&limit=5")["items"]
        return any(one["owner"] and me in str(one["owner"]) for one in found if one["name"] == TOMASZ[0])

    until(look, "Nora's people of Salesforce")


def test_a_moment_reaches_window_page_mail_and_targets_and_leaves_with_its_owner(
    played: Stage, mail: tuple[Inbox, int], chromium: Browser
) -> None:
    crm, inbox = crm_of(played), mail[0]
    happen, tomasz = Happenings(crm), crm.people.find(TOMASZ[1])
    with a_page(chromium) as leads:
        sign_in(leads, played)
        known(played)
        leads.goto(f"{played.product.url}/lead-feed")
        window = leads.context.new_page()
        window.set_viewport_size({"width": 380, "height": 640})
        window.goto(f"{played.product.url}/live")
        expect(window.locator("footer")).to_contain_text("Live")
        for page in (window, leads):
            page.evaluate("window.neverReloaded = true")

        happen.moment(tomasz, "Milestone", "Attended the fleet fair")
        hurry(played, "read-moments")
        fair = row(window, "the fleet fair")
        expect(fair).to_have_attribute("data-mark", "mktg")
        expect(fair).to_contain_text(TOMASZ[0])
        expect(row(leads, "the fleet fair")).to_be_visible()

        row(leads, "the fleet fair").get_by_role("button", name=f"Get mail about {TOMASZ[0]}").click()
        expect(leads.locator("lf-subscriptions")).to_contain_text(TOMASZ[0])
        happen.moment(tomasz, "Web", "Visited the pricing page twice")
        happen.score(tomasz, crm.score(tomasz) + 12)
        hurry(played, "read-moments")
        expect(row(window, "the pricing page twice")).to_be_visible()
        to, subject, text = until(lambda: inbox.mails[0] if inbox.mails else None, "a mail about the moment")
        assert to == [NORA]
        assert TOMASZ[0] in subject
        assert "Visited the pricing page twice" in text
        targets = leads.context.new_page()
        targets.goto(f"{played.product.url}/targets")
        risen = targets.locator(".target").filter(has_text=TOMASZ[0])
        expect(risen.locator(".rise")).to_contain_text("12")
        expect(risen).to_contain_text("Visited the pricing page twice")

        happen.hand_over(tomasz, crm.people.rep(MATEO).id)
        hurry(played, "sync-salesforce")
        expect(row(window, TOMASZ[0])).to_have_count(0)
        expect(row(leads, TOMASZ[0])).to_have_count(0)
        assert [page.evaluate("window.neverReloaded") for page in (window, leads)] == [True, True]
        assert not any(one["person"]["name"] == TOMASZ[0] for one in played.nora.api("GET", "/api/v1/targets")["items"])
