"""What a rep does on Gmail's page, by what stands there to read; in every layout and language."""

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

expect.set_options(timeout=15_000)

LINK = "https://www.fjordline.example/pilot"


@dataclass(frozen=True)
class Words:
    """Gmail's own, of the things one presses."""

    compose: str = "Compose"
    to: str = "To recipients"
    subject: str = "Subject"
    body: str = "Message Body"
    send: str = "Send"
    more: str = "More send options"
    schedule: str = "Schedule send"
    tomorrow: str = "Tomorrow morning"
    link: str = "Insert link (Ctrl-K)"
    link_text: str = "Text"
    link_url: str = "Type or paste a link"
    apply: str = "Apply"
    options: str = "More options"
    plain: str = "Plain text mode"
    full: str = "Full screen (Shift for Pop-out)"
    pop_out: str = "Pop out reply"
    undo: str = "Undo"
    sent: str = "Message sent"


ENGLISH = Words()
FRENCH = Words(
    compose="Nouveau message",
    to="Destinataires",
    subject="Objet",
    body="Corps du message",
    send="Envoyer",
    link="Insérer un lien (Ctrl-K)",
    link_text="Texte",
    link_url="Saisir ou coller un lien",
    apply="Appliquer",
    sent="Message envoyé",
)
CHINESE = Words(
    compose="撰寫",
    to="收件者",
    subject="主旨",
    body="郵件內文",
    send="傳送",
    link="插入連結 (Ctrl-K)",
    link_text="文字",
    link_url="輸入或貼上連結",
    apply="套用",
    sent="郵件已傳送",
)


@dataclass
class Writing:
    """A mail that is being written: the newest body of the page."""

    page: Page
    words: Words = field(default_factory=lambda: ENGLISH)

    @property
    def body(self) -> Locator:
        return self.page.get_by_label(self.words.body, exact=True).last

    @property
    def switch(self) -> Locator:
        """The extension's, which says whether this mail is tracked."""
        return self.page.get_by_role("switch").last

    def address(self, *addresses: str) -> None:
        entry = self.page.get_by_label(self.words.to, exact=True).last
        for address in addresses:
            entry.fill(address)
            entry.press("Enter")

    def write(self, subject: str = "", text: str = "Here is the ", link: str = LINK) -> None:
        if subject:
            self.page.get_by_label(self.words.subject, exact=True).last.fill(subject)
        self.body.click()
        self.body.press("Control+Home")
        self.page.keyboard.type(text)
        if link:
            self.insert_link("pilot plan", link)

    def insert_link(self, text: str, link: str) -> None:
        self.button(self.words.link).click()
        self.page.get_by_label(self.words.link_text, exact=True).last.fill(text)
        self.page.get_by_label(self.words.link_url, exact=True).last.fill(link)
        self.button(self.words.apply).click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).last

    def ready(self, words: str = "Tracked") -> None:
        """Everything is acknowledged by the server."""
        expect(self.switch).to_have_accessible_description(words)

    def send(self) -> None:
        self.page.get_by_text(self.words.send, exact=True).last.click()
        self.left()

    def left(self) -> None:
        expect(self.page.get_by_role("alert")).to_contain_text(self.words.sent)


def compose(page: Page, to: str, subject: str, words: Words = ENGLISH) -> Writing:
    page.get_by_text(words.compose, exact=True).click()
    writing = Writing(page, words)
    writing.address(to)
    writing.write(subject)
    return writing
