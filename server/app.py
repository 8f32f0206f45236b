"""Composition root: settings → adapters → services → Flask app. The worker builds the same bundle."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import partial
from urllib.parse import urlsplit

from flask import Flask

from server.cards.site import Site
from server.connectors.http import Transport, unlimited
from server.connectors.salesforce import Login
from server.connectors.webpush import WebPush
from server.domain.addresses import Proxies
from server.domain.places import Data
from server.domain.users import GoogleClient
from server.gmail.consent import Consent
from server.gmail.identity import IdentityTokens
from server.queue import BELL, Queue
from server.realtime import Bus, LocalBus, RedisBus
from server.services.addresses import Addresses
from server.services.alerts import Alerts
from server.services.audit import Audit
from server.services.bestbets import BestBets
from server.services.cards import Cards, Services
from server.services.compositions import Compositions
from server.services.configuration import Configuration
from server.services.connections import Connections
from server.services.days import Days
from server.services.directory import Directory
from server.services.drafts import Drafts
from server.services.feed import Feed, Viewer
from server.services.feed_addresses import FeedAddresses
from server.services.handover import Handover
from server.services.headlines import Headlines
from server.services.imports import Imports
from server.services.integrations import Integrations
from server.services.leadfeed import LeadFeed
from server.services.live import Live
from server.services.mailbox import Mailboxes
from server.services.marketing import Marketing
from server.services.marketo import MarketoSync, Sellers
from server.services.marks import Marks
from server.services.members import Members
from server.services.messages import Messages
from server.services.notices import Notices
from server.services.outbox import Outbox
from server.services.outside import AddOn, Connectors, Google, MailLogin, MarketoLogin, Outside, Push, Systems
from server.services.people import People
from server.services.policies import Policies
from server.services.privacy import Privacy
from server.services.profiles import Profiles
from server.services.push import Pushes
from server.services.ranks import Ranks
from server.services.replays import Replays
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
from server.settings import Settings, effective, rules, secret_keys
from server.storage import jobs, migrations
from server.storage.database import Database
from server.storage.place_files import PlaceFiles
from server.tokens import Tokens
from server.web import edge
from server.web.context import Context
from server.web.stream import Stream


@dataclass(frozen=True, slots=True)
class Product:
    """Everything that runs, built once a process. Nothing below `app` and `cli` sees the settings."""

    settings: Settings
    database: Database
    tokens: Tokens
    bus: Bus
    queue: Queue
    users: Users
    messages: Messages
    compositions: Compositions
    outbox: Outbox
    templates: Templates
    mailboxes: Mailboxes
    feed: Feed
    tracking: Tracking
    replays: Replays
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
    configuration: Configuration
    trials: Trials
    outside: Callable[[], Outside]
    connectors: Connectors
    marketo_sync: MarketoSync
    ranks: Ranks
    salesforce_sync: Callable[[], SalesforceSync | None]
    lead_feed: LeadFeed
    best_bets: BestBets
    watch_list: WatchList
    subscriptions: Subscriptions
    alerts: Alerts
    feed_addresses: FeedAddresses
    marketing: Marketing
    searches: Searches
    team: Team
    notices: Notices
    pushes: Pushes
    days: Days
    audit: Audit
    handover: Handover
    members: Members
    policies: Policies
    places: PlaceFiles
    tracking_choices: TrackingChoices

    def close(self) -> None:
        self.bus.close()
        self.database.close()


def build(settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Product:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    tokens = Tokens(secret_keys(settings))
    database = Database(settings.database)
    bus: Bus = RedisBus(settings.redis_url) if settings.redis_url else LocalBus(settings.data_dir)
    queue = Queue(jobs, lambda: bus.wake([BELL]), clock)
    users = Users(database, tokens, settings.admin_emails, clock)
    settings.require_readable()
    configuration = Configuration(database, tokens, rules(settings), clock)
    in_force = Live(configuration.stored, partial(effective, settings))
    outside = Live(in_force, _outside)
    integrations = Integrations(database, lambda: outside().addresses(), clock)
    connectors = Connectors(outside, _google(settings), integrations.hearing, clock)
    connections = Connections(database, tokens, connectors.google, clock)
    mailboxes = Mailboxes(connections, queue, bus.wake, lambda: outside().push.topic)
    handover = Handover(database, queue, bus.wake, clock)
    addresses = Addresses(tokens, settings.tracking_base, settings.public_url)
    places = PlaceFiles({Data.CITY: settings.city_db, Data.ASN: settings.asn_db}, settings.data_dir / "places")
    messages = Messages(connections, mailboxes, addresses, bus.wake, _gmail_web_url(settings))
    sellers = Live(connectors.marketo, lambda given: Sellers(database, given, clock) if given else None)
    feed = Feed(database, _gmail_web_url(settings), clock)
    subscriptions = Subscriptions(database, tokens, lambda: outside().mail is not None, clock)
    lead_feed = LeadFeed(database, feed, lambda: outside().systems, clock)
    watch_list = WatchList(database, bus.wake, clock)
    worklist, people = Worklist(database, clock), People(database, bus.wake, clock)
    directory = Directory(database, clock)
    targets = Targets(database, clock, connected=lambda: outside().marketo is not None)
    drafts = Drafts(connections, messages, addresses)
    on_cards = Services(
        database, worklist, people, directory, messages, drafts, mailboxes, feed, targets, users, watch_list, subscriptions
    )
    cards = Cards(on_cards, tokens, Site(settings.public_url, _gmail_web_url(settings)), clock)
    headlines = Headlines(settings.public_url, _gmail_web_url(settings))
    pushing = Transport("webpush", unlimited(), integrations.hearing("webpush"), tries=1, clock=clock)
    sender = WebPush(pushing, lambda: _contact(settings, outside().mail))
    return Product(
        settings=settings,
        database=database,
        tokens=tokens,
        bus=bus,
        queue=queue,
        users=users,
        messages=messages,
        compositions=Compositions(connections, queue, clock),
        outbox=Outbox(connections, messages, mailboxes),
        templates=Templates(database, clock),
        mailboxes=mailboxes,
        feed=feed,
        tracking=Tracking(database, places, tokens.hash_address, bus, clock, settings.spool),
        replays=Replays(database, bus.wake, clock),
        privacy=Privacy(database, tokens, clock),
        worklist=worklist,
        people=people,
        directory=directory,
        profiles=Profiles(database, feed, lead_feed, worklist, clock),
        imports=Imports(database, queue, bus.wake, clock),
        suggestions=Suggestions(database, worklist, clock),
        targets=targets,
        today=Today(database, clock),
        marks=Marks(database),
        cards=cards,
        integrations=integrations,
        configuration=configuration,
        trials=Trials(outside, connectors, _consent(settings), mailboxes, integrations, clock),
        outside=outside,
        connectors=connectors,
        # Where Salesforce is, it says who owns whom.
        marketo_sync=MarketoSync(
            database,
            connectors.marketo,
            lambda: None if outside().salesforce else sellers(),
            integrations,
            bus.wake,
            clock,
        ),
        ranks=Ranks(database, clock),
        salesforce_sync=Live(
            connectors.salesforce,
            lambda org: SalesforceSync(org, database, integrations, bus.wake, clock) if org else None,
        ),
        lead_feed=lead_feed,
        watch_list=watch_list,
        best_bets=BestBets(database, connectors.marketo, watch_list, worklist, lead_feed.links, clock),
        subscriptions=subscriptions,
        alerts=Alerts(database, subscriptions, connectors.mail, settings.public_url, clock),
        feed_addresses=FeedAddresses(database, tokens, settings.public_url, clock),
        searches=Searches(database, clock),
        team=Team(database, bus.wake),
        notices=Notices(database, queue, bus.wake, headlines, clock),
        pushes=Pushes(database, tokens, sender, headlines, bus.wake, settings.push_services, clock),
        days=Days(database, tokens, queue, bus.wake, connectors.mail, settings.public_url, clock),
        marketing=Marketing(database, clock),
        audit=Audit(database),
        handover=handover,
        policies=Policies(database, clock),
        places=places,
        tracking_choices=TrackingChoices(database, places, clock),
        members=Members(database, mailboxes, handover, clock),
    )


def _contact(settings: Settings, mail: MailLogin | None) -> str:
    """Who answers for what we push: services write there when something is wrong."""
    address = parseaddr(mail.sender)[1] if mail else ""
    if settings.secure and not address:
        return settings.public_url
    return f"mailto:{address or f'livefeed@{urlsplit(settings.public_url).hostname}'}"


def _outside(settings: Settings) -> Outside:
    google = GoogleClient(settings.google_client_id, settings.google_client_secret)
    marketo = MarketoLogin(
        settings.marketo_url, settings.marketo_client_id, settings.marketo_client_secret, settings.marketo_daily_calls
    )
    mail = MailLogin(settings.smtp_url, settings.mail_from)
    audience = settings.gmail_push_audience or f"{settings.public_url}/webhooks/gmail"
    return Outside(
        google=google if google.id and google.secret else None,
        push=Push(settings.gmail_topic, audience, settings.gmail_push_account),
        add_on=AddOn(settings.addon_account, settings.addon_client_id),
        marketo=marketo if marketo.url and marketo.client_id and marketo.client_secret else None,
        salesforce=_salesforce(settings),
        mail=mail if mail.url and mail.sender else None,
        systems=Systems(settings.marketo_web_url, settings.salesforce_web_url),
        push_services=tuple(settings.push_services),
    )


def _salesforce(settings: Settings) -> Login | None:
    login = Login(
        url=settings.salesforce_url,
        client_id=settings.salesforce_client_id,
        secret=settings.salesforce_client_secret,
        user=settings.salesforce_user,
        key=settings.salesforce_private_key or settings.salesforce_pem,
        audience=settings.salesforce_audience,
    )
    return login if login.client_id and ((login.user and login.key) or login.secret) else None


def _consent(settings: Settings) -> Consent:
    return Consent(settings.google_auth_url, settings.google_token_url, f"{settings.public_url}/auth/google/callback")


def _google(settings: Settings) -> Google:
    return Google(settings.gmail_api_url.rstrip("/"), settings.google_token_url, settings.google_revoke_url)


def _gmail_web_url(settings: Settings) -> str:
    return settings.gmail_web_url.rstrip("/")


def create_app(product: Product, *, validate: bool = False) -> Flask:
    """`validate` holds each answer of the API against its described shape: for tests."""
    settings = product.settings
    app = edge.create(_context(product), form_key=product.tokens.key("forms"), redis_url=settings.redis_url, validate=validate)
    origins = [settings.public_url, *(f"chrome-extension://{extension_id}" for extension_id in settings.extension_ids)]
    watching = partial(_watching, product)
    stream = Stream(product.feed, product.bus, product.users, origins, watching, team=product.team)
    return edge.seal(app, stream)


def _watching(product: Product, viewers: Collection[Viewer]) -> set[str]:
    """Who of them is let in no longer."""
    ids = {viewer.id for viewer in viewers}
    let_in = product.users.let_in(ids)
    product.mailboxes.watching(let_in)
    return ids - let_in


def _context(product: Product) -> Context:
    settings = product.settings
    return Context(
        users=product.users,
        messages=product.messages,
        compositions=product.compositions,
        templates=product.templates,
        mailboxes=product.mailboxes,
        feed=product.feed,
        privacy=product.privacy,
        worklist=product.worklist,
        people=product.people,
        directory=product.directory,
        profiles=product.profiles,
        imports=product.imports,
        suggestions=product.suggestions,
        targets=product.targets,
        today=product.today,
        marks=product.marks,
        cards=product.cards,
        integrations=product.integrations,
        salesforce=product.salesforce_sync,
        configuration=product.configuration,
        trials=product.trials,
        outside=product.outside,
        lead_feed=product.lead_feed,
        best_bets=product.best_bets,
        watch_list=product.watch_list,
        subscriptions=product.subscriptions,
        feed_addresses=product.feed_addresses,
        marketing=product.marketing,
        searches=product.searches,
        team=product.team,
        notices=product.notices,
        pushes=product.pushes,
        days=product.days,
        audit=product.audit,
        members=product.members,
        policies=product.policies,
        places=product.places,
        tracking_choices=product.tracking_choices,
        tracking=product.tracking,
        tokens=product.tokens,
        consent=_consent(settings),
        identity_tokens=IdentityTokens(settings.google_certs_url, settings.google_issuer),
        public_url=settings.public_url,
        tracking_url=settings.tracking_base,
        auth_url=settings.google_auth_url,
        gmail_web_url=_gmail_web_url(settings),
        metrics_token=settings.metrics_token,
        extension_ids=frozenset(settings.extension_ids),
        proxies=Proxies(settings.trusted_proxies),
        checks={
            "database": lambda: migrations.current(product.database) is not None,
            "migrations": lambda: migrations.is_current(product.database),
            "bus": product.bus.healthy,
        },
    )
