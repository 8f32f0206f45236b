"""Beside a mail that is being written. Nothing is kept until something is put into it; then all of it is one message."""

from dataclasses import replace
from html import escape

from server.cards import draft, envelopes
from server.cards.compose import compose_card, read_link
from server.cards.draft import Letter, draft_card
from server.cards.gmail import gmail_missing_card
from server.cards.widgets import Json
from server.domain.drafts import Addressee, Draft, DraftLink, Prepared
from server.domain.instrument import pixel_tag
from server.errors import BadInput, Conflict, NotAllowed
from server.gmail.addresses import normal_address
from server.gmail.credentials import FOR_ADD_ON
from server.gmail.errors import GmailError
from server.services.cards.stage import Deed, Pressed, Stage, Where
from server.services.drafts import Drafts
from server.services.messages import MOST_RECIPIENTS, Messages
from server.tokens import new_id

IN = "compose"


class ComposeCards:
    def __init__(self, stage: Stage, messages: Messages, drafts: Drafts) -> None:
        self._stage = stage
        self._messages = messages
        self._drafts = drafts
        stage.draws(IN, self._draw)
        self.deeds: dict[str, Deed] = {
            "insert-pixel": lambda pressed: self._unless_sent(pressed, self._insert_pixel),
            "insert-link": lambda pressed: self._unless_sent(pressed, self._insert_link),
            "write-draft": self._write,
            "open-draft": self._open,
        }

    def where(self, written: Draft) -> Where:
        """`message`: what it will be called once something is put into the mail."""
        return {"in": IN, "message": new_id(), **_told(_whole(written))}

    def _draw(self, pressed: Pressed, link: DraftLink | None = None, wrong: str = "") -> Json:
        written = _draft(pressed)
        tracking = self._messages.tracking(pressed.user, written)
        names = {one.address.lower(): one.name for one in (*written.to, *written.cc, *written.bcc) if one.name}
        act = self._stage.acting(pressed, above=0)
        return compose_card(tracking, names, pressed.words, act, self._stage.site, link=link, wrong=wrong)

    # Into the mail that is being written

    def _unless_sent(self, pressed: Pressed, deed: Deed) -> Json:
        try:
            return deed(pressed)
        except Conflict:
            return envelopes.said(pressed.words("act-sent-already"))

    def _insert_pixel(self, pressed: Pressed) -> Json:
        prepared, _ = self._prepared(pressed, ())
        if prepared.pixel_url is None:
            return envelopes.updated(self._draw(pressed), pressed.words("act-untracked-now"))
        return envelopes.inserted(_notice(prepared) + pixel_tag(prepared.pixel_url), "INSERT_AT_END")

    def _insert_link(self, pressed: Pressed) -> Json:
        link, wrong = read_link(pressed.inputs)
        if wrong:
            return envelopes.updated(self._draw(pressed, link, wrong))
        prepared, first = self._prepared(pressed, (link,))
        tracked = prepared.links[0].tracked_url if prepared.links else None
        if tracked is None:
            return envelopes.updated(self._draw(pressed), pressed.words("act-untracked-now"))
        shown = f'<a href="{escape(tracked)}">{escape(link.text or link.url)}</a>'
        return envelopes.inserted(shown + (_notice(prepared) if first else ""), "IN_PLACE_INSERT")

    def _prepared(self, pressed: Pressed, links: tuple[DraftLink, ...]) -> tuple[Prepared, bool]:
        """And whether this is the first that is put into the mail."""
        written = replace(_draft(pressed), links=links)
        message_id = pressed.where["message"]
        if self._messages.has(pressed.user, message_id):
            return self._messages.update(pressed.user, message_id, written), False
        return self._messages.prepare(pressed.user, written, message_id), True

    # A draft of its own

    def _write(self, pressed: Pressed) -> Json:
        to = ", ".join(one.address for one in (*_draft(pressed).to, *_draft(pressed).cc))
        act = self._stage.acting(pressed, above=pressed.above + 1)
        return envelopes.pushed(draft_card(Letter(to=to), pressed.words, act, message_id=new_id()))

    def _open(self, pressed: Pressed) -> Json:
        letter, message_id, words = draft.read(pressed.inputs), pressed.facts["message"], pressed.words
        if not letter.body.strip():
            return self._again(pressed, replace(letter, wrong="wrong-body"))
        given = draft.addresses(letter)
        if not given or not all(_is_address(one) for one in given):
            return self._again(pressed, replace(letter, wrong="wrong-address"))
        written = Draft(letter.subject, to=tuple(Addressee("", one) for one in given))
        try:
            made = self._drafts.make(pressed.user, message_id, written, letter.body, pressed.host.lent)
        except BadInput:
            return self._again(pressed, replace(letter, wrong="wrong-address"))
        except Conflict:
            return envelopes.said(words("act-draft-there"))
        except NotAllowed:
            return self._refused(pressed)
        except GmailError:
            return envelopes.said(words("act-draft-failed"))
        return envelopes.draft_opened(made.id, made.thread_id)

    def _again(self, pressed: Pressed, letter: Letter) -> Json:
        act = self._stage.acting(pressed)
        return envelopes.updated(draft_card(letter, pressed.words, act, message_id=pressed.facts["message"]))

    def _refused(self, pressed: Pressed) -> Json:
        """Google asks for what is missing where it can; elsewhere one is led to where Gmail access is given."""
        if pressed.host.lent.token:
            return envelopes.asks_google([FOR_ADD_ON])
        return envelopes.pushed(gmail_missing_card(pressed.words, self._stage.site))


def _notice(prepared: Prepared) -> str:
    return prepared.notice_html or ""


def _draft(pressed: Pressed) -> Draft:
    """The recipients as Gmail tells them now, else as they were when the card was made."""
    now = _whole(pressed.draft)
    if now.to or now.cc or now.bcc:
        return now
    then = pressed.where
    return Draft(to=_people(then["to"]), cc=_people(then["cc"]), bcc=_people(then["bcc"]))


def _whole(written: Draft) -> Draft:
    """Without what is no address yet: somebody is still writing."""

    def kept(addressees: tuple[Addressee, ...]) -> tuple[Addressee, ...]:
        return tuple(one for one in addressees if _is_address(one.address))[: MOST_RECIPIENTS // 3]

    return replace(written, to=kept(written.to), cc=kept(written.cc), bcc=kept(written.bcc), links=())


def _is_address(text: str) -> bool:
    return bool(normal_address(text)) and not any(letter.isspace() or letter == "\0" for letter in text.strip())


def _told(written: Draft) -> dict[str, list[list[str]]]:
    fields = {"to": written.to, "cc": written.cc, "bcc": written.bcc}
    return {name: [[one.name, one.address] for one in found] for name, found in fields.items()}


def _people(told: list[list[str]]) -> tuple[Addressee, ...]:
    return tuple(Addressee(name, address) for name, address in told)
