"""How long after the commit an item reaches its viewer's live socket, with many sockets open, and what a socket weighs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.bench.ground import Ground, ground, read, server
from server.bench.places import NO_REDIS, progress, redis
from server.bench.results import Row, at_most, left_out, middle_and_late, told
from server.bench.screens import Screens
from server.bench.served import COMMITS, MEMORY
from server.web.switchboard import PING

_IN_PROCESS, _VIA_REDIS = "commit → socket, one process", "commit → socket, two processes by Redis"


@dataclass(frozen=True, slots=True)
class Size:
    sockets: int
    seconds: float
    rate: int = 200
    is_exact: bool = True
    warm: int = 200  # sockets for as much traffic before anything is measured: a process grows by it, whatever sockets it has

    @property
    def settling(self) -> float:
        """Seconds in which all sockets that were opened have found their place in the feed, and have answered a ping."""
        return PING + 2 if self.is_exact else 2

    @property
    def note(self) -> str:
        return f"{self.sockets:,} sockets, {self.rate} events/s"


def socket_rows(quick: bool) -> Iterator[Row]:
    yield from measured(Size(200, 1.5, is_exact=False, warm=100) if quick else Size(5_000, 25.0))


def measured(size: Size) -> Iterator[Row]:
    with ground(size.sockets + size.warm, size.sockets + size.warm) as on, server(on) as port:
        yield from _in_process(on, port, size)
    with redis() as url:
        if url is None:
            yield left_out(f"{_VIA_REDIS}, p99", NO_REDIS)
            return
        with ground(size.sockets + size.warm, size.sockets + size.warm) as on, server(on, url) as one, server(on, url) as other:
            yield from _via_redis(on, one, other, size)


def _in_process(on: Ground, port: int, size: Size) -> Iterator[Row]:
    screens, (warm, pixels) = Screens(), _pixels(on, size)
    _warm(on, port, port, warm, size)
    empty = read(port, MEMORY)
    progress(f"opening {size.sockets} sockets")
    screens.open(port, _tickets(on, size))
    screens.rest(size.settling)
    opened = read(port, MEMORY)
    progress(f"traffic on {size.sockets} sockets")
    screens.see(port, pixels, size.rate)
    after = read(port, MEMORY)
    commits = read(port, COMMITS)
    screens.close()
    yield from _delays(_IN_PROCESS, commits, screens, 10, size)
    middle, late = middle_and_late(list(_from_answer(screens.answers, commits)))
    yield told("answer to a recipient → commit of the feed, p50", middle, "ms", size.note)
    yield told("answer to a recipient → commit of the feed, p99", late, "ms", size.note)
    yield from _memory(empty, opened, after, size)


def _memory(empty: int | None, opened: int | None, after: int | None, size: Size) -> Iterator[Row]:
    if empty is None or opened is None or after is None:
        yield left_out("memory a socket", "this system does not tell")
        return
    yield at_most("memory a socket", (opened - empty) / size.sockets / 1024, 42, "KB", size.note)
    grown = (after - empty) / (opened - empty)
    name = "memory a socket after traffic, deflate offered ÷ before"
    # A few sockets weigh less than what a process takes and gives back at any time.
    yield at_most(name, grown, 1.1, "×", size.note) if size.is_exact else told(name, grown, "×", size.note)


def _via_redis(on: Ground, one: int, other: int, size: Size) -> Iterator[Row]:
    """All sockets at the one, all pixels at the other: every wake-up goes by way of Redis."""
    screens, (warm, pixels) = Screens(), _pixels(on, size)
    _warm(on, one, other, warm[: size.warm], size)
    screens.open(other, _tickets(on, size))
    screens.rest(size.settling)
    progress(f"traffic by Redis on {size.sockets} sockets")
    screens.see(one, pixels, size.rate)
    commits = read(one, COMMITS)
    screens.close()
    yield from _delays(_VIA_REDIS, commits, screens, 15, size)


def _warm(on: Ground, asked: int, watched: int, pixels: Sequence[tuple[str, str]], size: Size) -> None:
    screens = Screens()
    screens.open(watched, [(user_id, user_id) for user_id in on.users[size.sockets :]])
    progress("traffic to get warm")
    screens.see(asked, pixels, size.rate)
    screens.close()


def _tickets(on: Ground, size: Size) -> list[tuple[str, str]]:
    return [(user_id, user_id) for user_id in on.users[: size.sockets]]


def _pixels(on: Ground, size: Size) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """To get warm, and to measure: of some users, and of all others in turn."""
    found = list(zip(on.users, on.pixels(), strict=True))
    several = found[size.sockets :], found[: size.sockets]
    warm, measured = ([some[number % len(some)] for number in range(int(size.seconds * size.rate))] for some in several)
    return warm, measured


Times = Mapping[str, Sequence[float]]


def _delays(
    name: str, commits: Mapping[str, Sequence[Sequence[float]]], screens: Screens, goal: float, size: Size
) -> Iterator[Row]:
    found, missed = [], 0
    for user_id, times in commits.items():
        frames = iter(screens.frames.get(user_id, []))
        for committed, _ in times if user_id in screens.frames else ():
            # Two commits may come as one item: both are told by the first frame after them.
            came = next((frame for frame in frames if frame >= committed), None)
            if came is not None:
                found.append((came - committed) * 1000)
            else:
                missed += 1
    middle, late = middle_and_late(found)
    yield told(f"{name}, p50", middle, "ms", size.note)
    yield at_most(
        f"{name}, p99", late, goal, "ms", f"{size.note}, {len(found):,} items" + (f", {missed} joined" if missed else "")
    )


def _from_answer(answers: Times, commits: Mapping[str, Sequence[Sequence[float]]]) -> Iterator[float]:
    """Negative where the feed was there first. Of users with one pixel for each commit: others can't be told apart."""
    for user_id, answered in answers.items():
        committed = commits.get(user_id, ())
        if len(committed) == len(answered):
            for answer, (commit, _) in zip(answered, committed, strict=True):
                yield (commit - answer) * 1000
