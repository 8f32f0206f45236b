"""What an ID token says."""

import hashlib
from datetime import datetime

from server.sandbox.accounts import Account
from server.sandbox.keys import ISSUER, base64url
from server.sandbox.oauth.grants import Token

_SCOPE = "https://www.googleapis.com/auth/userinfo."


def id_token_claims(token: Token, now: datetime, nonce: str = "") -> dict[str, object]:
    account, client = token.grant.account, token.grant.client
    issued = int(now.timestamp())
    claims: dict[str, object] = {"iss": ISSUER, "azp": client.id, "aud": client.id}
    claims |= person(account, token.scopes)
    claims["at_hash"] = base64url(hashlib.sha256(token.value.encode()).digest()[:16])
    if nonce:
        claims["nonce"] = nonce
    return claims | {"iat": issued, "exp": issued + 3600}


def person(account: Account, scopes: tuple[str, ...]) -> dict[str, object]:
    """As much of a person as the scopes open."""
    known: dict[str, object] = {"sub": account.sub}
    if _SCOPE + "profile" in scopes:
        known |= {"name": account.name, "given_name": account.given_name, "family_name": account.family_name}
    if _SCOPE + "email" in scopes:
        known |= {"email": account.address, "email_verified": True}
    return known | ({"hd": account.hd} if account.hd else {})
