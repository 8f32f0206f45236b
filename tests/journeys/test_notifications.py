"""Called once, wherever one is: by a page that is open, else by the service worker of a browser in which none is."""

import json
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.sandbox.webpush import PushService, push_service_of
from tests.journeys.installation import Stage, until
from tests.journeys.ways import a_page, compose, connect_gmail, in_chromium, sign_in

pytestmark = in_chromium
LUCIA = "lucia.fernandez@ebro.example"

# No push service can be reached from a test: the browser is given an address at the sandbox's.
SUBSCRIBES = """
const kept = () => JSON.parse(localStorage.getItem("test-push") ?? "null");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const made = (given) => given && { toJSON: () => given, options: { applicationServerKey: bytes(given.key).buffer },
  unsubscribe: async () => localStorage.removeItem("test-push") };
PushManager.prototype.getSubscription = async () => made(kept());
PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => {
  localStorage.setItem("test-push", JSON.stringify({ ...(await window.atTheSandbox(key)), key }));
  return made(kept());
};
"""


class Desk:
    """A browser that may show notifications, and what its service worker shows."""

    def __init__(self, context: BrowserContext, stage: Stage) -> None:
        self.context, self.stage = context, stage
        self.service: PushService = push_service_of(stage.sandbox.app)
        self.subscription = ""
        context.grant_permissions(["notifications"], origin=stage.product.url)
        context.expose_function("atTheSandbox", self._subscribe)
        context.add_init_script(SUBSCRIBES)

    def _subscribe(self, key: str) -> dict[str, Any]:
        made = self.service.subscribe(key)
        self.subscription = made.id
        return {"endpoint": f"{self.stage.sandbox_url}/push-service/{made.id}", "keys": made.keys()}

    def shown(self, page: Page) -> list[str]:
        script = (
            "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map((one) => one.title))"
        )
        found: list[str] = page.evaluate(script)
        return found

    def deliver(self, page: Page, message: dict[str, object]) -> None:
        """As the browser's push service would, to the real service worker."""
        tool = self.context.new_cdp_session(page)
        seen: list[dict[str, Any]] = []
        tool.on("ServiceWorker.workerRegistrationUpdated", lambda event: seen.extend(event["registrations"]))
        tool.send("ServiceWorker.enable")
        until(lambda: seen or page.wait_for_timeout(20), "the registration")
        given = {"origin": self.stage.product.url, "registrationId": seen[0]["registrationId"], "data": json.dumps(message)}
        tool.send("ServiceWorker.deliverPushMessage", given)

    def click(self, title: str) -> None:
        script = """async (title) => {
          const notification = (await self.registration.getNotifications()).find((one) => one.title === title);
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action: "" }));
        }"""
        self.context.service_workers[0].evaluate(script, title)


def test_each_happening_calls_once_whether_pages_are_open_or_not(on_sqlite: Stage, chromium: Browser) -> None:
    stage, people = on_sqlite, on_sqlite.sandbox.people
    with a_page(chromium) as nora:
        desk = Desk(nora.context, stage)
        sign_in(nora, stage)
        connect_gmail(nora, stage)
        nora.goto(f"{stage.product.url}/settings")
        nora.get_by_role("button", name="Turn on notifications").click()
        expect(nora.get_by_text("On in this browser").first).to_be_visible()
        nora.get_by_role("button", name="Send one now").click()
        assert desk.service.wait_for(desk.subscription)[0]["title"] == "Notifications work here"

        compose(nora, stage, LUCIA, "Pilot plan")
        letter = stage.letter(LUCIA)
        nora.goto(f"{stage.product.url}/tasks")
        other = nora.context.new_page()
        other.goto(f"{stage.product.url}/help")
        for page in (nora, other):
            expect(page.get_by_text("Live", exact=True).first).to_be_visible()
        people.open(letter, fresh=True)
        viewed = f"{LUCIA} viewed “Pilot plan”"
        until(lambda: desk.shown(nora) or nora.wait_for_timeout(50), "the notification")
        assert desk.shown(nora) == [viewed]

        for page in (nora, other):
            page.goto(f"{stage.sandbox_url}/mail/u/")
        people.click(letter, 1)
        pushed = desk.service.wait_for(desk.subscription, 2)[1:]
        assert [one["title"] for one in pushed] == [f"{LUCIA} clicked in “Pilot plan”"]

        nora.goto(f"{stage.product.url}/tasks")
        desk.deliver(nora, pushed[0])
        until(lambda: len(desk.shown(nora)) == 2 or nora.wait_for_timeout(50), "what was pushed")
        desk.click(viewed)
        nora.wait_for_url(f"{stage.product.url}/messages/*")

        stage.product.kill()
        nora.goto(f"{stage.product.url}/targets")
        expect(nora.get_by_role("heading", name="Live Feed can’t be reached")).to_be_visible()
