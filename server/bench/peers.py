"""Other servers that give a constant image, to compare with: nginx, and granian with our raw callable."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.bench.ground import free_port, wait_until_up
from server.bench.places import clean_environment, peers_have, running

GIF = "/raw.gif"
NO_NGINX = "nginx is not installed"
NO_GRANIAN = "LIVEFEED_BENCH_PEERS names no interpreter that has granian"

_NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location / {{ empty_gif; }} }}
}}
"""


@contextmanager
def nginx() -> Iterator[int | None]:
    """Its port; None where it is not installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="livefeed-bench-") as folder:
        port, settings = free_port(), Path(folder, "nginx.conf")
        # Started by root, its worker is somebody else.
        Path(folder).chmod(0o755)
        settings.write_text(_NGINX.format(folder=folder, port=port), "ascii")
        with running([program, "-c", str(settings), "-p", folder, "-e", f"{folder}/error.log"]):
            wait_until_up(port, GIF)
            yield port


@contextmanager
def granian() -> Iterator[int | None]:
    """Its port; None where it is not installed."""
    python = peers_have("granian")
    if python is None:
        yield None
        return
    port = free_port()
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-access-log"]
    with running([python, "-m", "granian", *options, "server.bench.raw:application"], clean_environment()):
        wait_until_up(port, GIF)
        yield port
