"""What an admin decides about requests of machines. As stored in a workspace's `tracking`: {"machines": one of Machines}."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Machines(StrEnum):
    """Both keep them, since a verdict may change with what comes later, and neither ever counts them as views or clicks."""

    LOG = "log"  # the feed says how many there are, and shows them to whoever asks
    HIDE = "hide"  # nobody sees any of them


def machines_of(stored: Mapping[str, Any] | None) -> Machines:
    return Machines((stored or {}).get("machines", Machines.LOG))
