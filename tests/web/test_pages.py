"""The pages: two languages, empty and full, safe against data and requests."""

from __future__ import annotations

import pytest

from outreach.bootstrap import Runtime, assemble
from outreach.content.shipped import Shipped
from outreach.delivery import switches
from outreach.planning.tables import Campaign
from outreach.reach.fold import fold
from outreach.store.engine import transaction
from outreach.web.app import create_app
from tests.asgi import Browser, browsing
from tests.world import SLUG, World, number


@pytest.fixture
def full(world: World) -> World:
    """Thirty people, a broadcast under way, and one who said STOP."""
    for index in range(30):
        world.enrol(index)
    world.fire()
    world.text(number(0), "STOP")
    world.send()
    fold(world.runtime.engine)
    return world


@pytest.mark.parametrize(
    ("language", "words"), [("km", "មិនទាន់មានយុទ្ធនាការ"), ("en", "There is no campaign yet")]
)
def test_an_empty_console_says_how_to_begin(browser: Browser, language: str, words: str) -> None:
    page = browser.get("/", params={"lang": language})
    assert words in page.text
    assert "outreach campaigns load" in page.text
    assert f'<html lang="{language}">' in page.text


@pytest.mark.parametrize("path", ["/", "/live", "/donors"])
@pytest.mark.parametrize("language", ["km", "en"])
def test_s18_no_page_shows_a_number_or_anything_of_one_person(
    full: World, browser: Browser, path: str, language: str
) -> None:
    page = browser.get(path, params={"lang": language})
    assert page.status_code == 200
    assert "85538" not in page.text
    assert "co_" not in page.text


def test_the_console_shows_what_people_get_and_how_it_stands(full: World, browser: Browser) -> None:
    text = browser.get("/", params={"lang": "en"}).text
    assert "មុនយល់ព្រម" in text
    assert "not approved: rehearsal only" in text
    assert "a tone stands in for the recording" in text
    assert "said stop" in text
    assert '<progress max="30"' in text


def test_a_kill_switch_is_seen_at_once(full: World, browser: Browser) -> None:
    runtime = full.runtime
    switches.stop(runtime.engine, runtime.clock, "everything", reason="a <test>", by="x")
    text = browser.get("/live", params={"lang": "en"}).text
    assert "Sending is stopped" in text
    assert "a &lt;test&gt;" in text
    switches.stop(runtime.engine, runtime.clock, "campaign:1", reason="a typo", by="x")
    assert f"campaign:{SLUG}. a typo" in browser.get("/live", params={"lang": "en"}).text


def test_what_stands_in_the_data_is_never_markup(full: World, browser: Browser) -> None:
    table = Campaign.__table__
    with transaction(full.runtime.engine) as connection:
        connection.execute(table.update().values(name_en="<script>alert(1)</script>"))
    assert "<script>alert" not in browser.get("/", params={"lang": "en"}).text


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [
        ({}, "", "km"),
        ({}, "en;q=0.9, km;q=0.2", "en"),
        ({"lang": "km"}, "en", "km"),
        ({}, "fr", "km"),
    ],
)
def test_the_language_is_the_asked_one_else_the_browsers_else_khmer(
    browser: Browser, asked: dict[str, str], header: str, language: str
) -> None:
    page = browser.get("/", params=asked, headers={"Accept-Language": header})
    assert f'<html lang="{language}">' in page.text


def test_a_chosen_language_is_kept(browser: Browser) -> None:
    cookie = browser.get("/", params={"lang": "en"}).headers["set-cookie"]
    page = browser.get("/donors", headers={"Cookie": cookie.split(";")[0]})
    assert '<html lang="en">' in page.text


def test_s27_small_numbers_are_hidden_from_donors(world: World, browser: Browser) -> None:
    from outreach.delivery.tables import Attempt

    for index in range(5):
        world.enrol(index)
    world.fire()
    world.send()
    for attempt in world.all(Attempt.__table__):
        world.report(attempt.public_id, "delivered")
    fold(world.runtime.engine)
    text = browser.get("/donors", params={"lang": "en"}).text
    assert '<dd class="figure">hidden</dd>' in text  # reached: five


@pytest.mark.parametrize("path", ["/nothing", "/campaigns/x"])
def test_an_address_that_is_none_says_so_in_the_readers_language(
    browser: Browser, path: str
) -> None:
    page = browser.get(path, params={"lang": "km"})
    assert page.status_code == 404
    assert "គ្មានទំព័រនេះទេ" in page.text


@pytest.mark.parametrize("name", ["bootstrap.css", "htmx.js", "khmer.ttf", "outreach.css"])
def test_every_file_that_a_page_needs_comes_from_here(browser: Browser, name: str) -> None:
    page = browser.get(f"/static/{name}")
    assert page.status_code == 200
    assert len(page.content) > 500
    assert f"/static/{name}" in browser.get("/").text or name == "khmer.ttf"


def test_pages_allow_nothing_from_elsewhere_and_are_not_kept(browser: Browser) -> None:
    headers = browser.get("/").headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "10.0.0.5:8000", ""])
def test_a_foreign_host_name_does_not_read_the_pages(browser: Browser, host: str) -> None:
    assert browser.get("/", headers={"Host": host}).status_code == 403


def test_with_a_live_gateway_the_pages_are_closed_and_the_hooks_are_not(
    runtime: Runtime, shipped: Shipped
) -> None:
    class Live:
        """The gateway of the tests, but not on this machine."""

        loopback = False

        def __getattr__(self, name: str) -> object:
            return getattr(runtime.gateway, name)

    live = assemble(runtime.settings, runtime.engine, runtime.clock, Live(), shipped)
    with browsing(create_app(live), {}) as browser:
        assert browser.get("/").status_code == 403
        assert browser.get("/donors").status_code == 403
        assert browser.get("/healthz").status_code == 200
        assert browser.post("/hooks/twilio/status").status_code == 403  # unsigned, but open
    live.executor.shutdown()


def test_the_process_says_that_it_is_well(browser: Browser) -> None:
    assert browser.get("/healthz").text == "ok"
