"""What became of a mail at a recipient's door, by the fields of a delivery status notification (RFC 3464)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["failed", "delayed", "delivered", "relayed"]

_STATES: dict[str, State] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "relayed",
    "expanded": "delivered",
}
_BY_CLASS: dict[str, State] = {"5": "failed", "4": "delayed", "2": "delivered"}
_BY_STATUS = (
    (re.compile(r"\d\.1\.(?:1|6|10)$|\d\.1\.0$"), "no-such-user"),
    (re.compile(r"\d\.1\.2$|\d\.4\.4$|\d\.1\.8$"), "no-such-domain"),
    (re.compile(r"\d\.2\.2$"), "mailbox-full"),
    (re.compile(r"\d\.2\.1$"), "disabled"),
    (re.compile(r"\d\.2\.3$|\d\.3\.4$"), "too-large"),
    (re.compile(r"\d\.7\.\d+$"), "blocked"),
    (re.compile(r"\d\.4\.[17]$"), "no-answer"),
)
_BY_WORDS = (
    (re.compile(r"quota|mailbox (?:is )?full|over ?quota|storage|insufficient space", re.I), "mailbox-full"),
    (
        re.compile(
            r"(?:user|mailbox|recipient|address|account)[^.;]{0,40}"
            r"(?:unknown|not found|does(?:n't| not) (?:exist|have)|no longer)"
            r"|(?:unknown|no such|invalid) (?:user|mailbox|recipient|address)|recipient address rejected: access denied",
            re.I,
        ),
        "no-such-user",
    ),
    (
        re.compile(r"host (?:or domain name )?not found|no such domain|domain not found|unrouteable|nxdomain", re.I),
        "no-such-domain",
    ),
    (re.compile(r"disabled|inactive|suspended|deactivated", re.I), "disabled"),
    (re.compile(r"too (?:large|big)|size limit|exceeds.*size", re.I), "too-large"),
    (re.compile(r"spam|block|blacklist|denied|policy|reputation|dmarc|spf|rejected", re.I), "blocked"),
    (re.compile(r"timed? ?out|no answer|could not connect|connection refused|unreachable|expired", re.I), "no-answer"),
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class DeliveryStatus:
    """One recipient's fields as they stand in the notification; empty when absent."""

    recipient: str
    original_recipient: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""
    attempted_at: datetime | None = None


@dataclass(frozen=True)
class BouncedRecipient:
    """`address` is the one we wrote to where it is known; `final_address` where the mail went from there. `code` is for the
    screen: mailbox-full, no-such-user, no-such-domain, disabled, too-large, blocked, no-answer, other; else the state.
    `attempted_at`: when it came there, by the clock of the server that tells."""

    address: str
    final_address: str
    state: State
    code: str
    status: str
    diagnostic: str
    attempted_at: datetime | None = None


def judge_recipient(fields: DeliveryStatus) -> BouncedRecipient:
    """Action decides; without one the class of Status; a failure whose fields say nothing is a failure."""
    enhanced = _STATUS.search(fields.status)
    status = enhanced[1] if enhanced else ""
    if not status or status.endswith(".0.0"):
        told = _STATUS.search(fields.diagnostic)
        status = told[1] if told and told[1][0] == (status or told[1])[0] else status
    action = fields.action.strip().lower().partition(" ")[0]
    state = _STATES.get(action) or _BY_CLASS.get(status[:1], "failed")
    address = fields.original_recipient or fields.recipient
    return BouncedRecipient(
        address,
        fields.recipient or address,
        state,
        _code(state, status, fields.diagnostic),
        status,
        fields.diagnostic,
        fields.attempted_at,
    )


def _code(state: State, status: str, diagnostic: str) -> str:
    if state != "failed":
        return state
    by_words = next((code for words, code in _BY_WORDS if words.search(diagnostic[:2000])), None)
    # Exchange Online answers 5.4.1 "access denied" and 5.7.1 for an address that does not exist; words tell more than 5.7.x.
    if by_words and (not status or status.endswith((".0.0", ".5.0", ".7.1", ".4.1")) or by_words == "mailbox-full"):
        return by_words
    by_status = next((code for pattern, code in _BY_STATUS if pattern.match(status)), None)
    return by_status or by_words or "other"
