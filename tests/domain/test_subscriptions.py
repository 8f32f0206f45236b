from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.people import folded
from server.domain.subscriptions import Kind, Occasion, Receiver, Subscription, addressed, matches, meets, refusing, value_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def subscription(kind: Kind, value: str, user: str = "nora", one_id: str = "1", *receivers: Receiver) -> Subscription:
    return Subscription(one_id, "w", user, kind, value_of(kind, value), value, receivers or (Receiver(user),), NOON)


def occasion(
    text: str = "Visited the price list",
    *,
    owner: str | None = "nora",
    watchers: frozenset[str] = frozenset(),
    account: str | None = "Tanabe Express",
) -> Occasion:
    return Occasion("m", "hiroshi", account, owner, watchers, "web", text, NOON)


EVERY = [(Kind.PERSON, "hiroshi"), (Kind.ACCOUNT, "tanabe express"), (Kind.TYPE, "web"), (Kind.DESCRIPTION, "price")]


@pytest.mark.parametrize(("kind", "value"), EVERY)
def test_an_owner_is_told_whatever_they_asked_by(kind: Kind, value: str) -> None:
    assert meets(subscription(kind, value), occasion())


@pytest.mark.parametrize(("kind", "value"), EVERY)
def test_who_watches_is_told_by_person_and_account_only(kind: Kind, value: str) -> None:
    watched = occasion(owner="bram", watchers=frozenset({"nora"}))
    assert meets(subscription(kind, value), watched) == (kind in (Kind.PERSON, Kind.ACCOUNT))


@pytest.mark.parametrize(("kind", "value"), EVERY)
def test_nobody_else_is_told(kind: Kind, value: str) -> None:
    for owner in ("bram", None):
        assert not meets(subscription(kind, value), occasion(owner=owner, watchers=frozenset({"elias"})))


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        ("price", "Visited the price list", True),
        ("PRICE list", "List of prices: visited", True),
        ("pricing", "Visited the price list", False),
        ("ice", "Visited the price list", False),
        ("énergie", "Opened “Energie 2026”", True),
        ("demo", "Watched the re-demo", True),
        ("報價", "下載了報價單", True),
        ("ราคา", "ดูราคาสินค้า", True),
        ("가격", "상품가격 문의", False),
        ("가격", "상품 가격표", True),
        ("price webinar", "Visited the price list", False),
    ],
)
def test_a_description_has_all_words_each_from_a_beginning(wanted: str, text: str, found: bool) -> None:
    assert meets(subscription(Kind.DESCRIPTION, wanted), occasion(text)) is found


def test_an_account_is_compared_as_people_read_it() -> None:
    assert meets(subscription(Kind.ACCOUNT, "baobab  energie"), occasion(account="Baobab Énergie"))
    assert not meets(subscription(Kind.ACCOUNT, "baobab"), occasion(account="Baobab Énergie"))
    assert not meets(subscription(Kind.ACCOUNT, "x"), occasion(account=None))


def test_of_several_that_fit_the_eldest_tells_each_receiver_once() -> None:
    both = Receiver("nora"), Receiver("elias")
    younger, elder = subscription(Kind.TYPE, "web", "nora", "2", *both), subscription(Kind.PERSON, "hiroshi", "nora", "1")
    assert matches([younger, elder], occasion()) == [("nora", "1"), ("elias", "2")]


def test_a_refusal_is_only_the_receivers_to_take_back() -> None:
    asked = subscription(Kind.TYPE, "web", "nora", "1", Receiver("nora"), Receiver("elias"))
    refused = refusing(asked, "elias", True)
    assert matches([refused], occasion()) == [("nora", "1")]
    again = addressed(refused.receivers, ["elias", "nora", "elias"], by="nora")
    assert again == (Receiver("elias", refused=True), Receiver("nora"))
    own = addressed((Receiver("nora", refused=True),), ["nora"], by="nora")
    assert own == (Receiver("nora"),)


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_is_found_in_itself(before: str, words: str) -> None:
    if folded(words):
        assert meets(subscription(Kind.DESCRIPTION, words), occasion(f"{before} {words}"))
