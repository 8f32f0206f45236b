"""What is known of somebody, and what can be done about them at once."""

from urllib.parse import urlencode

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.markup import bold, plain
from server.cards.rows import dials, writes
from server.cards.site import Site
from server.cards.widgets import Click, Json, Option, Widget, icon
from server.cards.words import Words
from server.domain.consent import State
from server.domain.context import Choice, Context, Somebody

PERSON_INPUT = "person"

_LINKEDIN_SEARCH = "https://www.linkedin.com/search/results/people/?"
_CONSENT_ICONS = {
    State.GRANTED: "verified_user",
    State.UNKNOWN: "help",
    State.DENIED: "visibility_off",
    State.WITHDRAWN: "visibility_off",
}


def name_of(somebody: Somebody | Choice, words: Words) -> str:
    """A name may be nothing that can be seen."""
    return plain(somebody.name, 100) or plain(somebody.address, 100) or words("no-name")


def chooser(context: Context, words: Words, act: Actions) -> list[Widget]:
    somebody = context.somebody
    if somebody is None or len(context.choices) < 2:
        return []
    options = [Option(name_of(one, words), one.address, one.address == somebody.address) for one in context.choices]
    return [widgets.choice(PERSON_INPUT, words("about-whom"), options, changes=act("choose-person"))]


def person_rows(somebody: Somebody, words: Words, act: Actions, site: Site) -> list[Widget]:
    rows = [] if somebody.known else [_unknown(words, act)]
    rows += _rank(somebody, words, site)
    rows.append(widgets.row(words(f"consent-{somebody.consent}"), start=icon(_CONSENT_ICONS[somebody.consent])))
    rows += [
        widgets.row(words(key), start=icon(sign), wrap=True)
        for key, sign, holds in (
            ("do-not-call", "phone_disabled", somebody.do_not_call),
            ("unsubscribed", "unsubscribe", somebody.unsubscribed),
            ("bounced", "error", somebody.bounced),
            ("muted", "notifications_off", somebody.muted),
        )
        if holds
    ]
    if somebody.watched is not None and somebody.id:
        rows.append(_watching(somebody, words, act, site))
    return [*rows, widgets.buttons(_quick(somebody, words, act))]


def own_menu(somebody: Somebody, words: Words, act: Actions, site: Site) -> list[tuple[str, Click]]:
    """What the card's own menu offers about somebody."""
    if not somebody.id:
        return []
    deed = "unmute" if somebody.muted else "mute"
    page = widgets.opens(site.person(somebody.id))
    return [(words("person-page"), page), (words(deed), widgets.does(act(deed, person=somebody.id)))]


def _rank(somebody: Somebody, words: Words, site: Site) -> list[Widget]:
    """What marketing makes of them, hence its disc."""
    rank = words.rank(somebody.stars, somebody.flames)
    rise = words("rise", rise=somebody.rise) if somebody.rise else ""
    if somebody.score is None:
        return [widgets.row(rank, start=site.picture("star", words("marketing", did=words("rank"))))] if rank else []
    told = words("list-comma").join(part for part in (rise, rank) if part)
    score = bold(words("score", score=somebody.score))
    sign = site.picture("rise" if rise else "star", words("marketing", did=words("rank")))
    return [widgets.row(score, bottom=told, start=sign)]


def _unknown(words: Words, act: Actions) -> Widget:
    add = widgets.button(words("add"), widgets.does(act("add-person")))
    return widgets.row(words("not-in-people"), start=icon("person_add"), wrap=True, control=widgets.at_end(add))


def _watching(somebody: Somebody, words: Words, act: Actions, site: Site) -> Widget:
    name = "unwatch" if somebody.watched else "watch"
    press = widgets.does(act(name, person=somebody.id))
    told = words("watched" if somebody.watched else "not-watched")
    sign = site.picture("watch", words("marketing", did=told))
    return widgets.row(told, start=sign, wrap=True, control=widgets.at_end(widgets.button(words(name), press)))


# Quick actions


def _quick(somebody: Somebody, words: Words, act: Actions) -> list[Json]:
    made = []
    for name, sign, press in (
        ("call", "phone", calling(somebody, words)),
        ("email", "mail", writing(somebody, words)),
        ("task", "add_task", widgets.does(act("new-task"))),
        ("linkedin", "contact_page", looking_up(somebody)),
    ):
        if press is not None:
            made.append(widgets.button(words(name), press, start=icon(sign)))
    return made


def calling(somebody: Somebody, words: Words) -> Click | None:
    if not somebody.phone:
        return None
    press = dials(somebody.phone)
    return _warned(words, "call", press) if somebody.do_not_call else press


def writing(somebody: Somebody, words: Words) -> Click | None:
    if "@" not in somebody.address:
        return None
    press = writes(somebody.address)
    return _warned(words, "email", press) if somebody.unsubscribed else press


def looking_up(somebody: Somebody) -> Click | None:
    """Their own profile, else a search by name."""
    if somebody.linkedin and somebody.linkedin.startswith("https://www.linkedin.com/"):
        return widgets.opens(somebody.linkedin)
    words = " ".join(part for part in (plain(somebody.name), plain(somebody.account or "")) if part)
    return widgets.opens(_LINKEDIN_SEARCH + urlencode({"keywords": words})) if plain(somebody.name) else None


def _warned(words: Words, what: str, press: Click) -> Click:
    """First a card that says what they asked for."""
    asked = words("do-not-call" if what == "call" else "unsubscribed")
    go_on = widgets.button(words(f"{what}-anyway"), press)
    warning = widgets.section([widgets.text(asked), widgets.buttons([go_on])])
    return widgets.shows(widgets.card(f"warning-{what}", words(what), [warning]))
