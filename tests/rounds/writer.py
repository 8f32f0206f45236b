"""Processes that store hits: `python -m tests.rounds.writer DATABASE REDIS PROCESSES BATCHES`, message ids on stdin."""

import os
import random
import sys

from server.realtime import RedisBus
from server.services import engagement
from server.storage.database import Database
from tests.scene import CHROME, NOON, a_hit

LINKS = 5
HITS_A_BATCH = 3


def write(url: str, redis: str, number: int, batches: int, messages: list[str]) -> None:
    chance = random.Random(number)
    database, bus = Database(url), RedisBus(redis)
    for step in range(batches):
        hits = [
            a_hit(
                chance.choice(messages),
                link=chance.choice((None, *range(1, LINKS + 1))),
                after=200.0 * (step * HITS_A_BATCH + at) + number,
                agent=CHROME,
                address=str(number),
            )
            for at in range(HITS_A_BATCH)
        ]
        bus.wake(database.write(engagement.record_hits, hits, NOON))
    bus.close()
    database.close()


def main(url: str, redis: str, processes: int, batches: int, messages: list[str]) -> int:
    """Forked, so that what they need is imported once; 0 when all ended well."""
    begun = []
    for number in range(processes):
        pid = os.fork()
        if not pid:
            write(url, redis, number, batches, messages)
            return 0
        begun.append(pid)
    return max(os.waitpid(pid, 0)[1] for pid in begun)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.stdin.read().split())))
