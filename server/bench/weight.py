"""What the extension weighs, as it is built from this source."""

import gzip
import importlib.util
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.bench.results import Row, at_most, left_out

_ROOT = Path(__file__).parents[2]
_CONTENT, _PANEL = 8.0, 60.0
"""KB of 1024 bytes."""

_LOADED = re.compile(r"""<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+)\"""")
_IMPORTED = re.compile(r"""\b(?:from|import)\s*["'](\.[^"']+\.js)["']""")


def weight_rows(_quick: bool) -> Iterator[Row]:
    with built() as folder:
        if folder is None:
            yield left_out("extension", "its source is not installed")
            return
        if "/** @" in (folder / "content.js").read_text("utf-8"):
            yield left_out("extension", "esbuild is not installed, which shortens it")
            return
        yield at_most("content script, gzipped", _gzipped(folder / "content.js"), _CONTENT, "KB")
        yield at_most("panel with all it opens with, gzipped", sum(map(_gzipped, _panel(folder))), _PANEL, "KB")


@contextmanager
def built() -> Iterator[Path | None]:
    """The extension as Chromium loads it; None where only the server is installed."""
    spec = importlib.util.spec_from_file_location("extension_build", _ROOT / "extension/build.py")
    if spec is None or spec.loader is None or not (_ROOT / "extension/build.py").exists():
        yield None
        return
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as home:
        folder = Path(home) / "extension"
        builder.build(folder)
        yield folder


def _panel(folder: Path) -> set[Path]:
    """The page, what it names, what that imports, the icons, and the longest of the languages, of which it reads one."""
    page = folder / "panel.html"
    found = {page, folder / "joined/icons.svg", max((folder / "joined/locales").glob("*.json"), key=_gzipped)}
    waiting = [folder / name for name in _LOADED.findall(page.read_text("utf-8"))]
    while waiting:
        path = waiting.pop().resolve()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".js":
            waiting += [path.parent / name for name in _IMPORTED.findall(path.read_text("utf-8"))]
    return found


def _gzipped(path: Path) -> float:
    return len(gzip.compress(path.read_bytes(), 9)) / 1024
