"""Small pages of the sandbox's Marketo and Salesforce: who there is, and buttons that let something happen."""

from itertools import islice
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from server.errors import BadInput, NotFound
from server.sandbox.crm.activity import Activity
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.happenings import Happenings
from server.sandbox.crm.identifiers import number_in
from server.sandbox.crm.life import Life
from server.sandbox.crm.life import here as life
from server.sandbox.crm.people import marketo_id, number_of
from server.sandbox.crm.person import Person
from server.sandbox.crm.reps import QUEUE
from server.sandbox.crm.tasks import STATUSES
from server.sandbox.marketo.activity_types import TYPES

_MOST = 60
_NEWEST = 12


def add_crm(routes: Blueprint) -> None:
    @routes.get("/marketo/")
    def marketo() -> str:
        return render_template("sandbox/marketo.html", **_market("marketo"))

    @routes.post("/marketo/anything")
    def anything() -> Answer:
        life().let()
        return redirect(url_for(".marketo"))

    @routes.get("/marketo/people/<int:id>")
    def marketo_person(id: str) -> str:
        return render_template("sandbox/marketo_person.html", **_card(_person(number_of(int(id)))))

    @routes.post("/marketo/people/<int:id>/<deed>")
    def happen(id: int, deed: str) -> Answer:
        _act(_person(number_of(id)), deed)
        return redirect(url_for(".marketo_person", id=id))

    @routes.get("/leadDatabase/loadLeadDetail")
    def view_in_marketo() -> Answer:
        """Marketo's own address of a person: `leadId`."""
        return redirect(url_for(".marketo_person", id=request.args.get("leadId", 0, int)))

    @routes.get("/salesforce/")
    def salesforce() -> str:
        return render_template("sandbox/salesforce.html", statuses=STATUSES, tasks=_tasks(), **_market("salesforce"))

    @routes.post("/salesforce/people/<int:number>/owner")
    def hand_over(number: int) -> Answer:
        Happenings(_crm()).hand_over(_person(number), request.form.get("to", ""))
        return redirect(url_for(".salesforce"))

    @routes.post("/salesforce/tasks/<id>")
    def change_task(id: str) -> Answer:
        crm, status = _crm(), request.form.get("status", "")
        if status not in (*STATUSES, "Deleted"):
            raise BadInput("no such status")
        with crm.lock:
            crm.tasks.change(id, crm.now(), **({"deleted": True} if status == "Deleted" else {"status": status}))
        return redirect(url_for(".salesforce"))

    @routes.get("/lightning/r/<_kind>/<id>/view")
    @routes.get("/lightning/r/<id>/view")
    def view_in_salesforce(id: str, _kind: str = "") -> Answer:
        """Salesforce's own address of a record."""
        person = _person(number_in(id, "Lead") or number_in(id, "Contact") or 0)
        return redirect(url_for(".marketo_person", id=marketo_id(person.number)))


def has_market() -> bool:
    return isinstance(current_app.extensions.get("life"), Life)


def _crm() -> Crm:
    return life().crm


def _person(number: int) -> Person:
    crm = _crm()
    with crm.lock:
        return crm.people.known(number)


def _act(person: Person, deed: str) -> None:
    crm, happen = _crm(), Happenings(_crm())
    match deed:
        case "moment":
            happen.moment(person, request.form.get("type", "Web"), request.form.get("description", "").strip() or "Something")
        case "browse" | "form":
            happen.browse(person, form=deed == "form")
        case "warmer" | "colder":
            step = 10 if deed == "warmer" else -10
            happen.score(
                person, max(0, crm.score(person) + step), "Changed by hand", min(3, max(0, person.urgency + step // 10))
            )
        case "convert":
            happen.convert(person)
        case "delete":
            happen.delete(person)
        case _:
            raise NotFound("nobody does that here")


def _market(view: str) -> dict[str, Any]:
    """People of one system: those to whom something happened lately first."""
    crm, wanted = _crm(), request.args.get("q", "").strip().lower()
    with crm.lock:
        lately = [activity.number for activity in crm.stream.newest(400)]
        numbers = dict.fromkeys([*life().favourites, *lately, *range(1, crm.people.last + 1)])
        people = (crm.people.known(number) for number in numbers)
        fitting = (person for person in people if _is_in(person, view) and _fits(person, wanted))
        rows = [_row(crm, person) for person in islice(fitting, _MOST)]
    return {"rows": rows, "q": wanted, "total": crm.people.last, "owners": _owners(crm)}


def _is_in(person: Person, view: str) -> bool:
    if view == "marketo":
        return person.in_marketo and person.gone_at is None
    return bool(person.kind) and person.deleted_at is None


def _fits(person: Person, wanted: str) -> bool:
    return wanted in f"{person.name} {person.email} {person.company}".lower()


def _row(crm: Crm, person: Person) -> dict[str, Any]:
    newest = next(iter(crm.stream.newest(1, person.number)), None)
    owners = dict(_owners(crm))
    return {
        "person": person,
        "id": marketo_id(person.number),
        "owner": owners.get(person.owner, ""),
        "score": crm.score(person),
        "newest": _told(newest) if newest else "",
        "at": newest.at if newest else None,
    }


def _owners(crm: Crm) -> list[tuple[str, str]]:
    return [*((rep.id, rep.name) for rep in crm.people.reps), (QUEUE, "Queue")]


def _card(person: Person) -> dict[str, Any]:
    crm = _crm()
    with crm.lock:
        newest = crm.stream.newest(_NEWEST, person.number)
        return {**_row(crm, person), "done": [{"at": one.at, "what": _told(one)} for one in newest]}


def _told(activity: Activity) -> str:
    detail = activity.attributes.get("Description") or activity.attributes.get("Change Value") or activity.primary or ""
    return f"{TYPES[activity.type_id].name}: {detail}" if detail else TYPES[activity.type_id].name


def _tasks() -> list[dict[str, Any]]:
    crm = _crm()
    owners = dict(_owners(crm))
    with crm.lock:
        tasks = sorted((task for task in crm.tasks if not task.deleted), key=lambda task: task.changed, reverse=True)
        return [{"task": task, "owner": owners.get(task.owner, ""), "who": _name(crm, task.who)} for task in tasks[:_MOST]]


def _name(crm: Crm, id: str) -> str:
    person = crm.people.get(number_in(id, "Lead") or number_in(id, "Contact") or 0)
    return person.name if person else ""
