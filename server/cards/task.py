"""A task to be made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.inputs import Inputs, day, text
from server.cards.markup import bold, plain
from server.cards.widgets import Json, Option, icon
from server.cards.words import Words
from server.domain.tasks import LONGEST_DETAILS, LONGEST_NAME, Priority, TaskType, one_line, today


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form. `wrong`: input → key of what would be right."""

    name: str = ""
    type: str = TaskType.EMAIL
    priority: str = Priority.NORMAL
    due_on: date | None = None
    details: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


def read(inputs: Inputs) -> Written:
    """What was filled in, with what is wrong about it."""
    name, kind, priority = (text(inputs, one) for one in ("name", "type", "priority"))
    due_on = day(inputs, "due")
    wrong = {
        "name": "wrong-name" if not one_line(name) else "",
        "due": "wrong-date" if due_on is None else "",
        "type": "wrong-choice" if kind not in set(TaskType) else "",
        "priority": "wrong-choice" if priority not in set(Priority) else "",
    }
    return Written(
        name=one_line(name)[:LONGEST_NAME],
        type=kind,
        priority=priority,
        due_on=due_on,
        details=text(inputs, "details")[:LONGEST_DETAILS],
        wrong={name: key for name, key in wrong.items() if key},
    )


def task_card(written: Written, about: str, words: Words, act: Actions) -> Json:
    """`about`: the name of whom it is about."""
    wrong = [
        widgets.row(bold(words(key)), start=icon("error", words("wrong")), wrap=True)
        for key in dict.fromkeys(written.wrong.values())
    ]
    form = [
        *wrong,
        widgets.text_input("name", words("task-name"), plain(written.name, LONGEST_NAME), most=LONGEST_NAME),
        widgets.choice(
            "type", words("task-type"), [Option(words(f"type-{one}"), one.value, one == written.type) for one in TaskType]
        ),
        widgets.day_input("due", words("task-due"), written.due_on or today(words.now, words.zone)),
        widgets.choice(
            "priority",
            words("task-priority"),
            [Option(words(f"priority-{one}"), one.value, one == written.priority) for one in (Priority.NORMAL, Priority.HIGH)],
            kind="RADIO_BUTTON",
        ),
        widgets.text_input("details", words("task-details"), written.details, several_lines=True, most=LONGEST_DETAILS),
        widgets.buttons([widgets.button(words("save"), widgets.does(act("create-task")), kind="FILLED")]),
    ]
    return widgets.card("task", words("new-task"), [widgets.section(form)], subtitle=plain(about, 100))
