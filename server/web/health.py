"""What operators and their machines ask: alive, ready, and the figures."""

import hmac
import os
from collections.abc import Iterator
from ipaddress import ip_address

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

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
    told = generate_latest(_registry()) + generate_latest(_ON_THEIR_WAY)
    return Response(told, content_type=CONTENT_TYPE_LATEST)


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


class _OnTheirWay(Collector):
    """Hits that have yet to come into the feed: asked for when somebody wants to know."""

    def collect(self) -> Iterator[Metric]:
        tracking = here().tracking
        spool = tracking.spooled()
        yield _gauge("spool_bytes", "Hits in the spool of this machine", spool.size)
        yield _gauge("spool_age_seconds", "How long the first of them waits", tracking.age(spool.since).total_seconds())
        try:
            inbox = tracking.inbox()
        except LivefeedError:
            return  # the database is away: what it holds can't be told
        yield _gauge("inbox_hits", "Hits stored that have yet to be taken into the feed", inbox.waiting)
        yield _gauge("inbox_age_seconds", "How long the first of them waits", tracking.age(inbox.since).total_seconds())
        yield _gauge("inbox_refused_hits", "Hits that could not be taken into the feed", inbox.refused)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"livefeed_{name}", says, value)


_ON_THEIR_WAY = CollectorRegistry()
_ON_THEIR_WAY.register(_OnTheirWay())
