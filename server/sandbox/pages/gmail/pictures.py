"""Gmail's image proxy: pictures of a shown mail come from *.googleusercontent.com, with the true address behind a #."""

import hashlib
import threading
from typing import Any

from flask import Blueprint, Response, request

from server.errors import NotFound
from server.sandbox.recipients.population import Recipients

_PROXY = "gmail"


class Pictures:
    """Thread-safe. Only pictures of mails that were shown are fetched."""

    def __init__(self, people: Recipients) -> None:
        self._people = people
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}

    def proxied(self, url: str, path: str = "meips") -> str:
        """`path`: "meips" or "proxy", as Gmail names it by turns."""
        name = hashlib.sha256(url.encode()).hexdigest()[:48]
        with self._lock:
            self._known[name] = url
        return f"https://ci{3 + int(name, 16) % 4}.googleusercontent.com/{path}/{name}=s0-d-e1-ft#{url}"

    def fetch(self, name: str, who: str) -> tuple[bytes, str, int]:
        """Body, type and status of what the true address gave to Google's proxy."""
        with self._lock:
            url = self._known.get(name)
        if url is None:
            raise NotFound("no such picture")
        made = self._people.fetcher.image(self._people.reader(who, _PROXY), url)
        kind = next((value for header, value in made.headers.items() if header.lower() == "content-type"), "image/gif")
        return made.body, kind, made.status or 502


def add_pictures(routes: Blueprint, pictures: Pictures) -> None:
    @routes.get("/<any(proxy, meips):path>/<name>=s0-d-e1-ft")
    def picture(path: str, name: str) -> Response:
        if not request.host.partition(":")[0].endswith(".googleusercontent.com"):
            raise NotFound("pictures are at googleusercontent.com")
        body, kind, status = pictures.fetch(name, "proxy@google.example")
        return Response(body, status, content_type=kind)


def through(pictures: Pictures, path: str) -> Any:
    """For `clean`: what Gmail does to the pictures and links of a mail it shows."""

    def change(node: Any) -> None:
        source = str(node.get("src") or "").strip()
        if node.tag == "img" and source.lower().startswith(("http://", "https://")):
            node.set("src", pictures.proxied(source, path))
        if node.tag == "a" and node.get("href"):
            node.set("target", "_blank")

    return change


def direct(node: Any) -> None:
    """For `clean`: the true address again, as a mail that leaves has it."""
    before, mark, true = str(node.get("src") or "").partition("#")
    if node.tag == "img" and mark and ".googleusercontent.com/" in before and true.startswith(("http://", "https://")):
        node.set("src", true)
