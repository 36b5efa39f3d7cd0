"""The web application: hooks for the gateway, and pages for people on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from outreach.bootstrap import Runtime
from outreach.kernel.errors import OutreachError
from outreach.web.api import api_mount
from outreach.web.console import console_routes
from outreach.web.guard import PageGuard
from outreach.web.hooks import Hooks
from outreach.web.problems import known, no_page, not_found, unexpected
from outreach.web.signed import SignedPosts


def create_app(
    runtime: Runtime,
    *,
    wake: Callable[[str], None] = lambda _lane: None,
    around: Callable[[], AbstractAsyncContextManager[None]] | None = None,
) -> Starlette:
    """The application. `wake` is told the lane in which something urgent waits; `around` runs
    beside it (the sender and the ticks, where one process does all)."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if around is None:
            yield
            return
        async with around():
            yield

    hooks = Hooks(runtime, wake)
    routes: list[BaseRoute] = [
        *hooks.routes(),
        api_mount(runtime),
        *console_routes(runtime, wake),
    ]
    return Starlette(
        lifespan=lifespan,
        routes=routes,
        middleware=[
            Middleware(SignedPosts, verify=runtime.gateway.verify, handlers=hooks.handlers()),
            Middleware(PageGuard, runtime=runtime),
        ],
        exception_handlers={
            404: not_found,
            405: no_page,
            OutreachError: known,
            Exception: unexpected,
        },
    )
