"""What the page asks for to show lists and threads."""

from html import escape, unescape
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from server.errors import NotFound
from server.sandbox.mailbox import Mailbox
from server.sandbox.message import Message
from server.sandbox.threads import Thread
from server.sandbox.world import World

from ..bodies import clean
from .pictures import Pictures, through

LAYOUTS = ("tables", "boxes")
LANGUAGES = ("en", "fr", "zh-TW")
_WAITING = {"DRAFT", "SCHEDULED", "TRASH"}


def add_reading(routes: Blueprint, world: World, pictures: Pictures) -> None:
    @routes.get("/mail/u/<int:number>/")
    def page(number: int) -> str:
        account = mailbox_at(world, number).account
        start = {
            "number": number,
            "account": {"name": account.name, "address": account.address},
            "layout": _known("layout", LAYOUTS),
            "language": _known("hl", LANGUAGES),
            "broken": [name for name in request.args.get("break", "").split(",") if name],
            "theme": _known("theme", ("light", "dark")),
            "mac": request.args.get("mac") == "1",
            "plain": request.args.get("plain") == "1",
        }
        return render_template("sandbox/gmail.html", start=start)

    @routes.get("/mail/u/<int:number>/x/list/<any(inbox, sent, drafts, scheduled):name>")
    def listed(number: int, name: str) -> Response:
        mailbox = mailbox_at(world, number)
        rows = _drafts(mailbox, scheduled=name == "scheduled") if name in ("drafts", "scheduled") else _threads(mailbox, name)
        return jsonify({"rows": rows, "unread": len(mailbox.threads(labels=("INBOX", "UNREAD")))})

    @routes.get("/mail/u/<int:number>/x/thread/<id>")
    def thread(number: int, id: str) -> Response:
        mailbox = mailbox_at(world, number)
        found = mailbox.thread(id)
        for message in found.messages:
            if "UNREAD" in message.labels:
                mailbox.modify(message.id, remove=("UNREAD",))
        path = "proxy" if request.args.get("layout") == "tables" else "meips"
        shown = [_shown(message, pictures, path) for message in found.messages if not message.labels & _WAITING]
        return jsonify({"id": found.id, "subject": found.subject or "(no subject)", "messages": shown})

    @routes.get("/mail/u/<int:number>/x/quote/<id>")
    def quote(number: int, id: str) -> Response:
        """What a reply or a forward begins with. In one layout its pictures come from the proxy, in the other from afar."""
        mailbox = mailbox_at(world, number)
        message, kind = mailbox.message(id), request.args.get("kind", "reply")
        change = through(pictures, "meips") if request.args.get("layout") == "boxes" else None
        body = clean(message.html, change, styles=False) if message.html else escape(message.text).replace("\n", "<br>")
        own = mailbox.account.address
        if kind == "forward":
            return jsonify({"to": [], "cc": [], "subject": _prefixed("Fwd: ", message), "html": _forwarded(message, body)})
        to = [message.sender] if message.sender[1] != own else message.recipients
        cc = [person for person in message.recipients if person[1] not in {own, *(a for _, a in to)}] if kind == "all" else []
        answer = {"to": _people(to), "cc": _people(cc), "subject": _prefixed("Re: ", message), "html": _answered(message, body)}
        return jsonify(answer)


def mailbox_at(world: World, number: int) -> Mailbox:
    """The n-th account signed in to this Google, as in /mail/u/<n>/."""
    addresses = list(world.accounts)
    if number >= len(addresses):
        raise NotFound("nobody is signed in there")
    return world.mailbox(addresses[number])


def _known(name: str, values: tuple[str, ...]) -> str:
    given = request.args.get(name, "")
    return given if given in values else values[0]


def _threads(mailbox: Mailbox, name: str) -> list[dict[str, Any]]:
    rows = [_row(thread, name) for thread in mailbox.threads(labels=(name.upper(),))]
    return sorted(rows, key=lambda row: str(row["at"]), reverse=True)


def _row(thread: Thread, name: str) -> dict[str, Any]:
    messages = [message for message in thread.messages if not message.labels & {"DRAFT", "SCHEDULED"}]
    newest = [message for message in messages if name.upper() in message.labels][-1]
    who = newest.recipients if name == "sent" else [newest.sender]
    return {
        "id": thread.id,
        "last": newest.id,
        "who": _people(who),
        "subject": thread.subject or "(no subject)",
        "snippet": (newest.text or unescape(newest.snippet))[:160],
        "at": newest.internal_date.isoformat(),
        "unread": any("UNREAD" in message.labels for message in messages),
        "count": len(messages),
    }


def _drafts(mailbox: Mailbox, *, scheduled: bool) -> list[dict[str, Any]]:
    return [
        {
            "draft": draft.id,
            "id": draft.message.thread_id,
            "last": draft.message.id,
            "who": _people(draft.message.recipients),
            "subject": draft.message.subject or "(no subject)",
            "snippet": draft.message.text[:160],
            "at": (draft.leaves_at or draft.message.internal_date).isoformat(),
            "unread": False,
            "count": 1,
        }
        for draft in mailbox.drafts()
        if draft.scheduled == scheduled
    ]


def _shown(message: Message, pictures: Pictures, path: str) -> dict[str, Any]:
    body = message.html or f"<div>{escape(message.text)}</div>"
    return {
        "id": message.id,
        "from": _people([message.sender])[0],
        "to": _people(message.recipients),
        "at": message.internal_date.isoformat(),
        "html": clean(body, through(pictures, path), styles=False),
    }


def _people(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "address": address} for name, address in pairs]


def _prefixed(prefix: str, message: Message) -> str:
    return message.subject if message.subject.lower().startswith(prefix.lower()) else prefix + message.subject


def _answered(message: Message, body: str) -> str:
    name, address = message.sender
    when = f"{message.internal_date:%a, %b %d, %Y at %H:%M}"
    line = f'On {when} {escape(name)} &lt;<a href="mailto:{escape(address)}">{escape(address)}</a>&gt; wrote:<br>'
    quoted = f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{body}</blockquote>'
    return f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{line}</div>{quoted}</div>'


def _forwarded(message: Message, body: str) -> str:
    name, address = message.sender
    lines = ("---------- Forwarded message ---------", f"From: {name} <{address}>", f"Subject: {message.subject}")
    head = "<br>".join(escape(line) for line in lines)
    return f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{head}<br></div><br><br>{body}</div>'
