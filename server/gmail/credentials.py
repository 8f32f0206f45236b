"""What Google granted for one mailbox, and who we are to Google."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self

READ = "https://www.googleapis.com/auth/gmail.readonly"
SEND = "https://www.googleapis.com/auth/gmail.send"
MODIFY = "https://www.googleapis.com/auth/gmail.modify"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
FOR_ADD_ON = "https://www.googleapis.com/auth/gmail.addons.current.action.compose"
"""Lent to an add-on together with one event."""

EVERYTHING = "https://mail.google.com/"

SCOPES = (READ, SEND)
"""What is asked for. Never gmail.metadata beside them: a token that holds both is refused full messages."""


@dataclass(frozen=True, slots=True)
class GoogleAccess:
    """The OAuth client and where Google (or a sandbox) answers. `timeout` in seconds."""

    client_id: str
    client_secret: str
    api_url: str = "https://gmail.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
    revoke_url: str = "https://oauth2.googleapis.com/revoke"
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens of one mailbox; stored only encrypted. `repr` shows none of them."""

    refresh_token: str
    access_token: str = ""
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        return "Grant(…)"

    def to_json(self) -> str:
        data = asdict(self)
        data["expires_at"] = self.expires_at.isoformat() if self.expires_at else None
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: str) -> Self:
        data = json.loads(text)
        expires = data["expires_at"]
        return cls(
            data["refresh_token"], data["access_token"], datetime.fromisoformat(expires).astimezone(UTC) if expires else None
        )


def may_read(scopes: Iterable[str]) -> bool:
    return not {READ, MODIFY, EVERYTHING}.isdisjoint(scopes)


def may_draft(scopes: Iterable[str]) -> bool:
    return not {FOR_ADD_ON, MODIFY, COMPOSE, EVERYTHING}.isdisjoint(scopes)


def may_send(scopes: Iterable[str]) -> bool:
    return not {SEND, MODIFY, COMPOSE, EVERYTHING}.isdisjoint(scopes)
