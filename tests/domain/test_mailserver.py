from hypothesis import given
from hypothesis import strategies as st

from server.domain.mailserver import SECURITIES, MailServer, read, wrong

HOSTS = st.from_regex(r"[a-z0-9]{1,10}(\.[a-z0-9]{1,10}){0,3}", fullmatch=True)
TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(HOSTS, st.one_of(st.just(""), st.integers(1, 65535).map(str)), st.sampled_from(SECURITIES), TYPED, TYPED)
def test_what_was_typed_comes_back(host: str, port: str, security: str, name: str, password: str) -> None:
    typed = MailServer(host, port, security, name, password if name else "")
    assert wrong(typed) == {}
    assert read(typed.url) == typed


def test_without_a_host_there_is_none() -> None:
    assert MailServer(name="feed", password="x").url == ""
    assert read("") == MailServer()
    assert read("smtp://mail.example:port") == MailServer()


def test_a_whole_address_is_no_host() -> None:
    assert set(wrong(MailServer("smtp://mail.example", "port", "tls"))) == {"host", "port", "security"}
