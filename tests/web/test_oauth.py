from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from server.app import Product
from server.domain.users import Role
from server.services.tracking import Sighting
from server.tokens import PixelToken, new_id
from server.web.tracking import Edge
from tests.fixtures_sandbox import BRAM, NORA, Sandbox
from tests.web.browser import Browser, Clock, FakeMailboxes

READ = "https://www.googleapis.com/auth/gmail.readonly"
SEND = "https://www.googleapis.com/auth/gmail.send"


@pytest.fixture
def setup(product: Product) -> str:
    secret = product.users.open_setup()
    assert secret is not None
    return f"/auth/setup/{secret}"


@pytest.fixture
def admin(browser: Browser, setup: str) -> Browser:
    """Nora, signed in through the set-up address."""
    browser.get(browser.consent(browser.to_google(setup, page=setup)))
    return browser


def mailboxes_of(product: Product) -> FakeMailboxes:
    assert isinstance(product.mailboxes, FakeMailboxes)
    return product.mailboxes


def test_the_first_person_through_the_setup_address_is_everything(admin: Browser, product: Product) -> None:
    nora = product.users.by_address(NORA)
    assert nora is not None
    assert nora.roles == frozenset(Role)
    assert product.users.workspace(nora).domain == "fjordline.example"
    assert admin.get("/help").status_code == 200


def test_the_setup_address_dies_with_the_first_admin(admin: Browser, setup: str) -> None:
    page = admin.get(setup)
    assert page.status_code == 404
    assert "no longer valid" in page.text


def test_whoever_cancels_at_google_is_back_at_the_setup_address(browser: Browser, setup: str) -> None:
    asked = browser.to_google(setup, page=setup)
    back = browser.get(f"/auth/google/callback?error=access_denied&state={asked['state']}")
    assert back.location.startswith(f"{setup}?")
    assert "You cancelled at Google" in browser.get(back.location).text


def test_a_wrong_setup_address_shows_nothing(browser: Browser, setup: str) -> None:
    assert browser.get("/auth/setup/wrong").status_code == 404
    assert browser.post("/auth/setup/wrong").status_code == 404


def test_of_two_who_stand_at_the_setup_address_one_gets_in(
    browsers: Callable[[], Browser], setup: str, product: Product
) -> None:
    first, second = browsers(), browsers()
    back = [one.consent(one.to_google(setup, page=setup), who) for one, who in ((first, NORA), (second, BRAM))]
    first.get(back[0])
    late = second.get(back[1])
    assert late.status_code == 403
    assert "there is an administrator already" in late.text
    assert product.users.by_address(BRAM) is None


def test_colleagues_of_the_domain_join_as_reps(admin: Browser, browsers: Callable[[], Browser], product: Product) -> None:
    answer = browsers().sign_in(BRAM, next="/live")
    assert (answer.status_code, answer.location) == (303, "/live")
    bram, nora = product.users.by_address(BRAM), product.users.by_address(NORA)
    assert bram is not None
    assert nora is not None
    assert bram.roles == {Role.REP}
    assert bram.workspace_id == nora.workspace_id


def test_nobody_gets_in_before_there_is_an_admin(browser: Browser) -> None:
    page = browser.sign_in()
    assert page.status_code == 403
    assert "no administrator yet" in page.text


def test_a_consumer_account_gets_in_only_when_invited(
    admin: Browser, browsers: Callable[[], Browser], google: Sandbox, product: Product
) -> None:
    google.world.add_account("ida@gmail.com", "Ida")
    refused = browsers().sign_in("ida@gmail.com")
    assert refused.status_code == 403
    assert "ask for an invitation" in refused.text
    nora = product.users.by_address(NORA)
    assert nora is not None
    product.members.invite(nora, "ida@gmail.com")
    assert browsers().sign_in("ida@gmail.com").status_code == 303


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:1"]
)
def test_signing_in_leads_to_no_other_server(admin: Browser, browsers: Callable[[], Browser], wanted: str) -> None:
    assert browsers().sign_in(BRAM, next=wanted).location == "/"


def test_a_state_from_elsewhere_is_refused(admin: Browser, browsers: Callable[[], Browser]) -> None:
    mine, victim = browsers(), browsers()
    back = mine.consent(mine.to_google("/auth/google"), BRAM)
    victim.to_google("/auth/google")
    assert victim.get(back).status_code == 400
    assert victim.get("/help").status_code == 303
    assert victim.get("/auth/google/callback?code=x").status_code == 400


def test_a_callback_works_once(admin: Browser, browsers: Callable[[], Browser]) -> None:
    browser = browsers()
    back = browser.consent(browser.to_google("/auth/google"), BRAM)
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 400


def test_two_tabs_do_not_mix(admin: Browser, browsers: Callable[[], Browser]) -> None:
    browser = browsers()
    first = browser.to_google("/auth/google", {"next": "/live"})
    second = browser.to_google("/auth/google", {"next": "/help"})
    assert browser.get(browser.consent(first, BRAM)).location == "/live"
    assert browser.get(browser.consent(second, BRAM)).location == "/help"


def test_pkce_and_a_nonce_are_asked_for(browser: Browser) -> None:
    asked = browser.to_google("/auth/google")
    assert asked["code_challenge_method"] == "S256"
    assert asked["nonce"]
    assert "gmail" not in asked["scope"]


def test_a_no_at_google_is_not_an_error(browser: Browser) -> None:
    asked = browser.to_google("/auth/google")
    answer = browser.get(f"/auth/google/callback?error=access_denied&state={asked['state']}")
    assert answer.status_code == 303
    assert "You cancelled at Google" in browser.get(answer.location).text


def test_gmail_is_asked_for_apart_and_with_least_scopes(admin: Browser, product: Product) -> None:
    asked = admin.to_google("/auth/gmail", page="/auth/gmail")
    assert {scope for scope in asked["scope"].split() if "gmail" in scope} == {READ, SEND}
    assert (asked["access_type"], asked["include_granted_scopes"], asked["login_hint"]) == ("offline", "true", NORA)
    answer = admin.get(admin.consent(asked))
    assert answer.status_code == 303
    grant, scopes = mailboxes_of(product).connected[NORA]
    assert grant.refresh_token
    assert {READ, SEND} <= scopes


def test_a_partial_grant_is_explained_and_may_be_tried_again(admin: Browser, product: Product) -> None:
    asked = admin.to_google("/auth/gmail", page="/auth/gmail")
    answer = admin.get(admin.consent(asked, granted=[SEND]))
    assert answer.status_code == 303
    assert "code=" not in answer.location
    assert "only a part" in admin.get(answer.location).text
    assert READ not in mailboxes_of(product).connected[NORA][1]
    again = admin.to_google("/auth/gmail", page="/auth/gmail")
    assert admin.get(admin.consent(again)).status_code == 303


def test_no_other_persons_mailbox_is_connected(admin: Browser, product: Product) -> None:
    asked = admin.to_google("/auth/gmail", page="/auth/gmail")
    answer = admin.get(admin.consent(asked, BRAM))
    assert "another Google account" in admin.get(answer.location).text
    assert mailboxes_of(product).connected == {}


def test_google_away_is_said_and_harms_nothing(browser: Browser, google: Sandbox, setup: str) -> None:
    back = browser.consent(browser.to_google(setup, page=setup))
    google.fail("oauth.token", "500-plain")
    assert browser.get(back).status_code in (502, 503)


def test_signing_out_ends_the_session(admin: Browser) -> None:
    kept = {name: admin.client.get_cookie(name) for name in ("lf_session",)}
    assert admin.post("/auth/sign-out", page="/help").status_code == 303
    assert admin.get("/help").status_code == 303
    old = kept["lf_session"]
    assert old is not None
    admin.client.set_cookie("lf_session", old.value)
    assert admin.get("/help").status_code == 303


def test_the_device_is_remembered_as_the_reps_own(admin: Browser, product: Product) -> None:
    nora = product.users.by_address(NORA)
    assert nora is not None
    cookie = admin.client.get_cookie("lf_own")
    assert cookie is not None
    assert product.tokens.unsign("own-device", cookie.value, 60) == [nora.tag]


class TestWithATrackingHostOfItsOwn:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return environment | {"LIVEFEED_TRACKING_URL": "http://127.0.0.1"}

    def test_the_rep_is_known_there_too(self, admin: Browser, browsers: Callable[[], Browser], product: Product) -> None:
        browser, noted = browsers(), list[Sighting]()
        detour = browser.sign_in(BRAM, next="/live").location
        assert detour.startswith("http://127.0.0.1/auth/device/")
        edge = Edge(browser.client.application, product.tokens, noted.append, (), Clock())
        visitor, again = Client(edge), Client(edge)
        there: Any = {"base_url": "http://127.0.0.1", "environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
        path = detour.removeprefix("http://127.0.0.1")
        assert visitor.get(path, **there).location == "http://localhost/live"
        assert again.get(path, **there).location == "http://localhost"
        pixel = f"/o/x/{product.tokens.pixel(PixelToken(new_id(), 0))}.gif"
        for one in (visitor, again):
            one.get(pixel, **there)
        bram = product.users.by_address(BRAM)
        assert bram is not None
        assert [sighting.own_tags for sighting in noted] == [{bram.tag}, set()]

    def test_forms_may_lead_there(self, browser: Browser) -> None:
        assert "http://127.0.0.1" in browser.get("/auth/sign-in").headers["Content-Security-Policy"]


def test_cookies_are_not_for_scripts_or_other_sites(browser: Browser, setup: str) -> None:
    answer = browser.get(browser.consent(browser.to_google(setup, page=setup)))
    set_cookies = [line for line in answer.headers.getlist("Set-Cookie") if not line.startswith("lf_journey")]
    assert {line.partition("=")[0] for line in set_cookies} >= {"lf_session", "lf_own"}
    assert all("HttpOnly" in line and "SameSite=Lax" in line for line in set_cookies)
