"""Salesforce's REST API: questions in SOQL, and single records made, changed and deleted."""

import json
import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from server.connectors.bearer import Bearer, Grant
from server.connectors.errors import Away, Refused
from server.connectors.http import Answer, Request, Transport
from server.connectors.salesforce_answers import judge, judge_token
from server.domain import causes

VERSION = "v62.0"
CALLS, WINDOW, AT_ONCE = 100, 20.0, 5
"""Of our own: Salesforce counts the day's calls, and long ones under way."""

_FROM = re.compile(r"\bFROM (\w+)")
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_LIFE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Login:
    """With `user` and `key` (a private key, PEM): JWT bearer, signed for `audience`; else client credentials, with the secret.
    `url` is where tokens are asked for: for client credentials always the company's own My Domain host."""

    url: str
    client_id: str
    secret: str = field(default="", repr=False)
    user: str = ""
    key: str = field(default="", repr=False)
    audience: str = "https://login.salesforce.com"


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls of the last 24 hours, of the whole company."""

    used: int
    limit: int


class Salesforce:
    def __init__(self, login: Login, transport: Transport) -> None:
        self._login = login
        self._transport = transport
        self._bearer = Bearer(transport, self._ask_for_token)
        self._lock = threading.Lock()
        self._limits: Limits | None = None

    @property
    def limits(self) -> Limits | None:
        """As the last answer told; None before the first."""
        return self._limits

    def query(self, soql: str) -> Iterator[Mapping[str, Any]]:
        """Records page by page. Rejected: the question is wrong; Refused: it asks for what this user may not see."""
        return self._pages(f"/services/data/{VERSION}/query", soql)

    def query_all(self, soql: str) -> Iterator[Mapping[str, Any]]:
        """As `query`, with deleted and merged records of the last 15 days."""
        return self._pages(f"/services/data/{VERSION}/queryAll", soql)

    def count(self, sobject: str) -> int:
        """Of records that are not deleted."""
        told = self._send(Request("GET", f"/services/data/{VERSION}/query", query={"q": f"SELECT COUNT() FROM {sobject}"}))  # noqa: S608
        return int(told.json()["totalSize"])

    def create(self, sobject: str, values: Mapping[str, Any]) -> str:
        """Its id. Away with `maybe_done`: look whether it was made before making it again."""
        answer = self._send(Request("POST", _record(sobject), body=dict(values), repeatable=False)).json()
        if not isinstance(answer, Mapping) or not answer.get("id"):
            raise Away("salesforce", "an answer without the id of what was made")
        return str(answer["id"])

    def update(self, sobject: str, record_id: str, values: Mapping[str, Any]) -> None:
        """Absent when it is not there any more."""
        self._send(Request("PATCH", _record(sobject, record_id), body=dict(values)))

    def delete(self, sobject: str, record_id: str) -> None:
        """Absent when it is not there any more."""
        self._send(Request("DELETE", _record(sobject, record_id)))

    def _pages(self, path: str, soql: str) -> Iterator[Mapping[str, Any]]:
        request = Request("GET", path, query={"q": soql})
        while True:
            answer = self._send(request).json()
            if not isinstance(answer, Mapping) or "records" not in answer:
                raise Away("salesforce", "an answer that is no list of records")
            yield from answer["records"]
            following = str(answer.get("nextRecordsUrl") or "")
            if answer.get("done", True) or not following:
                return
            if not following.startswith("/services/data/"):
                raise Refused("salesforce", "the next page is somewhere else")
            request = Request("GET", following)

    def _send(self, request: Request) -> Answer:
        answer = self._bearer.send(request, lambda answer: judge(answer, self._transport.clock(), _about(request)))
        self._note(answer.headers.get("Sforce-Limit-Info", ""))
        return answer

    def _note(self, told: str) -> None:
        """`api-usage=18/5000`, maybe among others."""
        for part in told.replace(";", ",").split(","):
            name, _, value = part.strip().partition("=")
            used, _, limit = value.partition("/")
            if name == "api-usage" and used.isdigit() and limit.isdigit():
                with self._lock:
                    self._limits = Limits(int(used), int(limit))

    def _ask_for_token(self) -> Grant:
        now = self._transport.clock()
        form = self._assertion(now) if self._login.user else self._credentials()
        url = f"{self._login.url.rstrip('/')}/services/oauth2/token"
        told = self._transport.send(Request("POST", url, form=form), judge_token).json()
        return Grant(str(told["access_token"]), str(told["instance_url"]).rstrip("/"))

    def _assertion(self, now: datetime) -> dict[str, str]:
        login = self._login
        expires = int((now + _ASSERTION_LIFE).timestamp())
        claims = {"iss": login.client_id, "sub": login.user, "aud": login.audience, "exp": expires}
        return {"grant_type": _GRANT, "assertion": _signed(claims, login.key)}

    def _credentials(self) -> dict[str, str]:
        return {"grant_type": "client_credentials", "client_id": self._login.client_id, "client_secret": self._login.secret}


def _signed(claims: Mapping[str, Any], key: str) -> str:
    """A JSON Web Token, RS256."""
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, RSAPrivateKey):
        says = "the key given for it is no private RSA key (PEM) without a password"
        raise Refused("salesforce", says, cause=causes.SALESFORCE_NO_KEY)
    body = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    return f"{body}.{_base64(private.sign(body.encode(), PKCS1v15(), SHA256()))}"


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _about(request: Request) -> str:
    """The kind of records; empty for a further page."""
    named = _FROM.search(request.query.get("q", ""))
    return named[1] if named else ""


def _record(sobject: str, record_id: str = "") -> str:
    return f"/services/data/{VERSION}/sobjects/{sobject}" + (f"/{record_id}" if record_id else "")
