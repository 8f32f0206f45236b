"""What an operator sets in the console, beside what the environment says."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from server import settings as settings_module
from server.domain.integrations import State
from server.domain.push import Browser
from server.domain.users import Identity, Role, User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.services.configuration import LOOK_EVERY, Configuration
from server.services.integrations import Integrations
from server.services.live import Live
from server.services.users import Users
from server.settings import effective, rules
from server.storage import push
from server.storage.database import Database
from server.tokens import Tokens

OLD, NEW = "the key of the tests that is long enough", "another key that is long enough for it"
MARKETO = {"marketo_url": "https://123-abc-456.mktorest.com", "marketo_client_id": "an-id", "marketo_client_secret": "s3cret"}
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Desk:
    """One process; `tick` lets seconds pass."""

    def __init__(self, database: Database, *keys: str, **given: str) -> None:
        self.database = database
        self.seconds = 0.0
        self.given = settings_module.read({f"LIVEFEED_{name.upper()}": value for name, value in given.items()})
        tokens = Tokens(keys or [OLD])
        self.users = Users(database, tokens, clock=lambda: NOW)
        self.configuration = Configuration(database, tokens, rules(self.given), lambda: NOW, lambda: self.seconds)
        self.in_force = Live(self.configuration.stored, lambda stored: effective(self.given, stored))

    def tick(self, seconds: float = LOOK_EVERY) -> None:
        self.seconds += seconds


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def operator(desk: Desk) -> User:
    setup = desk.users.open_setup()
    return desk.users.sign_in(Identity("sub-ada", "ada@fjordline.example", "Ada", "fjordline.example"), setup)


def test_what_is_set_counts_at_once(desk: Desk, operator: User) -> None:
    desk.configuration.keep(operator, MARKETO)
    assert desk.in_force().marketo_url == MARKETO["marketo_url"]
    desk.configuration.keep(operator, {"marketo_url": ""})
    assert desk.in_force().marketo_url == ""


def test_another_process_sees_it_within_a_second(desk: Desk, operator: User, database: Database) -> None:
    other = Desk(database)
    assert other.in_force().marketo_url == ""
    desk.configuration.keep(operator, MARKETO)
    other.tick()
    assert other.in_force().marketo_url == MARKETO["marketo_url"]


def test_the_environment_wins_and_is_shown_as_such(operator: User, database: Database) -> None:
    desk = Desk(database, smtp_url="smtp://user:pass@mail.example", mail_from="feed@fjordline.example")
    with pytest.raises(Conflict):
        desk.configuration.keep(operator, {"mail_from": "else@fjordline.example"})
    entries = desk.configuration.entries()
    assert (entries["mail_from"].value, entries["mail_from"].fixed) == ("feed@fjordline.example", True)
    assert (entries["smtp_url"].value, entries["smtp_url"].is_set) == ("", True)
    assert not entries["marketo_url"].fixed


def test_an_empty_variable_says_nothing(operator: User, database: Database) -> None:
    desk = Desk(database, marketo_url="")
    desk.configuration.keep(operator, MARKETO)
    assert desk.in_force().marketo_url == MARKETO["marketo_url"]


def test_secrets_are_stored_encrypted_and_never_shown(desk: Desk, operator: User, database: Database) -> None:
    desk.configuration.keep(operator, MARKETO)
    with database.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM configuration").all())
    assert "s3cret" not in rows
    assert "an-id" in rows
    secret = desk.configuration.entries()["marketo_client_secret"]
    assert (secret.value, secret.is_set, secret.changed_by) == ("", True, "Ada")


def test_keys_rotate(desk: Desk, operator: User, database: Database) -> None:
    desk.configuration.keep(operator, MARKETO)
    rotating = Desk(database, NEW, OLD)
    assert rotating.configuration.reseal() == 1
    assert rotating.configuration.reseal() == 0
    alone = Desk(database, NEW)
    assert alone.in_force().marketo_client_secret == "s3cret"
    assert alone.configuration.lost() == 0


def test_what_notifications_are_pushed_with_rotates_too(desk: Desk, operator: User, database: Database) -> None:
    session, old = desk.users.open_session(operator, "web", "a browser", None), Tokens([OLD])
    browser = Browser("b1", operator.workspace_id, operator.id, "https://push.example/1", "a", old.encrypt("auth"), "", None)
    database.write(push.keep_key, old.encrypt("vapid"), NOW)
    database.write(push.keep, browser, session.id, NOW, 1)
    assert Desk(database, NEW).configuration.lost() == 2
    assert Desk(database, NEW, OLD).configuration.reseal() == 2
    assert Desk(database, NEW).configuration.lost() == 0
    [kept] = database.read(push.of_user, operator.id, NOW)
    new, key = Tokens([NEW]), database.read(push.sealed_key)
    assert (new.decrypt(kept.auth), key and new.decrypt(key)) == ("auth", "vapid")


def test_what_no_key_opens_is_as_if_it_were_not_set(desk: Desk, operator: User, database: Database) -> None:
    desk.configuration.keep(operator, MARKETO)
    lost = Desk(database, NEW)
    assert lost.in_force().marketo_client_secret == ""
    assert lost.in_force().marketo_client_id == "an-id"
    assert lost.configuration.lost() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("marketo_url", "somewhere"),
        ("marketo_daily_calls", "many"),
        ("smtp_url", "mail.example"),
        ("public_url", "https://x.example"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(desk: Desk, operator: User, name: str, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        desk.configuration.keep(operator, {name: value, "marketo_client_id": "fine"})
    assert list(refused.value.fields) == [name]
    assert desk.configuration.stored() == {}


def test_only_an_operator_sets_it(desk: Desk, operator: User) -> None:
    bram = desk.users.sign_in(Identity("sub-bram", "bram@fjordline.example", "Bram", "fjordline.example"))
    assert Role.OPERATOR not in bram.roles
    with pytest.raises(NotAllowed):
        desk.configuration.keep(bram, MARKETO)


def test_the_setup_address_sets_it_until_there_is_an_admin(desk: Desk, database: Database) -> None:
    setup = desk.users.open_setup()
    assert setup is not None
    desk.configuration.begin(setup, {"google_client_id": "the-client"})
    assert desk.in_force().google_client_id == "the-client"
    desk.users.sign_in(Identity("sub-ada", "ada@fjordline.example", "Ada", "fjordline.example"), setup)
    with pytest.raises(NotFound):
        desk.configuration.begin(setup, {"google_client_id": "another"})


def test_how_it_did_under_other_settings_is_forgotten(desk: Desk, operator: User, database: Database) -> None:
    integrations = Integrations(database, lambda: {"marketo": "x"}, lambda: NOW)
    desk.configuration.keep(operator, MARKETO)
    integrations.hearing("marketo")(None)
    assert integrations.current("marketo").state is State.OK
    desk.configuration.keep(operator, MARKETO)
    assert integrations.current("marketo").state is State.OK
    desk.configuration.keep(operator, {"marketo_client_secret": "another"})
    assert integrations.current("marketo").state is State.NEW


def test_only_what_changed_is_made_anew() -> None:
    given: list[int] = [1]
    made: list[int] = []

    def make(source: list[int]) -> int:
        made.append(source[0])
        return source[0]

    live: Callable[[], int] = Live(lambda: list(given), make)
    assert [live(), live()] == [1, 1]
    given[0] = 2
    assert [live(), live()] == [2, 2]
    assert made == [1, 2]
