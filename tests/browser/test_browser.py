"""What a person sees, in a real browser: Khmer letters, live figures, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from outreach import simulator
from outreach.delivery import switches
from outreach.reach.fold import fold
from tests.browser.conftest import served
from tests.world import World


@pytest.fixture
def site(world: World) -> Iterator[str]:
    """The address of a console with thirty people and a broadcast."""
    for index in range(30):
        world.enrol(index, province=f"{index % 3 + 1:02}")
    world.fire()
    with ThreadPoolExecutor(1) as apart:  # playwright keeps an event loop in this thread
        apart.submit(world.send).result()
    fold(world.runtime.engine)
    with served(world.runtime) as address:
        yield address


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that minds every complaint of the browser."""
    page = chromium.new_page(viewport={"width": request.param, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    yield page
    page.close()
    assert complaints == []


@pytest.mark.parametrize("path", ["/", "/donors"])
@pytest.mark.parametrize("language", ["km", "en"])
def test_a_page_fits_its_width_and_has_its_letters(
    site: str, page: Page, path: str, language: str
) -> None:
    page.goto(f"{site}{path}?lang={language}")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    page.evaluate("document.fonts.ready")
    # The link to the other language shows Khmer letters on the English page, too.
    assert page.evaluate("document.fonts.check('16px \"Noto Sans Khmer\"', 'ក')")
    loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family).join()"
    assert "Noto Sans Khmer" in page.evaluate(loaded)


@pytest.mark.parametrize("language", ["km", "en"])
def test_no_table_of_the_report_is_cut_off(site: str, page: Page, language: str) -> None:
    page.goto(f"{site}/donors?lang={language}")
    beyond = "[...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth)"
    found = page.evaluate(beyond)
    assert len(found) > 8
    assert max(found) <= 0


def test_khmer_is_shaped_subscripts_take_no_room_of_their_own(site: str, page: Page) -> None:
    page.goto(f"{site}/?lang=km")
    page.evaluate("document.fonts.ready")
    width = """text => {
        const span = document.createElement('span');
        span.textContent = text;
        document.body.append(span);
        const found = span.getBoundingClientRect().width;
        span.remove();
        return found;
    }"""
    # ខ្ម is one letter with another one under it; unshaped it would be as wide as ខ, a sign and ម.
    assert page.evaluate(width, "ខ្ម") < page.evaluate(width, "ខម")


def test_figures_move_without_a_reload(site: str, page: Page, world: World) -> None:
    page.goto(f"{site}/?lang=en")
    assert page.get_by_text("Sending is stopped").count() == 0
    runtime = world.runtime
    switches.stop(runtime.engine, runtime.clock, "everything", reason="look", by="tests")
    page.get_by_text("Sending is stopped").wait_for(timeout=10_000)


def test_the_language_is_switched_by_a_link(site: str, page: Page) -> None:
    page.goto(f"{site}/donors?lang=en")
    page.get_by_role("link", name="ភាសាខ្មែរ").click()
    assert page.locator("html").get_attribute("lang") == "km"
    page.goto(f"{site}/")
    assert page.locator("html").get_attribute("lang") == "km"


@pytest.mark.parametrize(("texts", "seen"), [(1, "first"), (60, "last")])
def test_a_handset_opens_at_the_end_of_its_thread(page: Page, texts: int, seen: str) -> None:
    css = (Path(simulator.__file__).parent / "templates" / "handsets.css").read_text()
    bubbles = '<p class="bubble">text</p>' * texts
    page.set_content(
        f'<style>{css}</style><div class="thread" style="height: 20rem">'
        f'<div id="thread">{bubbles}</div></div>'
    )
    found = page.locator(".bubble").first if seen == "first" else page.locator(".bubble").last
    expect(found).to_be_in_viewport(ratio=1)
    box = found.bounding_box()
    assert box
    assert (box["y"] < 160) == (seen == "first")
