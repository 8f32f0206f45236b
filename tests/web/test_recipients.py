"""What recipients meet: the opt-out page, the privacy page, and an edge that obeys them."""

from datetime import UTC, datetime, timedelta
from html import unescape
from ipaddress import ip_network
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import Client, TestResponse

from server import app as composition
from server.app import Product
from server.domain.consent import Policy, Rule
from server.domain.drafts import Addressee, Draft, DraftLink, Prepared
from server.domain.messages import Field, Recipient
from server.domain.users import User
from server.services.tracking import Sighting
from server.storage import messages as stored
from server.storage.tables import consents, engagements, hits, workspaces
from server.tokens import PixelToken, new_id
from server.web.tracking import GIF, Edge
from tests.web.browser import Clock

AISSATOU = Addressee("Aïssatou Diallo", "aissatou.diallo@baobab.example")
BODE = Addressee("Bode Okafor", "bode@okafor.example")
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


class Outside:
    """Nora sends; somebody outside reads, through the very edge that serves mail programs."""

    def __init__(self, product: Product, nora: User, clock: Clock) -> None:
        self.product, self.nora, self.clock = product, nora, clock
        self.app = composition.create_app(product, validate=True)

        def record(seen: Sighting) -> None:
            product.tracking.receive([product.tracking.line(seen)])
            product.tracking.fold()

        edge = Edge(self.app, product.tokens, record, [ip_network("10.0.0.0/8")], clock)
        self.client = Client(edge, use_cookies=False)

    def sent(self, *to: Addressee) -> Prepared:
        """Bound as the mailbox's watch would."""
        made = self.product.messages.prepare(self.nora, Draft("Pricing", to, links=(DraftLink("https://fjordline.example/p"),)))

        def bind(tx: Any) -> None:
            recipients = [Recipient(place, Field.TO, one.name, one.address) for place, one in enumerate(to, 1)]
            stored.replace_recipients(tx, made.id, self.nora.workspace_id, recipients)
            stored.mark_sent(tx, made.id, subject="Pricing", sent_at=self.clock.now, thread_id="18c0ffee", tracked=True)

        self.product.database.write(bind)
        self.clock.advance(timedelta(hours=1))
        return made

    def get(self, url: str, **headers: str) -> TestResponse:
        path = url.removeprefix("http://localhost")
        named = {name.replace("_", "-"): value for name, value in {"User_Agent": CHROME, **headers}.items()}
        return self.client.open(path, base_url="http://localhost", headers=named)

    def post(self, url: str, data: dict[str, str] | None = None, **headers: str) -> TestResponse:
        path = url.removeprefix("http://localhost")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, base_url="http://localhost", data=data or {}, headers=named)

    def rows(self) -> int:
        def count(tx: Any) -> int:
            kept = tx.execute(select(hits.c.id)).all()
            assert len(kept) == len(tx.execute(select(engagements.c.id)).all())
            return len(kept)

        return self.product.database.read(count)

    def said_no(self) -> list[str]:
        return self.product.database.read(lambda tx: sorted(tx.execute(select(consents.c.address)).scalars()))


@pytest.fixture
def outside(product: Product, nora: User, clock: Clock) -> Outside:
    return Outside(product, nora, clock)


def pixel(prepared: Prepared) -> str:
    assert prepared.pixel_url is not None
    return prepared.pixel_url


def opt_out(prepared: Prepared) -> str:
    assert prepared.opt_out_url is not None
    return prepared.opt_out_url


def test_an_opt_out_in_french_silences_a_mail_sent_yesterday(outside: Outside) -> None:
    mail = outside.sent(AISSATOU)
    outside.clock.advance(timedelta(days=1))
    page = outside.get(opt_out(mail), Accept_Language="fr-FR,fr;q=0.9,en;q=0.5")
    text = unescape(page.text)
    assert (page.status_code, 'lang="fr"' in text) == (200, True)
    assert "Vous pouvez désactiver le suivi des messages de fjordline.example" in text
    assert "a•••••.d•••••@baobab.example" in text
    assert AISSATOU.address not in text
    done = outside.post(opt_out(mail), Accept_Language="fr-FR")
    assert "Le suivi est désactivé" in unescape(done.text)
    image = outside.get(pixel(mail))
    assert (image.status_code, image.mimetype, image.data) == (200, "image/gif", GIF)
    followed = outside.get(mail.links[0].tracked_url or "")
    assert (followed.status_code, followed.location) == (302, "https://fjordline.example/p")
    assert outside.rows() == 0


def test_looking_at_the_page_is_no_opt_out(outside: Outside) -> None:
    mail = outside.sent(AISSATOU)
    for _ in range(2):
        assert "Set-Cookie" not in outside.get(opt_out(mail)).headers
    outside.get(pixel(mail))
    assert outside.rows() == 1
    assert outside.said_no() == []


def test_one_click_needs_no_session_and_may_come_twice(outside: Outside) -> None:
    mail = outside.sent(AISSATOU)
    for _ in range(2):
        answer = outside.post(opt_out(mail), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert outside.said_no() == [AISSATOU.address]
    outside.get(pixel(mail))
    assert outside.rows() == 0


def test_undo_is_an_act_of_its_own(outside: Outside) -> None:
    mail = outside.sent(AISSATOU)
    assert 'value="resume"' in outside.post(opt_out(mail)).text
    outside.post(opt_out(mail), {"action": "resume"})
    outside.get(pixel(mail))
    assert outside.rows() == 1


def test_several_readers_of_one_body_are_told_nothing_of_each_other(outside: Outside) -> None:
    mail = outside.sent(AISSATOU, BODE)
    before = outside.get(opt_out(mail)).text
    outside.post(opt_out(mail))
    outside.get(pixel(mail))
    assert outside.rows() == 0
    answers = [outside.post(opt_out(mail), {"address": one}).text for one in (BODE.address, "who@else.example")]
    assert answers[0] == answers[1]
    for text in (before, *answers):
        assert not {name for name in ("baobab", "okafor", "aissatou", "bode") if name in text.lower()}
    assert outside.said_no() == [BODE.address]


@pytest.mark.parametrize(
    ("asked", "words"), [("en", "Switch off tracking"), ("fr", "Désactiver le suivi"), ("zh-TW", "關閉追蹤")]
)
def test_the_reader_may_choose_another_language(outside: Outside, asked: str, words: str) -> None:
    mail = outside.sent(AISSATOU)
    page = outside.get(f"{opt_out(mail)}?lang={asked}", Accept_Language="de")
    assert words in unescape(page.text)
    assert f'action="?lang={asked}"' in page.text
    for other in ("en", "fr", "zh-TW"):
        assert f'href="?lang={other}"' in page.text


@pytest.mark.parametrize("spoil", ["", "x", "short"])
def test_a_broken_address_gets_a_decent_page(outside: Outside, spoil: str) -> None:
    token = opt_out(outside.sent(AISSATOU)).rpartition("/")[2]
    bad = {"": "nothing-of-ours", "x": ("B" if token[0] == "A" else "A") + token[1:], "short": token[:20]}[spoil]
    for answer in (outside.get(f"/opt-out/{bad}"), outside.post(f"/opt-out/{bad}")):
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
        assert "leads nowhere" in answer.text


def test_a_pixels_token_opens_no_opt_out(outside: Outside) -> None:
    mail = outside.sent(AISSATOU)
    token = outside.product.tokens.pixel(PixelToken(mail.id, 0))
    assert outside.post(f"/opt-out/{token}").status_code == 404
    assert outside.said_no() == []


@pytest.mark.parametrize("header", ["DNT", "Sec_GPC"])
def test_opening_with_do_not_track_leaves_no_row_but_a_click_does(outside: Outside, header: str) -> None:
    mail = outside.sent(AISSATOU)
    assert outside.get(pixel(mail), **{header: "1"}).data == GIF
    assert outside.rows() == 0
    outside.get(mail.links[0].tracked_url or "", **{header: "1"})
    assert outside.rows() == 1


def test_the_page_needs_nothing_but_html(outside: Outside) -> None:
    page = outside.get(opt_out(outside.sent(AISSATOU)))
    assert "<script" not in page.text
    assert "style=" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("locale", ["en", "fr", "zh-TW"])
def test_the_privacy_page_says_what_the_policy_says(product: Product, nora: User, client: FlaskClient, locale: str) -> None:
    product.privacy.set_policy(nora, Policy(Rule.NEVER, {"TW": Rule.NOTICE}, {"x.example": Rule.ALWAYS}, "privacy@f.example"))
    words = unescape(client.get(f"/privacy?lang={locale}").text)
    says = {"en": ("never tracked", "Taiwan"), "fr": ("ne sont jamais suivis", "Taïwan"), "zh-TW": ("一律不追蹤", "台灣")}
    for one in (*says[locale], "privacy@f.example"):
        assert one in words
    assert "x.example" not in words, "which partners have rules of their own is nobody's business"


def test_the_privacy_page_names_no_company_where_there_are_several(product: Product, nora: User, client: FlaskClient) -> None:
    alone = unescape(client.get("/privacy").text)
    assert "fjordline.example runs this installation" in alone
    assert "European Economic Area" in alone
    row = {"id": new_id(), "name": "Okafor", "domain": "okafor.example", "created_at": datetime.now(UTC)}
    product.database.write(lambda tx: tx.execute(insert(workspaces).values(**row)))
    shared = unescape(client.get("/privacy").text)
    assert not {name for name in ("fjordline", "Okafor", "European") if name in shared}
