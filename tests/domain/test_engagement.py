import pytest

from server.domain.engagement import Reason, header_signs


@pytest.mark.parametrize(
    ("headers", "signs"),
    [
        ({}, set()),
        ({"Accept": "image/*", "User-Agent": "prefetch"}, set()),
        ({"Purpose": "prefetch"}, {"prefetch"}),
        ({"Sec-Purpose": "prefetch;prerender"}, {"prefetch", "prerender"}),
        ({"SEC-PURPOSE": "PreRender"}, {"prerender"}),
        ({"x-purpose": "preview"}, {"preview"}),
        ({"X-moz": "prefetch"}, {"prefetch"}),
        ({"HTTP_X_MOZ": "prefetch"}, {"prefetch"}),
        ({"DNT": "1"}, {"dnt"}),
        ({"DNT": "0", "Sec-GPC": "0"}, set()),
        ({"dnt": " 1 ", "HTTP_SEC_GPC": "1"}, {"dnt", "gpc"}),
        ({"Sec-Fetch-User": "?1"}, {"gesture"}),
        ({"Sec-Fetch-User": "?0"}, set()),
    ],
)
def test_headers_are_read_in_any_spelling(headers: dict[str, str], signs: set[str]) -> None:
    assert header_signs(headers) == signs


def test_a_reason_keeps_its_values() -> None:
    reason = Reason("burst", {"seconds": 0.4, "count": 3})
    assert reason.to_json() == {"code": "burst", "seconds": 0.4, "count": 3}
    assert Reason.from_json(reason.to_json()) == reason
