"""A mail to be written here and opened in Gmail as a draft: every link in it is tracked already."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.inputs import Inputs, text
from server.cards.markup import bold, plain
from server.cards.widgets import Json, icon
from server.cards.words import Words

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_TO = 500, 50_000, 2000


@dataclass(frozen=True, slots=True)
class Letter:
    """`to`: addresses with commas between. `wrong`: the key of what would be right."""

    to: str = ""
    subject: str = ""
    body: str = ""
    wrong: str = ""


def read(inputs: Inputs) -> Letter:
    return Letter(
        to=" ".join(text(inputs, "to").split())[:LONGEST_TO],
        subject=" ".join(text(inputs, "subject").split())[:LONGEST_SUBJECT],
        body=text(inputs, "body")[:LONGEST_BODY],
    )


def addresses(letter: Letter) -> Sequence[str]:
    found = (one.strip() for one in letter.to.replace(";", ",").split(","))
    return list(dict.fromkeys(one for one in found if one))


def draft_card(letter: Letter, words: Words, act: Actions, *, message_id: str) -> Json:
    """`message_id` is what the message will be called, so that pressing twice makes one."""
    wrong = [widgets.row(bold(words(letter.wrong)), start=icon("error", words("wrong")), wrap=True)] if letter.wrong else []
    form = [
        *wrong,
        widgets.text_input("to", words("draft-to"), plain(letter.to, LONGEST_TO), hint=words("draft-to-hint"), most=LONGEST_TO),
        widgets.text_input("subject", words("draft-subject"), plain(letter.subject, LONGEST_SUBJECT), most=LONGEST_SUBJECT),
        widgets.text_input("body", words("draft-body"), letter.body, several_lines=True, most=LONGEST_BODY),
        widgets.text(words("draft-how")),
        widgets.buttons(
            [widgets.button(words("open-draft"), widgets.does(act("open-draft", message=message_id)), kind="FILLED")]
        ),
    ]
    return widgets.card("draft", words("draft-title"), [widgets.section(form)])
