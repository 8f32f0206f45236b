"""What admins decide in the console about machine traffic and privacy, and the log of it, on SQLite and PostgreSQL."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from server.domain.audit import Filter
from server.domain.consent import UNTIL_DECIDED, Rule, State
from server.domain.policies import EVERYWHERE_EEA, Scope
from server.domain.tracking import Machines
from server.domain.users import Role, User
from server.errors import BadInput, NotAllowed
from server.services.audit import PAGE, Audit, note
from server.services.details import without_machines
from server.services.feed import cursor_of
from server.services.policies import Policies
from server.services.tracking_choices import TrackingChoices
from server.storage.database import Database
from server.storage.place_files import PlaceFiles
from tests.scene import Scene, a_hit

SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"


class Console(Scene):
    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database)
        rep = self.nora
        self.admin = User(rep.id, rep.workspace_id, rep.address, "Nora", frozenset({Role.REP, Role.ADMIN}), rep.tag)
        self.rep_alone = User(rep.id, rep.workspace_id, rep.address, "Nora", frozenset({Role.REP}), rep.tag)
        clock = lambda: self.now  # noqa: E731
        self.choices = TrackingChoices(database, PlaceFiles({}, folder), clock)
        self.policies = Policies(database, clock)
        self.audit = Audit(database)

    def noted(self, wanted: Filter | None = None) -> list[str]:
        return [entry.action for entry in self.audit.page(self.admin, wanted or Filter()).entries]


@pytest.fixture
def console(database: Database, tmp_path: Path) -> Console:
    return Console(database, tmp_path)


# Machine traffic ---------------------------------------------------------------------


def test_hidden_machine_traffic_is_seen_by_nobody_until_it_is_logged_again(console: Console) -> None:
    message = console.message()
    console.record(a_hit(message, agent=SCANNER), a_hit(message, after=600))
    assert (len(console.everything()), console.feed.latest(console.nora)["hidden_today"]) == (2, 1)
    console.choices.choose_machines(console.admin, Machines.HIDE)
    assert (len(console.everything()), console.feed.latest(console.nora)["hidden_today"]) == (1, 0)
    told = console.feed.since(console.nora, cursor_of(0))
    assert [item["hidden"] for item in told["items"]] == [False]
    assert told["cursor"] == console.feed.latest(console.nora)["cursor"], "what is kept back is not asked for again"
    console.choices.choose_machines(console.admin, Machines.LOG)
    assert (len(console.everything()), console.feed.latest(console.nora)["hidden_today"]) == (2, 1)
    assert console.noted() == ["tracking.machines"] * 2


def test_a_messages_machines_are_hidden_with_the_rest() -> None:
    hits = [{"class": name} for name in ("human", "machine", "proxy-human", "unknown", "own")]
    told = without_machines({"counts": {"views": 2, "machine": 1, "unknown": 1}, "hits": hits})
    assert told["counts"] == {"views": 2, "machine": 0, "unknown": 0}
    assert [hit["class"] for hit in told["hits"]] == ["human", "proxy-human", "own"]
    assert "hits" not in without_machines({"counts": {"machine": 3}}), "a line of the list has none"


def test_only_admins_choose(console: Console) -> None:
    for act in (
        lambda: console.choices.choose_machines(console.rep_alone, Machines.HIDE),
        lambda: console.choices.data(console.rep_alone),
        lambda: console.choices.look_up(console.rep_alone, "203.0.113.7"),
        lambda: console.policies.policy(console.rep_alone),
        lambda: console.policies.put(console.rep_alone, Scope.COUNTRIES, ["FR"], Rule.NEVER),
        lambda: console.policies.preview(console.rep_alone, "a@b.example", None, None),
        lambda: console.audit.page(console.rep_alone, Filter()),
    ):
        with pytest.raises(NotAllowed):
            act()


# Privacy -----------------------------------------------------------------------------


def test_each_change_of_the_policy_is_noted_with_what_differs(console: Console) -> None:
    console.policies.put(console.admin, Scope.DOMAINS, ["partner.example"], Rule.NEVER)
    console.policies.choose(console.admin, Rule.NOTICE, "privacy@fjordline.example")
    console.policies.drop(console.admin, Scope.COUNTRIES, EVERYWHERE_EEA)
    console.policies.drop(console.admin, Scope.COUNTRIES, ["FR"])
    policy = console.policies.policy(console.admin)
    assert (policy.default, policy.countries, policy.domains) == (Rule.NOTICE, {}, {"partner.example": Rule.NEVER})
    entries = console.audit.page(console.admin, Filter()).entries
    assert [dict(entry.detail["now"]) for entry in reversed(entries)] == [
        {"partner.example": "never"},
        {"default": "notice-and-opt-out", "contact": "privacy@fjordline.example"},
        {},
    ]
    with pytest.raises(BadInput):
        console.policies.choose(console.admin, Rule.NOTICE, "nobody")


def test_the_preview_says_what_becomes_of_a_mail(console: Console) -> None:
    def seen(address: str, country: str | None = None, state: State | None = None) -> tuple[bool, bool, str]:
        shown = console.policies.preview(console.admin, address, country, state)
        return shown.decision.allowed, shown.decision.notice, shown.locale

    assert console.policies.policy(console.admin) == UNTIL_DECIDED
    assert seen("aissatou@diallo.example", "FR") == (False, False, "fr")
    assert seen("aissatou@diallo.example", "FR", State.GRANTED) == (True, False, "fr")
    console.policies.put(console.admin, Scope.COUNTRIES, ["TW"], Rule.NOTICE)
    assert seen("lin@formosa.tw") == (True, True, "zh-TW")
    assert seen("lin@formosa.tw", state=State.WITHDRAWN) == (False, False, "zh-TW")
    assert seen(console.nora.address)[0] is False, "a colleague"
    with pytest.raises(BadInput):
        seen("nobody")


def test_two_admins_who_add_rules_at_once_lose_none(console: Console) -> None:
    names = {f"{letter}.example" for letter in "abcdef"}
    met = threading.Barrier(len(names))

    def put(name: str) -> None:
        met.wait()
        console.policies.put(console.admin, Scope.DOMAINS, [name], Rule.NEVER)

    at_once = [threading.Thread(target=put, args=[name]) for name in names]
    for one in at_once:
        one.start()
    for one in at_once:
        one.join()
    assert console.policies.policy(console.admin).domains.keys() == names


# The audit log -----------------------------------------------------------------------


def test_the_log_is_read_page_by_page_and_by_what_one_looks_for(console: Console) -> None:
    def change(number: int) -> None:
        action = "people.invited" if number % 2 else "marketing.rss"
        console.database.write(
            lambda tx: note(tx, console.admin, action, f"n{number}", console.now + timedelta(days=number), number=number)
        )

    for number in range(PAGE + 3):
        change(number)
    first = console.audit.page(console.admin, Filter())
    rest = console.audit.page(console.admin, Filter(), first.older)
    assert len({entry.id for entry in (*first.entries, *rest.entries)}) == PAGE + 3
    assert (len(first.entries), rest.older) == (PAGE, None)
    assert (first.actors, first.areas) == ([console.nora.address], ["marketing", "people"])
    assert set(console.noted(Filter(area="people"))) == {"people.invited"}
    assert console.noted(Filter(area="peop")) == console.noted(Filter(actor="somebody@else.example")) == []
    day = Filter(since=console.now + timedelta(days=4), until=console.now + timedelta(days=6))
    assert console.noted(day) == ["people.invited", "marketing.rss"]


def test_another_companys_log_is_not_shown(console: Console) -> None:
    other = console.rep("olga")
    admin = User(other.id, other.workspace_id, other.address, "Olga", frozenset({Role.ADMIN}), other.tag)
    console.choices.choose_machines(console.admin, Machines.HIDE)
    assert console.audit.page(admin, Filter()).entries == []
