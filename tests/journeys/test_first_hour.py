"""A new admin's first hour: from an empty database to connected services through the console alone, with every mistake that is
likely made once at the sandbox, and understood from what the page says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Page, expect

from server.cli.demo import (
    CLIENT_ID,
    CLIENT_SECRET,
    MARKETO_CLIENT_ID,
    MARKETO_CLIENT_SECRET,
    SALESFORCE_CLIENT_ID,
    SALESFORCE_CLIENT_SECRET,
)
from server.sandbox.marketo.instance import PERMISSIONS
from tests.journeys.installation import NORA, Stage, adjacent_ports, stage, until
from tests.journeys.ways import a_page, connect_gmail, in_chromium

pytestmark = in_chromium

TOPIC = "projects/sandbox-project/topics/gmail"
SIGNER = "push@sandbox-project.iam.gserviceaccount.com"
MAIL_PASSWORD = "p@ss/word"
IN_CONSOLE = ("ADMIN_EMAILS", "GOOGLE_CLIENT", "GMAIL_TOPIC", "GMAIL_PUSH", "ADDON", "MARKETO", "SALESFORCE")


class Inbox:
    """Takes mail from one address only."""

    def __init__(self) -> None:
        self.subjects: list[bytes] = []

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return "250 OK" if address == "feed@fjordline.example" else "553 5.7.1 not yours"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.subjects.append(envelope.content)
        return "250 OK"


def authenticated(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    fits = isinstance(given, LoginPassword) and (given.login, given.password) == (b"feed", MAIL_PASSWORD.encode())
    return AuthResult(success=fits, handled=False)


@pytest.fixture
def mail() -> Iterator[tuple[Inbox, int]]:
    inbox, port = Inbox(), adjacent_ports()
    server = Controller(inbox, hostname="127.0.0.1", port=port, authenticator=authenticated, auth_require_tls=False)
    server.start()
    yield inbox, port
    server.stop()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, unset=IN_CONSOLE) as made:
        yield made


class Admin:
    """Somebody at the console, who knows the sandbox's own console too."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page, self.stage = page, stage

    def at(self, path: str) -> None:
        self.page.goto(f"{self.stage.product.url}{path}")

    def section(self, service: str) -> Any:
        return self.page.locator(f"section#{service}")

    def saves(self, service: str, **values: str) -> None:
        for name, value in values.items():
            field = self.section(service).locator(f"#{name}")
            field.select_option(value) if name == "security" else field.fill(value)
        self.section(service).get_by_role("button", name=re.compile("Save")).click()

    def tries(self, service: str) -> None:
        self.section(service).get_by_role("button", name="Try now").click()

    def understands(self, service: str, words: str) -> None:
        expect(self.section(service).get_by_role("alert").first).to_contain_text(words)

    def sees_it_work(self, service: str) -> None:
        expect(self.section(service).locator("header .state")).to_have_text("Works")

    def control(self, verb: str, path: str, body: object = None) -> None:
        self.stage.google.control(verb, path, body)


@pytest.fixture
def admin(chromium: Browser, empty: Stage) -> Iterator[Admin]:
    with a_page(chromium) as page:
        yield Admin(page, empty)


def test_from_an_empty_database_to_connected_services(admin: Admin, mail: tuple[Inbox, int]) -> None:
    sets_up_sign_in(admin)
    connects_gmail_and_push(admin)
    connects_marketo(admin)
    connects_salesforce(admin)
    connects_mail(admin, *mail)
    sees_what_is_done(admin)


def sets_up_sign_in(admin: Admin) -> None:
    page, redirect = admin.page, f"{admin.stage.product.url}/auth/google/callback"
    admin.control(
        "POST", "clients", {"id": "other.apps.example", "secret": "another-secret", "redirect_uris": [f"{redirect}/"]}
    )
    client = {"id": CLIENT_ID, "secret": CLIENT_SECRET, "redirect_uris": [redirect], "name": "Live Feed", "testing": True}
    admin.control("POST", "clients", {**client, "testers": ["tester@fjordline.example"]})
    page.goto(setup_address(admin.stage))
    expect(page.get_by_text(redirect)).to_be_visible()
    for client_id, secret, words in (
        ("mistyped.apps.example", CLIENT_SECRET, "does not know this client id"),
        (CLIENT_ID, "mistyped-secret", "not with this secret"),
        ("other.apps.example", "another-secret", "redirect address is not registered"),
    ):
        pastes(page, client_id, secret)
        expect(page.get_by_role("alert")).to_contain_text(words)
    pastes(page, CLIENT_ID, CLIENT_SECRET)
    page.get_by_role("button", name="Nora Lindqvist").click()
    expect(page.get_by_text("access_denied")).to_be_visible()
    page.goto(setup_address(admin.stage))
    page.get_by_text("What Google may say").click()
    expect(page.get_by_text("verify your domain")).to_be_visible()
    admin.control("POST", "clients", {**client, "testing": False})
    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_role("button", name="Nora Lindqvist").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("link", name="Admin", exact=True)).to_be_visible()


def setup_address(stage: Stage) -> str:
    assert stage.product.said is not None
    found = re.search(r"http\S+/auth/setup/\S+", stage.product.said.read_text())
    assert found
    return found[0]


def pastes(page: Page, client_id: str, secret: str) -> None:
    page.get_by_label("Client id").fill(client_id)
    page.get_by_label("Client secret").fill(secret)
    page.get_by_role("button", name="Sign in with Google").click()


def connects_gmail_and_push(admin: Admin) -> None:
    off = {"method": "gmail.users.getProfile", "kind": "403-accessNotConfigured", "times": None}
    admin.control("POST", "failures", off)
    connect_gmail(admin.page, admin.stage)
    expect(admin.page.get_by_text("the Gmail API is switched off")).to_be_visible()
    admin.control("DELETE", "failures")
    admin.at("/admin/google")
    admin.saves("push", gmail_topic=TOPIC, gmail_push_account=SIGNER)
    admin.understands("push", "Your own Gmail is not connected")
    connect_gmail(admin.page, admin.stage)
    admin.at("/admin/google")
    admin.saves("push", gmail_topic="gmail")
    admin.understands("push", "must look like projects/PROJECT/topics/TOPIC")
    admin.saves("push", gmail_topic="projects/sandbox-project/topics/gmial")
    admin.understands("push", "no such Pub/Sub topic")
    admin.control("PUT", "push", {"may_publish": False})
    admin.saves("push", gmail_topic=TOPIC)
    admin.understands("push", "Gmail may not publish to this topic")
    admin.control("PUT", "push", {"may_publish": True, "audience": "https://elsewhere.example"})
    admin.tries("push")
    admin.understands("push", "another audience than expected")
    admin.understands("push", "https://elsewhere.example")
    admin.control("PUT", "push", {"audience": ""})
    admin.saves("push", gmail_push_account="somebody@sandbox-project.iam.gserviceaccount.com")
    admin.understands("push", "signed by another service account")
    admin.saves("push", gmail_push_account=SIGNER)
    admin.sees_it_work("push")


def connects_marketo(admin: Admin) -> None:
    there = admin.stage.sandbox_url
    admin.at("/admin/marketo")
    admin.saves("marketo", marketo_url="marketo", marketo_client_id=MARKETO_CLIENT_ID, marketo_client_secret="mistyped")
    expect(admin.section("marketo").locator("#marketo_url-wrong")).to_contain_text("begins with https://")
    admin.saves("marketo", marketo_url=admin.stage.product.url, marketo_client_secret="mistyped")
    admin.understands("marketo", "There is no Marketo at this address")
    admin.saves("marketo", marketo_url=f"{there}/rest")
    admin.understands("marketo", "not with this secret")
    admin.saves("marketo", marketo_client_id="an-unknown-id")
    admin.understands("marketo", "does not know this client id")
    admin.control("PUT", "marketo/role", {"permissions": [one for one in PERMISSIONS if one != "Read-Only Activity"]})
    admin.saves("marketo", marketo_client_id=MARKETO_CLIENT_ID, marketo_client_secret=MARKETO_CLIENT_SECRET)
    admin.understands("marketo", "lacks a permission")
    admin.understands("marketo", "Read-Only Activity")
    admin.control("PUT", "marketo/role", {"permissions": list(PERMISSIONS)})
    admin.tries("marketo")
    admin.sees_it_work("marketo")
    assert MARKETO_CLIENT_SECRET not in admin.page.content()


def connects_salesforce(admin: Admin) -> None:
    admin.at("/admin/salesforce")
    admin.saves(
        "salesforce",
        salesforce_url=admin.stage.sandbox_url,
        salesforce_client_id=SALESFORCE_CLIENT_ID,
        salesforce_user=NORA,
        salesforce_private_key=a_key(),
    )
    admin.understands("salesforce", "does not take the signature")
    admin.saves("salesforce", salesforce_user="", salesforce_client_secret="mistyped")
    admin.understands("salesforce", "not with this secret")
    hidden = {"method": "query", "kind": "403-INSUFFICIENT_ACCESS", "times": None}
    admin.control("POST", "salesforce/failures", hidden)
    admin.saves("salesforce", salesforce_client_secret=SALESFORCE_CLIENT_SECRET)
    admin.understands("salesforce", "may not see something that we need")
    admin.understands("salesforce", "Lead: INSUFFICIENT_ACCESS")
    admin.control("DELETE", "salesforce/failures")
    admin.tries("salesforce")
    admin.sees_it_work("salesforce")
    row = admin.page.get_by_role("row", name=re.compile(NORA))
    expect(row).to_be_visible()
    row.get_by_role("textbox").fill("nobody")
    row.get_by_role("button", name="Save").click()
    expect(row.get_by_role("alert")).to_contain_text("begin with 005")


def a_key() -> str:
    """Private, RSA; its certificate is nobody's."""
    made = rsa.generate_private_key(65537, 2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def connects_mail(admin: Admin, inbox: Inbox, port: int) -> None:
    admin.at("/admin/mail")
    mine = {"host": "127.0.0.1", "name": "feed", "mail_from": "feed@fjordline.example"}
    admin.saves("smtp", **mine, security="smtp", port=str(adjacent_ports()), password="mistyped")
    admin.understands("smtp", "can’t be reached")
    admin.saves("smtp", port=str(port))
    admin.understands("smtp", "refuses the name or the password")
    admin.saves("smtp", security="smtps")
    admin.understands("smtp", "port and security do not belong together")
    admin.saves("smtp", security="smtp", password=MAIL_PASSWORD, mail_from="else@fjordline.example")
    admin.understands("smtp", "does not let us send from this address")
    admin.saves("smtp", mail_from="feed@fjordline.example")
    admin.sees_it_work("smtp")
    assert [b"can send mail" in one for one in inbox.subjects] == [True]


def sees_what_is_done(admin: Admin) -> None:
    admin.at("/admin")
    done = admin.page.locator(".steps > li.done b")
    expect(done).to_have_text(
        ["Sign-in with Google", "Who may join", "Gmail push", "Marketo", "Salesforce", "Mail server"], timeout=30_000
    )
    admin.page.get_by_role("button", name="Try Marketo now").click()
    expect(admin.page.locator("tr#marketo .state")).to_have_text("Works")

    def came() -> bool:
        # The worker is another process: it takes up what was entered without being started again.
        return bool(admin.stage.sandbox.app.extensions["marketo"].limits.calls["activities.list"])

    until(came, "the worker reads from Marketo", 90)
