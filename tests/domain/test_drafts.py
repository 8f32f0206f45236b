from hypothesis import given
from hypothesis import strategies as st

from server.domain.drafts import Addressee, Draft, DraftLink, number_links, recipients_of
from server.domain.messages import Field, Link

URLS = st.lists(st.sampled_from(["https://a.example", "https://b.example", "https://c.example"]), max_size=6)


@given(st.lists(URLS, min_size=1, max_size=8))
def test_a_number_never_changes_its_address_however_a_mail_is_edited(edits: list[list[str]]) -> None:
    known: dict[int, str] = {}
    for urls in edits:
        former = [Link(ordinal, url, "") for ordinal, url in known.items()]
        numbered = number_links(former, [DraftLink(url) for url in urls])
        assert [link.url for link in numbered] == urls
        assert len({link.ordinal for link in numbered}) == len(urls)
        for link in numbered:
            assert known.setdefault(link.ordinal, link.url) == link.url


@given(URLS)
def test_saving_again_changes_no_number(urls: list[str]) -> None:
    draft = [DraftLink(url) for url in urls]
    first = number_links((), draft)
    assert [link.ordinal for link in first] == list(range(1, len(urls) + 1))
    assert number_links(first, draft) == first


def test_recipients_are_numbered_over_all_fields_and_once() -> None:
    draft = Draft(
        to=(Addressee("Ana", "Ana@a.example"),),
        cc=(Addressee("", "bo@b.example"), Addressee("Ana again", "ana@A.example")),
        bcc=(Addressee("Cy", "cy@c.example"),),
    )
    found = recipients_of(draft)
    assert [(one.ordinal, one.field, one.address) for one in found] == [
        (1, Field.TO, "ana@a.example"),
        (2, Field.CC, "bo@b.example"),
        (3, Field.BCC, "cy@c.example"),
    ]
