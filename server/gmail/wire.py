"""Google's client library as `client` uses it: one connection a call, no request sent twice by itself."""

import http.client
import json
from contextlib import closing
from datetime import datetime
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.http import MediaIoBaseUpload

_MOST_UNPACKED = 200_000_000
"""Bytes. A page of a hundred mails read whole stays far below."""


class Once(httplib2.Http):  # type: ignore[misc]
    """httplib2 sends a request again, a POST too, when the server hangs up without an answer. That could send a mail twice."""

    def _conn_request(self, conn: Any, *request: Any) -> Any:
        ask = conn.getresponse

        def getresponse() -> Any:
            try:
                return ask()
            except http.client.BadStatusLine:
                raise TimeoutError("no answer") from None

        conn.getresponse = getresponse
        return super()._conn_request(conn, *request)


def credentials(token: str, refresh: str, token_url: str, client: tuple[str, str], expiry: datetime | None) -> Credentials:
    """`client`: its id and its secret. `expiry`: UTC without saying so, as the library has it."""
    return Credentials(  # type: ignore[no-untyped-call]
        token=token or None,
        refresh_token=refresh,
        token_uri=token_url,
        client_id=client[0],
        client_secret=client[1],
        expiry=expiry,
    )


def execute(request: Any, granted: Credentials, timeout: float) -> Any:
    # One connection a call: a shared one hands one mailbox's answer to another.
    with closing(AuthorizedHttp(granted, http=Once(timeout=timeout, decode_limit_hard=_MOST_UNPACKED))) as authorized:
        return request.execute(http=authorized)


def mail(raw: bytes) -> MediaIoBaseUpload:
    return MediaIoBaseUpload(BytesIO(raw), mimetype="message/rfc822")


@cache
def service(api_url: str) -> Any:
    """From the document that comes with the library. `api_endpoint` would leave batch and upload at Google's own host."""
    text = resources.files("googleapiclient.discovery_cache.documents").joinpath("gmail.v1.json").read_text("utf-8")
    document = json.loads(text)
    root = api_url.rstrip("/") + "/"
    document |= {"rootUrl": root, "baseUrl": root, "mtlsRootUrl": root}
    return build_from_document(document, http=httplib2.Http())
