"""Under gevent SQLite works in native threads, and none of these may be left waiting for another for ever."""

import subprocess
import sys
from pathlib import Path

import pytest

FIRST_READS = """
from gevent import monkey; monkey.patch_all()
import gevent
from sqlalchemy import text
from server.storage.database import Database

for number in range(5):
    database = Database(f"sqlite:///{number}.db")
    asking = [gevent.spawn(database.read, lambda tx: tx.execute(text("SELECT 1")).scalar()) for _ in range(40)]
    gevent.joinall(asking, raise_error=True)
"""
LINES = """
import logging
from server import logs
logs.configure()
from server.wsgi import Worker
from gunicorn.config import Config
Worker(0, 0, [], None, 0, Config(), logging).patch()
import gevent

log, pool = logs.logger("test"), gevent.get_hub().threadpool
writing = [pool.spawn(lambda: [log.info("from a thread") for _ in range(500)]) for _ in range(10)]
for _ in range(500):
    log.info("from the hub")
    gevent.sleep(0)
gevent.joinall(writing, raise_error=True)
"""


@pytest.mark.parametrize("program", [FIRST_READS, LINES], ids=["the first reads", "lines of the log"])
def test_many_at_once_all_come_to_an_end(tmp_path: Path, program: str) -> None:
    command = [sys.executable, "-c", program]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": ""}
    subprocess.run(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL, check=True, timeout=60)
