"""Cards for a rep, and what happens when something on them is pressed. The same for Gmail's add-on and for our own screens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from server.cards import envelopes, widgets
from server.cards.actions import Actions
from server.cards.connect import connect_card
from server.cards.failed import failed_card
from server.cards.inputs import Inputs
from server.cards.site import Site
from server.cards.widgets import Json
from server.cards.words import Words
from server.domain.drafts import Draft
from server.domain.overview import Tab
from server.domain.tasks import zone_of
from server.domain.users import User
from server.errors import Conflict, NotFound
from server.services.cards.around import AroundCards, where_of, where_of_person
from server.services.cards.compose import ComposeCards
from server.services.cards.home import HomeCards
from server.services.cards.lines import LineCards
from server.services.cards.parts import Parts
from server.services.cards.people import PeopleCards
from server.services.cards.settings import WHERE as SETTINGS
from server.services.cards.settings import SettingsCards
from server.services.cards.stage import Deed, Host, Pressed, Stage, Where
from server.services.cards.tasks import TaskCards
from server.services.cards.threads import ThreadCards
from server.services.context import Asked, Contexts
from server.services.directory import Directory
from server.services.drafts import Drafts, Lent
from server.services.feed import Feed
from server.services.mailbox import Mailboxes
from server.services.messages import Messages
from server.services.people import People
from server.services.subscriptions import Subscriptions
from server.services.targets import Targets
from server.services.users import Users
from server.services.watching import WatchList
from server.services.worklist import Worklist
from server.storage.database import Database
from server.tokens import Tokens

__all__ = ["Asked", "Cards", "Host", "Lent", "Services"]


@dataclass(frozen=True, slots=True)
class Services:
    """What cards are made of."""

    database: Database
    worklist: Worklist
    people: People
    directory: Directory
    messages: Messages
    drafts: Drafts
    mailboxes: Mailboxes
    feed: Feed
    targets: Targets
    users: Users
    watch_list: WatchList
    subscriptions: Subscriptions


class Cards:
    """Every method that draws gives a card. `press` gives Google's envelope of an answer to a click."""

    def __init__(
        self, services: Services, tokens: Tokens, site: Site, clock: Callable[[], datetime], parts: Parts | None = None
    ) -> None:
        self._clock = clock
        self._stage = stage = Stage(tokens, site)
        around = AroundCards(stage, Contexts(services.database))
        people = PeopleCards(
            stage,
            around,
            services.people,
            services.directory,
            services.worklist,
            services.watch_list,
            services.subscriptions,
        )
        self._home = HomeCards(
            stage,
            services.database,
            services.mailboxes,
            services.worklist,
            services.targets,
            parts or Parts(),
            clock,
        )
        self._compose = ComposeCards(stage, services.messages, services.drafts)
        self._deeds: dict[str, Deed] = {
            "refresh": lambda pressed: envelopes.updated(stage.draw(pressed)),
            **self._home.deeds,
            **around.deeds,
            **people.deeds,
            **TaskCards(stage, around, people, services.worklist).deeds,
            **LineCards(stage, services.database, services.feed).deeds,
            **ThreadCards(stage, services.messages).deeds,
            **self._compose.deeds,
            **SettingsCards(stage, services.users, services.mailboxes).deeds,
        }

    # Cards

    def home(self, user: User, host: Host, tab: Tab = Tab.OVERVIEW) -> Json:
        """Being shown it is a visit: what comes later is new at the next one."""
        user = _there(user, host)
        return self._drawn(user, host, self._home.where(user, tab))

    def targets(self, user: User, host: Host) -> Json:
        return self.home(user, host, Tab.TARGETS)

    def message(self, user: User, host: Host, asked: Asked) -> Json:
        """Beside an open thread, or beside addresses."""
        return self._drawn(_there(user, host), host, where_of(asked))

    def compose(self, user: User, host: Host, written: Draft) -> Json:
        """Beside a mail that is being written, of which Gmail tells the recipients only. Nothing is kept yet."""
        return self._drawn(_there(user, host), host, self._compose.where(written))

    def person(self, user: User, host: Host, person_id: str) -> Json:
        """NotFound for nobody of the user's workspace."""
        return self._drawn(_there(user, host), host, where_of_person(person_id))

    def settings(self, user: User, host: Host) -> Json:
        return self._drawn(_there(user, host), host, SETTINGS)

    def connect(self, host: Host, sign_in: str) -> Json:
        """For somebody who is no user yet: put it into `envelopes.prompt`. `sign_in`: the page that makes them one."""
        return connect_card(self._words(None, host), self._stage.site, sign_in)

    def failed(self, user: User | None, host: Host) -> Json:
        """When a card could not be made; trying again leads home."""
        words = self._words(user, host)
        if user is None:
            return failed_card(words, widgets.visits(self._stage.site.url))
        home = {"in": "home", "tab": Tab.OVERVIEW.value, "position": 0, "since": None}
        act = self._acting(user, host, home)
        return failed_card(words, widgets.does(act("refresh")))

    # Presses

    def press(
        self,
        user: User,
        host: Host,
        name: str,
        parameters: Mapping[str, str],
        filled_in: Inputs,
        draft: Draft | None = None,
    ) -> Json:
        """NotFound for an action there is not; NotAllowed for parameters that are not of a card made for this user, or of
        another action. `draft`: the recipients of the mail that is being written, where Gmail names them."""
        deed = self._deeds.get(name)
        if deed is None:
            raise NotFound("no such action")
        user = _there(user, host)
        words = self._words(user, host)
        facts = self._stage.opened(user, name, parameters, words("own-refused"))
        pressed = Pressed(user, host, words, facts["at"], facts["above"], facts, filled_in, draft or Draft())
        try:
            return deed(pressed)
        except (Conflict, NotFound):
            return self._changed(pressed)

    def _changed(self, pressed: Pressed) -> Json:
        """It was changed somewhere else; where even the card's own person is gone, home is left."""
        notice = pressed.words("act-changed")
        try:
            return self._stage.after(pressed, notice)
        except NotFound:
            home = {"in": "home", "tab": Tab.OVERVIEW.value, "position": 0, "since": None}
            return self._stage.after(replace(pressed, where=home), notice)

    def _drawn(self, user: User, host: Host, where: Where) -> Json:
        return self._stage.draw(Pressed(user, host, self._words(user, host), where))

    def _acting(self, user: User, host: Host, where: Where) -> Actions:
        return self._stage.acting(Pressed(user, host, self._words(user, host), where))

    def _words(self, user: User | None, host: Host) -> Words:
        locale = (user.locale if user else None) or host.locale
        return Words(locale, zone_of(host.zone or (user.time_zone if user else None)), self._clock())


def _there(user: User, host: Host) -> User:
    """Days are those of the place where the card is read."""
    return replace(user, time_zone=host.zone or user.time_zone)
