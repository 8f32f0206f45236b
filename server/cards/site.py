"""Our own addresses: where a card may lead, and where its pictures lie."""

from dataclasses import dataclass
from urllib.parse import quote

from server.cards.widgets import Icon


@dataclass(frozen=True, slots=True)
class Site:
    """`url` is the product's, `gmail` that of Gmail's own screens; both without a slash at the end."""

    url: str
    gmail: str = "https://mail.google.com"

    def picture(self, kind: str, alt: str) -> Icon:
        """One of `static/card/`. No query and no version in its address: Google fetches it for all alike, and keeps it."""
        return Icon({"iconUrl": f"{self.url}/static/card/{kind}.png", "altText": alt})

    @property
    def sign(self) -> str:
        return f"{self.url}/static/card/sign.png"

    @property
    def live(self) -> str:
        return f"{self.url}/live"

    @property
    def connect(self) -> str:
        """Where Gmail access is given."""
        return f"{self.url}/auth/gmail"

    def message(self, message_id: str) -> str:
        return f"{self.url}/messages/{quote(message_id, safe='')}"

    def person(self, person_id: str) -> str:
        return f"{self.url}/people/{quote(person_id, safe='')}"

    def thread(self, address: str, thread_id: str) -> str:
        """In Gmail, in the account of that address."""
        return f"{self.gmail}/mail/u/?authuser={quote(address, safe='@')}#all/{quote(thread_id, safe='')}"
