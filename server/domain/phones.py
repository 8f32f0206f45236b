"""Telephone numbers: kept in the one form every telephone understands, shown as people write them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from server.later import later

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = later("phonenumbers")

Kind = Literal["phone", "mobile", "fax"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` is E.164, without an extension; `shown` is the international writing, with it."""

    kind: Kind
    number: str
    shown: str

    @staticmethod
    def from_json(told: dict[str, str]) -> "Phone":
        return Phone(cast(Kind, told["kind"]), told["number"], told["shown"])

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "number": self.number, "shown": self.shown}


def phone(text: str, country: str | None, kind: Kind | None = None) -> Phone | None:
    """None when it is no number. `country` (ISO) reads numbers written as inside that country; others begin with +.

    Without a `kind`, what the number tells of itself counts.
    """
    if len(text) > _LONGEST:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    is_mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    return Phone(
        kind or ("mobile" if is_mobile else "phone"),
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
    )
