"""What operators and their machines ask: alive, ready, and the figures."""

import hmac
import os
from ipaddress import ip_address

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from server.errors import LivefeedError, SignInNeeded
from server.web import sessions
from server.web.access import Access, access
from server.web.context import here

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access(Access.ANYONE)
def healthz() -> Response:
    return jsonify(status="ok")


@blueprint.get("/readyz")
@access(Access.ANYONE)
def readyz() -> tuple[Response, int]:
    parts = {name: "ok" if _is_well(name) else "away" for name in here().checks}
    well = all(state == "ok" for state in parts.values())
    return jsonify(status="ok" if well else "away", parts=parts), 200 if well else 503


def _is_well(name: str) -> bool:
    try:
        return here().checks[name]()
    except LivefeedError:
        return False


@blueprint.get("/metrics")
@access(Access.PROVEN)
def metrics() -> Response:
    if not _may_read():
        raise SignInNeeded()
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    expected = here().metrics_token
    if expected:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {expected}".encode())
    # A proxy of this machine that nobody told us to trust must not open this to the world.
    forwarded = "Forwarded" in request.headers or "X-Forwarded-For" in request.headers
    address = sessions.address()
    return bool(address) and ip_address(address).is_loopback and not forwarded


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    everybody = CollectorRegistry()
    MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
    return everybody
