"""People of the company: who there are, and what shall happen to them now."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from flask import Response, request

from server.errors import BadInput
from server.sandbox.control.routes import Json, body, control, moment, number, seconds, text
from server.sandbox.crm.activity import Activity
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.happenings import Happenings
from server.sandbox.crm.life import here as life
from server.sandbox.crm.people import marketo_id
from server.sandbox.crm.person import CONTACT, LEAD, Person
from server.sandbox.crm.reps import QUEUE
from server.sandbox.crm.tasks import Task
from server.sandbox.marketo.instance import here

_MOST = 500
_KINDS = {"lead": LEAD, "contact": CONTACT, "": ""}


@control.get("/crm")
def read_crm() -> Json:
    crm = here().crm
    with crm.lock:
        return {
            "reps": [{"id": rep.id, **asdict(rep)} for rep in crm.people.reps],
            "queue": QUEUE,
            "people": crm.people.last,
            "activities": len(crm.stream),
            "distinct_activities": crm.stream.distinct,
            "tasks": len(list(crm.tasks)),
        }


@control.get("/crm/people")
def list_people() -> Json:
    """`owner` (an address), `after` (a number), `most`."""
    crm, owner = here().crm, request.args.get("owner", "")
    after, most = request.args.get("after", 0, int), min(request.args.get("most", 100, int), _MOST)
    with crm.lock:
        wanted = crm.people.rep(owner).id if owner else None
        found = (crm.people.known(each) for each in range(after + 1, crm.people.last + 1))
        fitting = (person for person in found if wanted in (None, person.owner))
        return {"people": [person_json(crm, person) for person, _ in zip(fitting, range(most), strict=False)]}


@control.post("/crm/people")
def add_person() -> tuple[Json, int]:
    """`kind`: lead, contact or "" (Marketo only); `owner`: an address, or empty for the queue."""
    crm = here().crm
    found = body(
        "email", "name", "company", "owner", "kind", "score", "in_marketo", "title", "phone", "mobile", "fax", "website"
    )
    kind = _KINDS.get(str(found.pop("kind", "lead")).lower())
    if kind is None:
        raise BadInput("kind: lead, contact or empty")
    email, name, company = text(found, "email"), text(found, "name"), str(found.pop("company", ""))
    more = {key: value for key, value in found.items() if key not in ("email", "name", "owner")}
    with crm.lock:
        owner = owner_id(crm, str(found.get("owner", "")))
        return person_json(crm, Happenings(crm).appear(email, name, company, owner=owner, kind=kind, **more)), 201


@control.get("/crm/people/<who>")
def read_person(who: str) -> Json:
    """`who`: an address, a Marketo id or a Salesforce id."""
    return person_json(here().crm, _person(who))


@control.put("/crm/people/<who>")
def change_person(who: str) -> Json:
    crm = here().crm
    sent = request.get_json()
    if not isinstance(sent, dict):
        raise BadInput("a JSON object is needed")
    return person_json(crm, Happenings(crm).change(_person(who), sent))


@control.post("/crm/people/<who>/moment")
def make_moment(who: str) -> tuple[Json, int]:
    """`at` earlier than now makes a late row; `behind` lists it in the place of its time; `twice` lists it once more."""
    crm, found = here().crm, body("type", "description", "source", "at", "behind", "twice")
    at = moment(found, "at") if "at" in found else None
    source = str(found.get("source", "Interesting Moment flow step"))
    made = Happenings(crm).moment(
        _person(who), text(found, "type"), text(found, "description"), source, at=at, behind=bool(found.get("behind"))
    )
    return _listed(crm, made, bool(found.get("twice"))), 201


@control.post("/crm/people/<who>/activity")
def make_activity(who: str) -> tuple[Json, int]:
    """Any type; without `primary` and `attributes` something usual."""
    crm = here().crm
    found = body("type_id", "primary", "primary_id", "attributes", "at", "behind", "twice")
    attributes = found.get("attributes")
    if attributes is not None and not isinstance(attributes, dict):
        raise BadInput("attributes: an object")
    told: Any = None
    if attributes is not None or "primary" in found:
        told = (found.get("primary"), found.get("primary_id"), {key: str(value) for key, value in (attributes or {}).items()})
    at = moment(found, "at") if "at" in found else None
    made = Happenings(crm).activity(_person(who), number(found, "type_id"), told, at=at, behind=bool(found.get("behind")))
    return _listed(crm, made, bool(found.get("twice"))), 201


@control.post("/crm/people/<who>/score")
def make_score(who: str) -> tuple[Json, int]:
    """`to` or `by`; `urgency` from 0 to 3."""
    crm, found, person = here().crm, body("to", "by", "reason", "urgency"), _person(who)
    to = number(found, "to") if "to" in found else crm.score(person) + number(found, "by")
    urgency = number(found, "urgency") if "urgency" in found else None
    return _listed(crm, Happenings(crm).score(person, to, str(found.get("reason", "Web visit")), urgency)), 201


@control.post("/crm/people/<who>/browse")
def make_visit(who: str) -> Json:
    """A visit, with `form` a filled-in form and its moment too."""
    crm = here().crm
    Happenings(crm).browse(_person(who), form=bool(body("form").get("form")))
    return person_json(crm, _person(who))


@control.post("/crm/people/<who>/owner")
def change_owner(who: str) -> Json:
    """`to`: a rep's address; empty for the queue."""
    crm = here().crm
    return person_json(crm, Happenings(crm).hand_over(_person(who), owner_id(crm, str(body("to").get("to", "")))))


@control.post("/crm/people/<who>/merge")
def merge_person(who: str) -> Json:
    """`into` stays."""
    crm, found = here().crm, body("into")
    winner = _person(text(found, "into"))
    Happenings(crm).merge(_person(who), winner)
    return person_json(crm, crm.people.known(winner.number))


@control.post("/crm/people/<who>/convert")
def convert_person(who: str) -> Json:
    crm = here().crm
    return person_json(crm, Happenings(crm).convert(_person(who)))


@control.delete("/crm/people/<who>")
def delete_person(who: str) -> Response:
    """`?in=marketo` or `?in=salesforce` for one of the two only."""
    crm, where = here().crm, request.args.get("in", "")
    Happenings(crm).delete(_person(who), marketo=where != "salesforce", salesforce=where != "marketo")
    return Response(status=204)


@control.post("/crm/people/<who>/opportunity")
def open_opportunity(who: str) -> tuple[Json, int]:
    crm, person = here().crm, _person(who)
    if person.account is None:
        raise BadInput("only a contact of an account can be in an opportunity")
    with crm.lock:
        opened = crm.opportunities.open(person.account, person.number, str(body("name").get("name", "Pilot")), crm.now())
    return {"number": opened.number, "name": opened.name}, 201


@control.get("/crm/life")
def read_life() -> Json:
    every = life().every
    return {"every": every.total_seconds() if every else None}


@control.put("/crm/life")
def set_life() -> Json:
    """`every` so many seconds something happens by itself; null: never."""
    found = body("every")
    life().pace(timedelta(seconds=seconds(found, "every")) if found.get("every") is not None else None)
    return read_life()


@control.post("/crm/life")
def let_life() -> Json:
    """So many things (`times`, 1) happen now."""
    found = body("times")
    life().let(number(found, "times") if found else 1)
    return read_crm()


@control.get("/crm/tasks")
def list_tasks() -> Json:
    crm = here().crm
    with crm.lock:
        return {"tasks": [_task_json(task) for task in crm.tasks]}


@control.post("/crm/tasks")
def add_task() -> tuple[Json, int]:
    """As a rep does in Salesforce. `owner`: a rep's address; `who`: a person; `due`: a date."""
    crm = here().crm
    found = body("owner", "who", "subject", "status", "priority", "due", "description", "kind")
    with crm.lock:
        owner = crm.people.rep(text(found, "owner")).id
        return _task_json(crm.tasks.add(owner, crm.now(), **_task_values(found))), 201


@control.put("/crm/tasks/<id>")
def change_task(id: str) -> Json:
    crm = here().crm
    found = body("owner", "who", "subject", "status", "priority", "due", "description", "kind", "deleted")
    with crm.lock:
        owner = {"owner": crm.people.rep(text(found, "owner")).id} if "owner" in found else {}
        return _task_json(crm.tasks.change(id, crm.now(), **owner, **_task_values(found)))


@control.delete("/crm/tasks/<id>")
def delete_task(id: str) -> Response:
    crm = here().crm
    with crm.lock:
        crm.tasks.change(id, crm.now(), deleted=True)
    return Response(status=204)


def person_json(crm: Crm, person: Person) -> Json:
    owner = next((rep.email for rep in crm.people.reps if rep.id == person.owner), "")
    return {
        "number": person.number,
        "marketo_id": marketo_id(person.number) if person.in_marketo else None,
        "lead_id": person.lead_id,
        "contact_id": person.contact_id,
        "name": person.name,
        "email": person.email,
        "company": person.company,
        "kind": person.kind,
        "owner": owner,
        "owner_id": person.owner,
        "score": crm.score(person),
        "urgency": person.urgency,
        "merged_into": person.merged_into,
        "deleted": [where for where, at in (("marketo", person.gone_at), ("salesforce", person.deleted_at)) if at],
    }


def owner_id(crm: Crm, email: str) -> str:
    return crm.people.rep(email).id if email else QUEUE


def _person(who: str) -> Person:
    crm = here().crm
    with crm.lock:
        return crm.people.find(who)


def _listed(crm: Crm, activity: Activity, twice: bool = False) -> Json:
    if twice:
        with crm.lock:
            crm.stream.again(activity, crm.now())
    return {"guid": activity.guid, "type_id": activity.type_id, "at": activity.at.isoformat()}


def _task_values(found: Json) -> dict[str, object]:
    values = {key: value for key, value in found.items() if key not in ("owner", "who", "due")}
    if "who" in found:
        values["who"] = _person(text(found, "who")).salesforce_ids[-1]
    if "due" in found:
        values["due"] = date.fromisoformat(text(found, "due")) if found["due"] else None
    return values


def _task_json(task: Task) -> Json:
    told = asdict(task) | {"id": task.id, "due": task.due.isoformat() if task.due else None}
    return told | {"created": task.created.isoformat(), "changed": task.changed.isoformat()}
