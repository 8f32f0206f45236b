"""Real calls to the services outside, because somebody asked; how each ended is noted as any call's, and read from there."""

import time
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from server.connectors.errors import Away, ConnectorError, Refused
from server.connectors.marketo import Marketo
from server.connectors.salesforce import Salesforce
from server.domain import causes, salesforce, salesforce_tasks
from server.domain.integrations import State
from server.domain.users import User
from server.errors import OutsideError
from server.gmail.consent import Consent
from server.gmail.errors import AdminBlocked, GmailError, Missing, ReconnectNeeded
from server.gmail.errors import Refused as RefusedByGmail
from server.i18n import text
from server.services.integrations import NOTED_EVERY, Integrations
from server.services.mailbox import Mailboxes
from server.services.outside import Connectors, Outside

PATIENCE = 10.0
"""Seconds for a push to arrive."""

LOOK = 0.2
ASKED = (
    ("Lead", salesforce.LEAD_FIELDS),
    ("Contact", salesforce.CONTACT_FIELDS),
    ("Account", salesforce.ACCOUNT_FIELDS),
    ("OpportunityContactRole", "Id, ContactId, OpportunityId, Opportunity.IsClosed"),
    ("Task", salesforce_tasks.FIELDS),
    ("User", "Id, Email, UserType, IsActive"),
)
"""Everything the sync asks Salesforce for: a field that is hidden there shows here."""

_NEEDED = frozenset({"email", "leadScore"})
_NOBODY = ["0"]


class Trials:
    """Each says by False that there is nothing to try: the service is not set up."""

    def __init__(
        self,
        outside: Callable[[], Outside],
        connectors: Connectors,
        consent: Consent,
        mailboxes: Mailboxes,
        integrations: Integrations,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._outside = outside
        self._connectors = connectors
        self._consent = consent
        self._mailboxes = mailboxes
        self._integrations = integrations
        self._clock = clock
        self._sleep = sleep

    def of(self, service: str, user: User) -> bool:
        """The trial of this service, which is one of domain.integrations.SERVICES."""
        trials: dict[str, Callable[[], bool]] = {
            "google": self.google,
            "push": lambda: self.push(user),
            "marketo": self.marketo,
            "salesforce": self.salesforce,
            "smtp": lambda: self.mail(user),
        }
        return service in trials and trials[service]()

    def google(self) -> bool:
        self._noted("google", self._google)
        return self._outside().google is not None

    def google_refusal(self) -> ConnectorError | None:
        """What is wrong with the client, for whoever is not signed in yet; None when nothing is."""
        try:
            self._google()
        except ConnectorError as error:
            return error
        return None

    def push(self, user: User) -> bool:
        """Watches the user's own mailbox anew, and waits for Google's first push."""
        if not self._outside().push.topic:
            return False
        if self._noted("push", lambda: self._watch(user), well=False):
            self._await_push(self._clock())
        return True

    def marketo(self) -> bool:
        marketo = self._connectors.once().marketo()
        if marketo is None:
            return False
        self._noted("marketo", lambda: _ask_marketo(marketo))
        return True

    def salesforce(self) -> bool:
        org = self._connectors.once().salesforce()
        if org is None:
            return False

        self._noted("salesforce", lambda: _ask_salesforce(org))
        if org.limits:
            self._integrations.used("salesforce", org.limits.used, org.limits.limit)
        return True

    def mail(self, user: User) -> bool:
        """Sends one to whoever asks."""
        server = self._connectors.once().mail()
        if server is None:
            return False
        mail = EmailMessage()
        locale = user.locale or "en"
        mail["From"], mail["To"], mail["Subject"] = server.sender, user.address, text(locale, "trial.mail-subject")
        mail.set_content(text(locale, "trial.mail-text"))
        self._noted("smtp", lambda: server.send(mail))
        return True

    def _google(self) -> None:
        client = self._outside().google
        if client is None:
            raise Refused("google", cause=causes.GOOGLE_CLIENT)
        try:
            refused = self._consent.refusal(client)
        except OutsideError as error:
            raise Away("google", error.detail, cause=causes.UNREACHABLE) from None
        if refused is not None:
            cause = causes.of_google(refused.error, refused.says)
            raise Refused("google", f"{refused.error} {refused.says}".strip(), cause=cause)

    def _watch(self, user: User) -> None:
        try:
            connected = self._mailboxes.try_out(user, watch=True)
        except GmailError as error:
            raise _of_gmail(error) from None
        if not connected:
            raise Refused("push", cause=causes.GMAIL_NONE)

    def _await_push(self, asked_at: datetime) -> None:
        waited = 0.0
        while waited < PATIENCE:
            known = self._integrations.current("push")
            # How it goes is written once a minute while it stays the same.
            if known.state is State.OK and known.succeeded_at and known.succeeded_at > asked_at - NOTED_EVERY:
                return
            if known.state is State.REFUSED and known.failed_at and known.failed_at >= asked_at:
                return
            self._sleep(LOOK)
            waited += LOOK
        if self._integrations.current("push").cause not in (causes.PUSH_AUDIENCE, causes.PUSH_ACCOUNT):
            self._integrations.hearing("push")(Refused("push", cause=causes.PUSH_MISSING))

    def _noted(self, service: str, work: Callable[[], object], *, well: bool = True) -> bool:
        """Whether it went well; `well`: that this is then worth noting."""
        try:
            work()
        except ConnectorError as error:
            self._integrations.hearing(service)(error)
            return False
        if well:
            self._integrations.hearing(service)(None)
        return True


def _ask_marketo(marketo: Marketo) -> None:
    """One call for each permission that the product needs."""
    fields = marketo.fields()
    missing = sorted(_NEEDED - fields)
    if missing:
        raise Refused("marketo", ", ".join(missing), cause=causes.MARKETO_FIELD)
    marketo.activity_types()
    marketo.sales_persons("externalSalesPersonId", _NOBODY)
    marketo.campaigns()
    marketo.usage()


def _ask_salesforce(org: Salesforce) -> None:
    for sobject, fields in ASKED:
        next(iter(org.query(f"SELECT {fields} FROM {sobject} LIMIT 1")), None)  # noqa: S608  names of ours


def _of_gmail(error: GmailError) -> ConnectorError:
    if isinstance(error, AdminBlocked):
        is_off = "accessNotConfigured" in error.detail or "SERVICE_DISABLED" in error.detail
        return Refused("push", error.detail, cause=causes.GOOGLE_API if is_off else causes.GOOGLE_POLICY)
    if isinstance(error, ReconnectNeeded):
        return Refused("push", error.detail, cause=causes.GMAIL_RECONNECT)
    if isinstance(error, Missing):
        return Refused("push", error.detail, cause=causes.PUSH_TOPIC)
    if isinstance(error, RefusedByGmail):
        return Refused("push", error.detail, cause=causes.PUSH_PERMISSION if "403" in error.detail else causes.PUSH_FORM)
    return Away("push", error.detail, cause=causes.UNREACHABLE)
