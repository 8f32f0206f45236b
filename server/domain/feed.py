"""How engagements become lines of a viewer's feed. A line is one group of engagements that belong together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.domain.engagement import Kind


@dataclass(frozen=True, slots=True)
class InboundMail:
    """A reply, bounce or automatic reply to a message. `recipient` is the ordinal of who it is about, 0 when not known."""

    id: str
    workspace_id: str
    message_id: str
    mailbox_id: str
    gmail_id: str
    rfc_message_id: str
    from_name: str
    from_address: str
    kind: Kind
    at: datetime
    recipient: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict, hash=False)
