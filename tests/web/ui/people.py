"""The product itself behind the people's pages, with a rep, a colleague and what happened with those outside.

Run it by hand to look around: `python -m tests.web.ui.people` (it prints where).
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update
from werkzeug.serving import make_server

from server import app as composition
from server import settings
from server.app import Product
from server.domain.consent import PURPOSE, Choice, Source, State
from server.domain.mailboxes import Connection
from server.domain.moments import Moment, Type
from server.domain.users import Identity, User
from server.services import engagement, moments
from server.services.person import Given, PhoneGiven
from server.services.worklist import Wish
from server.storage import migrations
from server.storage.tables import links, messages, people, recipients
from server.tokens import new_id
from tests.scene import a_hit
from tests.web.browser import SECRET_KEY, FakeMailboxes
from tests.web.ui.pretend import _Quiet

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=UTC)
NAMES = ("Lucía Ortega", "林怡君", "Tomasz Wójcik", "Søren Kjær", "Rajesh Iyer", "Claire Delmas", "Hương Trần", "Kenji Sato")


class Mailboxes(FakeMailboxes):
    def watching(self, user: User) -> None:
        pass


@dataclass
class Stage:
    """`url`, the product, who looks, and the person most of it is about."""

    url: str
    product: Product
    nora: User
    bram: User
    person: dict[str, Any]
    message: str

    def cookie(self, user: User | None = None) -> dict[str, Any]:
        session = self.product.users.open_session(user or self.nora, "web", "Chromium", None)
        return {"name": "lf_session", "value": self.product.tokens.sign("session", session.id), "url": self.url}

    def views(self, minutes_ago: float, **more: Any) -> None:
        hit = a_hit(self.message, **more)
        at = NOW - timedelta(minutes=minutes_ago)
        arrived = replace(hit, hit=replace(hit.hit, at=at))
        self.product.bus.wake(self.product.database.write(engagement.record_hits, [arrived], NOW))

    def moment(self, text: str, kind: Type, ago: timedelta) -> None:
        told = Moment(new_id(), self.nora.workspace_id, self.person["id"], new_id(), kind, text, "Autumn fleet", NOW - ago)
        self.product.bus.wake(self.product.database.write(moments.record, [told], NOW))


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    box: dict[str, Any] = {}
    server = make_server("127.0.0.1", 0, lambda *call: box["app"](*call), threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    url = f"http://127.0.0.1:{server.server_port}"
    environment = {"LIVEFEED_DATA_DIR": str(folder), "LIVEFEED_PUBLIC_URL": url, "LIVEFEED_SECRET_KEYS": SECRET_KEY}
    environment |= {"LIVEFEED_GOOGLE_CLIENT_ID": "client", "LIVEFEED_GOOGLE_CLIENT_SECRET": "secret"}
    environment |= {"LIVEFEED_SALESFORCE_WEB_URL": "https://crm.example"}
    built = composition.build(settings.read(environment), lambda: NOW)
    migrations.migrate(built.database)
    product = replace(built, mailboxes=Mailboxes())  # type: ignore[arg-type]
    box["app"] = composition.create_app(product)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield _played(url, product)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        built.close()


def _played(url: str, product: Product) -> Stage:
    secret = product.users.open_setup()
    nora = product.users.sign_in(Identity("nora", "nora@fjordline.example", "Nora Lindqvist", "fjordline.example"), secret)
    bram = product.users.sign_in(Identity("bram", "bram@fjordline.example", "Bram de Wit", "fjordline.example"))
    product.users.choose(nora, "en", "Europe/Paris")
    product.mailboxes.states[nora.address] = Connection.OK  # type: ignore[attr-defined]
    person = _aissatou(product, nora)
    said = Choice(State.GRANTED, NOW - timedelta(days=200), PURPOSE, "Web form", Source.FORM)
    product.privacy.record(nora, person["id"], said)
    stage = Stage(url, product, nora, bram, person, _message(product, nora, person["id"]))
    for place, name in enumerate(NAMES):
        given = Given(
            frozenset({"name", "addresses", "owner", "account"}),
            name=name,
            addresses=(f"p{place}@firm{place}.example",),
            owner=nora.id if place % 2 else bram.id,
            account=f"Firm {place}",
        )
        made = product.people.add(nora, given)
        product.people.score(nora, made["id"], 40 + place)
    _happened(stage)
    return replace(stage, person=product.people.get(nora, person["id"]))


def _aissatou(product: Product, nora: User) -> dict[str, Any]:
    given = Given(
        frozenset({"name", "title", "account", "country", "addresses", "phones", "linkedin", "owner"}),
        name="Aïssatou Diallo",
        title="Fleet director",
        account="Baobab Énergie",
        country="FR",
        addresses=("aissatou.diallo@baobab.example",),
        phones=(PhoneGiven("phone", "+33428004117"), PhoneGiven("mobile", "+33639980255")),
        linkedin="https://www.linkedin.com/in/aissatou-diallo",
        owner=nora.id,
    )
    made = product.people.add(nora, given)
    row = update(people).where(people.c.id == made["id"]).values(stars=3, flames=2, priority=5, salesforce_type="contact")
    product.database.write(lambda tx: tx.execute(row))
    for days, score in ((9, 70), (4, 81)):
        product.people.score(nora, made["id"], score, NOW - timedelta(days=days))
    product.database.write(lambda tx: tx.execute(row))
    return product.people.get(nora, made["id"])


def _message(product: Product, nora: User, person: str) -> str:
    message_id = new_id()
    own = {"message_id": message_id, "workspace_id": nora.workspace_id}
    sent = {"id": message_id, "workspace_id": nora.workspace_id, "user_id": nora.id, "subject": "Pricing for 40 vehicles"}
    sent |= {"state": "sent", "tracked": True, "created_at": NOW, "sent_at": NOW - timedelta(days=3), "thread_id": "18c0ffee"}
    to = {"ordinal": 1, "field": "to", "name": "Aïssatou Diallo", "address": "aissatou.diallo@baobab.example"}
    link = {"ordinal": 1, "url": "https://fjordline.example/pricing", "text": "fjordline.example/pricing"}

    def work(tx: Any) -> None:
        tx.execute(insert(messages).values(**sent))
        tx.execute(insert(recipients).values(**own, **to, personal=True, person_id=person))
        tx.execute(insert(links).values(**own, **link))

    product.database.write(work)
    return message_id


def _happened(stage: Stage) -> None:
    for minutes in (2, 30, 90):
        stage.views(minutes)
    stage.views(60 * 22, link=1)
    stage.moment("Opened Buyer’s guide to route planning", Type.EMAIL, timedelta(hours=5))
    stage.moment("Visited the fleet savings calculator", Type.WEB, timedelta(hours=23))
    stage.moment("Reached Sales-ready", Type.MILESTONE, timedelta(days=2))
    wish = Wish("Send the revised price for 40 vehicles", date(2026, 11, 20), person_id=stage.person["id"])
    stage.product.worklist.add(stage.nora, wish)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made, staged(Path(made)) as running:
        print(running.url, running.cookie()["value"])  # noqa: T201
        threading.Event().wait()
