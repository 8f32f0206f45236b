"""What a rep chooses on the settings card. Saying the same twice changes nothing."""

from dataclasses import replace

from server.cards import inputs
from server.cards.settings import END_INPUT, LANGUAGE_INPUT, QUIET_INPUT, START_INPUT, notice_input, settings_card
from server.cards.widgets import Json
from server.domain.notifications import Quiet
from server.i18n import LOCALES
from server.services.cards.stage import Deed, Pressed, Stage, Where
from server.services.mailbox import Mailboxes
from server.services.users import Users

IN = "settings"
WHERE: Where = {"in": IN}


class SettingsCards:
    def __init__(self, stage: Stage, users: Users, mailboxes: Mailboxes) -> None:
        self._stage = stage
        self._users = users
        self._mailboxes = mailboxes
        stage.draws(IN, self._draw)
        self.deeds: dict[str, Deed] = {
            "choose-language": self._language,
            "choose-notice": self._notice,
            "choose-quiet": self._quiet,
            "disconnect": self._disconnect,
        }

    def _draw(self, pressed: Pressed) -> Json:
        state = self._mailboxes.state(pressed.user).state
        user, act = pressed.user, self._stage.acting(pressed, above=0)
        return settings_card(user.address, state, user.notifications, pressed.words, act, self._stage.site)

    def _language(self, pressed: Pressed) -> Json:
        chosen = inputs.text(pressed.inputs, LANGUAGE_INPUT)
        if chosen not in LOCALES:
            return self._stage.after(pressed)
        user = self._users.choose(pressed.user, chosen)
        return self._saved(replace(pressed, user=user, words=replace(pressed.words, locale=chosen)))

    def _notice(self, pressed: Pressed) -> Json:
        kind = pressed.facts["kind"]
        told = bool(inputs.several(pressed.inputs, notice_input(kind)))
        return self._saved(replace(pressed, user=self._users.choose(pressed.user, kinds={kind: told})))

    def _quiet(self, pressed: Pressed) -> Json:
        former = pressed.user.notifications.quiet
        on = bool(inputs.several(pressed.inputs, QUIET_INPUT))
        start, end = inputs.clock(pressed.inputs, START_INPUT), inputs.clock(pressed.inputs, END_INPUT)
        quiet = Quiet(on, start or former.start, end or former.end)
        return self._saved(replace(pressed, user=self._users.choose(pressed.user, quiet=quiet)))

    def _saved(self, pressed: Pressed) -> Json:
        return self._stage.after(pressed, pressed.words("act-saved"))

    def _disconnect(self, pressed: Pressed) -> Json:
        self._mailboxes.disconnect(pressed.user)
        # The card that asked whether to lies on top.
        return self._stage.after(replace(pressed, above=1), pressed.words("act-disconnected"))
