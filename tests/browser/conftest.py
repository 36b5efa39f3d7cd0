"""A real browser, and our pages on a port of this machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from outreach.bootstrap import Runtime
from outreach.web.app import create_app
from scripts.rehearsal.processes import free_port


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough to look at."""
    return sqlite_url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    path = path or shutil.which("google-chrome")
    assert path, "There is no Chromium; scripts/test says how to install it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def served(runtime: Runtime) -> Iterator[str]:
    """The address of the pages of `runtime`, while it is entered."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(runtime), port=port, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
