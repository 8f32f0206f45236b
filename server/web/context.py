"""What the HTTP edge works with. The composition root puts it on the Flask app; views ask for it by `here()`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

from flask import current_app

from server.domain.addresses import Proxies
from server.gmail.consent import Consent
from server.gmail.identity import IdentityTokens
from server.services.audit import Audit
from server.services.bestbets import BestBets
from server.services.cards import Cards
from server.services.compositions import Compositions
from server.services.configuration import Configuration
from server.services.days import Days
from server.services.directory import Directory
from server.services.feed import Feed
from server.services.feed_addresses import FeedAddresses
from server.services.imports import Imports
from server.services.integrations import Integrations
from server.services.leadfeed import LeadFeed
from server.services.mailbox import Mailboxes
from server.services.marketing import Marketing
from server.services.marks import Marks
from server.services.members import Members
from server.services.messages import Messages
from server.services.notices import Notices
from server.services.outside import Outside
from server.services.people import People
from server.services.policies import Policies
from server.services.privacy import Privacy
from server.services.profiles import Profiles
from server.services.push import Pushes
from server.services.salesforce import SalesforceSync
from server.services.searches import Searches
from server.services.subscriptions import Subscriptions
from server.services.suggestions import Suggestions
from server.services.targets import Targets
from server.services.team import Team
from server.services.templates import Templates
from server.services.today import Today
from server.services.tracking import Tracking
from server.services.tracking_choices import TrackingChoices
from server.services.trials import Trials
from server.services.users import Users
from server.services.watching import WatchList
from server.services.worklist import Worklist
from server.storage.place_files import PlaceFiles
from server.tokens import Tokens

EXTENSION = "livefeed"


@dataclass(frozen=True, slots=True)
class Context:
    """`checks` are what /readyz asks, by name; each says whether its part is well. `outside`: the services outside as they are
    set up now."""

    users: Users
    messages: Messages
    compositions: Compositions
    templates: Templates
    mailboxes: Mailboxes
    feed: Feed
    privacy: Privacy
    worklist: Worklist
    people: People
    directory: Directory
    profiles: Profiles
    imports: Imports
    suggestions: Suggestions
    targets: Targets
    today: Today
    marks: Marks
    cards: Cards
    integrations: Integrations
    salesforce: Callable[[], SalesforceSync | None]
    configuration: Configuration
    trials: Trials
    outside: Callable[[], Outside]
    lead_feed: LeadFeed
    best_bets: BestBets
    watch_list: WatchList
    subscriptions: Subscriptions
    feed_addresses: FeedAddresses
    marketing: Marketing
    searches: Searches
    team: Team
    notices: Notices
    pushes: Pushes
    days: Days
    audit: Audit
    members: Members
    policies: Policies
    places: PlaceFiles
    tracking_choices: TrackingChoices
    tracking: Tracking
    tokens: Tokens
    consent: Consent
    identity_tokens: IdentityTokens
    public_url: str
    tracking_url: str
    auth_url: str
    gmail_web_url: str
    metrics_token: str = ""
    extension_ids: frozenset[str] = frozenset()
    proxies: Proxies = field(default_factory=Proxies)
    checks: Mapping[str, Callable[[], bool]] = field(default_factory=dict)

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Names under which this server may be asked."""
        return frozenset(urlsplit(url).hostname or "" for url in (self.public_url, self.tracking_url))


def here() -> Context:
    return cast(Context, current_app.extensions[EXTENSION])
