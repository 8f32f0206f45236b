"""Two hands on a keyboard and no mouse: what they press, and that they always see where they are."""

from typing import Any, NoReturn

import pytest
from playwright.sync_api import ElementHandle, Frame, Locator, Mouse, Page, Touchscreen, expect

_DEEDS = (
    *("check", "clear", "click", "dblclick", "dispatch_event", "down", "drag_and_drop", "drag_to", "fill", "focus", "hover"),
    *("move", "press", "press_sequentially", "select_option", "select_text", "set_checked", "tap", "type", "uncheck", "wheel"),
)
_LONGEST_ROUND = 400

# Where the focus is, whether a ring shows it inside the window, and whether it has been there before.
_STOP = """
() => {
  const at = document.activeElement ?? document.body;
  if (at === document.body) return { name: "", shown: true, again: false, start: false };
  const ringed = (one) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && !/, 0\\)$|transparent/.test(outlineColor);
  };
  let ring = at;
  while (ring && !ringed(ring)) ring = ring.parentElement;
  const box = ring?.getBoundingClientRect();
  const inside = box && box.width > 0 && box.height > 0
    && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const name = `${at.localName} ${at.getAttribute("aria-label") ?? at.textContent.trim().replace(/\\s+/g, " ").slice(0, 60)}`;
  const been = (window.beenAt ??= new Set());
  // A field for a day has a stop for each of its parts.
  const again = been.has(at) && at !== window.wasAt;
  window.wasAt = at;
  been.add(at);
  return { name, shown: Boolean(inside), again, start: at.matches(".skip") };
}
"""


def refuse_the_mouse(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on a test that clicks, or puts the focus anywhere by script, fails."""

    def refused(*_args: Any, **_options: Any) -> NoReturn:
        raise AssertionError("only keys are pressed here")

    for kind in (ElementHandle, Frame, Locator, Mouse, Page, Touchscreen):
        for deed in _DEEDS:
            if hasattr(kind, deed):
                monkeypatch.setattr(kind, deed, refused)


class Hands:
    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)

    def write_anew(self, words: str) -> None:
        self.press("Control+a")
        self.write(words)

    def at(self, place: Locator) -> None:
        """The focus has come there by itself, and is seen."""
        expect(place).to_be_focused()
        self._look()

    def to(self, place: Locator, key: str = "Tab") -> None:
        """From stop to stop until there."""
        expect(place).to_be_visible()
        for _ in range(_LONGEST_ROUND):
            if self._is_at(place):
                return
            self.press(key)
            self._look()
        raise AssertionError(f"{key} never leads to {place}")

    def choose(self, place: Locator, key: str = "Tab") -> None:
        self.to(place, key)
        self.press("Enter")

    def all_around(self) -> int:
        """Tab from the start of the page to its start again: no trap, no stop unseen. How many stops there are."""
        self.page.evaluate("delete window.beenAt")
        stops = 0
        while stops < _LONGEST_ROUND:
            self.press("Tab")
            stop = self._look()
            if stop["start"] and stops:
                return stops
            assert not stop["again"], f"a trap at {stop['name']} of {self.page.url}"
            stops += 1 if stop["name"] else 0
        raise AssertionError(f"{self.page.url} has no end")

    def _is_at(self, place: Locator) -> bool:
        return bool(place.evaluate("(one) => one === document.activeElement"))

    def _look(self) -> dict[str, Any]:
        stop: dict[str, Any] = self.page.evaluate(_STOP)
        assert stop["shown"], f"the focus is not seen at {stop['name']} of {self.page.url}"
        return stop
