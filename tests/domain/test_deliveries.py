from datetime import datetime, timedelta
from itertools import permutations

from server.domain.deliveries import present
from server.domain.engagement import Class, Kind
from server.domain.feed import InboundMail, delivery_state, key_of_mail
from tests.scene import NOON


def notice(state: str, minute: int, recipient: int = 1) -> InboundMail:
    return mail(Kind.BOUNCE, minute, recipient, {"state": state, "address": "a@b.example"})


def answer(minute: int, kind: Kind = Kind.REPLY, recipient: int = 1) -> InboundMail:
    return mail(kind, minute, recipient, {})


def mail(kind: Kind, minute: int, recipient: int, detail: dict[str, str]) -> InboundMail:
    name = f"{kind}-{minute}-{recipient}"
    return InboundMail(name, "w", "m", "box", name, "<x>", "", "a@b.example", kind, at(minute), recipient, detail)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def told(*mails: InboundMail) -> list[str]:
    """What the line of the notices says, whatever the order in which they were stored."""
    said = {tuple(delivery_state(one) for one in present(order) if one.kind is Kind.BOUNCE) for order in permutations(mails)}
    assert len(said) == 1
    return list(said.pop())


def test_a_delay_that_ends_tells_its_end() -> None:
    assert told(notice("delayed", 1)) == ["delayed"]
    assert told(notice("delayed", 1), notice("delayed", 2)) == ["delayed"]
    assert told(notice("delayed", 1), notice("failed", 2)) == ["failed"]
    assert told(notice("delayed", 1), notice("delivered", 2)) == ["delivered"]
    assert told(notice("delayed", 1), notice("relayed", 2)) == ["relayed"]


def test_a_late_word_of_a_delay_does_not_hide_the_end() -> None:
    assert told(notice("failed", 1), notice("delayed", 2)) == ["failed"]
    assert told(notice("delivered", 1), notice("delayed", 2)) == ["delivered"]


def test_who_answers_has_the_mail() -> None:
    assert told(notice("delayed", 1), answer(2)) == ["delivered"]
    assert told(notice("delayed", 1), answer(2, Kind.AUTO_REPLY)) == ["delivered"]
    assert told(answer(1), notice("delayed", 2)) == ["delayed"], "about another copy"
    assert told(notice("delayed", 1), answer(2, recipient=2)) == ["delayed"]
    assert told(notice("failed", 1), answer(2)) == ["failed"], "it came back, and somebody answered from elsewhere"


def test_good_news_that_ends_nothing_is_no_line() -> None:
    assert told(notice("delivered", 1)) == []
    assert told(notice("relayed", 1), notice("delivered", 2)) == []


def test_each_recipient_has_a_line() -> None:
    mails = present([notice("delayed", 1, 1), notice("failed", 2, 2), notice("delivered", 3, 1), answer(4)])
    assert {(one.recipient, delivery_state(one)) for one in mails if one.kind is Kind.BOUNCE} == {
        (1, "delivered"),
        (2, "failed"),
    }
    assert len({key_of_mail(one) for one in mails}) == 3
    assert key_of_mail(notice("delayed", 1)) == key_of_mail(notice("failed", 2)) != key_of_mail(notice("failed", 2, 2))


def test_only_a_mail_that_came_back_counts_as_one() -> None:
    counted = {state: notice(state, 1).klass for state in ("failed", "delayed", "delivered", "relayed")}
    assert [state for state, klass in counted.items() if klass is Class.HUMAN] == ["failed"]
    assert answer(1).klass is Class.HUMAN
