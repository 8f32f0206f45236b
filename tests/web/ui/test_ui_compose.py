"""Mail written in the web app and the window, in a real browser."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.axe import violations, with_axe
from tests.web.ui import facts
from tests.web.ui.conftest import Open
from tests.web.ui.pretend import Script
from tests.web.ui.test_ui_tasks import asked
from tests.web.ui.writing_api import a_composition, a_reader, a_template

pytestmark = pytest.mark.browser


def sheet_of(page: Page, name: str = "New mail") -> Locator:
    found = page.get_by_role("dialog", name=name)
    found.wait_for()
    return found


def written(page: Page, to: str = "ada@x.example", subject: str = "Pricing", text: str = "Hello") -> Locator:
    sheet = sheet_of(page)
    sheet.get_by_role("combobox", name="To", exact=True).fill(to)
    page.keyboard.press("Enter")
    sheet.get_by_label("Subject").fill(subject)
    sheet.get_by_role("textbox", name="Text").click()
    page.keyboard.type(text)
    return sheet


def test_the_quick_action_writes_here_and_the_draft_keeps_itself(visit: Open, script: Script) -> None:
    page = visit("/targets", 1280, 860, live=False)
    page.get_by_role("link", name="Email Lucía Fernández Ortega").first.click()
    sheet = sheet_of(page)
    expect(sheet.get_by_label("Subject")).to_be_focused()
    expect(sheet.locator(".chip")).to_have_count(1)
    sheet.get_by_label("Subject").fill("The fair")
    expect(sheet.get_by_role("status").first).to_contain_text("Kept")
    page.keyboard.press("Escape")
    expect(page.locator(".toast")).to_contain_text("Kept in your drafts.")
    [draft] = script.written.values()
    assert (draft["subject"], draft["to"][0]["address"]) == ("The fair", facts.LUCIA["address"])
    assert page.context.pages[-1] == page


def test_by_keyboard_alone_a_mail_is_written_sent_and_taken_back(visit: Open, script: Script) -> None:
    page = visit("/messages", 1280, 860, live=False)
    page.locator("lf-compose").wait_for(state="attached")
    page.get_by_role("heading", name="Messages").wait_for()
    page.keyboard.press("c")
    sheet = sheet_of(page)
    expect(sheet.get_by_role("combobox", name="To", exact=True)).to_be_focused()
    page.keyboard.type("Rajesh")
    page.locator(".offers [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(sheet.locator(".chip")).to_contain_text("Rajesh Iyer")
    sheet.get_by_label("Subject").focus()
    page.keyboard.type("Pricing")
    sheet.get_by_role("textbox", name="Text").focus()
    page.keyboard.press("Control+b")
    page.keyboard.type("Hello")
    page.keyboard.press("Control+b")
    page.keyboard.type(", see https://fjordline.example/p.")
    sheet.get_by_role("button", name="Send", exact=True).press("Enter")
    expect(page.locator(".toast")).to_contain_text("Sent to Rajesh Iyer")
    [kept] = script.written.values()
    assert kept["state"] == "scheduled"
    assert kept["html"] == '<div><b>Hello</b>, see <a href="https://fjordline.example/p">https://fjordline.example/p</a>.</div>'
    page.get_by_role("button", name="Undo").press("Enter")
    expect(sheet_of(page).get_by_role("textbox", name="Text")).to_contain_text("Hello, see")
    assert script.written[kept["id"]]["state"] == "draft"


def test_links_lists_and_what_is_pasted_lose_their_looks(visit: Open, script: Script) -> None:
    page = visit("/compose?new", 1280, 860, live=False)
    sheet = written(page, text="one")
    box = sheet.get_by_role("textbox", name="Text")
    sheet.get_by_role("button", name="List").click()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+k")
    sheet.get_by_label("Address of the link").fill("fjordline.example/fair")
    page.keyboard.press("Enter")
    pasted = '<p style="color:red" onclick="x">two <span style="font-weight:700">bold</span><script>x</script><img src=x></p>'
    box.evaluate(
        """(box, html) => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        pasted,
    )
    expect(box.get_by_role("link")).to_have_attribute("href", "https://fjordline.example/fair")
    expect(sheet.get_by_role("status").first).to_contain_text("Kept")
    [kept] = script.written.values()
    assert "<li>one</li>" in kept["html"]
    assert "<b>bold</b>" in kept["html"]
    assert not any(bad in kept["html"] for bad in ("style", "onclick", "script", "img"))


def test_what_speaks_against_a_mail_is_asked_before_it_leaves(visit: Open, script: Script) -> None:
    script.unsubscribed, script.untracked = {"bode@x.example"}, {"ada@x.example"}
    page = visit("/compose?new", 1280, 860, live=False)
    sheet = sheet_of(page)
    sheet.get_by_role("button", name="Send", exact=True).click()
    expect(sheet.get_by_text("Name somebody to write to")).to_be_visible()
    expect(sheet.get_by_text("Write a subject")).to_be_visible()
    written(page, to="ada@x.example, Bode Okafor <bode@x.example>", text="Dear ")
    expect(sheet.get_by_text("Not tracked: they said no.")).to_be_visible()
    sheet.get_by_label("A mail of their own for each person").check()
    sheet.get_by_label("Insert").select_option("person.first")
    expect(sheet.get_by_text("Not tracked for: ada@x.example")).to_be_visible()
    sheet.get_by_role("button", name="Preview").click()
    expect(sheet.get_by_text("Mail 1 of 2")).to_be_visible()
    expect(sheet.get_by_text("Not known, so left empty: First name")).to_be_visible()
    sheet.get_by_role("button", name="Next mail").click()
    expect(sheet.locator(".mail-text")).to_have_text("Dear Bode")
    sheet.get_by_role("button", name="Send", exact=True).click()
    expect(sheet.get_by_role("alert")).to_contain_text("ada@x.example: First name")
    expect(sheet.get_by_role("alert")).to_contain_text("Bode Okafor")
    sheet.get_by_role("button", name="Send to all the same").click()
    expect(page.locator(".toast")).to_contain_text("Sent to ada@x.example, Bode Okafor")
    how = asked(script, "POST", "/send")[-1][1]
    assert isinstance(how, dict)
    assert (how["missing"], how["unsubscribed"]) == ("anyway", "anyway")


def test_it_leaves_at_a_time_on_the_clock_of_the_wall(visit: Open, script: Script) -> None:
    script.zone = "Asia/Taipei"
    page = visit("/compose?to=ada@x.example&subject=Pricing", 1280, 860, live=False)
    sheet = sheet_of(page)
    sheet.get_by_role("textbox", name="Text").click()
    page.keyboard.type("Hello")
    sheet.get_by_role("button", name="Send later").click()
    expect(sheet.get_by_label("Another time (Asia/Taipei)")).to_be_visible()
    sheet.locator(".times button").nth(1).click()
    expect(page.locator(".toast")).to_contain_text("Leaves Fri 20 Nov, 08:00, to ada@x.example")
    body = asked(script, "POST", "/send")[-1][1]
    assert isinstance(body, dict)
    assert body["at"] == "2026-11-20T08:00"


def test_another_window_is_not_overwritten(visit: Open, script: Script) -> None:
    script.written["c1"] = a_composition("c1", subject="Old", to=[a_reader("Ada", "ada@x.example")])
    page = visit("/compose?draft=c1", 1280, 860, live=False)
    sheet = sheet_of(page)
    script.written["c1"] |= {"subject": "Theirs", "version": 5}
    sheet.get_by_label("Subject").fill("Mine")
    expect(sheet.get_by_role("alert")).to_contain_text("changed in another window")
    assert script.written["c1"]["subject"] == "Theirs"
    sheet.get_by_role("button", name="Keep mine").click()
    expect(sheet.get_by_role("alert")).to_have_count(0)
    expect(sheet.get_by_role("status").first).to_contain_text("Kept")
    assert script.written["c1"]["subject"] == "Mine"


def test_what_could_not_be_kept_stays_open(visit: Open, script: Script) -> None:
    page = visit("/compose?new", 1280, 860, live=False)
    sheet = written(page)
    script.failing["/api/v1/compositions"] = 503
    sheet.get_by_label("Subject").fill("Changed")
    expect(sheet.get_by_role("status").first).to_contain_text("Not kept")
    sheet.get_by_role("button", name="Close").click()
    expect(sheet.get_by_role("alert")).to_contain_text("what you wrote is still here")
    script.failing.clear()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_have_count(0)
    assert [one["subject"] for one in script.written.values()] == ["Changed"]


def test_templates_are_kept_used_and_changed(visit: Open, script: Script) -> None:
    script.templates["t1"] = a_template("t1", "Prices", "Our prices", "<p>Dear <b>{person.first}</b></p>", own=False)
    page = visit("/compose?to=ada@x.example", 1280, 860, live=False)
    sheet = sheet_of(page)
    sheet.get_by_label("Template").select_option("Prices (Bram de Wit)")
    expect(sheet.get_by_label("Subject")).to_have_value("Our prices")
    expect(sheet.get_by_role("textbox", name="Text")).to_have_text("Dear {person.first}")
    sheet.get_by_label("Template").select_option("Keep this mail as a template…")
    sheet.get_by_label("Name", exact=True).fill("Mine")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("The template Mine is kept.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Change Mine").click()
    edit = sheet_of(page, "Change template")
    edit.get_by_label("Share with my team").check()
    edit.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Shared with the team")).to_be_visible()
    page.get_by_role("button", name="Throw away Mine").click()
    expect(page.get_by_role("button", name="Change Mine")).to_have_count(0)


def test_the_page_tells_what_waits_and_what_did_not_go_out(visit: Open, script: Script) -> None:
    readers = [a_reader("Ada", "ada@x.example"), a_reader("Bode", "bode@x.example")]
    failed = {"of": 2, "sent": 1, "failed": [{"to": readers[1:], "error": "unsubscribed"}], "messages": []}
    script.written = {
        "c1": a_composition("c1", "failed", subject="The fair", to=readers, mails=failed, separate=True),
        "c2": a_composition("c2", "scheduled", subject="Monday", to=readers[:1], send_at="2026-11-23T07:00:00Z"),
        "c3": a_composition("c3", subject="", to=[]),
    }
    page = visit("/messages", 1280, 860, live=False)
    page.get_by_role("link", name="See why").click()
    expect(page.get_by_text("Bode: unsubscribed meanwhile")).to_be_visible()
    expect(page.get_by_text("1 of 2 are out")).to_be_visible()
    page.get_by_role("button", name="Take back “Monday”").click()
    expect(sheet_of(page).get_by_label("Subject")).to_have_value("Monday")
    assert script.written["c2"]["state"] == "draft"
    page.keyboard.press("Escape")
    page.get_by_label("Mails a minute").fill("5")
    page.get_by_label("Mails a minute").blur()
    expect(page.locator(".toast")).to_contain_text("The pace is saved.")
    assert asked(script, "PATCH", "/me")[-1][1] == {"preferences": {"sends_a_minute": 5}}


@with_axe
@pytest.mark.parametrize(("scheme", "width", "locale"), [("light", 1280, "en"), ("dark", 320, "fr"), ("dark", 380, "zh-TW")])
def test_axe_finds_nothing_and_nothing_is_cut_off(visit: Open, script: Script, scheme: str, width: int, locale: str) -> None:
    script.locale = locale
    script.unsubscribed, script.untracked = {"bode@x.example"}, {"ada@x.example"}
    readers = [a_reader("Ada Lovelace", "ada@x.example"), a_reader("Bode", "bode@x.example", True)]
    script.written = {
        "c1": a_composition(
            "c1", subject="The fair {person.first}", to=readers, html="<p>Dear {person.first}</p>", separate=True
        ),
        "c2": a_composition("c2", "scheduled", subject="Monday", to=readers[:1], send_at="2026-11-23T07:00:00Z"),
        "c3": a_composition("c3", "failed", subject="Old", to=readers[:1], error="gmail-reconnect-needed"),
    }
    script.templates["t1"] = a_template("t1", "Prices")
    page = visit("/compose", width, 860, live=False, color_scheme=scheme, reduced_motion="reduce")
    page.locator("lf-compositions .slimrow").first.wait_for()
    assert violations(page) == []
    page.locator("a[href*='draft=c1']").click()
    sheet = page.locator(".letter-sheet[open]").first
    sheet.locator(".signature").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert sheet.evaluate("box => box.scrollWidth <= box.clientWidth")
    for deed in (2, 1):
        sheet.locator(".writing > .deeds button").nth(deed).click()
        sheet.locator(".writing").wait_for(state="hidden")
        assert violations(page) == []
        page.keyboard.press("Escape")
        sheet.locator(".writing").wait_for()
