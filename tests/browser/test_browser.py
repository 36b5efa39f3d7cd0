"""What a person sees, in a real browser: Khmer letters, live figures, on a desk and on a phone."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from outreach.delivery import switches
from outreach.reach.fold import fold
from outreach.web.app import create_app
from scripts.rehearsal.processes import free_port
from tests.world import World


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path) -> str:
    """One kind of database is enough to look at."""
    from sqlmodel import SQLModel

    from outreach.store.engine import make_engine

    url = f"sqlite:///{tmp_path / 'outreach.sqlite'}"
    engine = make_engine(url)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    path = path or shutil.which("google-chrome")
    assert path, "There is no Chromium; scripts/test says how to install it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(world: World) -> Iterator[str]:
    """The address of a console with thirty people and a broadcast."""
    for index in range(30):
        world.enrol(index, province=f"{index % 3 + 1:02}")
    world.fire()
    with ThreadPoolExecutor(1) as apart:  # playwright keeps an event loop in this thread
        apart.submit(world.send).result()
    fold(world.runtime.engine)
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(world.runtime), port=port, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


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
