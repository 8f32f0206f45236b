"""What cards show to whom, and what their buttons do: once, and only for whom the card was made."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server.domain.overview import Tab
from server.errors import NotAllowed, NotFound
from server.services.cards import Asked
from server.services.cards.parts import Parts
from server.services.worklist import Wish
from server.storage.database import Database
from server.storage.tables import messages, tasks
from tests.desk import (
    AISSATOU,
    THREAD,
    Desk,
    a_form,
    action,
    actions,
    names,
    notice,
    to,
    told,
    top,
    typed,
)
from tests.scene import NOON, a_hit, a_mail


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def stored(desk: Desk) -> list[Any]:
    return desk.database.read(lambda tx: list(tx.execute(select(tasks).order_by(tasks.c.id))))


def drafted(desk: Desk) -> int:
    waiting = select(func.count()).select_from(messages).where(messages.c.state == "drafted")
    return int(desk.database.read(lambda tx: tx.execute(waiting).scalar_one()))


# Home


def test_home_shows_what_happened_what_is_to_do_and_whom_to_call(desk: Desk) -> None:
    message = desk.sent()
    desk.record(a_hit(message), a_hit(message, after=60))
    desk.worklist.add(desk.user(), Wish("Call Hiroshi", NOON.date()))
    desk.marketing_knows(desk.met("h@tanabe.example", "Hiroshi Tanabe"), desk.nora)
    card = told(desk.cards.home(desk.user(), desk.host()))
    assert "2 views" in card
    assert "Call Hiroshi" in card
    assert "Hiroshi Tanabe" in card


def test_a_first_look_says_how_to_begin(desk: Desk) -> None:
    assert "Nothing has happened yet." in told(desk.cards.home(desk.user(), desk.host()))


def test_what_came_since_the_last_visit_is_new_until_the_next(desk: Desk) -> None:
    message = desk.sent()
    desk.record(a_hit(message))
    assert "Since" not in told(desk.cards.home(desk.user(), desk.host()))  # there was no visit before
    desk.now += timedelta(hours=1)
    desk.receive(a_mail(desk, message))
    card = desk.cards.home(desk.user(), desk.host())
    assert "Since 13:00: <b>1 reply</b>" in told(card)
    assert told(card).count("New · ") == 1
    desk.now += timedelta(minutes=5)
    assert "1 reply" in told(desk.press(action(card, "refresh")))  # the same visit still
    assert "Nothing new since 14:00" in told(desk.cards.home(desk.user(), desk.host()))


def test_home_says_that_gmail_is_missing(desk: Desk) -> None:
    desk.record(a_hit(desk.sent()))
    desk.mailboxes.disconnect(desk.user())
    card = desk.cards.home(desk.user(), desk.host())
    assert "Gmail is not connected." in told(card)
    assert "https://feed.example/auth/gmail" in told(card)


def test_tabs_show_one_part_and_page_through_it(desk: Desk) -> None:
    for _ in range(23):
        desk.record(a_hit(desk.sent()))
    home = desk.cards.home(desk.user(), desk.host())
    assert len(lines(home)) == 8
    first = top(desk.press(action(home, "tab", 1)))
    assert len(lines(first)) == 20
    assert "Targets" not in [section.get("header") for section in first["sections"]]
    more = next(one for one in actions(first["sections"][-2]) if one["function"].endswith("/tab"))
    second = top(desk.press(more))
    assert len(lines(second)) == 3
    assert "Back to the first" in told(second)


def test_tasks_are_filtered_by_when_they_are_due(desk: Desk) -> None:
    desk.worklist.add(desk.user(), Wish("For today", NOON.date()))
    desk.worklist.add(desk.user(), Wish("For tomorrow", NOON.date() + timedelta(days=1)))
    card = desk.cards.home(desk.user(), desk.host(), Tab.TASKS)
    assert "For tomorrow" not in told(card)
    chosen = desk.press(action(card, "choose-when"), typed(when="tomorrow"))
    assert "For tomorrow" in told(chosen)
    assert "For today" not in told(chosen)
    assert "For today" in told(desk.press(action(card, "choose-when"), typed(when="' OR 1=1")))


def test_targets_are_the_reps_own(desk: Desk) -> None:
    desk.marketing_knows(desk.met(), desk.bram)
    assert "Aïssatou" not in told(desk.cards.targets(desk.user(), desk.host()))
    assert "92, up 14" in told(desk.cards.targets(desk.user(desk.bram), desk.host()))


def test_a_slow_part_is_left_out_and_the_card_is_there(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, freed = Desk(database, patience=0.3), threading.Event()
    desk.worklist.add(desk.user(), Wish("Call Hiroshi", NOON.date()))
    monkeypatch.setattr(desk.targets, "list", lambda user: freed.wait(20))
    card = told(desk.cards.home(desk.user(), desk.host()))
    freed.set()
    assert "Call Hiroshi" in card
    assert "This part took too long." in card


def test_a_part_that_fails_is_left_out_and_told_in_the_log(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(desk.targets, "list", fails)
    assert "This part took too long." in told(desk.cards.home(desk.user(), desk.host()))


def test_parts_that_are_ready_are_given_the_others_are_not() -> None:
    freed = threading.Event()
    found = Parts(0.05).gathered({"ready": lambda: 1, "late": lambda: freed.wait(20), "none": lambda: None})
    freed.set()
    assert found == {"ready": 1, "none": None}


def test_the_card_speaks_the_language_and_the_zone_of_its_host(desk: Desk) -> None:
    desk.record(a_hit(desk.sent()))
    host = desk.host(locale="fr", zone="Asia/Taipei")
    assert desk.cards.home(desk.user(), host)["header"]["subtitle"] == "À 20:00"
    desk.users.choose(desk.user(), "zh-TW")
    assert desk.cards.home(desk.user(), host)["header"]["subtitle"] == "截至 20:00"


# The arrow


def test_a_line_opens_what_can_be_done_about_it(desk: Desk) -> None:
    message = desk.sent()
    desk.record(a_hit(message), a_hit(message, after=9))
    menu = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "open-line")))
    assert menu["header"]["title"] == "Aïssatou Diallo"
    assert {"open-hits", "new-task", "open-person", "watch", "mute", "mute-message"} <= names(menu)
    hits = top(desk.press(action(menu, "open-hits")))
    assert told(hits).count("Today 13:00") == 2
    assert "near Lyon, France (by IP)" in told(hits)


def test_each_deed_of_the_menu_leads_back_to_home_with_a_word(desk: Desk) -> None:
    desk.record(a_hit(desk.sent()))
    menu = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "open-line")))
    said_of = {"watch": "watch list", "mute": "no more of Aïssatou", "mute-message": "no more of this message"}
    for deed, said in said_of.items():
        answer = desk.press(action(menu, deed))
        steps = answer["renderActions"]["action"]["navigations"]
        assert [next(iter(step)) for step in steps] == ["pop", "updateCard"]
        assert top(answer)["name"] == "home"
        assert said in notice(answer)
    again = top(desk.press(action(top(desk.press(action(menu, "watch"))), "open-line")))
    assert {"unwatch", "unmute", "unmute-message"} <= names(again)


def test_moments_of_somebody_watched_can_be_subscribed_to_once(desk: Desk) -> None:
    desk.record(a_hit(desk.sent()))
    home = desk.cards.home(desk.user(), desk.host())
    assert "subscribe" not in names(top(desk.press(action(home, "open-line"))))
    desk.press(action(top(desk.press(action(home, "open-line"))), "watch"))
    menu = top(desk.press(action(home, "open-line")))
    for _ in range(2):
        assert "mail when Aïssatou Diallo" in notice(desk.press(action(menu, "subscribe")))
    assert len(desk.subscriptions.overview(desk.user())["items"]) == 1
    desk.press(action(menu, "unwatch"))
    assert "changed somewhere else" in notice(desk.press(action(menu, "subscribe")))


# People


def test_what_marketing_knows_is_for_who_owns_or_watches(desk: Desk) -> None:
    desk.sent()
    person = desk.met()
    desk.marketing_knows(person, desk.bram)
    shown = desk.cards.message(desk.user(), desk.host(), Asked(THREAD))
    assert "Score" not in told(shown)
    watched = desk.press(action(shown, "watch"))
    assert "Score 92" in told(watched)
    assert "up 14, 3 stars, 2 flames" in told(watched)
    assert "Score" not in told(desk.press(action(top(watched), "unwatch")))
    assert "Score 92" in told(desk.cards.person(desk.user(desk.bram), desk.host(), person))


def test_a_persons_card_stands_alone(desk: Desk) -> None:
    message = desk.sent()
    desk.record(a_hit(message))
    desk.marketing_knows(desk.met(), desk.nora)
    target = action(desk.cards.targets(desk.user(), desk.host()), "open-person")
    card = top(desk.press(target))
    assert card["name"] == "person"
    assert card["header"]["title"] == "Aïssatou Diallo"
    assert "Pricing for 40 vehicles" in told(card)
    assert top(desk.press(action(card, "refresh")))["name"] == "person"


def test_nobody_of_another_company_has_a_card(desk: Desk) -> None:
    eve = desk.user(desk.rep("eve"))
    with pytest.raises(NotFound):
        desk.cards.person(eve, desk.host(), desk.met())


def test_a_person_deleted_meanwhile_leads_home(desk: Desk) -> None:
    desk.worklist.add(desk.user(), Wish("Something", NOON.date()))
    card = desk.cards.person(desk.user(), desk.host(), desk.met())
    desk.people.delete(desk.user(), desk.met())
    answer = desk.press(action(card, "refresh"))
    assert top(answer)["name"] == "home"
    assert "changed somewhere else" in notice(answer)


# Tasks


def test_the_same_form_sent_twice_makes_one_task(desk: Desk) -> None:
    form = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "new-task")))
    first, second = (desk.press(action(form, "create-task"), a_form()) for _ in range(2))
    assert notice(first) == notice(second) == "Task saved."
    assert [task.name for task in stored(desk)] == ["Ask about Lyon"]
    other = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "new-task")))
    desk.press(action(other, "create-task"), a_form())
    assert len(stored(desk)) == 2


def test_a_form_that_was_wrong_first_still_makes_one(desk: Desk) -> None:
    form = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "new-task")))
    again = top(desk.press(action(form, "create-task"), a_form(name=" ", person="Somebody Unknown")))
    assert "Say in a few words what is to do." in told(again)
    unknown = top(desk.press(action(again, "create-task"), a_form(person="Somebody Unknown")))
    assert "Choose a person of the list" in told(unknown)
    for wrong in ("@", "<>"):
        assert "Choose a person" in told(desk.press(action(unknown, "create-task"), a_form(person=wrong)))
    desk.press(action(unknown, "create-task"), a_form())
    desk.press(action(form, "create-task"), a_form())
    assert len(stored(desk)) == 1


def test_a_person_is_found_by_name_or_met_by_address(desk: Desk) -> None:
    person = desk.met()
    form = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "new-task")))
    offered = desk.press(action(form, "suggest-people"), typed(person="diall"))
    assert offered == {"autoComplete": {"items": [{"text": f"Aïssatou Diallo <{AISSATOU}>"}]}}
    assert desk.press(action(form, "suggest-people"), typed(person=" ")) == {"autoComplete": {"items": []}}
    desk.press(action(form, "create-task"), a_form(person="aissatou diallo"))
    assert stored(desk)[0].person_id == person
    other = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "new-task")))
    desk.press(action(other, "create-task"), a_form(person="Kenji Sato <k.sato@tanabe.example>"))
    assert "Kenji Sato" in told(desk.directory.page(desk.user()))


def test_a_task_is_looked_at_changed_put_off_done_and_thrown_away(desk: Desk) -> None:
    made = desk.worklist.add(desk.user(), Wish("Call her", NOON.date(), person_id=desk.met()))
    home = desk.cards.home(desk.user(), desk.host())
    form = top(desk.press(action(home, "open-task")))
    assert f"Aïssatou Diallo <{AISSATOU}>" in told(form)
    saved = [desk.press(action(form, "save-task"), a_form(name="Write her", person="")) for _ in range(2)]
    assert [notice(one) for one in saved] == ["Task saved."] * 2  # pressed twice, it is so already
    changed = desk.worklist.task(desk.user(), made["id"])
    assert (changed["name"], changed["person"], changed["version"]) == ("Write her", None, 2)
    put_off = desk.press(action(form, "snooze"))
    assert notice(put_off) == "Put off: Tomorrow."
    assert desk.worklist.task(desk.user(), made["id"])["due_on"] == "2026-11-22"
    done = desk.press(action(form, "complete"))
    assert '"selected": true' in told(done)  # shown once more, so that it can be taken back
    assert desk.worklist.task(desk.user(), made["id"])["completed_at"]
    reopened = top(desk.press(action(top(done), "open-task")))
    assert {"reopen"} <= names(reopened)
    assert not {"complete", "snooze"} & names(reopened)
    desk.press(action(reopened, "reopen"))
    assert notice(desk.press(action(form, "delete-task"))) == "Task deleted."
    assert "changed somewhere else" in notice(desk.press(action(form, "delete-task")))


def test_a_task_changed_elsewhere_is_not_overwritten(desk: Desk) -> None:
    made = desk.worklist.add(desk.user(), Wish("Call her", NOON.date()))
    form = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "open-task")))
    desk.worklist.edit(desk.user(), made["id"], 1, {"name": "Call him"})
    answer = desk.press(action(form, "save-task"), a_form(person=""))
    assert "changed somewhere else" in notice(answer)
    assert desk.worklist.task(desk.user(), made["id"])["name"] == "Call him"


def test_a_day_that_is_over_is_nothing_to_put_off_to(desk: Desk) -> None:
    desk.worklist.add(desk.user(), Wish("Call her", NOON.date()))
    form = top(desk.press(action(desk.cards.home(desk.user(), desk.host()), "open-task")))
    desk.now += timedelta(days=3)
    assert "changed somewhere else" in notice(desk.press(action(form, "snooze")))


def test_a_task_from_a_thread_is_about_its_mail_and_person(desk: Desk) -> None:
    message, person = desk.sent(), desk.met()
    card = desk.cards.message(desk.user(), desk.host(), Asked(THREAD))
    form = top(desk.press(action(card, "new-task")))
    desk.press(action(form, "create-task"), a_form(person=f"Aïssatou Diallo <{AISSATOU}>"))
    assert (stored(desk)[0].message_id, stored(desk)[0].person_id) == (message, person)


# A mail that is being written


def test_looking_at_a_mail_that_is_written_keeps_nothing(desk: Desk) -> None:
    card = desk.cards.compose(desk.user(), desk.host(), to("new@baobab.example", "half@", "not an address"))
    assert "This email can be tracked." in told(card)
    assert drafted(desk) == 0


def test_pixel_and_links_are_of_one_message(desk: Desk) -> None:
    written = to("new@baobab.example")
    card = desk.cards.compose(desk.user(), desk.host(), written)
    first, again = (desk.press(action(card, "insert-pixel"), draft=written) for _ in range(2))
    assert first == again
    change = first["renderActions"]["hostAppAction"]["gmailAction"]["updateDraftActionMarkup"]["updateBody"]
    assert change["type"] == "INSERT_AT_END"
    assert change["insertContents"][0]["contentType"] == "MUTABLE_HTML"
    assert "https://t.fjordline.example/o/" in change["insertContents"][0]["content"]
    link = desk.press(action(card, "insert-link"), typed(url="https://fjordline.example/p?a=1&b=2", text="Our <prices>"))
    change = link["renderActions"]["hostAppAction"]["gmailAction"]["updateDraftActionMarkup"]["updateBody"]
    assert change["type"] == "IN_PLACE_INSERT"
    content = change["insertContents"][0]["content"]
    assert content.startswith('<a href="https://t.fjordline.example/c/')
    assert content.endswith(">Our &lt;prices&gt;</a>")
    assert drafted(desk) == 1


def test_what_is_no_address_of_a_page_is_not_inserted(desk: Desk) -> None:
    card = desk.cards.compose(desk.user(), desk.host(), to("new@baobab.example"))
    for url in ("", "javascript:alert(1)", "fjordline.example"):
        again = desk.press(action(card, "insert-link"), typed(url=url, text="x"))
        assert "begins with https://" in told(again)
    assert drafted(desk) == 0


def test_whom_gmail_names_when_it_is_pressed_decides(desk: Desk) -> None:
    card = desk.cards.compose(desk.user(), desk.host(), to("new@baobab.example"))
    answer = desk.press(action(card, "insert-pixel"), draft=to(desk.bram.address))
    assert "nothing was inserted" in notice(answer)
    assert "one of your own company" in told(answer)
    assert "insert-pixel" not in names(top(answer))


def test_a_mail_that_was_sent_already_takes_nothing_more(desk: Desk) -> None:
    card = desk.cards.compose(desk.user(), desk.host(), to("new@baobab.example"))
    desk.press(action(card, "insert-pixel"))
    desk.database.write(lambda tx: tx.execute(messages.update().values(state="sent", sent_at=NOON)))
    assert "sent already" in notice(desk.press(action(card, "insert-link"), typed(url="https://b.example", text="x")))


def test_without_gmail_a_draft_leads_to_where_access_is_given(desk: Desk) -> None:
    card = desk.cards.compose(desk.user(), desk.host(), to("new@baobab.example"))
    form = top(desk.press(action(card, "write-draft")))
    assert "new@baobab.example" in told(form)
    nothing = desk.press(action(form, "open-draft"), typed(to="new@baobab.example", subject="Hello", body=" "))
    assert "Write at least a word." in told(nothing)
    for wrong in ("", "half@", "a b@c.example"):
        assert "Write at least one mail address" in told(desk.press(action(form, "open-draft"), typed(to=wrong, body="x")))
    answer = desk.press(action(form, "open-draft"), typed(to="new@baobab.example", subject="Hello", body="x"))
    assert top(answer)["name"] == "gmail-missing"
    assert drafted(desk) == 0


# Settings


def test_settings_hold_at_once_and_twice_is_once(desk: Desk) -> None:
    card = desk.cards.settings(desk.user(), desk.host())
    for _ in range(2):
        assert notice(desk.press(action(card, "choose-notice", 3), {})) == "Saved."
    assert not desk.user().notifications.tells("click")
    quiet = desk.press(action(card, "choose-quiet"), typed(quiet="on"))
    assert desk.user().notifications.quiet.on
    hours = {**typed(quiet="on"), "quiet-start": {"timeInput": {"hours": 21, "minutes": 30}}}
    desk.press(action(top(quiet), "choose-quiet"), hours)
    assert desk.user().notifications.quiet.start == "21:30"
    assert desk.user().notifications.quiet.end == "08:00"
    french = desk.press(action(card, "choose-language"), typed(language="fr"))
    assert notice(french) == "Enregistré."
    assert top(french)["header"]["title"] == "Paramètres"
    desk.press(action(card, "choose-language"), typed(language="xx"))
    assert desk.user().locale == "fr"


def test_gmail_is_let_go_of_only_after_asking(desk: Desk) -> None:
    card = desk.cards.settings(desk.user(), desk.host())
    answer = desk.press(action(card, "disconnect"))
    assert "disconnected" in notice(answer)
    assert "Gmail is not connected." in told(answer)


# Whose card it is


def everything(desk: Desk) -> dict[str, Any]:
    """Every kind of action, from cards of Nora's."""
    message = desk.sent()
    desk.record(a_hit(message))
    desk.worklist.add(desk.user(), Wish("Nora's secret", NOON.date(), person_id=desk.met()))
    desk.marketing_knows(desk.met(), desk.nora)
    user, host = desk.user(), desk.host()
    cards = [
        desk.cards.home(user, host),
        desk.cards.home(user, host, Tab.TASKS),
        desk.cards.message(user, host, Asked(THREAD, (AISSATOU, "k.sato@tanabe.example"))),
        desk.cards.message(user, host, Asked(addresses=("new@baobab.example",))),
        desk.cards.compose(user, host, to("new@baobab.example")),
        desk.cards.settings(user, host),
        desk.cards.failed(user, host),
    ]
    seen: dict[str, Any] = {}
    while cards:
        card = cards.pop()
        for one in actions(card):
            name = one["function"].rsplit("/", 1)[1]
            if name not in seen:
                seen[name] = one
                if name in ("open-line", "open-task", "new-task", "open-person", "write-draft"):
                    cards.append(top(desk.press(one)))
    return seen


def test_no_button_of_one_rep_works_for_another(desk: Desk) -> None:
    found = everything(desk)
    assert len(found) >= 24
    before = stored(desk)
    for one in found.values():
        with pytest.raises(NotAllowed):
            desk.press(one, a_form(), rep=desk.bram)
    assert stored(desk) == before


def test_no_state_of_one_action_opens_another(desk: Desk) -> None:
    found = everything(desk)
    for name, one in found.items():
        other = next(each for each in found if each != name)
        forged = {**one, "function": f"https://feed.example/addon/action/{other}"}
        with pytest.raises(NotAllowed):
            desk.press(forged)


def test_another_reps_cards_show_nothing_of_it(desk: Desk) -> None:
    everything(desk)
    user, host = desk.user(desk.bram), desk.host()
    shown = [
        desk.cards.home(user, host),
        *(desk.cards.home(user, host, tab) for tab in Tab),
        desk.cards.message(user, host, Asked(THREAD, (AISSATOU,))),
        desk.cards.person(user, host, desk.met()),
    ]
    for card in shown:
        assert "Nora's secret" not in told(card)
        assert "Score" not in told(card)
        assert "Viewed" not in told(card)


SEALED: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "open-line": lambda desk: {"line": desk.feed.latest(desk.nora)["items"][0]["id"]},
    "open-hits": lambda desk: {"line": desk.feed.latest(desk.nora)["items"][0]["id"]},
    "open-task": lambda desk: {"task": stored(desk)[0].id},
    "complete": lambda desk: {"task": stored(desk)[0].id},
    "delete-task": lambda desk: {"task": stored(desk)[0].id},
    "archive": lambda desk: {"messages": [desk.messages.list(desk.user())["items"][0]["id"]]},
    "mute-message": lambda desk: {"message": desk.messages.list(desk.user())["items"][0]["id"]},
}


@pytest.mark.parametrize("name", SEALED)
def test_even_well_sealed_ids_of_another_rep_lead_nowhere(desk: Desk, name: str) -> None:
    """As if our own card had named what is not this rep's."""
    everything(desk)
    facts = SEALED[name](desk)
    before = stored(desk)
    at = {"in": "home", "tab": "overview", "position": 0, "since": None}
    state = desk.tokens.sign("card", {**facts, "at": at, "above": 0, "user": desk.bram.id, "action": name})
    pressed = {"function": f"https://feed.example/addon/action/{name}", "parameters": [{"key": "state", "value": state}]}
    answer = desk.press(pressed, rep=desk.bram)
    assert "changed somewhere else" in notice(answer)
    assert "Nora's secret" not in told(answer)
    assert stored(desk) == before


def test_an_action_there_is_not_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.press({"function": "https://feed.example/addon/action/erase-all", "parameters": []})


def test_somebody_unknown_is_asked_to_sign_in(desk: Desk) -> None:
    card = desk.cards.connect(desk.host(locale="fr"), "https://feed.example/auth/sign-in")
    assert card["header"]["title"] == "Connecter Live Feed"
    assert "https://feed.example" in told(desk.cards.failed(None, desk.host()))


def lines(card: Any) -> list[Any]:
    return [one for one in actions(card) if one["function"].endswith("/open-line")]
