"""The console's pages: people, tracking, privacy and the audit log, as an admin's browser sees them."""

import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import Product
from server.connectors import tracking_address
from server.connectors.tracking_address import Look, Trouble
from server.domain.audit import Filter
from server.domain.consent import Rule
from server.domain.tracking import Machines
from server.domain.users import Role, User
from server.storage import arrivals
from server.storage.spool import Spool
from tests.storage.test_places import LYON, a_file
from tests.web.browser import Clock
from tests.web.test_health import a_line
from tests.web.test_lead_feed_pages import HTML, signed_in_as

PAGES = ["/admin", "/admin/people", "/admin/tracking", "/admin/privacy", "/admin/rss", "/admin/ranks", "/admin/audit"]


@pytest.fixture
def admin(client: FlaskClient, product: Product, nora: User) -> FlaskClient:
    return signed_in_as(client, product, nora)


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, path
    return unescape(answer.text)


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None) -> TestResponse:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/help", headers=HTML).text)
    assert found
    return client.post(path, data={"csrf_token": found[1], **(data or {})}, headers=HTML)


def test_every_tab_leads_to_a_page_that_says_where_one_is(admin: FlaskClient) -> None:
    tabs = re.findall(r'<a href="(/admin[^"]*)"[^>]*>', page(admin, "/admin").split("admin-tabs")[1].split("</nav>")[0])
    assert set(tabs) >= set(PAGES)
    for path in tabs:
        assert f'<a href="{path}" aria-current="page">' in page(admin, path)


def test_nobody_but_admins_sees_or_changes_any_of_it(client: FlaskClient, product: Product, nora: User) -> None:
    rep = product.members.invite(nora, "bram@okafor.example", "Bram")
    signed_in_as(client, product, rep)
    for path in [*PAGES, f"/admin/people/{nora.id}"]:
        assert client.get(path, headers=HTML).status_code == 403, path
    forms: dict[str, dict[str, str]] = {
        "people/company": {"name": "Ours"},
        "people/domains": {"domain": "x.example"},
        "people/domains/switch": {"domain": "fjordline.example"},
        "people/domains/remove": {"domain": "fjordline.example"},
        "people/invite": {"address": "a@x.example", "role": "rep"},
        f"people/{nora.id}/roles": {"role": "rep"},
        f"people/{nora.id}/let-go": {},
        f"people/{nora.id}/readmit": {},
        "tracking/machines": {"machines": "hide"},
        "tracking/check": {},
        "tracking/look-up": {"address": "203.0.113.7"},
        "tracking/data/city": {},
        "tracking/data/city/remove": {},
        "privacy/default": {"rule": "never"},
        "privacy/country": {"country": "FR", "rule": "never"},
        "privacy/domain": {"domain": "x.example", "rule": "never"},
        "privacy/remove": {"scope": "domains", "name": "x.example"},
    }
    for path, form in forms.items():
        assert post(client, f"/admin/{path}", form).status_code == 403, path
    assert product.audit.page(nora, Filter()).entries[0].action == "people.invited", "nothing after that"


# People --------------------------------------------------------------------------------


def test_somebody_is_invited_made_an_admin_and_let_go(admin: FlaskClient, product: Product, nora: User) -> None:
    assert post(admin, "/admin/people/invite", {"address": "Ida@mail.example", "name": "Ida", "role": "rep"}).status_code == 303
    [ida] = [one.user for one in product.members.overview(nora)[1] if one.user.address == "ida@mail.example"]
    assert "Invited" in page(admin, "/admin/people")
    assert post(admin, f"/admin/people/{ida.id}/roles", {"role": ["rep", "admin"]}).status_code == 303
    assert 'value="admin" checked' in page(admin, f"/admin/people/{ida.id}?saved=roles")
    answer = post(admin, f"/admin/people/{ida.id}/let-go", {"part": ["tasks"]})
    assert answer.status_code == 422
    assert "Choose a colleague who takes it over" in unescape(answer.text)
    assert post(admin, f"/admin/people/{ida.id}/let-go", {"part": ["tasks"], "heir": nora.id}).status_code == 303
    assert "Let back in" in page(admin, f"/admin/people/{ida.id}?saved=let-go")
    assert post(admin, f"/admin/people/{ida.id}/readmit").status_code == 303
    log = page(admin, "/admin/audit?area=people")
    for said in ("Invited", "Changed roles", "Removed access", "Handed over", "Let back in", "ida@mail.example", "Admin, Rep"):
        assert said in log


def test_what_does_not_fit_is_said_beside_its_field(admin: FlaskClient) -> None:
    for path, form, says in (
        ("people/invite", {"address": "ida", "role": "rep"}, "A mail address"),
        ("people/invite", {"address": "nora@fjordline.example", "role": "rep"}, "Somebody has this address here already"),
        ("people/invite", {"address": "ida@mail.example"}, "At least one role"),
        ("people/domains", {"domain": "gmail.com"}, "anybody could join"),
        ("people/domains", {"domain": "fjordline.example"}, "in the list already"),
        ("people/company", {"name": " "}, "A name of up to"),
        ("privacy/country", {"country": "XX", "rule": "never"}, "Choose a country"),
        ("privacy/domain", {"domain": "x", "rule": "never"}, "A domain, such as"),
        ("privacy/default", {"rule": "never", "contact": "nobody"}, "A mail address"),
        ("tracking/look-up", {"address": "nowhere"}, "An IP address"),
        ("tracking/data/city", {}, "Choose a file"),
    ):
        answer = post(admin, f"/admin/{path}", form)
        assert answer.status_code in (409, 422), path
        assert says in unescape(answer.text), path
        assert answer.text.count('role="alert"') == 1, path


def test_an_admin_keeps_their_own_role(admin: FlaskClient, product: Product, nora: User) -> None:
    answer = post(admin, f"/admin/people/{nora.id}/roles", {"role": "rep"})
    assert answer.status_code == 422
    assert "You can’t give up your own role" in unescape(answer.text)
    assert Role.ADMIN in product.users.user(nora.id).roles  # type: ignore[union-attr]
    assert "can’t remove your own access" in page(admin, f"/admin/people/{nora.id}")
    assert admin.get("/admin/people/" + "0" * 26, headers=HTML).status_code == 404


def test_domains_are_added_switched_and_removed(admin: FlaskClient, product: Product, nora: User) -> None:
    post(admin, "/admin/people/domains", {"domain": "fjordline.asia"})
    post(admin, "/admin/people/domains/switch", {"domain": "fjordline.asia", "joins": "0"})
    told = page(admin, "/admin/people")
    assert told.count("by invitation only") == 1, "of one domain"
    post(admin, "/admin/people/domains/remove", {"domain": "fjordline.example"})
    assert [one.name for one in product.users.workspace(nora).domains] == ["fjordline.asia"]


# Tracking ------------------------------------------------------------------------------


def test_machine_traffic_is_switched(admin: FlaskClient, product: Product, nora: User) -> None:
    post(admin, "/admin/tracking/machines", {"machines": "hide"})
    assert product.tracking_choices.machines(nora) is Machines.HIDE
    assert 'value="hide" checked' in page(admin, "/admin/tracking?saved=machines")


def test_place_data_is_uploaded_tried_and_removed(admin: FlaskClient, product: Product, tmp_path: Path) -> None:
    content = a_file(tmp_path / "x.mmdb", {"203.0.113.0/24": LYON}).read_bytes()
    told_openly = "the town or country that address seems to be in"
    assert told_openly not in page(admin, "/privacy")
    answer = post(admin, "/admin/tracking/data/city", {"file": (io.BytesIO(content), "x.mmdb")})
    assert answer.status_code == 303, answer.text
    assert "GeoLite2-City" in page(admin, "/admin/tracking")
    assert told_openly in page(admin, "/privacy")
    found = unescape(post(admin, "/admin/tracking/look-up", {"address": "203.0.113.9"}).text)
    assert "Lyon, France" in re.sub(r"\s+", " ", found)
    wrong = post(admin, "/admin/tracking/data/asn", {"file": (io.BytesIO(content), "x.mmdb")})
    assert (wrong.status_code, "the other kind of data" in wrong.text) == (422, True)
    assert post(admin, "/admin/tracking/data/nothing").status_code == 404
    post(admin, "/admin/tracking/data/city/remove")
    assert not product.places.any
    assert "Removed data" in page(admin, "/admin/audit")


def test_an_admin_who_operates_nothing_does_not_touch_the_installations_data(
    client: FlaskClient, product: Product, nora: User
) -> None:
    ada = product.members.invite(nora, "ada@okafor.example", "Ada", {Role.ADMIN})
    signed_in_as(client, product, ada)
    assert "An operator of the installation can replace it" in page(client, "/admin/tracking")
    sent = {"file": (io.BytesIO(b"x"), "x.mmdb")}
    assert post(client, "/admin/tracking/data/city", sent).status_code == 403


def test_how_the_tracking_address_answers_is_said_in_words(admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    said = set()
    for trouble in (None, *Trouble):
        monkeypatch.setattr(tracking_address, "look", lambda *_, trouble=trouble: Look(trouble, 41))
        told = unescape(post(admin, "/admin/tracking/check").text)
        assert ("It answers, in 41 milliseconds" in told) == (trouble is None)
        assert ('class="note bad"' in told) == (trouble is not None)
        said |= set(re.findall(r'class="note bad".*?<span>(.*?)</span>', told))
    assert len(said) == len(Trouble)


# Privacy -------------------------------------------------------------------------------


def test_rules_are_put_and_removed(admin: FlaskClient, product: Product, nora: User) -> None:
    for form in ({"country": "TW", "rule": "notice-and-opt-out"}, {"country": "EEA", "rule": "never"}):
        assert post(admin, "/admin/privacy/country", form).status_code == 303
    post(admin, "/admin/privacy/domain", {"domain": "@Partner.example", "rule": "always"})
    post(admin, "/admin/privacy/default", {"rule": "only-with-consent", "contact": "p@fjordline.example"})
    policy = product.policies.policy(nora)
    assert (policy.default, policy.contact, policy.domains) == (
        Rule.ONLY_WITH_CONSENT,
        "p@fjordline.example",
        {"partner.example": Rule.ALWAYS},
    )
    assert (policy.countries["TW"], policy.countries["FR"]) == (Rule.NOTICE, Rule.NEVER)
    told = page(admin, "/admin/privacy")
    for name in ("European Economic Area", "Taiwan", "partner.example"):
        assert f"<b>{name}</b>" in told
    post(admin, "/admin/privacy/remove", {"scope": "countries", "name": "EEA"})
    post(admin, "/admin/privacy/remove", {"scope": "domains", "name": "partner.example"})
    assert product.policies.policy(nora).countries == {"TW": Rule.NOTICE}
    log = page(admin, "/admin/audit?area=privacy")
    assert "EEA: Never" in log


def test_the_preview_shows_the_line_in_the_recipients_language(admin: FlaskClient) -> None:
    post(admin, "/admin/privacy/country", {"country": "FR", "rule": "notice-and-opt-out"})
    told = page(admin, "/admin/privacy?address=aissatou@diallo.example&country=FR")
    assert '<p class="notice-line" lang="fr">' in told
    assert "By the rule for France: With a notice" in told
    assert "Not tracked" in page(admin, "/admin/privacy?address=aissatou@diallo.example&country=FR&state=denied")
    assert "A colleague" in page(admin, "/admin/privacy?address=bram@fjordline.example")
    assert admin.get("/admin/privacy?address=nobody", headers=HTML).status_code == 422


# The audit log ---------------------------------------------------------------------------


def test_the_log_filters_by_the_admins_own_days(admin: FlaskClient, product: Product, nora: User) -> None:
    product.members.rename(nora, "Fjordline Software")
    today = product.audit.page(nora, Filter()).entries[0].at.date().isoformat()
    assert "Renamed the company" in page(admin, f"/admin/audit?from={today}&until={today}&who={nora.address}")
    assert "No change fits this filter" in page(admin, "/admin/audit?until=2001-01-01")
    assert "Renamed the company" in page(admin, "/admin/audit?from=no-day&until=9999-12-31&before=%7E")


def test_all_of_it_speaks_the_admins_language(admin: FlaskClient, product: Product, nora: User) -> None:
    for locale, says in (("fr", "Utilisateurs et rôles"), ("zh-TW", "成員與角色")):
        product.users.choose(nora, locale, None)
        for path in [*PAGES, f"/admin/people/{nora.id}"]:
            assert says in page(admin, path)


def test_an_admin_reads_what_became_of_hits(admin: FlaskClient, product: Product, clock: Clock) -> None:
    assert "All views and clicks are in the feed." in page(admin, "/admin")
    product.tracking.receive([a_line(product, clock.now)])
    assert "1 view or click waits to come into the feed" in page(admin, "/admin")
    spool = Spool(product.settings.spool)
    spool.append([a_line(product, clock.now)])
    assert "The database does not take views and clicks: 1 kB are kept" in page(admin, "/admin")
    spool.close()
    product.database.write(lambda tx: arrivals.add(tx, ["unreadable"], refused=True))
    assert "1 view or click could not be taken into the feed" in page(admin, "/admin")
