"""How a task is told to somebody, and how it stands to Salesforce."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from server.domain.integrations import State
from server.domain.people import Person
from server.domain.salesforce_tasks import standing_of
from server.domain.tasks import Task, is_overdue, today, zone_of
from server.domain.users import User
from server.services.person import time_text, told_short
from server.services.salesforce_scan import SERVICE
from server.services.salesforce_tasks import BEGAN, OURS
from server.storage import integrations
from server.storage import people as stored_people
from server.storage import salesforce_tasks as stored_links
from server.storage import users as stored_users
from server.storage.database import Transaction


def told(tx: Transaction, user: User, tasks: Sequence[Task], now: datetime) -> list[dict[str, Any]]:
    day = today(now, zone_of(user.time_zone))
    people = stored_people.by_ids(tx, user.workspace_id, {task.person_id for task in tasks if task.person_id})
    concerned = {user_id for task in tasks for user_id in (task.user_id, task.changed_by) if user_id}
    names = stored_users.names(tx, user.workspace_id, concerned)
    standings = _standings(tx, user.workspace_id, tasks)
    return [
        {**_task(task, day, people.get(task.person_id or ""), names), "salesforce": standings.get(task.id)} for task in tasks
    ]


def told_sync(tx: Transaction, workspace_id: str) -> dict[str, Any] | None:
    """When all tasks last went both ways, and whether that works; None where tasks stay here."""
    if not stored_links.is_on(tx, workspace_id):
        return None
    last = integrations.cursor(tx, workspace_id, SERVICE, OURS)
    known = integrations.of_workspace(tx, workspace_id).get(SERVICE)
    return {"at": time_text(last.stored_at if last else None), "works": known is None or known.state is State.OK}


def _standings(tx: Transaction, workspace_id: str, tasks: Sequence[Task]) -> dict[str, dict[str, Any]]:
    """By task; nothing while tasks stay here."""
    if not tasks or not stored_links.is_on(tx, workspace_id):
        return {}
    began = integrations.cursor(tx, workspace_id, SERVICE, BEGAN)
    if began is None:
        return {}
    links = stored_links.of_tasks(tx, workspace_id, [task.id for task in tasks])
    return {
        link.task.id: {
            "state": standing_of(link.task, link.salesforce_id, link.seen, began.at).value,
            "detail": (link.seen or {}).get("refused"),
            "notes": (link.seen or {}).get("notes") or [],
        }
        for link in links
    }


def _task(task: Task, day: date, person: Person | None, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": task.id,
        "name": task.name,
        "type": task.type.value,
        "priority": task.priority.value,
        "due_on": task.due_on.isoformat(),
        "overdue": is_overdue(task.due_on, task.completed_at, day),
        "details": task.details,
        "person": told_short(person) if person else None,
        "message_id": task.message_id,
        "assignee": {"id": task.user_id, "name": names.get(task.user_id, "")},
        "changed": {"by": names.get(task.changed_by or ""), "at": time_text(task.updated_at)},
        "completed_at": time_text(task.completed_at),
        "version": task.version,
    }
