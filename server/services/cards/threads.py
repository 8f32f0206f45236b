"""Tracking of the rep's mails in a thread: stopped, and taken up again."""

from collections.abc import Callable
from contextlib import suppress

from server.cards.widgets import Json
from server.domain.users import User
from server.errors import Conflict
from server.services.cards.stage import Deed, Pressed, Stage
from server.services.messages import Messages


class ThreadCards:
    def __init__(self, stage: Stage, messages: Messages) -> None:
        self._stage = stage
        self.deeds: dict[str, Deed] = {
            "archive": lambda pressed: self._each(pressed, messages.archive, "act-archived"),
            "unarchive": lambda pressed: self._each(pressed, messages.unarchive, "act-unarchived"),
        }

    def _each(self, pressed: Pressed, deed: Callable[[User, str], object], notice: str) -> Json:
        for message_id in pressed.facts["messages"]:
            with suppress(Conflict):  # it is so already
                deed(pressed.user, message_id)
        return self._stage.after(pressed, pressed.words(notice))
