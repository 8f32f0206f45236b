"""The sandbox as one Flask app and one server."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from flask import Blueprint, Flask, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from server.sandbox.control import control
from server.sandbox.crm.crm import Crm
from server.sandbox.crm.life import Life
from server.sandbox.envelope import html_page
from server.sandbox.failures import Failures
from server.sandbox.gmail import gmail
from server.sandbox.google import Google
from server.sandbox.keys import Keys
from server.sandbox.marketo import marketo
from server.sandbox.marketo.instance import Marketo
from server.sandbox.oauth.certificates import certificates
from server.sandbox.oauth.clients import Client
from server.sandbox.oauth.consent import consent
from server.sandbox.oauth.grants import Grants
from server.sandbox.oauth.tokens import tokens
from server.sandbox.push import Push, PushSettings
from server.sandbox.quota import Quota
from server.sandbox.salesforce import salesforce
from server.sandbox.salesforce.org import Salesforce
from server.sandbox.webpush import install, push_service_of
from server.sandbox.world import World


def create_sandbox(
    world: World,
    *blueprints: Blueprint,
    clients: Iterable[Client] = (),
    push: PushSettings | None = None,
    base_url: str = "",
    keys: Keys | None = None,
    crm: Crm | None = None,
) -> Flask:
    """Google's own blueprints first, then Marketo's and Salesforce's where there is a `crm`, then `blueprints` (recipients,
    pages). Its parts: `google_of(app)`, `marketo_of(app)`, `salesforce_of(app)`, `life_of(app)`.

    `base_url`: what the discovery document names when the sandbox stands behind something. `keys`: share them to save time.
    """
    app = Flask("server.sandbox")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["world"] = world
    app.extensions["google"] = _google(world, clients, push, base_url, keys or Keys())
    app.register_error_handler(404, _not_found)
    install(app, world.clock)
    if crm is not None:
        life = Life(crm, world.agenda, crm.people.seed)
        app.extensions |= {"marketo": Marketo(crm), "salesforce": Salesforce(crm), "life": life}
        blueprints = (marketo, salesforce, *blueprints)
    for blueprint in (consent, tokens, certificates, gmail, control, *blueprints):
        app.register_blueprint(blueprint)
    return app


def google_of(app: Flask) -> Google:
    found: Google = app.extensions["google"]
    return found


def marketo_of(app: Flask) -> Marketo:
    found: Marketo = app.extensions["marketo"]
    return found


def salesforce_of(app: Flask) -> Salesforce:
    found: Salesforce = app.extensions["salesforce"]
    return found


def life_of(app: Flask) -> Life:
    found: Life = app.extensions["life"]
    return found


def serve(app: Flask, host: str = "127.0.0.1", port: int = 8081) -> None:
    """Until interrupted."""
    with running(app, host, port), suppress(KeyboardInterrupt):
        threading.Event().wait()


@dataclass(frozen=True)
class Running:
    """`url` without a slash at its end."""

    url: str
    server: BaseWSGIServer
    google: Google


@contextmanager
def running(app: Flask, host: str = "127.0.0.1", port: int = 0) -> Iterator[Running]:
    """Serve from a thread while inside; port 0 takes a free one. Starts and stops the world's agenda too."""
    google = google_of(app)
    server = make_server(host, port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="sandbox", daemon=True)
    google.world.start()
    thread.start()
    try:
        yield Running(f"http://{host}:{server.server_port}", server, google)
    finally:
        for played in (google, push_service_of(app), app.extensions.get("marketo"), app.extensions.get("salesforce")):
            if played is not None:
                played.failures.stop()
        server.shutdown()
        thread.join(5)
        server.server_close()
        google.world.stop()


def _google(world: World, clients: Iterable[Client], push: PushSettings | None, base_url: str, keys: Keys) -> Google:
    return Google(
        world=world,
        clients={client.id: client for client in clients},
        keys=keys,
        grants=Grants(world.clock),
        quota=Quota(world.clock),
        failures=Failures(world.clock),
        push=Push(world, keys, push),
        base_url=base_url,
    )


def _not_found(_error: Exception) -> Response:
    return html_page(404, "The requested URL was not found on this server.")


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Requests are in the quota book; stderr stays for what goes wrong."""

    def send_response(self, code: int, message: str | None = None) -> None:
        self.send_response_only(code, message)

    def end_headers(self) -> None:
        # An answer that dates itself, by the world's clock, has no other date.
        if not any(line.lower().startswith(b"date:") for line in getattr(self, "_headers_buffer", ())):
            self.send_header("Date", self.date_time_string())
        super().end_headers()
