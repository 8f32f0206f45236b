"""Salesforce's record ids: three characters for the object, a number in base 62, and three that guard capitals."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_GUARDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_POD = "5g"
_LENGTH = 15 - 3 - len(_POD)
PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "User": "005",
    "Opportunity": "006",
    "Group": "00G",
    "OpportunityContactRole": "00K",
    "Lead": "00Q",
    "Task": "00T",
}


def record_id(kind: str, number: int) -> str:
    """The 18 characters that answers hold."""
    short = PREFIXES[kind] + _POD + _encoded(number)
    return short + _guard(short)


def number_in(id: str, kind: str) -> int | None:
    """The record's number; None unless it is an id of that object, of 15 characters or of 18."""
    if not well_formed(id) or id[:3] != PREFIXES[kind] or id[3:5] != _POD:
        return None
    number = 0
    for digit in id[5:15]:
        number = number * 62 + _DIGITS.index(digit)
    return number


def well_formed(id: str) -> bool:
    """Whether this can be an id of any object."""
    if len(id) not in (15, 18) or not id.isascii() or not id.isalnum():
        return False
    return len(id) == 15 or _guard(id[:15]) == id[15:].upper()


def full(id: str) -> str:
    """18 characters for 15."""
    return id + _guard(id) if len(id) == 15 and well_formed(id) else id


def _encoded(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return digits.rjust(_LENGTH, "0")


def _guard(short: str) -> str:
    chunks = (short[at : at + 5] for at in (0, 5, 10))
    return "".join(_GUARDS[sum(1 << at for at, letter in enumerate(chunk) if letter.isupper())] for chunk in chunks)
