"""Scripts, styles and pictures: under an address that names their version, browsers may keep them for a year."""

import gzip
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, send_from_directory

from server.web.access import Access, access

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER = Path(__file__).parent / "static"
_YEAR = 365 * 86400
_IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';]*?["'](\.[^"']+\.js)["']""", re.MULTILINE)

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


@cache
def modules(name: str) -> tuple[str, ...]:
    """What a script imports, and what that imports: a page that names them spares the browser finding out step by step."""
    found: dict[str, None] = {}
    waiting = [FOLDER / name]
    while waiting:
        path = waiting.pop()
        for there in ((path.parent / other).resolve() for other in _IMPORT.findall(path.read_text("utf-8"))):
            asset = there.relative_to(FOLDER.resolve()).as_posix()
            if asset not in found:
                found[asset] = None
                waiting.append(there)
    return tuple(found)


class Kept:
    """In front of the app: what is asked for under the version of now comes out of memory, compressed where that is taken. A
    page of a hundred modules would otherwise wait for a hundred rounds through all of the app."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._under = f"/static/{version()}/"

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        known = path.startswith(self._under) and environ["REQUEST_METHOD"] in ("GET", "HEAD")
        path = path.removeprefix(self._under)
        if not known or path not in _names():
            return self._app(environ, start_response)
        packed = _packed(path) if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else None
        body = packed if packed is not None else _plain(path)
        headers = [
            ("Content-Type", _TYPES.get(Path(path).suffix, "application/octet-stream")),
            ("Content-Length", str(len(body))),
            ("Cache-Control", f"public, max-age={_YEAR}, immutable"),
            ("Vary", "Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("200 OK", [*headers, *([("Content-Encoding", "gzip")] if packed is not None else [])])
        return [body] if environ["REQUEST_METHOD"] == "GET" else []


@cache
def _names() -> frozenset[str]:
    """Whose types we know: nothing else is asked for by our pages."""
    found = (path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
    return frozenset(name for name in found if Path(name).suffix in _TYPES)


@cache
def _plain(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_plain(name), 9, mtime=0)


def register(app: Flask) -> None:
    app.wsgi_app = Kept(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.globals["modules"] = modules
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
