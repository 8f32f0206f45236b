"""What a mail costs of Gmail's quota: the real sync against the sandbox, which charges Google's prices."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server import app as composition
from server.app import Product
from server.bench.results import Row, at_most, told
from server.domain.users import Identity, User
from server.gmail.credentials import READ, SEND, Grant
from server.sandbox.app import create_sandbox, running
from server.sandbox.google import Google
from server.sandbox.letter import write_letter
from server.sandbox.message import Message
from server.sandbox.oauth.clients import Client
from server.sandbox.world import World
from server.settings import read
from server.storage import mailboxes, migrations

_NORA, _ANA = ("Nora", "nora@bench.example"), ("Ana", "ana@ebro.example")
_CLIENT = Client("bench", "bench", ("http://localhost/auth/google/callback",), "Live Feed")
_MAILS = 5


def quota_rows(_quick: bool) -> Iterator[Row]:
    with _office() as office:
        nothing = office.spent_by_a_look()
        sent, with_replies = [], []
        for _ in range(_MAILS):
            office.write()
            sent.append(office.spent_by_a_look())
        # A look tells of everything that is new, so what a mail costs by itself is what it adds to one.
        for _ in range(_MAILS):
            office.answer(office.write())
            with_replies.append(office.spent_by_a_look())
        yield at_most("Gmail units, a sent mail", max(sent), 22, "units", "with the look that finds it")
        reply = max(with_replies) - min(sent)
        yield at_most("Gmail units, a reply", reply, 20, "units", f"and the look that finds it: {nothing}")
        yield told("Gmail units, a look that finds nothing", nothing, "units")


@dataclass(frozen=True, slots=True)
class _Office:
    product: Product
    google: Google
    nora: User

    def write(self) -> Message:
        raw = write_letter(_NORA, [_ANA[1]], "Offer", text="Hello")
        return self.google.world.send(_NORA[1], raw)

    def answer(self, mail: Message) -> None:
        self.google.world.receive(write_letter(_ANA, [_NORA[1]], f"Re: {mail.subject}", text="Fine", answers=mail), _NORA[1])

    def spent_by_a_look(self) -> int:
        before = self._units()
        for mailbox_id, _ in self.product.database.read(mailboxes.connected):
            self.product.mailboxes.sync(mailbox_id)
        return self._units() - before

    def _units(self) -> int:
        return int(str(self.google.quota.read().get(_NORA[1], {"units": 0})["units"]))


@contextmanager
def _office() -> Iterator[_Office]:
    world = World(seed=1)
    world.add_account(_NORA[1], _NORA[0])
    with (
        tempfile.TemporaryDirectory(prefix="livefeed-bench-") as folder,
        running(create_sandbox(world, clients=[_CLIENT])) as it,
    ):
        product = composition.build(read(_settings(it.url, folder), Path("none")))
        migrations.migrate(product.database)
        nora = product.users.sign_in(Identity("1", _NORA[1], _NORA[0], "bench.example"), product.users.open_setup())
        access, refresh = it.google.grants.issue(_CLIENT, world.mailbox(_NORA[1]).account, (READ, SEND))
        product.mailboxes.connect(nora, Grant(refresh.value, access.value), (READ, SEND))
        yield _Office(product, it.google, nora)
        product.close()


def _settings(google: str, folder: str) -> dict[str, str]:
    given = {
        "DATA_DIR": folder,
        "GOOGLE_CLIENT_ID": _CLIENT.id,
        "GOOGLE_CLIENT_SECRET": _CLIENT.secret,
        "GOOGLE_AUTH_URL": f"{google}/o/oauth2/v2/auth",
        "GOOGLE_TOKEN_URL": f"{google}/token",
        "GOOGLE_REVOKE_URL": f"{google}/revoke",
        "GMAIL_API_URL": google,
        "PUBLIC_URL": "http://localhost",
    }
    return {f"LIVEFEED_{name}": value for name, value in given.items()}
