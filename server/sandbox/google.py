"""The parts of the sandbox's Google, tied together."""

from dataclasses import dataclass

from flask import current_app, request

from server.sandbox.failures import Failures
from server.sandbox.keys import Keys
from server.sandbox.oauth.clients import Client
from server.sandbox.oauth.grants import Grants
from server.sandbox.push import Push
from server.sandbox.quota import Quota
from server.sandbox.world import World


@dataclass
class Google:
    """`base_url` is what the discovery document and pages name; empty takes the address of the request."""

    world: World
    clients: dict[str, Client]
    keys: Keys
    grants: Grants
    quota: Quota
    failures: Failures
    push: Push
    base_url: str = ""

    def url(self, path: str) -> str:
        return (self.base_url or request.host_url).rstrip("/") + path


def here() -> Google:
    """The Google of the current request's app."""
    found: Google = current_app.extensions["google"]
    return found
