"""Scripts, styles and pictures: under an address that names their version, browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

from server.web.access import Access, access

FOLDER = Path(__file__).parent / "static"
_YEAR = 365 * 86400

_PICTURES = "card/"
"""Their addresses stand in cards that Google keeps, without a version: a new drawing gets a new name."""

# What a system's own table of types may lack or get wrong; a module of another type does not run.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


@cache
def version() -> str:
    """Of all files together, since modules name each other by relative addresses."""
    digest = hashlib.sha256()
    for path in sorted(file for file in FOLDER.rglob("*") if file.is_file()):
        digest.update(str(path.relative_to(FOLDER)).encode())
        digest.update(path.read_bytes())
    return f"v-{digest.hexdigest()[:12]}"


def register(app: Flask) -> None:
    app.add_url_rule("/static/<path:filename>", "static", static)
    app.url_defaults(_dated)


def _dated(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values["filename"] = f"{version()}/{values['filename']}"


@access(Access.ANYONE)
def static(filename: str) -> Response:
    first, _, rest = filename.partition("/")
    dated = first.startswith("v-")
    path = rest if dated else filename
    response = send_from_directory(FOLDER, path, mimetype=_TYPES.get(Path(path).suffix), conditional=True)
    if first == version() or path.startswith(_PICTURES):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response
