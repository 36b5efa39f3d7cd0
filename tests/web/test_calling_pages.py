"""The pages of hotline workers: a number is shown to one of them, once, and to nobody else."""

from __future__ import annotations

import pytest

from outreach.bootstrap import Runtime
from outreach.hotline.callback import missed_call
from tests.asgi import Browser
from tests.web.test_signing import FORM, add, cookie, enrol
from tests.world import number

ENGLISH = {"lang": "en"}


@pytest.fixture
def worker(runtime: Runtime, browser: Browser) -> dict[str, str]:
    """The headers of a hotline worker; somebody waits."""
    missed_call(runtime.desk, number(1), "CA1")
    return cookie(enrol(browser, "dara", add(runtime, "dara", "hotline_worker")))


def test_s22_only_the_hotline_opens_the_calls(runtime: Runtime, browser: Browser) -> None:
    headers = cookie(enrol(browser, "sokha", add(runtime, "sokha", "administrator")))
    assert browser.get("/calls", headers=headers).status_code == 403
    page = browser.post("/calls/take", {"call": "1"}, headers=headers | FORM)
    assert page.status_code == 403


@pytest.mark.parametrize("path", ["/calls", "/calls/live"])
def test_s18_the_list_shows_no_number(browser: Browser, worker: dict[str, str], path: str) -> None:
    page = browser.get(path, headers=worker, params=ENGLISH)
    assert "missed call" in page.text
    assert "38" not in page.text.split("<main", 1)[-1]


def test_s5_a_worker_takes_a_call_sees_the_number_and_says_how_it_went(
    browser: Browser, worker: dict[str, str]
) -> None:
    card = browser.post("/calls/take?lang=en", {"call": "1"}, headers=worker | FORM)
    assert number(1) in card.text
    assert "Never say that anybody wrote or called" in card.text
    assert "data-leave" in card.text
    done = browser.post("/calls/end", {"call": "1", "outcome": "spoke"}, headers=worker | FORM)
    assert done.status_code == 303 or "/sign-in" in done.path  # the list needs its cookie again
    left = browser.get("/calls", headers=worker, params=ENGLISH)
    assert "Nobody waits" in left.text


def test_a_call_that_somebody_else_has_is_told(
    runtime: Runtime, browser: Browser, worker: dict[str, str]
) -> None:
    other = cookie(enrol(browser, "sokha", add(runtime, "sokha", "hotline_worker")))
    browser.post("/calls/take", {"call": "1"}, headers=other | FORM)
    page = browser.post("/calls/take?lang=en", {"call": "1"}, headers=worker | FORM)
    assert (page.status_code, "is taken" in page.text) == (409, True)
    assert number(1) not in page.text


@pytest.mark.parametrize("call", ["", "x", "-1", "1" * 30, "1.0"])
def test_a_call_that_is_none_is_no_page(
    browser: Browser, worker: dict[str, str], call: str
) -> None:
    assert browser.post("/calls/take", {"call": call}, headers=worker | FORM).status_code == 404


def test_s23_pages_with_help_data_have_neutral_titles_and_are_not_kept(
    browser: Browser, worker: dict[str, str]
) -> None:
    for page in (
        browser.get("/calls", headers=worker),
        browser.post("/calls/take", {"call": "1"}, headers=worker | FORM),
    ):
        assert "<title>Outreach</title>" in page.text
        assert page.headers["cache-control"] == "no-store"
        assert page.path in ("/calls", "/calls/take")
