"""All of a large Marketo's past: no faster than Marketo allows, in flat memory, and what happens meanwhile is on screens."""

import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.connectors.http import Budget, Transport
from server.connectors.marketo import AT_ONCE, CALLS, WINDOW, Marketo
from server.services.marketo import MarketoSync, Sellers
from server.storage.database import Database
from server.storage.tables import moments, people
from tests.fixtures_crm import MARKETO_USER, running_crm
from tests.services.test_marketo_round import Round, own_person

_MEGABYTE = 1 << 20


@pytest.mark.slow
@pytest.mark.parametrize(("size", "activities"), [(10_000, 100_000), (100_000, 1_000_000)])
def test_all_of_a_large_past_comes_as_fast_as_marketo_allows(database: Database, size: int, activities: int) -> None:
    with running_crm(people=size, activities=activities) as crm:
        round_ = Round(database, crm)
        crm.marketo.limits.daily = 10**9
        clock = crm.world.clock.now
        # Budgets and waits go by the sandbox's clock: what took a night there takes minutes here.
        budget = Budget(CALLS, WINDOW, AT_ONCE, lambda: clock().timestamp(), crm.advance)
        transport = Transport("marketo", budget, sleep=crm.advance, clock=clock)
        client = Marketo(crm.url, MARKETO_USER.client_id, MARKETO_USER.client_secret, transport)
        sync = MarketoSync(
            database, lambda: client, lambda: Sellers(database, client, clock), round_.integrations, round_.team.wake, clock
        )
        begun, began = clock(), time.monotonic()
        sync.moments()
        memory: list[int] = []
        rounds = 0
        while sync.history():
            rounds += 1
            memory.append(_memory())
            if rounds % 5 == 0:
                round_.crm.happen.moment(own_person(round_), "Web", f"live {rounds}")
                sync.moments()
                assert round_.told(round_.reps[0])[0] == f"live {rounds}"
        calls = sum(crm.marketo.limits.calls.values())
        took, real = (clock() - begun).total_seconds(), time.monotonic() - began
        counted = database.read(
            lambda tx: [tx.execute(select(func.count()).select_from(one)).scalar_one() for one in (people, moments)]
        )
        sys.stdout.write(
            f"{counted[0]:,} people, {counted[1]:,} moments, {calls:,} calls: {took:,.0f} s there, {real:,.0f} s here\n"
        )
        sys.stdout.write(f"memory {memory[len(memory) // 5] // _MEGABYTE} MB, then {memory[-1] // _MEGABYTE} MB\n")
        assert crm.marketo.limits.refused["606"] == 0
        assert crm.marketo.limits.burst_peak <= CALLS
        assert took <= calls / CALLS * WINDOW + WINDOW
        assert memory[-1] - memory[len(memory) // 5] < 60 * _MEGABYTE


def _memory() -> int:
    """Of the process's own: what SQLite maps of its file is the system's, and grows with the file."""
    [told] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon:")]
    return int(told.split()[1]) * 1024
