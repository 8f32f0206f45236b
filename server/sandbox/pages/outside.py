"""The recipients' side: their mailboxes, and a mail as its recipient sees it, fetched by the recipient's own client."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from server.errors import BadInput, NotFound
from server.sandbox.places import line
from server.sandbox.recipients.answers import AUTO_REPLIES, BOUNCES
from server.sandbox.recipients.clients import CLIENTS
from server.sandbox.recipients.fetch import Request
from server.sandbox.recipients.letter import Letter
from server.sandbox.recipients.people import Person
from server.sandbox.recipients.population import Recipients

from .bodies import clean, document

_READERS = [client for client in CLIENTS.values() if client.nature in ("reader", "proxy")]
_MACHINES = [client for client in CLIENTS.values() if client.by_itself]


class Openings:
    """What the last opening of each letter brought, so that the picture shown is the one its recipient's client got."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, tuple[str, dict[str, Request]]] = {}

    def keep(self, letter: Letter, client: str, made: list[Request]) -> None:
        with self._lock:
            kept = {url: request for url, request in self._last.get(letter.id, ("", {}))[1].items() if request.body}
            self._last[letter.id] = client, kept | {row.url: row for row in made if row.status or row.url not in kept}

    def client(self, letter: Letter) -> str:
        with self._lock:
            return self._last.get(letter.id, ("", {}))[0]

    def of(self, letter: Letter) -> dict[str, Request]:
        with self._lock:
            return dict(self._last.get(letter.id, ("", {}))[1])


def add_outside(routes: Blueprint, people: Recipients) -> None:
    openings = Openings()

    @routes.get("/recipients/")
    def recipients() -> str:
        rows = [_row(people, address) for address in people.addresses()]
        return render_template("sandbox/recipients.html", rows=sorted(rows, key=lambda row: -int(row["letters"])))

    @routes.get("/recipients/<address>/")
    def recipient(address: str) -> str:
        return render_template("sandbox/recipient.html", letters=people.letters(address), **_card(people.person(address)))

    @routes.post("/recipients/<address>/<id>/open")
    def open_letter(address: str, id: str) -> Answer:
        letter, client = _of(people, address, id), request.form.get("client", "")
        key = client or people.person(address).client
        openings.keep(letter, key, people.open(letter, key, fresh=request.form.get("fresh") == "1"))
        return redirect(url_for(".letter", address=address, id=id))

    @routes.get("/recipients/<address>/<id>")
    def letter(address: str, id: str) -> str:
        found, person = _of(people, address, id), people.person(address)
        return render_template(
            "sandbox/letter.html",
            letter=found,
            chosen=openings.client(found),
            pictures=list(openings.of(found).values()),
            machines=_MACHINES,
            shapes=list(AUTO_REPLIES),
            bounces=list(BOUNCES),
            said=request.args.get("said", ""),
            **_card(person),
        )

    @routes.get("/recipients/<address>/<id>/body")
    def letter_body(address: str, id: str) -> Response:
        found = _of(people, address, id)
        return document(clean(found.html, _through_sandbox(found)), found.text)

    @routes.get("/recipients/<address>/<id>/picture/<int:ordinal>")
    def picture(address: str, id: str, ordinal: int) -> Response:
        found = _of(people, address, id)
        if not 1 <= ordinal <= len(found.images):
            raise NotFound("There is no such picture.")
        got = openings.of(found).get(found.images[ordinal - 1])
        kind = got.headers.get("Content-Type", "") if got else ""
        if got is None or got.status != 200 or not kind.startswith("image/"):
            raise NotFound("The recipient's client did not get this picture.")
        answer = Response(got.body, content_type=kind)
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @routes.get("/recipients/<address>/<id>/click/<int:ordinal>")
    def click_link(address: str, id: str, ordinal: int) -> str:
        found = _of(people, address, id)
        made = people.click(found, ordinal, openings.client(found))
        link = found.links[ordinal - 1]
        label = CLIENTS[made.client].label
        return render_template(
            "sandbox/landed.html", letter=found, link=link, made=made, label=label, **_card(people.person(address))
        )

    @routes.post("/recipients/<address>/<id>/<any(reply, forward, 'auto-reply', bounce, scan):deed>")
    def act(address: str, id: str, deed: str) -> Answer:
        said = _DEEDS[deed](people, _of(people, address, id))
        return redirect(url_for(".letter", address=address, id=id, said=said))


def _of(people: Recipients, address: str, id: str) -> Letter:
    letter = people.letter(id)
    if letter.owner != address.lower():
        raise NotFound("This recipient has no such letter.")
    return letter


def _reply(people: Recipients, letter: Letter) -> str:
    people.reply(letter, request.form.get("words", "").strip(), request.form.get("from", "").strip())
    return "replied"


def _forward(people: Recipients, letter: Letter) -> str:
    to = request.form.get("to", "").strip()
    if "@" not in to:
        raise BadInput("Give an address to forward to.")
    people.forward(letter, to, words=request.form.get("words", "").strip())
    return "forwarded"


def _auto_reply(people: Recipients, letter: Letter) -> str:
    people.auto_reply(letter, request.form.get("shape", "vacation"))
    return "answered"


def _bounce(people: Recipients, letter: Letter) -> str:
    people.bounce(letter, request.form.get("kind", "hard"))
    return "bounced"


def _scan(people: Recipients, letter: Letter) -> str:
    people.scan(letter, request.form.get("client", "proofpoint"))
    return "scanned"


_DEEDS: dict[str, Callable[[Recipients, Letter], str]] = {
    "reply": _reply,
    "forward": _forward,
    "auto-reply": _auto_reply,
    "bounce": _bounce,
    "scan": _scan,
}


def _card(person: Person) -> dict[str, Any]:
    town = line(person.line).town
    place = f"{town.name or town.country_name}, {town.country_name}" if town else "nobody knows where"
    return {"person": person, "place": place, "client": CLIENTS[person.client], "readers": _READERS}


def _row(people: Recipients, address: str) -> dict[str, Any]:
    letters = people.letters(address)
    newest = letters[0] if letters else None
    return {**_card(people.person(address)), "letters": len(letters), "newest": newest}


def _through_sandbox(letter: Letter) -> Callable[[Any], None]:
    """Pictures come from what the recipient's client got, links go through a click of the recipient."""
    base = f"/recipients/{letter.owner}/{letter.id}"
    links = {link.url: link.ordinal for link in reversed(letter.links)}

    def change(node: Any) -> None:
        if node.tag == "img":
            source = (node.get("src") or "").strip()
            node.set("src", f"{base}/picture/{letter.images.index(source) + 1}" if source in letter.images else "")
            node.attrib.pop("srcset", None)
        elif node.tag in ("a", "area") and (node.get("href") or "").strip() in links:
            node.set("href", f"{base}/click/{links[node.get('href').strip()]}")
            node.set("target", "_top")
        elif node.tag in ("a", "area"):
            node.attrib.pop("href", None)

    return change
