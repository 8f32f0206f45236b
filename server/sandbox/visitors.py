"""Who may press the sandbox's buttons: its own pages and scripts, not a foreign page open in the same browser."""

from flask import request

from server.errors import NotAllowed

_OWN = frozenset({"same-origin", "same-site", "none"})


def refuse_other_sites() -> None:
    """For `before_request`. Scripts send no Sec-Fetch-Site and pass."""
    if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site", "none") not in _OWN:
        raise NotAllowed("The sandbox takes orders from its own pages only.")
