"""The web application: hooks for the gateway, and pages for people on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.routing import BaseRoute

from outreach.bootstrap import Runtime
from outreach.kernel.errors import OutreachError
from outreach.web.api import api_mount
from outreach.web.console import console_routes
from outreach.web.guard import PageGuard
from outreach.web.hooks import Hooks
from outreach.web.problems import known, not_found, unexpected


def create_app(
    runtime: Runtime,
    *,
    wake: Callable[[str], None] = lambda _lane: None,
    around: Callable[[], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """The application. `wake` is told the lane in which something urgent waits; `around` runs
    beside it (the sender and the ticks, where one process does all)."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if around is None:
            yield
            return
        async with around():
            yield

    routes: list[BaseRoute] = [
        *Hooks(runtime, wake).routes(),
        api_mount(runtime),
        *console_routes(runtime, wake),
    ]
    app = FastAPI(
        title="Outreach",
        lifespan=lifespan,
        routes=routes,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.add_exception_handler(404, not_found)
    app.add_exception_handler(OutreachError, known)
    app.add_exception_handler(Exception, unexpected)
    app.add_middleware(PageGuard, runtime=runtime)
    return app
