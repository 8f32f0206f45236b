"""Marks beside threads, as the extension asks for them."""

from tests.web.test_api import Caller, call, caller_of

__all__ = ["call", "caller_of"]


def test_threads_without_tracked_mail_have_no_mark(call: Caller) -> None:
    answer = call("GET", "/marks", threads="18c0ffee,18c0ffef")
    assert (answer.status_code, answer.json) == (200, {"marks": {}})


def test_only_hex_ids_and_at_most_two_hundred(call: Caller) -> None:
    assert call("GET", "/marks", threads=",".join(f"{number:x}" for number in range(200))).status_code == 200
    for wrong in ("", "Zürich", "18c0ffee,", ",".join(f"{number:x}" for number in range(201))):
        answer = call("GET", "/marks", threads=wrong)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
