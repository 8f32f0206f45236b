"""One activity, and the formula that makes the k-th of those from before the sandbox was born."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import gcd

from server.sandbox.crm import words
from server.sandbox.crm.chance import draw, pick

VISIT, FORM, CLICK, SEND, DELIVERED, OPEN, CLICK_MAIL, NEW = 1, 2, 3, 6, 7, 10, 11, 12
CHANGE, SCORE, OWNER, LISTED, UNLISTED, MERGE, DELETE, MOMENT, REQUEST = 13, 22, 23, 24, 25, 32, 37, 46, 47

HISTORY = timedelta(days=80)
_USUAL = (VISIT, VISIT, VISIT, FORM, CLICK, OPEN, OPEN, CLICK_MAIL, SEND, DELIVERED, MOMENT, MOMENT)
_AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
Key = tuple[int, int]
Content = tuple[str | None, int | None, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Activity:
    """`key`: its place in the stream (microseconds, then order). `at` may be earlier: the row came late.

    `number` is the person's. `id` None: left out. `fields`: of a change of data, (name, old, new).
    """

    key: Key
    number: int
    at: datetime
    type_id: int
    primary: str | None
    primary_id: int | None
    attributes: Mapping[str, str]
    guid: str
    id: int | None = None
    campaign: int | None = None
    fields: tuple[tuple[str, object, object], ...] = ()


class History:
    """`total` activities of `size` people, evenly over the last 80 days, each person once a round.

    Some are odd, always the same ones: a row in 97 is late, one in 211 is the former one again.
    """

    def __init__(self, seed: int, size: int, total: int, born: datetime) -> None:
        self.seed, self.size, self.born = seed, size, born
        self.total = total if size else 0
        # Later than the few rows before it.
        self._late = max(timedelta(minutes=10), HISTORY * 3 / max(self.total, 1))
        self._step = _coprime(size)
        self._back = pow(self._step, -1, size) if size > 1 else 0

    def time(self, k: int) -> datetime:
        """When the k-th (from 0) came into the stream."""
        return self.born - HISTORY * (self.total - k) / max(self.total, 1)

    def activity(self, k: int) -> Activity:
        content = k - 1 if k % 211 == 5 else k
        number, round_ = self._person(content), content // self.size
        type_id = SCORE if (round_ + number % 4) % 4 == 3 else pick(_USUAL, self.seed, content, 1)
        primary, primary_id, attributes = self._content(type_id, content, number, round_)
        return Activity(
            (micros(self.time(k)), 0),
            number,
            self.time(k) - (self._late if content % 97 == 3 else timedelta(0)),
            type_id,
            primary,
            primary_id,
            attributes,
            f"{draw(self.seed, content, 2):016x}{draw(self.seed, content, 3):016x}",
            None if content % 5 == 0 else (1 << 40) + content // 2,
            campaign=1001 + content % 7 if type_id in (SCORE, MOMENT) else None,
        )

    @property
    def distinct(self) -> int:
        """How many different ones there are."""
        return self.total - len(range(5, self.total, 211))

    def score(self, number: int) -> int:
        """After all of it."""
        if not 0 < number <= self.size:
            return 0
        place = (number - 1) * self._back % self.size
        rounds = (self.total - 1 - place) // self.size + 1 if place < self.total else 0
        return self._score(number, (rounds - 1 + number % 4 + 1) // 4)

    def _person(self, k: int) -> int:
        return k % self.size * self._step % self.size + 1

    def _score(self, number: int, step: int) -> int:
        return 5 + draw(self.seed, number, 31) % 60 + (draw(self.seed, number, step, 32) % 25 if step else 0)

    def _content(self, type_id: int, k: int, number: int, round_: int) -> Content:
        if type_id == SCORE:
            step = (round_ + number % 4) // 4 + 1
            return score_content(self._score(number, step - 1), self._score(number, step), "Visited the web site")
        return content_of(type_id, draw(self.seed, k, 4))


def content_of(type_id: int, chance: int) -> Content:
    """(primary value, its id, attributes) of something usual."""
    if type_id == MOMENT:
        kind, description = words.MOMENTS[chance % len(words.MOMENTS)]
        return moment_content(kind, description, "Interesting Moment flow step")
    if type_id == FORM:
        form_id, form = words.FORMS[chance % len(words.FORMS)]
        return form, form_id, {"Client IP Address": "192.0.2.7", "User Agent": _AGENT, "Webpage ID": str(chance % 6 + 1)}
    if type_id in (SEND, DELIVERED, OPEN, CLICK_MAIL):
        mail_id, mail = words.MAILS[chance % len(words.MAILS)]
        return mail, mail_id, _mail_attributes(type_id)
    page = chance % len(words.PAGES)
    url = words.SITE.removeprefix("https://") + words.PAGES[page][0]
    if type_id == CLICK:
        return words.SITE + words.PAGES[page][0], page + 1, {"Link ID": str(page + 1), "Client IP Address": "192.0.2.7"}
    return url, page + 1, {"Client IP Address": "192.0.2.7", "Webpage URL": words.PAGES[page][0], "User Agent": _AGENT}


def moment_content(kind: str, description: str, source: str) -> Content:
    return kind, None, {"Description": description, "Source": source}


def score_content(old: int, new: int, reason: str, **more: str) -> Content:
    change = {"Change Value": f"{new - old:+}", "Old Value": str(old), "New Value": str(new), "Reason": reason}
    return "Lead Score", 1, change | {name.replace("_", " "): value for name, value in more.items()}


def micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _mail_attributes(type_id: int) -> Mapping[str, str]:
    ran = {"Campaign Run ID": "71", "Step ID": "3", "Choice Number": "0"}
    if type_id in (SEND, DELIVERED):
        return ran
    seen = ran | {"Device": "unknown", "Is Mobile Device": "false", "Platform": "Windows", "User Agent": _AGENT}
    return seen | ({"Link": words.SITE + "/pricing", "Link ID": "5"} if type_id == CLICK_MAIL else {})


def _coprime(size: int) -> int:
    step = max(1, int(size * 0.618))
    while size and gcd(step, size) != 1:
        step += 1
    return step
