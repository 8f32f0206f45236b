"""A team of which some asked to hear of moments: their subscriptions, their mails, their feed for readers."""

from email.message import EmailMessage
from typing import Any

from server.domain.marketing import Rss
from server.domain.subscriptions import Kind
from server.domain.users import User
from server.errors import OutsideError
from server.services.alerts import SEND, Alerts, MailServer
from server.services.feed_addresses import FeedAddresses
from server.services.leadfeed import LeadFeed
from server.services.marketing import Marketing as MarketingChoices
from server.services.outside import Systems
from server.services.subscriptions import Subscriptions, Wish
from server.services.watching import WatchList
from server.storage.database import Database
from server.tokens import Tokens
from tests.moments import Marketing
from tests.team import Team

PUBLIC = "https://livefeed.fjordline.example"
SENDER = "Live Feed <livefeed@fjordline.example>"


class Outbox:
    """A mail server that takes everything, or refuses as it is told."""

    sender = SENDER

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusal: Exception | None = None

    def send(self, message: EmailMessage) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.mails.append(message)


class LeadTeam(Team):
    def __init__(self, database: Database, server: MailServer | None = None) -> None:
        super().__init__(database)
        self.outbox = Outbox()
        self.marketing = Marketing(self)
        self.choices = MarketingChoices(database, self.clock)
        self.tokens = Tokens(["a key of the tests that is long enough"])
        self.subscriptions = Subscriptions(database, self.tokens, lambda: True, self.clock)
        self.alerts = Alerts(database, self.subscriptions, lambda: server or self.outbox, PUBLIC, self.clock)
        self.watch_list = WatchList(database, self.wake, self.clock)
        systems = Systems("https://app-ab12.marketo.com", "https://fjordline.my.salesforce.com")
        self.lead_feed = LeadFeed(database, self.marketing.feed, lambda: systems, self.clock)
        self.addresses = FeedAddresses(database, self.tokens, PUBLIC, self.clock)

    def allow_rss(self, **choice: Any) -> None:
        self.choices.choose_rss(self.ada, Rss(True, **choice))

    def subscribe(self, user: User, kind: Kind, value: str, *receivers: User) -> dict[str, Any]:
        return self.subscriptions.add(user, Wish(kind, value, tuple(one.id for one in receivers) or None))

    def happens(self, person: dict[str, Any], text: str = "Visited the price list", **more: Any) -> None:
        self.marketing.happens(person, text, **more)

    def work(self) -> None:
        """What the worker does with the jobs that are due, each once."""
        for job in list(iter(lambda: self.database.write(self.queue.claim), None)):
            if job.kind != SEND:
                continue
            try:
                again = self.alerts.send(job.workspace_id or "", job.key)
            except OutsideError as error:
                self.database.write(self.queue.fail, job, error.code)
                continue
            if again is None:
                self.database.write(self.queue.finish, job)
            else:
                self.database.write(self.queue.again, job, again)

    def mailed(self) -> list[tuple[str, str]]:
        """(to whose first name, subject) of every mail."""
        return [(str(one["To"]).split()[0].strip('"'), str(one["Subject"])) for one in self.outbox.mails]

    def read(self, user: User) -> list[str]:
        """What a feed reader of this user's lists."""
        return [item.description for item in self.lead_feed.issue(user, self.now).items]
