from server.bench.mails import written_mails
from server.bench.rewriting import care
from server.domain.instrument import find_links


def test_written_mails_hold_links_and_quotations() -> None:
    mails = written_mails()
    assert all(find_links(html) for html in mails)
    assert any(link.quoted for html in mails for link in find_links(html))
    assert any(not link.quoted for html in mails for link in find_links(html))


def test_mails_as_programs_write_them_keep_every_other_byte_and_lose_no_link() -> None:
    assert all(row.ok for row in care("written", written_mails()[:7]))
