"""A night of a hotline worker, in a real browser and in Khmer, on a phone and on a desk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from outreach.content.directory import Directory
from outreach.delivery.stops import harm
from outreach.hotline.callback import missed_call
from outreach.kernel.i18n import translations
from tests.browser.conftest import served
from tests.hotline.test_referring import service
from tests.web.test_signing import PASSWORD, add
from tests.world import World, number

ANNA, BORA = number(1), number(2)
PLEA = "ជួយខ្ញុំផង"
PHONE, DESK = {"width": 390, "height": 800}, {"width": 1280, "height": 800}
_ = translations("km").gettext
# What nobody could say by voice: a field or a button without a name.
NAMELESS = """() => [...document.querySelectorAll(
    "input:not([type=hidden]), select, textarea, button, a")]
    .filter(e => !(e.labels?.length || e.ariaLabel || e.textContent.trim()))
    .map(e => e.outerHTML)"""
# What sticks out of the page, or is cut off in its box.
TOO_WIDE = """() => [...document.querySelectorAll("main *, header *")]
    .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 100))"""

# What the bar with the way out (S23) hides of the page's end, or of what Tab reaches.
COVERED = """() => {
    const bar = document.querySelector("[data-leave] .bar")?.getBoundingClientRect()
    if (!bar) return []
    const box = e => e.getBoundingClientRect()
    const all = [...document.querySelectorAll("main *")].filter(e => !e.closest("[data-leave]"))
    const reached = all.filter(e => {
        e.focus()  // a long field shows the line with the caret
        return e == document.activeElement && Math.min(box(e).bottom, box(e).top + 40) > bar.top + 1
    })
    document.activeElement?.blur()
    scrollTo(0, document.body.scrollHeight)
    const hidden = all.filter(e => e.checkVisibility() && box(e).bottom > bar.top + 1)
    scrollTo(0, 0)
    return [...reached, ...hidden].map(e => e.outerHTML.slice(0, 100))
}"""


@pytest.fixture
def night(world: World) -> World:
    """Somebody wrote, somebody rang; a clinic is verified, and nobody is on duty."""
    clinic = service("clinic", name="មណ្ឌលសុខភាព")
    desk = replace(world.runtime.desk, directory=Directory((clinic,), "x", approved=True))
    world.runtime = replace(world.runtime, desk=desk)
    world.text(ANNA, PLEA)
    missed_call(desk, BORA, "CA1")
    return world


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page on a phone; scripts and styles may not complain."""
    page = chromium.new_page(viewport=PHONE, locale="km-KH", reduced_motion="reduce")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(10_000)
    yield page
    page.close()
    assert complaints == []


def look(page: Page, name: str) -> None:
    """The page fits and says what everything on it is, on a phone and on a desk. With
    OUTREACH_PICTURES its pictures are kept in that folder, for human eyes."""
    page.evaluate("document.fonts.ready")
    assert page.locator("html").get_attribute("lang") == "km"
    assert page.title() == "Outreach"  # S23
    assert page.evaluate(NAMELESS) == []
    for width, viewport in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(viewport)
        assert page.evaluate(TOO_WIDE) == [], (name, width)
        assert page.evaluate(COVERED) == [], (name, width)
        if "OUTREACH_PICTURES" in os.environ:
            path = Path(os.environ["OUTREACH_PICTURES"]) / f"{name}-{width}.png"
            page.screenshot(path=path, full_page=True)
    page.set_viewport_size(PHONE)


def press(page: Page, name: str) -> None:
    """Presses the button of that name, as it is called in English."""
    page.get_by_role("button", name=_(name), exact=True).click()


def unfold(page: Page, name: str) -> None:
    page.locator("summary", has_text=_(name)).click()


def sign_in(page: Page, address: str, once: str) -> None:
    """The first time, from the page that was asked for."""
    page.goto(f"{address}/inbox?lang=km")
    look(page, "01-sign-in")
    page.get_by_role("link", name=_("The first time, with a one-time code")).click()
    page.get_by_label(_("Name"), exact=True).fill("dara")
    page.get_by_label(_("One-time code"), exact=True).fill(once)
    press(page, "Go on")
    look(page, "02-enrol")
    secret = page.locator("code").inner_text()
    page.get_by_label(_("Code of the authenticator")).fill(pyotp.TOTP(secret).now())
    page.get_by_label(_("New password")).fill(PASSWORD)
    press(page, "Sign in")
    look(page, "03-me")


def test_a_worker_takes_a_plea_answers_it_finds_a_service_and_ends_it(
    night: World, page: Page
) -> None:
    once = add(night.runtime, "dara", "hotline_supervisor")
    with served(night.runtime) as address:
        sign_in(page, address, once)
        _reads_for_a_reason_and_takes_it(page)
        _answers(page, night)
        _offers_a_service(page)
        _ends_it(page)
        _calls(page)
        _is_put_on_duty(page)
        _leaves_at_once(page, address)


def _reads_for_a_reason_and_takes_it(page: Page) -> None:
    page.get_by_role("link", name=_("Messages"), exact=True).first.click()
    expect(page.get_by_text(_("Nobody is on duty."))).to_be_visible()
    look(page, "04-inbox")
    page.locator("main a.card", has_text=_("Khmer")).click()
    look(page, "05-not-mine")
    page.get_by_label(_("Why? It is kept with your name.")).fill("x")
    press(page, "Read")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text(PLEA)).to_have_count(0)
    look(page, "06-no-reason")
    page.get_by_label(_("Why? It is kept with your name.")).fill("ការងារវេនយប់")
    press(page, "Read")
    expect(page.get_by_text(PLEA)).to_be_visible()
    look(page, "07-read")
    press(page, "I take it")
    expect(page.locator("#newest")).to_be_in_viewport()


def _answers(page: Page, night: World) -> None:
    own = page.get_by_label(_("Your own words: ordinary ones, whoever may read them"))
    own.fill("យើងហៅប៉ូលិស")
    press(page, "See what will be sent")
    expect(page.get_by_role("alert")).to_contain_text(
        _("This word gives the subject away: say it otherwise.")
    )
    expect(own).to_have_value("យើងហៅប៉ូលិស")
    look(page, "08-refused")
    where = night.runtime.desk.phrases.replies["km"]["where"]
    page.get_by_role("button", name=where).click()
    expect(page.get_by_text(where)).to_be_visible()
    assert where not in night.got(ANNA)
    look(page, "09-draft")
    press(page, "Send")
    with ThreadPoolExecutor(1) as apart:  # playwright keeps an event loop in this thread
        apart.submit(night.send).result()
    expect(page.get_by_text(_("on its way")).first).to_be_visible()
    assert where in night.got(ANNA)
    night.text(ANNA, "នៅភ្នំពេញ")
    expect(page.get_by_text(_("They wrote or called again."))).to_be_visible()
    look(page, "09-more-came")
    page.get_by_role("link", name=_("Read"), exact=True).click()
    expect(page.get_by_text("នៅភ្នំពេញ")).to_be_visible()


def _offers_a_service(page: Page) -> None:
    page.get_by_label(_("Where are they?")).select_option("KH")
    press(page, "Show")
    look(page, "10-services")
    press(page, "I told them of it")
    expect(page.locator("#services")).to_be_in_viewport()
    press(page, "the person wants it")
    press(page, "the service was told")
    for name in ("Note for colleagues", "Hand over", "Code word", "See the number", "End it"):
        unfold(page, name)
    look(page, "11-conversation")


def _ends_it(page: Page) -> None:
    press(page, "a service took over")
    expect(page.locator("main a.card")).to_have_count(1)  # who rang
    look(page, "12-ended")


def _calls(page: Page) -> None:
    page.get_by_role("link", name=_("Calls")).first.click()
    look(page, "13-calls")
    press(page, "I call")
    expect(page.get_by_text(BORA)).to_be_visible()
    expect(page.get_by_text(_("If somebody else answers"), exact=True)).to_be_visible()
    look(page, "14-call")
    press(page, "somebody else answered")
    expect(page.get_by_text(_("Nobody waits."))).to_be_visible()
    look(page, "15-nobody-waits")


def _is_put_on_duty(page: Page) -> None:
    page.get_by_role("link", name=_("Duty roster")).first.click()
    look(page, "16-roster")
    page.get_by_label(_("from")).fill("08:00")
    page.get_by_label(_("until")).fill("17:00")
    press(page, "Add a shift")
    expect(page.get_by_role("alert").first).to_contain_text(
        _("A shift is on one day, or on days of every week.")
    )
    look(page, "17-no-day")
    page.locator("input[name=days]").first.check()
    page.get_by_label(_("from")).fill("08:00")
    page.get_by_label(_("until")).fill("17:00")
    press(page, "Add a shift")
    expect(page.get_by_text(_("Nobody is on duty."))).to_have_count(0)
    press(page, "I have read it and take over")
    look(page, "18-on-duty")


def _leaves_at_once(page: Page, address: str) -> None:
    page.get_by_role("link", name=_("Messages"), exact=True).first.click()
    press(page, "Leave this page at once")
    page.wait_for_url(re.compile("/sign-in$"))
    page.go_back()
    assert page.url.startswith(f"{address}/sign-in")  # S23: nothing of it is had by going back


def test_s35_a_worker_who_was_told_of_harm_stops_its_campaign(night: World, page: Page) -> None:
    night.enrol(3)
    night.fire()
    once = add(night.runtime, "dara", "hotline_worker")
    with served(night.runtime) as address:
        sign_in(page, address, once)
        page.goto(f"{address}/inbox")
        unfold(page, "A message did harm")
        look(page, "20-harm")
        page.get_by_label(_("What happened? Write no name and no number.")).fill("ប្តីនាងបានអាន")
        press(page, "Stop it until two people have looked")
        expect(page.get_by_role("status")).to_be_in_viewport()
        look(page, "21-harm-kept")
    (report,) = harm.listed(night.runtime.engine)
    assert (report.by, report.words) == ("dara", "ប្តីនាងបានអាន")


def test_a_draft_is_kept_in_the_other_language_and_the_head_can_be_skipped(
    night: World, page: Page
) -> None:
    once = add(night.runtime, "dara", "hotline_worker")
    with served(night.runtime) as address:
        sign_in(page, address, once)
        page.goto(f"{address}/inbox")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name=_("Skip to the content"))
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
        page.locator("main a.card", has_text=_("Khmer")).click()
        press(page, "I take it")
        own = page.get_by_label(_("Your own words: ordinary ones, whoever may read them"))
        own.fill("ហៅវិញនៅម៉ោង ៦")
        press(page, "See what will be sent")
        look(page, "22-draft")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator(".entry-ours")).to_have_text("ហៅវិញនៅម៉ោង ៦")
