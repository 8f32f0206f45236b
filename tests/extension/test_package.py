"""What goes to the store: asks for no more than it says, holds all its code, and comes out the same each time."""

import base64
import gzip
import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from extension.build import ESBUILD, SOURCE, build, pack
from server.cli.demo import EXTENSION_ID
from server.web.api.me import VERSION

with_esbuild = pytest.mark.skipif(
    not ESBUILD.exists(), reason="esbuild comes by npm, and Python alone must do: npm ci in server/web/frontend"
)
PERMISSIONS = {"storage", "sidePanel", "identity", "declarativeNetRequest", "notifications", "contextMenus", "alarms"}
COMMENT = re.compile(r"/\*\*.*?\*/", re.DOTALL)
IMPORTED = re.compile(r"""\b(?:from|import)\s*["'](\.[^"']+)["']""")
LATER = re.compile(r"""\bimport\(["'](\.[^"']+\.js)["']\)""")
ELSEWHERE = re.compile(r"""(?:\bfrom\s|\bimport\s*\(?|<script[^>]*\ssrc=|importScripts\()\s*["'](?:https?:)?//""")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "extension"
    build(folder)
    return folder


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((built / "manifest.json").read_text("utf-8"))
    return found


def test_it_asks_for_nothing_but_what_the_privacy_form_explains(manifest: dict[str, Any]) -> None:
    assert set(manifest["permissions"]) == PERMISSIONS
    assert not {"host_permissions", "optional_permissions", "optional_host_permissions", "externally_connectable"} & set(
        manifest
    )
    assert [script["matches"] for script in manifest["content_scripts"]] == [["https://mail.google.com/*"]]
    told = (SOURCE.parent / "docs/extension.md").read_text("utf-8")
    assert [name for name in PERMISSIONS if f"`{name}`" not in told] == []


def test_every_file_the_manifest_names_is_there(built: Path, manifest: dict[str, Any]) -> None:
    named = re.findall(r'"([\w./-]+\.(?:js|html|png|json))"', json.dumps(manifest))
    assert len(named) > 8
    assert [name for name in named if not (built / name).is_file()] == []


def test_all_code_is_in_the_package(built: Path) -> None:
    wrong = [path.name for path in built.rglob("*") if path.suffix in (".js", ".html") and ELSEWHERE.search(path.read_text())]
    assert wrong == []
    inline = [page.name for page in built.glob("*.html") if re.search(r"<script(?![^>]*\ssrc=)|\son\w+=", page.read_text())]
    assert inline == []


def test_every_module_that_is_imported_is_there(built: Path) -> None:
    missing = [
        (script.name, name)
        for script in built.rglob("*.js")
        for pattern in (IMPORTED, LATER)
        for name in pattern.findall(COMMENT.sub("", script.read_text("utf-8")))
        if not (script.parent / name).is_file()
    ]
    assert missing == []


def test_the_browsers_texts_are_there_in_every_language(built: Path, manifest: dict[str, Any]) -> None:
    texts = {
        folder.name: json.loads((folder / "messages.json").read_text("utf-8")) for folder in (built / "_locales").iterdir()
    }
    assert set(texts) == {"en", "fr", "zh_TW"}
    assert texts["en"].keys() == texts["fr"].keys() == texts["zh_TW"].keys()
    named = set(re.findall(r"__MSG_(\w+)__", json.dumps(manifest)))
    assert named <= texts["en"].keys()
    assert all(len(one["description"]["message"]) <= 132 for one in texts.values())


def test_its_key_gives_the_id_that_the_demo_lets_in(manifest: dict[str, Any]) -> None:
    digest = hashlib.sha256(base64.b64decode(manifest["key"])).hexdigest()[:32]
    assert "".join(chr(ord("a") + int(digit, 16)) for digit in digest) == EXTENSION_ID


def test_it_speaks_the_servers_api() -> None:
    assert f"SPEAKS = {VERSION};" in (SOURCE / "worker/server.js").read_text("utf-8")


def test_the_zip_is_the_same_each_time_and_without_our_key(built: Path, tmp_path: Path) -> None:
    first, second = pack(built, tmp_path / "a"), pack(built, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert "key" not in json.loads(archive.read("manifest.json"))
        assert not [name for name in archive.namelist() if name.endswith((".ts", ".py")) or "node_modules" in name]


@with_esbuild
def test_the_panel_weighs_less_than_sixty_kilobytes(built: Path) -> None:
    styles = re.findall(r'href="([^"]+\.css)"', (built / "panel.html").read_text("utf-8"))
    scripts = opened_with(built / "panel.js")
    assert len(scripts) > 2
    for locale in ("en", "fr", "zh-TW"):
        files = [built / name for name in ("panel.html", "joined/icons.svg", f"joined/locales/{locale}.json", *styles)]
        assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in [*files, *scripts]) < 60 * 1024


def opened_with(script: Path) -> set[Path]:
    """The script and whatever it imports at once."""
    found, waiting = set(), [script]
    while waiting:
        path = waiting.pop().resolve()
        if path not in found:
            found.add(path)
            waiting += [path.parent / name for name in IMPORTED.findall(path.read_text("utf-8"))]
    return found


@with_esbuild
def test_gmail_has_less_than_eight_kilobytes_more_to_read(built: Path) -> None:
    assert len(gzip.compress((built / "content.js").read_bytes(), 9)) < 8 * 1024
