"""The privacy policy's editor, and what a recipient would see."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from server import i18n
from server.domain.consent import Rule, State, rule_for
from server.domain.policies import EVERYWHERE_EEA, Entry, Scope, entries
from server.domain.users import domain_named
from server.errors import BadInput
from server.i18n import babel_locale, country
from server.services.policies import Preview
from server.web import sessions
from server.web.access import Access, access
from server.web.admin.frame import console, saved, typed
from server.web.context import here
from server.web.languages import locale, t

blueprint = Blueprint("admin-privacy", __name__, url_prefix="/admin/privacy")

_HERE = "/admin/privacy"
_EEA = "EEA"
_LONGEST = 320


@blueprint.get("")
@access(Access.PERSON)
def show() -> str | tuple[str, int]:
    try:
        return _page(preview=_asked_preview())
    except BadInput as error:
        return _page(error.fields), 422


@blueprint.post("/default")
@access(Access.PERSON)
def choose() -> Response | tuple[str, int]:
    try:
        here().policies.choose(sessions.user(), _rule(), typed("contact"))
    except BadInput as error:
        return _page(error.fields), 422
    return saved(_HERE, "default")


@blueprint.post("/country")
@access(Access.PERSON)
def put_country() -> Response | tuple[str, int]:
    codes = _codes(typed("country"))
    try:
        if not codes:
            raise BadInput(fields={"country": "country"})
        here().policies.put(sessions.user(), Scope.COUNTRIES, codes, _rule())
    except BadInput as error:
        return _page(error.fields), 422
    return saved(_HERE, "country")


@blueprint.post("/domain")
@access(Access.PERSON)
def put_domain() -> Response | tuple[str, int]:
    name = domain_named(typed("domain"))
    try:
        if name is None:
            raise BadInput(fields={"domain": "domain"})
        here().policies.put(sessions.user(), Scope.DOMAINS, [name], _rule())
    except BadInput as error:
        return _page(error.fields), 422
    return saved(_HERE, "domain")


@blueprint.post("/remove")
@access(Access.PERSON)
def drop() -> Response:
    scope = Scope.DOMAINS if typed("scope") == Scope.DOMAINS else Scope.COUNTRIES
    names = _codes(typed("name")) if scope is Scope.COUNTRIES else {typed("name")}
    here().policies.drop(sessions.user(), scope, names)
    return saved(_HERE, "rules")


def _page(wrong: dict[str, str] | None = None, preview: Preview | None = None) -> str:
    policy = here().policies.policy(sessions.user())
    return console(
        "privacy.html",
        wrong=wrong,
        policy=policy,
        rules=[rule.value for rule in Rule],
        entries=[_told(one) for one in entries(policy)],
        countries=_countries(),
        asked={name: request.args.get(name, "") for name in ("address", "country", "state")},
        preview=_shown(preview) if preview else None,
    )


def _told(entry: Entry) -> dict[str, Any]:
    name = _EEA if entry.whole_eea else entry.names[0]
    words = name if entry.scope is Scope.DOMAINS else _named(name)
    return {"scope": entry.scope.value, "name": name, "words": words, "rule": entry.rule.value}


def _named(code: str) -> str:
    return t("policy.eea") if code == _EEA else t("policy.eu") if code == "EU" else country(locale(), code)


def _countries() -> list[tuple[str, str]]:
    """(code, name) by name; the Economic Area as a whole first."""
    every = map(str, babel_locale(locale()).territories)
    codes = [code for code in every if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES]
    return [
        (_EEA, _named(_EEA)),
        ("EU", _named("EU")),
        *sorted(((code, _named(code)) for code in codes), key=lambda one: one[1]),
    ]


_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def _codes(written: str) -> set[str]:
    if written == _EEA:
        return set(EVERYWHERE_EEA)
    return {written} if any(written == code for code, _ in _countries()) else set()


def _rule() -> Rule:
    written = typed("rule")
    return Rule(written) if written in set(Rule) else Rule.NEVER


def _asked_preview() -> Preview | None:
    address = request.args.get("address", "")[:_LONGEST].strip()
    if not address:
        return None
    code, state = request.args.get("country", ""), request.args.get("state", "")
    chosen = code if len(code) == 2 and _codes(code) else None
    return here().policies.preview(sessions.user(), address, chosen, State(state) if state in set(State) else None)


def _shown(preview: Preview) -> dict[str, Any]:
    facts, decision = preview.facts, preview.decision
    rule, where = rule_for(facts, here().policies.policy(sessions.user()))
    if facts.own:
        why = t("policy.why-own")
    elif facts.state in (State.DENIED, State.WITHDRAWN):
        why = t("policy.why-no")
    else:
        value = _named(where["value"]) if where["by"] == "country" else where["value"]
        why = t(f"policy.why-{where['by']}", value=value, rule=t(f"rule.{rule.value}"))
    words = {name: i18n.text(preview.locale, f"notice.{name}", sender=sessions.user().name) for name in ("text", "link")}
    notice = {**words, "lang": i18n.html_lang(preview.locale)} if decision.notice else None
    return {"address": facts.address, "allowed": decision.allowed, "why": why, "notice": notice}
