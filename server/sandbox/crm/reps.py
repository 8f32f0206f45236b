"""The reps as Salesforce users and Marketo sales persons, and the queue that owns what nobody has taken."""

from dataclasses import dataclass

from server.sandbox.crm.identifiers import record_id


@dataclass(frozen=True, slots=True)
class Rep:
    number: int
    email: str
    name: str
    active: bool = True

    @property
    def id(self) -> str:
        return record_id("User", self.number)


QUEUE = record_id("Group", 1)
QUEUE_NAME = "Unassigned leads"
