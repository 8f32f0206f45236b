"""What Google posts when somebody uses the add-on. Nothing of it is believed before its tokens are verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server import i18n
from server.domain.drafts import Addressee, Draft

_MOST_ADDRESSES = 100
_LONGEST = 4_000
_LONGEST_ADDRESS = 320


@dataclass(frozen=True, slots=True)
class Event:
    """`thread` is Gmail's id in hexadecimal, empty when none is open or its id is one that a client made up. `zone` is None
    when Google told none. `draft`: the recipients of the mail that is being written. `inputs` as Google's `formInputs`. The
    tokens are never logged."""

    platform: str
    locale: str
    zone: str | None
    inputs: Mapping[str, Any]
    parameters: Mapping[str, str]
    thread: str
    draft: Draft
    scopes: frozenset[str]
    user_token: str = field(repr=False)
    access_token: str = field(repr=False)


def read(body: Any) -> Event:
    """Of any JSON: what is missing or of another shape is left empty."""
    common, granted, gmail = (
        _object(_object(body), name) for name in ("commonEventObject", "authorizationEventObject", "gmail")
    )
    return Event(
        platform=_text(common, "platform"),
        locale=i18n.best_locale(_text(common, "userLocale")),
        zone=_text(_object(common, "timeZone"), "id") or None,
        inputs=_object(common, "formInputs"),
        parameters={str(name): one for name, one in _object(common, "parameters").items() if isinstance(one, str)},
        thread=hex_id(_text(gmail, "threadId")),
        draft=Draft(to=_people(gmail, "toRecipients"), cc=_people(gmail, "ccRecipients"), bcc=_people(gmail, "bccRecipients")),
        scopes=frozenset(one for one in _list(granted, "authorizedScopes") if isinstance(one, str)),
        user_token=_text(granted, "userIdToken"),
        access_token=_text(granted, "userOAuthToken"),
    )


def hex_id(given: str) -> str:
    """`thread-f:1862345678901234567` as the Gmail API names it; empty for ids that no API knows."""
    kind, _, number = given.rpartition(":")
    if kind.endswith("-f") and number.isascii() and number.isdigit() and int(number) < 2**64:
        return format(int(number), "x")
    is_hex = not kind and 0 < len(given) <= 16 and all(letter in "0123456789abcdef" for letter in given)
    return given if is_hex else ""


def _people(gmail: Mapping[str, Any], field: str) -> tuple[Addressee, ...]:
    """Google gives addresses alone."""
    named = (one.strip().lower() for one in _list(gmail, field) if isinstance(one, str) and len(one) <= _LONGEST_ADDRESS)
    return tuple(Addressee("", one) for one in dict.fromkeys(named) if "@" in one)[:_MOST_ADDRESSES]


def _object(body: Any, name: str | None = None) -> Mapping[str, Any]:
    found = body.get(name) if name is not None and isinstance(body, Mapping) else body
    return found if isinstance(found, Mapping) else {}


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    found = body.get(name)
    return found if isinstance(found, list) else []


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    return found if isinstance(found, str) and len(found) <= _LONGEST else ""
