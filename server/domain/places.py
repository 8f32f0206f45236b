"""The data files that tell where addresses are and whose networks they belong to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Data(StrEnum):
    CITY = "city"
    ASN = "asn"

    @property
    def other(self) -> "Data":
        return Data.ASN if self is Data.CITY else Data.CITY


@dataclass(frozen=True, slots=True)
class DataFile:
    """`given`: by the environment, else uploaded. `kind`: what the file calls itself. `size` in bytes. `cities`: whether its
    records are precise enough to name any; None of a network file."""

    data: Data
    state: Literal["none", "ok", "missing", "broken"]
    given: bool = False
    path: str = ""
    kind: str = ""
    built_at: datetime | None = None
    size: int = 0
    cities: bool | None = None
