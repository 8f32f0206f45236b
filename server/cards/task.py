"""A task to be made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.markup import bold, plain
from server.cards.widgets import Json, Option, icon
from server.cards.words import Words

TYPES = ("email", "call", "inmail", "custom")
PRIORITIES = ("normal", "high")
MOST_NAME = 200
MOST_DETAILS = 5000


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form. `wrong`: input → key of what would be right."""

    name: str = ""
    type: str = "email"
    priority: str = "normal"
    due_on: date | None = None
    details: str = ""
    wrong: Mapping[str, str] | None = None


def task_card(written: Written, about: str, words: Words, act: Actions) -> Json:
    """`about`: the name of whom it is about."""
    wrong = [
        widgets.row(bold(words(key)), start=icon("error", words("wrong")), wrap=True)
        for key in dict.fromkeys((written.wrong or {}).values())
    ]
    today = words.now.astimezone(words.zone).date()
    form = [
        *wrong,
        widgets.text_input("name", words("task-name"), plain(written.name, MOST_NAME), most=MOST_NAME),
        widgets.choice("type", words("task-type"), [Option(words(f"type-{one}"), one, one == written.type) for one in TYPES]),
        widgets.day_input("due", words("task-due"), written.due_on or today),
        widgets.choice(
            "priority",
            words("task-priority"),
            [Option(words(f"priority-{one}"), one, one == written.priority) for one in PRIORITIES],
            kind="RADIO_BUTTON",
        ),
        widgets.text_input("details", words("task-details"), written.details, several_lines=True, most=MOST_DETAILS),
        widgets.buttons([widgets.button(words("save"), widgets.does(act("create-task")), kind="FILLED")]),
    ]
    return widgets.card("task", words("new-task"), [widgets.section(form)], subtitle=plain(about, 100))
