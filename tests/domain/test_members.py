import pytest

from server.domain.members import may_let_go, objection
from server.domain.users import Domain, Role, User, domain_named, domains_json, domains_of, wrong_domain

ADMIN, OPERATOR, REP = Role.ADMIN, Role.OPERATOR, Role.REP


def a_user(name: str, *roles: Role) -> User:
    return User(name, "w", f"{name}@fjordline.example", name, frozenset(roles), name)


@pytest.mark.parametrize(
    ("actor", "subject", "wanted", "why"),
    [
        (a_user("a", ADMIN), a_user("b", REP), {REP, ADMIN}, None),
        (a_user("a", ADMIN), a_user("b", REP), set(), "none"),
        (a_user("a", ADMIN), a_user("a", ADMIN), {REP}, "self"),
        (a_user("a", ADMIN), a_user("a", ADMIN), {REP, ADMIN}, None),
        (a_user("a", ADMIN), a_user("b", REP), {REP, OPERATOR}, "operator"),
        (a_user("a", ADMIN), a_user("b", REP, OPERATOR), {REP}, "operator"),
        (a_user("a", ADMIN), a_user("b", REP, OPERATOR), {ADMIN, OPERATOR}, None),
        (a_user("a", ADMIN, OPERATOR), a_user("b", REP), {REP, OPERATOR}, None),
    ],
)
def test_which_roles_an_admin_may_give(actor: User, subject: User, wanted: set[Role], why: str | None) -> None:
    assert objection(actor, subject, wanted) == why


def test_who_may_let_whom_go() -> None:
    admin, operator = a_user("a", ADMIN), a_user("o", ADMIN, OPERATOR)
    assert may_let_go(admin, a_user("b", REP))
    assert not may_let_go(admin, admin)
    assert not may_let_go(admin, operator)
    assert may_let_go(a_user("p", ADMIN, OPERATOR), operator)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (" @Fjordline.Example. ", "fjordline.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("sales.fjordline.example", "sales.fjordline.example"),
        ("fjordline", None),
        ("", None),
        ("nora@fjordline.example", None),
        ("https://fjordline.example", None),
        ("-x.example", None),
        ("a..example", None),
        ("x" * 64 + ".example", None),
    ],
)
def test_a_domain_is_read_from_how_people_write_it(written: str, name: str | None) -> None:
    assert domain_named(written) == name


def test_a_domain_of_everybodys_is_no_companys() -> None:
    present = (Domain("fjordline.example"),)
    assert wrong_domain("gmail.com", present) == "everybodys"
    assert wrong_domain("fjordline.example", present) == "known"
    assert wrong_domain(None, present) == "domain"
    assert wrong_domain("fjordline.no", present) is None
    assert wrong_domain("z.example", [Domain(f"{n}.example") for n in range(50)]) == "many"


def test_until_somebody_decides_the_founders_domain_is_the_one() -> None:
    assert domains_of("fjordline.example", None) == (Domain("fjordline.example"),)
    assert domains_of(None, None) == ()
    assert domains_of("fjordline.example", []) == ()
    both = (Domain("fjordline.example", False), Domain("fjordline.no"))
    assert domains_of("fjordline.example", domains_json(both)) == both
