import pytest

from server.domain.people import account_of, display_name


@pytest.mark.parametrize(
    ("address", "account"), [("a@Firm.example", "firm.example"), ("a@gmail.com", None), ("a@hinet.net", None), ("nobody", None)]
)
def test_an_account_is_the_domain_unless_everybody_has_it(address: str, account: str | None) -> None:
    assert account_of(address) == account


@pytest.mark.parametrize(
    ("name", "shown"), [("'Ana  Lee'", "Ana Lee"), ("a@b.example", ""), ("A@B.example", ""), ("", ""), ("Ana", "Ana")]
)
def test_a_name_that_only_repeats_the_address_is_none(name: str, shown: str) -> None:
    assert display_name(name, "a@b.example") == shown
