"""Part of the Lead Feed that somebody asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Narrowed:
    """None: any. `account` as it is written. `own`: one's own people, or those watched without owning them."""

    type: str | None = None
    person_id: str | None = None
    account: str | None = None
    own: bool | None = None


WHOLE = Narrowed()
