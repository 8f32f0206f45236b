"""What reaches us becomes engagements and lines of the feed, in the transaction of the caller.

Every function returns the ids of the users whose screens must wake once the transaction is committed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from server.domain.engagement import Hit
from server.domain.feed import InboundMail
from server.storage.database import Transaction


def record_hits(tx: Transaction, hits: Sequence[Hit], now: datetime) -> set[str]:
    """Store and class hits. Hits already stored, of unknown or archived messages, bring nothing."""
    raise NotImplementedError


def record_mail(tx: Transaction, mail: InboundMail, now: datetime) -> set[str]:
    """Store an inbound mail. One that was stored before brings nothing."""
    raise NotImplementedError


def rejudge(tx: Transaction, message_ids: Iterable[str], now: datetime) -> set[str]:
    """Class all hits of these messages again and let the lines follow: after binding, unarchiving, a change of rules."""
    raise NotImplementedError


def refresh(tx: Transaction, message_ids: Iterable[str], now: datetime) -> set[str]:
    """Show changed facts (archived, names): the lines of these messages take new positions."""
    raise NotImplementedError
