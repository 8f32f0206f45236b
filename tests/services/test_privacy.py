from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, update

from server.domain.consent import UNTIL_DECIDED, Choice, Policy, Rule, Source, State
from server.domain.messages import Field, Recipient
from server.domain.users import Role, User
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.services.privacy import Page, Privacy, Status
from server.storage import consent
from server.storage import messages as stored
from server.storage.database import Database
from server.storage.tables import consent_changes, engagements, hits, metadata, people, person_addresses, workspaces
from server.tokens import OptOutToken, Tokens, new_id
from tests.scene import NOON, Scene, a_hit

TOKENS = Tokens(["a pretend key for tests, quite long enough"])
YES = Choice(State.GRANTED, None, "engagement", "mail of 20 November", Source.REP)


class Office(Scene):
    """Nora's messages, whose recipients may say something about them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.privacy = Privacy(database, TOKENS, lambda: self.now)
        self.user = User(
            self.nora.id, self.nora.workspace_id, self.nora.address, "Nora", frozenset({Role.REP, Role.ADMIN}), "tag"
        )

    def policy(self, policy: Policy) -> None:
        self.privacy.set_policy(self.user, policy)

    def person(self, *addresses: str, country: str | None = None) -> str:
        person_id, own = new_id(), {"workspace_id": self.nora.workspace_id}
        with self.database.engine.begin() as tx:
            tx.execute(insert(people).values(id=person_id, name="P", country=country, created_at=NOON, **own))
            for address in addresses:
                tx.execute(insert(person_addresses).values(address=address, person_id=person_id, **own))
        return person_id

    def stored(self) -> list[str]:
        with self.database.engine.begin() as tx:
            kept = list(tx.execute(select(hits.c.id)).scalars())
            assert sorted(kept) == sorted(tx.execute(select(engagements.c.id)).scalars())
        return kept

    def history(self) -> int:
        with self.database.engine.begin() as tx:
            return len(tx.execute(select(consent_changes)).all())

    def bound(self, message_id: str, *addresses: str) -> None:
        """Found in the Sent folder: from now on it is known whom it went to."""
        to = [Recipient(place, Field.TO, "", address) for place, address in enumerate(addresses, 1)]
        self.database.write(stored.replace_recipients, message_id, self.nora.workspace_id, to)
        self.change(message_id, state="sent", sent_at=NOON)
        self.rejudge(message_id)


def link(message_id: str, recipient: int = 0) -> str:
    return TOKENS.opt_out(OptOutToken(message_id, recipient))


def off(office: Office, message_id: str, recipient: int = 0) -> Page:
    page = office.privacy.opt_out(link(message_id, recipient), Source.OPT_OUT_PAGE)
    assert page is not None
    return page


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


# The recipient says no


def test_an_opt_out_works_at_once_and_for_mail_that_is_out(office: Office) -> None:
    yesterday, today = office.message(), office.message()
    office.record(a_hit(yesterday))
    assert len(office.stored()) == 1
    page = off(office, yesterday)
    assert (page.status, page.address) == (Status.OFF, "1•••••@b.example")
    office.record(a_hit(yesterday, after=60), a_hit(today, after=60), a_hit(yesterday, after=61, link=1))
    assert len(office.stored()) == 1


def test_only_the_copy_of_who_said_no_is_silent(office: Office) -> None:
    message = office.message(to=("A", "B"))
    off(office, message, recipient=2)
    office.record(a_hit(message, recipient=1), a_hit(message, recipient=2))
    assert len(office.stored()) == 1


def test_one_no_silences_the_body_that_all_share(office: Office) -> None:
    shared, other = office.message(to=("A", "B")), office.message(to=("A",))
    page = off(office, shared)
    assert (page.status, page.address) == (Status.OFF, None)
    office.record(a_hit(shared), a_hit(shared, link=1))
    assert office.stored() == []
    office.record(a_hit(other))
    assert len(office.stored()) == 1, "nobody knows who it was, so other mail goes on"


def test_a_reader_of_a_shared_body_may_name_themself(office: Office) -> None:
    shared, other = office.message(to=("A", "B")), office.message(to=("A",))
    wrong = office.privacy.opt_out_address(link(shared), "somebody@else.example")
    right = office.privacy.opt_out_address(link(shared), " 1@B.example ")
    assert wrong == right, "the answer must not tell who got the mail"
    assert office.history() == 1
    office.record(a_hit(other))
    assert office.stored() == []


def test_a_no_holds_for_every_address_of_the_person(office: Office) -> None:
    office.person("1@b.example", "private@home.example")
    first, second = office.message(), office.message()
    office.bound(second, "private@home.example")
    off(office, first)
    office.record(a_hit(second, after=9))
    assert office.stored() == []


def test_an_address_added_later_is_the_same_person(office: Office) -> None:
    person_id = office.person("1@b.example")
    first, second = office.message(), office.message()
    off(office, first)
    with office.database.engine.begin() as tx:
        own = {"workspace_id": office.nora.workspace_id, "person_id": person_id}
        tx.execute(insert(person_addresses).values(address="new@home.example", **own))
    office.bound(second, "new@home.example")
    office.record(a_hit(second, after=9))
    assert office.stored() == []


def test_saying_it_again_changes_nothing(office: Office) -> None:
    message = office.message()
    once, twice = off(office, message), off(office, message)
    assert once == twice
    assert office.history() == 1


def test_who_switched_it_off_here_may_take_that_back(office: Office) -> None:
    message = office.message()
    assert off(office, message).may_resume
    page = office.privacy.resume(link(message))
    assert page is not None
    assert page.status is Status.ON
    office.record(a_hit(message))
    assert len(office.stored()) == 1
    assert off(office, message).status is Status.OFF


def test_taking_it_back_brings_the_former_consent_again(office: Office) -> None:
    person_id, message = office.person("1@b.example"), office.message()
    office.policy(Policy(Rule.ONLY_WITH_CONSENT))
    office.privacy.record(office.user, person_id, YES)
    off(office, message)
    office.privacy.resume(link(message))
    assert office.privacy.consent(office.user, person_id)["state"] == "granted"


def test_nobody_undoes_a_no_of_a_shared_body_or_one_a_rep_wrote_down(office: Office) -> None:
    shared = office.message(to=("A", "B"))
    assert not off(office, shared).may_resume
    office.privacy.resume(link(shared))
    office.record(a_hit(shared))
    assert office.stored() == []
    person_id, alone = office.person("1@b.example"), office.message()
    office.privacy.record(office.user, person_id, Choice(State.DENIED, None, "", "on the phone", Source.REP))
    page = office.privacy.page(link(alone))
    assert page is not None
    assert (page.status, page.may_resume) == (Status.OFF, False)
    office.privacy.resume(link(alone))
    assert office.privacy.consent(office.user, person_id)["state"] == "denied"


def test_a_bad_address_or_a_mail_that_is_gone_has_no_page(office: Office) -> None:
    assert office.privacy.page("forged") is None
    assert office.privacy.opt_out(TOKENS.opt_out(OptOutToken(new_id(), 0)), Source.ONE_CLICK) is None


# Binding and other ways in


def test_binding_does_not_bring_back_hits_of_who_said_no(office: Office) -> None:
    off(office, office.message())
    draft = office.message(to=(), state="drafted", sent_at=None)
    office.record(a_hit(draft, after=5), a_hit(draft, after=6, link=1))
    assert len(office.stored()) == 2, "nobody knows yet whose they are"
    office.bound(draft, "1@b.example")
    assert office.stored() == []
    assert office.everything() == []


def test_binding_shows_the_hits_of_who_did_not(office: Office) -> None:
    draft = office.message(to=(), state="drafted", sent_at=None)
    office.record(a_hit(draft, after=60))
    office.bound(draft, "1@b.example")
    assert len(office.stored()) == 1


def test_what_was_recorded_while_it_was_allowed_stays(office: Office) -> None:
    message = office.message()
    office.record(a_hit(message))
    off(office, message)
    office.rejudge(message)
    assert len(office.stored()) == 1


def test_do_not_track_is_honoured_for_views_alone(office: Office) -> None:
    message = office.message()
    view, followed = a_hit(message), a_hit(message, link=1)
    asked = [replace(one, hit=replace(one.hit, signs=frozenset({"gpc"}))) for one in (view, followed)]
    office.record(*asked)
    assert office.stored() == [followed.hit.id]


def test_a_batch_asks_once_however_many_it_holds(office: Office) -> None:
    several = [office.message() for _ in range(7)]
    asked: list[str] = []

    def listen(*about: Any) -> None:
        asked.append(about[2])

    event.listen(office.database.engine, "before_cursor_execute", listen)
    office.record(*[a_hit(one, after=place) for place, one in enumerate(several)])
    event.remove(office.database.engine, "before_cursor_execute", listen)
    assert len([one for one in asked if "consents" in one]) == 1


# The policy


def test_until_somebody_decides_the_policy_is_decent(office: Office) -> None:
    assert office.privacy.policy(office.user) == UNTIL_DECIDED
    message = office.message()
    office.person("1@b.example", country="FR")
    office.record(a_hit(message))
    assert office.stored() == []


@pytest.mark.parametrize("rule", [Rule.NEVER, Rule.ONLY_WITH_CONSENT])
def test_a_stricter_policy_holds_at_once_for_mail_that_is_out(office: Office, rule: Rule) -> None:
    message = office.message()
    office.policy(Policy(domains={"b.example": rule}))
    office.record(a_hit(message))
    assert office.stored() == []
    page = office.privacy.page(link(message))
    assert page is not None
    assert page.status is Status.NONE


def test_colleagues_are_never_tracked(office: Office) -> None:
    message = office.message()
    with office.database.engine.begin() as tx:
        tx.execute(update(workspaces).where(workspaces.c.id == office.nora.workspace_id).values(domain="b.example"))
    office.policy(Policy(Rule.ALWAYS, domains={"b.example": Rule.ALWAYS}))
    office.record(a_hit(message))
    assert office.stored() == []


def test_only_an_admin_changes_the_policy_and_others_keep_theirs(office: Office) -> None:
    rep = replace(office.user, roles=frozenset({Role.REP}))
    with pytest.raises(NotAllowed):
        office.privacy.set_policy(rep, Policy(Rule.ALWAYS))
    other = office.rep("bram")
    office.policy(Policy(Rule.NEVER))
    assert office.database.read(consent.policy, other.workspace_id) == UNTIL_DECIDED


# What reps write down


def test_a_consent_is_recorded_with_its_proof_and_history(office: Office) -> None:
    person_id = office.person("1@b.example", "2@b.example")
    with pytest.raises(BadInput) as refused:
        office.privacy.record(office.user, person_id, replace(YES, proof=""))
    assert list(refused.value.fields) == ["proof"]
    found = office.privacy.record(office.user, person_id, YES)
    assert (found["state"], found["proof"]) == ("granted", YES.proof)
    assert [one["address"] for one in found["history"]] == ["2@b.example", "1@b.example"]
    assert office.database.read(consent.states_of, office.nora.workspace_id, [person_id]) == {person_id: State.GRANTED}


def test_a_withdrawal_wins_until_a_newer_consent_with_proof(office: Office) -> None:
    person_id, message = office.person("1@b.example"), office.message()
    off(office, message)
    with pytest.raises(Conflict):
        office.privacy.record(office.user, person_id, Choice(State.UNKNOWN))
    with pytest.raises(BadInput):
        office.privacy.record(office.user, person_id, replace(YES, at=NOON - timedelta(days=1)))
    office.now += timedelta(days=1)
    assert office.privacy.record(office.user, person_id, YES)["state"] == "granted"
    office.record(a_hit(message))
    assert len(office.stored()) == 1


def test_people_of_another_workspace_are_not_found(office: Office) -> None:
    person_id = office.person("1@b.example")
    stranger = replace(office.user, workspace_id=office.rep("bram").workspace_id)
    for ask in (lambda: office.privacy.consent(stranger, person_id), lambda: office.privacy.record(stranger, person_id, YES)):
        with pytest.raises(NotFound):
            ask()


def test_a_no_in_one_workspace_says_nothing_in_another(office: Office) -> None:
    off(office, office.message())
    other = office.message(rep=office.rep("bram"))
    office.record(a_hit(other))
    assert len(office.stored()) == 1


# No path at all

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("view"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("click"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("no"), st.integers(0, 3), st.integers(0, 2)),
        st.tuples(st.just("bind"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("archive"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("rejudge"), st.integers(0, 3), st.just(0)),
    ),
    max_size=25,
)
READERS = [("1@b.example",), ("1@b.example", "2@b.example"), ("2@b.example", "3@b.example"), ("1@b.example", "3@b.example")]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('no-path') / 'livefeed.db'}")
    metadata.create_all(made.engine)
    yield made
    made.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_no_path_stores_a_hit_of_who_said_no(quick: Database, steps: list[tuple[str, int, int]]) -> None:
    """Messages 0 and 1 are out, 2 and 3 still drafts whose recipients nobody has told us."""
    with quick.engine.begin() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.execute(table.delete())
    office = Office(quick)
    made = [office.message(to=("",) * len(READERS[0])), office.message(to=("",) * len(READERS[1]))]
    made += [office.message(to=(), state="drafted", sent_at=None) for _ in range(2)]
    bound, said_no, suspect = {0, 1}, set[str](), dict[str, tuple[int, int]]()
    for step, which, who in steps:
        message = made[which]
        if step in ("view", "click"):
            arrival = a_hit(message, after=len(suspect) + 30.0, recipient=who, link=1 if step == "click" else None)
            office.record(arrival)
            readers = [READERS[which][who - 1]] if 0 < who <= len(READERS[which]) else READERS[which]
            if said_no & set(readers):
                suspect[arrival.hit.id] = (which, who)
        elif step == "no":
            address = f"{who + 1}@b.example"
            person = office.database.read(consent.with_siblings, office.nora.workspace_id, address)
            choice = Choice(State.DENIED, office.now, "", "", Source.REP)
            office.database.write(consent.record, office.nora.workspace_id, person[1], choice, office.now)
            said_no.add(address)
        elif step == "bind" and which not in bound:
            office.bound(message, *READERS[which])
            bound.add(which)
        elif step == "archive" and which in bound:
            office.change(message, state="archived")
            office.refresh(message)
            office.change(message, state="sent")
        elif step == "rejudge":
            office.rejudge(message)
        kept = set(office.stored())
        assert not [one for one, (of, _) in suspect.items() if one in kept and of in bound]
