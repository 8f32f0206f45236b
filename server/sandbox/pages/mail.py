"""The rep's side: lists, threads, compose."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from server.errors import BadInput, NotFound
from server.sandbox.mailbox import Draft, Mailbox
from server.sandbox.message import Message
from server.sandbox.recipients.people import CAST
from server.sandbox.recipients.population import Recipients
from server.sandbox.world import World

from .bodies import clean, document
from .outbox import UNDO, Outbox, Written, answer_to, forward_of, from_draft

FOLDERS = {"inbox": "Inbox", "sent": "Sent", "drafts": "Drafts", "scheduled": "Scheduled"}


def add_mail(routes: Blueprint, world: World, people: Recipients, outbox: Outbox) -> None:
    @routes.get("/")
    def home() -> str:
        return render_template("sandbox/home.html", accounts=list(world.accounts.values()), people=len(people.addresses()))

    @routes.get("/mail/u/")
    def named() -> Answer:
        """Gmail's own addresses: /mail/u/?authuser=…#all/<thread>. What stands behind the # is the page's script's."""
        account = request.args.get("authuser", "")
        return redirect(url_for(".inbox", account=account) if account else url_for(".home"))

    @routes.get("/mail/")
    def write_to() -> Answer:
        """Gmail's address of a new mail: `view=cm`, `authuser` and `to`."""
        account = request.args.get("authuser") or next(iter(world.accounts.values())).address
        return redirect(url_for(".compose", account=account, to=request.args.get("to", "")))

    @routes.get("/mail/u/<account>/")
    def inbox(account: str) -> str:
        return folder(account, "inbox")

    @routes.get("/mail/u/<account>/<any(sent, drafts, scheduled, inbox):name>")
    def folder(account: str, name: str) -> str:
        mailbox = world.mailbox(account)
        rows = _threads(mailbox, name) if name in ("inbox", "sent") else _drafts(mailbox, scheduled=name == "scheduled")
        return render_template("sandbox/folder.html", rows=rows, folder=name, **_around(mailbox, world), **_leaving(mailbox))

    @routes.get("/mail/u/<account>/t/<thread_id>")
    def thread(account: str, thread_id: str) -> str:
        mailbox = world.mailbox(account)
        found = mailbox.thread(thread_id)
        for message in found.messages:
            if "UNREAD" in message.labels:
                mailbox.modify(message.id, remove=("UNREAD",))
        shown = [message for message in found.messages if not message.labels & {"DRAFT", "SCHEDULED", "TRASH"}]
        pictures = request.args.get("pictures") == "1"
        return render_template(
            "sandbox/thread.html", thread=found, messages=shown, pictures=pictures, folder="", **_around(mailbox, world)
        )

    @routes.get("/mail/u/<account>/m/<message_id>/body")
    def body(account: str, message_id: str) -> Response:
        message = world.mailbox(account).message(message_id)
        # Pictures stay away unless asked for: the rep's own browser should not make own views by accident.
        sources = "'self' data: http: https:" if request.args.get("pictures") == "1" else "'self' data:"
        return document(clean(message.html, _outward), message.text, pictures=sources)

    @routes.get("/mail/u/<account>/compose")
    def compose(account: str) -> str:
        mailbox = world.mailbox(account)
        written = _starting(mailbox, outbox)
        return render_template("sandbox/compose.html", written=written, cast=CAST, folder="", **_around(mailbox, world))

    @routes.post("/mail/u/<account>/compose")
    def leave(account: str) -> Answer:
        written, deed = _posted(), request.form.get("deed", "save")
        if deed == "send":
            draft = outbox.send(account, written)
            return redirect(url_for(".inbox", account=account, leaving=draft.id))
        if deed == "schedule":
            draft = outbox.schedule(account, written, _moment())
            return redirect(url_for(".folder", account=account, name="scheduled", leaving=draft.id))
        outbox.save(account, written)
        return redirect(url_for(".folder", account=account, name="drafts"))

    @routes.post("/mail/u/<account>/drafts/<draft_id>/undo")
    def undo(account: str, draft_id: str) -> Answer:
        world.mailbox(account).undo(draft_id)
        return redirect(url_for(".compose", account=account, draft=draft_id))

    @routes.post("/mail/u/<account>/drafts/<draft_id>/delete")
    def delete(account: str, draft_id: str) -> Answer:
        world.mailbox(account).delete_draft(draft_id)
        return redirect(url_for(".folder", account=account, name="drafts"))

    @routes.get("/mail/u/<account>/drafts/<draft_id>/state")
    def state(account: str, draft_id: str) -> Response:
        try:
            draft = world.mailbox(account).draft(draft_id)
        except NotFound:
            return jsonify({"state": "sent"})
        return jsonify({"state": "leaving" if draft.leaves_at else "draft"})

    def _leaving(mailbox: Mailbox) -> dict[str, Any]:
        draft_id = request.args.get("leaving", "")
        if not draft_id:
            return {"leaving": "", "notice": "", "gone": False, "undo_seconds": 0}
        try:
            gone = mailbox.draft(draft_id).leaves_at is None
        except NotFound:
            gone = True
        return {
            "leaving": draft_id,
            "notice": outbox.notice(draft_id),
            "gone": gone,
            "undo_seconds": int(UNDO.total_seconds()),
        }


def _around(mailbox: Mailbox, world: World) -> dict[str, Any]:
    unread = len(mailbox.threads(labels=("INBOX", "UNREAD")))
    return {"account": mailbox.account, "folders": FOLDERS, "unread": unread, "now": world.clock.now()}


def _threads(mailbox: Mailbox, name: str) -> list[dict[str, Any]]:
    label = name.upper()
    rows = []
    for thread in mailbox.threads(labels=(label,)):
        messages = [message for message in thread.messages if not message.labels & {"DRAFT", "SCHEDULED"}]
        newest = [message for message in messages if label in message.labels][-1]
        rows.append(
            {
                "id": thread.id,
                "who": _sent_to(newest) if name == "sent" else newest.sender[0] or newest.sender[1],
                "subject": thread.subject or "(no subject)",
                "snippet": newest.text[:160] or unescape(newest.snippet),
                "at": newest.internal_date,
                "unread": any("UNREAD" in message.labels for message in messages),
                "count": len(messages),
            }
        )
    return sorted(rows, key=lambda row: str(row["at"]), reverse=True)


def _drafts(mailbox: Mailbox, *, scheduled: bool) -> list[dict[str, Any]]:
    return [_draft_row(draft) for draft in mailbox.drafts() if draft.scheduled == scheduled]


def _draft_row(draft: Draft) -> dict[str, Any]:
    return {
        "draft": draft.id,
        "who": _sent_to(draft.message),
        "subject": draft.message.subject or "(no subject)",
        "snippet": draft.message.text[:160],
        "at": draft.leaves_at or draft.message.internal_date,
        "unread": False,
        "count": 1,
    }


def _sent_to(message: Message) -> str:
    names = [name or address for name, address in message.recipients]
    return "To: " + ", ".join(names) if names else "(nobody yet)"


def _starting(mailbox: Mailbox, outbox: Outbox) -> Written:
    if draft_id := request.args.get("draft"):
        known = outbox.written(draft_id)
        return replace(known, draft_id=draft_id) if known else from_draft(mailbox.draft(draft_id))
    if message_id := request.args.get("reply"):
        return answer_to(mailbox.message(message_id), mailbox.account.address)
    if message_id := request.args.get("forward"):
        return forward_of(mailbox.message(message_id))
    return Written(request.args.get("to", ""), "", "", "", "", True)


def _posted() -> Written:
    form = request.form
    return Written(
        to=form.get("to", ""),
        cc=form.get("cc", ""),
        bcc=form.get("bcc", ""),
        subject=" ".join(form.get("subjectbox", "").split()),
        html=clean(form.get("html", ""), styles=False),
        track=form.get("track") == "on",
        draft_id=form.get("draft", ""),
        answers=form.get("answers", ""),
        forwards=form.get("forwards") == "1",
    )


def _moment() -> datetime:
    """The time of the form, on the clock of the browser, which says how many minutes it is from UTC."""
    try:
        given = datetime.fromisoformat(request.form.get("at", ""))
        behind = int(request.form.get("behind_utc", "0") or 0)
    except ValueError as error:
        raise BadInput("Choose a date and a time.") from error
    return given.replace(tzinfo=UTC) + timedelta(minutes=behind)


def _outward(node: Any) -> None:
    if node.tag in ("a", "area"):
        node.set("target", "_blank")
        node.set("rel", "noopener noreferrer")
