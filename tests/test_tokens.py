from hypothesis import given
from hypothesis import strategies as st

from server.tokens import ClickToken, OptOutToken, PixelToken, Tokens, new_id

tokens = Tokens(["the newest secret of this test", "an older one"])
ids = st.builds(new_id)


def test_ids_are_opaque_and_sort_by_time() -> None:
    made = [new_id() for _ in range(50)]
    assert len(set(made)) == 50
    assert {len(one) for one in made} == {26}
    assert sorted(one[:9] for one in made) == [one[:9] for one in made]


@given(ids, st.integers(0, 65535))
def test_a_pixel_token_comes_back_as_it_was(message_id: str, recipient: int) -> None:
    token = PixelToken(message_id, recipient)
    assert tokens.read_pixel(tokens.pixel(token)) == token


@given(ids, st.integers(0, 65535))
def test_an_opt_out_token_is_no_pixel_token(message_id: str, recipient: int) -> None:
    token = OptOutToken(message_id, recipient)
    assert tokens.read_opt_out(tokens.opt_out(token)) == token
    assert tokens.read_pixel(tokens.opt_out(token)) is None
    assert tokens.read_opt_out(tokens.pixel(PixelToken(message_id, recipient))) is None


@given(ids, st.integers(0, 65535), st.integers(1, 65535), st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_click_token_carries_its_target(message_id: str, recipient: int, link: int, url: str) -> None:
    token = ClickToken(message_id, recipient, link, url)
    assert tokens.read_click(tokens.click(token)) == token


@given(st.text())
def test_a_foreign_token_is_refused_without_an_exception(token: str) -> None:
    assert tokens.read_pixel(token) is None
    assert tokens.read_click(token) is None


def test_a_changed_target_is_refused() -> None:
    sealed = tokens.click(ClickToken(new_id(), 1, 1, "https://fjordline.example/"))
    body, signature = sealed.split(".")
    assert tokens.read_click(f"{body[:-2]}AA.{signature}") is None


def test_a_pixel_token_is_no_click_token() -> None:
    assert tokens.read_click(tokens.pixel(PixelToken(new_id(), 1))) is None


def test_links_signed_with_a_retired_key_still_verify() -> None:
    old = Tokens(["an older one"])
    token = PixelToken(new_id(), 2)
    assert tokens.read_pixel(old.pixel(token)) == token
    assert old.read_pixel(tokens.pixel(token)) is None


def test_secrets_at_rest_survive_a_key_rotation() -> None:
    sealed = Tokens(["an older one"]).encrypt("1//refresh")
    assert "refresh" not in sealed
    assert tokens.decrypt(sealed) == "1//refresh"
    assert Tokens(["a stranger's key"]).decrypt(sealed) is None


def test_a_signed_value_serves_one_purpose_for_a_time() -> None:
    signed = tokens.sign("state", {"next": "/live"})
    assert tokens.unsign("state", signed, 60) == {"next": "/live"}
    assert tokens.unsign("ticket", signed, 60) is None
    assert tokens.unsign("state", signed, -1) is None
