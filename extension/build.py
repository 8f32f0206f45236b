"""Puts the extension together: `build/extension` is what Chromium loads, `dist/livefeed-extension-<version>.zip` for the store.

The panel's elements are the web app's own; they are copied from `server/web/static/ui`, only those that a page reaches.
"""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "extension"
UI = ROOT / "server/web/static/ui"
ESBUILD = ROOT / "server/web/frontend/node_modules/.bin/esbuild"

NOT_SHIPPED = {"build.py", "package.json", "tsconfig.json", "*.d.ts"}
ALWAYS = (
    "tokens.css",
    "components.css",
    "card.css",
    "icons.svg",
    "NOTICE",
    "locales/en.json",
    "locales/fr.json",
    "locales/zh-TW.json",
)
IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';]*?["'](\.[^"']+\.js)["']""", re.MULTILINE)
LATER = re.compile(r"""=> import\("(\.[^"]+\.js)"\)""")
KEY = re.compile(r"""["'`]([a-z][\w-]*(?:\.[\w.-]+)?)["'`]""")
BEGUN = re.compile(r"""["'`]([a-z][\w-]*\.[\w-]*)\$\{""")
NAME = re.compile(r"""["'`]([a-z][a-z-]*)["'`]""")
SYMBOL = re.compile(r"""\s*<symbol id="([^"]+)".*?</symbol>""", re.DOTALL)
HOW = (ESBUILD, "--minify", "--charset=utf8", "--target=chrome123")
YEAR_ONE = (1980, 1, 1, 0, 0, 0)
"""The same files make the same zip, whenever it is made."""


def build(folder: Path) -> None:
    """The whole extension into `folder`, which is emptied before."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns(*NOT_SHIPPED, "__pycache__"))
    for path in _needed():
        target = folder / "ui" / path.relative_to(UI)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    _join_content(folder)
    _shorten_pages(folder)


def _join_content(folder: Path) -> None:
    """The scripts in Gmail's page as one: every page of Gmail reads them."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for entry in manifest["content_scripts"]:
        joined = "".join((folder / name).read_text("utf-8") for name in entry["js"])
        (folder / "content.js").write_text(_shortened(joined), "utf-8")
        entry["js"] = ["content.js"]
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2), "utf-8")
    shutil.rmtree(folder / "content")


def _shortened(script: str) -> str:
    """As it is where the tools of the front end are not installed."""
    if not ESBUILD.exists():
        return script
    return subprocess.run(HOW, input=script, check=True, capture_output=True, encoding="utf-8").stdout  # noqa: S603  all ours


def _shorten_pages(folder: Path) -> None:
    """Comments and spaces go. The panel, which every tab of Gmail opens, becomes one file, but for what it reads later."""
    _leave_out(folder / "ui", (path.read_text("utf-8") for path in folder.rglob("*.js")))
    if ESBUILD.exists():
        files = [
            path for path in folder.rglob("*") if path.suffix in (".js", ".css") and path.name not in ("content.js", "lit.js")
        ]
        how = [*HOW, "--allow-overwrite", f"--outdir={folder}", f"--outbase={folder}", "--log-level=error"]
        subprocess.run([*how, *files], check=True)  # noqa: S603  all ours
        _join_panel(folder)


def _join_panel(folder: Path) -> None:
    """With the texts and drawings that its parts look for beside them."""
    joined = folder / "joined"
    whole = [*HOW, "--bundle", "--splitting", "--format=esm", f"--outdir={joined}", "--chunk-names=[name]-[hash]"]
    subprocess.run([*whole, "--log-level=error", folder / "panel.js"], check=True)  # noqa: S603  all ours
    (folder / "panel.js").write_text('import "./joined/panel.js";\n', "utf-8")
    shutil.copytree(folder / "ui/locales", joined / "locales")
    shutil.copyfile(folder / "ui/icons.svg", joined / "icons.svg")
    _leave_out(joined, [path.read_text("utf-8") for path in joined.glob("*.js")])


def _leave_out(folder: Path, scripts: Iterable[str]) -> None:
    """The texts and drawings that none of these scripts asks for: whole keys of texts, and those that begin as one is put
    together, as in `verb.${kind}`."""
    keys, begun, names = set(), set(), set()
    for script in scripts:
        keys.update(KEY.findall(script))
        begun.update(BEGUN.findall(script))
        names.update(NAME.findall(script))
    for path in (folder / "locales").glob("*.json"):
        texts = json.loads(path.read_text("utf-8"))
        asked = {key: text for key, text in texts.items() if key in keys or key.startswith(tuple(begun))}
        path.write_text(json.dumps(asked, ensure_ascii=False, separators=(",", ":")), "utf-8")
    icons = folder / "icons.svg"
    icons.write_text(SYMBOL.sub(lambda one: one[0] if one[1] in names else "", icons.read_text("utf-8")), "utf-8")


def pack(folder: Path, dist: Path) -> Path:
    """The store's zip of a built folder. The store gives a key of its own and refuses ours."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest.pop("key", None)
    dist.mkdir(parents=True, exist_ok=True)
    made = dist / f"livefeed-extension-{manifest['version']}.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            content = json.dumps(manifest, indent=2).encode() if name == "manifest.json" else path.read_bytes()
            entry = zipfile.ZipInfo(name, YEAR_ONE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return made


def _needed() -> set[Path]:
    """What the extension's scripts import from `ui`, and what those import."""
    found = {UI / name for name in ALWAYS}
    waiting = [UI / name for script in _scripts() for name in _from_ui(script)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [(path.parent / name).resolve() for name in _imports(path.read_text("utf-8"))]
    return found


def _scripts() -> Iterator[str]:
    for path in sorted(SOURCE.rglob("*.js")):
        yield path.read_text("utf-8")


def _from_ui(script: str) -> Iterator[str]:
    for name in _imports(script):
        _, inside, rest = name.partition("/ui/")
        if inside:
            yield rest


def _imports(script: str) -> list[str]:
    return [*IMPORT.findall(script), *LATER.findall(script)]


if __name__ == "__main__":
    build(ROOT / "build/extension")
    sys.stdout.write(f"{pack(ROOT / 'build/extension', ROOT / 'dist')}\n")
