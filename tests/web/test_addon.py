"""The Gmail add-on over HTTP: who is believed, what Google is answered, and every button of every card."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from server import app as composition
from server.app import Product
from server.errors import OutsideError
from server.sandbox.addon_host import CLIENT_ID, SERVICE_ACCOUNT, Hands, Screen, opened, written
from server.services.outside import AddOn
from server.storage.tables import tasks, users
from tests.cards.lint import check
from tests.desk import AISSATOU, THREAD, Desk
from tests.fixtures_sandbox import BRAM, NORA, Sandbox
from tests.scene import NOON, Rep, a_hit
from tests.web.addon import PRODUCT, Json, NearHost, actions_in, inputs_of, texts_in
from tests.web.browser import Clock

PATHS = ["/addon/home", "/addon/message", "/addon/compose", "/addon/settings", "/addon/action/refresh"]


@dataclass
class Office:
    """Nora and Bram, Google's hands for both, and what happened to Nora's mail."""

    desk: Desk
    host: NearHost
    nora: Hands
    bram: Hands

    def screen(self, answer: Json) -> Screen:
        shown = Screen()
        shown.show(answer)
        return shown

    def count(self, table: Any) -> int:
        return int(self.desk.database.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()))


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {
        "LIVEFEED_PUBLIC_URL": PRODUCT,
        "LIVEFEED_ADDON_ACCOUNT": SERVICE_ACCOUNT,
        "LIVEFEED_ADDON_CLIENT_ID": CLIENT_ID,
    }


@pytest.fixture
def google(environment: dict[str, str], google: Sandbox) -> Sandbox:
    environment["LIVEFEED_GMAIL_WEB_URL"] = "https://mail.google.com"  # the host opens no other
    return google


@pytest.fixture
def client(product: Product, google: Sandbox) -> FlaskClient:
    return composition.create_app(product).test_client()


@pytest.fixture
def office(product: Product, client: FlaskClient, google: Sandbox, clock: Clock) -> Office:
    clock.now = NOON + timedelta(hours=2)
    desk = Desk(product.database)
    accounts = google.world.accounts
    _is(desk, desk.nora, accounts[NORA].sub)
    _is(desk, desk.bram, accounts[BRAM].sub)
    message = desk.sent()
    desk.record(a_hit(message), a_hit(message, after=60), a_hit(message, after=90))
    desk.marketing_knows(desk.met(), desk.nora)
    return Office(desk, NearHost(google.world, google.google.keys, client), Hands(accounts[NORA]), Hands(accounts[BRAM]))


def _is(desk: Desk, rep: Rep, sub: str) -> None:
    desk.database.write(lambda tx: tx.execute(update(users).where(users.c.id == rep.id).values(google_sub=sub)))


# Who is believed


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "changed",
    [
        {"aud": f"{PRODUCT}/addon/elsewhere"},
        {"aud": PRODUCT},
        {"email": "service-2@gcp-sa-gsuiteaddons.iam.gserviceaccount.com"},
        {"email_verified": False},
        {"iss": "https://evil.example"},
        {"iat": 1, "exp": 3600},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_token_that_is_not_googles_for_this_address_is_refused(office: Office, path: str, changed: Json) -> None:
    bearer = office.host.bearer(PRODUCT + path, **changed)
    assert status_of(lambda: office.host.post(path, office.host.event(office.nora), bearer)) == 401


@pytest.mark.parametrize("bearer", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_garbage_for_a_token_is_refused(office: Office, bearer: str) -> None:
    assert status_of(lambda: office.host.post("/addon/home", office.host.event(office.nora), bearer)) == 401


def test_a_token_without_a_signature_is_refused(office: Office) -> None:
    signed = office.host.bearer(f"{PRODUCT}/addon/home")
    bare = signed.rpartition(".")[0] + "."
    assert status_of(lambda: office.host.post("/addon/home", office.host.event(office.nora), bare)) == 401


@pytest.mark.parametrize(
    "changed", [{"aud": "another-app"}, {"iss": "https://evil.example"}, {"iat": 1, "exp": 3600}], ids=["aud", "iss", "exp"]
)
def test_a_user_token_of_another_app_is_nobodys(office: Office, changed: Json) -> None:
    event = office.host.event(office.nora)
    event["authorizationEventObject"]["userIdToken"] = office.host.user_token(office.nora, **changed)
    assert status_of(lambda: office.host.post("/addon/home", event)) == 401


def test_nobody_is_believed_while_no_account_is_named(product: Product, office: Office) -> None:
    bare = replace(product, outside=lambda: replace(product.outside(), add_on=AddOn()))
    host = NearHost(office.host._world, office.host._keys, composition.create_app(bare).test_client())
    assert status_of(lambda: host.home(office.nora)) == 401


def test_kept_keys_outlast_googles_absence_and_without_any_it_is_said(
    product: Product, office: Office, google: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    office.host.home(office.nora)
    google.fail("oauth.certs", "500-plain", times=100)
    office.host.home(office.nora)
    cold = NearHost(office.host._world, office.host._keys, composition.create_app(product).test_client())
    assert status_of(lambda: cold.home(office.nora)) == 503
    assert "addon.no_keys" in capsys.readouterr().out


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"x"'])
def test_what_google_never_sends_is_a_bad_request(office: Office, client: FlaskClient, body: str) -> None:
    headers = {"Authorization": f"Bearer {office.host.bearer(f'{PRODUCT}/addon/home')}", "Content-Type": "application/json"}
    assert client.post("/addon/home", data=body, headers=headers, base_url=PRODUCT).status_code == 400


def test_no_token_is_ever_logged(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    event = office.host.event(office.nora)
    office.host.post("/addon/home", event)
    status_of(lambda: office.host.post("/addon/home", event, "forged"))
    said = "".join(capsys.readouterr())
    assert "/addon/home" in said
    for secret in ("userIdToken", "userOAuthToken", "systemIdToken"):
        assert event["authorizationEventObject"][secret] not in said


# What comes back


def test_home_tells_what_happened(office: Office) -> None:
    card = office.screen(office.host.home(office.nora)).card
    assert "3 views" in texts_in(card)
    assert "as of" in texts_in(card).lower()


def test_a_thread_tells_who_viewed_it(office: Office) -> None:
    card = office.screen(office.host.message(office.nora, "18c0fff0", THREAD)).card
    assert "Aïssatou Diallo" in texts_in(card)


def test_an_id_that_a_phone_made_up_gives_a_card_all_the_same(office: Office) -> None:
    event = office.host.event(office.nora, gmail={"messageId": "msg-a:r1", "threadId": "thread-a:r-12"})
    check(office.screen(office.host.post("/addon/message", event)).card)


@pytest.mark.parametrize(("locale", "word"), [("fr-FR", "Engagement"), ("zh-TW", "參與"), ("en-GB", "3 views")])
def test_cards_speak_the_language_of_gmail(office: Office, locale: str, word: str) -> None:
    card = office.screen(office.host.home(replace(office.nora, locale=locale))).card
    assert word in texts_in(card)


def test_who_is_not_connected_is_led_there_and_back(office: Office, google: Sandbox) -> None:
    stranger = google.world.add_account("new@fjordline.example", "New Rep")
    screen = office.screen(office.host.home(Hands(stranger)))
    assert screen.prompt is not None
    assert f"{PRODUCT}/auth/sign-in?next=%2Faddon%2Fconnected" in texts_in(screen.card)
    assert '"onClose": "RELOAD"' in json.dumps(screen.card)


def test_without_the_address_google_is_asked_for_it(office: Office) -> None:
    fewer = replace(office.nora, scopes=[one for one in office.nora.scopes if not one.endswith("userinfo.email")])
    screen = office.screen(office.host.home(fewer))
    assert screen.scopes_asked == {"scopes": ["https://www.googleapis.com/auth/userinfo.email"]}


def test_somebody_who_left_is_asked_to_sign_in(office: Office) -> None:
    gone = update(users).where(users.c.id == office.desk.nora.id).values(deactivated_at=NOON)
    office.desk.database.write(lambda tx: tx.execute(gone))
    assert office.screen(office.host.home(office.nora)).prompt is not None


# What buttons do, and for whom


def test_a_replay_changes_nothing_twice(office: Office) -> None:
    home = office.screen(office.host.home(office.nora)).card
    form = office.screen(office.host.press(office.nora, named(home, "new-task"))).card
    typed = inputs_of(form) | {"name": {"stringInputs": {"value": ["Call about Lyon"]}}}
    for _ in range(3):
        office.host.press(office.nora, named(form, "create-task"), typed)
    assert office.count(tasks) == 1


def test_no_button_of_one_rep_works_in_the_hands_of_another(office: Office) -> None:
    before = office.count(tasks)
    for card in (office.host.home(office.nora), office.host.message(office.nora, "18c0fff0", THREAD)):
        for action in actions_in(card):
            screen = Screen(cards=[{}])
            screen.show(office.host.press(office.bram, action, inputs_of(card)))
            assert screen.cards == [{}], action["function"]
            assert screen.notice
    assert office.count(tasks) == before


def test_another_rep_sees_nothing_of_it(office: Office) -> None:
    shown = [
        texts_in(office.host.home(office.bram)),
        texts_in(office.host.message(office.bram, "18c0fff0", THREAD)),
        texts_in(office.host.compose(office.bram, [AISSATOU])),
    ]
    for text in shown:
        assert "3 views" not in text
        assert "92, up 14" not in text


@pytest.mark.parametrize("locale", ["en-US", "fr-FR", "zh-TW"])
def test_every_button_of_every_card_leads_somewhere(office: Office, locale: str) -> None:
    crawl = Crawl(office, replace(office.nora, locale=locale))
    crawl.walk()
    assert {"home", "context", "task", "menu", "compose", "settings"} <= crawl.cards
    assert len(crawl.pressed) > 40


class Crawl:
    """Presses every button of every card it comes to, until no card is new. A card is known by its name and its buttons."""

    def __init__(self, office: Office, hands: Hands) -> None:
        self.office = office
        self.hands = hands
        self.cards: set[str] = set()
        self.pressed: set[tuple[str, str, str]] = set()
        self.waiting: list[tuple[list[Json], Json | None]] = []

    def walk(self) -> None:
        host = self.office.host
        thread, draft = opened("18c0fff0", THREAD), written(self.hands, [AISSATOU, "k.sato@tanabe.example"])
        self.take(Screen(), host.home(self.hands), None)
        self.take(Screen(), host.message(self.hands, "18c0fff0", THREAD), thread)
        self.take(Screen(), host.compose(self.hands, [AISSATOU, "k.sato@tanabe.example"]), draft)
        self.take(Screen(), host.settings(self.hands), None)
        while self.waiting:
            cards, beside = self.waiting.pop()
            for action in self.new_ones(cards[-1]):
                self.take(Screen(cards=list(cards)), host.press(self.hands, action, inputs_of(cards[-1]), beside), beside)

    def take(self, screen: Screen, answer: Json, beside: Json | None) -> None:
        if "autoComplete" in answer:
            return
        screen.show(answer)
        moved = "navigations" in json.dumps(answer)
        assert moved or screen.notice or screen.link or screen.draft or screen.opened_draft, "a dead end"
        check(screen.card)
        self.cards.add(screen.card["name"])
        if moved:
            self.waiting.append((screen.cards, beside))

    def new_ones(self, card: Json) -> Iterator[Json]:
        shape = " ".join(sorted({action["function"].rsplit("/", 1)[1] for action in actions_in(card)}))
        for action in actions_in(card):
            known = (card["name"], shape, action["function"])
            if known not in self.pressed:
                self.pressed.add(known)
                yield action


def named(card: Json, name: str) -> Json:
    return next(one for one in actions_in(card) if one["function"].endswith(f"/{name}"))


def status_of(call: Callable[[], object]) -> int:
    with pytest.raises(OutsideError) as refused:
        call()
    return int(str(refused.value.facts["status"]))
