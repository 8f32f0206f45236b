"""Pictures of every view, wide, narrow, dark, in French and Chinese, to hold beside the design.

`python -m tests.screenshots FOLDER [PART OF A NAME]` writes PNG files, at twice the size.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page

from server import logs
from tests.chromium import launched
from tests.web.ui import people
from tests.web.ui.facts import NOON, SOREN
from tests.web.ui.pretend import UiServer, an_afternoon

WINDOW = (380, 640)
WIDE = (1280, 860)
NARROW = (320, 720)
TABLE = (
    "Email,Name,Account,Score,Shoe size\nwei@firm0.example,林怡君,Formosa Freight,40,44\nnobody,,,,\np0@firm0.example,,,high,\n"
)


@dataclass(frozen=True)
class View:
    name: str
    path: str
    size: tuple[int, int] = WIDE
    locale: str = "en"
    scheme: Literal["light", "dark"] = "light"
    act: Callable[[Page], None] | None = None
    full: bool = False
    forced: Literal["active", "none"] = "none"


def open_menu(page: Page) -> None:
    page.locator("lf-row").nth(1).locator(".side .ib").click()
    page.wait_for_selector(".menu:popover-open")


def unfold(page: Page) -> None:
    page.locator("lf-row").nth(1).locator(".what").click()
    page.wait_for_selector(".hits li")


def show_caveat(page: Page) -> None:
    page.locator(".why").first.focus()


def open_filter(page: Page) -> None:
    page.locator("lf-filter button").first.click()


def show_machines(page: Page) -> None:
    page.locator(".hidden-note button").click()
    page.wait_for_selector(".item.quiet")


def open_task_menu(page: Page) -> None:
    page.locator("lf-task").nth(2).locator(".acts button").last.click()
    page.wait_for_selector(".menu:popover-open")


def write_task(page: Page) -> None:
    page.keyboard.press("n")
    page.get_by_role("dialog").wait_for()


def write_wrongly(page: Page) -> None:
    write_task(page)
    page.get_by_role("button", name=page.evaluate("document.querySelector('lf-task-sheet .primary').textContent")).click()


def warn(page: Page) -> None:
    page.locator("lf-task").first.locator(".acts button").first.click()
    page.get_by_role("alertdialog").wait_for()


def complete(page: Page) -> None:
    page.locator("lf-task").nth(1).get_by_role("checkbox").click()
    page.locator(".toast").wait_for()


def choose(page: Page) -> None:
    for number in (0, 2, 7):
        page.locator(".bets tbody input").nth(number).check()
    page.locator(".bulk").wait_for()


def open_bet_menu(page: Page) -> None:
    page.locator(".bets .arrow").nth(1).click()
    page.wait_for_selector(".menu:popover-open")


def choose_campaign(page: Page) -> None:
    choose(page)
    page.locator(".bulk .btn").nth(3).click()
    page.locator("[name=campaign]").wait_for()


def write_mails(page: Page) -> None:
    page.locator(".bets thead input").check()
    page.locator(".bulk .btn").nth(1).click()
    page.get_by_role("dialog").wait_for()


def fail_partly(page: Page) -> None:
    choose_campaign(page)
    page.locator("lf-campaign-sheet .primary").click()
    page.locator(".outcomes").wait_for()


def subscribe(page: Page) -> None:
    page.locator("lf-subscriptions header button").click()
    page.get_by_role("dialog").wait_for()


def open_filters(page: Page) -> None:
    page.locator(".btn.filters").click()
    page.wait_for_selector(".menu.filters:popover-open")


def views() -> Iterator[View]:
    pages = {
        "home": "/", "feed": "/feed", "tasks": "/tasks", "targets": "/targets",
        "best-bets": "/best-bets", "lead-feed": "/lead-feed", "watch-list": "/watch-list", "subscriptions": "/subscriptions",
        "messages": "/messages", "message": "/messages/m-pricing-", "message-quiet": "/messages/m-quiet", "team": "/team",
        "compose": "/compose",
        "settings": "/settings", "help": "/help", "sign-in": "/auth/sign-in", "consent": "/auth/consent?notice=partial",
        "setup": "/auth/setup/once", "error-404": "/error/404", "error-503": "/error/503", "bad-link": "/bad-link",
        "opt-out": "/opt-out/on", "opt-out-off": "/opt-out/off", "opt-out-shared": "/opt-out/shared-off", "privacy": "/privacy",
        "admin": "/admin", "admin-rss": "/admin/rss", "admin-ranks": "/admin/ranks", "admin-wrong": "/admin/ranks/wrong",
        "admin-people": "/admin/people", "admin-people-wrong": "/admin/people/wrong", "admin-person": "/admin/people/u-bram",
        "admin-tracking": "/admin/tracking", "admin-tracking-asked": "/admin/tracking/asked", "admin-privacy": "/admin/privacy",
        "admin-privacy-preview": "/admin/privacy/preview", "admin-audit": "/admin/audit",
        "admin-google": "/admin/google",
        "admin-marketo": "/admin/marketo", "admin-salesforce": "/admin/salesforce", "admin-mail": "/admin/mail",
        "feed-address": "/lead-feed/rss", "no-address": "/lead-feed/rss/none",
        "stop": "/stop/on", "stop-off": "/stop/off",
    }  # fmt: skip
    yield View("live", "/live", WINDOW)
    yield View("live-dark", "/live", WINDOW, scheme="dark")
    yield View("live-fr", "/live", WINDOW, "fr")
    yield View("live-zh-TW", "/live", WINDOW, "zh-TW")
    yield View("live-menu", "/live", WINDOW, act=open_menu)
    yield View("live-unfolded", "/live", WINDOW, act=unfold)
    yield View("live-caveat", "/live", WINDOW, act=show_caveat)
    yield View("live-filter", "/live", WINDOW, act=open_filter)
    yield View("live-machines", "/live", WINDOW, act=show_machines)
    yield View("live-320", "/live", (320, 560))
    yield View("live-320-fr", "/live", (320, 560), "fr")
    yield View("live-190", "/live", (190, 320))
    yield View("live-forced", "/live", WINDOW, forced="active")
    for tab in ("tasks", "targets"):
        for locale in ("en", "fr", "zh-TW"):
            yield View(f"live-{tab}-{locale}", f"/live#{tab}", WINDOW, locale)
            yield View(f"live-{tab}-320-{locale}", f"/live#{tab}", (320, 560), locale)
        yield View(f"live-{tab}-dark", f"/live#{tab}", WINDOW, scheme="dark")
        yield View(f"live-{tab}-forced", f"/live#{tab}", WINDOW, forced="active")
    for name, act in {
        "menu": open_task_menu,
        "form": write_task,
        "wrong": write_wrongly,
        "warning": warn,
        "toast": complete,
    }.items():
        yield View(f"live-tasks-{name}", "/live#tasks", WINDOW, act=act)
        yield View(f"live-tasks-{name}-320-fr", "/live#tasks", (320, 560), "fr", act=act)
    for width in (320, 380, 480):
        for locale in ("en", "fr", "zh-TW"):
            yield View(f"panel-leads-{width}-{locale}", "/live?leads#leads", (width, 640), locale)
    yield View("lead-feed-subscribe", "/lead-feed", act=subscribe)
    for name, act in {
        "chosen": choose,
        "menu": open_bet_menu,
        "campaign": choose_campaign,
        "mail": write_mails,
        "partly": fail_partly,
    }.items():
        yield View(f"best-bets-{name}", "/best-bets", act=act)
        yield View(f"best-bets-{name}-narrow-fr", "/best-bets", (390, 800), "fr", act=act)
    yield View("tasks-form", "/tasks", act=write_task)
    yield View("messages-filters", "/messages", act=open_filters)
    yield View("messages-filters-narrow-fr", "/messages", NARROW, "fr", act=open_filters)
    for name, path in pages.items():
        yield from five_forms(name, path)


def five_forms(name: str, path: str, act: Callable[[Page], None] | None = None) -> Iterator[View]:
    for locale in ("en", "fr", "zh-TW"):
        yield View(f"{name}-{locale}", path, locale=locale, act=act, full=True)
    yield View(f"{name}-dark", path, scheme="dark", act=act, full=True)
    yield View(f"{name}-narrow", path, NARROW, act=act, full=True)


def bring_in(page: Page) -> None:
    page.locator("input[type=file]").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.locator("lf-import td").first.wait_for()


def real_views(person: str) -> Iterator[View]:
    """Those of the people's pages, which the product itself serves."""
    yield from five_forms("people", "/people")
    yield from five_forms("person", f"/people/{person}")
    yield from five_forms("import", "/people/import")
    yield from five_forms("import-preview", "/people/import", bring_in)


def take(browser: Browser, base: str, view: View, folder: Path, signed_in: dict[str, Any] | None = None) -> None:
    context = browser.new_context(
        viewport={"width": view.size[0], "height": view.size[1]},
        device_scale_factor=2,
        color_scheme=view.scheme,
        forced_colors=view.forced,
    )
    if signed_in:
        context.add_cookies([signed_in])  # type: ignore[list-item]
    page = context.new_page()
    page.clock.set_fixed_time(people.NOW if signed_in else NOON)
    page.on(
        "console", lambda message: message.type in ("error", "warning") and sys.stderr.write(f"{view.name}: {message.text}\n")
    )
    page.on("pageerror", lambda error: sys.stderr.write(f"{view.name}: {error}\n"))
    path, _, tab = view.path.partition("#")
    page.goto(f"{base}{path}{'&' if '?' in path else '?'}locale={view.locale}#{tab}")
    if page.locator("[data-lf]").count():
        page.wait_for_selector(".conn:not(.waiting)")
    if view.act:
        view.act(page)
    page.wait_for_timeout(200)
    page.screenshot(path=folder / f"{view.name}.png", full_page=view.full)
    context.close()


def main(folder: Path, part: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        take_pretended(browser, folder, part)
        take_real(browser, folder, part)


def take_pretended(browser: Browser, folder: Path, part: str) -> None:
    script = an_afternoon()
    script.connected = True
    script.outcomes = {SOREN["id"]: "not-in-marketo"}
    with UiServer(script) as base:
        for view in views():
            if part in view.name:
                take(browser, base, view, folder)


def take_real(browser: Browser, folder: Path, part: str) -> None:
    """The language is the user's own here, and requests are worth a line only when they fail."""
    logs.configure("WARNING")
    if not any(part in view.name for view in real_views("")):
        return
    with tempfile.TemporaryDirectory() as made, people.staged(Path(made)) as stage:
        for view in real_views(stage.person["id"]):
            if part in view.name:
                stage.product.users.choose(stage.nora, view.locale, "Europe/Paris")
                take(browser, stage.url, view, folder, stage.cookie())


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
