"""The table of cases: every line of it, that it is large, that it leaves no rule and no kind of client out."""

import ast
import inspect
from pathlib import Path
from types import ModuleType

import pytest

from server.domain.classify import agents, alone, bursts, classify, reclassify, together, twins
from server.domain.engagement import Class, Kind
from tests.domain.cases.requests import REQUESTS, Case
from tests.domain.cases.rows import ROWS, SCANNER_NETWORKS
from tests.domain.cases.sequences import SEQUENCES, Sequence
from tests.domain.clients import a_hit, a_message

TABLE: list[Case | Sequence] = [*REQUESTS, *SEQUENCES]
_NAMES = [case.name for case in TABLE]


@pytest.mark.parametrize("case", TABLE, ids=_NAMES)
def test_each_is_taken_for_what_it_is(case: Case | Sequence) -> None:
    verdicts = reclassify(case.message, case.hits)
    told = {hit_id: f"{verdict.klass} {' '.join(verdict.codes)}" for hit_id, verdict in verdicts.items()}
    if isinstance(case, Sequence):
        told = {hit_id: " ".join(text.split()[:2]) for hit_id, text in told.items()}
    assert told == case.wanted


def test_the_table_is_large_and_names_each_case_once() -> None:
    assert len(TABLE) >= 300
    assert len(set(_NAMES)) == len(TABLE)


@pytest.mark.parametrize("row", ROWS)
def test_the_table_holds_every_row_of_the_research(row: str) -> None:
    assert ROWS[row]
    assert set(ROWS[row]) <= set(_NAMES)


def test_the_table_holds_every_network_of_a_scanner() -> None:
    wanted = {f"an ordinary browser from scanner-{asn}" for asn in SCANNER_NETWORKS}
    assert wanted <= set(ROWS["B machine: scanner"])


def test_every_reason_occurs_in_the_table() -> None:
    seen = {code for case in TABLE for verdict in reclassify(case.message, case.hits).values() for code in verdict.codes}
    known = {code for module in (agents, alone, bursts, together, twins) for code in _codes(module)}
    assert known == seen


def _codes(module: ModuleType) -> set[str]:
    """The reason codes that a module of the classifier can give, read from its source."""
    tree = ast.parse(Path(inspect.getfile(module)).read_text("utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    catalogue = Path("server/web/static/ui/locales/en.json").read_text("utf-8")
    return {text for text in texts if f'"reason.{text}":' in catalogue}


def test_a_hit_before_sending_is_the_senders_preview() -> None:
    verdict = classify(a_hit(after=-12), a_message())
    assert verdict.klass is Class.OWN
    assert verdict.reasons[0].to_json() == {"code": "before-send", "seconds": 12.0}


def test_before_delivery_means_no_second_at_all() -> None:
    assert classify(a_hit(after=30), a_message(delivered=40)).reasons[0].values == {"seconds": 0.0}


def test_reasons_carry_what_their_sentence_needs() -> None:
    soon = classify(a_hit(after=2.34), a_message())
    assert soon.reasons[0].to_json() == {"code": "too-soon", "seconds": 2.3}
    scanned = classify(a_hit(network="scanner-22843", kind=Kind.CLICK, link=1), a_message())
    assert scanned.reasons[0].to_json() == {"code": "net-scanner", "organisation": "Proofpoint"}
    scripted = classify(a_hit(agent="python-requests/2.32.3"), a_message())
    assert scripted.reasons[0].to_json() == {"code": "ua-script", "agent": "python-requests"}
