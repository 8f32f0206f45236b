"""The doors of recipients: pixel, tracked link, opt-out. Nobody else's token opens one, and none ever breaks their mail."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from server.storage.tables import engagements
from server.tokens import ClickToken, OptOutToken, PixelToken, Tokens, new_id
from server.web.tracking import GIF
from tests.hostile.conftest import TARGET, House
from tests.web.browser import SECRET_KEY
from tests.web.served import until

OURS = Tokens([SECRET_KEY])
FOREIGN = Tokens(["z" * 40])
MESSAGE = new_id()
CASES = {
    "pixel": (OURS.pixel(PixelToken(MESSAGE, 1)), OURS.read_pixel),
    "click": (OURS.click(ClickToken(MESSAGE, 1, 1, TARGET)), OURS.read_click),
    "opt-out": (OURS.opt_out(OptOutToken(MESSAGE, 1)), OURS.read_opt_out),
}


def wrong(token: str, foreign: str, others: list[str]) -> Iterator[str]:
    """Every kind of token that is not quite this one."""
    body, _, signature = token.rpartition(".")
    for size in (0, 1, len(body), len(body) + 1, len(token) // 2, len(token) - 1):
        yield token[:size]
    yield from (foreign, *others)
    yield from (f"{token}A", f"{token}.{signature}", f"{body}.", f".{signature}", f"A{token}", token.swapcase())
    yield from (f"{body[:-1]}{'A' if body[-1] != 'A' else 'B'}.{signature}", f"{body}%00.{signature}", f"{body}%ff.{signature}")
    yield from (f"{token}/..", f"{token}%2e", f"{token}%0d%0aX-Evil:%201", f"{token}%E2%80%AE", "A" * 8_000)


@pytest.fixture
def forged(house: House) -> dict[str, list[str]]:
    pixel, click, opt_out = (path.rpartition("/")[2].removesuffix(".gif") for path in (house.pixel, house.link, house.opt_out))
    message = house.message_id
    return {
        "/o/tag/": list(wrong(pixel, FOREIGN.pixel(PixelToken(message, 1)), [click, opt_out])),
        "/c/": list(wrong(click, FOREIGN.click(ClickToken(message, 1, 1, TARGET)), [pixel, opt_out])),
        "/opt-out/": list(wrong(opt_out, FOREIGN.opt_out(OptOutToken(message, 1)), [pixel, click])),
    }


def count(house: House) -> int:
    until(lambda: not house.product.tracking.inbox().waiting, "what was answered is counted")
    return int(house.product.database.read(lambda tx: tx.execute(select(func.count()).select_from(engagements)).scalar_one()))


@pytest.mark.server
def test_no_forged_token_counts_lands_or_stops_anything(house: House, forged: dict[str, list[str]]) -> None:
    assert house.serves_recipients()
    lines, before = len(house.lines()), count(house)
    for token in forged["/o/tag/"]:
        heard = house.ask(f"/o/tag/{token}.gif")
        assert (heard.status, heard.body, heard.header("X-Evil")) == (200, GIF, None)
    for token in forged["/c/"]:
        heard = house.ask(f"/c/{token}")
        assert (heard.status, heard.header("Location"), heard.header("X-Evil")) == (404, None, None)
    for token in forged["/opt-out/"]:
        for method in ("GET", "POST"):
            assert house.ask(f"/opt-out/{token}", method=method, body=b"").status in (400, 404, 405)
    assert house.lines()[lines:] == []
    assert house.serves_recipients()
    # Of all that was asked in between, nothing is behind these two that were real.
    assert count(house) <= before + 2


@pytest.mark.server
def test_replayed_ones_are_served_each_time(house: House) -> None:
    """A recipient may come back; that it is one opening or many is decided later."""
    for _ in range(30):
        assert house.serves_recipients()


@pytest.mark.parametrize("kind", CASES)
@given(data=st.data())
def test_of_all_changed_tokens_none_is_read(kind: str, data: st.DataObject) -> None:
    token, read = CASES[kind]
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(exclude_characters=token[at]))
    changed = token[:at] + other + token[at + 1 :]
    # Some bytes may be written in two ways; what they say is the same, and signed.
    assert read(changed) in (None, read(token))


@pytest.mark.parametrize("kind", CASES)
@given(text=st.text(max_size=200))
def test_of_all_texts_none_is_read(kind: str, text: str) -> None:
    assert CASES[kind][1](text) is None
