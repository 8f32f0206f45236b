from datetime import UTC, datetime, timedelta

import pytest

from server.domain.addresses import line_of
from server.domain.users import SESSION_LIFE, TICKET_LIFE, Identity, Refusal, Role, User
from server.services.users import RefusedSignIn, Users
from server.storage import users as stored
from server.storage.database import Database
from server.tokens import Tokens
from tests.web.browser import Clock

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NORA = Identity("1", "nora@fjordline.example", "Nora Lindqvist", "fjordline.example")
BRAM = Identity("2", "bram@fjordline.example", "Bram de Wit", "fjordline.example")
IDA = Identity("3", "ida@elsewhere.example", "Ida", "elsewhere.example")
CARL = Identity("4", "carl@mail.example", "Carl", None)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(["a key of the tests that is long enough"])


@pytest.fixture
def users(database: Database, tokens: Tokens, clock: Clock) -> Users:
    return Users(database, tokens, ["boss@hq.example"], clock=clock)


@pytest.fixture
def nora(users: Users) -> User:
    return users.sign_in(NORA, users.open_setup())


def refusal(users: Users, identity: Identity, setup: str | None = None) -> str:
    with pytest.raises(RefusedSignIn) as refused:
        users.sign_in(identity, setup)
    return refused.value.code


def test_the_first_through_setup_founds_the_workspace(users: Users, nora: User) -> None:
    assert nora.roles == frozenset(Role)
    workspace = users.workspace(nora)
    assert (workspace.name, workspace.domain) == ("fjordline.example", "fjordline.example")
    assert users.by_address(NORA.address) == nora


def test_setup_is_over_once_there_is_an_admin(users: Users, nora: User) -> None:
    assert users.open_setup() is None
    assert refusal(users, IDA, "any") == Refusal.SETUP_OVER


def test_a_newer_setup_address_replaces_the_older(users: Users) -> None:
    older, newer = users.open_setup(), users.open_setup()
    assert older is not None
    assert newer is not None
    assert not users.setup_alive(older)
    assert users.setup_alive(newer)


def test_a_setup_address_lives_for_a_week(users: Users, clock: Clock) -> None:
    secret = users.open_setup()
    assert secret is not None
    clock.advance(timedelta(days=7))
    assert not users.setup_alive(secret)


def test_people_of_the_domain_join_and_others_do_not(users: Users, nora: User) -> None:
    bram = users.sign_in(BRAM)
    assert (bram.workspace_id, bram.roles) == (nora.workspace_id, {Role.REP})
    assert bram.tag != nora.tag
    assert refusal(users, IDA) == refusal(users, CARL) == Refusal.NOT_INVITED


def test_nobody_joins_before_an_admin(users: Users) -> None:
    assert refusal(users, NORA) == Refusal.NO_ADMIN_YET


def test_named_admins_need_no_setup_and_keep_their_roles(users: Users, nora: User) -> None:
    boss = users.sign_in(Identity("9", "Boss@HQ.example", "Boss", "hq.example"))
    assert boss.roles == frozenset(Role)
    assert boss.workspace_id == nora.workspace_id


def test_a_named_admin_may_come_first(users: Users) -> None:
    users.sign_in(Identity("9", "boss@hq.example", "Boss", "hq.example"))
    assert users.open_setup() is None


def test_who_was_let_go_stays_out(database: Database, users: Users, nora: User) -> None:
    bram = users.sign_in(BRAM)
    session = users.open_session(bram, "web", "a browser", None)
    ticket = users.ticket(bram)
    database.write(stored.deactivate, nora.workspace_id, bram.id, NOW)
    assert users.session(session.id, None) is None
    assert users.redeem_ticket(ticket) is None
    assert refusal(users, BRAM) == Refusal.DEACTIVATED


def test_a_recycled_address_lets_nobody_else_in(users: Users, nora: User) -> None:
    assert refusal(users, Identity("77", NORA.address, "Another Nora", NORA.domain)) == Refusal.OTHER_ACCOUNT


def test_a_changed_address_is_the_same_person(users: Users, nora: User) -> None:
    married = users.sign_in(Identity("1", "nora.holm@fjordline.example", "Nora Holm", NORA.domain))
    assert (married.id, married.tag, married.address) == (nora.id, nora.tag, "nora.holm@fjordline.example")


def test_an_address_that_another_still_holds_changes_hands_once_it_is_free(users: Users, nora: User) -> None:
    bram = users.sign_in(BRAM)
    takes_over = Identity("1", BRAM.address, "Nora Lindqvist", NORA.domain)
    assert (users.sign_in(takes_over).id, users.sign_in(takes_over).address) == (nora.id, NORA.address)
    assert users.user(bram.id) == bram
    users.sign_in(Identity("2", "bram.dewit@fjordline.example", "Bram de Wit", NORA.domain))
    assert users.sign_in(takes_over).address == BRAM.address


def test_a_session_lives_while_it_is_used(users: Users, nora: User, clock: Clock) -> None:
    session = users.open_session(nora, "web", "a browser", "192.0.2.1")
    for _ in range(3):
        clock.advance(SESSION_LIFE - timedelta(hours=1))
        assert users.session(session.id, "192.0.2.1") is not None
    clock.advance(SESSION_LIFE)
    assert users.session(session.id, "192.0.2.1") is None


def test_where_it_is_used_from_is_kept_as_a_hash_and_renewed_each_minute(
    users: Users, nora: User, clock: Clock, tokens: Tokens
) -> None:
    opened = users.open_session(nora, "web", "a browser", "192.0.2.1")
    assert opened.address_hash == tokens.hash_address("192.0.2.1")
    users.session(opened.id, "192.0.2.9")
    clock.advance(timedelta(seconds=61))
    users.session(opened.id, "192.0.2.9")
    again = users.session(opened.id, "192.0.2.9")
    assert again is not None
    assert again.address_hash == tokens.hash_address("192.0.2.9")


def test_over_ipv6_the_line_is_recognised_as_hits_are(users: Users, nora: User, tokens: Tokens) -> None:
    opened = users.open_session(nora, "web", "a browser", "2001:db8:1:2:aaaa::1")
    assert opened.address_hash == tokens.hash_address(line_of("2001:db8:1:2:bbbb::9"))


def test_a_ticket_is_good_for_seconds_and_once(users: Users, nora: User, clock: Clock) -> None:
    first, second = users.ticket(nora), users.ticket(nora)
    assert users.redeem_ticket(first) == nora
    assert users.redeem_ticket(first) is None
    clock.advance(TICKET_LIFE)
    assert users.redeem_ticket(second) is None
    assert users.redeem_ticket("") is None


def test_a_ticket_is_no_extension_code(users: Users, nora: User) -> None:
    assert users.exchange_code(users.ticket(nora), "v" * 43, "", "", None) is None


def test_what_is_over_is_forgotten(users: Users, nora: User, clock: Clock, database: Database) -> None:
    users.ticket(nora)
    users.open_session(nora, "web", "a browser", "192.0.2.1")
    clock.advance(3 * SESSION_LIFE)
    users.clear_expired()
    with database.engine.connect() as connection:
        for table in ("one_time_codes", "sessions"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


def test_language_and_zone_are_chosen_one_by_one(users: Users, nora: User) -> None:
    users.choose(nora, "fr", None)
    users.choose(nora, None, "Europe/Paris")
    found = users.user(nora.id)
    assert found is not None
    assert (found.locale, found.time_zone) == ("fr", "Europe/Paris")
