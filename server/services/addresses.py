"""Addresses of ours that stand in mail."""

import re
from urllib.parse import urlsplit

from server.tokens import ClickToken, OptOutToken, PixelToken, Tokens

_PIXEL = re.compile(r"/o/[^/]+/([\w.\-]+)\.gif")
_CLICK = re.compile(r"/c/([\w.\-]+)")


class Addresses:
    """`tracking_url` and `public_url` without a slash at the end."""

    def __init__(self, tokens: Tokens, tracking_url: str, public_url: str) -> None:
        self._tokens = tokens
        self._tracking = tracking_url
        self._hosts = {urlsplit(tracking_url).netloc.lower(), urlsplit(public_url).netloc.lower()}

    def pixel_token(self, message_id: str, recipient: int = 0) -> str:
        return self._tokens.pixel(PixelToken(message_id, recipient))

    def pixel(self, tag: str, message_id: str, recipient: int = 0) -> str:
        return f"{self._tracking}/o/{tag}/{self.pixel_token(message_id, recipient)}.gif"

    def click(self, message_id: str, recipient: int, link: int, url: str) -> str:
        return f"{self._tracking}/c/{self._tokens.click(ClickToken(message_id, recipient, link, url))}"

    def opt_out(self, message_id: str, recipient: int = 0) -> str:
        return f"{self._tracking}/opt-out/{self._tokens.opt_out(OptOutToken(message_id, recipient))}"

    def target(self, url: str) -> str | None:
        """Where a tracked link of ours leads; None for any other address."""
        read = self._tokens.read_click(_token(_CLICK, url))
        return None if read is None else read.url

    def is_pixel(self, url: str) -> bool:
        return self._tokens.read_pixel(_token(_PIXEL, url)) is not None

    def is_ours(self, url: str) -> bool:
        try:
            return urlsplit(url).netloc.lower() in self._hosts
        except ValueError:
            return False


def _token(path: re.Pattern[str], url: str) -> str:
    try:
        found = path.fullmatch(urlsplit(url).path)
    except ValueError:
        return ""
    return found[1] if found else ""
