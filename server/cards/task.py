"""A task: to be made, looked at, changed, done, put off, thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.inputs import Inputs, day, text
from server.cards.markup import bold, plain
from server.cards.widgets import Json, Option, Widget, icon
from server.cards.words import Words
from server.domain.tasks import LONGEST_DETAILS, LONGEST_NAME, Priority, TaskType, one_line, today

LONGEST_PERSON = 320


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form; `person` as somebody types it. `wrong`: input → key of what would be right."""

    name: str = ""
    type: str = TaskType.EMAIL
    priority: str = Priority.NORMAL
    due_on: date | None = None
    person: str = ""
    details: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """The task that the form is about, as it was read."""

    id: str
    version: int
    done: bool = False
    person_id: str | None = None


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
        person=one_line(text(inputs, "person"))[:LONGEST_PERSON],
        details=text(inputs, "details")[:LONGEST_DETAILS],
        wrong={name: key for name, key in wrong.items() if key},
    )


def task_card(written: Written, words: Words, act: Actions, *, kept: Kept | None = None, new_id: str = "") -> Json:
    """`kept` None: a new one, which gets `new_id`, so that saving it twice makes one."""
    wrong = [
        widgets.row(bold(words(key)), start=icon("error", words("wrong")), wrap=True)
        for key in dict.fromkeys(written.wrong.values())
    ]
    save = act("save-task", task=kept.id, version=kept.version) if kept else act("create-task", task=new_id)
    saving = widgets.buttons([widgets.button(words("save"), widgets.does(save), kind="FILLED")])
    sections = [
        widgets.section(_deeds(kept, words, act) if kept else []),
        widgets.section([*wrong, *_form(written, words, act), saving]),
    ]
    return widgets.card("task", words("task" if kept else "new-task"), sections, subtitle=plain(written.person, 100))


def _form(written: Written, words: Words, act: Actions) -> list[Widget]:
    types = [Option(words(f"type-{one}"), one.value, one == written.type) for one in TaskType]
    priorities = [
        Option(words(f"priority-{one}"), one.value, one == written.priority) for one in (Priority.NORMAL, Priority.HIGH)
    ]
    due_on = written.due_on or today(words.now, words.zone)
    return [
        widgets.text_input("name", words("task-name"), plain(written.name, LONGEST_NAME), most=LONGEST_NAME),
        widgets.choice("type", words("task-type"), types),
        widgets.day_input("due", words("task-due"), due_on),
        widgets.choice("priority", words("task-priority"), priorities, kind="RADIO_BUTTON"),
        widgets.text_input(
            "person",
            words("task-person"),
            plain(written.person, LONGEST_PERSON),
            hint=words("task-person-hint"),
            most=LONGEST_PERSON,
            suggests=act("suggest-people"),
        ),
        widgets.text_input("details", words("task-details"), written.details, several_lines=True, most=LONGEST_DETAILS),
    ]


def _deeds(kept: Kept, words: Words, act: Actions) -> list[Widget]:
    if kept.done:
        done = [widgets.button(words("reopen"), widgets.does(act("reopen", task=kept.id)))]
        return [widgets.row(words("task-done"), start=icon("check_circle")), widgets.buttons(done)]
    day = today(words.now, words.zone)
    tomorrow, week = day + timedelta(days=1), day + timedelta(days=7)
    made = [
        widgets.button(words("complete"), widgets.does(act("complete", task=kept.id)), start=icon("check")),
        _put_off("snooze-tomorrow", kept, tomorrow, words, act),
        _put_off("snooze-week", kept, week, words, act),
        widgets.button(words("delete"), widgets.does(act("delete-task", task=kept.id))),
    ]
    if kept.person_id:
        made.append(widgets.button(words("show-person"), widgets.does(act("open-person", person=kept.person_id))))
    return [widgets.buttons(made)]


def _put_off(key: str, kept: Kept, until: date, words: Words, act: Actions) -> Json:
    """To a day, not by some days: pressed twice, it is the same."""
    return widgets.button(words(key), widgets.does(act("snooze", task=kept.id, until=until.isoformat())), start=icon("alarm"))
