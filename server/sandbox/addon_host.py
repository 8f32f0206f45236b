"""Google's side of a Gmail add-on over HTTP: it signs what its user does, posts it, and keeps the stack of cards."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.errors import OutsideError
from server.sandbox.accounts import Account
from server.sandbox.keys import ISSUER, Keys
from server.sandbox.product_api import ask
from server.sandbox.world import World

SERVICE_ACCOUNT = "service-1@gcp-sa-gsuiteaddons.iam.gserviceaccount.com"
CLIENT_ID = "sandbox-addon.apps.example"
SCOPES = (
    "https://www.googleapis.com/auth/gmail.addons.execute",
    "https://www.googleapis.com/auth/gmail.addons.current.action.compose",
    "https://www.googleapis.com/auth/gmail.addons.current.message.metadata",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/script.locale",
)
_EMAIL = "https://www.googleapis.com/auth/userinfo.email"
_METADATA = "https://www.googleapis.com/auth/gmail.addons.current.message.metadata"

Json = dict[str, Any]


@dataclass(frozen=True)
class Hands:
    """Who uses the add-on, on what. `platform`: WEB, IOS or ANDROID."""

    account: Account
    platform: str = "WEB"
    locale: str = "en-US"
    zone: str = "Europe/Paris"
    scopes: Sequence[str] = SCOPES


@dataclass
class Screen:
    """What the host shows: the cards, the topmost last, and what the last answer did besides."""

    cards: list[Json] = field(default_factory=list)
    notice: str = ""
    link: Json | None = None
    draft: Json | None = None
    opened_draft: Json | None = None
    prompt: Json | None = None
    scopes_asked: Json | None = None

    @property
    def card(self) -> Json:
        return self.cards[-1]

    def show(self, answer: Mapping[str, Any]) -> None:
        """The answer to a trigger or a press; ValueError for one that Google would not take."""
        self.notice, self.link, self.draft, self.opened_draft, self.scopes_asked = "", None, None, None, None
        if "custom_authorization_prompt" in answer:
            self.prompt = answer["custom_authorization_prompt"]
            self._move(self.prompt["action"]["navigations"])
        elif "requesting_google_scopes" in answer:
            self.scopes_asked = answer["requesting_google_scopes"]
        elif "action" in answer:
            self._act(answer["action"])
        elif "renderActions" in answer:
            self._host(answer["renderActions"].get("hostAppAction"))
            self._act(answer["renderActions"].get("action", {}))
        else:
            raise ValueError(f"no answer of an add-on: {sorted(answer)}")

    def _act(self, action: Mapping[str, Any]) -> None:
        unknown = set(action) - {"navigations", "notification", "link"}
        if unknown:
            raise ValueError(f"no part of an action: {sorted(unknown)}")
        self._move(action.get("navigations", []))
        self.notice = action.get("notification", {}).get("text", "")
        self.link = action.get("link")

    def _move(self, navigations: Sequence[Mapping[str, Any]]) -> None:
        for step in navigations:
            [(kind, given)] = step.items()
            if kind == "pushCard":
                self.cards.append(given)
            elif kind == "updateCard":
                self.cards[-1:] = [given]
            elif kind == "pop":
                self.cards.pop()
            elif kind == "popToRoot":
                del self.cards[1:]
            elif kind == "popToCard":
                while self.cards[-1].get("name") != given:
                    self.cards.pop()
            else:
                raise ValueError(f"no navigation: {kind}")
        if not self.cards:
            raise ValueError("the last card was popped")

    def _host(self, action: Mapping[str, Any] | None) -> None:
        gmail = (action or {}).get("gmailAction", {})
        self.draft = gmail.get("updateDraftActionMarkup")
        self.opened_draft = gmail.get("openCreatedDraftActionMarkup")


class AddonHost:
    """`product_url` as its deployment names it. The audience of each call is the exact address that is called."""

    def __init__(
        self, world: World, keys: Keys, product_url: str, client_id: str = CLIENT_ID, service_account: str = SERVICE_ACCOUNT
    ) -> None:
        self._world = world
        self._keys = keys
        self.product_url = product_url.rstrip("/")
        self.client_id = client_id
        self.service_account = service_account

    def home(self, hands: Hands) -> Json:
        return self.post("/addon/home", self.event(hands))

    def message(self, hands: Hands, message_id: str, thread_id: str) -> Json:
        """Both ids as the Gmail API has them."""
        return self.post("/addon/message", self.event(hands, gmail=opened(message_id, thread_id)))

    def compose(self, hands: Hands, to: Sequence[str], cc: Sequence[str] = (), bcc: Sequence[str] = ()) -> Json:
        return self.post("/addon/compose", self.event(hands, gmail=written(hands, to, cc, bcc)))

    def settings(self, hands: Hands) -> Json:
        return self.post("/addon/settings", self.event(hands))

    def press(
        self, hands: Hands, action: Mapping[str, Any], inputs: Mapping[str, Any] | None = None, gmail: Json | None = None
    ) -> Json:
        """`action` as it stands in the card; `gmail`: the message or draft that is still open beside it."""
        parameters = {one["key"]: one["value"] for one in action.get("parameters", [])}
        address = str(action["function"])
        if not address.startswith(f"{self.product_url}/"):
            raise OutsideError("addon", f"Google calls no address outside the deployment: {address}")
        event = self.event(hands, inputs, parameters, gmail)
        return self.post(address.removeprefix(self.product_url), event)

    def event(
        self,
        hands: Hands,
        inputs: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str] | None = None,
        gmail: Json | None = None,
    ) -> Json:
        common: Json = {"hostApp": "GMAIL", "platform": hands.platform, "userLocale": hands.locale}
        common["timeZone"] = {"id": hands.zone, "offset": self._offset(hands.zone)}
        common |= {"formInputs": dict(inputs)} if inputs else {}
        common |= {"parameters": dict(parameters)} if parameters else {}
        return {
            "commonEventObject": common,
            "authorizationEventObject": self._granted(hands),
            "gmail": {**(gmail or {}), "accessToken": f"sandbox-message-{hands.account.sub}"},
        }

    def post(self, path: str, event: Mapping[str, Any], bearer: str | None = None) -> Json:
        """The add-on's answer; OutsideError when it refuses, with its `status`."""
        token = self.bearer(self.product_url + path) if bearer is None else bearer
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "User-Agent": "Google-gsuiteaddons"}
        return ask(self.product_url, "POST", path, json.dumps(event).encode(), headers)

    def bearer(self, audience: str, **changed: object) -> str:
        """The token by which an add-on knows Google."""
        claims = {"aud": audience, "email": self.service_account, "email_verified": True, "sub": "110000000000000000001"}
        return self._signed(claims | changed)

    def user_token(self, hands: Hands, **changed: object) -> str:
        account = hands.account
        claims: Json = {"aud": self.client_id, "sub": account.sub, "email": account.address, "email_verified": True}
        return self._signed(claims | ({"hd": account.hd} if account.hd else {}) | changed)

    def _granted(self, hands: Hands) -> Json:
        granted: Json = {"userOAuthToken": f"sandbox-addon-{hands.account.sub}", "authorizedScopes": list(hands.scopes)}
        granted["systemIdToken"] = self.bearer(self.product_url)
        return granted | ({"userIdToken": self.user_token(hands)} if _EMAIL in hands.scopes else {})

    def _offset(self, zone: str) -> int:
        """Milliseconds."""
        ahead = self._world.clock.now().astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
        return ahead // timedelta(milliseconds=1)

    def _signed(self, claims: Json) -> str:
        now = int(self._world.clock.now().timestamp())
        return self._keys.sign({"iss": ISSUER, "azp": claims["sub"], "iat": now, "exp": now + 3600, **claims})


def opened(message_id: str, thread_id: str) -> Json:
    return {"messageId": f"msg-f:{int(message_id, 16)}", "threadId": f"thread-f:{int(thread_id, 16)}"}


def written(hands: Hands, to: Sequence[str], cc: Sequence[str] = (), bcc: Sequence[str] = ()) -> Json:
    """Recipients only, and only for those who let the add-on see them."""
    if _METADATA not in hands.scopes:
        return {}
    return {"toRecipients": list(to), "ccRecipients": list(cc), "bccRecipients": list(bcc)}
