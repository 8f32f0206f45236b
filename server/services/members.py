"""Who may use the product: domains that join, invitations, roles, and letting people go."""

import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from server.domain.members import Holding, Member, Part, Place, may_let_go, objection
from server.domain.users import Domain, Role, User, Workspace, domain_named, wrong_domain
from server.errors import BadInput, Conflict, NotAllowed, NotFound
from server.gmail.addresses import normal_address
from server.services.audit import note
from server.services.handover import Handover
from server.services.mailbox import Mailboxes
from server.storage import members as stored
from server.storage import users as stored_users
from server.storage.database import Database, Transaction
from server.tokens import new_id

LONGEST_NAME = 100
_NO_PART_OF_ONE = frozenset(' \t\r\n\0@,;:<>()[]"\\')


class Members:
    """NotAllowed for whoever is no admin, NotFound outside their workspace. Each change is in the audit log."""

    def __init__(self, database: Database, mailboxes: Mailboxes, handover: Handover, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._mailboxes = mailboxes
        self._handover = handover
        self._clock = clock

    # Who there is -------------------------------------------------------------

    def overview(self, admin: User) -> tuple[Workspace, list[Member]]:
        _must_be_admin(admin)
        return self._database.read(
            lambda tx: (stored_users.workspace(tx, admin.workspace_id), stored.members(tx, admin.workspace_id))
        )

    def one(self, admin: User, user_id: str) -> tuple[Member, Holding, list[User]]:
        """Somebody, what they hold, and who could take it over."""
        return self._database.read(self._one, admin, user_id)

    def _one(self, tx: Transaction, admin: User, user_id: str) -> tuple[Member, Holding, list[User]]:
        _must_be_admin(admin)
        known = {one.user.id: one for one in stored.members(tx, admin.workspace_id)}
        if user_id not in known:
            raise NotFound("no such user")
        heirs = [one.user for one in known.values() if one.place is not Place.OUT and one.user.id != user_id]
        return known[user_id], self._handover.holding(tx, user_id), heirs

    # Domains --------------------------------------------------------------------

    def rename(self, admin: User, name: str) -> None:
        """What the company is called, here and to recipients."""
        plain = " ".join(name.split())
        if not 0 < len(plain) <= LONGEST_NAME:
            raise BadInput("a company has a name", {"name": "name"})
        self._database.write(self._rename, admin, plain)

    def _rename(self, tx: Transaction, admin: User, name: str) -> None:
        _must_be_admin(admin)
        before = stored_users.workspace(tx, admin.workspace_id).name
        if name != before:
            stored_users.rename_workspace(tx, admin.workspace_id, name)
            note(tx, admin, "people.company", name, self._clock(), before=before)

    def add_domain(self, admin: User, written: str) -> None:
        """BadInput: no domain, one of everybody's, one too many; Conflict: another company of this installation has it."""
        self._database.write(self._add_domain, admin, domain_named(written))

    def _add_domain(self, tx: Transaction, admin: User, name: str | None) -> None:
        home, others = _homes(tx, admin)
        wrong = wrong_domain(name, home.domains)
        if wrong or name is None:
            raise BadInput("this domain can't be added", {"domain": wrong or "domain"})
        if any(one.name == name for other in others for one in other.domains):
            raise Conflict("another company of this installation has this domain")
        stored_users.keep_domains(tx, home.id, [*home.domains, Domain(name)])
        note(tx, admin, "people.domain-added", name, self._clock())

    def switch_domain(self, admin: User, name: str, joins: bool) -> None:
        """Whether its people join by themselves."""
        self._database.write(self._switch_domain, admin, name, joins)

    def _switch_domain(self, tx: Transaction, admin: User, name: str, joins: bool) -> None:
        home, _ = _homes(tx, admin)
        if Domain(name, not joins) not in home.domains:
            return
        stored_users.keep_domains(tx, home.id, [Domain(name, joins) if one.name == name else one for one in home.domains])
        note(tx, admin, "people.domain-joins", name, self._clock(), on=joins)

    def drop_domain(self, admin: User, name: str) -> None:
        """Nobody joins by it any more, and mail to it may be tracked. Who is in stays in."""
        self._database.write(self._drop_domain, admin, name)

    def _drop_domain(self, tx: Transaction, admin: User, name: str) -> None:
        home, _ = _homes(tx, admin)
        left = [one for one in home.domains if one.name != name]
        if len(left) < len(home.domains):
            stored_users.keep_domains(tx, home.id, left)
            note(tx, admin, "people.domain-removed", name, self._clock())

    # Invitations and roles --------------------------------------------------------

    def invite(self, admin: User, address: str, name: str = "", roles: Collection[Role] = (Role.REP,)) -> User:
        """Let an address in that is of no domain of ours, or let it come with other roles. Conflict when it is known."""
        plain = normal_address(address)
        if not _is_address(plain):
            raise BadInput("this is no mail address", {"address": "address"})
        return self._database.write(self._invite, admin, plain, " ".join(name.split())[:LONGEST_NAME], frozenset(roles))

    def _invite(self, tx: Transaction, admin: User, address: str, name: str, roles: frozenset[Role]) -> User:
        _must_be_admin(admin)
        user = User(new_id(), admin.workspace_id, address, name or address, roles, secrets.token_hex(6))
        wrong = objection(admin, user, roles) or ("operator" if Role.OPERATOR in roles - admin.roles else None)
        if wrong:
            raise BadInput("these roles can't be given", {"roles": wrong})
        if stored_users.is_taken(tx, address):
            raise Conflict("this address is known here, or in another company of this installation")
        note(tx, admin, "people.invited", address, self._clock(), roles=sorted(roles))
        return stored_users.add(tx, user, self._clock())

    def choose_roles(self, admin: User, user_id: str, roles: Collection[Role]) -> None:
        """BadInput, with why: `none`, `self` or `operator`."""
        self._database.write(self._choose_roles, admin, user_id, frozenset(roles))

    def _choose_roles(self, tx: Transaction, admin: User, user_id: str, roles: frozenset[Role]) -> None:
        actor, subject, _ = _both(tx, admin, user_id)
        wrong = objection(actor, subject, roles)
        if wrong:
            raise BadInput("these roles can't be given", {"roles": wrong})
        if roles != subject.roles:
            stored.set_roles(tx, user_id, roles)
            note(tx, actor, "people.roles", subject.address, self._clock(), before=sorted(subject.roles), now=sorted(roles))

    # Letting go ---------------------------------------------------------------------

    def let_go(self, admin: User, user_id: str, heir_id: str | None = None, parts: Collection[Part] = ()) -> None:
        """Out at once, everywhere: sessions end, Google's grant is given back, their mailbox is watched no more. What `parts`
        names goes to `heir_id`, in the background; said again of somebody who is out, it hands over what is left."""
        leaver = self._database.write(self._let_go, admin, user_id, heir_id, frozenset(parts))
        self._handover.wake()
        heard = self._mailboxes.disconnect(leaver)
        if heard is not None:
            self._database.write(self._note_return, admin, leaver, heard)

    def _note_return(self, tx: Transaction, admin: User, leaver: User, heard: bool) -> None:
        note(tx, admin, "people.grant-returned", leaver.address, self._clock(), heard=heard)

    def _let_go(self, tx: Transaction, admin: User, user_id: str, heir_id: str | None, parts: frozenset[Part]) -> User:
        actor, leaver, known = _both(tx, admin, user_id)
        if not may_let_go(actor, leaver):
            raise NotAllowed()
        now, heir = self._clock(), known.get(heir_id or "")
        if parts and (heir is None or heir.deactivated_at is not None or heir.id == leaver.id):
            raise BadInput("nobody takes it over", {"heir": "heir"})
        if leaver.deactivated_at is None:
            stored_users.deactivate(tx, leaver.workspace_id, leaver.id, now)
            stored.silence(tx, leaver.id, now)
            note(tx, actor, "people.let-go", leaver.address, now)
        if parts and heir is not None:
            holding = self._handover.holding(tx, leaver.id)
            self._handover.ask(tx, leaver.workspace_id, leaver.id, heir.id, parts)
            given = {part.value: holding.of(part) for part in sorted(parts)}
            note(tx, actor, "people.handed-over", leaver.address, now, to=heir.address, **given)
        return leaver

    def readmit(self, admin: User, user_id: str) -> None:
        """They may sign in again; what was handed over stays where it is."""
        self._database.write(self._readmit, admin, user_id)

    def _readmit(self, tx: Transaction, admin: User, user_id: str) -> None:
        actor, subject, _ = _both(tx, admin, user_id)
        if not may_let_go(actor, subject):
            raise NotAllowed()
        if subject.deactivated_at is not None:
            stored.readmit(tx, user_id)
            note(tx, actor, "people.readmitted", subject.address, self._clock())


def _is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return 0 < len(local) <= 64 and not set(local) & _NO_PART_OF_ONE and domain_named(domain) == domain


def _must_be_admin(user: User) -> None:
    if Role.ADMIN not in user.roles:
        raise NotAllowed()


def _both(tx: Transaction, admin: User, user_id: str) -> tuple[User, User, dict[str, User]]:
    """The admin as they are now, whom it is about, and everybody: read under the lock, so that of two admins who take each
    other's role away only the first does."""
    _must_be_admin(admin)
    known = stored.lock(tx, admin.workspace_id)
    actor = known.get(admin.id)
    if actor is None or actor.deactivated_at is not None:
        raise NotAllowed()
    _must_be_admin(actor)
    return actor, _found(known, user_id), known


def _found(known: dict[str, User], user_id: str) -> User:
    if user_id not in known:
        raise NotFound("no such user")
    return known[user_id]


def _homes(tx: Transaction, admin: User) -> tuple[Workspace, list[Workspace]]:
    """The admin's company and the others, locked."""
    _must_be_admin(admin)
    found = stored_users.every_workspace(tx, locked=True)
    return next(one for one in found if one.id == admin.workspace_id), [one for one in found if one.id != admin.workspace_id]
