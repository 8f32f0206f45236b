import json

import pytest
from click.testing import CliRunner

from server.bench import rows
from server.bench.results import Row, at_least, at_most, left_out, middle_and_late, told
from server.cli import cli
from server.cli.bench import GROUPS


def some_rows(quick: bool) -> list[Row]:
    return [
        at_least("a ratio", 1.3 if quick else 1.1, 1.2),
        told("a time", 3.14159, "ms", "of 10"),
        left_out("a peer", "not here"),
    ]


REAL = tuple(rows.GROUPS)


@pytest.fixture(autouse=True)
def _measures(monkeypatch: pytest.MonkeyPatch) -> None:
    measures = dict.fromkeys(GROUPS, ()) | {"edge": (some_rows,), "stream": (lambda quick: [at_most("late", 20.0, 10, "ms")],)}
    monkeypatch.setattr(rows, "GROUPS", measures)


def test_the_command_knows_every_group() -> None:
    assert REAL == GROUPS


def test_rows_come_as_json_of_five_fields_and_a_missed_goal_is_code_1() -> None:
    said = CliRunner().invoke(cli, ["bench", "--json", "edge"])
    assert said.exit_code == 1
    assert json.loads(said.stdout) == [
        {"name": "a ratio", "value": 1.1, "unit": "×", "goal": ">= 1.2", "ok": False},
        {"name": "a time", "value": 3.142, "unit": "ms", "goal": "", "ok": None},
        {"name": "a peer", "value": None, "unit": "", "goal": "", "ok": None},
    ]
    assert "1 of 1: edge" in said.stderr
    assert "a peer: left out: not here" in said.stderr


def test_a_group_alone_is_measured_and_names_are_the_same_when_it_is_quick() -> None:
    quick, whole = (CliRunner().invoke(cli, ["bench", "edge", "--json", *more]) for more in (["--quick"], []))
    assert quick.exit_code == 0
    assert [row["name"] for row in json.loads(quick.stdout)] == [row["name"] for row in json.loads(whole.stdout)]
    everything = CliRunner().invoke(cli, ["bench"])
    assert "late" in everything.stdout
    assert "MISSED" in everything.stdout
    assert "late" not in CliRunner().invoke(cli, ["bench", "edge"]).stdout


def test_an_unknown_group_is_refused() -> None:
    assert CliRunner().invoke(cli, ["bench", "coffee"]).exit_code == 2


def test_the_middle_and_the_late_are_taken_of_what_is_in_order() -> None:
    assert middle_and_late([float(one) for one in range(200, 0, -1)]) == (101.0, 199.0)
