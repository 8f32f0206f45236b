"""What recipients see: the page that stops tracking, and what this installation collects. No script, no session, no cookie."""

from flask import Blueprint, Response, g, make_response, render_template, request

from server.domain.consent import EEA, Policy, Rule, Source
from server.i18n import LOCALES, country
from server.services.privacy import Page, Status
from server.web.access import Access, access
from server.web.context import here
from server.web.languages import locale, t
from server.web.security import limiter

blueprint = Blueprint("recipients", __name__)

LANGUAGES = (("en", "en", "English"), ("fr", "fr", "Français"), ("zh-TW", "zh-Hant", "繁體中文"))
"""(locale, `lang`, its own name)"""

_LONGEST_ADDRESS = 320


@blueprint.get("/opt-out/<token>")
@access(Access.PROVEN)
def show(token: str) -> Response:
    """Only shows: scanners follow links."""
    _choose_language()
    return _page(here().privacy.page(token))


@blueprint.post("/opt-out/<token>")
@access(Access.PROVEN)
def act(token: str) -> Response:
    """One click by RFC 8058 is the body `List-Unsubscribe=One-Click`; our own form says what it wants."""
    _choose_language()
    privacy = here().privacy
    address = request.form.get("address", "").strip()
    if request.form.get("action") == "resume":
        return _page(privacy.resume(token))
    if address:
        # Nobody is to find out by trying who got the mail, though the answer is the same each time.
        with limiter.limit("30/minute"):
            return _page(privacy.opt_out_address(token, address[:_LONGEST_ADDRESS].replace("\0", "")), named=True)
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    return _page(privacy.opt_out(token, Source.ONE_CLICK if one_click else Source.OPT_OUT_PAGE))


@blueprint.get("/privacy")
@access(Access.ANYONE)
def privacy() -> Response:
    _choose_language()
    found = here().privacy.published()
    company, policy = found or ("", None)
    exceptions = _exceptions(policy) if policy else []
    page = {"company": company, "policy": policy, "exceptions": exceptions, "places": here().places.any}
    return _answer(render_template("privacy.html", languages=LANGUAGES, locale=locale(), **page))


def _exceptions(policy: Policy) -> list[tuple[str, str]]:
    """(countries by name, rule), where a rule differs from the default; Europe's economic area by its own name."""
    by_rule: dict[Rule, set[str]] = {}
    for code, rule in policy.countries.items():
        if rule is not policy.default:
            by_rule.setdefault(rule, set()).add(code)
    told = []
    for rule, codes in by_rule.items():
        whole = codes >= set(EEA)
        names = sorted(country(locale(), code) for code in (codes - {*EEA, "EU"} if whole else codes))
        told.append((t("privacy.between").join([*([t("privacy.eea")] if whole else []), *names]), rule.value))
    return told


def _page(page: Page | None, *, named: bool = False) -> Response:
    shown = render_template("opt-out.html", page=page, Status=Status, named=named, languages=LANGUAGES, locale=locale())
    return _answer(shown, 200 if page else 404)


def _answer(html: str, status: int = 200) -> Response:
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.add("Accept-Language")
    return response


def _choose_language() -> None:
    """The reader's choice, else their browser's: never that of a rep who happens to be signed in here."""
    wanted = request.args.get("lang", "")
    if wanted in LOCALES:
        g.locale = wanted
