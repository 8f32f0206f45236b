"""Google's word, forged: no token of anybody else's wakes a mailbox or draws a card, and none makes us ask Google again."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from server.errors import SignInNeeded
from server.gmail.identity import IdentityTokens
from server.sandbox.keys import ISSUER, Keys
from tests.connectors.remote import Remote, Reply, serving

AUDIENCE = "https://feed.example/webhooks/gmail"


def segment(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def claims(**changed: Any) -> dict[str, Any]:
    now = int(datetime.now(UTC).timestamp())
    good = {"iss": ISSUER, "aud": AUDIENCE, "email": "push@x", "email_verified": True, "sub": "1", "iat": now, "exp": now + 600}
    return {**good, **changed}


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys()


@dataclass
class Google:
    """What we believe, and how often its keys were asked for. `now`: seconds of the clock that says when to ask again."""

    keys: Keys
    remote: Remote
    now: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = IdentityTokens(f"{self.remote.url}/certs", ISSUER, lambda: self.now)
        self.remote.tells(*[Reply(body=self.keys.certificates())] * 50)

    @property
    def asked(self) -> int:
        return len(self.remote.asked)

    def refuses(self, token: str) -> bool:
        try:
            self.tokens.claims(token, AUDIENCE)
        except SignInNeeded:
            return True
        return False


@pytest.fixture(scope="module")
def google(keys: Keys) -> Iterator[Google]:
    with serving(Remote("/token")) as remote:
        yield Google(keys, remote)


def forgeries(keys: Keys) -> dict[str, str]:
    kid, pem = next(iter(keys.certificates().items()))
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def signed(head: dict[str, Any], body: dict[str, Any]) -> str:
        said = f"{segment(head)}.{segment(body)}"
        return f"{said}.{segment(own.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def hmacked(secret: bytes, alg: str = "HS256") -> str:
        said = f"{segment({'alg': alg, 'kid': kid, 'typ': 'JWT'})}.{segment(claims())}"
        return f"{said}.{segment(hmac.digest(secret, said.encode(), hashlib.sha256))}"

    good = keys.sign(claims())
    head, body, signature = good.split(".")
    bare = segment({"alg": "none", "kid": kid})
    return {
        "no algorithm": f"{bare}.{body}.",
        "no algorithm, and a signature": f"{bare}.{body}.{signature}",
        "the public key as a secret": hmacked(pem.encode()),
        "the same, said to be RS256": hmacked(pem.encode(), "RS256"),
        "somebody's own key": signed({"alg": "RS256", "kid": kid}, claims()),
        "a key of their own": signed({"alg": "RS256", "kid": "evil", "jku": "https://evil.example/keys"}, claims()),
        "a key within": signed({"alg": "RS256", "kid": kid, "jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}, claims()),
        "a kid that leads elsewhere": signed({"alg": "RS256", "kid": "../../dev/null\\0"}, claims()),
        "a kid that is none": signed({"alg": "RS256", "kid": ["x"]}, claims()),
        "other words under the signature": f"{head}.{segment(claims(email='evil@x'))}.{signature}",
        "half a signature": f"{head}.{body}.{signature[:100]}",
        "another audience": keys.sign(claims(aud="https://evil.example")),
        "several audiences": keys.sign(claims(aud=[AUDIENCE, "https://evil.example"])),
        "another issuer": keys.sign(claims(iss="https://evil.example")),
        "an issuer of a like name": keys.sign(claims(iss=f"{ISSUER}.evil.example")),
        "an address nobody verified": keys.sign(claims(email_verified="true")),
        "over": keys.sign(claims(iat=1, exp=3601)),
        "not yet": keys.sign(claims(iat=4_000_000_000, exp=4_000_003_600)),
        "times that are none": keys.sign(claims(iat="now", exp=[])),
        "nested": f"{segment({'alg': 'RS256', 'kid': kid})}.{segment(b'[' * 5_000)}.{signature}",
        "a nested head": f"{segment(b'[' * 5_000)}.{body}.{signature}",
        "huge": f"{head}.{'A' * 900_000}.{signature}",
        "dots": "." * 8_000,
        "no text": "\ud800.\xff.\0",
    }


def test_no_forged_token_is_believed(google: Google) -> None:
    assert not google.refuses(google.keys.sign(claims()))
    believed = [name for name, token in forgeries(google.keys).items() if not google.refuses(token)]
    assert believed == []


def test_forged_tokens_make_us_ask_google_once_a_minute_at_most(google: Google) -> None:
    assert not google.refuses(google.keys.sign(claims()))
    google.now += 61
    before = google.asked
    for number in range(200):
        said = f"{segment({'alg': 'RS256', 'kid': f'evil-{number}'})}.{segment(claims())}.AA"
        assert google.refuses(said)
    assert google.asked - before <= 1
    google.now += 61
    assert google.refuses(f"{segment({'alg': 'RS256', 'kid': 'evil'})}.{segment(claims())}.AA")
    assert google.asked - before <= 2
