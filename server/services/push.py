"""Browsers that notifications are pushed to while none of our screens is open in them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from server.connectors import webpush
from server.connectors.errors import Absent, Away, ConnectorError, Refused, Rejected, Throttled
from server.domain.push import MOST_BROWSERS, Browser, is_allowed
from server.domain.users import Session
from server.errors import BadInput, NotFound, Unavailable
from server.logs import logger
from server.services.headlines import Headline, Headlines
from server.services.notices import HISTORY, SCREENS_FIRST, Wake, bell
from server.storage import notices, push
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.storage.notices import Notice
from server.tokens import Tokens, new_id

_KEPT_FOR = timedelta(hours=12)
"""A browser that wakes later is told by what stands in its feed."""

_MOST_REFUSED = 5
_MOST_TOLD = 50

_log = logger(__name__)


class Sender(Protocol):
    def send(self, key: str, to: Browser, message: Mapping[str, Any], lifetime: timedelta, topic: str = "") -> None: ...


class Pushes:
    """`services`: where browsers' addresses may lead (domain.push.is_allowed)."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        sender: Sender,
        headlines: Headlines,
        wake: Wake,
        services: Collection[str],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._sender = sender
        self._headlines = headlines
        self._wake = wake
        self._services = services
        self._clock = clock
        self._key = ""

    # For browsers ----------------------------------------------------------------

    def public_key(self) -> str:
        return webpush.public_key(self._private_key())

    def keep(self, session: Session, endpoint: str, public_key: str, auth: str, label: str, locale: str) -> None:
        """From now on this browser is told, for as long as the session lives; BadInput when the address or a key is none."""
        wrong = {}
        if not is_allowed(endpoint, self._services):
            wrong["endpoint"] = "must be an address of a push service that is allowed here"
        if not webpush.is_of_a_browser(public_key, auth):
            wrong["keys"] = "must be the keys of a browser's subscription"
        if wrong:
            raise BadInput("this is no browser that can be told", fields=wrong)
        user, sealed = session.user, self._tokens.encrypt(auth)
        browser = Browser(new_id(), user.workspace_id, user.id, endpoint, public_key, sealed, label[:200], locale)
        self._database.write(push.keep, browser, session.id, self._clock(), MOST_BROWSERS)

    def drop(self, session: Session) -> None:
        self._database.write(push.drop, session.id)

    def is_kept(self, session: Session) -> bool:
        """Whether the browser with this session is told."""
        return self._database.read(push.by_session, session.id) is not None

    def try_out(self, session: Session, locale: str) -> None:
        """Tells the browser with this session something, as it would be told; NotFound when it is not told."""
        browser = next(iter(self._of_session(session)), None)
        if browser is None:
            raise NotFound("this browser is not told")
        self._send(browser, self._headlines.of_a_try(locale).to_json())

    # In the worker ---------------------------------------------------------------

    def tell(self, user_id: str) -> timedelta | None:
        """Wakes the screens when something is due, and pushes what none of them claimed; how long to wait for what comes next,
        or None. Away when every push service is, for now."""
        now = self._clock()
        waiting, browsers = self._database.read(self._state, user_id, now)
        due = [one for one in waiting if one.due_at <= now]
        late = [one for one in due if one.due_at + SCREENS_FIRST <= now]
        if len(late) < len(due):
            self._wake([bell(user_id)])
        if late and browsers:
            self._push(user_id, browsers, late)
        ahead = [one.due_at for one in waiting if one.due_at > now]
        ahead += [one.due_at + SCREENS_FIRST for one in due if one not in late and browsers]
        return min(ahead) - now if ahead else None

    def _state(self, tx: Transaction, user_id: str, now: datetime) -> tuple[list[Notice], list[Browser]]:
        return notices.unclaimed(tx, user_id, now - HISTORY, _MOST_TOLD), push.of_user(tx, user_id, now)

    def _push(self, user_id: str, browsers: Sequence[Browser], late: Sequence[Notice]) -> None:
        claimed = self._database.write(notices.claim, user_id, {one.id for one in late}, self._clock())
        if not claimed:
            return
        told = {
            browser.id: headline
            for browser in browsers
            if (headline := self._database.read(self._worded, user_id, browser.locale, claimed))
        }
        try:
            self._deliver([(browser, told[browser.id]) for browser in browsers if browser.id in told])
        except (Away, Throttled):
            self._database.write(notices.give_back, {one.id for one in claimed})
            raise

    def _worded(self, tx: Transaction, user_id: str, locale: str | None, claimed: Sequence[Notice]) -> Headline | None:
        user = stored_users.by_id(tx, user_id)
        if user is None:
            return None
        spoken = user.locale or locale or "en"
        return self._headlines.in_one(spoken, self._headlines.of(tx, user, spoken, claimed))

    def _deliver(self, told: Sequence[tuple[Browser, Headline]]) -> None:
        """To each of these browsers; raises what went wrong last only when it reached none of them and may later."""
        took, gone, refused = set(), set(), set()
        later: ConnectorError | None = None
        for browser, headline in told:
            try:
                self._send(browser, headline.to_json())
                took.add(browser.id)
            except Absent:
                gone.add(browser.id)
            except (Refused, Rejected) as error:
                _log.warning("push.refused", user=browser.user_id, number=error.number, detail=error.detail)
                refused.add(browser.id)
            except (Away, Throttled) as error:
                later = error
        self._database.write(self._note, took, gone, refused)
        if later is not None and not took:
            raise later

    def _note(self, tx: Transaction, took: Collection[str], gone: Collection[str], refused: Collection[str]) -> None:
        push.took(tx, took, self._clock())
        push.forget(tx, gone)
        push.refused(tx, refused, _MOST_REFUSED)

    def _send(self, browser: Browser, message: dict[str, Any]) -> None:
        auth = self._tokens.decrypt(browser.auth)
        if auth is None:
            raise Absent("webpush", "its secret can't be read any more")
        self._sender.send(self._private_key(), replace(browser, auth=auth), message, _KEPT_FOR, message["id"][-32:])

    def _of_session(self, session: Session) -> list[Browser]:
        endpoint = self._database.read(push.by_session, session.id)
        found = self._database.read(push.of_user, session.user.id, self._clock())
        return [one for one in found if one.endpoint == endpoint]

    def _private_key(self) -> str:
        """Made once for the installation: browsers are bound to it, so that it must outlive the keys it is encrypted with."""
        if not self._key:
            self._key = self._database.write(self._kept_key)
        return self._key

    def _kept_key(self, tx: Transaction) -> str:
        sealed = push.sealed_key(tx)
        key = self._tokens.decrypt(sealed) if sealed else None
        if key is None:
            # None yet, or lost with the secrets it was encrypted with: pages see that theirs is another, and ask anew.
            key = self._tokens.decrypt(push.keep_key(tx, self._tokens.encrypt(webpush.new_key()), self._clock(), sealed))
        if key is None:
            raise Unavailable("the key that signs pushed notifications can't be read")
        return key
