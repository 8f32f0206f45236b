import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.people import account_of, display_name, folded, linkedin_profile


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


@pytest.mark.parametrize(
    ("written", "profile"),
    [
        ("https://www.linkedin.com/in/ana-lee", "https://www.linkedin.com/in/ana-lee"),
        ("linkedin.com/in/ana-lee/", "https://www.linkedin.com/in/ana-lee"),
        ("http://fr.linkedin.com/in/ana-lee?trk=x#y", "https://www.linkedin.com/in/ana-lee"),
        (" HTTPS://LinkedIn.com/In/Ana/details/skills ", "https://www.linkedin.com/in/Ana"),
        ("https://www.linkedin.com/in/zo%C3%A9", "https://www.linkedin.com/in/zo%C3%A9"),
        ("https://www.linkedin.com/in/zoé", "https://www.linkedin.com/in/zo%C3%A9"),
        ("https://www.linkedin.com/company/firm", None),
        ("https://linkedin.com.evil.example/in/ana", None),
        ("https://evil.example/linkedin.com/in/ana", None),
        ("https://linkedin.com@evil.example/in/ana", None),
        ("https://ana@linkedin.com/in/ana", None),
        ("https://linkedin.com:8443/in/ana", None),
        ("javascript://linkedin.com/in/ana", None),
        ("https://www.linkedin.com/in/", None),
        ("https://www.linkedin.com/in/a%22onclick", None),
        ("https://[bad/in/ana", None),
        ("", None),
    ],
)
def test_a_profile_has_one_spelling(written: str, profile: str | None) -> None:
    assert linkedin_profile(written) == profile


@given(st.text(max_size=80))
def test_whatever_is_written_is_a_profile_or_none(text: str) -> None:
    for written in (text, f"linkedin.com/in/{text}"):
        profile = linkedin_profile(written)
        assert profile is None or profile.startswith("https://www.linkedin.com/in/")
        assert profile is None or linkedin_profile(profile) == profile


@pytest.mark.parametrize(
    ("text", "plain"), [("Aïssatou DIALLO", "aissatou diallo"), ("Straße", "strasse"), ("Ａｎａ", "ana"), ("王小明", "王小明")]
)
def test_names_compare_without_case_accents_and_widths(text: str, plain: str) -> None:
    assert folded(text) == plain


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
