"""What is true of a mail's delivery now, when notices about it say one thing and then another."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from server.domain.engagement import Kind
from server.domain.feed import InboundMail, delivery_state

ARRIVED = ("delivered", "relayed")


def present(mails: Iterable[InboundMail]) -> list[InboundMail]:
    """Answers as they are, and of the notices about one recipient the one that tells the present.

    An end stands above a delay, whichever came first; whoever answers has the mail. Good news that ends nothing is none.
    """
    every = sorted(mails, key=lambda mail: (mail.at, mail.id))
    answers = [mail for mail in every if mail.kind is not Kind.BOUNCE]
    notices: dict[int, list[InboundMail]] = defaultdict(list)
    for mail in every:
        if mail.kind is Kind.BOUNCE:
            notices[mail.recipient].append(mail)
    told = [_telling(of_one, [one for one in answers if one.recipient == recipient]) for recipient, of_one in notices.items()]
    return answers + [one for one in told if one is not None]


def _telling(notices: Sequence[InboundMail], answers: Sequence[InboundMail]) -> InboundMail | None:
    ends = [one for one in notices if delivery_state(one) != "delayed"]
    last = (ends or notices)[-1]
    if delivery_state(last) in ARRIVED:
        return last if len(ends) < len(notices) or any(delivery_state(one) == "failed" for one in ends) else None
    if delivery_state(last) == "delayed" and any(one.at >= last.at for one in answers):
        return replace(last, detail={"state": "delivered", "address": last.detail.get("address", "")})
    return last
