"""Who has a mailbox in the sandbox."""

import hashlib
from dataclasses import dataclass

CONSUMER_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


@dataclass(frozen=True)
class Account:
    """`sub` is Google's stable number of the person; `hd` the Workspace domain, None for a consumer account. `signature`: HTML
    under what is written from the first address."""

    address: str
    name: str
    aliases: tuple[str, ...] = ()
    sub: str = ""
    hd: str | None = None
    signature: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.address, *self.aliases)

    @property
    def given_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def family_name(self) -> str:
        return " ".join(self.name.split(" ")[1:])

    def owns(self, address: str) -> bool:
        return address.strip().lower() in self.addresses


def new_account(address: str, name: str, aliases: tuple[str, ...] = (), signature: str = "") -> Account:
    address = address.strip().lower()
    domain = address.rpartition("@")[2]
    return Account(
        address=address,
        name=name,
        aliases=tuple(alias.strip().lower() for alias in aliases),
        sub="1" + str(int(hashlib.sha256(address.encode()).hexdigest(), 16))[:20],
        hd=None if domain in CONSUMER_DOMAINS else domain,
        signature=signature,
    )
