"""The application in the process, and requests signed as the gateway signs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from outreach.bootstrap import Runtime
from outreach.gateways.memory import PUBLIC_URL, TOKEN
from outreach.gateways.twilio.signature import HEADER, sign
from outreach.web.app import create_app
from tests.asgi import Browser, Page, browsing

Hook = Callable[..., Page]


@pytest.fixture
def app(runtime: Runtime) -> Starlette:
    return create_app(runtime)


@pytest.fixture
def browser(app: Starlette) -> Iterator[Browser]:
    with browsing(app, {}) as found:
        yield found


@pytest.fixture
def hook(browser: Browser) -> Hook:
    """Posts a form to a hook, signed unless told otherwise."""

    def post(path: str, *, signature: str | None = None, **form: str) -> Page:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        good = sign(TOKEN, f"{PUBLIC_URL}{path}", form)
        headers[HEADER] = good if signature is None else signature
        if signature == "":
            del headers[HEADER]
        return browser.post(path, urlencode(form).encode(), headers=headers)

    return post
