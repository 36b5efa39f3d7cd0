"""The page of the duty roster: workers read it and take over, supervisors change it."""

from __future__ import annotations

import re

import pytest

from outreach.bootstrap import Runtime
from outreach.hotline import queries as store
from outreach.hotline.callback import missed_call
from outreach.store.engine import transaction
from tests.asgi import Browser
from tests.web.test_signing import FORM, add, cookie, enrol
from tests.world import World, number

ENGLISH = {"lang": "en"}
SHIFT = {"name": "dara", "days": "1", "starts": "08:00", "ends": "12:00"}


@pytest.fixture
def lead(runtime: Runtime, browser: Browser) -> dict[str, str]:
    """The headers of a supervisor."""
    return cookie(enrol(browser, "dara", add(runtime, "dara", "hotline_supervisor")))


def test_s22_a_worker_reads_the_roster_and_does_not_change_it(
    runtime: Runtime, browser: Browser
) -> None:
    worker = cookie(enrol(browser, "sokha", add(runtime, "sokha", "hotline_worker")))
    page = browser.get("/roster", headers=worker, params=ENGLISH)
    assert (page.status_code, "Add a shift" in page.text) == (200, False)
    for path in ("/roster/add", "/roster/remove"):
        assert browser.post(path, SHIFT, headers=worker | FORM).status_code == 403


def test_a_supervisor_puts_somebody_on_duty_and_takes_them_out(
    browser: Browser, lead: dict[str, str]
) -> None:
    before = browser.get("/roster", headers=lead, params=ENGLISH)
    assert "Nobody is on duty." in before.text
    assert browser.post("/roster/add", SHIFT, headers=lead | FORM, follow=False).status_code == 303
    after = browser.get("/roster", headers=lead, params=ENGLISH)
    assert "Monday" in after.text
    assert "Nobody is on duty." not in after.text  # it is Monday at nine
    browser.post("/roster/remove", {"shift": "1"}, headers=lead | FORM, follow=False)
    assert "There is no shift yet." in browser.get("/roster", headers=lead, params=ENGLISH).text


@pytest.mark.parametrize("change", [{"days": ""}, {"starts": "x"}, {"day": "x"}, {"name": "no"}])
def test_a_shift_that_is_none_is_told_on_the_page(
    browser: Browser, lead: dict[str, str], change: dict[str, str]
) -> None:
    page = browser.post("/roster/add?lang=en", SHIFT | change, headers=lead | FORM)
    assert page.status_code in (404, 422)
    assert "alert-warning" in page.text


def test_what_is_open_is_taken_over_by_who_has_read_it(
    world: World, browser: Browser, lead: dict[str, str]
) -> None:
    missed_call(world.runtime.desk, number(1), "CA1")
    page = browser.get("/roster", headers=lead, params=ENGLISH)
    assert number(1)[4:] not in page.text
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    assert seen is not None
    form = {"seen": seen[1]}
    path = "/roster/take-over"
    assert browser.post(path, form, headers=lead | FORM, follow=False).status_code == 303
    assert "Taken over last" in browser.get("/roster", headers=lead, params=ENGLISH).text
    world.text(number(2), "ជួយខ្ញុំផង")
    assert browser.post(f"{path}?lang=en", form, headers=lead | FORM).status_code == 409


def test_alerts_are_shown_in_words_and_seen_once(
    runtime: Runtime, browser: Browser, lead: dict[str, str]
) -> None:
    with transaction(runtime.engine) as connection:
        store.add_alert(connection, "answer_failed", "re_secret", runtime.clock.now())
    page = browser.get("/roster", headers=lead, params=ENGLISH)
    assert "an answer did not arrive" in page.text
    assert "re_secret" not in page.text
    browser.post("/roster/seen", {"upto": "1"}, headers=lead | FORM, follow=False)
    assert "did not arrive" not in browser.get("/roster", headers=lead, params=ENGLISH).text
    assert browser.post("/roster/seen", {"upto": "x"}, headers=lead | FORM).status_code == 404


def test_the_warning_stands_on_the_calls_and_the_console(
    runtime: Runtime, browser: Browser, lead: dict[str, str]
) -> None:
    manager = cookie(enrol(browser, "chan", add(runtime, "chan", "campaign_manager")))
    for path in ("/calls/live", "/inbox/live"):
        assert "Nobody is on duty." in browser.get(path, headers=lead, params=ENGLISH).text
    assert "Nobody is on duty." in browser.get("/live", headers=manager, params=ENGLISH).text


def test_s23_the_page_is_neutral_and_not_kept(browser: Browser, lead: dict[str, str]) -> None:
    page = browser.get("/roster", headers=lead)
    assert "<title>Outreach</title>" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "data-leave" in page.text
