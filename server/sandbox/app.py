"""The sandbox as one Flask app and one server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Blueprint, Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from server.sandbox.world import World


def create_sandbox(world: World, *blueprints: Blueprint) -> Flask:
    """Register `blueprints` (recipients, pages) beside Google's own."""
    app = Flask("server.sandbox")
    app.config["world"] = world
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app


@dataclass(frozen=True)
class Running:
    url: str
    server: BaseWSGIServer


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Requests are in the quota book; stderr stays for what goes wrong."""


@contextmanager
def running(app: Flask, host: str = "127.0.0.1", port: int = 0) -> Iterator[Running]:
    """Serve from a thread while inside; port 0 takes a free one."""
    server = make_server(host, port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, name="sandbox", daemon=True)
    thread.start()
    try:
        yield Running(f"http://{host}:{server.server_port}", server)
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
