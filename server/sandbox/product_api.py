"""One JSON call to the product, and its public files."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from server.errors import NotFound, OutsideError

TIMEOUT = 20.0  # seconds


def ask(base: str, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> dict[str, Any]:
    """The JSON object answered. OutsideError when refused (its facts have `status`), away, or not JSON."""
    request = urllib.request.Request(base + path, data, headers, method=method)  # noqa: S310 - a given address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            found = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            raise OutsideError("product", _refusal(error), status=error.code) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutsideError("product", f"no answer to {method} {path}: {type(error).__name__}", retryable=True) from error
    if not isinstance(found, dict):
        raise OutsideError("product", f"{method} {path} answered no JSON object")
    return found


def fetch(base: str, path: str) -> tuple[bytes, str]:
    """A public file and its type. NotFound, or OutsideError when the product is away."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(base + urllib.parse.quote(path), timeout=TIMEOUT) as answer:
            return answer.read(), answer.headers.get_content_type()
    except urllib.error.HTTPError as error:
        error.close()
        raise NotFound("no such file") from error
    except (OSError, http.client.HTTPException) as error:
        raise OutsideError("product", f"no answer to GET {path}: {type(error).__name__}", retryable=True) from error


def _refusal(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.loads(error.read())
        return f"{error.code} {problem.get('detail') or problem.get('title') or problem.get('error', '')}"
    except (ValueError, AttributeError):
        return f"{error.code} {error.reason}"
