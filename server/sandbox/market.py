"""The demo's market: people whom the reps own in Salesforce, some of whom get their mails, and what is on the reps' lists."""

from dataclasses import dataclass
from datetime import timedelta

from server.sandbox.clock import Clock
from server.sandbox.crm.activity import SCORE, score_content
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.happenings import Happenings
from server.sandbox.crm.person import CONTACT, LEAD, Person
from server.sandbox.crm.reps import QUEUE
from server.sandbox.stories import MATEO, NORA, REPS

PEOPLE, ACTIVITIES = 60, 1_500
EVERY = timedelta(seconds=25)


@dataclass(frozen=True)
class Prospect:
    """`owner`: a rep's address; empty for the queue. `score` is where it rose to lately."""

    email: str
    name: str
    company: str
    owner: str = NORA
    kind: str = LEAD
    score: int = 20
    urgency: int = 0
    phone: str = ""
    title: str = ""


PROSPECTS = (
    Prospect(
        "aissatou.diallo@baobab.example", "Aïssatou Diallo", "Baobab Énergie", NORA, CONTACT, 92, 3, "+33 4 5555 0110", "CFO"
    ),
    Prospect("marc.lefevre@baobab.example", "Marc Lefèvre", "Baobab Énergie", NORA, CONTACT, 41, 1),
    Prospect(
        "tomasz.wojcik@wisla.example", "Tomasz Wójcik", "Wisła Cargo", NORA, CONTACT, 78, 2, "+48 22 555 0147", "IT Director"
    ),
    Prospect(
        "lucia.fernandez@ebro.example", "Lucía Fernández Ortega", "Transportes del Ebro", NORA, LEAD, 66, 3, "+34 976 555 012"
    ),
    Prospect("r.iyer@kaveri.example", "Revathi Iyer", "Kaveri Cold Chain", NORA, CONTACT, 55, 1, "", "Head of Operations"),
    Prospect("m.nair@kaveri.example", "Manu Nair", "Kaveri Cold Chain", NORA, CONTACT, 30),
    Prospect("zhihao.lin@yuanyang.example", "林志豪", "遠洋物流", NORA, LEAD, 84, 2, "+886 2 5555 0172"),
    Prospect("jakub.novak@moravia.example", "Jakub Novák", "Moravia Fleet", "", LEAD, 25),
    Prospect("katrin.brandt@nordlicht.example", "Katrin Brandt", "Nordlicht Spedition", MATEO, CONTACT, 61, 1),
    Prospect("hiroshi.tanabe@tanabe.example", "Hiroshi Tanabe", "Tanabe Lines", MATEO, LEAD, 73, 2),
    Prospect("yichun.chen@formosa.example", "陳怡君", "Formosa Freight", MATEO, LEAD, 47, 1),
    Prospect("emily.carter@ridgeway.example", "Emily Carter", "Ridgeway Foods", NORA, "", 35),
)
_LATELY = (
    ("aissatou.diallo@baobab.example", "Web", "Visited the pricing page 3 times in a week", 5),
    ("zhihao.lin@yuanyang.example", "Milestone", "Attended the webinar “Electric fleets”", 26),
    ("tomasz.wojcik@wisla.example", "Email", "Clicked “Fleet guide, follow-up”", 49),
)
_TASKS = (
    ("Call about the 40 vehicles", "aissatou.diallo@baobab.example", 0, "High", "Call"),
    ("Send the security answers", "tomasz.wojcik@wisla.example", 1, "Normal", "Email"),
    ("Ask how the pilot goes", "lucia.fernandez@ebro.example", 4, "Normal", "Call"),
)


def market(clock: Clock, seed: int) -> Crm:
    crm = Crm(clock, REPS, seed=seed, people=PEOPLE, activities=ACTIVITIES)
    happen = Happenings(crm)
    for prospect in PROSPECTS:
        _enter(crm, happen, prospect)
    for email, kind, description, hours in _LATELY:
        at = crm.now() - timedelta(hours=hours)
        happen.moment(crm.people.find(email), kind, description, at=at, behind=True)
    for subject, email, days, priority, kind in _TASKS:
        person, due = crm.people.find(email), (crm.now() + timedelta(days=days)).date()
        about = {"who": person.salesforce_ids[-1], "subject": subject, "due": due, "priority": priority, "kind": kind}
        crm.tasks.add(crm.people.rep(NORA).id, crm.now(), **about)
    return crm


def prospects(crm: Crm) -> list[int]:
    """Their numbers."""
    return [crm.people.find(prospect.email).number for prospect in PROSPECTS]


def _enter(crm: Crm, happen: Happenings, prospect: Prospect) -> Person:
    owner = crm.people.rep(prospect.owner).id if prospect.owner else QUEUE
    more = {"phone": prospect.phone, "title": prospect.title, "score": prospect.score, "urgency": prospect.urgency}
    person = happen.appear(prospect.email, prospect.name, prospect.company, owner=owner, kind=prospect.kind, **more)
    # The rise is in the past, as with everybody else.
    rise = score_content(prospect.score - 15, prospect.score, "Visited the web site", Urgency=str(prospect.urgency))
    happen.activity(person, SCORE, rise, at=crm.now() - timedelta(days=person.number % 20 + 1), behind=True, campaign=1002)
    return person
