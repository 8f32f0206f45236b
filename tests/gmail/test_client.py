import threading
from datetime import UTC, datetime, timedelta

import pytest

from server.gmail.client import INLINE_LIMIT, Gmail, accepted_addresses
from server.gmail.credentials import READ, SEND, GoogleAccess, Grant, may_read, may_send
from server.gmail.errors import (
    AdminBlocked,
    GmailError,
    HistoryExpired,
    Missing,
    RateLimited,
    ReconnectNeeded,
    Refused,
    Transient,
)
from server.sandbox.letter import write_letter
from tests.fixtures_sandbox import BRAM, CLIENT, NORA, Sandbox


@pytest.fixture
def slept() -> list[float]:
    return []


def open_gmail(sandbox: Sandbox, address: str = NORA, slept: list[float] | None = None, *scopes: str) -> Gmail:
    _, refresh = sandbox.google.grants.issue(CLIENT, sandbox.world.mailbox(address).account, scopes or (READ, SEND))
    access = GoogleAccess(CLIENT.id, CLIENT.secret, sandbox.url, f"{sandbox.url}/token", f"{sandbox.url}/revoke", timeout=3.0)
    return Gmail(access, Grant(refresh.value), (slept if slept is not None else []).append)


@pytest.fixture
def gmail(sandbox: Sandbox, slept: list[float]) -> Gmail:
    return open_gmail(sandbox, NORA, slept)


def a_letter(to: str = "ada@customer.example", html: str = "<p>Hello</p>") -> bytes:
    return write_letter(("Nora", NORA), [to], "Pricing", html=html)


def test_the_profile_names_mailbox_and_history(gmail: Gmail, sandbox: Sandbox) -> None:
    profile = gmail.profile()
    assert profile.address == NORA
    assert profile.history_id == sandbox.world.mailbox(NORA).history.latest


def test_new_tokens_are_handed_back(gmail: Gmail) -> None:
    assert gmail.renewed is None
    gmail.profile()
    assert gmail.renewed is not None
    assert gmail.renewed.expires_at is not None
    assert gmail.renewed.expires_at - datetime.now(UTC) > timedelta(minutes=50)


def test_a_token_that_is_still_good_is_not_renewed(sandbox: Sandbox) -> None:
    access, refresh = sandbox.google.grants.issue(CLIENT, sandbox.world.mailbox(NORA).account, (READ,))
    grant = Grant(refresh.value, access.value, datetime.now(UTC) + timedelta(hours=1))
    sandbox.fail("oauth.token", "500-html", times=None)
    gmail = Gmail(GoogleAccess(CLIENT.id, CLIENT.secret, sandbox.url, f"{sandbox.url}/token"), grant)
    gmail.profile()
    assert gmail.renewed is None


def test_a_sent_mail_can_be_read_in_every_way(gmail: Gmail) -> None:
    sent = gmail.send(a_letter())
    assert gmail.message(sent.id)["payload"]["mimeType"] == "multipart/alternative"
    headers = gmail.headers(sent.id)
    assert "parts" not in headers["payload"]
    assert any(one["name"] == "Message-ID" for one in headers["payload"]["headers"])
    assert b"Subject: Pricing" in gmail.raw(sent.id)
    assert [ref.id for ref in gmail.search("in:sent")] == [sent.id]
    assert [one["id"] for one in gmail.thread(sent.thread_id)] == [sent.id]


def test_a_search_stops_at_its_limit(gmail: Gmail) -> None:
    sent = [gmail.send(a_letter()).id for _ in range(3)]
    assert [ref.id for ref in gmail.search("in:sent", limit=2)] == sent[:0:-1]


def test_a_large_mail_goes_up_as_media(gmail: Gmail, sandbox: Sandbox) -> None:
    raw = a_letter(html="<p>" + "x" * INLINE_LIMIT + "</p>")
    sent = gmail.send(raw)
    assert len(sandbox.world.mailbox(NORA).message(sent.id).raw) > INLINE_LIMIT


def test_aliases_that_google_accepted_may_be_sent_from(gmail: Gmail) -> None:
    assert accepted_addresses(gmail.send_as(), NORA) == ("sales@fjordline.example",)


def test_watch_and_stop(gmail: Gmail, sandbox: Sandbox) -> None:
    watch = gmail.watch("projects/sandbox-project/topics/gmail")
    assert watch.expires_at - sandbox.world.clock.now() == timedelta(days=7)
    assert NORA in sandbox.google.push.watches()
    gmail.stop()
    assert NORA not in sandbox.google.push.watches()


def test_revoking_ends_the_grant_and_twice_is_no_error(gmail: Gmail, sandbox: Sandbox) -> None:
    gmail.revoke()
    gmail.revoke()
    assert sandbox.google.grants.all() == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("400-badRequest", Refused),
        ("401-authError", ReconnectNeeded),
        ("403-insufficientPermissions", ReconnectNeeded),
        ("403-domainPolicy", AdminBlocked),
        ("403-dailyLimitExceeded", AdminBlocked),
        ("403-rateLimitExceeded", RateLimited),
        ("403-userRateLimitExceeded", RateLimited),
        ("403-details-only", RateLimited),
        ("429-rateLimitExceeded", RateLimited),
        ("429-concurrent", RateLimited),
        ("404-notFound", Missing),
        ("500-backendError", Transient),
        ("500-html", Transient),
        ("500-plain", Transient),
        ("502-html", Transient),
        ("503-html", Transient),
        ("drop", Transient),
        ("drop-midway", Transient),
        ("invalid-json", Transient),
        ("403-html", Refused),
    ],
)
def test_googles_refusals_become_ours(gmail: Gmail, sandbox: Sandbox, kind: str, error: type[GmailError]) -> None:
    sandbox.fail("gmail.users.getProfile", kind, times=None)
    with pytest.raises(error) as refused:
        gmail.profile()
    assert type(refused.value) is error
    assert refused.value.retryable is (error in (RateLimited, Transient))
    assert "@" not in refused.value.detail


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("invalid_grant", ReconnectNeeded),
        ("invalid_rapt", ReconnectNeeded),
        ("admin_policy_enforced", AdminBlocked),
        ("invalid_client", AdminBlocked),
        ("temporarily_unavailable", Transient),
        ("internal_failure", Transient),
        ("500-html", Transient),
        ("drop", Transient),
    ],
)
def test_the_token_endpoint_is_heard_by_its_words(
    gmail: Gmail, sandbox: Sandbox, kind: str, error: type[GmailError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    sandbox.fail("oauth.token", kind, times=None)
    with pytest.raises(error):
        gmail.profile()


def test_googles_wish_to_wait_is_passed_on_by_googles_own_clock(gmail: Gmail, sandbox: Sandbox) -> None:
    sandbox.fail("gmail.users.getProfile", "429-retry-after", times=None)
    with pytest.raises(RateLimited) as limited:
        gmail.profile()
    assert limited.value.retry_after is not None
    assert 29 <= limited.value.retry_after <= 30  # the sandbox's clock stands at another day than ours


def test_a_slow_answer_is_given_up(sandbox: Sandbox) -> None:
    _, refresh = sandbox.google.grants.issue(CLIENT, sandbox.world.mailbox(NORA).account, (READ,))
    access = GoogleAccess(CLIENT.id, CLIENT.secret, sandbox.url, f"{sandbox.url}/token", timeout=0.3)
    sandbox.fail("gmail.users.getProfile", "slow", times=None, seconds=30)
    with pytest.raises(Transient):
        Gmail(access, Grant(refresh.value), lambda seconds: None).profile()


def test_nobody_at_the_other_end_is_transient_and_surely_not_sent() -> None:
    access = GoogleAccess("id", "secret", "http://127.0.0.1:9", "http://127.0.0.1:9/token")
    grant = Grant("refresh", "access", datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(Transient) as failure:
        Gmail(access, grant, lambda seconds: None).send(b"")
    assert not failure.value.sent_maybe


def test_short_trouble_is_waited_out_with_growing_pauses(gmail: Gmail, sandbox: Sandbox, slept: list[float]) -> None:
    sandbox.fail("gmail.users.getProfile", "503-backendError", times=2)
    gmail.profile()
    assert [0.5 <= slept[0] <= 1, 1 <= slept[1] <= 2] == [True, True]


def test_a_send_whose_fate_is_unknown_is_never_repeated(gmail: Gmail, sandbox: Sandbox, slept: list[float]) -> None:
    gmail.profile()
    sandbox.fail("gmail.users.messages.send", "drop", times=1)
    with pytest.raises(Transient) as failure:
        gmail.send(a_letter())
    assert failure.value.sent_maybe
    assert slept == []
    assert sandbox.world.mailbox(NORA).messages("in:sent") == []


def test_a_send_that_was_refused_for_the_rate_is_repeated(gmail: Gmail, sandbox: Sandbox) -> None:
    sandbox.fail("gmail.users.messages.send", "429-rateLimitExceeded", times=2)
    gmail.send(a_letter())
    assert len(sandbox.world.mailbox(NORA).messages("in:sent")) == 1


def test_an_old_history_id_is_told_from_a_missing_mail(gmail: Gmail, sandbox: Sandbox) -> None:
    sandbox.world.mailbox(NORA).history.expire()
    with pytest.raises(HistoryExpired):
        gmail.history(1)
    with pytest.raises(Missing):
        gmail.message("18c0ffee18c0ffee")


def test_many_mailboxes_at_once_get_their_own_answers(sandbox: Sandbox) -> None:
    wrong: list[str] = []

    def ask(address: str) -> None:
        mine = open_gmail(sandbox, address)
        wrong.extend(address for _ in range(10) if mine.profile().address != address)

    threads = [threading.Thread(target=ask, args=(address,)) for address in (NORA, BRAM) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_grant_survives_storage_and_never_shows_itself() -> None:
    grant = Grant("secret-refresh", "secret-access", datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    assert Grant.from_json(grant.to_json()) == grant
    assert "secret" not in f"{grant} {grant!r} {[grant]}"


def test_scopes_say_what_may_be_done() -> None:
    assert may_read([READ])
    assert not may_read([SEND])
    assert may_send([SEND])
    assert not may_send([READ])
