import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web import addon_event

HOME = {
    "commonEventObject": {
        "hostApp": "GMAIL",
        "platform": "IOS",
        "userLocale": "fr-CA",
        "timeZone": {"id": "America/Montreal", "offset": -18_000_000},
        "formInputs": {"note": {"stringInputs": {"value": ["à faire"]}}},
        "parameters": {"state": "sealed"},
    },
    "authorizationEventObject": {"userOAuthToken": "access", "userIdToken": "identity", "authorizedScopes": ["a", "b"]},
    "gmail": {
        "messageId": "msg-f:1862345678901234567",
        "threadId": "thread-f:1862345678901234567",
        "toRecipients": ["Lea@Example.com", "lea@example.com"],
        "ccRecipients": ["sam@example.com"],
    },
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
SHAPED = st.dictionaries(
    st.sampled_from(["commonEventObject", "authorizationEventObject", "gmail"]),
    st.dictionaries(
        st.sampled_from([*HOME["commonEventObject"], *HOME["authorizationEventObject"], *HOME["gmail"]]), JSON, max_size=6
    ),
)


def test_an_event_is_read_as_google_sends_it() -> None:
    event = addon_event.read(HOME)
    assert (event.platform, event.locale, event.zone) == ("IOS", "fr", "America/Montreal")
    assert event.thread == "19d861871fe44b87"
    assert [one.address for one in event.draft.to] == ["lea@example.com"]
    assert [one.address for one in event.draft.cc] == ["sam@example.com"]
    assert event.parameters == {"state": "sealed"}
    assert event.inputs["note"]["stringInputs"]["value"] == ["à faire"]
    assert event.scopes == {"a", "b"}


def test_an_event_shows_no_token() -> None:
    assert "identity" not in repr(addon_event.read(HOME))
    assert "access'" not in repr(addon_event.read(HOME))


@pytest.mark.parametrize(
    ("given_id", "ours"),
    [
        ("thread-f:16", "10"),
        ("msg-f:1862345678901234567", "19d861871fe44b87"),
        ("19d861871fe44b87", "19d861871fe44b87"),
        ("thread-a:r-12", ""),
        ("thread-f:-1", ""),
        ("thread-f:١٢", ""),
        ("thread-f:99999999999999999999", ""),
        ("../../etc", ""),
        ("", ""),
    ],
)
def test_ids_are_named_as_the_gmail_api_does(given_id: str, ours: str) -> None:
    assert addon_event.hex_id(given_id) == ours


@given(JSON | SHAPED)
def test_no_json_breaks_the_reading(body: object) -> None:
    json.dumps(addon_event.read(body).parameters)
