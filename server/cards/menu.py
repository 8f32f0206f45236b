"""What can be done about one line of engagement: what the down arrow offers elsewhere, as a card of its own."""

from server.cards import widgets
from server.cards.actions import Actions
from server.cards.markup import plain, quiet
from server.cards.person import calling, looking_up, name_of, writing
from server.cards.rows import did
from server.cards.site import Site
from server.cards.widgets import Click, Json, Widget, icon
from server.cards.words import Words
from server.domain.engagement import Kind
from server.domain.overview import Opened

_WITH_HITS = frozenset({Kind.VIEW, Kind.CLICK})


def menu_card(opened: Opened, words: Words, act: Actions, site: Site) -> Json:
    """In the order the other screens have; what can't be done is left out."""
    somebody, who = opened.somebody, opened.line.facts["who"]
    title = name_of(somebody, words) if somebody else words("somebody-of", count=who["of"])
    rows = [*_look(opened, words, act), *_reach(opened, words, act), *_follow(opened, words, act), *_open(opened, words, site)]
    subtitle = plain(who["account"] or "", 100) or did(opened.line, words)
    return widgets.card("menu", title, [widgets.section([_what(opened, words), *rows])], subtitle=subtitle)


def _what(opened: Opened, words: Words) -> Widget:
    line = opened.line
    told = [did(line, words), words.short(line.at), words.place(line.facts.get("place"))]
    return widgets.text(quiet(" · ".join(part for part in told if part)))


def _look(opened: Opened, words: Words, act: Actions) -> list[Widget]:
    line, somebody = opened.line, opened.somebody
    rows = []
    if line.kind in _WITH_HITS:
        key = "show-views" if line.kind is Kind.VIEW else "show-clicks"
        rows.append(_row(words(key, count=line.count), "visibility", widgets.does(act("open-hits", line=line.id))))
    if somebody and not somebody.known:
        rows.append(_row(words("add-to-people"), "person_add", widgets.does(act("add-person", address=somebody.address))))
    return rows


def _reach(opened: Opened, words: Words, act: Actions) -> list[Widget]:
    somebody = opened.somebody
    if somebody is None:
        return [_row(words("new-task"), "add_task", widgets.does(act("new-task", message=opened.line.message_id)))]
    about = {"about": somebody.address, "message": opened.line.message_id}
    offered = (
        ("call", "phone", calling(somebody, words)),
        ("email", "mail", writing(somebody, words)),
        ("linkedin-profile", "contact_page", looking_up(somebody)),
        ("new-task", "add_task", widgets.does(act("new-task", **about))),
    )
    return [_row(words(name), sign, press) for name, sign, press in offered if press is not None]


def _follow(opened: Opened, words: Words, act: Actions) -> list[Widget]:
    somebody, rows = opened.somebody, []
    if somebody and somebody.id:
        rows.append(_row(words("show-person"), "person", widgets.does(act("open-person", person=somebody.id))))
        if somebody.watched is not None:
            deed = "unwatch" if somebody.watched else "watch"
            rows.append(_row(words(deed), "notifications", widgets.does(act(deed, person=somebody.id))))
        if somebody.watched is not False:
            rows.append(_row(words("subscribe"), "notification_add", widgets.does(act("subscribe", person=somebody.id))))
        deed = "unmute" if somebody.muted else "mute"
        rows.append(_row(words(deed), "notifications_off", widgets.does(act(deed, person=somebody.id))))
    if opened.line.message_id:
        deed = "unmute-message" if opened.message_muted else "mute-message"
        rows.append(_row(words(deed), "notifications_off", widgets.does(act(deed, message=opened.line.message_id))))
    return rows


def _open(opened: Opened, words: Words, site: Site) -> list[Widget]:
    message = opened.line.facts.get("message")
    if not message or not opened.line.message_id:
        return []
    thread = message["thread_id"]
    links = [
        _row(words("open-thread"), "open_in_new", widgets.opens(site.thread(opened.account, thread))) if thread else None,
        _row(words("message-details"), "info", widgets.opens(site.message(opened.line.message_id))),
    ]
    return [link for link in links if link is not None]


def _row(label: str, sign: str, press: Click) -> Widget:
    return widgets.row(label, start=icon(sign), wrap=True, press=press)
