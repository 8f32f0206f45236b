from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from server import app as composition
from server.app import Product
from server.domain.engagement import Kind
from server.services.tracking import Sighting
from server.storage.spool import Spool
from server.storage.tables import metadata
from server.tokens import new_id
from tests.web.browser import Clock


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"status": "ok", "parts": {"database": "ok", "migrations": "ok", "bus": "ok"}}


def test_not_ready_while_the_database_lacks_its_tables(client: FlaskClient, product: Product) -> None:
    product.database.write(lambda tx: tx.exec_driver_sql("DELETE FROM alembic_version"))
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json["parts"]["migrations"] == "away"  # type: ignore[index]
    assert client.get("/healthz").status_code == 200


def test_not_ready_while_wake_ups_do_not_arrive(product: Product) -> None:
    class Deaf:
        def healthy(self) -> bool:
            return False

    client = composition.create_app(replace(product, bus=Deaf())).test_client()  # type: ignore[arg-type]
    assert client.get("/readyz").status_code == 503


def test_figures_are_for_this_machine_alone(client: FlaskClient) -> None:
    client.get("/auth/sign-in")
    figures = client.get("/metrics")
    assert 'livefeed_http_requests_total{method="GET",route="/auth/sign-in",status="200"}' in figures.text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 401
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 401


class TestWithAToken:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return environment | {"LIVEFEED_METRICS_TOKEN": "a token of the operator"}

    def test_figures_are_for_who_holds_it(self, client: FlaskClient) -> None:
        elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
        good = client.get("/metrics", headers={"Authorization": "Bearer a token of the operator"}, environ_base=elsewhere)
        assert good.status_code == 200
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 401


def test_every_table_is_made_by_the_migrations(product: Product) -> None:
    from sqlalchemy import inspect

    made = set(inspect(product.database.engine).get_table_names())
    assert made - {"alembic_version"} == set(metadata.tables)


def test_figures_tell_how_many_hits_wait_and_since_when(client: FlaskClient, product: Product, clock: Clock) -> None:
    product.tracking.receive([a_line(product, clock.now), a_line(product, clock.now)])
    spool = Spool(product.settings.spool)
    spool.append([a_line(product, clock.now)])
    figures = client.get("/metrics").text
    assert "livefeed_inbox_hits 2.0" in figures
    assert "livefeed_inbox_age_seconds 30.0" in figures
    assert "livefeed_inbox_refused_hits 0.0" in figures
    assert "livefeed_spool_age_seconds 30.0" in figures
    assert float(figures.split("\nlivefeed_spool_bytes ")[1].split()[0]) > 100
    spool.close()


def a_line(product: Product, now: datetime) -> str:
    """Of half a minute ago."""
    at = now - timedelta(seconds=30)
    return product.tracking.line(Sighting(new_id(), new_id(), Kind.VIEW, at, "GET", "", frozenset(), "", 0, None, frozenset()))
