"""What the page saves and sends. The body is what stands in the compose window, as Gmail takes it."""

from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any

from flask import Blueprint, Response, jsonify, request

from server.errors import BadInput, NotFound
from server.sandbox.letter import write_letter
from server.sandbox.mailbox import Draft, Mailbox
from server.sandbox.world import World

from ..bodies import clean, plain
from .pictures import direct
from .reading import mailbox_at


def add_writing(routes: Blueprint, world: World) -> None:
    @routes.post("/mail/u/<int:number>/x/drafts")
    def save(number: int) -> Response:
        return jsonify(_json(_save(mailbox_at(world, number), request.get_json())))

    @routes.post("/mail/u/<int:number>/x/drafts/send")
    def send(number: int) -> Response:
        """`after`: seconds until a scheduled mail leaves."""
        mailbox, given = mailbox_at(world, number), request.get_json()
        if not given["to"] + given["cc"] + given["bcc"]:
            raise BadInput("Please specify at least one recipient.")
        draft = _save(mailbox, given)
        if given.get("after"):
            return jsonify(_json(mailbox.schedule(draft.id, world.clock.now() + timedelta(seconds=given["after"]))))
        return jsonify(_json(mailbox.send_draft(draft.id)))

    @routes.get("/mail/u/<int:number>/x/drafts/<id>")
    def read(number: int, id: str) -> Response:
        try:
            return jsonify(_json(mailbox_at(world, number).draft(id)))
        except NotFound:
            return jsonify({"draft": id, "gone": True})

    @routes.post("/mail/u/<int:number>/x/drafts/<id>/undo")
    def undo(number: int, id: str) -> Response:
        return jsonify(_json(mailbox_at(world, number).undo(id)))

    @routes.delete("/mail/u/<int:number>/x/drafts/<id>")
    def discard(number: int, id: str) -> Response:
        mailbox_at(world, number).delete_draft(id)
        return Response(status=204)


def _save(mailbox: Mailbox, given: Mapping[str, Any]) -> Draft:
    answered = mailbox.message(given["answers"]) if given.get("answers") else None
    html, text = _body(given)
    raw = write_letter(
        (mailbox.account.name, mailbox.account.address),
        _written(given["to"]),
        " ".join(given["subject"].split()),
        html=html,
        text=text,
        cc=_written(given["cc"]),
        bcc=_written(given["bcc"]),
        answers=answered,
    )
    thread_id = answered.thread_id if answered and not given.get("forwards") else None
    return mailbox.compose(raw, given.get("draft") or None, thread_id)


def _body(given: Mapping[str, Any]) -> tuple[str, str]:
    """HTML and text; a mail in plain text has no HTML, whatever stands in its window."""
    if given.get("plain"):
        return "", given["text"]
    body = clean(given["html"], direct, styles=False)
    return f'<div dir="ltr">{body}</div>', plain(body)


def _written(people: list[Mapping[str, str]]) -> list[str]:
    return [f'"{person["name"]}" <{person["address"]}>' if person["name"] else person["address"] for person in people]


def _json(draft: Draft) -> dict[str, Any]:
    message = draft.message
    fields = {
        name.lower(): [{"name": shown, "address": address} for shown, address in message.headers.addresses(name)]
        for name in ("To", "Cc", "Bcc")
    }
    return {
        "draft": draft.id,
        "message": message.id,
        "thread": message.thread_id,
        "leaving": draft.leaves_at is not None,
        "sent": draft.sent.id if draft.sent else None,
        "subject": message.subject,
        "html": message.html or escape(message.text).replace("\n", "<br>"),
        "plain": not message.html,
        **fields,
    }
