"""Part of the Lead Feed that somebody asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Narrowed:
    """None: any. `account` as it is written."""

    type: str | None = None
    person_id: str | None = None
    account: str | None = None


WHOLE = Narrowed()
