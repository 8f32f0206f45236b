"""What a rep looks for again and again: a view's filter under a name of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_NAME = 80
MOST_A_VIEW = 50

Query = Mapping[str, str]
"""A filter's parameters as the view's own address carries them."""


class View(StrEnum):
    MESSAGES = "messages"
    PEOPLE = "people"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    id: str
    workspace_id: str
    user_id: str
    view: View
    name: str
    query: Query
    created_at: datetime
