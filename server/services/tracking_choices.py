"""What admins decide and look at around tracking: machine traffic, place and network data, the address in mails."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import BinaryIO

from server.domain.engagement import Network, Place
from server.domain.places import Data, DataFile
from server.domain.tracking import Machines
from server.domain.users import Role, User
from server.errors import Conflict, NotAllowed
from server.services.audit import note
from server.storage import tracking as stored
from server.storage.database import Database, Transaction
from server.storage.place_files import PlaceFiles


class TrackingChoices:
    """NotAllowed for whoever is no admin. Each choice is in the audit log.

    Place and network data is the installation's: with several companies in it, only an operator may change it.
    """

    def __init__(self, database: Database, places: PlaceFiles, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._places = places
        self._clock = clock

    def machines(self, admin: User) -> Machines:
        _must_be_admin(admin)
        return self._database.read(stored.machines, admin.workspace_id)

    def choose_machines(self, admin: User, chosen: Machines) -> None:
        """Holds at once, also for what is in the feed."""
        _must_be_admin(admin)
        self._database.write(self._choose_machines, admin, chosen)

    def _choose_machines(self, tx: Transaction, admin: User, chosen: Machines) -> None:
        before = stored.machines(tx, admin.workspace_id)
        if chosen is not before:
            stored.choose_machines(tx, admin.workspace_id, chosen)
            note(tx, admin, "tracking.machines", "", self._clock(), before=before.value, now=chosen.value)

    # Place and network data -----------------------------------------------------------

    def data(self, admin: User) -> Sequence[DataFile]:
        _must_be_admin(admin)
        return self._places.files()

    def keep_data(self, admin: User, data: Data, source: BinaryIO) -> DataFile:
        """Instead of what was uploaded before. BadInput for what is no such file, Conflict while the environment names one."""
        self._must_decide_data(admin, data)
        kept = self._places.keep(data, source)
        about = {"kind": kept.kind, "built": kept.built_at.date().isoformat() if kept.built_at else ""}
        self._database.write(self._note, admin, "tracking.data-kept", data.value, about)
        return kept

    def drop_data(self, admin: User, data: Data) -> None:
        self._must_decide_data(admin, data)
        if self._places.drop(data):
            self._database.write(self._note, admin, "tracking.data-dropped", data.value, {})

    def look_up(self, admin: User, address: str) -> tuple[Place | None, Network | None]:
        """What the files say of an IP address."""
        _must_be_admin(admin)
        return self._places.place(address), self._places.network(address)

    def _must_decide_data(self, admin: User, data: Data) -> None:
        _must_be_admin(admin)
        if Role.OPERATOR not in admin.roles:
            raise NotAllowed()
        if self._places.is_given(data):
            raise Conflict("the environment names this file")

    def _note(self, tx: Transaction, admin: User, action: str, subject: str, about: dict[str, str]) -> None:
        note(tx, admin, action, subject, self._clock(), **about)


def _must_be_admin(user: User) -> None:
    if Role.ADMIN not in user.roles:
        raise NotAllowed()
