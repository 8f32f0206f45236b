"""The Lead Feed for feed readers, under its owner's secret address, and the page that stops a subscription's mails."""

import time
from hashlib import sha256

from flask import Blueprint, Response, g, make_response, render_template, request
from limits import RateLimitItem, parse_many

from server.domain.tasks import zone_of
from server.services.feed_addresses import Opened
from server.services.subscriptions import Stop
from server.web.access import Access, access
from server.web.context import here
from server.web.problems import answer
from server.web.security import limiter
from server.web.syndication import TYPES, Channel, written

blueprint = Blueprint("feeds", __name__)

LIMITS: list[RateLimitItem] = parse_many("20/minute;240/hour")
"""Of one address, whichever its form: a reader that asks every five minutes for each of them stays far below."""

_MAX_AGE = 300


@blueprint.get("/feeds/<secret>/lead-feed.<any(rss, atom, json):form>")
@access(Access.PROVEN)
@limiter.limit("600/minute")
def lead_feed(secret: str, form: str) -> Response:
    addresses = here().feed_addresses
    wait = _wait(addresses.key(secret))
    if wait is not None:
        return make_response(answer("too-many", 429, headers={"Retry-After": str(wait)}))
    opened = addresses.open(secret, request.user_agent.string)
    return _conditional(opened, addresses.url(secret, form), form)


@blueprint.after_request
def _for_nobody_else(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _conditional(opened: Opened, url: str, form: str) -> Response:
    owner = opened.owner
    issue = here().lead_feed.issue(owner, opened.since)
    locale, zone = owner.locale or "en", zone_of(owner.time_zone)
    channel = Channel(owner.id, owner.name, locale, zone, url, here().public_url, issue.updated)
    body = written(form, channel, issue.items)
    response = Response(body, content_type=TYPES[form])
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = f"private, max-age={_MAX_AGE}"
    if issue.settled == issue.updated:
        response.last_modified = issue.settled
    # Without it only the tag decides: by time alone a reader would miss what comes within these seconds.
    response.make_conditional(request)
    response.last_modified = issue.settled
    return response


def _wait(key: str) -> int | None:
    """Seconds until this address may be read again; None when it may be now."""
    try:
        spent = [limit for limit in LIMITS if not limiter.limiter.hit(limit, "lead-feed", key)]
        ends = [limiter.limiter.get_window_stats(limit, "lead-feed", key).reset_time for limit in spent]
    except Exception:  # Redis away: people still read
        return None
    return max(1, round(max(ends) - time.time())) if ends else None


# Stopping mails --------------------------------------------------------------------------


@blueprint.get("/subscriptions/stop/<token>")
@access(Access.PROVEN)
def show_stop(token: str) -> Response:
    """Only shows: scanners follow links."""
    return _stop_page(here().subscriptions.stop_page(token))


@blueprint.post("/subscriptions/stop/<token>")
@access(Access.PROVEN)
def stop(token: str) -> Response:
    """One click by RFC 8058 is the body `List-Unsubscribe=One-Click`; our own form may also take it back."""
    resumes = request.form.get("action") == "resume"
    return _stop_page(here().subscriptions.stop(token, refused=not resumes))


def _stop_page(found: Stop | None) -> Response:
    if found is not None and found.locale:
        g.locale = found.locale
    response = make_response(render_template("stop-alerts.html", stop=found), 200 if found else 404)
    response.headers["Cache-Control"] = "no-store"
    return response
