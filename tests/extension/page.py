"""The scripts that run in Gmail, in a real browser, on a page of a test's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

CONTENT = Path(__file__).parents[2] / "extension/content"
WORKER = CONTENT.parent / "worker"
HOME = "https://t.example"

# What link.js is to the other scripts; the answers are the test's, and what was asked is kept.
SCOPE = """
var LiveFeed = {
  here: true, asked: [], leaving: [], answers: ANSWERS,
  async ask(type, more) {
    this.asked.push({ type, ...more });
    const answer = this.answers[type];
    await this.held;
    return (typeof answer === "function" ? answer(more) : answer) ?? { ok: false, code: "no-answer" };
  },
  hear() {}, onLeave(run) { this.leaving.push(run); },
};
"""


def opened(browser: Browser, *scripts: str, html: str = "", answers: str = "{}", title: str = "", language: str = "en") -> Page:
    page = browser.new_page(viewport={"width": 900, "height": 700})
    page.set_default_timeout(5_000)
    page.route("**/*", lambda route: route.abort())
    page.set_content(f'<!doctype html><html lang="{language}"><title>{title}</title><body>{html}</body></html>')
    page.evaluate(f"window.eval({SCOPE.replace('ANSWERS', answers)!r})")
    for name in ("adapter", *scripts):
        page.add_script_tag(path=CONTENT / f"{name}.js")
    return page


def letter(page: Page, method: str, html: str, marks: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`links`, `restore` or `track` of a body: {"said": what it gave, "html": the body afterwards, "text": the words shown}."""
    given = marks and {**marks, "links": list(marks["links"].items())}
    return dict(
        page.evaluate(
            """([method, html, home, marks]) => {
              const body = document.body;
              body.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
              if (marks) marks.links = new Map(marks.links);
              const said = LiveFeed.letter[method](body, home, marks);
              return { said, html: body.innerHTML, text: body.textContent };
            }""",
            [method, html, HOME, given],
        )
    )
