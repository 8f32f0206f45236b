"""Who may use the product, on SQLite and PostgreSQL; those who leave, against the sandbox's Google."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from server.domain.audit import Filter
from server.domain.consent import Moment
from server.domain.members import Holding, Member, Part, Place
from server.domain.tasks import When
from server.domain.users import Domain, Identity, Refusal, Role, User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.services import engagement
from server.services.audit import Audit
from server.services.handover import Handover
from server.services.members import Members
from server.services.users import RefusedSignIn, Users
from server.services.worklist import Wish, Worklist
from server.storage import consent
from server.storage.database import Database
from server.storage.tables import compositions, people, push_subscriptions, sessions, users
from server.tokens import Tokens, new_id
from tests.fixtures_office import Office
from tests.fixtures_sandbox import NORA
from tests.scene import NOON, a_hit
from tests.team import Team

EVERYTHING = frozenset(Part)
KEY = "a key of the tests that is long enough"


class Board:
    """Fjordline's admin, who operates the installation too, with two reps; and somebody else's admin."""

    def __init__(self, database: Database) -> None:
        self.team = Team(database)
        self.database = database
        self.handover = Handover(database, self.team.queue, self.team.wake, self.team.clock)
        self.members = Members(database, _NoMailboxes(), self.handover, self.team.clock)  # type: ignore[arg-type]
        self.boss = self.team.user("Olga Operator", Role.ADMIN, Role.OPERATOR)

    def member(self, user: User) -> Member:
        return next(one for one in self.members.overview(self.boss)[1] if one.user.id == user.id)

    def work(self) -> None:
        """What the worker does."""
        while job := self.database.write(self.team.queue.claim):
            while self.handover.go_on(job):
                pass
            self.database.write(self.team.queue.finish, job)

    def noted(self) -> list[tuple[str, str]]:
        page = Audit(self.database).page(self.boss, Filter())
        return [(entry.action, entry.subject) for entry in page.entries]


class _NoMailboxes:
    def disconnect(self, user: User) -> None:
        """Nobody here has one."""


@pytest.fixture
def board(database: Database) -> Board:
    return Board(database)


# Roles and invitations ---------------------------------------------------------------


def test_roles_are_given_and_taken(board: Board) -> None:
    nora, ada = board.team.nora, board.team.ada
    board.members.choose_roles(ada, nora.id, {Role.REP, Role.ADMIN})
    assert board.member(nora).user.roles == {Role.REP, Role.ADMIN}
    board.members.choose_roles(ada, nora.id, {Role.REP})
    assert board.member(nora).user.roles == {Role.REP}
    assert board.noted() == [("people.roles", nora.address)] * 2


def test_only_admins_decide_and_only_about_their_own_company(board: Board) -> None:
    nora, ada, stranger = board.team.nora, board.team.ada, board.team.stranger
    for act in (
        lambda: board.members.choose_roles(nora, nora.id, {Role.ADMIN}),
        lambda: board.members.invite(nora, "ida@mail.example"),
        lambda: board.members.let_go(nora, ada.id),
        lambda: board.members.let_go(ada, ada.id),
        lambda: board.members.let_go(ada, board.boss.id),
        lambda: board.members.add_domain(nora, "fjordline.no"),
        lambda: board.members.rename(nora, "Ours"),
        lambda: board.members.readmit(nora, ada.id),
        lambda: board.members.overview(nora),
    ):
        with pytest.raises(NotAllowed):
            act()
    for foreign in (
        lambda: board.members.choose_roles(stranger, nora.id, {Role.ADMIN}),
        lambda: board.members.let_go(stranger, nora.id),
        lambda: board.members.one(stranger, nora.id),
        lambda: board.members.readmit(stranger, nora.id),
    ):
        with pytest.raises(NotFound):
            foreign()
    assert board.noted() == []


def test_of_two_admins_who_take_each_others_role_away_one_remains(board: Board) -> None:
    ada, boss = board.team.ada, board.boss
    board.members.choose_roles(boss, ada.id, {Role.REP, Role.ADMIN, Role.OPERATOR})
    met, done = threading.Barrier(2), []

    def demote(actor: User, other: User) -> None:
        met.wait()
        try:
            board.members.choose_roles(actor, other.id, {Role.REP})
            done.append(actor.id)
        except (NotAllowed, BadInput):
            pass

    at_once = [threading.Thread(target=demote, args=pair) for pair in ((ada, boss), (boss, ada))]
    for one in at_once:
        one.start()
    for one in at_once:
        one.join()
    assert len(done) == 1
    assert board.members.overview(boss if done == [boss.id] else ada)[1]
    admins = [one.user.id for one in board.members.overview(boss)[1] if Role.ADMIN in one.user.roles]
    assert admins == done


def test_the_invited_keep_their_place_when_they_sign_in(database: Database) -> None:
    office = Users(database, Tokens([KEY]))
    nora = office.sign_in(Identity("1", NORA, "Nora", "fjordline.example"), office.open_setup())
    board = Board(database)
    invited = board.members.invite(nora, " Carl@Mail.example ", roles={Role.REP, Role.ADMIN})
    [asked] = [one for one in board.members.overview(nora)[1] if one.user.id == invited.id]
    assert asked.place is Place.INVITED
    carl = office.sign_in(Identity("4", "carl@mail.example", "Carl", None))
    assert (carl.id, carl.name, carl.roles) == (invited.id, "Carl", {Role.REP, Role.ADMIN})


def test_an_invitation_needs_an_address_that_is_free_and_roles_one_may_give(board: Board) -> None:
    ada = board.team.ada
    for written in ("", "carl", "ca rl@x.example", "carl@x.example, ida@x.example"):
        with pytest.raises(BadInput):
            board.members.invite(ada, written)
    for address in (board.team.nora.address.upper(), board.team.stranger.address):
        with pytest.raises(Conflict):
            board.members.invite(ada, address)
    with pytest.raises(BadInput):
        board.members.invite(ada, "carl@x.example", roles={Role.REP, Role.OPERATOR})
    board.members.invite(board.boss, "carl@x.example", roles={Role.REP, Role.OPERATOR})


# Domains -------------------------------------------------------------------------------


def refusal(office: Users, identity: Identity) -> str | None:
    try:
        office.sign_in(identity)
    except RefusedSignIn as refused:
        return refused.code
    return None


def test_people_of_every_domain_that_joins_come_in_by_themselves(database: Database) -> None:
    office = Users(database, Tokens([KEY]))
    nora = office.sign_in(Identity("1", NORA, "Nora", "fjordline.example"), office.open_setup())
    members = Board(database).members
    oslo, bergen = (Identity(n, f"{n}@fjordline.no", n, "fjordline.no") for n in ("oslo", "bergen"))
    assert refusal(office, oslo) == Refusal.NOT_INVITED
    members.add_domain(nora, "Fjordline.NO")
    assert refusal(office, oslo) is None
    members.switch_domain(nora, "fjordline.no", False)
    assert refusal(office, bergen) == Refusal.NOT_INVITED
    assert refusal(office, oslo) is None, "who is in stays in"
    members.switch_domain(nora, "fjordline.example", False)
    ida = Identity("9", "ida@fjordline.example", "Ida", "fjordline.example")
    assert refusal(office, ida) == Refusal.NOT_INVITED
    assert members.overview(nora)[0].domains == (Domain("fjordline.example", False), Domain("fjordline.no", False))


def test_mail_to_every_own_domain_stays_untracked(office: Office) -> None:
    office.database.write(lambda tx: tx.execute(update(users).values(roles=["rep", "admin"])))
    admin = User(office.nora.id, office.workspace_id, NORA, "Nora", frozenset({Role.ADMIN}), office.nora.tag)

    def is_tracked(address: str) -> bool:
        standing = office.database.read(consent.standing_of, office.workspace_id, {1: address})
        asked = office.prepare([("Ola", address)])
        stored = office.database.read(consent.standings, [asked.id])[asked.id]
        decisions = {one.decide(1, Moment.HIT_VIEW).allowed for one in (standing, stored)}
        assert len(decisions) == 1, "before it is stored and after"
        return decisions.pop()

    assert (is_tracked("ola@fjordline.example"), is_tracked("ola@fjordline.asia")) == (False, True)
    office.members.add_domain(admin, "fjordline.asia")
    office.members.switch_domain(admin, "fjordline.asia", False)
    assert (is_tracked("ola@fjordline.example"), is_tracked("ola@fjordline.asia")) == (False, False)
    office.members.drop_domain(admin, "fjordline.example")
    assert (is_tracked("ola@fjordline.example"), is_tracked("ola@fjordline.asia")) == (True, False)


def test_a_domain_has_one_home(board: Board) -> None:
    board.members.add_domain(board.team.stranger, "elsewhere.example")
    with pytest.raises(Conflict):
        board.members.add_domain(board.team.ada, "elsewhere.example")
    for written in ("gmail.com", "nothing", ""):
        with pytest.raises(BadInput):
            board.members.add_domain(board.team.ada, written)


# Leaving -------------------------------------------------------------------------------


def test_who_is_let_go_is_out_at_once_and_google_hears_of_it(office: Office) -> None:
    office.connect()
    assert _grants(office)
    admin = _admin(office)
    office.members.let_go(admin, office.nora.id)
    assert office.mailboxes.state(office.nora).state == "none"
    assert not _grants(office)
    page = Audit(office.database).page(admin, Filter(area="people"))
    assert [(one.action, dict(one.detail)) for one in page.entries] == [
        ("people.grant-returned", {"heard": True}),
        ("people.let-go", {}),
    ]


def test_what_they_would_still_send_or_be_told_is_stopped(board: Board) -> None:
    nora, now = board.team.nora, board.team.now
    own = {"id": new_id(), "workspace_id": nora.workspace_id, "user_id": nora.id, "created_at": now}
    mail = {"recipients": {}, "subject": "Later", "body": "", "tracked": True, "separate": False, "signed": True, "version": 1}
    browser = {"kind": "web", "label": "Chrome", "seen_at": now, "expires_at": now + timedelta(days=1)}
    keys = {"endpoint": "https://push.example/1", "public_key": "k", "auth": "a"}

    def fill(tx: Any) -> None:
        tx.execute(insert(compositions).values(**own, **mail, state="scheduled", send_at=now, updated_at=now))
        tx.execute(insert(sessions).values(**own, **browser))
        pushed = insert(push_subscriptions).values(**own, **keys, label="Chrome", failures=0, session_id=own["id"])
        tx.execute(pushed)

    board.database.write(fill)
    board.members.let_go(board.team.ada, nora.id)
    assert board.database.read(lambda tx: tx.execute(select(compositions.c.state)).scalars().all()) == ["draft"]
    assert board.database.read(lambda tx: tx.execute(select(push_subscriptions.c.id)).all()) == []


def test_a_colleague_takes_over_tasks_and_people(board: Board) -> None:
    team = board.team
    worklist = Worklist(board.database, team.clock)
    nora, bram = team.nora, team.bram
    todo = worklist.add(nora, Wish("Call", date(2026, 11, 21)))
    done = worklist.add(nora, Wish("Mail", date(2026, 11, 21)))
    worklist.complete(nora, done["id"])
    mine = [team.add(f"{n}@okafor.example", name=f"Person {n}", owner=nora.id) for n in range(3)]
    theirs = team.add("x@okafor.example", name="Another's", owner=team.ada.id)
    elsewhere = team.add("sf@okafor.example", name="In Salesforce", owner=nora.id)
    in_salesforce = update(people).where(people.c.id == elsewhere["id"]).values(salesforce_id="00Q000000000001AAA")
    board.database.write(lambda tx: tx.execute(in_salesforce))
    leaver, holding, heirs = board.members.one(team.ada, nora.id)
    assert (leaver.user.id, holding) == (nora.id, Holding(tasks=1, people=3, messages=0, elsewhere=1))
    assert {one.id for one in heirs} == {bram.id, team.ada.id, board.boss.id}
    board.members.let_go(team.ada, nora.id, bram.id, EVERYTHING)
    board.work()
    assert [one["id"] for one in worklist.page(bram, When.ALL, done=True)["items"]] == [todo["id"]]
    assert worklist.task(bram, todo["id"])["version"] == todo["version"] + 1, "who has it open is told"
    for one in mine:
        assert team.people.get(bram, one["id"])["owner"]["id"] == bram.id
    assert team.people.get(bram, theirs["id"])["owner"]["id"] == team.ada.id
    assert board.members.one(team.ada, nora.id)[1] == Holding(elsewhere=1)
    assert ("people.handed-over", nora.address) in board.noted()


def test_nothing_is_handed_to_nobody_or_to_somebody_who_left(board: Board) -> None:
    team = board.team
    board.members.let_go(team.ada, team.bram.id)
    for heir in (None, team.nora.id, team.bram.id, team.stranger.id):
        with pytest.raises(BadInput):
            board.members.let_go(team.ada, team.nora.id, heir, {Part.TASKS})
    assert board.member(team.nora).place is not Place.OUT, "nobody leaves by halves"


def test_who_is_let_in_again_may_sign_in_and_keeps_what_was_not_taken_yet(board: Board) -> None:
    team = board.team
    mine = team.add("a@okafor.example", name="A", owner=team.nora.id)
    board.members.let_go(team.ada, team.nora.id, team.bram.id, {Part.PEOPLE})
    board.members.readmit(team.ada, team.nora.id)
    board.work()
    assert board.member(team.nora).place is not Place.OUT
    assert team.people.get(team.ada, mine["id"])["owner"]["id"] == team.nora.id


def test_open_mails_go_to_a_colleague_with_what_came_of_them(office: Office) -> None:
    office.connect()
    fresh, old, answered = office.prepare(subject="Open"), office.prepare(subject="Old"), office.prepare(subject="Answered")
    office.sends(old, subject="Old")
    office.sync()
    office.later(days=31)
    mail = office.sends(answered, subject="Answered")
    office.sends(fresh, subject="Open")
    office.replies(mail)
    office.sync()
    office.later(minutes=10)
    _hit(office, fresh.id)
    admin = _admin(office)
    assert office.members.one(admin, office.nora.id)[1].messages == 1
    office.members.let_go(admin, office.nora.id, office.bram.id, {Part.MESSAGES})
    office.work()
    assert [one["subject"] for one in office.messages.list(office.bram)["items"]] == ["Open"]
    [line] = office.feed.latest(office.bram)["items"]
    assert (line["message"]["subject"], line["count"], line["message"]["thread_url"]) == ("Open", 1, None)
    assert "Open" not in {one["message"]["subject"] for one in office.shown()}
    office.later(minutes=30)
    _hit(office, fresh.id)
    assert office.feed.latest(office.bram)["items"][0]["at"] > line["at"], "what comes now is the colleague's"
    assert {office.bram.id} in office.woken


def _admin(office: Office) -> User:
    row = update(users).where(users.c.id == office.bram.id).values(roles=["rep", "admin"])
    office.database.write(lambda tx: tx.execute(row))
    bram = office.bram
    return User(bram.id, bram.workspace_id, bram.address, bram.name, frozenset({Role.REP, Role.ADMIN}), bram.tag)


def _hit(office: Office, message_id: str) -> None:
    arrival = a_hit(message_id, after=(office.now() - NOON).total_seconds())
    office.database.write(engagement.record_hits, [arrival], office.now() + timedelta(seconds=1))


def _grants(office: Office) -> list[str]:
    """Whose grants Google knows."""
    return [one.account.address for one in office.sandbox.google.grants.all()]
