"""Where pushed notifications may go. A browser names the address, so that only those of known push services are believed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

SERVICES = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "updates.push.services.mozilla.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)
LONGEST_ENDPOINT = 2000
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
MOST_BROWSERS = 20
"""Of one user; the one that was used last stays."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that notifications are pushed to. Keys as the browser gives them: base64url without padding."""

    id: str
    workspace_id: str
    user_id: str
    endpoint: str
    public_key: str
    auth: str
    label: str
    locale: str | None


def is_allowed(endpoint: str, services: Iterable[str]) -> bool:
    """`services`: host names, `*.` for any below one, reached over TLS; or whole origins, such as http://localhost:8081."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    # Who calls and who checks must read the same host: nothing that one of them may take for something else.
    if not _HOST.fullmatch(host) or not endpoint.isascii() or not endpoint.isprintable():
        return False
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    if parts.username is not None or len(endpoint) > LONGEST_ENDPOINT:
        return False
    named = [service.lower() for service in services]
    if origin in named:
        return True
    return parts.scheme == "https" and port in (None, 443) and any(_fits(host, one) for one in named if "://" not in one)


def _fits(host: str, service: str) -> bool:
    return host.endswith(service[1:]) and host != service[2:] if service.startswith("*.") else host == service
